"""A call's arguments do not fit the parameters of its function."""

from collections.abc import Iterator, Mapping
from typing import Any

from toolmind_assets.model.paths import child_path, pointer_of
from toolmind_assets.model.schemas import Violation, violations
from toolmind_assets.model.verdicts import Outcome
from toolmind_assets.stages.trajectories.rule import Finding, Rule, call_finding, shown
from toolmind_assets.stages.trajectories.trajectory import Call, Trajectory

_CODES = {"type": "wrong_type", "enum": "not_in_enum", "const": "not_in_enum"}


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """One finding a missing, undeclared or unfit argument."""
    for call in trajectory.calls:
        if call.function is None:
            continue
        if isinstance(call.tool_call.arguments, str):
            detail = f"not a JSON object: {shown(call.tool_call.arguments)}"
            yield call_finding(call, "arguments_not_object", detail)
            continue
        yield from _check_object(call, call.tool_call.arguments)


def _check_object(call: Call, arguments: Mapping[str, Any]) -> Iterator[Finding]:
    parameters = call.parameters
    yield from _check_missing(call, arguments, parameters)
    yield from _check_undeclared(call, arguments, parameters)
    try:
        found = violations(parameters, arguments)
    except ValueError as error:
        detail = f"the function's parameters are no JSON Schema: {error}"
        yield call_finding(call, "schema_unusable", detail, outcome=Outcome.UNVERIFIABLE)
        return
    for violation in found:
        if not (violation.keyword in ("required", "additionalProperties") and violation.pointer == ""):
            yield _schema_finding(call, violation)


def _check_missing(
    call: Call, arguments: Mapping[str, Any], parameters: Mapping[str, Any]
) -> Iterator[Finding]:
    required = parameters.get("required")
    for name in required if isinstance(required, list) else ():
        if isinstance(name, str) and name not in arguments:
            path = pointer_of(child_path("", name))
            yield call_finding(call, "missing_argument", f"{name!r} is required", path)


def _check_undeclared(
    call: Call, arguments: Mapping[str, Any], parameters: Mapping[str, Any]
) -> Iterator[Finding]:
    """An undeclared argument is wrong unless the schema says that further ones are welcome.

    JSON Schema lets them pass by default, but a function does not take what it does not declare.
    """
    properties = parameters.get("properties")
    is_open = parameters.get("additionalProperties") or any(
        key in parameters for key in ("patternProperties", "allOf", "anyOf", "oneOf", "$ref", "if")
    )
    if is_open or not isinstance(properties, dict):
        return
    for name in arguments:
        if name not in properties:
            path = pointer_of(child_path("", name))
            yield call_finding(call, "undeclared_argument", f"the function takes no {name!r}", path)


def _schema_finding(call: Call, violation: Violation) -> Finding:
    code = _CODES.get(violation.keyword, "schema_violation")
    return call_finding(call, code, violation.message, violation.pointer)


INVALID_ARGUMENTS = Rule(
    name="invalid_arguments",
    version=1,
    codes={
        "arguments_not_object": "the arguments are no JSON object",
        "missing_argument": "a required argument is missing",
        "undeclared_argument": "the function declares no such parameter",
        "wrong_type": "a value has the wrong JSON type",
        "not_in_enum": "a value is none of those allowed",
        "schema_violation": "a value breaks another keyword of the schema",
        "schema_unusable": "the function's own schema cannot be used, so nothing can be said",
    },
    check=check,
)
