"""What a RapidAPI entry of ToolBench declares: required and optional parameters, and a result that was once seen."""

from typing import Any

from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.json_text import parse_json
from toolmind_assets.stages.specs import dialects, keywords
from toolmind_assets.stages.specs.declared import Declared, stated_text
from toolmind_assets.stages.specs.describe import clean
from toolmind_assets.stages.specs.forms.examples import schema_of_example, schema_of_template
from toolmind_assets.stages.specs.json_schema import Lookup

_TYPES: dict[str, JsonObject] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "array": {"type": "array", "items": {}},
    "object": {"type": "object"},
    "map": {"type": "object"},
    "enum": {"type": "string"},
    "date (yyyy-mm-dd)": {"type": "string", "format": "date"},
    "date": {"type": "string"},
    "time (24-hour hh:mm)": {"type": "string", "pattern": r"^\d{1,2}:\d{2}$"},
    "geopoint (latitude, longitude)": {"type": "string"},
    "credentials": {"type": "string", "format": "password"},
    "file": {"type": "string", "format": "binary"},
    "binary": {"type": "string", "format": "binary"},
}
"""The types that RapidAPI offers; whatever else stands there leaves the parameter open."""


def declare_api(entry: JsonObject, _: Lookup) -> Declared:
    """What one API declares; `entry` is what the RapidAPI reader makes of it."""
    api = entry["api"] if isinstance(entry.get("api"), dict) else {}
    repairs: list[Repair] = []
    properties: JsonObject = {}
    required: list[str] = []
    for key, is_required in (("required_parameters", True), ("optional_parameters", False)):
        for parameter in api[key] if isinstance(api.get(key), list) else []:
            name = stated_text(parameter.get("name")).strip() if isinstance(parameter, dict) else ""
            if not name or name in properties:
                repairs.append(
                    Repair("parameter_dropped", "/parameters", f"no name, or one twice: {parameter!r:.80}")
                )
                continue
            properties[name] = _schema_of(parameter, is_required, repairs)
            if is_required:
                required.append(name)
    parameters: JsonObject = {"type": "object", "properties": properties}
    returns = _result(api)
    if returns is not None:
        repairs.append(Repair("returns_inferred", "/returns", "from what an answer looked like"))
    description = clean(api.get("api_description")) or clean(api.get("description"))
    return Declared(
        source_name=stated_text(api.get("name") or api.get("api_name")).strip(),
        namespace=clean(entry.get("tool")),
        description=description or clean(entry.get("about")),
        parameters={**parameters, "required": required} if required else parameters,
        returns=returns,
        repairs=tuple(repairs),
        http_method=stated_text(api.get("method")).lower(),
    )


def _schema_of(parameter: JsonObject, is_required: bool, repairs: list[Repair]) -> JsonObject:
    """The schema of a parameter. What its form was filled with is a default only where it may be left out."""
    stated = stated_text(parameter.get("type")).strip()
    schema = dict(_TYPES.get(stated.lower(), {}))
    here = f"/parameters/properties/{parameter['name']}"[:200]
    if not schema:
        repairs.append(Repair("type_open", f"{here}/type", f"{stated!r:.80} -> any"))
    if description := clean(parameter.get("description")):
        schema["description"] = description
    filled = parameter.get("default")
    if filled not in (None, ""):
        kind = schema.get("type")
        is_value, value = keywords.cast_to(filled, (kind,) if isinstance(kind, str) else ())
        if not is_value:
            repairs.append(Repair("default_dropped", f"{here}/default", f"{filled!r:.80} is no {kind}"))
        elif is_required:
            schema["examples"] = [value]
        else:
            schema["default"] = value
    for key in ("enum", "options"):
        if isinstance(parameter.get(key), list) and parameter[key]:
            schema["enum"] = parameter[key]
    return schema


def _result(api: JsonObject) -> JsonObject | None:
    """The schema of a result: as stated, else as a template of types or an answer that was no error shows it."""
    stated = _value(api.get("schema"))
    if isinstance(stated, dict) and stated and dialects.is_schema(stated):
        return stated
    template = _value(api.get("template_response"))
    if isinstance(template, (dict, list)) and template:
        return schema_of_template(template)
    status = api.get("statuscode")
    is_answer = status is None or str(status).startswith("2")
    body = _value(api.get("body")) if is_answer else None
    return schema_of_example(body) if isinstance(body, (dict, list)) and body else None


def _value(stated: Any) -> Any:
    """What is stated, or what its JSON text says."""
    if not isinstance(stated, str) or stated.lstrip()[:1] not in ("{", "["):
        return stated
    try:
        return parse_json(stated)
    except (ValueError, RecursionError):
        return None
