"""What readers said of a sheet of plans: means and zeros with their intervals, and how far two readers agree."""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from link_readings import Z, agreement_of, share_of

SCORES = {"0": 0, "1": 1, "2": 2}
"""2: one person could want just this; 1: contrived but possible; 0: nobody wants it, or it cannot be said."""
LONG_CALLS = 6
"""Planned calls from which on a plan is counted as a long one."""
KEPT_COLUMNS: tuple[str, ...] = ("id", "scenario", "calls", "namespaces", "functions", "score", "reason")
"""Columns of a sheet that is kept with the project."""


def read_scores(path: Path) -> dict[str, int]:
    """Id of a plan -> its score.

    Raises:
        ValueError: a score is none of 0, 1 and 2, or a plan stands twice.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = [(row["id"], row["score"].strip()) for row in csv.DictReader(file)]
    unknown = [(row_id, score) for row_id, score in rows if score not in SCORES]
    if unknown or len(dict(rows)) < len(rows):
        raise ValueError(f"{path}: scores are 0, 1 or 2, one for each id; first wrong {unknown[:1]}")
    return {row_id: SCORES[score] for row_id, score in rows}


def mean_of(scores: Sequence[int]) -> dict[str, float]:
    """Number of scores, their mean, and its 95% interval by the normal approximation, within 0 to 2.

    One score alone, and scores that are all the same, say nothing of the spread: their interval is the mean itself.
    """
    middle = mean(scores)
    half = Z * stdev(scores) / math.sqrt(len(scores)) if len(scores) > 1 else 0.0
    low, high = max(0.0, middle - half), min(2.0, middle + half)
    return {"n": len(scores), "mean": round(middle, 3), "low": round(low, 3), "high": round(high, 3)}


def count_scores(
    first: Mapping[str, int], second: Mapping[str, int], keys: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Mean score and share of zeros of all plans, of short and long ones, and by scenario; and the agreement.

    Args:
        first: Scores of the reader who counts; those of plans without a key are left out, which
            are known answers mixed in to check the readers.
        second: Scores of the other reader; may be of fewer plans.
        keys: Id of a plan -> its row of the key file.
    """
    counted = {row_id: score for row_id, score in first.items() if row_id in keys}
    groups: dict[str, list[int]] = {"all": list(counted.values())}
    for row_id, score in counted.items():
        key = keys[row_id]
        for group in (length_group(key["calls"]), key["scenario"]):
            groups.setdefault(group, []).append(score)
    return {
        "without_key": len(first) - len(counted),
        "groups": {
            name: {"score": mean_of(scores), "zeros": share_of([score == 0 for score in scores])}
            for name, scores in groups.items()
            if scores
        },
        "agreement": agreement_of(counted, second),
    }


def length_group(n_calls: int) -> str:
    """Under which length a plan is counted."""
    return f"{LONG_CALLS}+ calls" if n_calls >= LONG_CALLS else f"2 to {LONG_CALLS - 1} calls"


def kept_plans(sheets: Sequence[Path], keys: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Plans with their scores and reasons, in the order of the sheets.

    Raises:
        KeyError: a plan is in no key file.
    """
    rows: list[dict[str, Any]] = []
    for sheet in sheets:
        with sheet.open(newline="", encoding="utf-8") as file:
            for answered in csv.DictReader(file):
                key = keys[answered["id"]]
                joined = {name: " ".join(key[name]) for name in ("namespaces", "functions")}
                known = {**key, **joined, **answered}
                rows.append({column: known[column] for column in KEPT_COLUMNS})
    return rows
