"""Docstrings in the styles of Google, NumPy and Sphinx -> summary, parameters and result."""

import inspect
import re
from dataclasses import dataclass, field

_SECTIONS = {
    "args": "parameters", "arguments": "parameters", "parameters": "parameters", "params": "parameters",
    "keyword args": "parameters", "keyword arguments": "parameters", "other parameters": "parameters",
    "attributes": "parameters", "fields": "parameters", "inputs": "parameters",
    "returns": "returns", "return": "returns", "yields": "returns", "yield": "returns", "output": "returns",
    "raises": "other", "raise": "other", "except": "other", "exceptions": "other", "warns": "other",
    "example": "other", "examples": "other", "usage": "other", "see also": "other", "references": "other",
    "todo": "other",
}  # fmt: skip
_HEADER = re.compile(r"[ \t]*(?P<title>[A-Za-z][A-Za-z ]{2,20}?)[ \t]*:[ \t]*\Z")
_TITLE = re.compile(r"[ \t]*(?P<title>[A-Za-z][A-Za-z ]{2,20}?)[ \t]*:?[ \t]*\Z")
_RULE = re.compile(r"[ \t]*-{3,}[ \t]*\Z")
_GOOGLE_ITEM = re.compile(
    r"\*{0,2}(?P<name>[A-Za-z_]\w*)[ \t]*(?:\((?P<type>[^\n]{0,300}?)\))?[ \t]*(?::|–|-{1,2}(?=\s))[ \t]*(?P<text>.*)\Z"
)
_NUMPY_ITEM = re.compile(
    r"\*{0,2}(?P<names>[A-Za-z_]\w*(?:[ \t]*,[ \t]*\*{0,2}[A-Za-z_]\w*)*)[ \t]*(?::[ \t]*(?P<type>.*))?\Z"
)
_SPHINX = re.compile(
    r"[ \t]*:(?P<field>param|parameter|arg|argument|keyword|key|type|returns?|rtype|raises?|yields?|var|ivar)(?:[ \t]+(?P<what>[^:\n]{1,200}))?:[ \t]*(?P<text>.*)\Z"
)
_RESULT = re.compile(
    r"(?P<type>[A-Za-z_][\w.]*(?:\[[^\n]{0,200}\])?(?:[ \t]*\|[ \t]*[\w.\[\], ]+)?)[ \t]*:[ \t]+(?P<text>.*)\Z",
    re.DOTALL,
)
MAX_CHARS = 50_000


@dataclass(slots=True)
class DocumentedParameter:
    """What a docstring says of one parameter or field."""

    type_text: str = ""
    description: str = ""


@dataclass(slots=True)
class Docstring:
    """A docstring taken apart.

    Attributes:
        description: Summary and body, without the sections.
        parameters: Name -> what is said of it.
        returns_type, returns_description: Of the result; may be empty.
    """

    description: str = ""
    parameters: dict[str, DocumentedParameter] = field(default_factory=dict)
    returns_type: str = ""
    returns_description: str = ""


def parse_docstring(text: str | None) -> Docstring:
    """The docstring in whichever style it is written; what belongs to no section is its description."""
    found = Docstring()
    if not text:
        return found
    lines = inspect.cleandoc(text[:MAX_CHARS]).split("\n")
    described: list[str] = []
    place, is_over = 0, False
    while place < len(lines):
        if sphinx := _SPHINX.match(lines[place]):
            place, is_over = _read_sphinx(found, sphinx, lines, place), True
        elif kind := _section_at(lines, place):
            place, is_over = _read_section(found, kind, lines, place), True
        else:
            if not is_over:
                described.append(lines[place])
            place += 1
    found.description = "\n".join(described).strip()
    return found


def _section_at(lines: list[str], place: int) -> str:
    """The kind of section that a line opens; empty where it opens none."""
    title = _TITLE.match(lines[place])
    if title is None:
        return ""
    kind = _SECTIONS.get(title["title"].strip().lower(), "")
    if not kind:
        return ""
    following = lines[place + 1] if place + 1 < len(lines) else ""
    if _RULE.match(following):
        return f"{kind} numpy"
    has_body = not following.strip() or _indent(following) > _indent(lines[place])
    return kind if _HEADER.match(lines[place]) and has_body else ""


def _read_section(found: Docstring, kind: str, lines: list[str], place: int) -> int:
    """Reads a section, and says where it ends."""
    base = _indent(lines[place])
    is_numpy = kind.endswith(" numpy")
    start = place + 2 if is_numpy else place + 1
    end = start
    while end < len(lines) and not _ends_section(lines, end, base, is_numpy):
        end += 1
    body = lines[start:end]
    if kind.startswith("parameters"):
        _read_items(found, body, is_numpy)
    elif kind.startswith("returns"):
        _read_result(found, body, is_numpy)
    return max(end, place + 1)


def _ends_section(lines: list[str], place: int, base: int, is_numpy: bool) -> bool:
    if _section_at(lines, place) or _SPHINX.match(lines[place]):
        return True
    return not is_numpy and lines[place].strip() != "" and _indent(lines[place]) <= base


def _read_items(found: Docstring, body: list[str], is_numpy: bool) -> None:
    filled = [line for line in body if line.strip()]
    if not filled:
        return
    base = min(_indent(line) for line in filled)
    item: list[DocumentedParameter] = []
    for line in filled:
        opens = _indent(line) == base
        stripped = line.strip()
        if opens and (
            match := _NUMPY_ITEM.match(stripped)
            if is_numpy
            else _GOOGLE_ITEM.match(stripped.lstrip("-* ").replace("`", ""))
        ):
            names = match["names"].replace("*", "").split(",") if is_numpy else [match["name"]]
            text = "" if is_numpy else match["text"]
            item = [found.parameters.setdefault(name.strip(), DocumentedParameter()) for name in names]
            for parameter in item:
                parameter.type_text = (match["type"] or "").strip()
                parameter.description = text
        elif not opens or not is_numpy:
            for parameter in item:
                parameter.description = f"{parameter.description}\n{stripped}".strip()


def _read_result(found: Docstring, body: list[str], is_numpy: bool) -> None:
    lines = [line for line in body if line.strip()]
    if not lines:
        return
    if is_numpy:
        head = lines[0].strip()
        found.returns_type = head.rpartition(":")[2].strip() if re.match(r"\w+\s*:", head) else head
        found.returns_description = " ".join(line.strip() for line in lines[1:])
        return
    text = "\n".join(line.strip() for line in lines)
    typed = _RESULT.match(text)
    found.returns_type = typed["type"] if typed else ""
    found.returns_description = typed["text"] if typed else text


def _read_sphinx(found: Docstring, match: re.Match[str], lines: list[str], place: int) -> int:
    """Reads one field with the lines that continue it, and says where it ends."""
    base = _indent(lines[place])
    end = place + 1
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) > base:
        end += 1
    text = " ".join([match["text"].strip(), *(line.strip() for line in lines[place + 1 : end])]).strip()
    kind, words = match["field"], (match["what"] or "").split()
    if kind.startswith("return"):
        found.returns_description = text
    elif kind == "rtype":
        found.returns_type = text
    elif words and not kind.startswith(("raise", "yield")):
        parameter = found.parameters.setdefault(words[-1].lstrip("*"), DocumentedParameter())
        if kind == "type":
            parameter.type_text = text
        else:
            parameter.description = text
            parameter.type_text = " ".join(words[:-1]) or parameter.type_text
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
