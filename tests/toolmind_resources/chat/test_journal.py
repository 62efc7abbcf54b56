import itertools
import multiprocessing as mp
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.budget import Budget, Cost, missing_budget
from toolmind_resources.chat.journal import Journal, Progress
from toolmind_resources.chat.journal_file import JOURNAL
from toolmind_resources.chat.model import Charge, Role
from toolmind_resources.chat.readings import Reading
from toolmind_resources.chat.reservations import Reservation, Shortage
from toolmind_resources.chat.role_usage import RoleUsage
from toolmind_resources.chat.usage import Average, PaidCall, Usage
from toolmind_resources.errors import StoreError

PROCESSES = mp.get_context("forkserver")
"""Processes of their own that share nothing with this one, without the price of their imports."""
PROCESSES.set_forkserver_preload(["hypothesis", "pytest", "toolmind_resources.chat.journal"])
CHARGE = Charge("run 1", "dialogues", "sim-0000")
CALL = PaidCall(Role("user_agent"), "m", prompt_tokens=7, completion_tokens=3, usd=0.5)
WHOSE = ("dialogues", "sim-0000", "user_agent", "m")
ONE = Cost(1, 20, 1.0)
FREE = Budget()
DAY = 86_400.0


class Clock:
    """Days that pass when a test says so."""

    def __init__(self) -> None:
        self.days = 0.0

    def __call__(self) -> float:
        return self.days * DAY


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(tmp_path: Path, clock: Clock) -> Iterator[Journal]:
    with closing(Journal(tmp_path / "chat" / "journal.sqlite", clock)) as journal:
        yield journal


def reserve(
    journal: Journal, charge: Charge = CHARGE, cost: Cost = ONE, budget: Budget = FREE
) -> Reservation:
    answer = journal.reserve(charge, cost, budget)
    assert isinstance(answer, Reservation), answer
    return answer


def shortage(journal: Journal, budget: Budget, cost: Cost = ONE) -> Shortage:
    answer = journal.reserve(CHARGE, cost, budget)
    assert isinstance(answer, Shortage), answer
    return answer


def store(journal: Journal, key: str, charge: Charge = CHARGE) -> None:
    journal.settle(reserve(journal, charge), key, f"reply {key}".encode(), CALL)


def build(journal: Journal, period: str, keys: str) -> Charge:
    """A build of one partition that uses the replies of these keys, asked where there are none."""
    charge = Charge(period, "dialogues", "sim-0000")
    for key in keys:
        if journal.find(key, charge) is None:
            store(journal, key, charge)
    return charge


def kept(journal: Journal, keys: str) -> str:
    return "".join(key for key in keys if journal.peek(key) is not None)


# Replies


def test_a_reply_is_found_as_it_was_stored(journal: Journal) -> None:
    raw = bytes(range(256)) * 50
    assert journal.find("key", CHARGE) is None
    assert journal.settle(reserve(journal), "key", raw, CALL) == raw
    assert journal.find("key", CHARGE) == journal.find("key", Charge("run 2", "tasks")) == raw
    assert journal.peek("key") == raw
    assert journal.peek("another") is None


def test_a_reply_outlives_the_process_that_stored_it(journal: Journal, tmp_path: Path) -> None:
    store(journal, "key")
    with closing(Journal(tmp_path / "chat" / "journal.sqlite")) as later:
        assert later.find("key", CHARGE) == b"reply key"


def test_of_two_replies_under_one_key_the_first_counts_and_both_were_paid(journal: Journal) -> None:
    first, second = reserve(journal), reserve(journal)
    assert journal.settle(first, "key", b"first", CALL) == b"first"
    assert journal.settle(second, "key", b"second", CALL) == b"first"
    assert journal.spent("run 1") == Cost(2, 20, 1.0)


def test_a_damaged_reply_is_told(journal: Journal, tmp_path: Path) -> None:
    store(journal, "key")
    with closing(sqlite3.connect(tmp_path / "chat" / "journal.sqlite")) as connection, connection:
        connection.execute("UPDATE replies SET raw = x'00'")
    with pytest.raises(StoreError, match=r"journal\.sqlite is damaged"):
        journal.find("key", CHARGE)


# The budget


def test_calls_under_way_take_their_part_of_the_budget(journal: Journal) -> None:
    budget = Budget(tokens=50)
    first, _ = reserve(journal, budget=budget), reserve(journal, budget=budget)
    assert shortage(journal, budget) == Shortage(
        "the budget of 50 tokens is used up: 40 spent, 20 more asked", may_fit_later=True
    )
    journal.settle(first, "key", b"raw", CALL)
    reserve(journal, budget=budget)
    assert journal.spent("run 1") == Cost(1, 10, 0.5)


def test_what_cannot_fit_any_more_is_told(journal: Journal) -> None:
    store(journal, "key")
    reserve(journal)
    assert shortage(journal, Budget(calls=1)) == Shortage(
        "the budget of 1 calls is used up: 1 spent, 1 more asked", may_fit_later=False
    )


def test_what_was_released_can_be_reserved_again(journal: Journal) -> None:
    budget = Budget(calls=1)
    for _ in range(3):
        journal.release(reserve(journal, budget=budget))
    assert journal.spent("run 1") == Cost()
    assert journal.usage() == []


def test_each_period_has_the_whole_budget(journal: Journal) -> None:
    for period in ("run 1", "run 2"):
        reserve(journal, Charge(period, "tasks"), budget=Budget(calls=1))


@pytest.mark.parametrize("end", [lambda j, r: j.release(r), lambda j, r: j.settle(r, "key", b"raw", CALL)])
def test_a_reservation_ends_once(journal: Journal, end: Callable[[Journal, Reservation], object]) -> None:
    reservation = reserve(journal)
    end(journal, reservation)
    spent = journal.spent("run 1")
    with pytest.raises(StoreError, match="settled or released before"):
        journal.settle(reservation, "another key", b"raw", CALL)
    assert (journal.spent("run 1"), journal.peek("another key")) == (spent, None)


steps = st.tuples(st.sampled_from(["reserve", "settle", "release"]), st.integers(0, 9), st.integers(0, 30))


@pytest.fixture(scope="module")
def lasting_journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    with closing(Journal(tmp_path_factory.mktemp("journal") / "journal.sqlite")) as journal:
        yield journal


periods = itertools.count()


@given(st.lists(steps, max_size=40), st.integers(0, 5), st.integers(0, 100), st.integers(0, 30))
def test_whatever_the_order_the_budget_is_never_passed(
    lasting_journal: Journal, sequence: list[tuple[str, int, int]], calls: int, tokens: int, tenths: int
) -> None:
    journal = lasting_journal
    charge = Charge(f"period {next(periods)}", "dialogues")
    budget = Budget(calls=calls, tokens=tokens, usd=tenths / 10)
    under_way: list[Reservation] = []
    spent = Cost()
    for action, which, size in sequence:
        if action == "reserve":
            cost = Cost(1, size, size / 10)
            answer = journal.reserve(charge, cost, budget)
            held = sum((one.cost for one in under_way), spent)
            assert isinstance(answer, Reservation) == (missing_budget(budget, held, cost) is None)
            if isinstance(answer, Reservation):
                under_way.append(answer)
            else:
                assert answer.may_fit_later == (missing_budget(budget, spent, cost) is None)
        elif under_way:
            reservation = under_way.pop(which % len(under_way))
            used = min(size, reservation.cost.tokens)
            if action == "settle":
                call = PaidCall(Role("planner"), "m", used, 0, used / 10)
                journal.settle(reservation, str(which), b"raw", call)
                spent += call.cost
            else:
                journal.release(reservation)
        found = journal.spent(charge.period)
        assert (found.calls, found.tokens, found.usd) == (
            spent.calls,
            spent.tokens,
            pytest.approx(spent.usd),
        )
        assert missing_budget(budget, found, Cost()) is None


# Pins


def test_prune_deletes_what_is_old_and_unpinned_and_says_how_much(journal: Journal, clock: Clock) -> None:
    store(journal, "a")
    clock.days = 10
    store(journal, "b", Charge("run 1", "tasks", "sim-0001"))
    journal.unpin("dialogues", "sim-0000")
    journal.unpin("tasks", "sim-0001")
    assert journal.prune(11).n_replies == 0
    pruned = journal.prune(5)
    assert (pruned.n_replies, pruned.n_bytes > 0) == (1, True)
    assert kept(journal, "ab") == "b"
    assert journal.spent("run 1").calls == sum(usage.n_calls for usage in journal.usage()) == 2


def test_prune_never_deletes_what_any_partition_rests_on(journal: Journal) -> None:
    build(journal, "run 1", "ab")
    journal.find("b", Charge("run 1", "dialogues", "sim-0001"))
    journal.unpin("dialogues", "sim-0000")
    journal.prune(-1)
    assert kept(journal, "ab") == "b"


def test_prune_gives_room_back_to_the_disk(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "chat" / "journal.sqlite"
    for number in range(20):
        journal.settle(reserve(journal), str(number), os.urandom(20_000), CALL)
    journal.unpin("dialogues", "sim-0000")
    assert journal.prune(-1).n_bytes > 400_000
    assert path.stat().st_size < 100_000
    assert path.with_name("journal.sqlite-wal").stat().st_size == 0


def test_what_a_build_before_the_last_used_goes_free(journal: Journal, clock: Clock) -> None:
    for number, keys in enumerate(("ab", "bc", "cd")):
        clock.days = number
        journal.keep_only(build(journal, f"run {number}", keys))
    journal.prune(-1)
    assert kept(journal, "abcd") == "bcd"


def test_a_build_that_is_broken_off_takes_no_pin_from_rows_that_stand(journal: Journal) -> None:
    journal.keep_only(build(journal, "run 1", "ab"))
    build(journal, "run 2", "bc")
    journal.prune(-1)
    assert kept(journal, "abc") == "abc"


def test_what_only_a_broken_off_build_used_goes_free_with_the_next_whole_one(journal: Journal) -> None:
    journal.keep_only(build(journal, "run 1", "ab"))
    build(journal, "run 2", "bx")
    journal.keep_only(build(journal, "run 3", "bc"))
    journal.prune(-1)
    assert kept(journal, "abcx") == "abc"


def test_a_broken_off_build_that_was_the_first_keeps_nothing_after_a_whole_one(journal: Journal) -> None:
    build(journal, "run 1", "ax")
    journal.keep_only(build(journal, "run 2", "ab"))
    journal.prune(-1)
    assert kept(journal, "abx") == "ab"


def test_builds_whose_rows_never_reach_the_table_leave_the_pins_of_those_that_stand(
    journal: Journal, clock: Clock
) -> None:
    """Rows are written after their build is complete: `a` is what the table rests on all the time."""
    journal.keep_only(build(journal, "run 1", "ab"))
    for number in (2, 3, 4):
        clock.days = number
        journal.keep_only(build(journal, f"run {number}", "bc"))
    journal.prune(-1)
    assert kept(journal, "abc") == "abc"


def test_a_build_made_twice_in_one_period_is_one_build(journal: Journal) -> None:
    journal.keep_only(build(journal, "run 1", "ab"))
    for _ in range(2):
        journal.keep_only(build(journal, "run 2", "bc"))
    journal.prune(-1)
    assert kept(journal, "abc") == "abc"


def test_replies_that_were_given_up_are_found_until_they_are_forgotten(journal: Journal) -> None:
    build(journal, "run 1", "abc")
    journal.give_up(["a", "b", "never asked"])
    assert kept(journal, "abc") == "abc"
    assert journal.forget_given_up() == 2
    assert kept(journal, "abc") == "c"
    assert journal.forget_given_up() == 0


def test_what_was_given_up_again_and_again_is_forgotten_once(journal: Journal) -> None:
    store(journal, "a")
    for _ in range(3):
        journal.give_up(["a", "a"])
    assert journal.forget_given_up() == 1


def test_a_reply_that_came_after_its_like_was_forgotten_stays(journal: Journal) -> None:
    store(journal, "a")
    journal.give_up(["a"])
    journal.forget_given_up()
    journal.settle(reserve(journal), "a", b"anew", CALL)
    assert journal.forget_given_up() == 0
    assert journal.find("a", CHARGE) == b"anew"


def test_what_is_forgotten_is_pinned_by_nothing_and_was_paid_all_the_same(
    journal: Journal, tmp_path: Path
) -> None:
    build(journal, "run 1", "ab")
    journal.give_up(["a"])
    journal.forget_given_up()
    with closing(sqlite3.connect(tmp_path / "chat" / "journal.sqlite")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM pins").fetchone() == (1,)
    assert sum(usage.n_calls for usage in journal.usage()) == journal.spent("run 1").calls == 2


def test_nothing_given_up_is_nothing_forgotten(journal: Journal) -> None:
    store(journal, "a")
    journal.give_up([])
    assert journal.forget_given_up() == 0
    assert kept(journal, "a") == "a"


def test_a_look_at_a_reply_pins_nothing(journal: Journal) -> None:
    store(journal, "a")
    journal.unpin("dialogues", "sim-0000")
    assert journal.peek("a") == b"reply a"
    assert journal.prune(-1).n_replies == 1


# What calls cost


def test_usage_is_summed_by_whom_calls_are_charged_to(journal: Journal, clock: Clock) -> None:
    judge = PaidCall(Role("turn_judge"), "n", 100, 1, 0.25, seconds=2.0, n_attempts=3)
    for day, (period, call) in enumerate(
        [("run 1", CALL), ("run 1", CALL), ("run 2", CALL), ("run 1", judge)]
    ):
        clock.days = day
        charge = Charge(period, "dialogues", "sim-0000")
        journal.settle(reserve(journal, charge), str(day), b"raw", call)
    whose = ("dialogues", "sim-0000", "user_agent", "m")
    first = Usage("run 1", *whose, 2, 14, 6, 1.0, 0.0, DAY)
    judged = Usage("run 1", "dialogues", "sim-0000", "turn_judge", "n", 1, 100, 1, 0.25, 3 * DAY, 3 * DAY)
    assert journal.usage("run 1") == [first, judged]
    assert journal.usage() == [first, Usage("run 2", *whose, 1, 7, 3, 0.5, 2 * DAY, 2 * DAY), judged]
    assert journal.usage("run 3") == []


def test_averages_are_those_of_each_role_and_model(journal: Journal) -> None:
    for number, tokens in enumerate((10, 20)):
        call = PaidCall(Role("planner"), "m", tokens, 2 * tokens)
        journal.settle(reserve(journal), str(number), b"raw", call)
    store(journal, "another")
    averages = journal.averages()
    assert averages == {
        (Role("planner"), "m"): Average(2, 15, 30),
        (Role("user_agent"), "m"): Average(1, 7, 3),
    }
    assert averages["planner", "m"].n_calls == 2


# The file


def test_replies_are_for_their_owners_eyes_only(journal: Journal, tmp_path: Path) -> None:
    store(journal, "key")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "chat").iterdir()}
    assert modes == dict.fromkeys(("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"), 0o600)
    assert stat.S_IMODE((tmp_path / "chat").stat().st_mode) == 0o700


def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    text, database, empty = tmp_path / "text", tmp_path / "database", tmp_path / "empty"
    text.write_text("a shopping list, and then some more text. " * 50)
    empty.touch()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    for path, message in (
        (text, "damaged or another kind of file"),
        (database, "no journal"),
        (empty, "no journal"),
    ):
        before = path.read_bytes()
        with pytest.raises(StoreError, match=f"{path.name}.* {message}"):
            Journal(path)
        assert path.read_bytes() == before


def test_a_journal_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    Journal(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(
        StoreError, match=rf"journal\.sqlite has version 99, this ToolMind knows {JOURNAL.version}"
    ):
        Journal(path)


def test_a_journal_that_another_holds_locked_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with closing(Journal(path, wait_seconds=0.05)) as journal, closing(sqlite3.connect(path)) as other:
        reservation = reserve(journal)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            StoreError, match=r"journal\.sqlite was locked by another process for 0\.05 seconds"
        ):
            journal.settle(reservation, "key", b"raw", CALL)
        other.rollback()
        assert journal.settle(reservation, "key", b"raw", CALL) == b"raw"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot make the journal"):
        Journal(tmp_path / "file" / "journal.sqlite")


def test_a_log_that_was_left_alone_is_no_part_of_another_journal(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite-wal").write_bytes(b"pages of a journal that is gone")
    with pytest.raises(StoreError, match=r"journal\.sqlite-wal is not"):
        Journal(tmp_path / "journal.sqlite")


# Many at once


def store_many(path: Path, writer: int, n_replies: int, barrier: Barrier) -> None:
    barrier.wait(60)
    charge = Charge("run 1", "dialogues", f"sim-{writer:04}")
    with closing(Journal(path)) as journal:
        for number in range(n_replies):
            key = f"{writer}-{number}"
            journal.settle(reserve(journal, charge), key, key.encode() * 100, CALL)
            # A key that all writers race for: the first reply counts.
            shared = f"shared-{number}"
            if journal.find(shared, charge) is None and writer < 2:
                journal.settle(reserve(journal, charge), shared, b"%d" % writer, CALL)


def spend_all(path: Path, writer: int, budget: Budget, barrier: Barrier) -> None:
    with closing(Journal(path)) as journal:
        barrier.wait(60)
        number = 0
        while True:
            answer = journal.reserve(CHARGE, ONE, budget)
            if isinstance(answer, Reservation):
                number += 1
                # Every third call gets no reply.
                if number % 3:
                    journal.settle(answer, f"{writer}-{number}", b"raw", CALL)
                else:
                    journal.release(answer)
            elif not answer.may_fit_later:
                return


def run_at_once(target: Callable[..., None], n_processes: int, path: Path, argument: object) -> None:
    barrier = PROCESSES.Barrier(n_processes)
    running = [
        PROCESSES.Process(target=target, args=(path, writer, argument, barrier))
        for writer in range(n_processes)
    ]
    for one in running:
        one.start()
    for one in running:
        one.join(120)
    assert [one.exitcode for one in running] == [0] * n_processes


def test_sixteen_processes_lose_and_double_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    run_at_once(store_many, 16, path, 125)
    with closing(Journal(path)) as journal:
        for writer in range(16):
            for number in range(125):
                key = f"{writer}-{number}"
                assert journal.peek(key) == key.encode() * 100
        assert all(journal.peek(f"shared-{number}") in (b"0", b"1") for number in range(125))
        usage = journal.usage("run 1")
        n_calls = sum(one.n_calls for one in usage)
        assert 2_000 + 125 <= n_calls <= 2_000 + 250
        assert [one.n_calls for one in sorted(usage, key=lambda one: one.partition)][2:] == [125] * 14
        assert journal.spent("run 1") == Cost(n_calls, 10 * n_calls, 0.5 * n_calls)
        assert journal.prune(-1).n_replies == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT COUNT(*) FROM replies").fetchone() == (2_000 + 125,)
        assert connection.execute("SELECT COUNT(*) FROM reservations").fetchone() == (0,)


def test_eight_processes_use_a_budget_up_and_never_pass_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    run_at_once(spend_all, 8, path, Budget(calls=100))
    with closing(Journal(path)) as journal:
        assert journal.spent("run 1").calls == sum(one.n_calls for one in journal.usage()) == 100


def test_threads_of_one_process_share_a_journal(journal: Journal) -> None:
    def store_some(writer: int) -> None:
        for number in range(25):
            store(journal, f"{writer}-{number}")
            assert journal.find(f"{writer}-{number}", CHARGE) is not None

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(store_some, range(8)))
    assert journal.spent("run 1").calls == 200


def test_all_that_open_a_journal_at_once_open_the_same(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "journal.sqlite"
    barrier = threading.Barrier(8)

    def open_and_store(writer: int) -> Journal:
        barrier.wait(60)
        journal = Journal(path)
        store(journal, str(writer))
        return journal

    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(open_and_store, range(8)))
    assert [kept(journal, "01234567") for journal in opened] == ["01234567"] * 8
    for journal in opened:
        journal.close()
    assert [file.name for file in path.parent.iterdir()] == ["journal.sqlite"]


# Killed


def store_for_ever(path: Path, round_number: int, reports: Connection) -> None:
    journal = Journal(path)
    number = 0
    while True:
        key = f"{round_number}-{number}"
        journal.settle(reserve(journal), key, key.encode() * 200, CALL)
        reports.send(key)
        number += 1


def test_no_reply_is_lost_that_was_reported_before_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    reported: list[str] = []
    for round_number, n_before in enumerate((1, 40, 7, 150)):
        ours, theirs = PROCESSES.Pipe(duplex=False)
        writer = PROCESSES.Process(target=store_for_ever, args=(path, round_number, theirs))
        writer.start()
        theirs.close()
        for _ in range(n_before):
            reported.append(ours.recv())
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        # The pipe's end: what it had reported until it died.
        with pytest.raises(EOFError):
            while True:
                reported.append(ours.recv())
        writer.join(60)
    with closing(Journal(path)) as journal:
        assert [key for key in reported if journal.peek(key) != key.encode() * 200] == []
        # Each kill meets one call at most that was stored and not reported, or reserved and not stored.
        assert len(reported) <= journal.spent("run 1").calls <= len(reported) + 4


RESERVE_AND_WAIT = """
import sys
from pathlib import Path
from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge
Journal(Path(sys.argv[1])).reserve(Charge("run 1", "dialogues"), Cost(3, 60, 3.0), Budget())
print("reserved", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_process_had_reserved_counts_as_spent_and_nobody_waits_for_it(
    journal: Journal, tmp_path: Path
) -> None:
    path = str(tmp_path / "chat" / "journal.sqlite")
    budget = Budget(calls=4)
    with subprocess.Popen(
        [sys.executable, "-c", RESERVE_AND_WAIT, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"reserved\n"
        assert journal.spent("run 1") == Cost()
        assert shortage(journal, budget, Cost(2)).may_fit_later
        other.kill()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # dead, and a zombie as yet
        assert journal.spent("run 1") == Cost(3, 60, 3.0)
    assert journal.spent("run 1") == Cost(3, 60, 3.0)
    assert shortage(journal, budget, Cost(2)) == Shortage(
        "the budget of 4 calls is used up: 3 spent, 2 more asked", may_fit_later=False
    )
    store(journal, "key")
    assert journal.spent("run 1") == Cost(4, 70, 3.5)


def test_another_bearer_of_a_dead_process_id_is_not_taken_for_it(journal: Journal, tmp_path: Path) -> None:
    reserve(journal)
    with closing(sqlite3.connect(tmp_path / "chat" / "journal.sqlite")) as connection, connection:
        connection.execute("UPDATE reservations SET started = started - 3600")
    assert journal.spent("run 1") == ONE


# In groups


def test_what_is_written_in_a_group_is_there_for_others_when_it_ends(
    journal: Journal, tmp_path: Path
) -> None:
    with closing(Journal(tmp_path / "chat" / "journal.sqlite")) as other:
        with journal.grouped():
            store(journal, "a")
            store(journal, "b")
            assert journal.peek("a") == b"reply a"
            assert other.peek("a") is None
        assert [other.peek(key) for key in "ab"] == [b"reply a", b"reply b"]
    assert journal.spent("run 1").calls == 2


def test_a_call_that_raises_in_a_group_leaves_the_others_as_they_are(journal: Journal) -> None:
    reservation = reserve(journal)
    with journal.grouped():
        journal.release(reservation)
        with pytest.raises(StoreError, match="settled or released before"):
            journal.release(reservation)
        store(journal, "a")
    assert journal.peek("a") == b"reply a"


def test_an_exception_that_leaves_a_group_undoes_it_and_the_next_one_begins_anew(journal: Journal) -> None:
    with pytest.raises(KeyError), journal.grouped():
        store(journal, "a")
        raise KeyError
    assert journal.peek("a") is None
    store(journal, "b")
    assert journal.peek("b") == b"reply b"


def test_after_an_error_of_sqlite_nothing_of_a_group_is_kept(journal: Journal, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "chat" / "journal.sqlite")) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON replies WHEN NEW.key = 'b' BEGIN "
            "SELECT RAISE(ABORT, 'no room'); END"
        )
        other.commit()
    with pytest.raises(StoreError, match="no room"), journal.grouped():
        store(journal, "a")
        with pytest.raises(StoreError, match="no room"):
            store(journal, "b")
    assert journal.peek("a") is None
    assert journal.spent("run 1").calls == 0


# What was lost, and how roles were served


def test_what_a_process_waits_for_no_longer_is_told_as_lost_and_counts_as_spent(
    journal: Journal, clock: Clock
) -> None:
    store(journal, "key")
    clock.days = 2
    journal.reserve(CHARGE, ONE, FREE, "user_agent", "m")
    assert journal.usage() == [Usage("run 1", *WHOSE, 1, 7, 3, 0.5, 0.0, 0.0)]
    assert journal.progress("run 1") == Progress(Cost(1, 10, 0.5), 1)
    journal.forsake()
    lost = {"n_lost": 1, "lost_tokens": 20, "lost_usd": 1.0}
    assert journal.usage() == [Usage("run 1", *WHOSE, 1, 7, 3, 0.5, 0.0, 0.0, **lost)]
    assert journal.progress("run 1") == Progress(Cost(2, 30, 1.5), 0)


def test_a_reply_that_comes_though_it_was_waited_for_no_longer_is_kept_and_lost_no_more(
    journal: Journal,
) -> None:
    reservation = reserve(journal)
    journal.forsake()
    assert [one.n_lost for one in journal.usage()] == [1]
    journal.settle(reservation, "key", b"raw", CALL)
    assert [(one.n_calls, one.n_lost) for one in journal.usage()] == [(1, 0)]


def test_how_a_role_was_served_is_told_with_the_times_that_half_95_in_100_and_all_of_its_calls_took(
    journal: Journal,
) -> None:
    for number in range(1, 101):
        call = PaidCall(Role("planner"), "m", 1, 1, seconds=float(number), n_attempts=2 if number == 1 else 1)
        journal.settle(reserve(journal), str(number), b"raw", call)
    for _ in range(2):
        counts = {("planner", "m", Reading.KEPT): 2, ("planner", "m", Reading.MENDED): 1}
        journal.add_readings(CHARGE, counts)
    journal.add_readings(CHARGE, {("user_agent", "m", Reading.UNUSABLE): 1})
    served = {one.role: one for one in journal.role_usage()}
    assert served["planner"] == RoleUsage(
        *("run 1", "planner", "m", 100, 100, 100, 0.0),
        *(50.0, 95.0, 100.0),
        n_retries=1,
        n_kept=4,
        n_mended=2,
    )
    assert served["user_agent"] == RoleUsage("run 1", "user_agent", "m", n_unusable=1)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=30))
def test_as_many_calls_as_are_said_took_no_longer(
    tmp_path_factory: pytest.TempPathFactory, seconds: list[float]
) -> None:
    with closing(Journal(tmp_path_factory.mktemp("journal") / "journal.sqlite")) as journal:
        for number, length in enumerate(seconds):
            call = PaidCall(Role("planner"), "m", 1, 1, seconds=length)
            journal.settle(reserve(journal), str(number), b"raw", call)
        (served,) = journal.role_usage()
    for length, share in ((served.seconds_p50, 0.5), (served.seconds_p95, 0.95), (served.seconds_max, 1.0)):
        assert length in seconds
        assert sum(one <= length for one in seconds) >= share * len(seconds)
        assert sum(one < length for one in seconds) < share * len(seconds)
