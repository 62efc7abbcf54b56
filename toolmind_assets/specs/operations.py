"""What an OpenAPI operation declares: parameters of path, query and header and the body, as one object."""

import re
from typing import Any

from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.specs.declared import Declared
from toolmind_assets.specs.describe import clean
from toolmind_assets.specs.json_schema import is_flagged

_CREDENTIALS = re.compile(
    r"(?i)(proxy-)?authorization|cookie|x-amz-.*|(x-)?(api|access|auth|csrf)[-_]?(key|token)|apikey"
    r"|oauth[-_]token|x-[\w-]*-(token|key|jwt)"
)
_CONTENT_HEADERS = re.compile(r"(?i)accept(-.*)?|content-.*|user-agent|host|connection|x-request-id")
_GOOGLE_MARK = "$.xgafv"
_GOOGLE_PARAMETERS = frozenset(
    [
        "$.xgafv",
        "access_token",
        "alt",
        "callback",
        "fields",
        "key",
        "oauth_token",
        "prettyPrint",
        "quotaUser",
        "uploadType",
        "upload_protocol",
    ]
)
"""What every Google API takes beside its own parameters; none of it is for a caller to choose."""
_JSON_TYPE = re.compile(r"(?i)(application/(.+\+)?json|\*/\*|text/json).*")
_FORM_TYPE = re.compile(r"(?i)(multipart/form-data|application/x-www-form-urlencoded).*")
_PLACES = ("path", "query", "header")


def declare_operation(entry: JsonObject) -> Declared:
    """What one operation declares; `entry` is what the OpenAPI reader makes of it."""
    reading = _Operation(entry)
    reading.add_parameters()
    reading.add_body()
    operation = reading.operation
    method, path = str(entry.get("method", "")), str(entry.get("path", ""))
    place = f"{method.upper()} {path}".strip()
    stated = operation.get("operationId")
    name = stated.strip() if isinstance(stated, str) else ""
    parameters: JsonObject = {"type": "object", "properties": reading.properties}
    if reading.required:
        parameters["required"] = reading.required
    return Declared(
        source_name=name or place,
        namespace=clean(entry.get("title")).rstrip("."),
        description=_description(operation) or clean(place),
        parameters=parameters,
        returns=reading.result(),
        parameters_lookup=reading.references.get,
        returns_lookup=reading.references.get,
        repairs=tuple(reading.repairs),
        http_method=method,
    )


def _description(operation: JsonObject) -> str:
    """The summary and the description, unless the one starts the other."""
    summary, description = clean(operation.get("summary")), clean(operation.get("description"))
    if not summary or description.lower().startswith(summary.lower().rstrip(".")):
        return description
    return f"{summary.rstrip('.')}. {description}" if description else summary


class _Operation:
    """One operation, its parameters gathered step by step."""

    def __init__(self, entry: JsonObject) -> None:
        found = entry.get("references")
        self.references: JsonObject = found if isinstance(found, dict) else {}
        self.operation: JsonObject = entry["operation"] if isinstance(entry.get("operation"), dict) else {}
        self._shared = entry.get("parameters")
        self.properties: JsonObject = {}
        self.required: list[str] = []
        self.repairs: list[Repair] = []
        self._open_what_was_cut(entry.get("references_cut"))

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
        is_google = ("query", _GOOGLE_MARK) in declared
        for place in _PLACES:
            for (stated_place, name), parameter in declared.items():
                if stated_place != place:
                    continue
                if _is_transport(name, place) or (is_google and name in _GOOGLE_PARAMETERS):
                    self._note("transport_dropped", f"{place} parameter {name!r:.60}")
                else:
                    is_required = parameter.get("required") is True or place == "path"
                    self._add(name, place, _schema_of(parameter), is_required)

    def add_body(self) -> None:
        """Adds the members of an object body, or the whole body where it is something else."""
        body = self._resolve(self.operation.get("requestBody"))
        schema = _schema_in(body.get("content"), (_JSON_TYPE, _FORM_TYPE))
        is_required = body.get("required") is not False
        if schema is None:
            if body.get("content"):
                self._note("body_dropped", f"no schema in {list(body['content'])!r:.80}")
            return
        flat = self._flatten(schema, ())
        if flat is None or not flat["properties"]:
            described = (
                {"description": body["description"]} if isinstance(body.get("description"), str) else {}
            )
            self._add("body", "body", {**described, **_as_object(schema)}, body.get("required") is True)
            return
        for name, member in flat["properties"].items():
            self._add(name, "body", member, is_required and name in flat["required"])

    def result(self) -> Any:
        """The schema of the first 2xx answer that is JSON, or None."""
        answers = self.operation.get("responses")
        for code, answer in sorted(answers.items()) if isinstance(answers, dict) else []:
            if code.startswith("2"):
                schema = _schema_in(self._resolve(answer).get("content"), (_JSON_TYPE,))
                if schema is not None:
                    return schema
        return None

    def _add(self, name: str, place: str, schema: Any, is_required: bool) -> None:
        unique = name
        while unique in self.properties:
            unique += f"_{place}"
        if unique != name:
            self._note("name_clash", f"{place} parameter {name!r:.60} -> {unique!r:.60}")
        if place != "body" and is_flagged(schema, "readOnly", self.references.get):
            # A component that is read-only in bodies is still what a path or a query asks for.
            schema = {**schema, "readOnly": False}
        self.properties[unique] = schema
        if is_required:
            self.required.append(unique)

    def _flatten(self, schema: Any, seen: tuple[str, ...]) -> JsonObject | None:
        """`properties` and `required` of an object schema, `allOf` merged; None where it is a union."""
        if not isinstance(schema, dict):
            return None
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return (
                None
                if reference in seen
                else self._flatten(self.references.get(reference), (*seen, reference))
            )
        if any(key in schema for key in ("anyOf", "oneOf")) or schema.get("type", "object") != "object":
            return None
        own = schema.get("properties")
        required = schema.get("required")
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
        for _ in range(8):
            if not isinstance(found, dict) or not isinstance(found.get("$ref"), str):
                break
            found = self.references.get(found["$ref"])
        return _as_object(found)

    def _open_what_was_cut(self, found: Any) -> None:
        """Lets references to what was too much for the entry lead to a schema that admits anything."""
        cut = (
            [reference for reference in found if isinstance(reference, str)]
            if isinstance(found, list)
            else []
        )
        if cut:
            self.references = {**{reference: {} for reference in cut}, **self.references}
            detail = f"{len(cut)} references beyond what an entry carries: {', '.join(cut[:8])}"
            self.repairs.append(Repair("definition_cut", "", detail[:200]))

    def _note(self, code: str, detail: str) -> None:
        self.repairs.append(Repair(code, "/parameters", detail))


def _is_transport(name: str, place: str) -> bool:
    """Whether a parameter serves the transport and not the caller; what the path names always counts."""
    is_header = place == "header"
    is_credential = place != "path" and bool(_CREDENTIALS.fullmatch(name))
    return is_credential or (is_header and bool(_CONTENT_HEADERS.fullmatch(name)))


def _schema_of(parameter: JsonObject) -> JsonObject:
    """The schema of a parameter, with the description and the examples that stand beside it."""
    schema = parameter.get("schema")
    if schema is None:
        schema = _schema_in(parameter.get("content"), (_JSON_TYPE, re.compile(".*")))
    beside = {
        key: parameter[key]
        for key in ("description", "example", "examples", "deprecated")
        if key in parameter
    }
    return {**_as_object(schema), **beside}


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
