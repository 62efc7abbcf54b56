"""What function definitions declare: those of OpenAI, Anthropic, Gemini and BFCL, and all lists that borrow from them.

Beside schemas, parameters are written as maps of names to types (xLAM, NESTful, API-Bank, Seal-Tools, Cohere), as
lists of named types (Docker), and any of it as JSON text.
"""

from typing import Any

from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.json_text import parse_json
from toolmind_assets.stages.specs import dialects
from toolmind_assets.stages.specs.declared import Declared, as_object_schema, read_hints, stated_text
from toolmind_assets.stages.specs.describe import clean, split_owner
from toolmind_assets.stages.specs.json_schema import Lookup
from toolmind_assets.stages.specs.type_names import is_optional, read_type

_NAMES = ("name", "api_name")
_DESCRIPTIONS = ("description", "api_description")
_PARAMETERS = (
    *("parameters", "inputSchema", "input_schema", "arguments", "query_parameters", "input_parameters"),
    *("parameter_definitions", "parametersJsonSchema", "parameters_json_schema"),
)
_RETURNS = (
    *("response", "responses", "returns", "outputSchema", "output_schema", "output_parameters"),
    *("responseJsonSchema", "response_json_schema"),
)
_NAMED_ONLY_IF_SAID = "parameter_definitions"
"""Cohere's map: a parameter that does not say so is not required."""


def declare_function(entry: JsonObject, _: Lookup) -> Declared:
    """What a function definition declares, without its wrappers."""
    name = stated_text(_first(entry, _NAMES)).strip()
    stated = _first(entry, _DESCRIPTIONS)
    owner, description = split_owner(clean(stated))
    repairs: list[Repair] = []
    if description != (stated or ""):
        repairs.append(Repair("description_cleaned", "/description", f"from {stated!r:.120}"))
    parameters = _parameters(entry, repairs)
    returns = read_schema(_first(entry, _RETURNS), repairs, "/returns")
    is_schema = isinstance(returns, dict) and bool(returns)
    field = stated_text(entry.get("field")).strip() if "api_name" in entry else ""
    namespace = owner or stated_text(entry.get("namespace")).strip() or field
    hints = read_hints(entry.get("annotations"))
    return Declared(
        source_name=name,
        namespace=namespace or (name.rsplit(".", 1)[0] if "." in name else ""),
        description=description,
        parameters=parameters,
        returns=as_object_schema(returns, repairs, "/returns") if is_schema else None,
        repairs=tuple(repairs),
        is_read_only=hints.is_read_only,
        is_destructive=hints.is_destructive,
        is_idempotent=hints.is_idempotent,
        is_deprecated=entry.get("deprecated") is True,
    )


def _parameters(entry: JsonObject, repairs: list[Repair]) -> JsonObject:
    key = next((key for key in _PARAMETERS if entry.get(key) is not None), None)
    found = read_schema(entry[key], repairs, "/parameters") if key else None
    if key == _NAMED_ONLY_IF_SAID and isinstance(found, dict):
        found = {"type": "object", "properties": found}
    if key is None and any(known in entry for known in _PARAMETERS):
        found = {}
    schema = as_object_schema(found, repairs, "/parameters")
    if isinstance(entry.get("required"), list) and "required" not in schema:
        schema = {**schema, "required": entry["required"]}
        repairs.append(Repair("required_moved", "/required", "from the function to its parameters"))
    elif isinstance(entry.get("required"), list) and schema is not found:
        # The list that the function states counts, and not what was made of a map without one.
        schema = {**schema, "required": entry["required"]}
    if isinstance(entry.get("input_examples"), list) and "examples" not in schema:
        schema = {**schema, "examples": entry["input_examples"]}
    return schema


def read_schema(found: Any, repairs: list[Repair], path: str) -> Any:
    """A schema, or a map or list of named ones, of whatever may be written as JSON text and in words of its own."""
    if isinstance(found, str) and found.lstrip()[:1] in ("{", "["):
        try:
            found = parse_json(found)
        except (ValueError, RecursionError):
            return found
        repairs.append(Repair("text_parsed", path, "a schema written as JSON text"))
    if isinstance(found, dict) and found.keys() == {"json"} and isinstance(found["json"], dict):
        found = found["json"]  # as Bedrock wraps it
    if isinstance(found, list) and found and all(isinstance(member, dict) for member in found):
        return listed_schema(found, repairs, path)
    if isinstance(found, dict) and _is_map_with_keyword(found):
        members = {name: _member(member, name, repairs, path) for name, member in found.items()}
        repairs.append(Repair("properties_wrapped", path, "a map of names to schemas -> an object"))
        return {"type": "object", "properties": members}
    if isinstance(found, dict) and not dialects.is_schema(found):
        return {name: _member(member, name, repairs, path) for name, member in found.items()}
    return found


def _is_map_with_keyword(found: JsonObject) -> bool:
    """Whether a map of names to schemas has one for a parameter that is called `properties`."""
    if not all(isinstance(member, dict) for member in found.values()):
        return False
    called = found.get("properties")
    return (
        isinstance(called, dict)
        and isinstance(called.get("type"), str)
        and read_type(called["type"]) is not None
    )


def listed_schema(found: list[JsonObject], repairs: list[Repair], path: str) -> JsonObject:
    """An object schema from a list of named parameters.

    Where any of them says that it is required, only those are; else whatever does not say, in a flag or as the
    first word of its description, that it is optional.
    """
    named = [member for member in found if isinstance(member.get("name"), str)]
    if len(named) < len(found):
        repairs.append(Repair("parameter_dropped", path, f"{len(found) - len(named)} without a name"))
    members = {member["name"]: _member(member, member["name"], repairs, path) for member in named}
    says_required = any(member.get("required") is True for member in named)
    required = [
        member["name"]
        for member in named
        if (member.get("required") is True if says_required else not _calls_itself_optional(member))
    ]
    repairs.append(Repair("properties_listed", path, "a list of named parameters -> an object"))
    properties = {name: _without(member, "required", "optional", "name") for name, member in members.items()}
    return {"type": "object", "properties": properties, "required": list(dict.fromkeys(required))}


def _member(member: Any, name: str, repairs: list[Repair], path: str) -> Any:
    """A parameter with its description where schemas have it, and without a default that stands for none."""
    if not isinstance(member, dict):
        return member
    if "desc" in member and "description" not in member:
        member = {**_without(member, "desc"), "description": member["desc"]}
    if member.get("default") == "" and _no_string(member.get("type")):
        # An empty text stands for no default; it stays said that the parameter may be left out.
        repairs.append(
            Repair("default_dropped", f"{path}/properties/{name}"[:200], "an empty text that is no value")
        )
        flag = {} if "required" in member else {"required": False}
        return {**_without(member, "default"), **flag}
    return member


def _no_string(kind: Any) -> bool:
    read = read_type(kind) if isinstance(kind, str) else None
    types = (read or {}).get("type")
    return bool(types) and "string" not in ([types] if isinstance(types, str) else types)


def _calls_itself_optional(member: JsonObject) -> bool:
    if member.get("optional") is True or member.get("required") is False or "default" in member:
        return True
    said = stated_text(member.get("description") or member.get("desc")).lstrip(" ([*").lower()
    return said.startswith("optional") or is_optional(stated_text(member.get("type")))


def _without(member: JsonObject, *keys: str) -> JsonObject:
    return {key: value for key, value in member.items() if key not in keys}


def _first(entry: JsonObject, keys: tuple[str, ...]) -> Any:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)
