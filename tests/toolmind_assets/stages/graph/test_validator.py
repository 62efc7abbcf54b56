import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.validator import (
    EdgeScores,
    Judgement,
    load_validator_prompts,
    parse_scores,
    request_verdict,
    validate_link,
)
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.errors import EndpointError

Link = Callable[..., Any]
Shop = dict[str, FunctionSpec]
FITS = '{"reason": "fits", "transitivity": 6, "coherence": 4}'


@pytest.fixture
def candidate(shop: Shop, link: Link) -> Any:
    return link(shop["list_orders"], "orders[].id", shop["get_order"], "order_id")


def validate(candidate: Any, reply: str) -> Judgement:
    return judge(candidate, ScriptedChat({Role("edge_validator"): [reply]}))


def judge(candidate: Any, chat: ChatModel) -> Judgement:
    params = GraphParams(min_transitivity=6, min_coherence=4, replies_max=2)
    return asyncio.run(validate_link(candidate.context, chat, load_validator_prompts(), params))


def test_a_link_is_accepted_where_both_scores_reach_their_least(candidate: Any) -> None:
    found = validate(candidate, '{"transitivity": 6, "coherence": 4, "reason": "fits"}')
    assert found.reason == ""
    assert (found.transitivity, found.coherence, found.model) == (6, 4, "scripted")
    assert found.prompt_digest == load_validator_prompts().digest
    assert found.prompt_digest != load_validator_prompts().question.digest


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ((5, 9), "value: 5 < 6; no"),
        ((9, 3), "coherence: 3 < 4; no"),
        ((5, 3), "value: 5 < 6; coherence: 3 < 4; no"),
    ],
)
def test_a_link_is_rejected_with_the_reason_where_one_score_is_short(
    candidate: Any, scores: tuple[int, int], reason: str
) -> None:
    found = validate(candidate, f'{{"transitivity": {scores[0]}, "coherence": {scores[1]}, "reason": "no"}}')
    assert found.reason == reason


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "They fit well.",
        '{"transitivity": 9}',
        '{"transitivity": 10, "coherence": 9, "reason": ""}',
        '{"transitivity": true, "coherence": 9, "reason": ""}',
        '{"transitivity": "9", "coherence": 9, "reason": ""}',
        '{"transitivity": 9, "coherence": 9, "reason": ""',
    ],
)
def test_a_reply_that_cannot_be_read_is_asked_for_again(candidate: Any, reply: str) -> None:
    chat = ScriptedChat({Role("edge_validator"): [reply, FITS]})
    found = judge(candidate, chat)
    assert (found.transitivity, found.coherence, found.reason) == (6, 4, "")
    first, second = chat.requests
    assert first.seed != second.seed
    assert "could not be used" in (second.messages[0].content or "")


def test_where_no_reply_can_be_read_the_rules_are_to_decide(candidate: Any) -> None:
    chat = ScriptedChat({Role("edge_validator"): ["They fit well."] * 9})
    found = judge(candidate, chat)
    assert (found.transitivity, found.coherence, found.reason) == (None, None, None)
    assert found.model == "scripted"
    assert len(chat.requests) == 2
    assert chat.given_up == chat.requests


def test_scores_are_read_with_their_reason() -> None:
    text = '{"transitivity": 7, "coherence": 8, "reason": "a {b}"}'
    assert parse_scores(text) == EdgeScores(transitivity=7, coherence=8, reason="a {b}")


def test_where_there_is_no_reply_the_rules_are_to_decide(candidate: Any) -> None:
    found = judge(candidate, ScriptedChat({}))
    assert (found.transitivity, found.coherence, found.reason) == (None, None, None)


def test_an_endpoint_that_cannot_be_used_rejects_nothing(candidate: Any) -> None:
    class Unreachable(ScriptedChat):
        async def complete(self, request: ChatRequest) -> ChatReply:
            raise EndpointError("cannot reach it")

    with pytest.raises(EndpointError):
        judge(candidate, Unreachable({}))


def test_the_prompt_shows_both_functions_and_fields_and_never_the_scores(shop: Shop, link: Link) -> None:
    candidate = link(shop["find_customer"], "customer.id", shop["list_orders"], "customer_id")
    context = replace(candidate.context, others=("P-P `email` to `email`",))
    (message,) = request_verdict(context, load_validator_prompts()).messages
    text = message.content or ""
    for shown in (
        "find_customer",
        "customer.id",
        "list_orders",
        "customer_id",
        "Lists the orders of a customer",
        "Identifier of the customer",
        "`email` (string, required)",
        "`orders[].note` (string)",
        "P-P `email` to `email`",
        "shop",
        "string",
        Effect.READ.value,
        "kind P-R",
    ):
        assert shown in text
    assert str(candidate.score) not in text
    assert candidate.source.function.function_id not in text


def test_a_dollar_sign_in_a_name_is_no_field_of_the_prompt(
    make_function: Callable[..., FunctionSpec], link: Link
) -> None:
    odd = make_function("get_$order", {"$id": {"type": "string"}}, {"$id": {"type": "string"}})
    found = link(odd, "$id", odd, "$id")
    request = request_verdict(found.context, load_validator_prompts())
    assert "`$id`" in (request.messages[0].content or "")


def test_the_seed_depends_on_the_link_alone(candidate: Any, shop: Shop, link: Link) -> None:
    prompts = load_validator_prompts()

    def seed(of: Any) -> int | None:
        return request_verdict(of.context, prompts).seed

    other = link(shop["list_orders"], "orders[].id", shop["delete_order"], "order_id")
    assert seed(candidate) == seed(candidate) != seed(other)


def test_what_is_said_of_several_fields_is_said_once_and_the_fields_of_the_link_keep_it(
    make_function: Callable[..., FunctionSpec], link: Link
) -> None:
    amount = {"type": "string", "description": "An amount of money."}
    bill = make_function("get_bill", {"net": amount}, {"net": amount, "gross": amount, "tax": amount})
    found = link(bill, "gross", bill, "net")
    text = request_verdict(found.context, load_validator_prompts()).messages[0].content or ""
    result = text.split("Result:")[1].split("SECOND call")[0]
    assert result.count("An amount of money.") == 1
    assert all(f"`{name}` (string)" in result for name in ("net", "gross", "tax"))
    assert "from `gross` (string): An amount of money." in text


def test_the_kind_of_the_link_alone_is_explained(candidate: Any) -> None:
    told = ("kind P-R: a field of the first result", "kind P-P: both calls take the same value")
    for kind, wanted in zip(("P-R", "P-P"), told, strict=True):
        context = replace(candidate.context, kind=EdgeKind(kind))
        text = request_verdict(context, load_validator_prompts()).messages[0].content or ""
        assert [one for one in told if one in text] == [wanted]
