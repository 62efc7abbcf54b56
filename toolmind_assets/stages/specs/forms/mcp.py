"""What a tool of an MCP server declares, in whichever dialect its listing is written."""

from typing import Any

from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.stages.specs.declared import Declared, as_object_schema, read_hints, stated_text
from toolmind_assets.stages.specs.describe import clean
from toolmind_assets.stages.specs.forms.crawled import crawled_parameters, page_description
from toolmind_assets.stages.specs.forms.functions import read_schema
from toolmind_assets.stages.specs.json_schema import Lookup

_PARAMETERS = ("inputSchema", "input_schema", "arguments", "parameters")
_RETURNS = ("outputSchema", "output_schema")


def declare_tool(entry: JsonObject, _: Lookup) -> Declared:
    """What a tool of an MCP server declares.

    Raises:
        RejectedError: it was crawled from a page that does not show its parameters.
    """
    tool = entry["tool"] if isinstance(entry.get("tool"), dict) else {}
    stated = tool.get("annotations")
    titles = stated if isinstance(stated, dict) else {}
    hints = read_hints(stated)
    found = stated_text(tool.get("description"))
    own = page_description(found) if "page" in entry else found
    description = clean(own) or clean(tool.get("title")) or clean(titles.get("title"))
    repairs: list[Repair] = []
    if description != tool.get("description"):
        repairs.append(
            Repair("description_cleaned", "/description", f"from {tool.get('description')!r:.120}")
        )
    returns = _first(tool, _RETURNS)
    return Declared(
        source_name=stated_text(tool.get("name")).strip(),
        namespace=clean(entry.get("server")),
        description=description,
        parameters=_parameters(entry, tool, repairs),
        returns=returns if isinstance(returns, dict) and returns else None,
        repairs=tuple(repairs),
        is_read_only=hints.is_read_only,
        is_destructive=hints.is_destructive,
        is_idempotent=hints.is_idempotent,
    )


def _parameters(entry: JsonObject, tool: JsonObject, repairs: list[Repair]) -> JsonObject:
    if isinstance(entry.get("page"), list):
        return crawled_parameters(tool, entry["page"], repairs)
    found = read_schema(_first(tool, _PARAMETERS), repairs, "/parameters")
    return as_object_schema({} if found == [] else found, repairs, "/parameters")


def _first(tool: JsonObject, keys: tuple[str, ...]) -> Any:
    return next((tool[key] for key in keys if tool.get(key) is not None), None)
