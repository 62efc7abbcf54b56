"""Examples that prose gives: `e.g. 'Paris'`, `for example San Francisco, CA`, `Example: 42`."""

import re
from typing import Any

from toolmind_assets.stages.specs.prose_values import as_value, unwrap
from toolmind_assets.stages.specs.word_splitting import mentions

_INTRO = re.compile(
    r"(?i)(?:\be\.\s?g\.?,?|\beg\.|\bfor example,?|\bexamples?(?: values?)?(?: is| are)?\s?[:=]|\bex[.:])\s*:?\s*"
)
_QUOTED = re.compile(r"""'([^'\n]{1,80})'|"([^"\n]{1,80})"|`([^`\n]{1,80})`|“([^”\n]{1,80})”""")
_SEPARATOR = re.compile(r"(?i)\s*(?:,\s*(?:or|and)?|\bor\b|\band\b|/)\s*")
_END = re.compile(r"\s*(?:[);\]]|\n\s*(?:\n|[-*•]|\Z)|\.(?:\s|\)|\Z)|\Z|,?\s*etc|,?\s*\.\.|\s\()")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w:/%°]|\.\d|-\d)")
_PLACE = re.compile(r"[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,2}, [A-Z]{2,3}\b")
_TITLE = re.compile(r"[A-Z][\w.'-]*(?: [A-Z][\w'-]*){0,3}")
_TOKEN = re.compile(r"[^\s,;()'\"`<>{}\[\]=*]{2,80}")
_CUES = ("e.g", "e. g", "eg.", "example", "ex.", "ex:")
MAX_EXAMPLES = 5


def read_examples(text: str, lowered: str, json_type: str) -> dict[str, Any]:
    """`{"examples": values}`, in the order in which the text names them."""
    if json_type == "boolean" or not mentions(lowered, _CUES):
        return {}
    found: list[Any] = []
    for intro in _INTRO.finditer(text):
        values = (
            _texts_at(text, intro.end())
            if json_type == "string"
            else _numbers_at(text, intro.end(), json_type)
        )
        # With braces it is a template and no value.
        found = [value for value in values if json_type != "string" or "{" not in value]
        if found:
            break
    return {"examples": found[:MAX_EXAMPLES]} if found else {}


def _numbers_at(text: str, place: int, json_type: str) -> list[Any]:
    values: list[Any] = []
    while number := _NUMBER.match(text, place):
        value = as_value(number.group(), json_type)
        if value is None:
            return []
        values.append(value)
        separator = _SEPARATOR.match(text, number.end())
        if separator is None:
            return values if _END.match(text, number.end()) else []
        place = separator.end()
    return []


def _texts_at(text: str, place: int) -> list[str]:
    if _QUOTED.match(text, place):
        return _quoted_at(text, place)
    if match := _PLACE.match(text, place):
        return [match.group()] if _END.match(text, match.end()) else []
    if (match := _TITLE.match(text, place)) and len(match.group()) > 2:
        title = match.group().rstrip(".")
        if " " in title or not any(mark in title for mark in "._-"):
            return [title] if _END.match(text, match.start() + len(title)) and not _is_prose(title) else []
    if match := _TOKEN.match(text, place):
        token = match.group().rstrip(".:")
        if _END.match(text, match.start() + len(token)) and _is_code(token):
            return [token]
    return []


def _quoted_at(text: str, place: int) -> list[str]:
    values: list[str] = []
    while quoted := _QUOTED.match(text, place):
        values.append(unwrap(next(filter(None, quoted.groups()))))
        separator = _SEPARATOR.match(text, quoted.end())
        if separator is None:
            return values if _END.match(text, quoted.end()) else []
        place = separator.end()
    return values if text[place : place + 3] in ("etc", "...") else []


def _is_code(token: str) -> bool:
    return any(c.isdigit() or c in "_-/.:@#+" for c in token) or token.isupper()


def _is_prose(title: str) -> bool:
    return title.split(" ", 1)[0] in (
        "The",
        "If",
        "When",
        "This",
        "A",
        "An",
        "In",
        "To",
        "For",
        "Use",
        "You",
        "It",
    )
