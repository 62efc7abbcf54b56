"""Tools as they were crawled from the pages of a registry, where a page's words stand among the parameters.

Toucan's crawl of Smithery lists, one after the other, the words of a tool's box on the page: its name, its
description, then name for name the parameters, after each of them the buttons of its input: `Add`, `Item` of a
list, `True`, `False` of a choice. It calls all of them strings. The rules:

1. The tool's own name, names of other tools of the page, and words that repeat the description from its first word
   on are taken away. So are buttons; they tell that the parameter before them is an array, or a boolean.
2. Of every other parameter the type is unknown, and is left open.
3. Where no parameter is left, the entry is dropped: the page may have shown none, or have folded them away.
4. Where one that is left begins with a capital and is not required, the entry is dropped: it is a word of a text
   that the page shows nowhere else, and nothing tells where that text ends.
"""

import re
from collections.abc import Sequence
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.stages.specs.declared import stated_text
from toolmind_assets.stages.specs.rejection import RejectedError

_BUTTONS: dict[tuple[str, str], JsonObject] = {
    ("Add", "Item"): {"type": "array", "items": {}},
    ("True", "False"): {"type": "boolean"},
}
_HEADINGS = frozenset({"Add", "Item", "True", "False", "Tools"})
_PAGE_TEXT = re.compile(r"(?s)\ADeploy Server .*Try in Playground|\ADescription not available\Z")
_WORD = re.compile(r"[\w'-]+")


def page_description(description: str) -> str:
    """The description, or nothing where it is the text of the page's own buttons."""
    return "" if _PAGE_TEXT.match(description) else description


def crawled_parameters(tool: JsonObject, page: Sequence[Any], repairs: list[Repair]) -> JsonObject:
    """The parameters of a crawled tool; repairs are added.

    Raises:
        RejectedError: the page does not tell them from its other words.
    """
    stated = tool.get("parameters")
    listed = [member for member in stated if isinstance(member, dict)] if isinstance(stated, list) else []
    names = [stated_text(member.get("name")) for member in listed]
    name, description = stated_text(tool.get("name")), stated_text(tool.get("description"))
    of_page = {name, *(other for other in page if isinstance(other, str))}
    start = next((at for at, found in enumerate(names) if found not in of_page), len(names))
    repeated = _repeated(names[start:], description)
    kept = [
        at for at in range(start + repeated, len(names)) if names[at] and names[at] not in of_page | _HEADINGS
    ]
    if not kept:
        said = f"only words of it: {names!r:.160}" if names else "none"
        raise RejectedError(DropReason.INVALID_SCHEMA, f"of the parameters the crawled page shows {said}")
    if any(names[at][:1].isupper() and listed[at].get("required") is not True for at in kept):
        raise RejectedError(
            DropReason.INVALID_SCHEMA, f"words of the crawled page stand among its parameters: {names!r:.160}"
        )
    if dropped := [names[at] for at in range(len(names)) if at not in kept]:
        repairs.append(
            Repair("parameter_dropped", "/parameters", f"words of a crawled page: {dropped!r:.160}")
        )
    repairs.append(Repair("type_open", "/parameters", "the crawled page states no types"))
    return {
        "type": "object",
        "properties": {names[at]: _BUTTONS.get((*names[at + 1 : at + 3],), {}) for at in kept},  # type: ignore[arg-type]
        "required": [names[at] for at in kept if listed[at].get("required") is True],
    }


def _repeated(names: Sequence[str], description: str) -> int:
    """How many names repeat the description from its first word on; each word was listed once."""
    words = list(dict.fromkeys(_WORD.findall(description)))
    count = 0
    for found, word in zip(names, words, strict=False):
        if found != word:
            break
        count += 1
    # One word alone may be a parameter that happens to open the description, unless it is the whole of it.
    return count if count > 1 or count == len(words) else 0
