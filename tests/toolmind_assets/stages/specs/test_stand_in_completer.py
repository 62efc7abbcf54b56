"""The embedded completer: plain, the same every time, and always usable."""

import asyncio
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.specs.completion import Completed, Completer
from toolmind_assets.stages.specs.gaps import SpecContent
from toolmind_assets.stages.specs.params import COMPLETABLE, CompletionParams, SpecParams
from toolmind_assets.stages.specs.stand_in import (
    RULES,
    describe_field,
    describe_function,
    guess_returns,
    guess_type,
)
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.model import ChatRequest, Role
from toolmind_resources.errors import ChatError

ALL = CompletionParams(complete=list(COMPLETABLE))


def complete(content: SpecContent, unparseable: float = 0.0) -> Completed:
    chat = EmbeddedChat(RULES, EmbeddedErrors(spec_unparseable=unparseable))
    return asyncio.run(Completer(chat, ALL, SpecParams(), "s").complete([content]))


def spec(
    name: str, properties: dict[str, Any], effect: Effect = Effect.READ, namespace: str = ""
) -> SpecContent:
    return SpecContent(
        name, "e", name, namespace, effect, "", {"type": "object", "properties": properties}, None
    )


@pytest.mark.parametrize(
    ("name", "effect", "text"),
    [
        ("list_pull_requests", Effect.READ, "Lists the pull requests."),
        ("getUserById", Effect.READ, "Gets the user by id."),
        ("orders.update", Effect.UPDATE, "Updates the orders."),
        ("user_status", Effect.READ, "Gets the user status."),
        ("GET /v1/users", Effect.READ, "Lists the users."),
        ("GET /v1/users/{user_id}", Effect.READ, "Gets the user by user id."),
        ("copyFile", Effect.CREATE, "Copies the file."),
        ("ping", Effect.READ, "Pings."),
        ("日本", Effect.READ, "Gets."),
    ],
)
def test_a_function_is_described_by_the_words_of_its_name(name: str, effect: Effect, text: str) -> None:
    assert describe_function(name, effect) == text


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("user_id", "Identifier of the user.", "string"),
        ("id", "Identifier of the order.", "string"),
        ("max_results", "Most results to return.", "integer"),
        ("is_open", "Whether order is open.", "boolean"),
        ("includeArchived", "Whether to include archived.", "boolean"),
        ("createdAt", "When it was created.", "datetime"),
        ("tags", "Tags of the order.", "string[]"),
        ("price", "Price of the order.", "number"),
        ("options", "Options of the order.", "object"),
        ("city", "City of the order.", "string"),
    ],
)
def test_a_field_is_described_and_typed_by_its_name(name: str, text: str, kind: str) -> None:
    assert describe_field(name, "order") == text
    assert guess_type(name, {}) == kind


def test_a_default_tells_the_type_better_than_the_name() -> None:
    assert guess_type("city", {"default": 3}) == "integer"
    assert guess_type("count", {"examples": ["many"]}) == "string"


@pytest.mark.parametrize(
    ("name", "effect", "fields"),
    [
        ("list_orders", Effect.READ, {"orders", "total"}),
        ("get_order", Effect.READ, {"order_id", "name"}),
        ("create_order", Effect.CREATE, {"order_id", "status", "created_at"}),
        ("delete_order", Effect.DELETE, {"order_id", "deleted"}),
        ("check_stock", Effect.READ, {"stock"}),
        ("calculate_area", Effect.READ, {"area"}),
    ],
)
def test_a_result_has_the_usual_fields_of_such_a_call(name: str, effect: Effect, fields: set[str]) -> None:
    assert set(guess_returns(name, effect, {})["properties"]) == fields


NAMES = st.text("aAbB_./{} $é1", max_size=12)


@given(
    NAMES,
    st.dictionaries(NAMES, st.sampled_from([{}, {"type": "string"}, {"default": [1]}, {"items": {}}])),
    st.sampled_from(Effect),
)
def test_whatever_the_names_the_reply_is_usable_and_the_schemas_are_valid(
    name: str, properties: dict[str, Any], effect: Effect
) -> None:
    done = complete(spec(name, properties, effect))
    assert done.drops == ()
    (made,) = done.completions
    assert made.description and made.returns
    for schema in (made.parameters or {}, made.returns):
        jsonschema_rs.meta.validate(schema)
    assert complete(spec(name, properties, effect, namespace="elsewhere")) == done


def test_at_the_configured_rate_it_answers_what_cannot_be_used() -> None:
    done = complete(spec("get_order", {}), unparseable=1.0)
    assert done.completions == ()
    assert "no JSON that could be read" in done.drops[0].detail


def test_without_its_context_it_says_what_it_needs() -> None:
    with pytest.raises(ChatError, match="SpecContext"):
        asyncio.run(EmbeddedChat(RULES).complete(ChatRequest(Role("spec_completer"), ())))
