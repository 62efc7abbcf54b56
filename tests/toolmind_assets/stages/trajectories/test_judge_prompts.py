"""What each judge is shown, what is kept from it, and what of its reply counts."""

import asyncio
import json
from dataclasses import replace
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
    UNKNOWN_INTENT,
    JudgeContext,
    judge_prompt,
    prompt_digest_of,
    read_ballot,
    reply_schema,
)
from toolmind_assets.stages.trajectories.chat_judges import judge as ask_judges
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_resources.chat.asking import Unusable
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
WHOLE, TURNS, BOTH = (True, ()), (False, (1, 5)), (True, (1, 5))


@pytest.fixture
def context(make: Any, good: Any) -> Any:
    """A context of the good dialogue: whether the whole is judged, which turns, and its task."""

    def of(is_whole: bool, turns: tuple[int, ...], task: Task | None = TASK) -> JudgeContext:
        return JudgeContext(make.dialogue(good), is_whole, turns, task)

    return of


def sent(context: JudgeContext, **params: Any) -> Any:
    """The requests that are sent to the judges."""
    chat = ScriptedChat({Role("turn_judge"): ["{}"] * 9})
    asyncio.run(ask_judges(context, chat, TrajectoryParams(**params)))
    return chat.requests


@pytest.mark.parametrize("asked", [WHOLE, TURNS, BOTH])
def test_judges_see_intent_functions_calls_results_and_words(
    asked: Any, context: Any, make: Any, good: Any
) -> None:
    prompt = judge_prompt(context(*asked))
    for shown in (*(tool["function"]["name"] for tool in make.tools), '"enum":["unwanted","mistake"]'):
        assert shown in prompt
    assert 'calls cancel_order as c2: {"order_id":"W-60417","reason":"unwanted"}' in prompt
    assert all(good[index]["content"] in prompt for index in (0, 4, 5))
    assert TASK.intent in prompt


@pytest.mark.parametrize("asked", [WHOLE, TURNS, BOTH])
def test_no_judge_sees_plan_labels_facts_or_scenario(asked: Any, context: Any) -> None:
    prompt = judge_prompt(context(*asked))
    assert "secret" not in prompt
    assert "missing_parameter" not in prompt


def test_what_is_sent_is_the_prompt_alone(context: Any) -> None:
    (request,) = sent(context(*BOTH))
    (message,) = request.messages
    assert (message.role, message.content) == ("user", judge_prompt(context(*BOTH)))
    assert request.tools == ()


@pytest.mark.parametrize("asked", [WHOLE, TURNS, BOTH])
def test_a_judge_is_asked_for_what_it_is_to_judge_and_nothing_else(asked: Any, context: Any) -> None:
    is_whole, turns = asked
    prompt, schema = judge_prompt(context(*asked)), reply_schema(context(*asked))
    wanted = [name for name, is_asked in (("dialogue", is_whole), ("turns", turns)) if is_asked]
    assert schema["required"] == list(schema["properties"]) == wanted
    assert ("Decide whether the dialogue is good enough" in prompt) is is_whole
    assert ("learn to produce in just this situation: [1], [5]. " in prompt) is bool(turns)
    assert ('"dialogue": {' in prompt, '"turns": [' in prompt) == (is_whole, bool(turns))


def test_judges_read_what_the_assistant_thought_only_where_they_are_to(make: Any, good: Any) -> None:
    good[1]["reasoning_content"] = "Look it up first."
    thinking = JudgeContext(make.dialogue(good), True, (1,), None)
    assert "Look it up first." not in judge_prompt(thinking)
    shown = judge_prompt(thinking, shows_reasoning=True)
    assert "[1] assistant thinks: Look it up first.\n[1] assistant:" in shown


def test_dialogues_begin_alike_whatever_is_asked_of_them(context: Any) -> None:
    prompts = [judge_prompt(context(*asked)) for asked in (WHOLE, TURNS, BOTH)]
    begins = {prompt.split("</dialogue>")[0] for prompt in prompts}
    assert len(begins) == 1 and "R-88123" in begins.pop()


def test_each_combination_of_questions_has_its_digest(context: Any) -> None:
    digests = [prompt_digest_of(context(*asked)) for asked in (WHOLE, TURNS, BOTH)]
    assert len(set(digests)) == 3
    assert prompt_digest_of(context(True, (3,))) == digests[2]


@pytest.mark.parametrize("task", [None, replace(TASK, intent="")])
def test_a_dialogue_without_an_intent_is_judged_by_what_the_user_says(task: Any, context: Any) -> None:
    assert UNKNOWN_INTENT in judge_prompt(context(*WHOLE, task))


def test_a_judge_that_was_asked_twice_gets_two_seeds(context: Any) -> None:
    requests = sent(context(*BOTH), n_votes=2)
    assert len({request.seed for request in requests}) == len(requests) == 2
    assert all(request.response_schema == reply_schema(context(*BOTH)) for request in requests)


@pytest.mark.parametrize(("asked", "n_subjects"), [(WHOLE, 1), (BOTH, 3), ((True, (1, 3, 5)), 4)])
def test_the_room_for_a_reply_grows_with_what_is_judged(asked: Any, n_subjects: int, context: Any) -> None:
    (request,) = sent(context(*asked), judge_max_tokens=64)
    assert request.sampling.max_tokens == 64 * n_subjects


GOOD = {"verdict": "pass", "reason": "ok"}
BAD = {"verdict": "fail", "reason": "no"}


def outcomes(reply: object, context: JudgeContext) -> dict[int | None, str] | str:
    """What a reply says by subject, or why it is of no use."""
    text = reply if isinstance(reply, str) or reply is None else json.dumps(reply)
    ballot = read_ballot(ChatReply(text), context)
    if isinstance(ballot, Unusable):
        return ballot.reason
    assert ballot.reply == text
    return {subject: vote.outcome.value for subject, vote in ballot.votes.items()}


def test_a_reply_gives_each_subject_its_vote_with_its_reason(context: Any) -> None:
    reply = {"dialogue": GOOD, "turns": [{"message": 5, **BAD}, {"message": 1, **GOOD}]}
    assert outcomes(reply, context(*BOTH)) == {None: "pass", 1: "pass", 5: "fail"}
    ballot = read_ballot(ChatReply(json.dumps(reply)), context(*BOTH))
    assert not isinstance(ballot, Unusable)
    assert {subject: vote.reason for subject, vote in ballot.votes.items()} == {None: "ok", 1: "ok", 5: "no"}


UNKNOWN = Outcome.UNVERIFIABLE.value


@pytest.mark.parametrize(
    ("turns", "fifth"),
    [
        ([], UNKNOWN),
        ([{"message": 5, **GOOD}, {"message": 5, **GOOD}], UNKNOWN),
        ([{"message": 5, **GOOD}, {"message": 5, **BAD}], UNKNOWN),
        ([{"message": 5, "verdict": "PASS"}], UNKNOWN),
        ([{"message": 5, "verdict": ["pass"]}], UNKNOWN),
        ([{"message": "5", **GOOD}], UNKNOWN),
        ([{"message": True, **GOOD}, {"message": 5.0, **GOOD}], UNKNOWN),
        ([GOOD, "pass", None, 5], UNKNOWN),
        ([{"message": 9, **BAD}, {"message": 5, **GOOD}], "pass"),
    ],
)
def test_a_turn_that_is_left_out_or_judged_twice_is_unverifiable_and_the_others_count(
    turns: list[Any], fifth: str, context: Any
) -> None:
    reply = {"dialogue": GOOD, "turns": [{"message": 1, **BAD}, *turns]}
    assert outcomes(reply, context(*BOTH)) == {None: "pass", 1: "fail", 5: fifth}


def test_what_is_not_asked_for_counts_nothing(context: Any) -> None:
    reply = {"dialogue": BAD, "turns": [{"message": 1, **GOOD}, {"message": 3, **BAD}]}
    assert outcomes(reply, context(False, (1,))) == {1: "pass"}
    assert outcomes(reply, context(True, ())) == {None: "fail"}


@pytest.mark.parametrize(
    "reply",
    [None, "", "pass", '["pass"]', '{"dialogue": {"verdict": "pass"}', "[" * 100_000, "{" * 100_000 + "}",
     '{"dialogue": {"verdict": "pass"}} {"dialogue": {"verdict": "fail"}}'],
)  # fmt: skip
def test_a_reply_that_is_no_json_object_is_of_no_use(reply: Any, context: Any) -> None:
    assert "no JSON" in outcomes(reply, context(*BOTH))


@pytest.mark.parametrize("reply", [{}, GOOD, {"dialogue": "pass", "turns": 5}, {"dialogue": [GOOD]}])
def test_a_reply_without_any_verdict_is_of_no_use(reply: Any, context: Any) -> None:
    assert outcomes(reply, context(*BOTH)) == "the reply holds no verdict"
