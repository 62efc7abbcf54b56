"""Descriptions as plain text: without HTML, Markdown or the phrases that a publisher wraps around them."""

import html
import re
from functools import lru_cache
from typing import Any

_HTML_TAGS = (
    "a abbr b blockquote br center code dd div dl dt em fullname h1 h2 h3 h4 h5 h6 hr i img important li "
    "note ol p pre small span strong sub sup table tbody td th thead tr tt u ul var"
)
_BLOCK = re.compile(r"(?i)</?(?:p|br|div|li|ul|ol|tr|table|h[1-6]|pre|dl|dt|dd|hr|fullname)\b[^<>]*>")
_INLINE = re.compile(rf"(?i)</?(?:{'|'.join(_HTML_TAGS.split())})(?:\s[^<>]*)?/?>")
_COMMENT = re.compile(r"<!--[^<>]*-->")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,1000}\)")
_EMPHASIS = re.compile(
    r"\*\*(?=\S)([^*\n]{1,500}?)(?<=\S)\*\*|(?<!\w)__(?=\S)([^_\n]{1,500}?)(?<=\S)__(?!\w)"
)
_HEADING = re.compile(r"(?m)^[ \t]{0,3}#{1,6}[ \t]+")
_FENCE = re.compile(r"(?m)^[ \t]*```[\w-]*[ \t]*$")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
_LINE_EDGES = re.compile(r" ?\n ?")
_MAX_PASSES = 6
_UNCLEAN = re.compile(r"[<&*\[#`]|__|\s\s|[^\S ]|^\s|\s$")
"""What any step of cleaning looks for; most descriptions hold none of it."""

_SYNTAX_NOTE = re.compile(r"\s*Note that the provided function is in [^.\n]{1,60} syntax\.?\s*$")
_BELONGS = re.compile(
    r"\AThis tool belongs to (?:the )?(?P<owner>.{1,120}?)(?:,|\.| that | which ).*?Tool description: (?P<own>.+)",
    re.DOTALL,
)


@lru_cache(maxsize=100_000)  # a document's operations say the same of the same parameters
def is_clean(text: str) -> bool:
    """Whether `clean` surely leaves a text as it is."""
    return _UNCLEAN.search(text) is None


def clean(text: Any) -> str:
    """Plain text: tags, comments, links, emphasis, headings and entities resolved, blanks folded.

    Angle brackets that are no HTML tag, such as `<user_id>`, stay. Anything but text gives the empty string.
    """
    if not isinstance(text, str):
        return ""
    return text if is_clean(text) else _clean(text)


@lru_cache(maxsize=8192)
def _clean(text: str) -> str:
    # Several passes: taking one layer away may show the next, such as `&lt;b&gt;`.
    for _ in range(_MAX_PASSES):
        cleaned = _clean_once(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def _clean_once(text: str) -> str:
    if "<" in text:
        text = _INLINE.sub("", _BLOCK.sub("\n", _COMMENT.sub("", text)))
    if "&" in text:
        text = html.unescape(text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "**" in text or "__" in text:
        text = _EMPHASIS.sub(lambda match: match.group(1) or match.group(2), text)
    if "`" in text:
        text = _FENCE.sub("", text)
    if "#" in text:
        text = _HEADING.sub("", text)
    text = _BLANKS.sub(" ", text)
    if "\n" in text:
        text = _LINE_EDGES.sub("\n", _BLANK_LINES.sub("\n\n", text))
    return text.strip()


def split_owner(description: str) -> tuple[str, str]:
    """The API that a BFCL description says that its function belongs to, or "", and the description proper.

    The note that names the programming language of the call syntax goes: it speaks of a benchmark's format.
    """
    description = _SYNTAX_NOTE.sub("", description)
    belongs = _BELONGS.match(description)
    if belongs is None:
        return "", description
    return belongs["owner"].strip(), belongs["own"].strip()
