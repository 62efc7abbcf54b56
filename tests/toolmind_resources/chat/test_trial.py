"""A role whose replies are never of use stops the run before much is paid."""

import asyncio

import pytest

from toolmind_resources.chat import trial as trials
from toolmind_resources.chat.asking import EXAMPLE_CHARACTERS
from toolmind_resources.chat.model import ChatReply, ChatRequest, ChatToolCall, ReplyProblem, Role
from toolmind_resources.chat.trial import FIRST_IN_FLIGHT, FIRST_MAX, ROW_MAX, Trial
from toolmind_resources.errors import EndpointError, UselessRoleError

ASKED = ChatRequest(Role("planner"), ())
BAD = ChatReply("I  would\nrather not.")


@pytest.fixture
def trial() -> Trial:
    return Trial(Role("planner"), "model m at http://localhost")


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "LOOK_SECONDS", 0)


async def ask(trial: Trial, fault: str, reply: ChatReply = BAD) -> None:
    await trial.begin()
    trial.end()
    trial.rate(ASKED, reply, fault)


def n_asked(trial: Trial, faults: list[str]) -> int:
    """How many requests are made one after the other until the run stops."""

    async def all_of_them() -> int:
        for number, fault in enumerate(faults):
            try:
                await ask(trial, fault)
            except UselessRoleError:
                return number
        return len(faults)

    return asyncio.run(all_of_them())


def test_a_role_that_was_never_of_use_stops_after_six_replies(trial: Trial) -> None:
    assert FIRST_MAX == 6
    assert n_asked(trial, ["no JSON"] * 50) == 6


def test_a_role_that_was_of_use_once_stops_after_twenty_replies_in_a_row(trial: Trial) -> None:
    assert ROW_MAX == 20
    assert n_asked(trial, ["no JSON"] * 5 + [""] + ["no JSON"] * 50) == 6 + 20


def test_a_role_that_is_of_use_now_and_then_never_stops(trial: Trial) -> None:
    faults = (["no JSON"] * 19 + [""]) * 5
    assert n_asked(trial, ["", *faults]) == 101


def test_once_stopped_nothing_more_is_asked(trial: Trial) -> None:
    assert n_asked(trial, ["no JSON"] * 7) == 6
    assert n_asked(trial, [""]) == 0


class Askers:
    """Requests that are all made at once; each ends when it is told to.

    Attributes:
        n_begun: How many were let through.
        n_stopped: How many were told that the run stops.
    """

    def __init__(self, trial: Trial, number: int) -> None:
        self.n_begun = self.n_stopped = 0
        self._trial = trial
        self._tasks = [asyncio.create_task(self._ask()) for _ in range(number)]

    async def _ask(self) -> None:
        try:
            await self._trial.begin()
        except UselessRoleError:
            self.n_stopped += 1
        else:
            self.n_begun += 1

    async def settle(self) -> None:
        """Lets all that can go on go on."""
        for _ in range(10):
            await asyncio.sleep(0)

    def answer(self, fault: str) -> None:
        self._trial.end()
        self._trial.rate(ASKED, BAD, fault)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def test_no_more_than_two_are_in_flight_before_the_first_usable_reply_and_all_after_it(trial: Trial) -> None:
    async def run() -> list[int]:
        askers, seen = Askers(trial, 30), []
        for fault in ("no JSON", "no JSON", ""):
            await askers.settle()
            seen.append(askers.n_begun)
            askers.answer(fault)
        await askers.settle()
        seen.append(askers.n_begun)
        await askers.close()
        return seen

    assert FIRST_IN_FLIGHT == 2
    assert asyncio.run(run()) == [2, 3, 4, 30]


def test_those_that_wait_are_told_that_the_run_stops(trial: Trial) -> None:
    async def run() -> tuple[int, int]:
        askers = Askers(trial, 30)
        for _ in range(FIRST_MAX):
            await askers.settle()
            askers.answer("no JSON")
        await askers.settle()
        return askers.n_begun, askers.n_stopped

    assert asyncio.run(run()) == (FIRST_MAX + 1, 30 - FIRST_MAX - 1)


def test_a_request_that_ends_without_a_reply_makes_room_and_counts_nothing(trial: Trial) -> None:
    async def run() -> None:
        for _ in range(50):
            await trial.begin()
            trial.end()

    asyncio.run(asyncio.wait_for(run(), 20))
    assert n_asked(trial, ["no JSON"] * 9) == 6


def stopped(trial: Trial, reply: ChatReply, fault: str) -> str:
    """What is said when replies like this one stop the run."""
    for _ in range(FIRST_MAX):
        trial.rate(ASKED, reply, fault)
    with pytest.raises(UselessRoleError) as told:
        asyncio.run(trial.begin())
    assert isinstance(told.value, EndpointError)
    return str(told.value)


def test_the_message_names_role_and_endpoint_shows_an_example_and_says_what_to_do(trial: Trial) -> None:
    message = stopped(trial, BAD, "no number")
    assert "model m at http://localhost gave 6 answers in a row that the role planner cannot use" in message
    assert "The last one: no number. It said: I would rather not.\n" in message
    assert "`chat.roles`" in message and message.endswith("`toolmind run --retry-failed`")


@pytest.mark.parametrize(
    ("problem", "advice"),
    [
        (ReplyProblem.CUT_OFF, "`reply_tokens_max`"),
        (ReplyProblem.CONTENT_FILTER, "its endpoint filters what it says"),
        (ReplyProblem.NO_JSON, "`response_format`"),
        (ReplyProblem.REFUSED, "`chat.roles`"),
        (ReplyProblem.EMPTY, "reasoning parser"),
    ],
)
def test_the_advice_fits_the_problem(trial: Trial, problem: ReplyProblem, advice: str) -> None:
    assert advice in stopped(trial, ChatReply("x", problem=problem), "wrong").split("What to do: ")[1]


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (ChatReply(None), "It said: (nothing)"),
        (ChatReply(None, reasoning="I think so."), "It only thought: I think so."),
        (ChatReply("Yes.", reasoning="I think so."), "It said: Yes."),
        (ChatReply("x" * 1000), "It said: " + "x" * EXAMPLE_CHARACTERS),
    ],
)
def test_the_example_is_what_was_said_or_else_thought_and_is_cut(
    trial: Trial, reply: ChatReply, shown: str
) -> None:
    assert f"wrong. {shown}\n" in stopped(trial, reply, "wrong")


CALLING = ChatReply(None, (ChatToolCall("get_order", "{}"),))


def ask_in_turn(trial: Trial, *replies: tuple[ChatReply, str]) -> None:
    """Gives each reply with its fault, one after the other."""
    for reply, fault in replies:
        asyncio.run(ask(trial, fault, reply))


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [(CALLING, BAD, "20 answers without calls in a row"), (BAD, CALLING, "20 answers with calls in a row")],
)
def test_usable_answers_of_one_kind_do_not_make_up_for_those_of_the_other(
    trial: Trial, good: ChatReply, bad: ChatReply, told: str
) -> None:
    ask_in_turn(trial, *[(good, ""), (bad, "wrong")] * ROW_MAX)
    with pytest.raises(UselessRoleError, match=told):
        asyncio.run(trial.begin())


def test_any_usable_answer_tells_that_requests_are_taken(trial: Trial) -> None:
    for _ in range(ROW_MAX):
        ask_in_turn(trial, (CALLING, ""))
        trial.note_refusal("400: it refuses this request")
    assert n_asked(trial, [""]) == 1


def test_before_anything_was_of_use_answers_of_all_kinds_count_together(trial: Trial) -> None:
    ask_in_turn(trial, *[(CALLING, "wrong"), (BAD, "wrong")] * 2)
    for _ in range(2):
        trial.note_refusal("400: it refuses this request")
    with pytest.raises(UselessRoleError, match="gave 6 answers in a row"):
        asyncio.run(trial.begin())


def test_where_nothing_is_ever_answered_the_advice_is_to_look_at_the_server(trial: Trial) -> None:
    for _ in range(FIRST_MAX):
        trial.note_refusal("sent, 3 times, an error: no credit")
    with pytest.raises(UselessRoleError, match="an error: no credit\nWhat to do: look at the server"):
        asyncio.run(trial.begin())


def test_the_requests_of_useless_replies_in_a_row_are_told_once(trial: Trial) -> None:
    asked = [ChatRequest(Role("planner"), (), seed=seed) for seed in range(4)]
    for request, fault in zip(asked, ["no JSON", "", "no JSON", "no number"], strict=True):
        trial.rate(request, BAD, fault)
    assert trial.useless_taken() == asked[2:]
    assert trial.useless_taken() == []
