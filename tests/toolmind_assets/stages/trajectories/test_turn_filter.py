"""Dialogues become verdicts, samples and drops; nothing is lost."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.verdicts import Outcome, SubjectKind
from toolmind_assets.stages.trajectories.chat_judges import JudgeContext, Vote, count_votes, prompt_digest_of
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.trajectory import Trajectory, trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import Judged, judge_trajectories
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.trajectories import SAMPLES, VERDICTS
from toolmind_resources.chat.model import ChatReply, ChatRequest, ReplyProblem, Role
from toolmind_resources.chat.scripted import ScriptedChat

PASS, FAIL = "pass", "fail"
DIALOGUE_JUDGE, TURN_JUDGE = Role("dialogue_judge"), Role("turn_judge")
EVERY_TURN = dict.fromkeys(range(1, 10), PASS)


def ballot(dialogue: str | None = PASS, turns: Mapping[int, str] = EVERY_TURN) -> str:
    """A reply of a judge: what it says of the dialogue, and of turns by their index."""
    said = [
        {"message": index, "verdict": verdict, "reason": f"turn {index}"} for index, verdict in turns.items()
    ]
    whole = {} if dialogue is None else {"dialogue": {"verdict": dialogue, "reason": "whole"}}
    return json.dumps({**whole, "turns": said})


class TwoModels(ScriptedChat):
    """A script whose roles are played by models of their own."""

    def model_name(self, role: Role) -> str:
        return f"model of {role}"


def judged(trajectory: Trajectory, *replies: str, **params: Any) -> tuple[Judged, ScriptedChat]:
    """Where one model plays both judges and gives these replies; it passes all where none is stated."""
    chat = ScriptedChat({TURN_JUDGE: replies or [ballot()] * 9})
    return _judge(trajectory, chat, params), chat


def judged_by_two(
    trajectory: Trajectory, dialogue: Sequence[str] = (), turns: Sequence[str] = (), **params: Any
) -> tuple[Judged, ScriptedChat]:
    """Where each judge is a model of its own."""
    chat = TwoModels({DIALOGUE_JUDGE: dialogue, TURN_JUDGE: turns})
    return _judge(trajectory, chat, params), chat


def _judge(trajectory: Trajectory, chat: ScriptedChat, params: Mapping[str, Any]) -> Judged:
    return asyncio.run(judge_trajectories([trajectory], {}, chat, TrajectoryParams(**params)))


def asked(chat: ScriptedChat) -> list[tuple[str, tuple[int | None, ...]]]:
    """Whom each request went to, and what it wanted to be judged."""
    found = []
    for request in chat.requests:
        assert isinstance(request.context, JudgeContext)
        found.append((request.role, request.context.subjects))
    return found


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
    assert asked(chat) == [(TURN_JUDGE, (None, 3, 5))]


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


def test_one_question_judges_a_dialogue_and_its_turns_where_one_model_plays_both_judges(
    make: Any, good: Any
) -> None:
    result, chat = judged(make.trajectory(good), ballot(PASS, {1: PASS, 3: FAIL, 5: PASS}))
    assert asked(chat) == [(TURN_JUDGE, (None, 1, 3, 5))]
    assert reasons(result) == [("d1#3", DropReason.TURN_FAILED)]
    assert result.drops[0].detail == "turn judge: turn 3"
    rows = {(row.rule, row.message_index): row.outcome for row in result.verdicts if row.model}
    expected = {None: Outcome.PASS, 1: Outcome.PASS, 3: Outcome.FAIL, 5: Outcome.PASS}
    assert rows == {
        ("turn_judge" if index is not None else "dialogue_judge", index): outcome
        for index, outcome in expected.items()
    }


def test_two_questions_judge_a_dialogue_and_its_turns_where_two_models_play_the_judges(
    make: Any, good: Any
) -> None:
    turns = ballot(None, {1: PASS, 3: FAIL, 5: PASS})
    result, chat = judged_by_two(make.trajectory(good), [ballot(turns={})], [turns])
    assert asked(chat) == [(DIALOGUE_JUDGE, (None,)), (TURN_JUDGE, (1, 3, 5))]
    assert reasons(result) == [("d1#3", DropReason.TURN_FAILED)]
    models = {row.rule: row.model for row in result.verdicts if row.model}
    assert models == {role: f"model of {role}" for role in (DIALOGUE_JUDGE, TURN_JUDGE)}


@pytest.mark.parametrize("replies", [(ballot(FAIL),), (ballot(None),), ("It looks fine.",), ()])
@pytest.mark.parametrize("model", ["of both", "of each"])
def test_no_turn_of_a_dialogue_that_was_not_passed_is_kept(
    replies: tuple[str, ...], model: str, make: Any, good: Any
) -> None:
    chat = ScriptedChat({TURN_JUDGE: replies}) if model == "of both" else TwoModels({DIALOGUE_JUDGE: replies})
    result = _judge(make.trajectory(good), chat, {})
    assert reasons(result) == [(f"d1#{index}", DropReason.DIALOGUE_FAILED) for index in (1, 3, 5)]
    assert result.samples == ()
    assert len(chat.requests) == 1
    assert outcomes(result)[None, None] is (
        Outcome.FAIL if replies == (ballot(FAIL),) else Outcome.UNVERIFIABLE
    )


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
    assert asked(chat) == [(TURN_JUDGE, (None, 1, 3, 5))]
    assert outcomes(result)[7, None] is Outcome.NOT_CHECKED
    good[1]["tool_calls"][0]["function"]["name"] = "find_orders"
    result, _ = judged(make.trajectory(good), ballot(FAIL))
    assert [outcomes(result)[index, None] for index in (1, 3, 5)] == [
        Outcome.FAIL,
        Outcome.NOT_CHECKED,
        Outcome.NOT_CHECKED,
    ]


@pytest.mark.parametrize(
    ("third", "reason"),
    [
        ({3: FAIL}, DropReason.TURN_FAILED),
        ({3: "perhaps"}, DropReason.TURN_UNVERIFIABLE),
        ({}, DropReason.TURN_UNVERIFIABLE),
    ],
)
def test_the_turn_judge_fails_closed(third: dict[int, str], reason: DropReason, make: Any, good: Any) -> None:
    turns = {1: PASS, **third, 5: PASS}
    result, _ = judged(make.trajectory(good), ballot(PASS, turns))
    assert reasons(result) == [("d1#3", reason)]
    assert [sample.message_index for sample in result.samples] == [1, 5]
    of_two, _ = judged_by_two(make.trajectory(good), [ballot()], [ballot(None, turns)])
    assert (of_two.samples, of_two.drops) == (result.samples, result.drops)


@pytest.mark.parametrize("turns", [[], ["They are fine."]])
def test_a_turn_judge_that_says_nothing_passes_no_turn(turns: list[str], make: Any, good: Any) -> None:
    result, _ = judged_by_two(make.trajectory(good), [ballot()], turns)
    assert reasons(result) == [(f"d1#{index}", DropReason.TURN_UNVERIFIABLE) for index in (1, 3, 5)]
    assert {row.code for row in result.verdicts if row.rule == "turn_judge"} == {"turn_judge_unparseable"}


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (ReplyProblem.CUT_OFF, "no reply: the reply is cut off at the token limit"),
        (ReplyProblem.CONTENT_FILTER, "no reply: the endpoint's content filter held the reply back"),
        (ReplyProblem.REFUSED, "no reply: the model declines to answer"),
    ],
)
def test_a_verdict_in_a_reply_with_a_problem_does_not_count(
    problem: ReplyProblem, words: str, make: Any, good: Any
) -> None:
    chat = ScriptedChat({TURN_JUDGE: [ChatReply(ballot(), problem=problem)]})
    result = _judge(make.trajectory(good), chat, {})
    assert result.samples == ()
    assert {drop.detail for drop in result.drops} == {words}
    assert chat.faults == [words.removeprefix("no reply: ")]
    assert chat.given_up == chat.requests


def test_a_vote_that_is_lost_and_decides_nothing_is_not_given_up(make: Any, good: Any) -> None:
    result, chat = judged(make.trajectory(good), ballot(), "They are fine.", ballot(), n_votes=3)
    assert len(result.samples) == 3
    assert chat.given_up == []


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
    lost = {int(subject.removeprefix("d1#")) for subject, _ in dropped}
    assert asked(chat) == [(TURN_JUDGE, (None, *sorted({1, 3, 5} - lost)))]
    assert {outcomes(result)[index, None] for index in lost} <= {Outcome.NOT_CHECKED}


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


def test_a_strict_majority_of_votes_passes_each_subject_and_all_votes_are_kept(make: Any, good: Any) -> None:
    votes = [
        ballot(PASS, {1: PASS, 3: PASS, 5: FAIL}),
        ballot(PASS, {1: FAIL, 5: FAIL}),
        ballot(FAIL, {1: PASS, 3: FAIL, 5: PASS}),
    ]
    result, chat = judged(make.trajectory(good), *votes, n_votes=3, concurrency=1)
    assert asked(chat) == [(TURN_JUDGE, (None, 1, 3, 5))] * 3
    rows = {row.message_index: row for row in result.verdicts if row.model}
    assert {index: row.outcome for index, row in rows.items()} == {
        None: Outcome.PASS,
        1: Outcome.PASS,
        3: Outcome.UNVERIFIABLE,
        5: Outcome.FAIL,
    }
    said = {
        index: [vote["outcome"] for vote in json.loads(row.votes_json or "")] for index, row in rows.items()
    }
    assert said == {
        None: [PASS, PASS, FAIL],
        1: [PASS, FAIL, PASS],
        3: [PASS, "unverifiable", FAIL],
        5: [FAIL, FAIL, PASS],
    }
    assert [sample.message_index for sample in result.samples] == [1]


def test_a_vote_that_cannot_be_read_counts_against_every_subject(make: Any, good: Any) -> None:
    result, _ = judged(make.trajectory(good), ballot(), "what?", n_votes=2, concurrency=1)
    assert {row.outcome for row in result.verdicts if row.model} == {Outcome.UNVERIFIABLE}
    result, _ = judged(make.trajectory(good), ballot(), "what?", ballot(), n_votes=3, concurrency=1)
    assert {row.outcome for row in result.verdicts if row.model} == {Outcome.PASS}


UNKNOWN = "unverifiable"


@pytest.mark.parametrize(
    ("votes", "outcome"),
    [
        ([PASS, FAIL], Outcome.FAIL),
        ([PASS, PASS, FAIL, FAIL], Outcome.FAIL),
        ([PASS, UNKNOWN], Outcome.UNVERIFIABLE),
        ([PASS, PASS, FAIL, UNKNOWN], Outcome.UNVERIFIABLE),
        ([FAIL, UNKNOWN], Outcome.FAIL),
        ([PASS, PASS, FAIL, UNKNOWN, PASS], Outcome.PASS),
    ],
)
def test_a_tie_of_votes_does_not_pass(votes: list[str], outcome: Outcome, make: Any, good: Any) -> None:
    counted = [Vote(Outcome(vote), str(place)) for place, vote in enumerate(votes)]
    assert count_votes(counted)[0] is outcome
    replies = [ballot(None if vote == UNKNOWN else vote) for vote in votes]
    result, _ = judged(make.trajectory(good), *replies, n_votes=len(votes))
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
        return ChatReply(ballot())

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        assert not fault

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        raise AssertionError("every reply is of use")


def test_concurrency_bounds_the_requests_in_flight_not_the_dialogues(make: Any, good: Any) -> None:
    one = make.dialogue(good)
    trajectories = [trajectory_of(replace(one, dialogue_id=f"d{number}")) for number in range(4)]
    for limit in (1, 5, 8):
        chat = CountingChat()
        params = TrajectoryParams(concurrency=limit, n_votes=3)
        result = asyncio.run(judge_trajectories(trajectories, {}, chat, params))
        assert (chat.most, len(result.samples)) == (limit, 12)


def test_a_judges_row_says_prompt_and_sampling_and_a_rules_row_neither(make: Any, good: Any) -> None:
    result, chat = judged_by_two(
        make.trajectory(good), [ballot()], [ballot(None)], judge_temperature=0.5, judge_max_tokens=64
    )
    rows = {row.rule: row for row in result.verdicts if row.model is not None}
    for request in chat.requests:
        assert isinstance(request.context, JudgeContext)
        row = rows[request.role]
        assert row.prompt_digest == prompt_digest_of(request.context)
        (vote,) = json.loads(row.votes_json or "")
        n_subjects = len(request.context.subjects)
        assert (vote["temperature"], vote["max_tokens"]) == (0.5, 64 * n_subjects)
        assert vote["seed"] == request.seed
    assert len({row.prompt_digest for row in rows.values()}) == len(rows) == 2
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
            result, _ = judged(trajectory, ballot(PASS, {1: reply, 3: PASS, 5: reply}))
            assert len(result.samples) + len(result.drops) == trajectory.dialogue.n_turns


def test_the_order_given_does_not_matter(make: Any, good: Any) -> None:
    one = make.dialogue(good)
    two = replace(one, dialogue_id="d0")
    trajectories = [trajectory_of(one), trajectory_of(two)]

    def run(given: list[Trajectory]) -> Judged:
        chat = ScriptedChat({TURN_JUDGE: [ballot()] * 2})
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
