"""What a method of a Google API discovery document declares; its schemas as JSON Schema.

The dialect is JSON Schema draft 3 with bare names as references, `repeated` for arrays, numbers written as text,
and a description for each value of an enum.
"""

from functools import lru_cache
from typing import Any

from toolmind_assets.model.functions import MarkKind
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.stages.specs import keywords
from toolmind_assets.stages.specs.declared import Declared, stated_text
from toolmind_assets.stages.specs.describe import clean
from toolmind_assets.stages.specs.forms.openapi import GOOGLE_CREDENTIALS
from toolmind_assets.stages.specs.forms.parameters import ParameterList
from toolmind_assets.stages.specs.json_schema import Lookup

_SCHEMAS = "#/schemas/"
_KEPT = ("format", "pattern", "enum", "readOnly", "deprecated")
_OUTPUT_ONLY = ("output only", "[output only]", "[output-only]")
"""How descriptions of older documents begin where newer ones say `readOnly`."""
_FORMATS = {"google-datetime": "date-time"}


def declare_method(entry: JsonObject, lookup: Lookup) -> Declared:
    """What one method declares; `entry` is what the discovery reader makes of it."""
    method = entry["method"] if isinstance(entry.get("method"), dict) else {}
    name = stated_text(method.get("id")).strip() or stated_text(entry.get("key"))
    schemas = _schemas_of(lookup)
    taken = ParameterList(schemas.target)
    _add_parameters(taken, schemas, method)
    if isinstance(method.get("request"), dict):
        taken.add_body(schemas.body(method["request"], name), None)
    _add_common(taken, schemas, entry.get("parameters"))
    response = method.get("response")
    if method.get("supportsMediaUpload") is True:
        taken.note("media_upload", "the method also takes a file, which is no parameter")
    return Declared(
        source_name=name,
        namespace=clean(entry.get("title")).rstrip(".") or clean(entry.get("name")),
        description=_description(method),
        parameters=taken.schema(),
        returns=schemas.translate(response) if isinstance(response, dict) and response else None,
        is_self_contained=False,
        repairs=tuple(taken.repairs),
        marks=tuple(taken.marks),
        http_method=stated_text(method.get("httpMethod")).lower(),
        is_deprecated=method.get("deprecated") is True,
    )


def lookup_schemas(components: Lookup) -> Lookup:
    """Follows `#/schemas/<name>`, the way in which translated schemas refer to each other."""
    return _schemas_of(components).target


@lru_cache(maxsize=2)
def _schemas_of(components: Lookup) -> "_Schemas":
    """The schemas of a document, which all of its methods share."""
    return _Schemas(components)


def _add_parameters(taken: ParameterList, schemas: "_Schemas", method: JsonObject) -> None:
    """Adds the parameters of path and query, those first that the method puts into an order, the others by name."""
    stated, order = method.get("parameters"), method.get("parameterOrder")
    parameters = stated if isinstance(stated, dict) else {}
    first = [name for name in order if name in parameters] if isinstance(order, list) else []
    for name in dict.fromkeys([*first, *sorted(parameters)]):
        parameter = parameters[name] if isinstance(parameters[name], dict) else {}
        place = stated_text(parameter.get("location")) or "query"
        is_required = parameter.get("required") is True or place == "path"
        taken.add(name, place, schemas.translate(parameter), is_required)


def _add_common(taken: ParameterList, schemas: "_Schemas", stated: Any) -> None:
    """Adds the parameters that all methods take; a method's own parameter of the same name stands for both."""
    reference = stated.get("$ref") if isinstance(stated, dict) else None
    for name, schema in schemas.common(reference).items() if isinstance(reference, str) else ():
        if name not in taken.properties:
            mark = MarkKind.AUTH if name in GOOGLE_CREDENTIALS else MarkKind.TRANSPORT
            taken.add(name, "query", schema, is_required=False, mark=mark.value)


def _description(method: JsonObject) -> str:
    """The description, and that a file goes up or comes down with the call."""
    texts = [clean(method.get("description"))]
    upload = method.get("mediaUpload")
    if isinstance(upload, dict):
        accepted = upload.get("accept")
        kinds = (
            ", ".join(kind for kind in accepted if isinstance(kind, str))
            if isinstance(accepted, list)
            else ""
        )
        size = stated_text(upload.get("maxSize"))
        limit = f", at most {size}" + (" bytes" if size.isdecimal() else "") if size else ""
        texts.append(f"Takes a media upload ({kinds or 'any type'}{limit}).")
    if method.get("supportsMediaDownload") is True:
        texts.append("Supports media download.")
    return "\n".join(filter(None, texts))


class _Schemas:
    """Schemas of one document as JSON Schema, translated when they are asked for.

    Args:
        components: Name -> schema in the dialect.
    """

    def __init__(self, components: Lookup) -> None:
        self._components = components
        self._targets: dict[str, Any] = {}
        self._common: dict[str, JsonObject] = {}

    def target(self, reference: str) -> Any:
        """What a reference of a translated schema leads to."""
        if reference not in self._targets:
            found = self._components(reference[len(_SCHEMAS) :]) if reference.startswith(_SCHEMAS) else None
            self._targets[reference] = None if found is None else self.translate(found)
        return self._targets[reference]

    def common(self, reference: str) -> JsonObject:
        """The parameters that all methods take, by name."""
        if reference not in self._common:
            found = self._components(reference)
            members = found.items() if isinstance(found, dict) else ()
            self._common[reference] = {name: self.translate(member) for name, member in members}
        return self._common[reference]

    def body(self, request: JsonObject, method: str) -> Any:
        """The schema of a body, with the fields required that say that this one method requires them."""
        schema, found = self.translate(request), request
        if isinstance(request.get("$ref"), str):
            target = self._components(request["$ref"])
            found = target if isinstance(target, dict) else {}
        members = found.get("properties")
        required = sorted(name for name, member in _items(members) if method in _required_by(member))
        if not required:
            return schema
        return {**(self.target(schema["$ref"]) if "$ref" in schema else schema), "required": required}

    def translate(self, schema: Any) -> Any:
        """One schema, without following its references."""
        if not isinstance(schema, dict):
            return {}
        node = {key: schema[key] for key in _KEPT if key in schema}
        kind = schema.get("type")
        if isinstance(kind, str) and kind != "any":
            node["type"] = kind
        _add_written(node, schema)
        if isinstance(schema.get("$ref"), str):
            node["$ref"] = _SCHEMAS + schema["$ref"]
        if node.get("format") in _FORMATS:
            node["format"] = _FORMATS[node["format"]]
        self._add_members(node, schema)
        described = _described(schema)
        if described[:13].lower().startswith(_OUTPUT_ONLY):
            node.setdefault("readOnly", True)
        if schema.get("repeated") is True:
            flag = {key: node.pop(key) for key in ("default", "readOnly", "deprecated") if key in node}
            node = {"type": "array", "items": node, **flag}
        if described:
            node["description"] = described
        return node

    def _add_members(self, node: JsonObject, schema: JsonObject) -> None:
        members = schema.get("properties")
        if isinstance(members, dict):
            node["properties"] = {name: self.translate(member) for name, member in members.items()}
        for key in ("items", "additionalProperties"):
            if key in schema:
                node[key] = self.translate(schema[key]) if isinstance(schema[key], dict) else schema[key]


def _add_written(node: JsonObject, schema: JsonObject) -> None:
    """Adds bounds and default, which are written as text, as values."""
    for key in ("minimum", "maximum"):
        if key in schema:
            number = keywords.as_number(schema[key])
            node[key] = schema[key] if number is None else number
    if "default" in schema:
        kind = node.get("type")
        _, node["default"] = keywords.cast_to(schema["default"], (kind,) if isinstance(kind, str) else ())


def _items(members: Any) -> list[tuple[str, Any]]:
    return list(members.items()) if isinstance(members, dict) else []


def _required_by(member: Any) -> list[Any]:
    """The methods that require a field."""
    notes = member.get("annotations") if isinstance(member, dict) else None
    methods = notes.get("required") if isinstance(notes, dict) else None
    return methods if isinstance(methods, list) else []


def _described(schema: JsonObject) -> str:
    """The description, what each value of an enum means, and which methods require the field."""
    lines = [clean(schema.get("description"))]
    values, texts, old = (schema.get(key) for key in ("enum", "enumDescriptions", "enumDeprecated"))
    if isinstance(values, list) and isinstance(texts, list):
        flags = old if isinstance(old, list) and len(old) == len(values) else [False] * len(values)
        for value, text, is_old in zip(values, texts, flags, strict=False):
            said = [part for part in ("deprecated" if is_old else "", stated_text(text)) if part]
            if said:
                lines.append(f"{value}: {'; '.join(said)}")
    if methods := [method for method in _required_by(schema) if isinstance(method, str)]:
        lines.append(f"Required by {', '.join(methods)}.")
    return "\n".join(filter(None, lines))
