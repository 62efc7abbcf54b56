"""Marks that a text uses, told from those that it speaks of.

A mark is spoken of, and left alone, where it stands in code (a fence, or backticks), in a string of JSON, or
directly between quotation marks. Anywhere else a model has used it.
"""

import re
from collections.abc import Iterator

_CODE = r"```.*?```|~~~.*?~~~|`[^`\n]+`"
_STRING = r'"(?:(?<=[:,\[{\n]")|(?<=[:,\[{] ")|(?<=  "))(?:[^"\\\n]|\\.)*"'
_OPENING, _CLOSING = "\"'`“‘«", "\"'`”’»"


class Marks:
    """Marks of one kind, found where a text uses them.

    Args:
        pattern: What they look like, in the syntax of `re`; where each alternative begins with a character,
            texts without one are passed over fast.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._marks = re.compile(pattern, flags)
        self._all = re.compile(f"(?P<quoted>{_CODE}|{_STRING})|{pattern}", flags | re.S)

    def used_in(self, text: str, start: int = 0) -> Iterator[re.Match[str]]:
        """The marks that the text uses, in order, from `start` on."""
        has_quotes = "`" in text or '"' in text or "~~~" in text
        for found in (self._all if has_quotes else self._marks).finditer(text, start):
            if not (has_quotes and found["quoted"]) and not is_quoted(text, found):
                yield found

    def is_in(self, text: str) -> bool:
        """Whether the text uses one."""
        return next(self.used_in(text), None) is not None


def is_quoted(text: str, found: re.Match[str]) -> bool:
    """Whether it stands directly between quotation marks or backticks."""
    start, end = found.span()
    return start > 0 and end < len(text) and text[start - 1] in _OPENING and text[end] in _CLOSING
