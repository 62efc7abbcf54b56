"""The embedded judges decide by plan and by what is visible, and err at the given rates."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.dialogues import Dialogue, StopReason
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, Scenario, Task, ValueKind
from toolmind_assets.model.verdicts import Outcome
from toolmind_assets.stages.trajectories.chat_judges import JudgeContext
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.stand_in import RULES, judge_dialogue, judge_turn
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import judge_trajectories
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors


def user_value(path: str, value: Any) -> PlanArgument:
    return PlanArgument(path, ValueKind.USER, value)


PLAN = (
    PlanStep("s1", "f_find", 0, 0, (user_value("order_id", "W-60417"),)),
    PlanStep("s2", "f_cancel", 0, 1, (
        PlanArgument("order_id", ValueKind.REFERENCE, None, "s1", "order_id"), user_value("reason", "unwanted"))),
)  # fmt: skip


@pytest.fixture
def task() -> Task:
    return Task(
        "t1", "s", 0, 1, Scenario.CHAINED, "", (), PLAN, "", (), (), None, "", "", "", "en", 1, "", ""
    )  # fmt: skip


@pytest.fixture
def of(make: Any) -> Any:
    def dialogue_of(messages: Any) -> Dialogue:
        ids = ("f_find", "f_cancel", "f_book", "f_dice")
        stop = StopReason.USER_SATISFIED
        return replace(make.dialogue(messages), function_ids=ids, task_id="t1", stop_reason=stop)

    return dialogue_of


def turn(dialogue: Dialogue, index: int, task: Task | None) -> Outcome:
    return judge_turn(JudgeContext(dialogue, False, (index,), task), index)[0]


def whole(dialogue: Dialogue, task: Task | None) -> Outcome:
    return judge_dialogue(JudgeContext(dialogue, True, (), task))[0]


def test_a_dialogue_that_does_all_that_was_planned_passes(of: Any, good: Any, task: Task) -> None:
    assert whole(of(good), task) is Outcome.PASS
    assert [turn(of(good), index, task) for index in (1, 3, 5)] == [Outcome.PASS] * 3


def test_a_dialogue_that_ends_early_or_at_its_limit_fails(of: Any, good: Any, task: Task) -> None:
    assert whole(of(good[:3]), task) is Outcome.FAIL
    assert whole(replace(of(good), stop_reason=StopReason.TURN_LIMIT), task) is Outcome.FAIL


def test_a_valid_call_of_the_wrong_function_fails(make: Any, of: Any, good: Any, task: Task) -> None:
    good[1] = make.call("roll_dice", "c1")
    assert turn(of(good), 1, task) is Outcome.FAIL


def test_a_valid_call_with_another_value_than_the_users_fails(
    make: Any, of: Any, good: Any, task: Task
) -> None:
    good[3] = make.call("cancel_order", "c2", order_id="W-60417", reason="mistake")
    assert turn(of(good), 3, task) is Outcome.FAIL


def test_a_value_from_the_wrong_result_fails(make: Any, of: Any, good: Any, task: Task) -> None:
    good[3] = make.call("cancel_order", "c2", order_id="pending-1", reason="unwanted")
    assert turn(of(good), 3, task) is Outcome.FAIL


def test_a_report_has_to_mention_something_of_the_results(make: Any, of: Any, good: Any, task: Task) -> None:
    good[5] = make.says("The weather is nice today.")
    assert turn(of(good), 5, task) is Outcome.FAIL


def test_claiming_what_no_call_did_fails_and_asking_passes(make: Any, of: Any, good: Any, task: Task) -> None:
    assert turn(of([good[0], make.says("Done, it has been cancelled.")]), 1, task) is Outcome.FAIL
    assert turn(of([good[0], make.says("Which reason shall I give?")]), 1, task) is Outcome.PASS


def test_a_request_that_nothing_serves_has_to_be_declined(make: Any, of: Any, good: Any, task: Task) -> None:
    irrelevant = replace(task, scenario=Scenario.IRRELEVANT, plan=())
    declined = of([make.user("Sing!"), make.says("I'm sorry, I can't sing.")])
    called = of(
        [make.user("Sing!"), make.call("roll_dice", "1"), make.result("1", {"n": 4}), make.says("A 4.")]
    )
    assert (whole(declined, irrelevant), turn(declined, 1, irrelevant)) == (Outcome.PASS, Outcome.PASS)
    assert (whole(called, irrelevant), turn(called, 1, irrelevant)) == (Outcome.FAIL, Outcome.FAIL)


def test_steps_without_their_function_are_excused_but_have_to_be_declined(
    of: Any, make: Any, good: Any, task: Task
) -> None:
    first = replace(PLAN[0], function_id="f_withheld")
    missing = replace(task, scenario=Scenario.MISSING_FUNCTION, plan=(first, PLAN[1]))
    assert whole(of([good[0], make.says("I cannot look up orders.")]), missing) is Outcome.PASS
    assert whole(of([good[0], make.says("Noted, thanks.")]), missing) is Outcome.FAIL


def test_a_step_for_each_member_is_done_once_it_was_done_for_each(of: Any, make: Any, task: Task) -> None:
    each = PlanArgument("order_id", ValueKind.REFERENCE, None, "s1", "orders[].id", Members.EACH)
    plan = (PlanStep("s1", "f_find", 0, 0, ()), PlanStep("s2", "f_cancel", 0, 1, (each,), members_max=2))
    for n_found, n_done, outcome in ((3, 2, Outcome.PASS), (3, 1, Outcome.FAIL), (1, 1, Outcome.PASS)):
        orders = [{"id": f"W-{place}"} for place in range(n_found)]
        messages = [make.user("Cancel the first two."), make.call("find_order", "c"), make.result("c", {"orders": orders})]  # fmt: skip
        for place in range(n_done):
            call = make.call("cancel_order", f"c{place}", order_id=f"W-{place}")
            messages += [call, make.result(f"c{place}", {"done": True})]
        dialogue = of([*messages, make.says("They are done: yes.")])
        assert whole(dialogue, replace(task, plan=plan)) is outcome
        assert turn(dialogue, 3, replace(task, plan=plan)) is Outcome.PASS


def test_a_failure_that_was_mended_may_go_unsaid_but_not_the_result(
    of: Any, make: Any, good: Any, task: Task
) -> None:
    failed = [make.call("find_order", "c0", order_id="W-60417"), make.result("c0", {"error": {"type": "timeout"}})]  # fmt: skip
    mended = [good[0], *failed, *good[1:]]
    assert whole(of(mended), task) is Outcome.PASS
    assert [turn(of(mended), index, task) for index in (1, 3, 5, 7)] == [Outcome.PASS] * 4
    mended[-1] = make.says("The weather is nice today.")
    assert turn(of(mended), len(mended) - 1, task) is Outcome.FAIL


def test_an_open_dialogue_is_judged_by_what_is_visible(of: Any, good: Any) -> None:
    assert whole(of(good), None) is Outcome.PASS
    assert turn(of(good), 3, None) is Outcome.PASS


def run(dialogue: Dialogue, task: Task, **errors: float) -> Any:
    none = dict.fromkeys(EmbeddedErrors.model_fields, 0.0)
    chat = EmbeddedChat(RULES, EmbeddedErrors(**{**none, **errors}))
    return asyncio.run(judge_trajectories([trajectory_of(dialogue)], {"t1": task}, chat, TrajectoryParams()))


def test_error_rates_turn_or_spoil_every_verdict(of: Any, good: Any, task: Task) -> None:
    assert len(run(of(good), task).samples) == 3
    assert run(of(good), task, judge_wrong=1.0).samples == ()
    spoilt = run(of(good), task, judge_unparseable=1.0)
    assert spoilt.samples == ()
    assert [row.code for row in spoilt.verdicts if row.rule == "dialogue_judge"] == [
        "dialogue_judge_unparseable"
    ]
    assert {row.model for row in spoilt.verdicts if row.model} == {"embedded"}
