"""A short form of a description, for prompts that show many functions: its first sentences, whole."""

import re
from collections.abc import Iterator

MAX_CHARS = 200

_END = re.compile(
    r"""[.!?。！？](?:["'”’)\]`*]{0,3})(?=\s|\Z)|[。！？]|\n[ \t]*\n|:?[ \t]*\n(?=[ \t]*(?:[-*•+]|\d{1,2}[.)])[ \t])"""
)
_ABBREVIATION = re.compile(
    r"(?i)(?:\A|[\s(\[\"'/])(?:e\.\s?g|i\.\s?e|vs|cf|approx|incl|excl|nr|num|max|min|dept|est|fig|sec|vol|ver|resp|"
    r"mr|mrs|dr|prof|st|jr|sr|u\.s|u\.k|d\.c|ca|[b-hj-z])\.\Z"
)
_MORE_FOLLOWS = re.compile(r"\s*[a-z0-9(–—-]")
_BLANKS = re.compile(r"\s+")


def shorten(description: str, max_chars: int = MAX_CHARS) -> str:
    """The first sentences that fit into `max_chars`, in one line; never empty where the description is not.

    A sentence does not end at an abbreviation, inside of a URL, a version or a number. Lists below the text
    are left out whole. Where the first sentence alone is too long, it is cut between words and ends in `…`.
    """
    text = description.strip()
    if len(text) <= max_chars and "\n" not in text:
        return text
    best = ""
    for end in _sentence_ends(text, 4 * max_chars):
        candidate = _line(text[:end])
        if len(candidate) > max_chars:
            break
        best = candidate
        if text.startswith("\n", end) or end == len(text):
            break
    return best or _cut(_first_block(text, max_chars), max_chars)


def _sentence_ends(text: str, limit: int) -> Iterator[int]:
    """Where sentences end, in order; the end of the text is one."""
    for match in _END.finditer(text, 0, limit):
        if match.group()[0] not in ".!?。！？":
            if text[: match.start()].strip():
                yield match.start()
                return
        elif not _goes_on(text, match):
            yield match.end()
    if len(text) <= limit:
        yield len(text)


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """Whether the full stop belongs to an abbreviation, and the sentence goes on behind it."""
    if match.group()[0] != ".":
        return False
    following = text[match.end() : match.end() + 3]
    before = text[max(0, match.start() - 12) : match.start() + 1]
    if not following.strip() or following.startswith("\n"):
        return False
    return bool(_MORE_FOLLOWS.match(following) or _ABBREVIATION.search(before))


def _first_block(text: str, max_chars: int) -> str:
    block = text.split("\n\n", 1)[0]
    lines = block.split("\n")
    kept = [lines[0]]
    for line in lines[1:]:
        if line.lstrip()[:2] in ("- ", "* ", "• ", "+ "):
            break
        kept.append(line)
    return " ".join(kept)[: 4 * max_chars]


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip().rstrip(":").rstrip()


def _cut(text: str, max_chars: int) -> str:
    """The text in one line, cut between words where it is too long."""
    line = _line(text) or _BLANKS.sub(" ", text).strip()
    if len(line) <= max_chars:
        return line
    head = line[: max(max_chars - 1, 1)]
    if not line[len(head)].isspace():
        head = head.rsplit(" ", 1)[0] if " " in head.strip() else head
    head = head.rstrip(" ,;:(-–")
    return f"{head or line[: max(max_chars - 1, 1)]}…"
