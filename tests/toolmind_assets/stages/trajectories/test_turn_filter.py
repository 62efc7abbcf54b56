"""Dialogues become verdicts, samples and drops; nothing is lost."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.verdicts import Outcome, SubjectKind
from toolmind_assets.stages.trajectories.chat_judges import PROMPTS, count_votes, read_vote
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.trajectory import Trajectory, trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import Judged, judge_trajectories
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.trajectories import SAMPLES, VERDICTS
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.chat.scripted import ScriptedChat

PASS = '{"verdict": "pass", "reason": "fine"}'
FAIL = '{"verdict": "fail", "reason": "wrong"}'


def judged(
    trajectory: Trajectory, dialogue: Any = PASS, turns: Any = (PASS,) * 9, **params: Any
) -> tuple[Judged, Any]:
    dialogue = [dialogue] if isinstance(dialogue, str) else dialogue
    chat = ScriptedChat({Role("dialogue_judge"): dialogue, Role("turn_judge"): turns})
    return asyncio.run(judge_trajectories([trajectory], {}, chat, TrajectoryParams(**params))), chat


def reasons(result: Judged) -> list[tuple[str, DropReason]]:
    return [(drop.subject_id, drop.reason) for drop in result.drops]


def outcomes(result: Judged) -> dict[tuple[int | None, int | None], Outcome]:
    rows = [row for row in result.verdicts if row.rule == "outcome"]
    return {(row.message_index, row.call_index): row.outcome for row in rows}


def test_every_passing_turn_becomes_a_sample_with_loss_on_itself_alone(make: Any, good: Any) -> None:
    result, _ = judged(make.trajectory(good))
    assert [(sample.message_index, sample.n_turns) for sample in result.samples] == [(1, 1), (3, 2), (5, 3)]
    assert result.samples[1].loss_weights == (0.0, 0.0, 0.0, 1.0)
    assert result.drops == ()
    assert set(outcomes(result).values()) == {Outcome.PASS}


def test_a_turn_that_fails_a_rule_is_dropped_unasked_and_stays_in_the_context(make: Any, good: Any) -> None:
    good[1]["tool_calls"][0]["function"]["name"] = "find_orders"
    result, chat = judged(make.trajectory(good))
    assert reasons(result) == [("d1#1", DropReason.TURN_FAILED)]
    assert [sample.message_index for sample in result.samples] == [3, 5]
    assert len(result.samples[0].loss_weights) == 4
    assert [request.role for request in chat.requests].count(Role("turn_judge")) == 2


def test_a_turn_that_goes_on_from_a_wrong_result_is_dropped(make: Any, good: Any) -> None:
    good[2]["content"] = '{"order_id": "W-99999"}'
    result, _ = judged(make.trajectory(good))
    assert reasons(result) == [("d1#3", DropReason.TURN_FAILED)]
    assert outcomes(result)[2, None] is Outcome.FAIL


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_a_turn_after_several_results_is_dropped_whichever_of_them_is_wrong(
    wrong: int, make: Any, good: Any
) -> None:
    orders = ["W-60417", "W-60418", "W-60419"]
    turn = make.call("find_order", "c0", order_id=orders[0])
    for place, order in enumerate(orders[1:], 1):
        turn["tool_calls"] += make.call("find_order", f"c{place}", order_id=order)["tool_calls"]
    answered = ["X-99999" if place == wrong else order for place, order in enumerate(orders)]
    results = [make.result(f"c{place}", {"order_id": order}) for place, order in enumerate(answered)]
    messages = [
        make.user(f"Where are {', '.join(orders)}?"),
        turn,
        *results,
        make.says("All three are on the way."),
    ]
    result, _ = judged(make.trajectory(messages))
    assert reasons(result) == [("d1#5", DropReason.TURN_FAILED)]
    assert [index for (index, _), outcome in outcomes(result).items() if outcome is Outcome.FAIL] == [
        2 + wrong,
        5,
    ]


@pytest.mark.parametrize("reply", [FAIL, "It looks fine.", []])
def test_no_turn_of_a_dialogue_that_was_not_passed_is_judged_or_kept(
    reply: Any, make: Any, good: Any
) -> None:
    result, chat = judged(make.trajectory(good), dialogue=reply)
    assert reasons(result) == [(f"d1#{index}", DropReason.DIALOGUE_FAILED) for index in (1, 3, 5)]
    assert result.samples == ()
    assert [request.role for request in chat.requests] == [Role("dialogue_judge")]
    assert outcomes(result)[None, None] is (Outcome.FAIL if reply == FAIL else Outcome.UNVERIFIABLE)


def without_samples(make: Any, good: Any) -> dict[str, tuple[list[Any], list[DropReason]]]:
    """Dialogues of which no turn can become a sample, and why their turns are dropped."""
    failing = [make.call("no_such", "c1"), make.result("c1", "[]"), make.says("")]
    return {
        "every turn fails a rule": ([good[0], *failing], [DropReason.TURN_FAILED] * 2),
        "nothing to learn": ([make.user("Hi"), make.says("Hello!")], [DropReason.NOT_TRAINABLE]),
        "both": ([make.user("Hi"), make.says("Hello!"), make.user("So?"), make.says(" ")],
                 [DropReason.NOT_TRAINABLE, DropReason.TURN_FAILED]),
        "nobody answers": ([make.user("Hi")], []),
    }  # fmt: skip


@pytest.mark.parametrize("case", ["every turn fails a rule", "nothing to learn", "both", "nobody answers"])
def test_no_judge_is_asked_about_a_dialogue_of_which_no_turn_can_become_a_sample(
    case: str, make: Any, good: Any
) -> None:
    messages, expected = without_samples(make, good)[case]
    result, chat = judged(make.trajectory(messages))
    assert chat.requests == []
    assert [drop.reason for drop in result.drops] == expected
    assert result.samples == ()
    assert outcomes(result)[None, None] is Outcome.NOT_CHECKED
    (row,) = [row for row in result.verdicts if row.rule == "dialogue_judge"]
    assert (row.outcome, row.subject_kind) == (Outcome.NOT_CHECKED, SubjectKind.DIALOGUE)
    assert row.detail == "not asked: no turn can become a sample"
    assert (row.votes_json, row.model, row.raw_reply_digest, row.prompt_digest) == (None,) * 4
    encode_rows(VERDICTS, result.verdicts)


def test_a_turn_that_no_judge_saw_has_not_passed(make: Any, good: Any) -> None:
    result, chat = judged(make.trajectory([*good, make.user("Thanks"), make.says("Welcome!")]))
    assert [request.role for request in chat.requests].count(Role("turn_judge")) == 3
    assert outcomes(result)[7, None] is Outcome.NOT_CHECKED
    good[1]["tool_calls"][0]["function"]["name"] = "find_orders"
    result, _ = judged(make.trajectory(good), dialogue=FAIL)
    assert [outcomes(result)[index, None] for index in (1, 3, 5)] == [
        Outcome.FAIL,
        Outcome.NOT_CHECKED,
        Outcome.NOT_CHECKED,
    ]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (FAIL, DropReason.TURN_FAILED),
        ("Yes.", DropReason.TURN_UNVERIFIABLE),
        ('{"verdict": true}', DropReason.TURN_UNVERIFIABLE),
    ],
)
def test_the_turn_judge_fails_closed(reply: str, reason: DropReason, make: Any, good: Any) -> None:
    result, _ = judged(make.trajectory(good), turns=[PASS, reply, PASS])
    assert reasons(result) == [("d1#3", reason)]


def test_a_chat_model_that_cannot_be_reached_passes_nothing(make: Any, good: Any) -> None:
    result, _ = judged(make.trajectory(good), turns=[])
    assert {drop.reason for drop in result.drops} == {DropReason.TURN_UNVERIFIABLE}
    assert len(result.drops) == 3


def test_a_bare_courtesy_is_kept_out_of_training(make: Any, good: Any) -> None:
    result, _ = judged(make.trajectory([*good, make.user("Thanks"), make.says("You're welcome!")]))
    assert reasons(result) == [("d1#7", DropReason.NOT_TRAINABLE)]


def thinking(make: Any, good: Any, *thoughts: str) -> Trajectory:
    """The good dialogue, whose turns 1, 3 and 5 have these thoughts."""
    for message, thought in zip(good[1::2], thoughts, strict=True):
        message["reasoning_content"] = thought
    return make.trajectory(good)


@pytest.mark.parametrize(
    ("reasoning", "dropped"),
    [
        ("any", []),
        ("required", [("d1#3", DropReason.NO_REASONING)]),
        ("forbidden", [("d1#1", DropReason.UNWANTED_REASONING), ("d1#5", DropReason.UNWANTED_REASONING)]),
    ],
)
def test_turns_with_or_without_reasoning_are_dropped_where_they_are_unwanted_and_no_judge_is_asked(
    reasoning: str, dropped: list[Any], make: Any, good: Any
) -> None:
    result, chat = judged(thinking(make, good, "I look.", "", "Done."), reasoning=reasoning)
    assert reasons(result) == dropped
    assert [request.role for request in chat.requests].count(Role("turn_judge")) == 3 - len(dropped)
    turns = [outcomes(result)[int(subject.removeprefix("d1#")), None] for subject, _ in dropped]
    assert turns == [Outcome.NOT_CHECKED] * len(dropped)


def test_where_every_turn_lacks_the_reasoning_that_is_required_no_judge_is_asked(
    make: Any, good: Any
) -> None:
    result, chat = judged(make.trajectory(good), reasoning="required")
    assert {drop.reason for drop in result.drops} == {DropReason.NO_REASONING}
    assert (result.samples, chat.requests) == ((), [])


def test_tokens_of_reasoning_are_those_of_the_anchor_and_counted_apart(make: Any, good: Any) -> None:
    with_thoughts = judged(thinking(make, good, "x" * 9, "", "y"))[0].samples
    without = judged(thinking(make, good, "", "", ""))[0].samples
    assert [sample.n_reasoning_tokens for sample in with_thoughts] == [3, None, 1]
    assert [sample.n_tokens for sample in with_thoughts] == [sample.n_tokens for sample in without]


def test_only_what_was_thought_before_the_anchor_makes_another_sample(make: Any, good: Any) -> None:
    digests = [
        [sample.content_digest for sample in judged(thinking(make, good, *thoughts))[0].samples]
        for thoughts in (("a", "b", "c"), ("a", "x", "c"))
    ]
    assert [one == other for one, other in zip(*digests, strict=True)] == [True, False, True]


def test_unverifiable_values_pass_only_where_they_are_accepted(make: Any) -> None:
    tools = [make.function("send", text={"type": "string"})]
    trajectory = make.trajectory(
        [make.user("Greet Ann"), make.call("send", "1", text="Dear friend, good day")], tools
    )
    assert len(judged(trajectory)[0].samples) == 1
    result, chat = judged(trajectory, accepts_unverifiable_values=False)
    assert reasons(result) == [("d1#1", DropReason.TURN_UNVERIFIABLE)]
    assert chat.requests == []


def test_a_strict_majority_of_votes_passes_and_all_votes_are_kept(make: Any, good: Any) -> None:
    turns = [PASS, FAIL, PASS, PASS, FAIL, "what?", FAIL, FAIL, PASS]
    result, _ = judged(make.trajectory(good), dialogue=[PASS] * 3, turns=turns, n_votes=3, concurrency=1)
    rows = [row for row in result.verdicts if row.rule == "turn_judge"]
    assert sorted(row.outcome for row in rows) == [Outcome.FAIL, Outcome.PASS, Outcome.UNVERIFIABLE]
    assert all(len(json.loads(row.votes_json or "")) == 3 and row.model == "scripted" for row in rows)


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ([PASS, FAIL], Outcome.FAIL),
        ([PASS, PASS, FAIL, FAIL], Outcome.FAIL),
        ([PASS, "what?"], Outcome.UNVERIFIABLE),
        ([PASS, PASS, FAIL, "what?"], Outcome.UNVERIFIABLE),
        ([FAIL, "what?"], Outcome.FAIL),
        ([PASS, PASS, FAIL, "what?", PASS], Outcome.PASS),
    ],
)
def test_a_tie_of_votes_does_not_pass(replies: list[str], outcome: Outcome, make: Any, good: Any) -> None:
    assert count_votes([read_vote(ChatReply(reply)) for reply in replies])[0] is outcome
    result, _ = judged(make.trajectory(good), dialogue=replies, turns=[PASS] * 99, n_votes=len(replies))
    assert bool(result.samples) is (outcome is Outcome.PASS)
    assert outcomes(result)[None, None] is outcome


class CountingChat:
    """Passes everything, and counts how many requests were under way at the same time."""

    def __init__(self) -> None:
        self.running = self.most = 0

    def model_name(self, role: Role) -> str:
        return "counting"

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.running += 1
        self.most = max(self.most, self.running)
        for _ in range(3):
            await asyncio.sleep(0)
        self.running -= 1
        return ChatReply(PASS)


def test_concurrency_bounds_the_requests_in_flight_not_the_dialogues(make: Any, good: Any) -> None:
    one = make.dialogue(good)
    trajectories = [trajectory_of(replace(one, dialogue_id=f"d{number}")) for number in range(4)]
    for limit in (1, 5, 8):
        chat = CountingChat()
        params = TrajectoryParams(concurrency=limit, n_votes=3)
        result = asyncio.run(judge_trajectories(trajectories, {}, chat, params))
        assert (chat.most, len(result.samples)) == (limit, 12)


def test_a_judges_row_says_prompt_and_sampling_and_a_rules_row_neither(make: Any, good: Any) -> None:
    result, chat = judged(make.trajectory(good), judge_temperature=0.5, judge_max_tokens=64)
    asked = {row.rule: row for row in result.verdicts if row.model is not None}
    for role in (Role("dialogue_judge"), Role("turn_judge")):
        assert asked[role].prompt_digest == PROMPTS[role].digest
        (vote,) = json.loads(asked[role].votes_json or "")
        assert (vote["temperature"], vote["max_tokens"]) == (0.5, 64)
        assert vote["seed"] in {request.seed for request in chat.requests if request.role is role}
    assert {row.prompt_digest for row in result.verdicts if row.model is None} == {None}


def test_rows_are_bounded_unique_and_fit_their_tables(make: Any, good: Any) -> None:
    good[1]["tool_calls"][0]["function"]["arguments"] = '{"a": 1, "b": 2}'
    result, _ = judged(make.trajectory(good))
    ids = [row.verdict_id for row in result.verdicts]
    assert len(ids) == len(set(ids))
    kinds = [row.subject_kind for row in result.verdicts if row.rule == "outcome"]
    assert (
        kinds.count(SubjectKind.DIALOGUE),
        kinds.count(SubjectKind.MESSAGE),
        kinds.count(SubjectKind.CALL),
    ) == (1, 5, 2)
    assert {row.path for row in result.verdicts if row.rule == "invalid_arguments"} == {
        "/order_id",
        "/a",
        "/b",
    }
    assert encode_rows(VERDICTS, result.verdicts).height == len(ids)
    assert encode_rows(SAMPLES, result.samples).height == len(result.samples)


def test_assistant_turns_are_samples_or_drops_whatever_happens(make: Any, good: Any) -> None:
    for cut in range(len(good) + 1):
        for reply in (PASS, FAIL):
            trajectory = make.trajectory(good[:cut])
            result, _ = judged(trajectory, turns=[reply, PASS, reply])
            assert len(result.samples) + len(result.drops) == trajectory.dialogue.n_turns


def test_the_order_given_does_not_matter(make: Any, good: Any) -> None:
    one = make.dialogue(good)
    two = replace(one, dialogue_id="d0")
    trajectories = [trajectory_of(one), trajectory_of(two)]

    def run(given: list[Trajectory]) -> Judged:
        chat = ScriptedChat({Role("dialogue_judge"): [PASS] * 2, Role("turn_judge"): [PASS] * 6})
        return asyncio.run(judge_trajectories(given, {}, chat, TrajectoryParams()))

    assert run(trajectories) == run(trajectories[::-1])


def test_equal_content_has_one_digest_whatever_its_call_ids(make: Any, good: Any) -> None:
    renamed = json.loads(json.dumps(good).replace('"c1"', '"x"').replace('"c2"', '"y"'))
    other = json.loads(json.dumps(good).replace("any more", "at all"))
    digests = [
        judged(make.trajectory(messages))[0].samples[1].content_digest for messages in (good, renamed, other)
    ]
    assert digests[0] == digests[1] != digests[2]


def test_tokens_are_counted_by_four_characters_of_tools_prefix_and_anchor(make: Any) -> None:
    dialogue = make.dialogue([make.user("x" * 40), make.says("one two three")], [])
    sample = judged(trajectory_of(dialogue))[0].samples[0]
    assert sample.n_tokens == -(-(len("[]") + 40 + 13) // 4)


def test_two_findings_of_one_code_about_one_value_are_one_row(make: Any) -> None:
    tool = make.function("tag", word={"type": "string", "minLength": 9, "pattern": "^[A-Z]+$"})
    result, _ = judged(make.trajectory([make.user("Tag it abc"), make.call("tag", "1", word="abc")], [tool]))
    rows = [row for row in result.verdicts if row.rule == "invalid_arguments"]
    assert [(row.code, row.path) for row in rows] == [("schema_violation", "/word")]
    assert len({row.verdict_id for row in result.verdicts}) == len(result.verdicts)
