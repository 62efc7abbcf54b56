"""A tool result that cannot be the answer to its call."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from toolmind_assets.model.grounding import schema_at
from toolmind_assets.model.paths import child_path, leaves, parse_path, pointer_of
from toolmind_assets.model.schemas import schema_fields, violations
from toolmind_assets.model.spellings import words_of
from toolmind_assets.model.verdicts import Severity
from toolmind_assets.stages.trajectories.identifier_kinds import is_identifier, is_identifier_name
from toolmind_assets.stages.trajectories.rule import Finding, Rule, message_finding, shown
from toolmind_assets.stages.trajectories.trajectory import Call, ToolResult, Trajectory

_NAMING_KEYS = ("api_name", "function", "function_name", "tool", "tool_name", "name")
_WRAPPERS = 2
_CHOICES = re.compile(
    r"unit|currency|lang|format|type|kind|status|state|mode|sort|order$|direction|from|to$|source|target",
    re.I,
)
_SHORTEST_ENTITY = 3
_JSON_START = re.compile(r'\{\s*"|\[\s*["{]\s*"?(?!\')')
_MAX_VIOLATIONS = 5


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """Findings about tool messages: no call, no JSON, another function's or another entity's result."""
    for index in trajectory.orphans:
        wanted = trajectory.messages[index].tool_call_id
        yield message_finding(index, "orphan_result", f"no open call has the id {shown(wanted)}")
    for call in trajectory.calls:
        if call.result is None:
            continue
        yield from _check_form(call, call.result, trajectory)
        if not call.result.is_error and isinstance(call.result.value, dict):
            yield from _check_function(call, call.result, trajectory)
            yield from _check_echo(call, call.result, trajectory)


def _check_form(call: Call, result: ToolResult, trajectory: Trajectory) -> Iterator[Finding]:
    index = result.message_index
    text = result.text.strip()
    if not text:
        yield message_finding(index, "empty_result", f"nothing came back from {call.name}")
    elif not result.is_json and _breaks_off(text):
        yield message_finding(index, "malformed_result", f"broken JSON: {shown(result.text)}")
    schema = trajectory.returns.get(call.name)
    if schema and result.is_json and not result.is_error:
        yield from _check_returns(index, schema, result)


def _breaks_off(text: str) -> bool:
    """Whether a text that is no JSON was meant to be: it begins as JSON does, or has no end.

    What Python prints of a value is no JSON, yet a result that one meets; so is text in square brackets.
    """
    begins_as_json = _JSON_START.match(text) is not None
    begins_as_object = text.startswith(("{'", "[{'"))
    return begins_as_json or (begins_as_object and text[-1] not in "}]")


def _check_returns(index: int, schema: Mapping[str, Any], result: ToolResult) -> Iterator[Finding]:
    """An object that holds nothing of what the function declares is wrong; a single unfit field is doubtful.

    What functions state of their results is often not quite what they give.
    """
    try:
        found = violations(schema, result.value)
        may_be_union = not found and any(key in schema for key in ("anyOf", "oneOf", "$ref"))
        is_other = not may_be_union and _shares_no_field(schema, result.value)
    except (ValueError, RecursionError):
        return
    if is_other:
        detail = f"the function declares none of {shown(sorted(result.value))}"
        yield message_finding(index, "other_shape", detail)
        return
    for violation in found[:_MAX_VIOLATIONS]:
        detail = f"not what the function returns: {violation.message}"
        yield message_finding(index, "returns_violation", detail, violation.pointer, Severity.WARNING)


def _shares_no_field(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether no word of an object's fields stands in the fields that its schema declares, at any depth.

    Words rather than names: that a field is called or nested otherwise than stated is common.
    """
    declared = {
        word for field in schema_fields(schema) for key in parse_path(field.path) for word in _words(key)
    }
    if not isinstance(value, dict) or not value or not declared or schema.get("additionalProperties"):
        return False
    return not declared & {word for key in value for word in _words(key)}


def _words(key: object) -> list[str]:
    return words_of(key) if isinstance(key, str) else []


def _check_function(call: Call, result: ToolResult, trajectory: Trajectory) -> Iterator[Finding]:
    for key in _NAMING_KEYS:
        named = result.value.get(key)
        if isinstance(named, str) and named != call.name and named in trajectory.functions:
            if named in _strings(call):
                continue
            detail = f"the result is of {shown(named)}, the call of {shown(call.name)}"
            yield message_finding(result.message_index, "other_function", detail, f"/{key}")


def _check_echo(call: Call, result: ToolResult, trajectory: Trajectory) -> Iterator[Finding]:
    """Where the result repeats an argument under its name, but with another value.

    For identifiers that is enough. For any other value it must be the very value that another call of the
    same function asked with: results are swapped.
    """
    arguments = call.tool_call.arguments
    if isinstance(arguments, str):
        return
    prefix, fields = _unwrapped(result.value)
    names = {_plain(name): name for name in reversed(list(fields))}
    for name, asked in arguments.items():
        key = names.get(_plain(name))
        if key is None or not _is_scalar(asked) or not _is_scalar(fields[key]):
            continue
        if not _contradicts(asked, fields[key]):
            continue
        is_clear = (
            is_identifier_name(name) and is_identifier(asked, name) and is_identifier(fields[key], name)
        )
        if (is_clear and not _was_renamed(fields, asked)) or _is_swapped(call, name, fields[key], trajectory):
            detail = f"asked for {name} {shown(asked)}, answered for {shown(fields[key])}"
            yield message_finding(
                result.message_index, "other_entity", detail, prefix + pointer_of(child_path("", key))
            )


def _unwrapped(value: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The object inside wrappers with a single member, and its pointer."""
    prefix = ""
    for _ in range(_WRAPPERS):
        inner = next(iter(value.values()), None)
        if len(value) != 1 or not isinstance(inner, dict):
            break
        prefix += pointer_of(child_path("", next(iter(value))))
        value = inner
    return prefix, value


def _was_renamed(fields: Mapping[str, Any], asked: Any) -> bool:
    """Whether the result holds what was asked for elsewhere, so that the field means something else."""
    return any(_plain(str(value)) == _plain(str(asked)) for _, value in leaves(dict(fields)))


def _is_swapped(call: Call, name: str, answered: Any, trajectory: Trajectory) -> bool:
    """Whether another call of the same function asked with what was answered here.

    Units, kinds and the like are chosen from a few, and a result may state another than was given.
    """
    if _CHOICES.search(name) or len(_plain(str(answered))) < _SHORTEST_ENTITY:
        return False
    if "enum" in schema_at(call.parameters, child_path("", name)):
        return False
    return any(
        other is not call
        and other.name == call.name
        and isinstance(other.tool_call.arguments, dict)
        and _is_scalar(asked := other.tool_call.arguments.get(name))
        and _plain(str(asked)) == _plain(str(answered)) != ""
        and other.result is not None
        and not _echoes(other, name)
        for other in trajectory.calls
    )


def _echoes(call: Call, name: str) -> bool:
    """Whether the call's own result repeats its argument `name`, so that nothing was swapped with it."""
    if call.result is None or not isinstance(call.result.value, dict):
        return False
    _, fields = _unwrapped(call.result.value)
    asked = call.tool_call.arguments.get(name) if isinstance(call.tool_call.arguments, dict) else None
    return any(
        _plain(key) == _plain(name) and _plain(str(value)) == _plain(str(asked))
        for key, value in fields.items()
    )


def _contradicts(asked: Any, answered: Any) -> bool:
    one, two = _plain(str(asked)), _plain(str(answered))
    return bool(one and two) and one not in two and two not in one


def _plain(text: str) -> str:
    return "".join(words_of(text[:400]))


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _strings(call: Call) -> set[str]:
    arguments = call.tool_call.arguments
    return {value for _, value in leaves(arguments) if isinstance(value, str)} if arguments else set()


RESULT_MISMATCH = Rule(
    name="result_mismatch",
    version=1,
    codes={
        "orphan_result": "a tool message answers no call",
        "empty_result": "a tool message without content",
        "malformed_result": "JSON that breaks off or cannot be read",
        "other_shape": "the result has no field of those that the function states for it",
        "returns_violation": "a field does not fit the schema that the function states for its result",
        "other_function": "the result names another offered function",
        "other_entity": "the result is about another entity than was asked for",
    },
    check=check,
)
