"""Which pairs of fields are looked at: those whose texts are alike, or that speak of one resource or one value.

Within a namespace texts are compared with all texts. Between namespaces fields meet by name, since an
identifier of one API names nothing in another, and a city has the same name everywhere. The number of pairs grows
with the number of parameters: a parameter meets a bounded part of every crowd.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.stages.graph.columns import (
    CLASSES,
    NONE,
    NUMBER_BITS,
    Columns,
    Ints,
    Places,
    labels_of_resources,
)
from toolmind_assets.stages.graph.inverted_index import InvertedIndex, Matches, distinct
from toolmind_assets.stages.graph.scoring import role_factors
from toolmind_assets.stages.graph.similarity import FieldVectors, most_similar
from toolmind_assets.stages.graph.value_classes import QUANTITIES, ValueClass
from toolmind_resources.embed.model import Vectors

SIMILAR_TEXTS = 16
"""Texts of a namespace that are looked at of each of its parameters."""
SIMILAR_NAMES = 8
"""Names of other namespaces that are looked at of each parameter."""
LEAST_SIMILARITY = 0.08
"""Below it two texts have nothing in common."""
LEAST_NAME_SIMILARITY = 0.6
"""The same between namespaces, where nothing else speaks for a link."""
LABEL_WEIGHT = 0.5
"""Share of the name in the similarity by which texts are found."""
BEST, AROUND = 8, 8
"""Fields of a crowd at home that a parameter meets: the best ones, and some in turn."""
BEST_AWAY, AROUND_AWAY = 3, 6
"""The same of a crowd in other namespaces."""
CROWD = 12
"""Results of a namespace that a parameter meets whatever they are called, and as many of its class of values."""
TARGETS_AT_ONCE = 2_000
"""Parameters whose pairs are made at once, some million of them."""
LEAST_ROLE_FACTOR = 0.3
"""Values in roles that link less than this are not looked at."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Places of the source and target field of some pairs, no pair twice."""

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]

    @classmethod
    def distinct(cls, sources: Places, targets: Places) -> "Pairs":
        """Each of some pairs once, by target and source."""
        packed = distinct(targets.astype(np.int64) << 32 | sources)
        return cls(sources=packed & 0xFFFFFFFF, targets=packed >> 32)


class ResultPairs:
    """Pairs of a result field and a parameter."""

    def __init__(self, columns: Columns, vectors: FieldVectors) -> None:
        self._columns, self._vectors = columns, vectors
        fields = columns.fields
        has_worth = role_factors(EdgeKind.RESULT_TO_PARAMETER)[fields.role] >= LEAST_ROLE_FACTOR
        self._targets = np.flatnonzero(fields.is_input & has_worth)
        self._sources = np.flatnonzero(~fields.is_input & has_worth)
        self._home = columns.functions.namespace[fields.function].astype(np.int64)
        by_home = np.argsort(self._home[self._sources], kind="stable")
        self._sources_by_home = self._sources[by_home]
        self._source_homes = self._home[self._sources_by_home]
        self._by_text = self._indexed(fields.text)
        self._by_key = self._indexed(fields.key, fields.key[self._sources] != NONE)
        self._by_label = self._indexed(fields.label)
        self._everything, self._by_class = self._crowds()
        self._away = InvertedIndex(columns, self._sources, fields.label[self._sources].astype(np.int64))
        self._class_away = InvertedIndex(
            columns, self._sources, fields.value_class[self._sources].astype(np.int64)
        )
        self._names = self._similar_names()
        self._label_of_resource = labels_of_resources(columns).astype(np.int64)
        named = self._label_of_resource[fields.resource]
        self._by_resource = self._indexed(
            named, (named[self._sources] != NONE) & (fields.key[self._sources] != NONE)
        )

    def _indexed(self, column: Places, chosen: NDArray[np.bool_] | None = None) -> InvertedIndex:
        places = self._sources if chosen is None else self._sources[chosen]
        return InvertedIndex(self._columns, places, self._at_home(places, column[places]))

    def _at_home(self, places: Places, numbers: Places) -> Ints:
        """Numbers of groups that end with the namespace."""
        return self._home[places] << 32 | numbers.astype(np.int64) & 0xFFFFFFFF

    def _crowds(self) -> tuple[InvertedIndex, InvertedIndex]:
        """All results of each namespace that hold a value, and those of each class."""
        fields = self._columns.fields
        classed = fields.value_class[self._sources] != _NOTHING
        everything = self._indexed(np.zeros(len(fields), dtype=np.int32))
        return everything, self._indexed(fields.value_class, classed)

    def _similar_names(self) -> tuple[Ints, Ints, Ints]:
        """Of each name of a parameter the names of results that resemble it: starts, and names one after another."""
        fields = self._columns.fields
        ours = distinct(fields.label[self._targets])
        theirs = distinct(fields.label[self._sources])
        if not len(ours) or not len(theirs):
            return np.zeros(len(self._columns.pools.labels) + 1, dtype=np.int64), ours, theirs
        labels = self._vectors.labels
        least = self._vectors.label_product(LEAST_NAME_SIMILARITY)
        near = most_similar(labels[ours], labels[theirs], SIMILAR_NAMES, least)
        counts = np.zeros(len(self._columns.pools.labels), dtype=np.int64)
        counts[ours] = np.diff(near.indptr)
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return starts, ours.astype(np.int64), theirs[near.indices].astype(np.int64)

    def __iter__(self) -> Iterator[Pairs]:
        """All pairs, those of one parameter together."""
        if not len(self._targets):
            return
        order = np.argsort(self._home[self._targets], kind="stable")
        targets = self._targets[order]
        homes, starts = np.unique(self._home[targets], return_index=True)
        gathered = _Gathered()
        for home, block in zip(homes, np.split(targets, starts[1:]), strict=True):
            near = self._near_texts(int(home), block)
            for start in range(0, len(block), TARGETS_AT_ONCE):
                part = block[start : start + TARGETS_AT_ONCE]
                gathered.add(part, *self._text_groups(part, near))
                if gathered.n_targets >= TARGETS_AT_ONCE:
                    yield self._pairs_of(*gathered.take())
        if gathered.n_targets:
            yield self._pairs_of(*gathered.take())

    def _near_texts(self, home: int, targets: Places) -> tuple[Ints, Ints, Ints]:
        """Texts of the parameters of a namespace; where the texts of results that resemble each begin; those."""
        columns = self._columns
        ours = distinct(columns.fields.text[targets])
        at_home = self._sources_of(home)
        theirs = distinct(columns.fields.text[at_home])
        if not len(theirs):
            return ours.astype(np.int64), np.zeros(len(ours) + 1, dtype=np.int64), theirs.astype(np.int64)
        least = self._vectors.joined_product(LEAST_SIMILARITY, LABEL_WEIGHT)
        near = most_similar(self._joined(ours), self._joined(theirs), SIMILAR_TEXTS, least)
        return ours.astype(np.int64), near.indptr.astype(np.int64), theirs[near.indices].astype(np.int64)

    def _sources_of(self, home: int) -> Places:
        start, end = np.searchsorted(self._source_homes, (home, home + 1))
        return self._sources_by_home[start:end]

    def _joined(self, texts: Places) -> Vectors:
        columns = self._columns
        return self._vectors.joined(
            columns.text_labels[texts], columns.text_descriptions[texts], LABEL_WEIGHT
        )

    def _pairs_of(self, targets: Places, asked: Ints, groups: Ints) -> Pairs:
        fields = self._columns.fields
        functions = fields.function
        matches = [self._look_up(self._by_text, targets, asked, groups, BEST, AROUND)]
        every = np.arange(len(targets))
        keys = self._at_home(targets, fields.key[targets])
        matches.append(self._look_up(self._by_key, targets, every, keys, BEST, AROUND))
        matches += self._match_members(targets)
        matches += [*self._match_crowds(targets), *self._match_anywhere(targets)]
        asked, names = self._name_groups(targets)
        matches.append(self._look_up(self._away, targets, asked, names, BEST_AWAY, AROUND_AWAY))
        sources = np.concatenate([one.found for one in matches])
        places = targets[np.concatenate([one.asked for one in matches])]
        apart = functions[sources] != functions[places]
        return Pairs.distinct(sources[apart], places[apart])

    def _look_up(
        self, index: InvertedIndex, targets: Places, asked: Ints, groups: Ints, n_best: int, n_around: int
    ) -> Matches:
        functions = self._columns.fields.function[targets[asked]].astype(np.int64)
        found = index.look_up(groups, functions, n_best, n_around)
        return Matches(asked[found.asked], found.found)

    def _text_groups(self, targets: Places, near: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints]:
        """Positions of parameters, and the groups of texts that resemble theirs."""
        texts, starts, similar = near
        rows = np.searchsorted(texts, self._columns.fields.text[targets])
        asked, groups = gather(starts, similar, rows)
        return asked, self._at_home(targets[asked], groups)

    def _name_groups(self, targets: Places) -> tuple[Ints, Ints]:
        starts, _, similar = self._names
        return gather(starts, similar, self._columns.fields.label[targets].astype(np.int64))

    def _match_members(self, targets: Places) -> list[Matches]:
        """Plain texts called like the resource that a parameter identifies, and identifiers of what it is called."""
        fields = self._columns.fields
        wanted = self._label_of_resource[fields.resource[targets]]
        asked = np.flatnonzero((fields.key[targets] != NONE) & (wanted != NONE))
        groups = self._at_home(targets[asked], wanted[asked])
        by_label = self._look_up(self._by_label, targets, asked, groups, BEST, AROUND)
        every = np.arange(len(targets))
        called = self._at_home(targets, fields.label[targets])
        by_resource = self._look_up(self._by_resource, targets, every, called, BEST, AROUND)
        return [by_label, by_resource]

    def _match_anywhere(self, targets: Places) -> list[Matches]:
        """Results of any namespace for parameters that take whatever text or number somebody has."""
        fields = self._columns.fields
        is_number = (fields.types[targets] & NUMBER_BITS) != 0
        matches = []
        for classes, chosen in ((_TEXTS, ~is_number), (_QUANTITIES, is_number)):
            asked = np.flatnonzero(fields.takes_any[targets] & chosen)
            for one in classes:
                groups = np.full(len(asked), one, dtype=np.int64)
                matches.append(
                    self._look_up(self._class_away, targets, asked, groups, BEST_AWAY, AROUND_AWAY)
                )
        return matches

    def _match_crowds(self, targets: Places) -> list[Matches]:
        """Results of the same namespace that share no word with a parameter: some of all, and some of its class."""
        every = np.arange(len(targets))
        of_class = self._at_home(targets, self._columns.fields.value_class[targets])
        anything = self._at_home(targets, np.zeros(len(targets), dtype=np.int32))
        return [
            self._look_up(self._everything, targets, every, anything, CROWD, CROWD),
            self._look_up(self._by_class, targets, every, of_class, CROWD, CROWD),
        ]


class _Gathered:
    """Parameters of small namespaces, until there are enough of them to be looked at together."""

    def __init__(self) -> None:
        self.n_targets = 0
        self._targets: list[Places] = []
        self._asked: list[Ints] = []
        self._groups: list[Ints] = []

    def add(self, targets: Places, asked: Ints, groups: Ints) -> None:
        """Takes some in, with the groups that those at the positions `asked` are to meet."""
        self._targets.append(targets)
        self._asked.append(asked + self.n_targets)
        self._groups.append(groups)
        self.n_targets += len(targets)

    def take(self) -> tuple[Places, Ints, Ints]:
        """All that was taken in, and begins anew."""
        targets, asked, groups = map(np.concatenate, (self._targets, self._asked, self._groups))
        self.n_targets, self._targets, self._asked, self._groups = 0, [], [], []
        return targets, asked, groups


def gather(starts: Ints, values: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Positions in `rows`, and the values of the row that stands there, one after another; rows begin at `starts`."""
    counts = starts[rows + 1] - starts[rows]
    asked = np.repeat(np.arange(len(rows)), counts)
    within = np.arange(len(asked)) - np.repeat(np.cumsum(counts) - counts, counts)
    return asked, values[starts[rows][asked] + within]


_NOTHING = CLASSES.index(ValueClass.NOTHING)
_TEXTS = (CLASSES.index(ValueClass.TEXT),)
_QUANTITIES = tuple(place for place, one in enumerate(CLASSES) if one in QUANTITIES)
