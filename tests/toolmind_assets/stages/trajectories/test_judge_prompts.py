"""What each judge is shown, and what is kept from it."""

import asyncio
from typing import Any

import pytest

from toolmind_assets.model.tasks import (
    PlanArgument,
    PlanStep,
    Scenario,
    Task,
    UserFact,
    UserRequest,
    ValueKind,
)
from toolmind_assets.model.verdicts import Outcome
from toolmind_assets.stages.trajectories.chat_judges import (
    DialogueText,
    JudgeContext,
    judge_dialogue,
    judge_turn,
    read_vote,
)
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_resources.chat.model import ChatReply, Role
from toolmind_resources.chat.scripted import ScriptedChat

TASK = Task(
    task_id="task-secret",
    shard="sim-0000",
    slot_index=0,
    n_wanted=1,
    scenario=Scenario.MISSING_PARAMETER,
    start_function_key="key-secret",
    chain=("fn-secret",),
    plan=(
        PlanStep(
            "step-secret", "fn-secret", 0, 0, (PlanArgument("order_id", ValueKind.USER, "planned-secret"),)
        ),
    ),
    intent="The person wants order W-60417 gone for $5 or less.",
    requests=(
        UserRequest("goal-secret", (UserFact("s1", "order_id", "label-secret", "fact-secret", True),)),
    ),
    offered_function_ids=("fn-secret",),
    withheld_function_id=None,
    domain="domain-secret",
    system_text="",
    reference_time="",
    language="en",
    seed=1,
    model="model-secret",
    prompt_digest="",
)


def prompts(make: Any, messages: Any, index: int) -> tuple[str, str]:
    dialogue = make.dialogue(messages)
    chat = ScriptedChat({Role("dialogue_judge"): ["{}"], Role("turn_judge"): ["{}"]})
    text = DialogueText(dialogue)
    asyncio.run(judge_dialogue(JudgeContext(dialogue, None, TASK), text, chat, TrajectoryParams()))
    asyncio.run(judge_turn(JudgeContext(dialogue, index, TASK), text, chat, TrajectoryParams()))
    shown = ["\n".join(message.content or "" for message in request.messages) for request in chat.requests]
    return shown[0], shown[1]


def test_both_judges_see_functions_calls_results_and_words(make: Any, good: Any) -> None:
    for prompt in prompts(make, good, 5):
        for shown in (*(tool["function"]["name"] for tool in make.tools), '"enum":["unwanted","mistake"]'):
            assert shown in prompt
        assert 'calls cancel_order as c2: {"order_id":"W-60417","reason":"unwanted"}' in prompt
        assert good[0]["content"] in prompt
        assert good[4]["content"] in prompt
        assert good[5]["content"] in prompt


def test_only_the_dialogue_judge_sees_the_intent(make: Any, good: Any) -> None:
    dialogue_prompt, turn_prompt = prompts(make, good, 5)
    assert TASK.intent in dialogue_prompt
    assert TASK.intent not in turn_prompt


def test_the_turn_judge_sees_nothing_after_its_turn(make: Any, good: Any) -> None:
    _, prompt = prompts(make, good, 3)
    assert "cancel_order as c2" in prompt
    assert "R-88123" not in prompt


def test_neither_judge_sees_plan_labels_or_facts(make: Any, good: Any) -> None:
    for prompt in prompts(make, good, 5):
        assert "secret" not in prompt
        assert "missing_parameter" not in prompt


def test_a_dialogue_without_a_task_is_judged_by_what_the_user_says(make: Any, good: Any) -> None:
    assert "not recorded" in DialogueText(make.dialogue(good)).dialogue_prompt(None)


def test_judges_read_what_the_assistant_thought_only_where_they_are_to(make: Any, good: Any) -> None:
    good[1]["reasoning_content"] = "Look it up first."
    dialogue = make.dialogue(good)
    hidden, shown = (DialogueText(dialogue, shows_reasoning) for shows_reasoning in (False, True))
    for prompt in (hidden.dialogue_prompt(None), hidden.turn_prompt(1)):
        assert "Look it up first." not in prompt
    for prompt in (shown.dialogue_prompt(None), shown.turn_prompt(1)):
        assert "[1] assistant thinks: Look it up first.\n[1] assistant:" in prompt


def test_a_judge_that_was_asked_twice_gets_two_seeds(make: Any, good: Any) -> None:
    dialogue = make.dialogue(good)
    chat = ScriptedChat({Role("turn_judge"): ["{}", "{}"]})
    params = TrajectoryParams(n_votes=2)
    asyncio.run(judge_turn(JudgeContext(dialogue, 5, None), DialogueText(dialogue), chat, params))
    assert len({request.seed for request in chat.requests}) == 2
    assert all(request.response_schema for request in chat.requests)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ('{"verdict": "pass", "reason": "ok"}', Outcome.PASS),
        ('```json\n{"verdict": "fail", "reason": ""}\n```', Outcome.FAIL),
        ('<think>{"verdict": "pass"}</think>{"verdict": "fail", "reason": "x"}', Outcome.FAIL),
        ('{"verdict": "PASS"}', Outcome.UNVERIFIABLE),
        ('{"verdict": ["pass"]}', Outcome.UNVERIFIABLE),
        ('["pass"]', Outcome.UNVERIFIABLE),
        ("pass", Outcome.UNVERIFIABLE),
        ('{"verdict": "pass"', Outcome.UNVERIFIABLE),
        ('{"verdict": "pass"} {"verdict": "fail"}', Outcome.UNVERIFIABLE),
        ("[" * 100_000, Outcome.UNVERIFIABLE),
        ("{" * 100_000 + "}", Outcome.UNVERIFIABLE),
        (None, Outcome.UNVERIFIABLE),
    ],
)
def test_only_a_clear_verdict_counts(reply: str | None, outcome: Outcome) -> None:
    assert read_vote(ChatReply(reply)).outcome is outcome
