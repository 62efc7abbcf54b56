"""What names and descriptions say for a link: whether both fields mean the same value. Between 0 and 1.

Where both fields are marked as identifiers, their resources and kinds decide. Elsewhere five sorts of evidence are
added, each weighted: the names' similarity and the descriptions' (by the embedder), whether the words of one name
stand in what is said of the other field, and whether both values are of one class. No weight depends on which
other functions there are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from toolmind_assets.stages.graph.columns import (
    CLASSES,
    NONE,
    NUMBER_BITS,
    Bools,
    Columns,
    Places,
    labels_of_resources,
)
from toolmind_assets.stages.graph.lexicon import ANYTHING
from toolmind_assets.stages.graph.name_words import name_stems, telling_stems, weight
from toolmind_assets.stages.graph.played_parts import PlayedParts
from toolmind_assets.stages.graph.similarity import FieldVectors, row_products, row_sums
from toolmind_assets.stages.graph.text_cues import URL_KIND
from toolmind_assets.stages.graph.value_classes import QUANTITIES, ValueClass

NAME, DESCRIPTION, MENTION, VALUE_CLASS = 0.4, 0.15, 0.2, 0.25
"""Weights of the sorts of evidence; they sum to 1."""
SAME_CLASS = 1.0
"""Both names are of one class of values."""
SAME_CLASS_SAID = 0.7
"""The same, where only a description says so of one of them."""
ANY_TEXT, ANY_NUMBER = 0.6, 0.5
"""A text for a parameter that takes any text; a measured quantity for one that takes any number."""
ANY_ELSE = 0.3
"""Another value of a fitting type for a parameter that takes any."""
SAME_IDENTIFIER = 1.0
"""The same kind of identifier of the same resource."""
NARROWER = 0.5
"""The same kind of identifier, where the resource of one is said more closely: `db cluster` and `cluster`."""
NAMED_ALIKE = 0.8
"""The same, where little of what is said of both agrees: they are called alike, and may yet be two things."""
OF_ANYTHING = 0.6
"""The same of what is merely called a resource: it may be anything."""
LITTLE, LITTLE_ELSEWHERE = 0.2, 0.4
"""Similarity of two descriptions below which they have little in common; of what neither function is about."""
GIVEN_BY_ID = 0.85
"""An id of what the other side is merely called after, where its service manages such things: a `channel id` for `channel`."""
BY_PART = 0.9
"""An identifier of somebody for whoever plays a part: a `user id` for an `assignee id`, an `email` for `to`."""
OTHER_IDENTIFIER = 0.15
"""Two kinds of identifier of one resource, such as an ARN for a name; or one kind of two resources."""
OTHER_RESOURCE = 0.6
"""What the evidence of names and texts counts for between identifiers of two resources: `receiver` and `user`."""
UNLIKE = -2
NAMED_AFTER = 0.85
"""One side is called like the resource of which the other is a name: `sheets[].name` for `sheet`, `stock list` for `symbol`."""
IDENTIFIED_AFTER = 0.5
"""The same of an identifier that nobody would say, or of a name beside which there is an id: a `user` may be given by either."""

_SPOKEN = frozenset(("name", "symbol", "code", "key", "slug", "email", "handle", "number"))
"""Kinds of identifiers by which people call things."""
_TEXT, _NOTHING = CLASSES.index(ValueClass.TEXT), CLASSES.index(ValueClass.NOTHING)
_IS_QUANTITY = np.array([one in QUANTITIES for one in CLASSES])
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The evidence of some pairs, each of shape (n,), 0 to 1; `value` is what it comes to.

    Attributes:
        name, description: Similarity by the embedder.
        mention: Share of the one name's words that stand in the other field's name or description, both ways.
        value_class: Whether the values are of one class.
        identifier: Agreement of two marked identifiers, -1 where not both are, `UNLIKE` where the one kind of
            identifier is said of two resources, which may yet be called differently.
    """

    name: Scores
    description: Scores
    mention: Scores
    value_class: Scores
    identifier: Scores

    @property
    def value(self) -> Scores:
        """The agreement: of the identifiers where both are marked, else the weighted sum."""
        said = NAME * self.name + DESCRIPTION * self.description
        said = said + MENTION * self.mention + VALUE_CLASS * self.value_class
        said = np.where(self.identifier == UNLIKE, OTHER_RESOURCE * said, said)
        return np.where(self.identifier >= 0, self.identifier, said).astype(np.float32)


class Evidence:
    """Agreement of pairs of fields of some columns."""

    def __init__(self, columns: Columns, vectors: FieldVectors) -> None:
        self._columns, self._vectors = columns, vectors
        names, said, masses = _word_matrices(columns)
        self._names, self._said, self._masses = names, said, masses
        resources = [set(resource.split()) for resource in columns.pools.resources]
        self._resources = resources
        self._resource_label = labels_of_resources(columns)
        self._is_anything = np.array([one in ANYTHING for one in columns.pools.resources], dtype=bool)
        self._is_spoken = np.array([kind in _SPOKEN for kind in columns.pools.kinds], dtype=bool)
        self._parts = PlayedParts(columns)
        kinds = columns.pools.kinds
        self._is_no_name = np.array([kind in ("id", "slug", URL_KIND) for kind in kinds], dtype=bool)
        self._no_kind = kinds.index("") if "" in kinds else NONE

    def weigh(self, sources: Places, targets: Places) -> Agreement:
        """The evidence for each of `sources` and the one of `targets` at the same place."""
        fields = self._columns.fields
        texts, places = np.unique(
            np.stack([fields.text[sources], fields.text[targets]]), axis=1, return_inverse=True
        )
        ours, theirs = texts
        labels, descriptions = self._columns.text_labels, self._columns.text_descriptions
        name = self._vectors.label_similarity(labels[ours], labels[theirs])
        description = self._vectors.description_similarity(descriptions[ours], descriptions[theirs])
        mention = (self._mentioned(ours, theirs) + self._mentioned(theirs, ours)) / 2
        places = places.reshape(-1)
        same = (labels[ours] == labels[theirs])[places]
        description = description[places]
        identifier = self._same_identifier(sources, targets)
        only_named = (identifier == SAME_IDENTIFIER) & self._say_little(sources, targets, description)
        return Agreement(
            name=name[places],
            description=description,
            mention=mention[places].astype(np.float32),
            value_class=np.where(same, np.float32(1), self._same_class(sources, targets)),
            identifier=np.where(only_named, np.float32(NAMED_ALIKE), identifier),
        )

    def _mentioned(self, names: Places, said: Places) -> Scores:
        """Share of the words of some texts' names, by weight, that stand in other texts."""
        labels = self._columns.text_labels[names]
        found = row_products(self._names, labels, said, self._said)
        return (found / self._masses[labels]).astype(np.float32)

    def _say_little(self, sources: Places, targets: Places, description: Scores) -> Bools:
        """Whether what is said of two fields, or that nothing is said of one, leaves their names alone to speak."""
        fields = self._columns.fields
        are_described = fields.is_described[sources] & fields.is_described[targets]
        is_elsewhere = ~fields.is_about[sources] & ~fields.is_about[targets]
        return (are_described & (description < LITTLE)) | (is_elsewhere & (description < LITTLE_ELSEWHERE))

    def _same_class(self, sources: Places, targets: Places) -> Scores:
        fields = self._columns.fields
        ours, theirs = fields.value_class[sources], fields.value_class[targets]
        is_named = fields.is_classed_by_name[sources] & fields.is_classed_by_name[targets]
        known = np.where(is_named, np.float32(SAME_CLASS), np.float32(SAME_CLASS_SAID))
        same = np.where((ours == theirs) & (ours != _NOTHING), known, np.float32(0))
        is_number = (fields.types[targets] & NUMBER_BITS) != 0
        fitting = np.where(is_number, _IS_QUANTITY[ours], ours == _TEXT)
        best = np.where(is_number, np.float32(ANY_NUMBER), np.float32(ANY_TEXT))
        anything = np.where(fitting, best, np.float32(ANY_ELSE))
        return np.maximum(same, np.where(fields.takes_any[targets], anything, np.float32(0)))

    def _same_identifier(self, sources: Places, targets: Places) -> Scores:
        fields = self._columns.fields
        ours, theirs = fields.key[sources], fields.key[targets]
        found = np.full(len(sources), -1, dtype=np.float32)
        both = (ours != NONE) & (theirs != NONE)
        found[both] = OTHER_IDENTIFIER
        same_kind = both & (fields.identifier[sources] == fields.identifier[targets])
        akin = same_kind & (fields.resource_head[sources] == fields.resource_head[targets])
        for place in np.flatnonzero(akin & (ours != theirs)):
            one = self._resources[fields.resource[sources[place]]]
            other = self._resources[fields.resource[targets[place]]]
            found[place] = NARROWER if one <= other or other <= one else OTHER_IDENTIFIER
        found[same_kind & ~akin] = UNLIKE
        same = both & (ours == theirs)
        found[same] = SAME_IDENTIFIER
        found[same & self._is_anything[fields.resource[targets]]] = OF_ANYTHING
        for named, other in ((sources, targets), (targets, sources)):
            is_after = (fields.key[named] != NONE) & (fields.key[other] == NONE)
            is_after &= self._resource_label[fields.resource[named]] == fields.label[other]
            spoken = self._is_spoken[fields.identifier[named]]
            is_said = fields.said_kind[other] == fields.identifier[named]
            by_name = is_said | (
                spoken & ~fields.has_id_beside[named] & ~self._is_no_name[fields.said_kind[other]]
            )
            found[is_after & by_name] = NAMED_AFTER
            found[is_after & ~by_name] = IDENTIFIED_AFTER
        alike = self._resource_label[fields.resource[sources]] == fields.label[targets]
        kind = fields.said_kind[targets]
        is_given = self._parts.are_given_by_id(sources, targets, alike)
        is_given &= (kind == self._no_kind) | (kind == fields.identifier[sources])
        found[is_given] = GIVEN_BY_ID
        found[self._parts.are_same_person(sources, targets)] = BY_PART
        return found


def _word_matrices(columns: Columns) -> tuple[csr_matrix, csr_matrix, NDArray[np.float32]]:
    """Weighted stems of each label; stems of label and description of each text, 0 or 1; weight of each label."""
    numbers: dict[str, int] = {}
    labels = [name_stems(label) for label in columns.pools.labels]
    descriptions = [telling_stems(text) for text in columns.pools.descriptions]
    pairs = zip(columns.text_labels.tolist(), columns.text_descriptions.tolist(), strict=True)
    texts = [labels[label] | descriptions[description] for label, description in pairs]
    names = stem_matrix(labels, numbers)
    said = stem_matrix(texts, numbers)
    width = len(numbers)
    weights = np.array([weight(word) for word in numbers], dtype=np.float32)
    names.data = weights[names.indices]
    names.resize(len(labels), width)
    masses = np.maximum(row_sums(names), np.float32(1e-6))
    return names, said, masses


def stem_matrix(sets: list[frozenset[str]], numbers: dict[str, int]) -> csr_matrix:
    """One row of ones a set of words; new words get new columns."""
    columns = [sorted(numbers.setdefault(word, len(numbers)) for word in words) for words in sets]
    starts = np.cumsum([0, *(len(row) for row in columns)])
    indices = np.fromiter((number for row in columns for number in row), dtype=np.int32, count=starts[-1])
    data = np.ones(len(indices), dtype=np.float32)
    return csr_matrix((data, indices, starts), shape=(len(sets), max(1, len(numbers))))
