"""What an operation of OpenAPI 3 or Swagger 2 declares: parameters of every place and the body, as one object.

The two differ in where they write the same things: Swagger puts types beside `name` and `in`, the body among the
parameters, and one schema into an answer where OpenAPI has one a media type.
"""

import re
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import MarkKind
from toolmind_assets.model.ids import JsonObject, canonical_json
from toolmind_assets.stages.specs.declared import Declared, stated_text
from toolmind_assets.stages.specs.describe import clean
from toolmind_assets.stages.specs.forms.parameters import ParameterList
from toolmind_assets.stages.specs.json_schema import Lookup
from toolmind_assets.stages.specs.rejection import RejectedError

_CREDENTIALS = re.compile(
    r"(?i)(proxy-)?authorization|cookie|x-amz-.*|(x-)?(api|access|auth|csrf)[-_]?(key|token)|apikey"
    r"|oauth[-_]token|x-[\w-]*-(token|key|jwt)"
)
_CONTENT_HEADERS = re.compile(r"(?i)accept(-.*)?|content-.*|user-agent|host|connection|x-request-id")
_GOOGLE_MARK = "$.xgafv"
GOOGLE_CREDENTIALS = frozenset(["access_token", "key", "oauth_token"])
GOOGLE_TRANSPORT = frozenset(
    [
        "$.xgafv",
        "alt",
        "callback",
        "fields",
        "prettyPrint",
        "quotaUser",
        "uploadType",
        "upload_protocol",
        "userIp",
    ]
)
"""What every Google API takes beside its own parameters; none of it is for a caller to choose."""
_PLAIN_JSON = re.compile(r"(?i)application/json\s*(;.*)?")
_JSON_TYPE = re.compile(r"(?i)(application/(.+\+)?json|\*/\*|text/json).*")
_FORM_TYPE = re.compile(r"(?i)(multipart/form-data|application/x-www-form-urlencoded).*")
_ANY_TYPE = re.compile(r".*", re.DOTALL)
_TAKEN = (_PLAIN_JSON, _JSON_TYPE, _FORM_TYPE, _ANY_TYPE)
"""Kinds of media types of a body, the one that is wanted most first."""
_GIVEN = (_PLAIN_JSON, _JSON_TYPE, _ANY_TYPE)
"""The same of an answer or a parameter."""
_PLACES = ("path", "query", "header", "formData")
_BESIDE = ("description", "example", "examples", "deprecated")
_NOT_IN_SCHEMA = frozenset(
    {"name", "in", "required", "schema", "content", "collectionFormat", "style", "explode"}
)
_MAX_HOPS = 8


def declare_operation(entry: JsonObject, lookup: Lookup) -> Declared:
    """What one operation declares; `entry` is what the OpenAPI reader makes of it."""
    reading = _Operation(entry, lookup)
    reading.add_parameters()
    reading.add_body()
    operation, taken = reading.operation, reading.taken
    method, path = stated_text(entry.get("method")), stated_text(entry.get("path"))
    place = f"{method.upper()} {path}".strip()
    return Declared(
        source_name=stated_text(operation.get("operationId")).strip() or place,
        namespace=clean(entry.get("title")).rstrip("."),
        description=_description(operation) or clean(place),
        parameters=taken.schema(),
        returns=reading.result(),
        is_self_contained=False,
        repairs=tuple(taken.repairs),
        marks=tuple(taken.marks),
        http_method=method,
        http_path=path,
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
        self.taken = ParameterList(lookup)

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
                    self.taken.note("parameter_dropped", f"no name or place: {parameter!r:.80}")
        self._bodies = [parameter for (place, _), parameter in declared.items() if place == "body"]
        is_google = ("query", _GOOGLE_MARK) in declared
        for place in _PLACES:
            for (stated_place, name), parameter in declared.items():
                if stated_place == place:
                    is_required = parameter.get("required") is True or place == "path"
                    mark = _mark_of(name, place, is_google)
                    self.taken.add(name, place, _schema_of(parameter), is_required, mark)

    def add_body(self) -> None:
        """Adds the members of an object body, or the whole body where it is something else."""
        for body in [self._resolve(self.operation.get("requestBody")), *self._bodies]:
            schema = body.get("schema") or _schema_in(body.get("content"), _TAKEN)
            if schema is None:
                if body.get("content"):
                    self.taken.note("body_dropped", f"no schema in {sorted(body['content'])!r:.80}")
                continue
            required = body.get("required")
            self.taken.add_body(
                schema, required if isinstance(required, bool) else None, body.get("description")
            )

    def result(self) -> Any:
        """The schema of the answers that mean success, or None; a union where they differ.

        Success is every 2xx answer, and `default` where nothing else is stated. Of each answer JSON counts
        before other media types.
        """
        answers = _as_object(self.operation.get("responses"))
        codes = sorted(str(code) for code in answers if str(code).startswith("2"))
        schemas: dict[str, Any] = {}
        for code in codes or (["default"] if answers.keys() == {"default"} else []):
            answer = self._resolved(answers.get(code, answers.get(int(code)) if code.isdecimal() else None))
            schema = answer.get("schema") or _schema_in(answer.get("content"), _GIVEN)
            if schema:
                schemas.setdefault(canonical_json(schema), schema)
        if len(schemas) > 1:
            return {"anyOf": list(schemas.values())}
        return next(iter(schemas.values()), None)

    def _resolve(self, found: Any) -> JsonObject:
        """`found`, or what it refers to, as an object; an empty one where it is none.

        Raises:
            RejectedError: the reference leads nowhere, so that something a call needs is not known.
        """
        target = self._resolved(found)
        if not target and isinstance(found, dict) and isinstance(found.get("$ref"), str):
            raise RejectedError(DropReason.UNRESOLVED_REF, f"{found['$ref']:.120} leads to nothing")
        return target

    def _resolved(self, found: Any) -> JsonObject:
        """The same, and an empty object where the reference leads nowhere."""
        for _ in range(_MAX_HOPS):
            if not isinstance(found, dict) or not isinstance(found.get("$ref"), str):
                return _as_object(found)
            found = self._lookup(found["$ref"])
        return {}


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
        schema = _schema_in(parameter["content"], _GIVEN)
    if schema is None:
        return {key: value for key, value in parameter.items() if key not in _NOT_IN_SCHEMA}
    return {**_as_object(schema), **{key: parameter[key] for key in _BESIDE if key in parameter}}


def _schema_in(content: Any, wanted: tuple[re.Pattern[str], ...]) -> Any:
    """The schema of one media type: of the first kind wanted that there is, the first by name."""
    if not isinstance(content, dict):
        return None
    for kind in wanted:
        for media_type, member in sorted(content.items()):
            if kind.fullmatch(media_type) and isinstance(member, dict) and member.get("schema") is not None:
                return member["schema"]
    return None


def _as_object(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
