"""An inverted index: the fields of each group (one text, one identifier, one name) and which of a crowd of them are looked up for one field."""

from dataclasses import dataclass

import numpy as np

from toolmind_assets.stages.graph.columns import Columns, Ints, Places


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs: fields that were asked for, by their position in the question, and a field that was found for each."""

    asked: Ints
    found: Ints


class InvertedIndex:
    """Fields by group, each group once in the order of quality and once as a ring in the order of functions.

    Looked up are the best of a group, and those whose functions follow the asking field's own on the ring. Functions come in
    the order of their keys, which are hashes: every field is given another part of a crowd, the same whenever the
    graph is built again, and whatever becomes of other functions.
    """

    def __init__(self, columns: Columns, places: Places, groups: Ints) -> None:
        """Some fields and the number of the group that each belongs to."""
        functions = columns.fields.function
        self._groups, counts = np.unique(groups, return_counts=True)
        self._starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        by_function = np.lexsort((places, functions[places], groups))
        self._ring = places[by_function].astype(np.int64)
        quality = quality_order(columns, places)
        self._best = places[np.lexsort((quality, groups))].astype(np.int64)
        self._width = int(functions.max(initial=0)) + 2
        ring_groups = np.repeat(np.arange(len(self._groups)), counts)
        self._ring_keys = ring_groups * self._width + functions[self._ring]

    def look_up(self, groups: Ints, functions: Places, n_best: int, n_around: int) -> Matches:
        """The members for some fields, each at most twice: a field's group and function stand at its position."""
        if not len(self._groups) or not len(groups):
            return Matches(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        places = np.minimum(np.searchsorted(self._groups, groups), len(self._groups) - 1)
        known = np.flatnonzero(self._groups[places] == groups)
        places = places[known]
        starts, sizes = self._starts[places], self._starts[places + 1] - self._starts[places]
        first = np.searchsorted(self._ring_keys, places * self._width + functions[known] + 1) - starts
        best = _spread(np.minimum(sizes, n_best))
        around = _spread(np.where(sizes > n_best, np.minimum(sizes, n_around), 0))
        ring = (first[around.asked] + around.found) % sizes[around.asked]
        return Matches(
            asked=known[np.concatenate([best.asked, around.asked])],
            found=np.concatenate(
                [self._best[starts[best.asked] + best.found], self._ring[starts[around.asked] + ring]]
            ),
        )


def distinct(values: Ints) -> Ints:
    """The distinct values, sorted; on millions of them ten times as fast as hashing, which `np.unique` does."""
    ordered = np.sort(values)
    is_first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def _spread(counts: Ints) -> Matches:
    """For each position as many rows as its count says, numbered from 0."""
    asked = np.repeat(np.arange(len(counts)), counts)
    numbers = np.arange(len(asked)) - np.repeat(np.cumsum(counts) - counts, counts)
    return Matches(asked, numbers)


def quality_order(columns: Columns, places: Places) -> Ints:
    """Rank of fields as places to get a value from: what a call is made for before what it repeats or mentions."""
    fields = columns.fields
    order = np.lexsort(
        (
            fields.function[places],
            ~fields.is_required[places],
            fields.depth[places],
            ~fields.is_about[places],
            fields.is_echo[places],
        )
    )
    ranks = np.empty(len(places), dtype=np.int64)
    ranks[order] = np.arange(len(places))
    return ranks
