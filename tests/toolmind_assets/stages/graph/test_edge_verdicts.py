"""Who decides about a link: the rules, or the validator within its budget."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from toolmind_assets.model.edges import EdgeKind, EdgeVerdict
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.graph.candidates import Candidates
from toolmind_assets.stages.graph.edge_verdicts import judge_links, questions
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.errors import BudgetError

Make = Callable[..., FunctionSpec]
Find = Callable[..., Any]
STRING = {"type": "string"}
PARAMS = GraphParams(min_score=0.6, accept_score=0.65, reject_score=0.5, random_ratio=0)
YES = json.dumps({"transitivity": 9, "coherence": 9, "reason": "fits"})
NO = json.dumps({"transitivity": 1, "coherence": 9, "reason": "no"})


def links(
    kind: str, *scores: float, random: tuple[int, ...] = (), coherence: tuple[float, ...] = ()
) -> Candidates:
    places = np.arange(len(scores))
    is_random = np.isin(places, random)
    score, sense = (np.array(numbers, np.float32) for numbers in (scores, coherence or [1.0] * len(scores)))
    return Candidates(EdgeKind(kind), places, places, score, sense, is_random)


def asked(*candidates: Candidates, limit: int = 100) -> list[list[int]]:
    params = PARAMS.model_copy(update={"max_questions": limit})
    return [places.tolist() for places in questions(candidates, params)]


def test_nobody_is_asked_about_what_is_clear() -> None:
    assert asked(links("P-R", 0.1, 0.4999, 0.5, 0.55, 0.6499, 0.65, 1.0)) == [[4, 3, 2]]


def test_a_link_that_may_serve_no_goal_is_asked_about_however_right_its_value_is() -> None:
    senses = (0.39, 0.4, 0.49, 0.5, 1.0)
    assert asked(links("P-R", *[0.9] * 5, coherence=senses)) == [[2, 1]]
    assert asked(links("P-P", *[0.9] * 5, coherence=senses)) == [[2, 1]]
    assert asked(links("P-R", *[0.4] * 5, coherence=senses)) == [[]]


def test_of_doubtful_links_those_come_first_that_are_likely_on_both_axes() -> None:
    assert asked(links("P-R", 0.6, 0.6, 0.55, coherence=(0.45, 0.9, 1.0))) == [[2, 1, 0]]


def test_random_links_are_always_asked_about_and_first() -> None:
    assert asked(links("P-R", 0.6, 0.99, 0.01, 0.5, random=(1, 2))) == [[1, 2, 0, 3]]


def test_the_budget_goes_to_random_links_and_then_to_the_likeliest() -> None:
    both = (links("P-R", 0.51, 0.62, 0.64), links("P-P", 0.6, 0.63), links("P-R", 0.05, random=(0,)))
    assert asked(*both) == [[2, 1, 0], [], [0]]
    assert asked(*both, limit=3) == [[2, 1], [], [0]]
    assert asked(*both, limit=1) == [[], [], [0]]
    assert asked(*both, limit=0) == [[], [], []]


def test_of_equal_scores_the_order_decides() -> None:
    assert asked(links("P-R", 0.6, 0.6, 0.6), links("P-R", 0.6), limit=2) == [[0, 1], []]


@pytest.fixture
def doubtful(make_function: Make) -> list[FunctionSpec]:
    """Three functions with two links: one that scores high, and one that does not reach `min_score`."""
    return [
        make_function("give", {}, {"wing": STRING}),
        make_function("take", {"wing": STRING}),
        make_function("hold", {"left_wing": STRING}),
    ]


def build(find: Find, functions: list[FunctionSpec], chat: ScriptedChat, **params: Any) -> Any:
    return find(functions, GraphParams(**{"random_ratio": 0, **params}), chat)


def test_the_validator_overrules_the_score_in_the_middle(find: Find, doubtful: list[FunctionSpec]) -> None:
    bounds = {"reject_score": 0.1, "accept_score": 1.0, "max_partners": 0}
    edges = build(find, doubtful, ScriptedChat({}), **bounds, max_questions=0).edges
    assert len(edges) == 2
    high, low = sorted(edges, key=lambda edge: -edge.score)
    assert (high.verdict, low.verdict) == (EdgeVerdict.ACCEPTED, EdgeVerdict.REJECTED)
    chat = ScriptedChat({Role("edge_validator"): [NO, YES]})
    found = {edge.edge_id: edge for edge in build(find, doubtful, chat, **bounds).edges}
    assert found[high.edge_id].reason == "value: 1 < 6; no"
    assert (found[low.edge_id].verdict, found[low.edge_id].transitivity) == (EdgeVerdict.ACCEPTED, 9)
    assert found[low.edge_id].model == "scripted"
    assert len(chat.requests) == 2


def test_the_validator_is_asked_no_more_than_the_budget_allows_and_the_likeliest_first(
    find: Find, doubtful: list[FunctionSpec]
) -> None:
    bounds = {"reject_score": 0.1, "accept_score": 1.0, "max_partners": 0}
    chat = ScriptedChat({Role("edge_validator"): [NO] * 9})
    edges = build(find, doubtful, chat, **bounds, max_questions=1).edges
    assert len(chat.requests) == 1
    (judged,) = [edge for edge in edges if edge.model]
    assert judged.score == max(edge.score for edge in edges)
    (unasked,) = [edge for edge in edges if not edge.model]
    assert (unasked.transitivity, unasked.reason) == (
        None,
        f"value: score below {GraphParams().min_score:g}",
    )


def test_where_everything_is_clear_the_validator_is_never_asked(
    find: Find, shop: dict[str, FunctionSpec]
) -> None:
    chat = ScriptedChat({})
    edges = build(find, list(shop.values()), chat).edges
    assert edges
    assert chat.requests == []
    assert {edge.model for edge in edges} == {""}


def test_of_links_without_a_readable_reply_the_rules_decide_and_the_row_says_so(
    find: Find, doubtful: list[FunctionSpec]
) -> None:
    bounds = {"reject_score": 0.1, "accept_score": 1.0, "max_partners": 0, "replies_max": 2}
    edges = build(find, doubtful, ScriptedChat({Role("edge_validator"): ["no idea"] * 4}), **bounds).edges
    high, low = sorted(edges, key=lambda edge: -edge.score)
    assert (high.verdict, high.reason) == (EdgeVerdict.ACCEPTED, "")
    assert (low.verdict, low.reason) == (EdgeVerdict.REJECTED, "value: score below 0.85")
    assert [(edge.model, edge.transitivity, edge.coherence) for edge in edges] == [
        ("scripted", None, None)
    ] * 2


def test_a_link_of_a_right_value_is_rejected_for_coherence_alone_and_says_so(
    find: Find, make_function: Make
) -> None:
    functions = [
        make_function("create_tag", {"label": STRING}, {"tag_id": STRING}, effect=Effect.CREATE),
        make_function("delete_tag", {"tag_id": STRING}, effect=Effect.DELETE),
    ]
    (edge,) = find(functions).edges
    assert (edge.output_path, edge.input_path, edge.score) == ("tag_id", "tag_id", 1.0)
    assert (edge.verdict, edge.reason) == (EdgeVerdict.REJECTED, "coherence: score below 0.5")
    assert edge.coherence_score < 0.5


def test_the_validator_is_told_of_the_other_links_of_the_two_functions(
    find: Find, make_function: Make
) -> None:
    functions = [
        make_function("give", {"shelf": STRING}, {"wing": STRING}),
        make_function("take", {"wing": STRING, "shelf": STRING}),
    ]
    chat = ScriptedChat({Role("edge_validator"): [YES] * 9})
    build(find, functions, chat, reject_score=0.1, accept_score=1.0)
    asked_about = [request.messages[0].content or "" for request in chat.requests]
    assert any("P-P `shelf` to `shelf`" in text for text in asked_about)


def test_a_validator_that_can_be_asked_no_more_ends_the_build(
    find_raw: Callable[..., Any], doubtful: list[FunctionSpec]
) -> None:
    class Spent(ScriptedChat):
        async def complete(self, request: ChatRequest) -> ChatReply:
            raise BudgetError("spent")

    params = GraphParams(random_ratio=0, reject_score=0.1, accept_score=1.0)
    found = find_raw(doubtful, params)
    with pytest.raises(BudgetError):
        asyncio.run(judge_links(found.columns, found.candidates, Spent({}), params, 4))
