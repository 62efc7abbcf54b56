"""What a step tells people of what it made: plain values, which the edge shows as numbers, tables and pictures."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolmind_assets.model.plan_lines import PlanLine
from toolmind_resources.delta.table import Table

if TYPE_CHECKING:  # every command loads the steps, and few of them a graph
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Markdown:
    """Text to be read by a person."""

    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A path on this machine."""

    path: str


@dataclass(frozen=True, slots=True)
class Records:
    """A table of a few rows with the same columns; `none` is shown where there is no row."""

    rows: Sequence[Mapping[str, str | int | float]]
    none: Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar for each count, in the order given, drawn."""

    title: str
    counts: Sequence[tuple[str, float]]
    unit: str


@dataclass(frozen=True, slots=True)
class Stacked:
    """A bar for each group, cut into its parts, drawn."""

    title: str
    groups: Mapping[str, Mapping[str, float]]
    unit: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """What is left after each step, drawn."""

    title: str
    counts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often each value occurs, drawn."""

    title: str
    values: Sequence[int]
    unit: str


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and the links among them, drawn; nodes have `name` and `domain`, links a `kind`."""

    title: str
    graph: "nx.DiGraph" = field(repr=False)
    highlights: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of a plan, drawn, with what each takes and from where."""

    title: str
    goals: Sequence[str]
    lines: Sequence[PlanLine]


Drawn = Bars | Stacked | Funnel | Histogram | Network | Plan
Figure = str | int | float | Markdown | Place | Records | Drawn
Figures = Mapping[Table, Mapping[str, Figure]]
"""For each table its figures by what they are called."""


def counts(noun: str, pairs: Iterable[tuple[str, int]]) -> Records:
    """A table of counts, in the order given."""
    return Records([{"what": what or "-", noun: count} for what, count in pairs], {"what": "-", noun: 0})


def counted(noun: str, values: Iterable[object]) -> Records:
    """A table of how often each value occurs, the most frequent first."""
    found = Counter(map(str, values)).items()
    return counts(noun, sorted(found, key=lambda pair: (-pair[1], pair[0])))
