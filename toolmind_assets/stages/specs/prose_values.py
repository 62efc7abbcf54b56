"""Values that prose lists (`one of 'a', 'b' or 'c'`) and defaults that it names (`defaults to 10`)."""

import re
from typing import Any

from toolmind_assets.stages.specs.prose_units import unit_after
from toolmind_assets.stages.specs.word_splitting import mentions
from toolmind_resources.language.word_sets import word_set

_QUOTED = r"""'(?P<single>[^'\n]{1,60})'|"(?P<double>[^"\n]{1,60})"|`(?P<tick>[^`\n]{1,60})`|“(?P<curly>[^”\n]{1,60})”|‘(?P<curl>[^’\n]{1,60})’"""
_ITEM = re.compile(
    rf"""{_QUOTED}|(?P<bare>[+-]?[A-Za-z0-9_](?:[\w+/:-]|\.(?=\w)|,(?=\d{{3}}\b))*(?<![:/]))"""
)
_MARKED_ITEM = re.compile(r"\*{1,2}(?P<bold>[\w.-]{1,60})\*{1,2}")
_OPENING = re.compile(r"\s*[\[({]?\s*")
_GLOSS = re.compile(r"\s*\([^()\n]{1,120}\)")
_EQUALS = re.compile(r"\s*(?:=|:|-|–)\s*(?P<meaning>[A-Za-z][\w /'-]{0,60}?)(?=\s*(?:[,;.|)\n]|\Z))")
_SEPARATOR = re.compile(
    r"\s*(?:[,;|]\s*(?:or\b|and\b|\||&)?|/(?=\s|['\"`])|\b(?:or|and)\b|\s/\s)\s*", re.IGNORECASE
)
_END = re.compile(
    r"\s*(?:[.;)\]}]|\n|\Z|[,-]\s*(?:default|where|with|which)\b|\((?:default|case))", re.IGNORECASE
)
_BULLET = re.compile(r"\s*\n[ \t]*(?:[-*•+]|\d+[.)])[ \t]+")
_MEANT_OTHERWISE = re.compile(r":?\s*\([A-Z]{2,}\)")
"""A constant behind the word, which is the value proper: `OneOff: (OOFF)`."""
_BULLET_END = re.compile(r"[ \t]*(?:[:=–—(.,;-]|\n|\Z|→)")
_AND_MORE = re.compile(
    r"[\s.,;)\]]*(?:etc\b|\.\.|…|and (?:so|more|many|others?)\b|or (?:any|a|an|the|another|other)\b|others?\b|you can also|as well as|plus\b)",
    re.IGNORECASE,
)

_VALUES = r"(?:values?|options?|choices?)"
_INTRO = re.compile(
    rf"""(?ix)
    \b(?P<strong>
        (?:possible|allowed|valid|accepted|acceptable|permitted|permissible|supported|available|legal|enum)\s
        (?:[a-z]+\s)?{_VALUES}
        (?:\s(?:for|of)\s(?:this|the|that)?\s?\w+)?
        (?:\s(?:are|is|can\sbe|may\sbe|must\sbe))?
        (?:\s(?:either|(?:one|any)\sof))?
        (?:\s(?:the\s)?following)?
    )[ \t]*(?P<colon>[:=]?)[ \t]*-?[ \t]*
    |\b(?P<named>{_VALUES}|enum|one\sof|one\sof\sthe\sfollowing|one\sof\sthe\sfollowing\svalues)[ \t]*:[ \t]*
    |\b(?P<weak>
        (?:must|should|can|may|has\sto)\sbe\s(?:either\s|(?:one|any)\sof\s(?:the\sfollowing\s)?(?:values\s)?)?
        |either\s|one\sof\s(?:the\sfollowing\s)?(?:values\s)?
    ):?\s*
    """
)
_STRONG_CUES = ("values", "value:", "options", "choices", "enum", "one of:")
_WEAK_CUES = ("one of", "either", "must be", "should be", "can be", "may be")
_QUOTED_OR_CONSTANT = re.compile(r"['\"`“‘*]\w|\b[A-Z][A-Z0-9_]+\b")
_CONDITION = re.compile(
    r"(?i)\b(?:if|when|unless|where|whether|e\.g|such as|for example|example|at least|only|exactly|provid\w+|contain\w*|deprecated|"
    r"not|cannot|except|for \w+ (?:type|mode|request)s?|starts? with|ends? with|prefix\w*|suffix\w*|combination|multiple|comma|list of|separated|followed|units?:)\b"
)
_AFTERWARDS = re.compile(
    r"(?i)[^.\n]{0,40}\b(?:required|provided|specified|set|present|combination|comma|multiple|separated|if|when|followed)\b"
)
_MANY = re.compile(
    r"(?i)comma[- ](?:sep|delim)|one or more|(?:may|might|will|can) be added|unknown values|not limited to|future values|separated by|separated (?:list|string|values)"
)
_MASK = re.compile(r"(?i)yyyy|hh:mm|mm/dd")
_NO_VALUES = word_set("""the a an this that any string number integer boolean array object list null none empty int float bool
    following specified used set provided included required optional true_or_false as in to of by for with one
    valid positive negative zero unique it set not""")
_SENTENCE_END = re.compile(r"[.:;](?=\s)|\n")
MAX_VALUES, MIN_VALUES = 60, 2


def read_enum(text: str, lowered: str, json_type: str) -> dict[str, Any]:
    """`{"enum": values}` where the text lists all that are possible, once."""
    if not _may_list(text, lowered, json_type) or _MANY.search(text):
        return {}
    found: list[list[Any]] = []
    end = 0
    for intro in _INTRO.finditer(text):
        if intro.start() < end:
            continue
        values, end = _list_after(text, intro, json_type)
        if values and values not in found:
            found.append(values)
    return {"enum": found[0]} if len(found) == 1 else {}


def _may_list(text: str, lowered: str, json_type: str) -> bool:
    """Whether it is worth looking for a list: most descriptions hold none."""
    if not mentions(lowered, (" or ", " and ", ",", "|", "\n")):
        return False
    if mentions(lowered, _STRONG_CUES):
        return True
    if not mentions(lowered, _WEAK_CUES):
        return False
    return json_type != "string" or _QUOTED_OR_CONSTANT.search(text) is not None


def _list_after(text: str, intro: re.Match[str], json_type: str) -> tuple[list[Any], int]:
    """The values behind an introduction, and where they end; none where they are no closed list."""
    start = intro.end()
    sentence = max(text.rfind(mark, 0, intro.start()) for mark in (". ", "\n", "; ", "("))
    if _CONDITION.search(text, sentence + 1, intro.start()):
        return [], start
    is_strong = intro["strong"] is not None or intro["named"] is not None
    if not is_strong and text.startswith("(", sentence) and _SENTENCE_END.search(text, 0, sentence):
        return [], start
    if is_strong and _BULLET.match(text, start):
        items, end = _bullets(text, start)
    else:
        items, end = _items(text, start, json_type)
        if not _END.match(text, end) or (not is_strong and _AFTERWARDS.match(text, end)):
            return [], start
    if _AND_MORE.match(text, end):
        return [], start
    values = _values(
        items,
        json_type,
        is_strong
        and (
            intro["strong"] is None
            or intro["colon"] != ""
            or " are" in intro.group().lower()
            or " is" in intro.group().lower()
        ),
    )
    return values, end if values else start


def _items(text: str, place: int, json_type: str) -> tuple[list[tuple[str, bool]], int]:
    """Items in one line: each with whether it is quoted."""
    place = _OPENING.match(text, place).end()  # pyright: ignore[reportOptionalMemberAccess]
    items: list[tuple[str, bool]] = []
    end = place
    while len(items) <= MAX_VALUES and (item := _MARKED_ITEM.match(text, place) or _ITEM.match(text, place)):
        kind = item.lastgroup or "bare"
        items.append((item[kind], kind != "bare"))
        end = item.end()
        if gloss := _GLOSS.match(text, end) or (json_type != "string" and _EQUALS.match(text, end)):
            end = gloss.end()
        separator = _SEPARATOR.match(text, end)
        if separator is None:
            break
        place = separator.end()
    return items, end


def _bullets(text: str, place: int) -> tuple[list[tuple[str, bool]], int]:
    """Items one a line behind bullets, each perhaps with its meaning."""
    items: list[tuple[str, bool]] = []
    while len(items) <= MAX_VALUES and (bullet := _BULLET.match(text, place)):
        item = _MARKED_ITEM.match(text, bullet.end()) or _ITEM.match(text, bullet.end())
        if (
            item is None
            or _MEANT_OTHERWISE.match(text, item.end())
            or not _BULLET_END.match(text, item.end())
        ):
            return [], place
        kind = item.lastgroup or "bare"
        items.append((item[kind], kind != "bare"))
        line_end = text.find("\n", item.end())
        place = len(text) if line_end < 0 else line_end
    return items, place


def _values(items: list[tuple[str, bool]], json_type: str, may_be_bare: bool) -> list[Any]:
    """The items as values of the type; none where one of them is none."""
    if not MIN_VALUES <= len(items) <= MAX_VALUES or len({text for text, _ in items}) < len(items):
        return []
    if json_type != "string":
        numbers = [as_value(text, json_type) for text, _ in items]
        return [] if any(number is None for number in numbers) else numbers
    quoted = sum(is_quoted for _, is_quoted in items)
    if quoted not in (0, len(items)):
        return []
    words = [unwrap(text.strip()) for text, _ in items]
    if not any(character.isalnum() for word in words for character in word):
        return []
    if any(
        word.lower() in ("null", "none", "undefined")
        or any(c in word for c in "*<>{}…")
        or _MASK.search(word)
        for word in words
    ):
        return []
    if quoted:
        return words if all(word.count(" ") < 5 for word in words) else []
    if any(word.lower() in _NO_VALUES for word in words):
        return []
    return words if may_be_bare or all(_is_constant(word) for word in words) else []


def unwrap(text: str) -> str:
    """The text without double quotes around it, as in a JSON string that stands in backticks."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _is_constant(word: str) -> bool:
    return len(word) > 1 and word.isupper()


_DEFAULT = re.compile(
    r"""(?ix)
    (?:\bdefaults?\s(?:value\s)?(?:to|is|of)\s(?:the\svalue\s)?|\bdefaults?(?:\svalue)?\s?[:=]\s?|[(\[]default\s(?:[:=]\s?)?)
    (?:set\sto\s)?
    """
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w:/]|\.\d|-\d)")
_DEFAULT_END = re.compile(r"\s*(?:[.,;)\]\n]|\Z|\((?!if))", re.IGNORECASE)
_DEPENDS = re.compile(
    r"(?i)[\s,;)(.]{0,3}(?:[a-z]+ (?=for\b|if\b|when\b))?(?:if|when|unless|for|where|otherwise|depending|in case|or|and|on|while|\(\w+:)(?!\w)"
)
_NO_DEFAULTS = word_set("""the a an this that none null undefined empty now today current all any unlimited no not nothing it value
    string your you first latest each unset unspecified zero one whatever same system auto automatic yes
    whichever random server account user name""")


def read_default(text: str, lowered: str, json_type: str, unit: str) -> dict[str, Any]:
    """`{"default": value}` where the text names one value, unconditionally."""
    if "default" not in lowered:
        return {}
    values: list[Any] = []
    for match in _DEFAULT.finditer(text):
        value, is_conditional = _default_at(text, match.end(), match.group(), json_type, unit)
        if is_conditional:
            return {}
        if value is not None:
            values.append(value)
    return {"default": values[0]} if values and all(value == values[0] for value in values) else {}


def _default_at(text: str, place: int, intro: str, json_type: str, unit: str) -> tuple[Any, bool]:
    """The value that stands at a place, or None; and whether it holds only at times."""
    if json_type in ("integer", "number"):
        return _number_at(text, place, json_type, unit)
    item = _ITEM.match(text, place)
    if item is None:
        return None, False
    if _DEPENDS.match(text, item.end()):
        return None, True
    kind = item.lastgroup or "bare"
    word = item[kind]
    if json_type == "boolean":
        return as_value(word, json_type), False
    if kind == "bare" and (word.lower() in _NO_DEFAULTS or not _is_code(word, intro)):
        return None, False
    return (word if _DEFAULT_END.match(text, item.end()) else None), False


def _number_at(text: str, place: int, json_type: str, unit: str) -> tuple[Any, bool]:
    number = _NUMBER.match(text, place + (text[place : place + 1] in ("`", "'", '"')))
    if number is None:
        return None, False
    following, end = unit_after(text, number.end())
    if _DEPENDS.match(text, number.end()) or _DEPENDS.match(text, end):
        return None, True
    return (None if following and following != unit else as_value(number.group(), json_type)), False


def _is_code(word: str, intro: str) -> bool:
    """Whether a bare word is a value rather than prose: by its looks, or behind `default:`."""
    return any(c.isdigit() or c == "_" for c in word) or word.isupper() or intro.rstrip()[-1:] in (":", "=")


def as_value(text: str, json_type: str) -> Any:
    """The value of a JSON type that a text writes; None where it writes none."""
    if json_type == "boolean":
        return {"true": True, "false": False}.get(text.lower())
    if json_type == "string":
        return text
    number = _NUMBER.fullmatch(text)
    if number is None or len(text) > 30:
        return None
    plain = text.replace(",", "")
    if "." not in plain:
        return int(plain)
    return float(plain) if json_type == "number" else None
