"""Ranges of numbers and lengths of texts that prose states: `between 1 and 100`, `max 50 characters`."""

import re
from typing import Any

from toolmind_assets.stages.specs.prose_units import unit_after
from toolmind_assets.stages.specs.prose_values import as_value
from toolmind_assets.stages.specs.word_splitting import mentions

_N = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_BETWEEN = re.compile(
    rf"""(?ix)
    (?P<lead>\b(?:must|should|can|may|has\sto|needs\sto|value|values|range[sd]?|integer|number|percentage|is|be)\b[^.\n(]{{0,30}}?\s|[(,]\s?|\A(?:an?\s)?)?
    (?:\bbetween\s(?P<low>{_N})\s?(?:and|to|-|–)\s?(?P<high>{_N})
    |\brange[sd]?\s?(?:is|of|from|:|between)?\s?[\[(]?(?P<low2>{_N})\s?(?:to|and|-|–|,|\.\.\.?)\s?(?P<high2>{_N})
    |[(\[](?:range\s|from\s)?(?P<low3>{_N})\s?(?:to|-|–|\.\.\.?)\s?(?P<high3>{_N})(?=[)\],%;])
    |\bfrom\s(?P<low4>{_N})\sto\s(?P<high4>{_N}))
    (?![\w:/]|\.\d|-\d)
    """
)
_BOUND = re.compile(
    rf"""(?ix)
    (?P<lead>\b(?:must|should|cannot|can\snot|may\snot|value|is)\b[^.\n]{{0,20}}?\s|\band\s|[(.,;\n]\s?|\A)
    (?:
      (?P<low>(?:the\s)?min(?:imum)?(?:\s(?:allowed|accepted|permitted))?(?:\svalue)?(?:\s?[:=]|\sis|\sof)?\s|be\sat\sleast\s|greater\sthan\sor\sequal\sto\s|at\sleast\s|(?:no|not)\sless\sthan\s|>=\s?|≥\s?)
     |(?P<high>(?:the\s)?max(?:imum)?(?:\s(?:allowed|accepted|permitted))?(?:\svalue)?(?:\s?[:=]|\sis|\sof)?\s|be\sat\smost\s|less\sthan\sor\sequal\sto\s|at\smost\s|(?:no|not)\s(?:more|greater|larger)\sthan\s|(?:not\s)?exceed\s|<=\s?|≤\s?|up\sto\s)
     |(?P<above>be\s(?:greater|larger|more)\sthan\s)
     |(?P<below>be\s(?:less|smaller|lower)\sthan\s)
    )
    (?P<n>{_N})(?![\w:/]|\.\d|-\d)
    """
)
_KEY_OF = {"low": "minimum", "high": "maximum", "above": "exclusiveMinimum", "below": "exclusiveMaximum"}
_SIGN = re.compile(
    r"(?ix)(?:\bmust\sbe\s(?:an?\s)?|\bshould\sbe\s(?:an?\s)?|\A(?:an?\s)?|[(]\s?)(?P<sign>positive|non-?negative)(?=\s(?:integer|number|int|value|float|whole)|[.,;)]|\Z)"
)
_EXCEPTION = re.compile(r"(?<![\w.,-])-1\b|\bor 0\b|\b(?:0|zero) (?:means|for|=|disables|to (?!\d))")
"""A value outside of the range that means something of its own."""
_RANGE_CUES = (
    "between",
    "range",
    "from",
    "min",
    "max",
    "at least",
    "at most",
    "than",
    "exceed",
    "up to",
    "=",
    "(",
    "[",
    "≥",
    "≤",
)
_DEPENDS = re.compile(
    r"(?i)[\s,)%]{0,3}(?:\w+\s)?(?:if|when|unless|for|depending|otherwise|per|of them|in case|with|at a time|requests?|characters?|chars|digits?|decimals?|"
    r"items?|elements?|entries|letters|ids|times|places|days|hours|attempts|retries|words|tokens|lines)\b"
)
_CONDITION = re.compile(
    r"(?i)\b(?:if|when|unless|e\.g|example|for \w+|default|recommended|normally|usually|typically|suggested|best|currently|random\w*|distance|difference|interval)\b"
)


def read_range(text: str, lowered: str, json_type: str, unit: str) -> dict[str, Any]:
    """The bounds of a number; none where the text gives several that disagree."""
    bounds: dict[str, Any] = {}
    if mentions(lowered, _RANGE_CUES):
        found = [*_intervals(text, json_type, unit), *_bounds(text, json_type, unit)]
        for key, value in found:
            if bounds.setdefault(key, value) != value:
                return {}
        if bounds.get("minimum", -1) >= 0 and _EXCEPTION.search(text):
            return {}
    if not bounds and ("positive" in lowered or "negative" in lowered):
        bounds = _sign(text, json_type)
    low = bounds.get("minimum", bounds.get("exclusiveMinimum"))
    high = bounds.get("maximum", bounds.get("exclusiveMaximum"))
    is_empty = low is not None and high is not None and low >= high
    is_double = "minimum" in bounds and "exclusiveMinimum" in bounds
    return {} if is_empty or is_double else bounds


def _intervals(text: str, json_type: str, unit: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for match in _BETWEEN.finditer(text):
        suffix = next(suffix for suffix in ("", "2", "3", "4") if match[f"low{suffix}"])
        low, high = (as_value(match[f"{side}{suffix}"], json_type) for side in ("low", "high"))
        if low is None or high is None or low >= high or _is_conditional(text, match, unit):
            continue
        if suffix in ("", "4") and match["lead"] is None:
            continue
        if suffix == "3" and low > 1 and "range" not in match.group().lower():
            continue
        found += [("minimum", low), ("maximum", high)]
    return found


def _bounds(text: str, json_type: str, unit: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for match in _BOUND.finditer(text):
        kind = next(kind for kind in _KEY_OF if match[kind])
        value = as_value(match["n"], json_type)
        if value is not None and not _is_conditional(text, match, unit):
            found.append((_KEY_OF[kind], value))
    return found


def _is_conditional(text: str, match: re.Match[str], unit: str) -> bool:
    """Whether the bound holds only at times, counts something else, or has another unit."""
    following, end = unit_after(text, match.end())
    if following and following != unit:
        return True
    sentence = max(text.rfind(mark, 0, match.start()) for mark in (". ", "\n", "; ")) + 1
    return bool(_DEPENDS.match(text, end) or _CONDITION.search(text, sentence, match.end()))


def _sign(text: str, json_type: str) -> dict[str, Any]:
    match = _SIGN.search(text)
    if match is None:
        return {}
    if match["sign"].lower() != "positive":
        return {"minimum": 0}
    return {"minimum": 1} if json_type == "integer" else {"exclusiveMinimum": 0}


_CHARS = r"(?:characters?|chars?)"
_LENGTH = re.compile(
    rf"""(?ix)
    \bbetween\s(?P<low>\d{{1,6}})\s(?:and|to)\s(?P<high>\d{{1,6}})\s{_CHARS}\b
    |\b(?P<low2>\d{{1,6}})\s?(?:-|–|to)\s?(?P<high2>\d{{1,6}})\s{_CHARS}\b
    |\b(?:max(?:imum)?\s(?:length|size)(?:\sof|\sis|\s?:|\s?=)?\s(?:of\s|is\s)?)(?P<max>\d[\d,]{{0,7}})(?:\s{_CHARS}\b|(?=[.,;)\n]|\Z))
    |\b(?:max(?:imum)?(?:\sof|\s?:)?\s|at\smost\s|up\sto\s|(?:no|not)\s(?:more|longer)\sthan\s|not\sexceed\s|limited\sto\s|limit\s?(?:of|:)\s)(?P<max2>\d[\d,]{{0,7}})\s{_CHARS}\b
    |\b(?P<max3>\d[\d,]{{0,7}})\s{_CHARS}\s(?:max(?:imum)?|or\s(?:less|fewer)|limit)\b
    |\b(?:min(?:imum)?\slength(?:\sof|\sis|\s?:|\s?=)?\s)(?P<min>\d{{1,6}})(?:\s{_CHARS}\b|(?=[.,;)\n]|\Z))
    |\b(?:min(?:imum)?(?:\sof|\s?:)?\s|at\sleast\s)(?P<min2>\d{{1,6}})\s{_CHARS}\b
    """
)
_LENGTH_CONDITION = re.compile(
    r"(?i)\b(?:if|when|unless|each|every|for \w+|name part|truncat\w+|recommended|first|last|prefix|per|preferably|only)\b"
)


def read_lengths(text: str, lowered: str) -> dict[str, Any]:
    """The shortest and longest length of a text in characters; none where several disagree."""
    if "{" in text:  # A template, of whose parts the text speaks.
        return {}
    if "char" not in lowered and "length" not in lowered and "maximum size" not in lowered:
        return {}
    found: dict[str, Any] = {}
    for match in _LENGTH.finditer(text):
        sentence = max(text.rfind(mark, 0, match.start()) for mark in (". ", "\n", "; ")) + 1
        stop = min(
            (place for mark in (".", "\n") if (place := text.find(mark, match.end())) >= 0), default=len(text)
        )
        if _LENGTH_CONDITION.search(text, sentence, stop):
            return {}
        for group, digits in match.groupdict().items():
            if digits and digits[0] != ",":
                key = "minLength" if group.startswith(("low", "min")) else "maxLength"
                if found.setdefault(key, int(digits.replace(",", ""))) != int(digits.replace(",", "")):
                    return {}
    if found.get("maxLength") == 0 or found.get("minLength", 0) > found.get("maxLength", 1 << 30):
        return {}
    return found
