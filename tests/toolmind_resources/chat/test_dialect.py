from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.dialect import Dialect, Feature, JsonForm

SYSTEM, USER, ASSISTANT = (
    {"role": role, "content": text} for role, text in (("system", "S"), ("user", "U"), ("assistant", "A"))
)
FORMAT = {"type": "json_schema", "json_schema": {"name": "reply", "schema": {"type": "object"}}}
BODY: dict[str, Any] = {
    "model": "m",
    "messages": [SYSTEM, ASSISTANT, USER, USER],
    "temperature": 0.5,
    "max_tokens": 9,
    "seed": 1,
    "response_format": FORMAT,
}


def messages(dialect: Dialect, *stated: dict[str, Any]) -> list[tuple[str, str | None]]:
    sent = dialect.adapted({"messages": list(stated)})["messages"]
    return [(message["role"], message["content"]) for message in sent]


def test_by_default_a_body_is_sent_as_it_is():
    assert Dialect().adapted(BODY) == BODY
    assert Dialect().words == Dialect().settings == ""


def test_each_feature_can_be_done_without():
    schema = Dialect().without(Feature.RESPONSE_FORMAT)
    assert schema.adapted(BODY)["response_format"] == {"type": "json_object"}
    assert "response_format" not in schema.without(Feature.RESPONSE_FORMAT).adapted(BODY)
    renamed = Dialect().without(Feature.MAX_TOKENS).adapted(BODY)
    assert (renamed["max_completion_tokens"], "max_tokens" in renamed) == (9, False)
    assert "seed" not in Dialect().without(Feature.SEED).adapted(BODY)
    assert "temperature" not in Dialect().without(Feature.TEMPERATURE).adapted(BODY)


def test_tools_and_a_response_format_are_never_sent_together():
    sent = Dialect().adapted({**BODY, "tools": [{}]})
    assert ("tools" in sent, "response_format" in sent) == (True, False)


def test_a_system_message_is_put_before_the_first_of_the_user():
    merged = Dialect(merges_system=True)
    assert messages(merged, SYSTEM, USER, ASSISTANT) == [("user", "S\n\nU"), ("assistant", "A")]
    assert messages(merged, SYSTEM, ASSISTANT, USER) == [("user", "S"), ("assistant", "A"), ("user", "U")]
    assert messages(merged, SYSTEM) == [("user", "S")]
    assert messages(merged, USER) == [("user", "U")]


def test_roles_take_turns_and_no_system_message_stands_alone():
    turns = Dialect(alternates=True)
    assert messages(turns, SYSTEM) == [("user", "S")]
    assert messages(turns, SYSTEM, ASSISTANT, USER) == [("user", "S"), ("assistant", "A"), ("user", "U")]
    assert messages(turns, SYSTEM, USER, USER) == [("system", "S"), ("user", "U\n\nU")]
    assert messages(turns.without(Feature.SYSTEM), SYSTEM, USER, USER) == [("user", "S\n\nU\n\nU")]


def test_calls_of_one_role_in_a_row_are_joined_and_their_results_are_not():
    called = {"role": "assistant", "content": None, "tool_calls": [{"id": "a"}]}
    again = {"role": "assistant", "content": "A", "tool_calls": [{"id": "b"}]}
    result = {"role": "tool", "content": "1", "tool_call_id": "a"}
    body = {"messages": [USER, called, again, result, result]}
    sent = Dialect(alternates=True).adapted(body)["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "tool", "tool"]
    assert sent[1] == {"role": "assistant", "content": "A", "tool_calls": [{"id": "a"}, {"id": "b"}]}
    assert body["messages"][1] == called


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("Unsupported parameter: 'response_format' is not supported with this model.", Feature.RESPONSE_FORMAT),
        ("This response_format type is unavailable now", Feature.RESPONSE_FORMAT),
        ("Model does not support structured outputs", Feature.RESPONSE_FORMAT),
        ("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", Feature.MAX_TOKENS),
        ("Unsupported value: 'temperature' does not support 0.5 with this model.", Feature.TEMPERATURE),
        ('[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]', Feature.SEED),
        ("System role not supported", Feature.SYSTEM),
        ("Developer instruction is not enabled for models/gemma-3-27b-it", Feature.SYSTEM),
        ("After the optional system message, conversation roles must alternate user/assistant/user/assistant/...", Feature.ALTERNATION),
        ("Conversation roles must alternate user/assistant/user/assistant/...", Feature.ALTERNATION),
        ("No user query found in messages.", Feature.ALTERNATION),
        ("max_tokens is too large: 9. This model's maximum context length is 4 tokens", None),
        ("the prompt was flagged", None),
    ],
)  # fmt: skip
def test_a_refusal_names_what_it_refuses(text: str, feature: Feature | None):
    assert Dialect().named_in(text, BODY) == feature


def test_only_what_a_body_holds_is_named():
    plain = {"model": "m", "messages": [USER]}
    assert Dialect().named_in("response_format, seed and system message", plain) is None
    assert Dialect(alternates=True).named_in("roles must alternate", BODY) is None


def test_a_form_is_told_in_words_and_as_settings():
    dialect = Dialect().without_all(
        (Feature.RESPONSE_FORMAT, Feature.MAX_TOKENS, Feature.SEED, Feature.SYSTEM, Feature.ALTERNATION)
    )
    assert dialect.words == (
        "takes no json_schema, takes json_object, takes no seed, wants max_completion_tokens for max_tokens, "
        "takes no system message, wants user and assistant in turns"
    )
    assert dialect.settings == (
        "json_form: json_object, max_tokens_field: max_completion_tokens, merges_system: true, alternates: true, "
        "extra_body: {seed: null}"
    )
    assert Dialect(json_form=JsonForm.NONE).words == "takes no json_schema and no json_object"


ROLES = st.sampled_from([SYSTEM, USER, ASSISTANT])


@given(st.lists(ROLES, min_size=1, max_size=6).filter(lambda found: found[0] != ASSISTANT), st.booleans())
def test_whatever_was_said_no_word_is_lost_and_no_role_speaks_twice(
    said: list[dict[str, str]], merges_system: bool
):
    sent = messages(Dialect(alternates=True, merges_system=merges_system), *said)
    letters = "".join(text or "" for _, text in sent).replace("\n", "")
    assert sorted(letters) == sorted("".join(message["content"] for message in said))
    roles = [role for role, _ in sent]
    assert all(one != other for one, other in pairwise(roles))
    assert roles != ["system"]
