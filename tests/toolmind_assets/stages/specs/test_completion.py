"""How a chat model is asked for what is missing, and what is taken from its reply."""

import asyncio
import json
from typing import Any

import pytest

from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.functions import Completion, Effect
from toolmind_assets.stages.specs.completion import (
    MAX_TEXT_CHARS,
    Completer,
    load_completer_prompt,
    request_completion,
)
from toolmind_assets.stages.specs.gaps import SpecContent, find_gaps
from toolmind_assets.stages.specs.params import COMPLETABLE, CompletionParams, SpecParams
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.errors import BudgetError

ALL = CompletionParams(complete=list(COMPLETABLE))
CITY, DAYS = "/parameters/properties/city", "/parameters/properties/days"
RETURNS = {"type": "object", "properties": {"high": {"type": "number", "description": "Warmest."}}}
PARAMETERS = {
    "type": "object",
    "properties": {"city": {}, "days": {"type": "integer", "default": 3, "description": "Days ahead."}},
    "required": ["city"],
}
WHOLE = {
    "description": "Gets the forecast of a city.",
    "fields": [{"pointer": CITY, "description": "Name of the city.", "type": "string"}],
    "returns": RETURNS,
}


def spec(**changes: Any) -> SpecContent:
    stated = {
        "function_digest": "digest-1",
        "entry_id": "entry_1",
        "source_name": "weather.forecast",
        "namespace": "weather.example",
        "effect": Effect.READ,
        "description": "",
        "parameters": PARAMETERS,
        "returns": None,
    }
    return SpecContent(**{**stated, **changes})


def complete(
    reply: object, content: SpecContent | None = None, params: CompletionParams = ALL
) -> Completion | Drop:
    text = reply if isinstance(reply, str) else json.dumps(reply)
    completer = Completer(ScriptedChat({Role("spec_completer"): [text]}), params, SpecParams(), "settings")
    done = asyncio.run(completer.complete([content or spec()]))
    (one,) = (*done.completions, *done.drops)
    return one


def completed(reply: object, content: SpecContent | None = None) -> Completion:
    one = complete(reply, content)
    assert isinstance(one, Completion), one
    return one


def why_dropped(reply: object, content: SpecContent | None = None) -> str:
    one = complete(reply, content)
    assert isinstance(one, Drop), one
    assert one.reason is DropReason.UNUSABLE_REPLY
    return one.detail


def test_everything_that_was_missing_is_filled_and_pointed_at() -> None:
    made = completed(WHOLE)
    assert made.inferred == ("/description", f"{CITY}/description", f"{CITY}/type", "/returns")
    assert made.description == "Gets the forecast of a city."
    assert made.parameters == {
        **PARAMETERS,
        "properties": {
            **PARAMETERS["properties"],
            "city": {"description": "Name of the city.", "type": "string"},
        },
    }
    assert made.returns == RETURNS
    assert (made.model, made.settings_digest) == ("scripted", "settings")
    assert made.prompt_digest == load_completer_prompt().digest


def test_the_source_itself_is_not_changed() -> None:
    before = json.dumps(PARAMETERS)
    completed(WHOLE)
    assert json.dumps(PARAMETERS) == before


def test_what_a_reply_leaves_out_stays_missing() -> None:
    made = completed({"description": "Gets it."})
    assert (made.inferred, made.parameters, made.returns) == (("/description",), None, None)


def test_what_a_source_states_is_never_changed_whatever_the_reply_says() -> None:
    fields = [{"pointer": DAYS, "description": "Other.", "type": "string"}]
    assert "fills none" in why_dropped({"fields": fields})
    stated = spec(description="Stated.", returns={"type": "boolean"})
    made = completed({**WHOLE, "description": "Other.", "returns": RETURNS}, stated)
    assert (made.description, made.returns) == (None, None)
    assert made.inferred == (f"{CITY}/description", f"{CITY}/type")


def test_texts_are_cleaned_as_those_of_sources_are() -> None:
    assert completed({"description": "Gets <b>it</b>.\n"}).description == "Gets it."


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("integer", {"type": "integer"}),
        ("string[]", {"type": "array", "items": {"type": "string"}}),
        ("datetime", {"type": "string", "format": "date-time"}),
    ],
)
def test_a_type_name_becomes_a_schema(name: str, schema: dict[str, Any]) -> None:
    made = completed({"fields": [{"pointer": CITY, "type": name}]})
    assert made.parameters and made.parameters["properties"]["city"] == schema
    assert made.inferred == tuple(f"{CITY}/{keyword}" for keyword in schema)


def test_nothing_of_an_inferred_result_is_required_and_fields_of_that_name_stay() -> None:
    inner = {"type": "object", "properties": {"required": {"type": "boolean"}}, "required": ["required"]}
    made = completed({"returns": {**inner, "properties": {**inner["properties"], "inner": inner}}})
    bare = {key: value for key, value in inner.items() if key != "required"}
    assert made.returns == {**bare, "properties": {**inner["properties"], "inner": bare}}


def test_a_result_of_another_dialect_is_brought_into_the_canonical_form() -> None:
    made = completed({"returns": {"type": "dict", "properties": {"n": {"type": "int", "nullable": True}}}})
    assert made.returns == {"type": "object", "properties": {"n": {"type": ["integer", "null"]}}}


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "no JSON:"),
        ("It looks complete.", "no JSON:"),
        ('["It looks complete."]', "no JSON object"),
        ('{"description": "Gets', "no JSON:"),
        ('{"description": "Gets }', "no JSON:"),
        ('{"description": NaN}', "no JSON:"),
        ({}, "fills none"),
        ({"description": "  "}, "description of the function"),
        ({"description": 7}, "description of the function"),
        ({"description": "x" * (MAX_TEXT_CHARS + 1)}, "description of the function"),
        ({"fields": {CITY: "Name."}}, "no list"),
        ({"fields": [{"description": "Name."}]}, "no pointer"),
        ({"fields": [{"pointer": CITY, "type": "string"}] * 2}, "stands twice"),
        ({"fields": [{"pointer": CITY, "type": "city"}]}, "which is none"),
        ({"fields": [{"pointer": CITY, "type": "null"}]}, "which is none"),
        ({"fields": [{"pointer": CITY, "type": ["string"]}]}, "which is none"),
        ({"fields": [{"pointer": CITY, "description": None, "type": None}]}, "fills none"),
        ({"returns": "a number"}, "no schema"),
        ({"returns": {"type": "object"}}, "says nothing"),
        ({"returns": {}}, "says nothing"),
        (
            {"returns": {"type": "object", "properties": {"a": {"$ref": "https://example.com/a"}}}},
            "unresolved_ref",
        ),
        ({"returns": {"type": "object", "properties": {"a": {"$ref": "#/$defs/Gone"}}}}, "unresolved_ref"),
    ],
)
def test_a_reply_that_cannot_be_used_changes_nothing_and_is_dropped_with_the_reason(
    reply: object, why: str
) -> None:
    assert why in why_dropped(reply)


def test_one_wrong_answer_spoils_the_whole_reply() -> None:
    assert "which is none" in why_dropped({**WHOLE, "fields": [{"pointer": CITY, "type": "town"}]})


def test_a_type_that_does_not_fit_the_default_is_not_believed() -> None:
    content = spec(parameters={"type": "object", "properties": {"city": {"default": "Oslo"}}})
    reply = {"fields": [{"pointer": CITY, "type": "integer"}]}
    assert "'Oslo'" in why_dropped(reply, content)
    assert completed({"fields": [{"pointer": CITY, "type": "string"}]}, content).inferred == (f"{CITY}/type",)


def test_a_function_without_a_reply_is_dropped_and_its_neighbours_are_completed() -> None:
    chat = ScriptedChat({Role("spec_completer"): [json.dumps(WHOLE)]})
    contents = [spec(), spec(function_digest="digest-2", entry_id="entry_2")]
    done = asyncio.run(Completer(chat, ALL, SpecParams(), "s").complete(contents, in_flight=1))
    assert [made.function_digest for made in done.completions] == ["digest-1"]
    (drop,) = done.drops
    assert (drop.subject_id, drop.parent_ids) == ("digest-2", ("entry_2",))
    assert (drop.stage, drop.partition, drop.reason) == ("specs", "", DropReason.CHAT_FAILED)
    assert drop.detail.startswith("weather.forecast: the completer gave no reply: ")


def test_a_question_whose_reply_cannot_be_used_is_given_up() -> None:
    chat = ScriptedChat({Role("spec_completer"): ["hm", json.dumps(WHOLE)]})
    contents = [spec(), spec(function_digest="digest-2", entry_id="entry_2")]
    asyncio.run(Completer(chat, ALL, SpecParams(), "s").complete(contents, in_flight=1))
    assert chat.given_up == chat.requests[:1]


def test_a_dropped_reply_is_kept_in_part_to_be_read() -> None:
    drop = complete("It looks complete. " * 100)
    assert isinstance(drop, Drop) and drop.raw == ("It looks complete. " * 100)[:500]


def test_functions_that_lack_nothing_are_not_asked_about() -> None:
    chat = ScriptedChat({})
    stated = spec(description="Stated.", parameters={"type": "object", "properties": {}}, returns=RETURNS)
    assert asyncio.run(Completer(chat, ALL, SpecParams(), "s").complete([stated])).completions == ()
    assert chat.requests == []


def test_a_budget_that_is_used_up_drops_nothing() -> None:
    class UsedUp(ScriptedChat):
        async def complete(self, request: ChatRequest) -> ChatReply:
            raise BudgetError("the budget is used up")

    with pytest.raises(BudgetError):
        asyncio.run(Completer(UsedUp({}), ALL, SpecParams(), "s").complete([spec()]))


def request(content: SpecContent, params: CompletionParams = ALL) -> ChatRequest:
    return request_completion(content, find_gaps(content, params), load_completer_prompt(), params)


def test_the_prompt_shows_all_that_the_role_may_see_and_nothing_else() -> None:
    content = spec(returns={"type": "object", "properties": {"wind": {"type": "number"}}})
    text = request(content).messages[0].content or ""
    for shown in (
        "name: weather.forecast",
        "namespace: weather.example",
        "effect: read",
        "description: missing",
        json.dumps(PARAMETERS, separators=(",", ":")),
        '"wind":{"type":"number"}',
        "- `/description`: description",
        f"- `{CITY}`: description, type",
        "- `/returns/properties/wind`: description",
    ):
        assert shown in text
    assert f"`{DAYS}`" not in text
    assert content.function_digest not in text and content.entry_id not in text


def test_the_prompt_asks_for_a_result_only_where_it_is_missing() -> None:
    whole = "- `/returns`: the whole schema of the result"
    assert whole in (request(spec()).messages[0].content or "")
    assert "result (JSON Schema): missing" in (request(spec()).messages[0].content or "")
    assert whole not in (request(spec(returns=RETURNS)).messages[0].content or "")


def test_a_large_schema_is_cut_and_says_so() -> None:
    params = CompletionParams(complete=["returns"], complete_schema_chars=200)
    large = {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(99)}}
    text = request(spec(parameters=large), params).messages[0].content or ""
    assert "(cut here)" in text and '"p0"' in text and '"p98"' not in text


def test_the_seed_depends_on_the_content_of_the_function_alone() -> None:
    assert request(spec()).seed == request(spec(namespace="other", entry_id="entry_9")).seed
    assert request(spec()).seed != request(spec(function_digest="digest-2")).seed


def test_a_dollar_sign_in_a_name_is_no_field_of_the_prompt() -> None:
    assert "name: $top" in (request(spec(source_name="$top")).messages[0].content or "")
