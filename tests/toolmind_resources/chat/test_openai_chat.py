"""Paid calls against a real server on loopback: kept, counted, stopped by the budget, lost by nobody."""

import asyncio
import contextlib
import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import (
    Charge,
    ChatMessage,
    ChatReply,
    ChatRequest,
    ReplyProblem,
    Role,
    Sampling,
)
from toolmind_resources.chat.openai import PROMPT_SAFETY
from toolmind_resources.chat.request_form import request_body
from toolmind_resources.chat.routed import RoutedChat
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.chat.tokens import prompt_tokens_of
from toolmind_resources.chat.trial import FIRST_IN_FLIGHT
from toolmind_resources.errors import (
    BudgetError,
    ChatError,
    EndpointError,
    StoreError,
    UnansweredError,
    UselessRoleError,
)

CHARGE = Charge("run 1", "dialogues", "sim-0000")


def _room_of(body: dict[str, Any]) -> int:
    return body["max_tokens"] if "max_tokens" in body else body["max_completion_tokens"]


class Server:
    """Answers each request with its own number, and keeps what it was sent.

    Attributes:
        n_unread: How many of its first answers hold no reply.
        whole_from: Least `max_tokens` with which a reply is not cut off.
        refused_from: Least `max_tokens` that is refused.
    """

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.refuses = False
        self.fails = False
        self.choices: list[Any] | None = None
        self.n_unread = 0
        self.whole_from = 0
        self.refused_from = 1_000_000
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with server.lock:
                    server.bodies.append(body)
                    number = len(server.bodies)
                server.may_answer.wait(20)
                is_refused = server.refuses or _room_of(body) >= server.refused_from
                if is_refused or server.fails:
                    self.send_response(400 if is_refused else 500)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                message = {"role": "assistant", "content": f"reply {number}"}
                finish = "stop" if body["max_tokens"] >= server.whole_from else "length"
                usage = {"prompt_tokens": 10, "completion_tokens": 5}
                answer = {
                    "choices": [{"message": message, "finish_reason": finish}],
                    "usage": usage,
                    "model": "m",
                }
                is_read = server.choices is None and number > server.n_unread
                raw = json.dumps(answer if is_read else {"choices": server.choices or []}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True

    @property
    def endpoint(self) -> Endpoint:
        url = f"http://127.0.0.1:{self.http.server_port}/v1"
        prices = {"usd_per_million_prompt_tokens": 1.0, "usd_per_million_completion_tokens": 10.0}
        return Endpoint(name="main", base_url=url, model="m", **prices)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, daemon=True)
    thread.start()
    yield made
    made.may_answer.set()
    made.http.shutdown()
    made.http.server_close()


def request(seed: int, role: Role = Role("user_agent"), context: object = None) -> ChatRequest:
    return ChatRequest(
        role, (ChatMessage("user", "Say something."),), sampling=Sampling(0.5, 20), seed=seed, context=context
    )


def provider(server: Server, path: Path, budget: Budget | None = None, **changes: Any) -> RoutedChat:
    endpoint = server.endpoint.model_copy(update=changes)
    embedded = ScriptedChat({Role("planner"): ["planned"]}, name="embedded")
    return RoutedChat(
        embedded,
        {Role("user_agent"): endpoint},
        lambda: Journal(path),
        budget or Budget(),
        lambda asked: {"toolmind_context": {"known": asked.context}},
    )


def ask(chat: RoutedChat, seeds: list[int], charge: Charge = CHARGE) -> list[str | None]:
    async def all_of_them() -> list[str | None]:
        with chat.charged_to(charge) as model:

            async def one(seed: int) -> str | None:
                reply = await model.complete(request(seed))
                model.rate(request(seed), reply, "")
                return reply.content

            return await map_concurrently(one, seeds, 4)

    return asyncio.run(all_of_them())


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the journal as another process does that writes it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def n_reserved(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT COUNT(*) FROM reservations").fetchone()[0]


def wait_for_bodies(server: Server, number: int) -> None:
    for _ in range(1_000):
        if len(server.bodies) >= number:
            return
        time.sleep(0.01)
    raise AssertionError(f"{number} requests did not come")


def test_the_same_request_is_paid_once_by_whatever_process_and_loop(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    first = ask(provider(server, path), [1, 2, 3])
    assert sorted(map(str, first)) == ["reply 1", "reply 2", "reply 3"]
    assert ask(provider(server, path), [3, 2, 1]) == first[::-1]
    assert len(server.bodies) == 3


def test_each_role_asks_its_own_model(server: Server, tmp_path: Path) -> None:
    chat = provider(server, tmp_path / "journal.sqlite")
    assert (chat.model_name(Role("user_agent")), chat.model_name(Role("planner"))) == ("m", "embedded")
    with chat.charged_to(CHARGE) as model:
        assert (model.model_name(Role("user_agent")), model.model_name(Role("planner"))) == ("m", "embedded")
        assert asyncio.run(model.complete(request(1, Role("planner")))).content == "planned"
    assert server.bodies == []


def test_what_calls_cost_stands_in_the_journal(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    ask(provider(server, path), [1, 2])
    (usage,) = Journal(path).usage()
    assert (usage.period, usage.stage, usage.partition, usage.role, usage.model) == (
        "run 1",
        "dialogues",
        "sim-0000",
        "user_agent",
        "m",
    )
    assert (usage.n_calls, usage.prompt_tokens, usage.completion_tokens) == (2, 20, 10)
    assert usage.usd == pytest.approx(2 * (10 * 1.0 + 5 * 10.0) / 1e6)


def test_only_a_model_served_here_is_sent_what_the_role_knows(server: Server, tmp_path: Path) -> None:
    for is_served_here in (True, False):
        chat = provider(server, tmp_path / f"{is_served_here}.sqlite", is_served_here=is_served_here)
        with chat.charged_to(CHARGE) as model:
            asyncio.run(model.complete(request(1, context="the plan")))
    assert [body.get("toolmind_context") for body in server.bodies] == [{"known": "the plan"}, None]


def test_what_a_served_model_knows_is_no_part_of_the_key(server: Server, tmp_path: Path) -> None:
    chat = provider(server, tmp_path / "journal.sqlite", is_served_here=True)
    with chat.charged_to(CHARGE) as model:
        asyncio.run(model.complete(request(1, context="the plan")))
        asyncio.run(model.complete(request(1, context="another plan")))
    assert len(server.bodies) == 1


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_a_budget_of_calls_is_used_up_to_the_last_and_never_passed(
    server: Server, tmp_path: Path, limit: int
) -> None:
    path = tmp_path / "journal.sqlite"
    with pytest.raises(BudgetError, match=f"budget of {limit} calls"):
        ask(provider(server, path, Budget(calls=limit)), list(range(20)))
    assert len(server.bodies) == Journal(path).spent("run 1").calls == limit


def test_the_next_period_goes_on_where_the_budget_stopped(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    for number, expected in enumerate((8, 16)):
        with pytest.raises(BudgetError):
            ask(
                provider(server, path, Budget(calls=8)), list(range(20)), Charge(f"run {number}", "dialogues")
            )
        assert len(server.bodies) == expected
    ask(provider(server, path, Budget(calls=8)), list(range(20)), Charge("run 2", "dialogues"))
    assert len(server.bodies) == 20


def test_a_budget_of_tokens_ends_within_one_calls_worth(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    worth = PROMPT_SAFETY * prompt_tokens_of(request_body(request(1), server.endpoint)) + 20
    with pytest.raises(BudgetError, match="tokens"):
        ask(provider(server, path, Budget(tokens=500)), list(range(200)))
    assert 500 - worth < Journal(path).spent("run 1").tokens <= 500


def test_a_budget_in_usd_ends_within_one_calls_worth(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    prompt_tokens = PROMPT_SAFETY * prompt_tokens_of(request_body(request(1), server.endpoint))
    worth = server.endpoint.usd(prompt_tokens, 20)
    with pytest.raises(BudgetError, match="USD"):
        ask(provider(server, path, Budget(usd=0.001)), list(range(200)))
    assert 0.001 - worth < Journal(path).spent("run 1").usd <= 0.001


def test_an_asker_that_is_cancelled_loses_no_reply(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    chat = provider(server, path)
    server.may_answer.clear()

    async def give_up() -> None:
        with chat.charged_to(CHARGE) as model:
            asking = asyncio.create_task(model.complete(request(1)))
            while not server.bodies:
                await asyncio.sleep(0.01)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(give_up())
    server.may_answer.set()
    assert ask(chat, [1]) == ["reply 1"]
    assert Journal(path).spent("run 1").calls == len(server.bodies) == 1


def test_equal_requests_at_once_are_one_call(server: Server, tmp_path: Path) -> None:
    assert set(ask(provider(server, tmp_path / "journal.sqlite"), [1] * 8)) == {"reply 1"}
    assert len(server.bodies) == 1


def test_replies_of_a_partition_that_was_made_are_pinned_and_others_are_pruned(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    ask(provider(server, path), [1, 2])
    ask(provider(server, path), [2, 3], Charge("run 2", "dialogues", "sim-0000"))
    assert Journal(path).prune(0).n_replies == 0
    ask(provider(server, path), [3, 4], Charge("run 3", "dialogues", "sim-0000"))
    assert Journal(path).prune(0).n_replies == 1
    ask(provider(server, path), [2, 3, 4], Charge("run 4", "dialogues", "sim-0000"))
    assert len(server.bodies) == 4


def test_what_is_added_to_rows_made_before_leaves_their_replies_pinned(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    ask(provider(server, path), [1, 2], Charge("run 1", "specs"))
    for number in (2, 3):
        ask(provider(server, path), [number + 1], Charge(f"run {number}", "specs", is_added=True))
    assert Journal(path).prune(0).n_replies == 0
    for number in (4, 5):
        ask(provider(server, path), [number + 1], Charge(f"run {number}", "specs"))
    assert Journal(path).prune(0).n_replies == 4


def test_a_refusal_is_the_endpoints_until_it_has_answered_something_in_this_run_and_then_the_requests(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.refuses = True
    with pytest.raises(EndpointError, match="answered nothing else in this run, so a setting may be wrong"):
        ask(provider(server, path), [1])
    server.refuses = False
    ask(provider(server, path), [2])
    server.refuses = True
    with pytest.raises(ChatError, match="refuses this request"):
        ask(provider(server, path), [1])
    with pytest.raises(EndpointError, match="answered nothing else in this run"):
        ask(provider(server, path), [3], Charge("run 2", "dialogues"))
    with pytest.raises(ChatError, match="refuses this request"):
        ask(provider(server, path), [3], Charge("run 3", "dialogues"))
    assert Journal(path).spent("run 1").calls == 1


def complete(chat: RoutedChat, seed: int = 1, charge: Charge = CHARGE) -> ChatReply:
    with chat.charged_to(charge) as model:
        return asyncio.run(model.complete(request(seed)))


def test_a_reply_that_is_cut_off_is_asked_for_once_more_with_four_times_the_room(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.whole_from = 80
    reply = complete(provider(server, path))
    assert (reply.content, reply.problem) == ("reply 2", None)
    first, second = server.bodies
    assert (first.pop("max_tokens"), second.pop("max_tokens")) == (20, 80)
    assert first == second
    assert complete(provider(server, path)).content == "reply 2"
    assert len(server.bodies) == Journal(path).spent("run 1").calls == 2


def test_a_reply_that_is_cut_off_with_more_room_too_has_that_problem_and_is_asked_for_no_third_time(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.whole_from = 81
    for _ in range(2):
        reply = complete(provider(server, path))
        assert (reply.content, reply.problem) == ("reply 2", ReplyProblem.CUT_OFF)
    assert len(server.bodies) == 2


def test_where_so_much_room_is_refused_the_first_reply_is_left_in_this_run_and_in_the_next(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.whole_from = server.refused_from = 80
    for period in ("run 1", "run 1", "run 2", "run 3"):
        reply = complete(provider(server, path), charge=Charge(period, "dialogues", "sim-0000"))
        assert (reply.content, reply.problem) == ("reply 1", ReplyProblem.CUT_OFF)
    assert [_room_of(body) for body in server.bodies].count(20) == 1
    assert sum(usage.n_calls for usage in Journal(path).usage()) == 1


def test_a_budget_that_ends_before_more_room_is_paid_stops_the_step_and_the_next_period_goes_on(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.whole_from = 80
    chat = provider(server, path, Budget(calls=1))
    with pytest.raises(BudgetError):
        complete(chat)
    assert complete(provider(server, path), charge=Charge("run 2", "dialogues")).content == "reply 2"


def test_what_is_given_up_is_asked_anew_once_it_is_forgotten_and_the_rest_is_not(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    chat = provider(server, path)
    ask(chat, [1])
    ask(chat, [2])
    with chat.charged_to(CHARGE) as model:
        model.give_up([request(1)])
    assert ask(provider(server, path), [1, 2]) == ["reply 1", "reply 2"]
    assert Journal(path).forget_given_up() == 1
    assert ask(provider(server, path), [2, 1]) == ["reply 2", "reply 3"]
    assert Journal(path).forget_given_up() == 0


def test_a_reply_that_was_cut_off_is_forgotten_with_the_one_that_had_more_room(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.whole_from = 81
    chat = provider(server, path)
    complete(chat)
    with chat.charged_to(CHARGE) as model:
        model.give_up([request(1)])
    assert Journal(path).forget_given_up() == 2
    server.whole_from = 0
    assert complete(provider(server, path)).content == "reply 3"


def test_a_role_that_is_never_of_use_stops_after_six_replies_whatever_they_are_charged_to(
    server: Server, tmp_path: Path
) -> None:
    chat = provider(server, tmp_path / "journal.sqlite")

    def ask_in_vain(seed: int) -> None:
        with chat.charged_to(Charge("run 1", "dialogues", f"sim-{seed}", is_added=True)) as model:
            reply = asyncio.run(model.complete(request(seed)))
            model.rate(request(seed), reply, "no number")

    for seed in range(6):
        ask_in_vain(seed)
    with pytest.raises(UselessRoleError, match=r"the role user_agent cannot use(.|\n)*It said: reply 6"):
        ask_in_vain(6)
    assert len(server.bodies) == 6
    assert (
        Journal(tmp_path / "journal.sqlite").forget_given_up() == 6
    )  # else they would stop the next run, too


def test_what_stopped_no_run_is_not_given_up_whatever_was_wrong_with_it(
    server: Server, tmp_path: Path
) -> None:
    with provider(server, tmp_path / "journal.sqlite").charged_to(CHARGE) as model:
        for seed, fault in enumerate(["no number"] * 5 + [""]):
            model.rate(request(seed), asyncio.run(model.complete(request(seed))), fault)
    assert Journal(tmp_path / "journal.sqlite").forget_given_up() == 0


def test_what_is_said_of_a_role_goes_to_the_model_that_plays_it(server: Server, tmp_path: Path) -> None:
    embedded = ScriptedChat({})
    chat = RoutedChat(
        embedded,
        {Role("user_agent"): server.endpoint},
        lambda: Journal(tmp_path / "journal.sqlite"),
        Budget(),
        lambda _: {},
    )
    with chat.charged_to(CHARGE) as model:
        model.rate(request(1), ChatReply("a"), "of the endpoint")
        model.rate(request(1, Role("planner")), ChatReply("a"), "of the embedded")
        model.give_up([request(1, Role("planner"))])
    assert embedded.faults == ["of the embedded"]


def test_answers_that_cannot_be_read_are_paid_and_count_against_the_budget(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.choices = []
    with pytest.raises(BudgetError, match="budget of 5 calls"):
        for seed in range(4):
            with contextlib.suppress(ChatError, EndpointError):
                ask(provider(server, path, Budget(calls=5)), [seed])
    assert len(server.bodies) == Journal(path).spent("run 1").calls == 5


def test_a_silence_is_the_endpoints_and_the_requests_own_once_it_lasts_into_a_second_period(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.fails = True
    for _ in range(2):
        with pytest.raises(UnansweredError, match="nothing else was answered meanwhile"):
            ask(provider(server, path, retries=0), [1])
    with pytest.raises(ChatError, match="as in an earlier run"):
        ask(provider(server, path, retries=0), [1], Charge("run 2", "dialogues", "sim-0000"))


def test_once_an_endpoint_answers_nothing_it_is_asked_nothing_more_for_what_is_under_way(
    server: Server, tmp_path: Path
) -> None:
    server.fails = True

    async def ask_at_once() -> list[ChatReply | BaseException]:
        with provider(server, tmp_path / "journal.sqlite", retries=0).charged_to(CHARGE) as model:
            asked = [model.complete(request(seed)) for seed in range(20)]
            return await asyncio.gather(*asked, return_exceptions=True)

    errors = asyncio.run(ask_at_once())
    assert {isinstance(error, UnansweredError) for error in errors} == {True}
    assert 0 < len(server.bodies) < 5 * FIRST_IN_FLIGHT  # with what is sent to learn the form


@pytest.mark.parametrize("in_flight", [1, 2])
def test_an_answer_that_cannot_be_read_does_not_wait_for_budget_of_requests_behind_it(
    server: Server, tmp_path: Path, in_flight: int
) -> None:
    path = tmp_path / "journal.sqlite"
    prompt_tokens = prompt_tokens_of(request_body(request(1), server.endpoint))
    most = PROMPT_SAFETY * prompt_tokens + 20
    # All four fit one after another, whereas four reservations and the unread answers do not.
    budget = Budget(tokens=4 * most)
    server.n_unread = in_flight
    chat = provider(server, path, budget, in_flight=in_flight)

    async def all_of_them() -> list[str | None]:
        with chat.charged_to(CHARGE) as model:
            model.rate(request(0), ChatReply("of use"), "")
            asked = (model.complete(request(seed)) for seed in range(4))
            return [reply.content for reply in await asyncio.wait_for(asyncio.gather(*asked), 20)]

    assert len(set(asyncio.run(all_of_them()))) == 4
    assert len(server.bodies) == 4 + in_flight
    spent = Journal(path).spent("run 1")
    assert (spent.calls, spent.tokens) == (4 + in_flight, 4 * 15 + in_flight * (prompt_tokens + 20))
    assert n_reserved(path) == 0


def test_requests_that_wait_for_their_turn_hold_no_budget(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    chat = provider(server, path, in_flight=2)
    server.may_answer.clear()

    async def all_of_them() -> int:
        with chat.charged_to(CHARGE) as model:
            model.rate(request(0), ChatReply("of use"), "")
            asked = [asyncio.create_task(model.complete(request(seed))) for seed in range(8)]
            await asyncio.to_thread(wait_for_bodies, server, 2)
            await asyncio.sleep(0.2)
            held = n_reserved(path)
            server.may_answer.set()
            await asyncio.gather(*asked)
            return held

    assert asyncio.run(all_of_them()) == 2
    assert n_reserved(path) == 0


def test_an_answer_that_comes_while_another_process_holds_the_journal_is_not_asked_for_again(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    chat = provider(server, path, timeout_seconds=2)
    server.may_answer.clear()

    async def both() -> list[str | None]:
        with chat.charged_to(CHARGE) as model:
            first = asyncio.create_task(model.complete(request(1)))
            await asyncio.to_thread(wait_for_bodies, server, 1)
            with locked(path):
                second = asyncio.create_task(model.complete(request(2)))
                await asyncio.sleep(0.3)
                server.may_answer.set()
                await asyncio.sleep(2.5)
            return [(await asked).content for asked in (first, second)]

    assert asyncio.run(both()) == ["reply 1", "reply 2"]
    assert len(server.bodies) == Journal(path).spent("run 1").calls == 2


def test_an_asker_that_is_cancelled_while_its_reply_is_stored_loses_nothing(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    chat = provider(server, path)
    server.may_answer.clear()

    async def give_up() -> None:
        with chat.charged_to(CHARGE) as model:
            asking = asyncio.create_task(model.complete(request(1)))
            await asyncio.to_thread(wait_for_bodies, server, 1)
            with locked(path):
                server.may_answer.set()
                await asyncio.sleep(0.3)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(give_up())
    assert ask(chat, [1]) == ["reply 1"]
    assert Journal(path).spent("run 1").calls == len(server.bodies) == 1
    assert n_reserved(path) == 0


def test_an_answer_that_could_not_be_stored_is_counted(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*settled: Any) -> bytes:
        raise StoreError("the disk is full")

    path = tmp_path / "journal.sqlite"
    monkeypatch.setattr(Journal, "settle", fail)
    with pytest.raises(StoreError, match="the disk is full"):
        ask(provider(server, path), [1])
    spent = Journal(path).spent("run 1")
    assert (spent.calls, spent.tokens) == (1, 15)
    assert n_reserved(path) == 0


ASK_AND_END = """
import asyncio, sys
from pathlib import Path
from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, ChatMessage, ChatRequest, Role
from toolmind_resources.chat.routed import RoutedChat

async def ask_and_give_up():
    endpoint = Endpoint(name="main", base_url=sys.argv[1], model="m")
    journal = Journal(Path(sys.argv[2]))
    chat = RoutedChat(None, {Role("planner"): endpoint}, lambda: journal, Budget(), lambda asked: {})
    with chat.charged_to(Charge("run 1", "tasks", is_added=True)) as model:
        request = ChatRequest(Role("planner"), (ChatMessage("user", "Plan."),))
        asking = asyncio.create_task(model.complete(request))
        await asyncio.sleep(0)
        print("asked", flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(ask_and_give_up())
print("ends", flush=True)
"""


def test_a_process_that_ends_stores_what_had_come_though_it_has_to_wait_for_the_journal(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "journal.sqlite"
    server.may_answer.clear()
    with subprocess.Popen(
        [sys.executable, "-c", ASK_AND_END, server.endpoint.base_url, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "asked\n"
        wait_for_bodies(server, 1)
        with locked(path):
            assert process.stdin is not None
            process.stdin.write("go on\n")
            process.stdin.flush()
            assert process.stdout.readline() == "ends\n"
            time.sleep(0.5)  # by now threads of executors take nothing more
            server.may_answer.set()
            time.sleep(0.5)
            assert process.poll() is None
        assert process.wait(20) == 0
    assert Journal(path).spent("run 1").calls == len(server.bodies) == 1
    assert n_reserved(path) == 0
