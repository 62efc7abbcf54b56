"""Dialogues of the embedded agents: without errors they are right, with errors they are still whole."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.dialogues import CallStatus, Dialogue, Speaker, StopReason, ToolCall
from toolmind_assets.model.origins import call_row_id
from toolmind_assets.model.schemas import fits
from toolmind_assets.model.tasks import Scenario, Task, UserFact, UserRequest, ValueKind
from toolmind_assets.stages.dialogues.agents import ask_user
from toolmind_assets.stages.dialogues.contexts import UserContext
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import Simulated, simulate_dialogues
from toolmind_assets.stages.dialogues.stand_in import RULES
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sample import sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.stand_in import RULES as TASK_RULES
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.model import Role

WILD = EmbeddedErrors(**dict.fromkeys(EmbeddedErrors.model_fields, 0.15))


def functions_of(make: Any) -> dict[str, Any]:
    return {function.function_id: function for function in make.functions().values()}


def act(make: Any, tasks: list[Task], errors: EmbeddedErrors | None = None, in_flight: int = 4) -> Simulated:
    chat = EmbeddedChat(RULES, errors or make.no_errors)
    return asyncio.run(simulate_dialogues(tasks, functions_of(make), chat, DialogueParams(), in_flight))


@pytest.fixture(scope="module")
def tasks(make: Any) -> list[Task]:
    """The hand-written task of each scenario, and eighty sampled ones."""
    context = SamplingContext.of(list(make.functions().values()), make.edges())
    params = TaskParams(tasks_per_shard=80, walk_min=3, walk_max=6, offered_max=5, distractors_min=1)
    chat = EmbeddedChat(TASK_RULES, make.no_errors)
    return [*make.tasks().values(), *asyncio.run(sample_tasks(context, "sim-0001", 1, chat, params)).tasks]


@pytest.fixture(scope="module")
def clean(make: Any, tasks: list[Task]) -> Simulated:
    return act(make, tasks)


@pytest.fixture(scope="module")
def wild(make: Any, tasks: list[Task]) -> Simulated:
    return act(make, tasks, WILD)


def of_task(made: Simulated, task: Task) -> Dialogue:
    return next(dialogue for dialogue in made.dialogues if dialogue.task_id == task.task_id)


def spoken_calls(dialogue: Dialogue) -> list[ToolCall]:
    return [call for message in dialogue.messages for call in message.tool_calls]


def said(dialogue: Dialogue, role: Speaker) -> list[str]:
    return [message.content or "" for message in dialogue.messages if message.role is role]


def test_every_task_becomes_a_dialogue_that_ends_with_the_assistant(
    clean: Simulated, tasks: list[Task]
) -> None:
    assert clean.drops == ()
    assert [dialogue.task_id for dialogue in clean.dialogues] == [task.task_id for task in tasks]
    assert len({dialogue.dialogue_id for dialogue in clean.dialogues}) == len(tasks)
    assert all(dialogue.messages[-1].role is Speaker.ASSISTANT for dialogue in clean.dialogues)


def test_without_errors_every_call_fits_its_schema_and_carries_out_its_step(
    make: Any, clean: Simulated, tasks: list[Task]
) -> None:
    functions, plans = functions_of(make), {task.task_id: task.plan for task in tasks}
    parents = {dialogue.dialogue_id: dialogue.task_id or "" for dialogue in clean.dialogues}
    for call in clean.calls:
        assert call.status is (CallStatus.ERROR if call.injected_fault else CallStatus.OK)
        arguments = json.loads(call.arguments_json)
        assert fits(functions[call.function_id or ""].parameters, arguments)
        (step,) = [step for step in plans[parents[call.dialogue_id]] if step.step_id == call.plan_step_id]
        assert step.function_id == call.function_id
        stated = {a.path: a.value for a in step.arguments if a.kind is not ValueKind.REFERENCE}
        assert {path: arguments[path] for path in stated} == stated
        assert arguments.keys() == {argument.path for argument in step.arguments}


def test_without_errors_every_step_is_carried_out_once_and_in_order(
    clean: Simulated, tasks: list[Task]
) -> None:
    for task in tasks:
        dialogue = of_task(clean, task)
        calls = [call for call in clean.calls if call.dialogue_id == dialogue.dialogue_id]
        carried = [call.plan_step_id for call in calls if call.status is CallStatus.OK]
        counts = Counter(carried)
        assert counts.keys() == {step.step_id for step in task.plan}
        assert all(1 <= counts[step.step_id] <= step.members_max for step in task.plan)
        requests = {step.step_id: step.request_index for step in task.plan}
        indices = [requests[step_id or ""] for step_id in carried]
        assert indices == sorted(indices)


def test_without_errors_every_value_has_an_origin_and_results_fit_their_schema(
    make: Any, clean: Simulated
) -> None:
    functions = functions_of(make)
    assert {row.source_kind.value for row in clean.arguments} <= {"user", "result"}
    for call in clean.calls:
        returns = functions[call.function_id or ""].returns
        assert returns is None or call.injected_fault or fits(returns, json.loads(call.result_json or ""))


def test_a_withheld_value_is_told_only_after_it_was_asked_for(clean: Simulated, tasks: list[Task]) -> None:
    gradual = [task for task in tasks if task.scenario is Scenario.MISSING_PARAMETER]
    assert len(gradual) >= 5
    for task in gradual:
        (fact,) = [fact for request in task.requests for fact in request.facts if fact.is_withheld]
        messages = of_task(clean, task).messages
        first = next(i for i, m in enumerate(messages) if m.role is Speaker.USER and str(fact.value) in (m.content or ""))  # fmt: skip
        question = messages[first - 1]
        assert question.role is Speaker.ASSISTANT and not question.tool_calls
        assert fact.label in (question.content or "") and "?" in (question.content or "")
        assert all(
            str(fact.value) not in str(call.arguments) for m in messages[:first] for call in m.tool_calls
        )


def test_independent_calls_go_into_one_turn(clean: Simulated, make: Any) -> None:
    dialogue = of_task(clean, make.tasks()["parallel"])
    first = next(message for message in dialogue.messages if message.tool_calls)
    assert [call.arguments for call in first.tool_calls] == [{"city": "Oslo"}, {"city": "Lisbon"}]
    assert [message.role for message in dialogue.messages[3:5]] == [Speaker.TOOL, Speaker.TOOL]


def test_a_value_of_an_earlier_result_is_passed_on(clean: Simulated, make: Any) -> None:
    dialogue = of_task(clean, make.tasks()["chained"])
    results = [json.loads(text) for text in said(dialogue, Speaker.TOOL)]
    find, orders, order = spoken_calls(dialogue)
    assert find.arguments == {"email": "ada@example.com"}
    assert orders.arguments == {"customer_id": results[0]["customer_id"]}
    dearest = max(results[1]["orders"], key=lambda one: one["total"])
    assert order.arguments == {"order_id": dearest["order_id"]} and len(results[1]["orders"]) > 1
    assert len(said(dialogue, Speaker.USER)) == 2


@pytest.mark.parametrize("scenario", [Scenario.MISSING_FUNCTION, Scenario.IRRELEVANT])
def test_what_no_function_can_do_is_declined_without_a_call(
    clean: Simulated, tasks: list[Task], scenario: Scenario
) -> None:
    lacking = [task for task in tasks if task.scenario is scenario]
    assert len(lacking) >= 4
    for task in lacking:
        dialogue = of_task(clean, task)
        assert len(spoken_calls(dialogue)) == len(task.plan)
        served = {step.request_index for step in task.plan}
        declined = [text for text in said(dialogue, Speaker.ASSISTANT) if "can't" in text or "unable" in text]
        assert len(declined) == len(task.requests) - len(served)
        alone = len(task.requests) == 1
        assert dialogue.stop_reason is (StopReason.USER_GAVE_UP if alone else StopReason.USER_SATISFIED)


def test_no_function_is_named_by_the_user_and_no_prompt_text_leaks(clean: Simulated, make: Any) -> None:
    names = list(make.functions())
    for dialogue in clean.dialogues:
        assert not any(name in text for text in said(dialogue, Speaker.USER) for name in names)
        texts = said(dialogue, Speaker.ASSISTANT) + said(dialogue, Speaker.USER)
        assert not any(mark in text for text in texts for mark in ("{", "}", "SECRET-INTENT", "None"))


def test_the_same_task_is_acted_out_the_same_whatever_stands_beside_it(
    make: Any, clean: Simulated, wild: Simulated, tasks: list[Task]
) -> None:
    turned = act(make, tasks[::-1], WILD, in_flight=1)
    assert turned.dialogues[::-1] == wild.dialogues
    assert sorted(turned.calls, key=repr) == sorted(wild.calls, key=repr)
    assert sorted(turned.candidates, key=repr) == sorted(wild.candidates, key=repr)
    assert act(make, tasks[:1]).dialogues == clean.dialogues[:1]


def test_another_seed_or_plan_gives_another_dialogue(make: Any, clean: Simulated, tasks: list[Task]) -> None:
    parallel = make.tasks()["parallel"]
    other = act(make, [replace(parallel, seed=8)]).dialogues[0]
    assert other.content_digest != of_task(clean, parallel).content_digest
    changed = act(make, [replace(parallel, plan=parallel.plan[:1])]).dialogues[0]
    assert changed.dialogue_id != of_task(clean, parallel).dialogue_id


@pytest.mark.parametrize("made", ["clean", "wild"])
def test_calls_and_arguments_say_the_same_as_the_messages(made: str, request: pytest.FixtureRequest) -> None:
    simulated: Simulated = request.getfixturevalue(made)
    rows = {call.call_id: call for call in simulated.calls}
    spoken = 0
    for dialogue in simulated.dialogues:
        assert dialogue.n_turns == len(said(dialogue, Speaker.ASSISTANT))
        answers = {m.tool_call_id: m.content for m in dialogue.messages if m.role is Speaker.TOOL}
        for index, message in enumerate(dialogue.messages):
            for call_index, call in enumerate(message.tool_calls):
                row = rows[call_row_id(dialogue.dialogue_id, index, call_index)]
                assert (row.tool_call_id, row.name) == (call.call_id, call.name)
                assert json.loads(row.arguments_json) == call.arguments
                assert row.result_json == answers[call.call_id]
                assert row.corrects_call_id is None or rows[row.corrects_call_id].status is CallStatus.ERROR
                spoken += 1
    assert spoken == len(rows) == len(simulated.calls)
    for argument in simulated.arguments:
        assert argument.call_id in rows
        assert argument.source_call_id is None or argument.source_call_id in rows
    keys = [(row.call_id, row.path, row.origin_index) for row in simulated.arguments]
    assert len(set(keys)) == len(keys)


def test_errors_at_high_rates_lose_no_task_and_leave_something_to_catch(
    wild: Simulated, tasks: list[Task]
) -> None:
    assert len(wild.dialogues) + len(wild.drops) == len(tasks)
    assert len({row.candidate_id for row in wild.candidates}) == len(wild.candidates)
    assert {call.status for call in wild.calls} == {CallStatus.OK, CallStatus.ERROR}
    assert any(call.function_id is None for call in wild.calls)
    assert any(call.corrects_call_id for call in wild.calls)


@pytest.mark.parametrize("rate", sorted(EmbeddedErrors.model_fields))
def test_every_kind_of_error_alone_ends_every_dialogue(make: Any, tasks: list[Task], rate: str) -> None:
    made = act(make, tasks[:5], make.no_errors.model_copy(update={rate: 1.0}))
    assert len(made.dialogues) + len(made.drops) == 5


def test_a_failing_service_is_tried_again_once_and_then_told(make: Any) -> None:
    failing = make.no_errors.model_copy(update={"tool_failure": 1.0})
    made = act(make, [make.tasks()["chained"]], failing)
    assert len({call.plan_step_id for call in made.calls}) == 1
    assert [call.status for call in made.calls] == [CallStatus.ERROR] * len(made.calls)
    assert len(made.calls) in (2, 4)
    last = made.dialogues[0].messages[-1].content or ""
    assert "could not" in last or "sorry" in last


def test_a_call_is_made_for_each_member_of_a_list_in_one_turn(clean: Simulated, make: Any) -> None:
    dialogue = of_task(clean, make.tasks()["fan_out"])
    orders = json.loads(said(dialogue, Speaker.TOOL)[1])["orders"]
    ids = list(dict.fromkeys(order["order_id"] for order in orders))[:3]
    last = [message for message in dialogue.messages if message.tool_calls][-1]
    assert len(ids) > 1
    assert [call.arguments for call in last.tool_calls] == [{"order_id": one} for one in ids]
    report = said(dialogue, Speaker.ASSISTANT)[-1]
    assert all(one in report for one in ids)


def test_calls_that_no_request_names_are_made_and_only_what_was_asked_is_reported(
    clean: Simulated, make: Any
) -> None:
    task = make.tasks()["implicit"]
    dialogue = of_task(clean, task)
    (request,) = said(dialogue, Speaker.USER)
    assert "order" in request and "ada@example.com" in request and "customer" not in request
    assert [call.name for call in spoken_calls(dialogue)] == ["find_customer", "list_orders", "get_order"]
    assert "customer" not in said(dialogue, Speaker.ASSISTANT)[-1]


def test_an_injected_error_is_met_once_and_its_call_made_again(clean: Simulated, tasks: list[Task]) -> None:
    failing = [task for task in tasks if task.scenario is Scenario.ERROR_RECOVERY]
    assert len(failing) >= 4
    for task in failing:
        dialogue = of_task(clean, task)
        calls = [call for call in clean.calls if call.dialogue_id == dialogue.dialogue_id]
        (step,) = [step for step in task.plan if step.fault]
        first, second = [call for call in calls if call.plan_step_id == step.step_id]
        assert first.injected_fault == step.fault and first.status is CallStatus.ERROR
        assert second.corrects_call_id == first.call_id and second.status is CallStatus.OK
        assert second.arguments_json == first.arguments_json
        assert json.loads(first.result_json or "")["error"]["type"] == step.fault
        assert [call.injected_fault for call in calls].count(None) == len(calls) - 1


def test_a_long_horizon_is_talked_through_request_by_request(clean: Simulated, tasks: list[Task]) -> None:
    for task in [task for task in tasks if task.scenario is Scenario.LONG_HORIZON]:
        dialogue = of_task(clean, task)
        questions = [text for text in said(dialogue, Speaker.ASSISTANT) if "Shall I go ahead?" in text]
        assert len(said(dialogue, Speaker.USER)) == len(task.requests) + len(questions)
        assert len(task.requests) >= 3
        assert len(spoken_calls(dialogue)) >= len(task.plan)


def test_facts_of_one_label_are_told_by_the_place_of_their_step_in_the_request(make: Any) -> None:
    steps = (
        make.step("s1", "find_customer", make.user("email", "a@example.com"), is_implicit=True),
        make.step("s2", "get_tides", make.user("coast", "west")),
        make.step("s3", "get_order", make.user("order_id", "W-1")),
        make.step("s4", "get_order", make.user("order_id", "W-2")),
    )
    facts = tuple(
        UserFact(step_id, path, label, value, False)
        for step_id, path, label, value in (
            ("s1", "email", "email", "a@example.com"),
            ("s3", "order_id", "order ID", "W-1"),
            ("s4", "order_id", "order ID", "W-2"),
        )
    )
    task = replace(make.tasks()["implicit"], plan=steps, requests=(UserRequest("Do all of it", facts),))
    context = UserContext(task, ())
    request = ask_user(context, 1, DialogueParams())
    reply = RULES[Role("user_agent")](request, random.Random(1), make.no_errors)
    assert json.loads(reply.content or "")["message"].endswith(
        "To begin with, the email is a@example.com. For the second, order ID: W-1. For the third, order ID: W-2."
    )
