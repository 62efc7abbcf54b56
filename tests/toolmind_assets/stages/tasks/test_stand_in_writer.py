"""The embedded intent writer: wishes as a person says them, which keep to the checks of any writer."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.tasks import Choice, ChoiceKind, PlanStep, UserFact
from toolmind_assets.stages.tasks.circumstances import draw_circumstances
from toolmind_assets.stages.tasks.intent_outline import IntentContext, thing_of
from toolmind_assets.stages.tasks.intent_writer import WrittenIntent, write_intent
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sample import sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.spoken_wishes import chosen_words, wish_of
from toolmind_assets.stages.tasks.stand_in import RULES
from toolmind_resources.chat.embedded import EmbeddedChat

NEWEST = Choice(ChoiceKind.NEWEST, "orders[].created_at", label="created at")


@pytest.fixture
def context(make: Any) -> IntentContext:
    functions = {function.function_id: function for function in make.functions().values()}
    orders = make.step("s1", "list_orders", make.user("customer_id", "C-1"))
    look = make.step("s2", "get_order", make.reference("order_id", "s1", "orders[].order_id"), request=1)
    facts = (UserFact("s1", "customer_id", "customer ID", "C-1", False),)
    return IntentContext(((orders,), (look,)), (facts, ()), functions)


def with_look(
    context: IntentContext, choice: Choice | None, **changes: Any
) -> tuple[PlanStep, IntentContext]:
    (look,) = context.requests[1]
    look = replace(look, arguments=(replace(look.arguments[0], choice=choice),), **changes)
    return look, replace(context, requests=(context.requests[0], (look,)))


def test_a_wish_names_the_thing_by_what_the_person_knows(context: IntentContext) -> None:
    (orders,) = context.requests[0]
    assert wish_of(orders, context, 1).endswith("the customer C-1")


def test_a_wish_says_which_one_is_meant_or_that_it_was_found(context: IntentContext) -> None:
    look, chosen = with_look(context, NEWEST)
    assert wish_of(look, chosen, 1).endswith("the order created last")
    look, found = with_look(context, None)
    assert wish_of(look, found, 1).endswith("that order")


def test_what_is_found_on_the_way_is_not_pointed_at(context: IntentContext) -> None:
    look, found = with_look(context, None)
    (orders,) = found.requests[0]
    unsaid = replace(found, requests=((replace(orders, is_implicit=True),), (look,)))
    assert "that order" not in wish_of(look, unsaid, 1)


def test_a_choice_that_an_earlier_wish_told_is_not_told_again(context: IntentContext) -> None:
    look, chosen = with_look(context, NEWEST)
    again = replace(look, step_id="s3")
    twice = replace(chosen, requests=(*chosen.requests[:1], (look, again)))
    assert wish_of(look, twice, 1).endswith("the order created last")
    assert wish_of(again, twice, 1).endswith("that order")


def test_a_value_that_waits_to_be_asked_for_is_not_told(context: IntentContext) -> None:
    (orders,) = context.requests[0]
    ((fact,), none) = context.facts
    waiting = replace(context, facts=((replace(fact, is_withheld=True),), none))
    assert "C-1" not in wish_of(orders, waiting, 1)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice(ChoiceKind.MATCH, "x", "Berlin", "office name"), "the office called Berlin"),
        (Choice(ChoiceKind.MATCH, "x", "open", "status"), "the open office"),
        (Choice(ChoiceKind.MATCH, "x", "Spain", "country"), "the office whose country is Spain"),
        (Choice(ChoiceKind.LOWEST, "x", None, "rent"), "the office with the lowest rent"),
        (Choice(ChoiceKind.ONLY), "the only office"),
    ],
)  # fmt: skip
def test_a_chosen_thing_is_called_what_people_call_it(choice: Choice, words: str) -> None:
    assert chosen_words(choice, "office") == words


@pytest.mark.parametrize(
    ("path", "output_path", "thing"),
    [
        ("orderId", "orders[].id", "order"),
        ("body.sourceDefinitionId", "id", "source definition"),
        ("id", "jobs[].job.id", "job"),
        ("id", "id", "order"),
        ("arn", "results[].arn", "order"),
    ],
)  # fmt: skip
def test_a_thing_is_told_by_the_argument_or_by_where_its_value_stands_or_by_what_gives_it(
    context: IntentContext, path: str, output_path: str, thing: str
) -> None:
    (look,) = context.requests[1]
    argument = replace(look.arguments[0], path=path, output_path=output_path)
    assert thing_of(argument, look, context) == thing


def test_a_name_is_new_where_a_found_thing_is_changed(context: IntentContext, make: Any) -> None:
    look, found = with_look(context, None)
    named = UserFact("s2", "name", "order name", "Tea", False)
    changed = replace(
        found.functions[look.function_id], effect=Effect.UPDATE, description="Updates an order."
    )
    look = replace(look, arguments=(*look.arguments, make.user("name", "Tea")))
    functions = {**found.functions, look.function_id: changed}
    told = replace(
        found, requests=(found.requests[0], (look,)), facts=(found.facts[0], (named,)), functions=functions
    )
    assert wish_of(look, told, 1).endswith("that order with Tea as the new name")
    made = replace(changed, effect=Effect.CREATE, description="Creates an order.")
    told = replace(told, functions={**functions, look.function_id: made})
    assert wish_of(look, told, 1).endswith("that order called Tea")


def test_one_function_is_asked_for_by_one_verb_and_other_tasks_may_say_another(
    context: IntentContext,
) -> None:
    (orders,) = context.requests[0]
    twin = replace(orders, step_id="s9")
    assert all(
        wish_of(orders, context, salt).split()[0] == wish_of(twin, context, salt).split()[0]
        for salt in range(9)
    )
    assert len({wish_of(orders, context, salt).split()[0] for salt in range(9)}) > 1


def test_an_unsaid_step_says_nothing_but_which_one_is_meant(context: IntentContext, make: Any) -> None:
    look, chosen = with_look(context, NEWEST, is_implicit=True)
    cancel = make.step("s3", "track_parcel", make.reference("carrier", "s2", "carrier"), request=1)
    context = replace(chosen, requests=(chosen.requests[0], (look, cancel)))
    chat = EmbeddedChat(RULES, make.no_errors)
    written = asyncio.run(write_intent(context, chat, 1, TaskParams(days_spread=0)))
    assert isinstance(written, WrittenIntent)
    assert "I mean the one created last" in written.requests[1].goal


def test_what_is_written_of_sampled_tasks_passes_every_check_and_is_hardly_ever_the_same(make: Any) -> None:
    context = SamplingContext.of(list(make.functions().values()), make.edges())
    params = TaskParams(tasks_per_shard=40, walk_min=3, walk_max=6)
    made = asyncio.run(sample_tasks(context, "sim-0007", 3, EmbeddedChat(RULES, make.no_errors), params))
    assert made.drops == ()
    intents = Counter(task.intent for task in made.tasks)
    assert len(intents) >= 0.95 * len(made.tasks)
    assert all(task.situation.persona.name in task.situation.text for task in made.tasks)
    assert json.dumps([task.system_text for task in made.tasks]).count("It is ") == len(made.tasks)


def test_a_situation_is_the_same_whatever_else_there_is(make: Any) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    steps = [make.step("s1", "get_order")]
    alone = {step.function_id: functions[step.function_id] for step in steps}
    assert draw_circumstances(5, steps, functions, TaskParams()) == draw_circumstances(
        5, steps, alone, TaskParams()
    )


def test_of_two_choices_in_one_wish_the_second_is_told_beside_it(context: IntentContext, make: Any) -> None:
    (look,) = context.requests[1]
    cheapest = Choice(ChoiceKind.LOWEST, "orders[].total", label="total")
    (first,) = look.arguments
    both = (replace(first, choice=NEWEST), replace(first, path="other_id", choice=cheapest))
    context = replace(context, requests=(context.requests[0], (replace(look, arguments=both),)))
    chat = EmbeddedChat(RULES, make.no_errors)
    written = asyncio.run(write_intent(context, chat, 1, TaskParams(days_spread=0)))
    assert isinstance(written, WrittenIntent)
    goal = written.requests[1].goal
    assert "the order created last" in goal and goal.endswith("I mean the one with the lowest total")
