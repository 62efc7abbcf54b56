"""What readers said of a sheet of links: shares with their intervals, and how far two readers agree."""

import csv
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Z = 1.96
"""Of the normal distribution, for intervals that hold in 95 of 100 draws."""
ANSWERS = {"yes": True, "no": False}
_LINK = ("kind", "source_namespace", "source", "output_path", "target_namespace", "target", "input_path")
KEPT_COLUMNS: tuple[str, ...] = ("id", *_LINK, "score", "value", "sense", "reason")
"""Columns of a sheet that is kept with the project."""


def read_answers(path: Path, question: str) -> dict[str, bool]:
    """Id of an item -> what a reader answered; an item whose question did not arise (`-`) counts as no.

    Raises:
        ValueError: an answer is none of `yes`, `no` and `-`, or an item stands twice.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = [(row["id"], row[question].strip()) for row in csv.DictReader(file)]
    unknown = [(row_id, answer) for row_id, answer in rows if answer not in (*ANSWERS, "-")]
    if unknown or len(dict(rows)) < len(rows):
        raise ValueError(f"{path}: answers are yes, no or -, one for each id; first wrong {unknown[:1]}")
    return {row_id: ANSWERS.get(answer, False) for row_id, answer in rows}


def share_of(answers: Sequence[bool]) -> dict[str, float]:
    """Number, those that are yes, their share, and its 95% interval (Wilson 1927)."""
    n, yes = len(answers), sum(answers)
    share, widened = yes / n, 1 + Z**2 / n
    middle = (share + Z**2 / (2 * n)) / widened
    half = Z * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / widened
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return {"n": n, "yes": yes, "share": round(share, 3), "low": round(low, 3), "high": round(high, 3)}


def agreement_of(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, float | None]:
    """Items that both readers judged, the share on which they agree, and Cohen's kappa (1960).

    Answers are of any number of kinds, of which none is nearer to one than to another. kappa is None where nothing was judged by both, or where chance alone would have them agree on all of it.
    """
    both = sorted(first.keys() & second.keys())
    if not both:
        return {"n": 0, "agreed": None, "kappa": None}
    agreed = sum(first[one] == second[one] for one in both) / len(both)
    given = [Counter(answers[one] for one in both) for answers in (first, second)]
    by_chance = sum(n * given[1][answer] for answer, n in given[0].items()) / len(both) ** 2
    kappa = round((agreed - by_chance) / (1 - by_chance), 3) if by_chance < 1 else None
    return {"n": len(both), "agreed": round(agreed, 3), "kappa": kappa}


def count_readings(
    first: Sequence[Path], second: Sequence[Path], groups: Mapping[str, str]
) -> dict[str, Any]:
    """Shares of each question, in all and by group, and the agreement with the second reader.

    Args:
        first: Sheets of the reader who counts, with the columns `id`, `sense`, and maybe `value`.
        second: Those of the other reader; may be of fewer items.
        groups: Id of an item -> what it is counted under too, such as its namespace.
    """
    counted: dict[str, Any] = {}
    for question in ("value", "sense"):
        answers = _joined(first, question)
        if not answers:
            continue
        named = sorted({groups[one] for one in answers if one in groups})
        counted[question] = {
            "all": share_of(list(answers.values())),
            "by_group": {
                name: share_of([yes for one, yes in answers.items() if groups.get(one) == name])
                for name in named
            },
            "agreement": agreement_of(answers, _joined(second, question)),
        }
    return counted


def _joined(sheets: Sequence[Path], question: str) -> dict[str, bool]:
    answers: dict[str, bool] = {}
    for sheet in sheets:
        if question in sheet.open(encoding="utf-8").readline().strip().split(","):
            answers |= read_answers(sheet, question)
    return answers


def kept_rows(sheets: Sequence[Path], keys: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Links with what was answered, in the order of the sheets; `value` is empty where it was not asked.

    Raises:
        KeyError: an item is in no key file.
    """
    rows: list[dict[str, Any]] = []
    for sheet in sheets:
        with sheet.open(newline="", encoding="utf-8") as file:
            for answered in csv.DictReader(file):
                known = {**keys[answered["id"]], "value": "", **answered}
                rows.append({column: known[column] for column in KEPT_COLUMNS})
    return rows
