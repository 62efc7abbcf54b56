"""A plan as a PNG picture: its calls under each other, and lines from a result to what takes it."""

from collections.abc import Mapping, Sequence

from toolmind_assets.model.plan_lines import PlanLine
from toolmind_assets.model.tasks import ValueKind
from toolmind_assets.reports.picture_page import (
    FAINT,
    INK,
    MARGIN,
    PALETTE,
    REST,
    ROW,
    RULE,
    TOP,
    WIDTH,
    Page,
)

LANE = 13
"""Pixels from one line down the page to the next."""
_COLOURS = {ValueKind.REFERENCE: PALETTE[0], ValueKind.USER: PALETTE[1], ValueKind.LITERAL: REST}
_WORDS = {
    ValueKind.REFERENCE: "found by an earlier call",
    ValueKind.USER: "said by the user",
    ValueKind.LITERAL: "fixed by the function",
}
_INPUT = ROW - 4


def draw_plan(title: str, goals: Sequence[str], lines: Sequence[PlanLine]) -> bytes:
    """The calls of each request under its goal; from each result a line leads to the arguments that it fills.

    Args:
        title: What the plan is for.
        goals: What each request asks for.
        lines: The planned calls, in order.
    """
    page = Page(title, f"{len(lines)} planned calls, and where their arguments come from")
    if not lines:
        return page.nothing()
    top = page.legend([(_WORDS[kind], colour) for kind, colour in _COLOURS.items()], TOP - 6)
    lanes = _lanes(lines)
    left = MARGIN + LANE * (max(lanes.values(), default=0) + 2)
    at, ends, y = {}, [], top
    for place, line in enumerate(lines):
        if place == 0 or line.request_index != lines[place - 1].request_index:
            y = _write_goal(page, goals, line.request_index, left, y)
        at[line.number] = y + ROW / 2
        note = f"   ({line.note})" if line.note else ""
        page.dot((left, y + ROW / 2), INK, "white")
        page.write(
            left + 12, y + ROW / 2, page.fitted(f"{line.number}  {line.name}{note}", WIDTH - left - 28)
        )
        y += ROW
        for one in line.inputs:
            page.box(left + 28, y + _INPUT / 2 - 4, 8, 8, _COLOURS[one.kind])
            page.write(
                left + 42, y + _INPUT / 2, page.fitted(one.text, WIDTH - left - 58, 8), size=8, colour=INK
            )
            if one.source is not None:
                ends.append((one.source, y + _INPUT / 2))
            y += _INPUT
    for source, end in ends:
        _lead(page, MARGIN + LANE * (lanes[source] + 1), left, at[source], end, _colour_of(lanes[source]))
    return page.png(y + MARGIN)


def _write_goal(page: Page, goals: Sequence[str], index: int, left: float, y: float) -> float:
    """The goal of a request over a thin line; returns where its calls begin."""
    goal = goals[index] if index < len(goals) else ""
    page.rule((MARGIN, WIDTH - MARGIN), (y + 3, y + 3), RULE)
    text = page.fitted(f"Request {index + 1}: {goal}", WIDTH - left - MARGIN)
    page.write(left - 5, y + 3 + ROW / 2, text, colour=FAINT)
    return y + ROW + 6


def _lanes(lines: Sequence[PlanLine]) -> Mapping[int, int]:
    """Number of each call whose result is taken -> the lane of its line, the nearer to the calls the higher.

    Two results share a lane where the line of the one ends before that of the other begins.
    """
    last = {one.source: line.number for line in lines for one in line.inputs if one.source is not None}
    free_from: list[int] = []
    lanes = {}
    for source in sorted(last):
        lane = next((lane for lane, until in enumerate(free_from) if until <= source), len(free_from))
        free_from[lane : lane + 1] = [last[source]]
        lanes[source] = lane
    return lanes


def _lead(page: Page, lane: float, left: float, start: float, end: float, colour: str) -> None:
    """A line from a call out to its lane, down, and in to the argument."""
    page.rule((left - 6, lane, lane, left + 20), (start, start, end, end), colour)
    page.write(left + 18, end, "▸", colour=colour)


def _colour_of(lane: int) -> str:
    """A colour of the palette that is read on white; lanes side by side have different ones."""
    readable = [colour for colour in PALETTE if colour != "#F0E442"]
    return readable[lane % len(readable)]
