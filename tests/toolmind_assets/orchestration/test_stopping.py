"""The work of a process, and the thread that takes signals meanwhile."""

import os
import signal
import threading
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from toolmind_assets.errors import Interrupted
from toolmind_assets.orchestration.materialise import Order, _Run
from toolmind_assets.orchestration.stopping import Stopping, _End, signals_held
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.errors import StoppedError

NO_JOURNAL = Path("nowhere")


def test_work_comes_to_its_value_and_is_looked_at_meanwhile():
    has_looked = threading.Event()

    def work() -> int:
        assert has_looked.wait(30)
        return 7

    assert Stopping().run(work, NO_JOURNAL, has_looked.set) == 7


def test_what_work_raises_is_raised_as_it_is():
    with pytest.raises(ZeroDivisionError):
        Stopping().run(lambda: 1 // 0, NO_JOURNAL)


def test_a_signal_before_any_work_ends_the_command_at_once():
    with pytest.raises(Interrupted) as raised, Stopping().listening(signal.SIGTERM):
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    assert raised.value.number == signal.SIGTERM


def test_a_process_that_is_led_begins_nothing_after_a_signal():
    stopping = Stopping(is_led=True)
    with stopping.listening(signal.SIGTERM):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Interrupted):
            stopping.run(lambda: 7, NO_JOURNAL)


def test_a_signal_that_the_process_was_started_to_ignore_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Stopping().listening(signal.SIGHUP):
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with Stopping().listening(signal.SIGTERM):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_signals_are_held_back_only_inside():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with signals_held():
        assert {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} <= signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_a_process_that_was_being_started_when_the_signal_came_is_told_of_it_too(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(BACKGROUND, "is_ending", False)  # put back afterwards
    end = _End(NO_JOURNAL)
    end.begin()
    late = get_context("spawn").Process(target=time.sleep, args=(600,))
    late.start()
    try:
        assert not end.is_over()
        late.join(30)
        assert late.exitcode == -signal.SIGTERM
    finally:
        late.kill()


def test_shards_that_a_stop_leaves_unmade_are_told_as_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(BACKGROUND, "is_ending", True)
    settings = Settings(ToolMindConfig(), tmp_path, tmp_path)
    order = Order(settings, 1, ("sim-0000",), "p", lambda *_: None)
    run = _Run(order, launcher=None, store=DeltaStore(settings.tables))  # pyright: ignore[reportArgumentType]
    with pytest.raises(StoppedError):
        run.make_shards()
