"""What an operation of OpenAPI 3 or Swagger 2 declares: parameters of every place and the body, as one object.

The two differ in where they write the same things: Swagger puts types beside `name` and `in`, the body among the
parameters, and one schema into an answer where OpenAPI has one a media type.
"""

import re
from typing import Any

from toolmind_assets.model.functions import MarkKind, Repair
from toolmind_assets.model.ids import JsonObject, canonical_json
from toolmind_assets.specs.declared import Declared, stated_text
from toolmind_assets.specs.describe import clean
from toolmind_assets.specs.json_schema import Lookup, is_flagged

_CREDENTIALS = re.compile(
    r"(?i)(proxy-)?authorization|cookie|x-amz-.*|(x-)?(api|access|auth|csrf)[-_]?(key|token)|apikey"
    r"|oauth[-_]token|x-[\w-]*-(token|key|jwt)"
)
_CONTENT_HEADERS = re.compile(r"(?i)accept(-.*)?|content-.*|user-agent|host|connection|x-request-id")
_GOOGLE_MARK = "$.xgafv"
GOOGLE_CREDENTIALS = frozenset(["access_token", "key", "oauth_token"])
GOOGLE_TRANSPORT = frozenset(
    ["$.xgafv", "alt", "callback", "fields", "prettyPrint", "quotaUser", "uploadType", "upload_protocol", "userIp"]
)
"""What every Google API takes beside its own parameters; none of it is for a caller to choose."""
_JSON_TYPE = re.compile(r"(?i)(application/(.+\+)?json|\*/\*|text/json).*")
_FORM_TYPE = re.compile(r"(?i)(multipart/form-data|application/x-www-form-urlencoded).*")
_ANY_TYPE = re.compile(r".*", re.DOTALL)
_PLACES = ("path", "query", "header", "formData")
_BESIDE = ("description", "example", "examples", "deprecated")
_NOT_IN_SCHEMA = frozenset({"name", "in", "required", "schema", "content", "collectionFormat", "style", "explode"})
_MAX_HOPS = 8


def declare_operation(entry: JsonObject, lookup: Lookup) -> Declared:
    """What one operation declares; `entry` is what the OpenAPI reader makes of it."""
    reading = _Operation(entry, lookup)
    reading.add_parameters()
    reading.add_body()
    operation = reading.operation
    method, path = str(entry.get("method", "")), str(entry.get("path", ""))
    place = f"{method.upper()} {path}".strip()
    parameters: JsonObject = {"type": "object", "properties": reading.properties}
    if reading.required:
        parameters["required"] = reading.required
    return Declared(
        source_name=stated_text(operation.get("operationId")).strip() or place,
        namespace=clean(entry.get("title")).rstrip("."),
        description=_description(operation) or clean(place),
        parameters=parameters,
        returns=reading.result(),
        is_self_contained=False,
        repairs=tuple(reading.repairs),
        marks=tuple(reading.marks),
        http_method=method,
        is_deprecated=operation.get("deprecated") is True,
    )


def _description(operation: JsonObject) -> str:
    """The summary and the description, unless the one starts the other."""
    summary, description = clean(operation.get("summary")), clean(operation.get("description"))
    if not summary or description.lower().startswith(summary.lower().rstrip(".")):
        return description
    return f"{summary.rstrip('.')}. {description}" if description else summary


class _Operation:
    """One operation, its parameters gathered step by step."""

    def __init__(self, entry: JsonObject, lookup: Lookup) -> None:
        self._lookup = lookup
        self.operation: JsonObject = entry["operation"] if isinstance(entry.get("operation"), dict) else {}
        self._shared = entry.get("parameters")
        self._bodies: list[JsonObject] = []
        self.properties: JsonObject = {}
        self.required: list[str] = []
        self.repairs: list[Repair] = []
        self.marks: list[tuple[str, str]] = []

    def add_parameters(self) -> None:
        """Adds the parameters of the path and of the operation, which win over those of the path."""
        declared: dict[tuple[str, str], JsonObject] = {}
        for listed in (self._shared, self.operation.get("parameters")):
            for member in listed if isinstance(listed, list) else []:
                parameter = self._resolve(member)
                name, place = parameter.get("name"), parameter.get("in")
                if isinstance(name, str) and isinstance(place, str):
                    declared[place, name] = parameter
                else:
                    self._note("parameter_dropped", f"no name or place: {parameter!r:.80}")
        self._bodies = [parameter for (place, _), parameter in declared.items() if place == "body"]
        is_google = ("query", _GOOGLE_MARK) in declared
        for place in _PLACES:
            for (stated_place, name), parameter in declared.items():
                if stated_place == place:
                    is_required = parameter.get("required") is True or place == "path"
                    added = self._add(name, place, _schema_of(parameter), is_required)
                    if kind := _mark_of(name, place, is_google):
                        self.marks.append((added, kind))

    def add_body(self) -> None:
        """Adds the members of an object body, or the whole body where it is something else."""
        for body in [self._resolve(self.operation.get("requestBody")), *self._bodies]:
            schema = body.get("schema") or _schema_in(body.get("content"), (_JSON_TYPE, _FORM_TYPE, _ANY_TYPE))
            if schema is None:
                if body.get("content"):
                    self._note("body_dropped", f"no schema in {list(body['content'])!r:.80}")
                continue
            self._add_body(body, schema)

    def _add_body(self, body: JsonObject, schema: Any) -> None:
        flat = self._flatten(schema, ())
        if flat is None or not flat["properties"]:
            described = {"description": body["description"]} if stated_text(body.get("description")) else {}
            self._add("body", "body", {**described, **_as_object(schema)}, body.get("required") is True)
            return
        is_required = body.get("required") is not False
        for name, member in flat["properties"].items():
            self._add(name, "body", member, is_required and name in flat["required"])

    def result(self) -> Any:
        """The schema of the answers that mean success, or None; a union where they differ.

        Success is every 2xx answer, and `default` where nothing else is stated. Of each answer JSON counts
        before other media types.
        """
        answers = _as_object(self.operation.get("responses"))
        codes = sorted(str(code) for code in answers if str(code).startswith("2"))
        schemas: dict[str, Any] = {}
        for code in codes or (["default"] if answers.keys() == {"default"} else []):
            answer = self._resolve(answers.get(code, answers.get(int(code)) if code.isdecimal() else None))
            schema = answer.get("schema") or _schema_in(answer.get("content"), (_JSON_TYPE, _ANY_TYPE))
            if schema:
                schemas.setdefault(canonical_json(schema), schema)
        if len(schemas) > 1:
            return {"anyOf": list(schemas.values())}
        return next(iter(schemas.values()), None)

    def _add(self, name: str, place: str, schema: Any, is_required: bool) -> str:
        unique = name
        while unique in self.properties:
            unique += f"_{place}"
        if unique != name:
            self._note("name_clash", f"{place} parameter {name!r:.60} -> {unique!r:.60}")
        if place != "body" and is_flagged(schema, "readOnly", self._lookup):
            # A component that is read-only in bodies is still what a path or a query asks for.
            schema = {**schema, "readOnly": False}
        self.properties[unique] = schema
        if is_required:
            self.required.append(unique)
        return unique

    def _flatten(self, schema: Any, seen: tuple[str, ...]) -> JsonObject | None:
        """`properties` and `required` of an object schema, `allOf` merged; None where it is a union."""
        if not isinstance(schema, dict):
            return None
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return None if reference in seen else self._flatten(self._lookup(reference), (*seen, reference))
        if any(key in schema for key in ("anyOf", "oneOf")) or schema.get("type", "object") != "object":
            return None
        own, required = schema.get("properties"), schema.get("required")
        flat: JsonObject = {
            "properties": dict(own) if isinstance(own, dict) else {},
            "required": list(required) if isinstance(required, list) else [],
        }
        for part in schema["allOf"] if isinstance(schema.get("allOf"), list) else []:
            merged = self._flatten(part, seen)
            if merged is None:
                return None
            flat["properties"] = {**merged["properties"], **flat["properties"]}
            flat["required"] += merged["required"]
        return flat

    def _resolve(self, found: Any) -> JsonObject:
        """`found`, or what it refers to, as an object; an empty one where it is none."""
        for _ in range(_MAX_HOPS):
            if not isinstance(found, dict) or not isinstance(found.get("$ref"), str):
                break
            found = self._lookup(found["$ref"])
        return _as_object(found)

    def _note(self, code: str, detail: str) -> None:
        self.repairs.append(Repair(code, "/parameters", detail))


def _mark_of(name: str, place: str, is_google: bool) -> str:
    """What a parameter serves where it serves not the caller; what the path names always counts as the caller's."""
    if place == "path":
        return ""
    if _CREDENTIALS.fullmatch(name) or (is_google and name in GOOGLE_CREDENTIALS):
        return MarkKind.AUTH.value
    is_content = place == "header" and bool(_CONTENT_HEADERS.fullmatch(name))
    return MarkKind.TRANSPORT.value if is_content or (is_google and name in GOOGLE_TRANSPORT) else ""


def _schema_of(parameter: JsonObject) -> JsonObject:
    """The schema of a parameter, with the description and the examples that stand beside it."""
    schema = parameter.get("schema")
    if schema is None and "content" in parameter:
        schema = _schema_in(parameter["content"], (_JSON_TYPE, _ANY_TYPE))
    if schema is None:
        return {key: value for key, value in parameter.items() if key not in _NOT_IN_SCHEMA}
    return {**_as_object(schema), **{key: parameter[key] for key in _BESIDE if key in parameter}}


def _schema_in(content: Any, wanted: tuple[re.Pattern[str], ...]) -> Any:
    """The schema of the first media type, of the first kind wanted that there is."""
    if not isinstance(content, dict):
        return None
    for kind in wanted:
        for media_type, member in content.items():
            if kind.fullmatch(media_type) and isinstance(member, dict) and member.get("schema") is not None:
                return member["schema"]
    return None


def _as_object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}
