"""What an entry declares of its function, whatever the catalog form; the schemas still in their dialect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.functions import CatalogForm, Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.specs import dialects
from toolmind_assets.specs.describe import clean, split_owner
from toolmind_assets.specs.json_schema import Lookup
from toolmind_assets.specs.type_names import is_optional

_PARAMETERS = ("parameters", "inputSchema", "input_schema", "arguments", "query_parameters")
_RETURNS = ("response", "responses", "returns", "outputSchema", "output_schema", "output_parameters")


@dataclass(frozen=True, slots=True)
class Declared:
    """A function as its entry declares it.

    Attributes:
        source_name: Name as found.
        namespace: API, server or class; may be empty.
        description: Plain text.
        parameters, returns: Schemas of any dialect; None where there is none.
        parameters_lookup, returns_lookup: What a reference in them leads to.
        repairs: Changes made on the way here.
        http_method: Of an OpenAPI operation, in lower case.
        is_read_only, is_destructive: Hints of an MCP server.
    """

    source_name: str
    namespace: str
    description: str
    parameters: Any
    returns: Any
    parameters_lookup: Lookup
    returns_lookup: Lookup
    repairs: tuple[Repair, ...] = ()
    http_method: str = ""
    is_read_only: bool | None = None
    is_destructive: bool = True


def declare_function(entry: JsonObject) -> Declared:
    """What an OpenAI or BFCL function definition declares."""
    name = _text(entry.get("name")).strip()
    found = clean(entry.get("description"))
    owner, description = split_owner(found)
    repairs: list[Repair] = []
    if description != entry.get("description"):
        repairs.append(
            Repair("description_cleaned", "/description", f"from {entry.get('description')!r:.120}")
        )
    parameters = as_object_schema(_first(entry, _PARAMETERS), repairs, "/parameters")
    if isinstance(entry.get("required"), list) and "required" not in parameters:
        parameters = {**parameters, "required": entry["required"]}
        repairs.append(Repair("required_moved", "/required", "from the function to its parameters"))
    returns = _first(entry, _RETURNS)
    returns = (
        as_object_schema(returns, repairs, "/returns") if isinstance(returns, dict) and returns else None
    )
    return Declared(
        source_name=name,
        namespace=owner or (name.rsplit(".", 1)[0] if "." in name else ""),
        description=description,
        parameters=parameters,
        returns=returns,
        parameters_lookup=pointer_lookup(parameters),
        returns_lookup=pointer_lookup(returns),
        repairs=tuple(repairs),
    )


def declare_tool(entry: JsonObject) -> Declared:
    """What a tool of an MCP server declares."""
    tool = entry["tool"] if isinstance(entry.get("tool"), dict) else {}
    stated = tool.get("annotations")
    hints = stated if isinstance(stated, dict) else {}
    description = clean(tool.get("description")) or clean(tool.get("title")) or clean(hints.get("title"))
    repairs: list[Repair] = []
    if description != tool.get("description"):
        repairs.append(
            Repair("description_cleaned", "/description", f"from {tool.get('description')!r:.120}")
        )
    parameters = as_object_schema(tool.get("inputSchema"), repairs, "/parameters")
    returns = tool.get("outputSchema")
    read_only = hints.get("readOnlyHint")
    return Declared(
        source_name=_text(tool.get("name")).strip(),
        namespace=clean(entry.get("server")),
        description=description,
        parameters=parameters,
        returns=returns if isinstance(returns, dict) and returns else None,
        parameters_lookup=pointer_lookup(parameters),
        returns_lookup=pointer_lookup(returns),
        repairs=tuple(repairs),
        is_read_only=read_only if isinstance(read_only, bool) else None,
        is_destructive=hints.get("destructiveHint") is not False,
    )


def as_object_schema(found: Any, repairs: list[Repair], path: str) -> JsonObject:
    """A schema of an object, from a schema or from a map or list of named schemas; repairs are added.

    In a plain map, as function lists of the xLAM kind have it, whatever has no default and does not call
    itself optional is required.
    """
    if isinstance(found, list) and found and all(isinstance(member, dict) for member in found):
        return {"type": "object", "properties": found}
    if not isinstance(found, dict):
        repairs.append(Repair("parameters_missing", path, f"{found!r:.80} -> no parameters"))
        return {"type": "object", "properties": {}}
    if dialects.is_schema(found) or not all(isinstance(member, (dict, str)) for member in found.values()):
        return found
    repairs.append(Repair("properties_wrapped", path, "a map of names to schemas -> an object"))
    required = [
        name
        for name, member in found.items()
        if isinstance(member, dict)
        and "default" not in member
        and member.get("required") is None
        and not is_optional(_text(member.get("type")))
    ]
    return {"type": "object", "properties": found, "required": sorted(required)}


def pointer_lookup(root: Any) -> Lookup:
    """Follows references as JSON pointers into `root`."""

    def lookup(reference: str) -> Any:
        place = root
        for part in reference.lstrip("#").split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(place, dict):
                place = place.get(key)
            elif isinstance(place, list) and key.isdecimal() and len(key) < 10 and int(key) < len(place):
                place = place[int(key)]
            else:
                return None
        return place

    return lookup


def _first(entry: JsonObject, keys: tuple[str, ...]) -> Any:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


FUNCTION_FORMS: dict[CatalogForm, Callable[[JsonObject], Declared]] = {
    CatalogForm.OPENAI: declare_function,
    CatalogForm.BFCL: declare_function,
    CatalogForm.MCP: declare_tool,
}
"""How entries of a form declare their function; OpenAPI is in `toolmind_assets.specs.operations`."""
