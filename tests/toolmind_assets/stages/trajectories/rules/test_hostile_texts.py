"""Rules take time in proportion to what they read, whatever stands in it."""

import json
import time
from typing import Any

import pytest

from toolmind_assets.model.spellings import words_of
from toolmind_assets.stages.trajectories.outcomes import run_rules
from toolmind_assets.stages.trajectories.trajectory import Trajectory

PIECES = {
    "words without a sentence mark": "the order ",
    "courtesies without a sentence mark": "if you ",
    "one long word": "a",
    "spaces": " ",
    "fences": "``` ",
    "a spaced call": '``` {"name"' + " " * 50,
    "accents on nothing": "\u0301\u0323",
    "vowels that fall apart into accents": "\u0f73",
    "dates": "1-",
    "thousands": "1,111",
}
SHORT = 10_000
MOST = 60
"""Times the work on ten times the text: 10 where it grows with the text, 100 where with its square."""


def _seconds(trajectory: Trajectory, rounds: int) -> float:
    def once() -> float:
        began = time.process_time()
        run_rules(trajectory)
        return time.process_time() - began

    return min(once() for _ in range(rounds))


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_ten_times_the_text_is_about_ten_times_the_work(piece: str, make: Any) -> None:
    def hostile(length: int) -> Trajectory:
        text = (piece * length)[:length]
        messages = [
            make.user(text),
            make.call("find_order", "c1", order_id=text + "1"),
            make.result("c1", json.dumps({"error": text + "."})),
            make.says(text + "z"),
        ]
        return make.trajectory(messages)

    assert _seconds(hostile(10 * SHORT), 2) <= MOST * _seconds(hostile(SHORT), 3)


def test_accents_are_removed_across_the_slices_in_which_a_text_is_read() -> None:
    assert words_of("e\u0301" * 150 + " Ünïted") == ["e" * 150, "united"]
