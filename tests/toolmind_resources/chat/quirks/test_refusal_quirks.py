"""Which requests quirks refuse."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from toolmind_resources.chat.quirks.drawn import QUIRKS
from toolmind_resources.chat.quirks.quirk import Asked, Refusal

USER, ANSWER = {"role": "user", "content": "hello"}, {"role": "assistant", "content": "hello"}
SYSTEM, RESULT = {"role": "system", "content": "Be brief."}, {"role": "tool", "content": "5"}
CALLING = {"role": "assistant", "content": None, "tool_calls": [{"id": "c1"}]}
OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}


def _refusal(name: str, n_seen: int = 0, **body: Any) -> Refusal | None:
    refuse = QUIRKS[name].refuse
    assert refuse is not None
    return refuse(Asked({"messages": [USER], **body}, n_seen))


def _tools(**parameters: Any) -> list[Any]:
    return [{"type": "function", "function": {"name": "f", "parameters": {**OBJECT, **parameters}}}]


def _format(schema: Any) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}


@pytest.mark.parametrize(
    ("name", "body", "status", "said"),
    [
        ("refuses_response_format", {"response_format": {"type": "json_object"}}, 400, "'response_format'"),
        ("fails_by_response_format", {"response_format": _format(OBJECT)}, 500, "Internal Server Error"),
        ("refuses_json_schema", {"response_format": _format(OBJECT)}, 400, "response_format type is unavailable"),
        ("refuses_root_no_object", {"response_format": _format({"type": "array"})}, 400, "array"),
        ("refuses_root_no_object", {"response_format": _format({"anyOf": [OBJECT]})}, 400, "None"),
        ("refuses_max_tokens", {"max_tokens": 5}, 400, "Use 'max_completion_tokens' instead"),
        ("refuses_seed", {"seed": 0}, 422, "extra_forbidden"),
        ("refuses_temperature", {"temperature": 0.5}, 400, "does not support 0.5"),
        ("refuses_parallel_tool_calls", {"parallel_tool_calls": False}, 400, "'parallel_tool_calls'"),
        ("refuses_system_role", {"messages": [SYSTEM, USER]}, 400, "System role not supported"),
        ("refuses_union_at_root", {"tools": _tools(anyOf=[])}, 400, "at the top level"),
        ("refuses_odd_keys", {"tools": _tools(properties={"filter[a]": {}})}, 400, "should match pattern"),
        ("refuses_tools_with_response_format", {"tools": _tools(), "response_format": _format(OBJECT)}, 400, "combined"),
        ("refuses_tools", {"tools": _tools()}, 400, "--enable-auto-tool-choice"),
        ("short_context", {"max_tokens": 2048}, 400, "maximum context length is 2048 tokens"),
        ("unknown_model", {}, 404, "does not exist"),
        ("limits_by_seconds", {}, 429, "Rate limit"),
    ],
)  # fmt: skip
def test_a_request_is_refused_for_what_the_quirk_is_about(
    name: str, body: Any, status: int, said: str
) -> None:
    refused = _refusal(name, **body)
    assert refused is not None
    assert (refused.status, said in repr(refused.said)) == (status, True)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("refuses_response_format", {}),
        ("fails_by_response_format", {}),
        ("refuses_json_schema", {"response_format": {"type": "json_object"}}),
        ("refuses_root_no_object", {"response_format": _format(OBJECT)}),
        ("refuses_root_no_object", {"response_format": {"type": "json_object"}}),
        ("refuses_max_tokens", {"max_completion_tokens": 5}),
        ("refuses_seed", {}),
        ("refuses_temperature", {"temperature": 1}),
        ("refuses_temperature", {}),
        ("refuses_parallel_tool_calls", {}),
        ("refuses_system_role", {}),
        ("refuses_union_at_root", {"tools": _tools()}),
        ("refuses_odd_keys", {"tools": _tools()}),
        ("refuses_tools_with_response_format", {"tools": _tools()}),
        ("refuses_tools", {}),
        ("short_context", {"max_tokens": 5}),
    ],
)
def test_any_other_request_is_taken(name: str, body: Any) -> None:
    assert _refusal(name, **body) is None


@pytest.mark.parametrize(
    "messages",
    [
        [USER],
        [SYSTEM, USER],
        [SYSTEM, USER, ANSWER, USER],
        [SYSTEM, USER, CALLING, RESULT, ANSWER, USER],
        [SYSTEM, USER, CALLING, RESULT, CALLING, RESULT],
    ],
)
def test_turns_that_alternate_are_taken(messages: list[Any]) -> None:
    assert _refusal("wants_alternation", messages=messages) is None


@pytest.mark.parametrize(
    "messages",
    [
        [SYSTEM],
        [USER, USER],
        [SYSTEM, ANSWER],
        [SYSTEM, SYSTEM, USER],
        [USER, ANSWER, ANSWER],
        [USER, SYSTEM],
    ],
)
def test_turns_that_do_not_alternate_are_refused(messages: list[Any]) -> None:
    refused = _refusal("wants_alternation", messages=messages)
    assert refused is not None and "must alternate" in repr(refused.said)


def test_a_limit_is_met_by_the_first_try_alone() -> None:
    first = _refusal("limits_by_seconds")
    assert first is not None and first.headers == {"Retry-After": "1"}
    assert _refusal("limits_by_seconds", n_seen=1) is None


def test_a_limit_may_tell_a_date() -> None:
    first = _refusal("limits_by_date")
    assert first is not None
    seconds = (parsedate_to_datetime(first.headers["Retry-After"]) - datetime.now(UTC)).total_seconds()
    assert -1 < seconds <= 1
