"""The intent writer says what is wanted in a person's words, and gives no function away."""

import asyncio
import json
from typing import Any

import pytest

from toolmind_assets.model.tasks import UserFact
from toolmind_assets.stages.tasks.argument_fields import argument_fields
from toolmind_assets.stages.tasks.intent_writer import (
    IntentContext,
    WrittenIntent,
    reads_as_code,
    user_facts,
    write_intent,
)
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_resources.chat.asking import Unused
from toolmind_resources.chat.model import Role
from toolmind_resources.chat.scripted import ScriptedChat

PARAMS = TaskParams()
FACT = UserFact("s1", "email", "email", "ada@example.com", False)


@pytest.fixture
def functions(make: Any) -> dict[str, Any]:
    return {function.function_id: function for function in make.functions().values()}


@pytest.fixture
def skeleton(make: Any) -> PlanSkeleton:
    (field,) = argument_fields(make.functions()["find_customer"])
    steps = (
        make.step("s1", "find_customer", make.user("email", None)),
        make.step("s2", "list_orders", make.reference("customer_id", "s1", "customer_id"), group=1),
    )
    return PlanSkeleton(steps, {("s1", "email"): field}, {}, 1, withheld=frozenset({("s1", "email")}))


def intent(*goals: str, intent: str = "I want my orders.") -> str:
    return json.dumps({"intent": intent, "requests": [{"goal": goal} for goal in goals]})


def write(
    make: Any, functions: dict[str, Any], replies: list[str]
) -> tuple[WrittenIntent | Unused, ScriptedChat]:
    chat = ScriptedChat({Role("intent_writer"): replies})
    step = make.step("s1", "find_customer", make.user("email", "ada@example.com"))
    context = IntentContext(((step,),), ((FACT,),), functions)
    return asyncio.run(write_intent(context, chat, 1, PARAMS)), chat


def test_facts_are_what_the_user_knows_with_what_is_withheld_marked(
    skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    ((fact,),) = user_facts(skeleton, {("s1", "email"): "ada@example.com"}, functions)
    assert (fact.step_id, fact.path, fact.value, fact.is_withheld) == ("s1", "email", "ada@example.com", True)


def test_an_intent_carries_one_goal_a_request_with_its_facts(make: Any, functions: dict[str, Any]) -> None:
    written, _ = write(make, functions, [intent("See my orders")])
    assert isinstance(written, WrittenIntent)
    assert written.intent == "I want my orders."
    assert [(request.goal, request.facts) for request in written.requests] == [("See my orders", (FACT,))]


@pytest.mark.parametrize(
    "useless",
    ["", "Sure! Here it is.", "[1]", intent(), intent("a", "b"), intent("  "), intent("a", intent=""),
     intent("Use find_customer for me"), intent("a", intent="Call find_customer.")],
)  # fmt: skip
def test_an_intent_that_is_unusable_or_names_a_function_is_written_again_or_given_up(
    make: Any, functions: dict[str, Any], useless: str
) -> None:
    written, chat = write(make, functions, [useless, intent("See my orders")])
    assert isinstance(written, WrittenIntent)
    assert len({request.seed for request in chat.requests}) == 2
    unused, chat = write(make, functions, [useless] * 9)
    assert isinstance(unused, Unused) and unused.last.reason
    assert [rejected.reply.content for rejected in unused.rejected] == [useless] * PARAMS.replies_max
    assert len(chat.requests) == PARAMS.replies_max


def test_a_name_that_is_an_ordinary_word_gives_nothing_away() -> None:
    assert [name for name in ("search", "find_it", "findIt", "a.b", "Search") if reads_as_code(name)] == [
        "find_it",
        "findIt",
        "a.b",
    ]
