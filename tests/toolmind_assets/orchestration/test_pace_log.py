"""Lines of a step's log that tell how its calls are getting on."""

import threading

import pytest

from toolmind_assets.orchestration.pace_log import logged_pace
from toolmind_assets.reports.pace import Pace


class Watch:
    """Sees one dialogue more at each look, until there are as many as there will be."""

    def __init__(self, n_max: int) -> None:
        self.n_dialogues, self._n_max = 0, n_max

    def look(self) -> Pace:
        self.n_dialogues = min(self._n_max, self.n_dialogues + 1)
        return Pace(n_dialogues=self.n_dialogues)


def test_a_line_is_logged_at_each_look_that_sees_something_new():
    said: list[str] = []
    is_said = threading.Event()

    def log(words: str) -> None:
        said.append(words)
        if len(said) == 2:
            is_said.set()

    with logged_pace(Watch(2), log, seconds=0.001):  # pyright: ignore[reportArgumentType]
        assert is_said.wait(30)
    assert said == ["1 dialogues, 0 samples", "2 dialogues, 0 samples"]


def test_one_line_is_logged_at_the_end_also_where_the_block_fails():
    said: list[str] = []
    with pytest.raises(ZeroDivisionError), logged_pace(Watch(9), said.append, seconds=60):  # pyright: ignore[reportArgumentType]
        raise ZeroDivisionError
    assert said == ["1 dialogues, 0 samples"]
