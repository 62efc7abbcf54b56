import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import Domain, FunctionSpec
from toolmind_assets.stages.graph.stand_in import RULES, score_coherence, score_edge, score_transitivity
from toolmind_assets.stages.graph.validator import (
    EdgeContext,
    load_validator_prompts,
    parse_scores,
    request_verdict,
)
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.model import ChatRequest, Role
from toolmind_resources.errors import ChatError

Make = Callable[..., FunctionSpec]
Link = Callable[..., Any]
Shop = dict[str, FunctionSpec]
STRING = {"type": "string"}


def context(candidate: Any) -> EdgeContext:
    return candidate.context


def test_the_same_thing_in_the_same_api_scores_high(shop: Shop, link: Link) -> None:
    found = context(link(shop["list_orders"], "orders[].id", shop["get_order"], "order_id"))
    assert score_transitivity(found)[0] >= 8
    assert score_coherence(found)[0] >= 7


def test_identifiers_of_different_things_score_low(shop: Shop, link: Link) -> None:
    found = context(link(shop["list_orders"], "orders[].id", shop["list_orders"], "customer_id"))
    assert score_transitivity(found) == (3, "the same sort of value of different things")


def test_a_qualified_name_passes_where_the_resource_explains_it(make_function: Make, link: Link) -> None:
    source = make_function("a", {}, {"city": STRING, "account_id": STRING})
    arrival = link(source, "city", make_function("b", {"arrival_city": STRING}), "arrival_city")
    assert score_transitivity(context(arrival))[0] == 5
    get = make_function("get_bank_account", {"bank_account_id": STRING})
    assert score_transitivity(context(link(source, "account_id", get, "bank_account_id")))[0] == 6
    foreign = link(source, "account_id", make_function("c", {"account_owner_id": STRING}), "account_owner_id")
    assert score_transitivity(context(foreign))[0] == 3


def test_units_that_differ_score_low(make_function: Make, link: Link) -> None:
    metres = {"type": "number", "description": "Distance in meters"}
    miles = {"type": "number", "description": "Distance in miles"}
    found = link(
        make_function("a", {}, {"distance": metres}),
        "distance",
        make_function("b", {"distance": miles}),
        "distance",
    )
    assert score_transitivity(context(found)) == (4, "the units differ")


def test_an_identifier_of_another_api_scores_low(make_function: Make, link: Link) -> None:
    source = make_function("get_user", {}, {"user_id": STRING})
    target = make_function("get_mail", {"user_id": STRING}, namespace="mail")
    assert score_transitivity(context(link(source, "user_id", target, "user_id")))[0] == 2


def test_a_flag_is_hardly_passed_on(make_function: Make, link: Link) -> None:
    yes = {"type": "boolean"}
    found = link(
        make_function("a", {}, {"active": yes}), "active", make_function("b", {"active": yes}), "active"
    )
    assert score_transitivity(context(found))[0] == 3


def test_nothing_follows_a_deletion(shop: Shop, link: Link) -> None:
    found = context(link(shop["delete_order"], "order_id", shop["get_order"], "order_id"))
    assert score_coherence(found)[0] <= 1


def test_unrelated_functions_score_low(make_function: Make, link: Link) -> None:
    seller = {"type": "object", "properties": {"city": STRING}}
    source = make_function("get_invoice", {}, {"seller": seller})
    target = make_function("get_tide", {"city": STRING}, namespace="sea", domain=Domain.WEATHER)
    assert score_coherence(context(link(source, "seller.city", target, "city")))[0] < 4


def test_the_reply_is_the_json_that_the_prompt_asks_for(shop: Shop, link: Link) -> None:
    candidate = link(shop["list_orders"], "orders[].id", shop["get_order"], "order_id")
    chat = EmbeddedChat(RULES, EmbeddedErrors(judge_unparseable=0))
    reply = asyncio.run(chat.complete(request_verdict(candidate.context, load_validator_prompts())))
    assert parse_scores(reply.content) is not None


def test_at_the_given_rate_the_reply_holds_no_scores(shop: Shop, link: Link) -> None:
    candidate = link(shop["list_orders"], "orders[].id", shop["get_order"], "order_id")
    request = request_verdict(candidate.context, load_validator_prompts())
    reply = score_edge(request, random.Random(0), EmbeddedErrors(judge_unparseable=1))
    assert parse_scores(reply.content) is None


def test_a_request_without_context_is_refused() -> None:
    with pytest.raises(ChatError, match="EdgeContext"):
        score_edge(ChatRequest(Role("edge_validator"), ()), random.Random(0), EmbeddedErrors())
