import json
from typing import Any

import pytest

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatMessage, ChatRequest, ChatToolCall, Role, Sampling
from toolmind_resources.chat.request_form import reply_key, request_body

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
SCHEMA = {"type": "object", "properties": {"score": {"type": "number"}}}


def endpoint(**settings: Any) -> Endpoint:
    return Endpoint.model_validate(
        {"name": "e", "base_url": "http://127.0.0.1:1/v1", "model": "m", **settings}
    )


def request(*messages: ChatMessage, **fields: Any) -> ChatRequest:
    return ChatRequest(Role("assistant_agent"), messages or (ChatMessage("user", "hello"),), **fields)


def test_a_plain_request_has_no_more_than_it_needs():
    asked = request(sampling=Sampling(0.7, 99), seed=5)
    assert request_body(asked, endpoint()) == {
        "model": "m",
        "messages": [{"role": "user", "content": "hello"}],
        "temperature": 0.7,
        "max_tokens": 99,
        "seed": 5,
    }


def test_calls_and_results_take_the_openai_form():
    asked = request(
        ChatMessage("assistant", None, (ChatToolCall("f", '{"a":1}', "c1"),)),
        ChatMessage("tool", "done", tool_call_id="c1"),
        tools=(TOOL,),
    )
    body = request_body(asked, endpoint())
    assert body["tools"] == [TOOL]
    assert body["messages"] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
            ],
        },
        {"role": "tool", "content": "done", "tool_call_id": "c1"},
    ]


def test_calls_without_ids_get_the_same_ones_each_time_and_results_answer_them_in_order():
    asked = request(
        ChatMessage("user", "go"),
        ChatMessage("assistant", None, (ChatToolCall("f", "{}"), ChatToolCall("g", "{}", "own"), ChatToolCall("h", "{}"))),
        ChatMessage("tool", "2", tool_call_id="own"),
        ChatMessage("tool", "1"),
        ChatMessage("tool", "3"),
    )  # fmt: skip
    messages = request_body(asked, endpoint())["messages"]
    assert [call["id"] for call in messages[1]["tool_calls"]] == ["call_1_0", "own", "call_1_2"]
    assert [message["tool_call_id"] for message in messages[2:]] == ["own", "call_1_0", "call_1_2"]


@pytest.mark.parametrize(
    ("seed", "sent"), [(0, 0), (2**63 - 1, 2**63 - 1), (2**63, 0), (-1, 2**63 - 1), (2**200 + 7, 7)]
)
def test_a_seed_is_cut_to_what_servers_take(seed: int, sent: int):
    assert request_body(request(seed=seed), endpoint())["seed"] == sent


def test_json_of_any_kind_is_asked_for_by_the_prompt_alone():
    assert request_body(request(response_schema={}), endpoint()) == request_body(request(), endpoint())


def test_a_schema_is_sent_where_the_endpoint_takes_one():
    asked = request(response_schema=SCHEMA)
    assert request_body(asked, endpoint())["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "strict": False, "schema": SCHEMA},
    }
    assert "response_format" not in request_body(asked, endpoint(is_schema_sent=False))
    assert "response_format" not in request_body(request(), endpoint())


def test_the_endpoints_own_fields_come_on_top_and_null_removes_one():
    terms = endpoint(
        max_tokens_field="max_completion_tokens", extra_body={"seed": None, "temperature": 1, "top_p": 0.5}
    )
    body = request_body(request(), terms)
    assert body == {
        "model": "m",
        "messages": [{"role": "user", "content": "hello"}],
        "temperature": 1,
        "max_completion_tokens": 2048,
        "top_p": 0.5,
    }


def test_the_key_is_that_of_the_body_whatever_the_order_of_its_fields_and_wherever_it_is_sent():
    body = request_body(request(tools=(TOOL,)), endpoint())
    turned = json.loads(json.dumps(dict(reversed(body.items()))))
    elsewhere = request_body(
        request(tools=(TOOL,)), endpoint(base_url="https://b.example/v1", api_key_env="K")
    )
    assert reply_key(body) == reply_key(turned) == reply_key(elsewhere)
    assert len(reply_key(body)) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (ChatMessage("user", "hello!"),)},
        {"tools": (TOOL,)},
        {"response_schema": SCHEMA},
        {"sampling": Sampling(0.1)},
        {"sampling": Sampling(0.0, 1)},
        {"seed": 1},
    ],
    ids=["messages", "tools", "schema", "temperature", "max_tokens", "seed"],
)
def test_whatever_determines_a_reply_changes_the_key(change: dict[str, Any]):
    plain: dict[str, Any] = {"messages": (ChatMessage("user", "hello"),)}
    keys = {
        reply_key(request_body(ChatRequest(Role("planner"), **{**plain, **more}), endpoint()))
        for more in ({}, change)
    }
    assert len(keys) == 2


def test_who_asks_and_what_it_knows_are_no_part_of_the_body():
    known = ChatRequest(Role("planner"), (ChatMessage("user", "hello"),), context="secret plan")
    assert request_body(known, endpoint()) == request_body(request(), endpoint())


def test_what_is_found_out_about_an_endpoint_is_no_part_of_the_key_nor_of_what_is_asked():
    found_out = ("json_form", "merges_system", "alternates", "is_checked")
    values = ("json_object", True, True, False)
    asked = request(tools=(TOOL,), response_schema=SCHEMA, seed=5)
    for name, value in zip(found_out, values, strict=True):
        by_hand = endpoint(**{name: value})
        assert reply_key(request_body(asked, by_hand)) == reply_key(request_body(asked, endpoint()))
        assert by_hand.asked == endpoint().asked
    assert endpoint().asked == {"extra_body": {}, "max_tokens_field": "max_tokens", "is_schema_sent": True}


def test_what_a_model_thought_is_sent_back_where_its_rule_wants_it():
    thought = request(ChatMessage("user", "hi"), ChatMessage("assistant", "hello", reasoning="A greeting."))
    plain, shown = (request_body(thought, endpoint(sends_reasoning=shown)) for shown in (False, True))
    assert "reasoning_content" not in plain["messages"][1]
    assert shown["messages"][1]["reasoning_content"] == "A greeting."
    assert endpoint(sends_reasoning=True).asked["sends_reasoning"] is True


def test_two_settings_that_say_the_opposite_are_refused():
    with pytest.raises(ValueError, match="is_schema_sent says the opposite"):
        endpoint(is_schema_sent=False, json_form="json_schema")
