"""Pairs of calls with all that their coherence is computed from; what depends on one function alone is made once."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from toolmind_assets.stages.graph.call_traits import CallTraits
from toolmind_assets.stages.graph.call_words import CallWords
from toolmind_assets.stages.graph.columns import NONE, Bools, Columns, Places
from toolmind_assets.stages.graph.factor_tables import CREATE, READ, Factors
from toolmind_assets.stages.graph.similarity import row_products, row_sums
from toolmind_assets.stages.graph.subjects import Subjects


@dataclass(frozen=True, slots=True)
class Calls:
    """The functions of some columns as calls: what they act on, who makes them, what they speak of and tell.

    Attributes:
        told: Labels of the result fields of each function, 1 each, of shape (functions, labels).
        n_told: How many these are.
    """

    columns: Columns
    subjects: Subjects
    traits: CallTraits
    words: CallWords
    told: csr_matrix
    n_told: Factors

    @classmethod
    def of(cls, columns: Columns) -> "Calls":
        """The calls of some columns."""
        fields = columns.fields
        given = np.flatnonzero(~fields.is_input)
        cells = (fields.function[given], fields.label[given])
        shape = (len(columns.profiles), len(columns.pools.labels))
        told = csr_matrix((np.ones(len(given), np.float32), cells), shape=shape)
        told.data[:] = 1
        subjects, traits = Subjects.of(columns), CallTraits.of(columns)
        return cls(columns, subjects, traits, CallWords(columns), told, row_sums(told))

    def share_told(self, givers: Places, takers: Places) -> Factors:
        """Share of what each of `takers` tells that the one of `givers` at its place has told."""
        share = row_products(self.told, givers, takers) / np.maximum(self.n_told[takers], 1)
        return share.astype(np.float32)


class CallPairs:
    """Pairs of fields, and of the calls that they belong to.

    Attributes:
        sources, targets: Places of the fields.
        givers, takers: Places of their functions.
        give_effect, take_effect: Effects of their functions.
        likeness: How alike their functions are by words.
        is_own: The source names what its function is called after, or is an attribute of that.
        is_inner: The target names what its function acts on.
        is_holder: The target names what only holds that.
        comes: The source's function gives what the target's function acts on.
    """

    def __init__(self, calls: Calls, sources: Places, targets: Places) -> None:
        columns, subjects = calls.columns, calls.subjects
        self.calls, self.sources, self.targets = calls, sources, targets
        self.givers, self.takers = columns.fields.function[sources], columns.fields.function[targets]
        self.give_effect = columns.functions.effect[self.givers]
        self.take_effect = columns.functions.effect[self.takers]
        self.likeness = calls.words.likeness(self.givers, self.takers)
        acted_on = subjects.of_function[self.takers]
        is_left = (self.give_effect == READ) | (self.give_effect == CREATE)
        is_named = is_left & (subjects.is_own[sources] | self._is_attribute())
        is_process = ~is_left & calls.traits.is_process[sources]
        self.is_own = subjects.is_head[sources] | is_named | is_process
        self.is_inner = (subjects.of_field[targets] == acted_on) & (acted_on != NONE)
        self.is_holder = subjects.is_holder[targets]
        self.comes = subjects.is_given(self.givers, acted_on)

    def _is_attribute(self) -> Bools:
        """Whether the source identifies nothing, and is what the source's function tells of its own thing."""
        fields, functions = self.calls.columns.fields, self.calls.columns.functions
        owner = fields.owner_head[self.sources]
        is_of_it = ~fields.has_owner[self.sources] | (owner == functions.resource_head[self.givers])
        return is_of_it & (fields.key[self.sources] == NONE)

    def speak_of_one(self) -> Bools:
        """Whether what the one function is about is named in what the other is about."""
        functions = self.calls.columns.functions
        head, before = functions.resource_head, functions.resource_before
        back = (head[self.givers] == before[self.takers]) & (head[self.givers] != NONE)
        forth = (head[self.takers] == before[self.givers]) & (head[self.takers] != NONE)
        return self.are_about_one() | back | forth

    def are_about_one(self) -> Bools:
        """Whether both functions are about things of one kind."""
        head = self.calls.columns.functions.resource_head
        return (head[self.givers] == head[self.takers]) & (head[self.givers] != NONE)
