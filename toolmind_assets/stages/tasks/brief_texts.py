"""Descriptions of functions and fields, short enough for a prompt."""

import re

_SENTENCE_END = re.compile(r"[.!?](?=\s)")


def brief(text: str, chars: int) -> str:
    """The text on one line; where it is longer than `chars`, the whole sentences that fit, or else its beginning."""
    line = " ".join(text.split())
    if len(line) <= chars:
        return line
    ends = [match.end() for match in _SENTENCE_END.finditer(line) if match.end() <= chars]
    return line[: ends[-1]] if ends else f"{line[:chars].rsplit(' ', 1)[0]} ..."
