"""Coherence of two calls that take the same value: whether both are about one thing, and what may follow."""

from collections.abc import Mapping

import numpy as np

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.graph.call_pairs import CallPairs
from toolmind_assets.stages.graph.coherence_factors import (
    AKIN,
    BESIDE,
    BOTH,
    GROUND,
    NONE_ABOUT,
    ONE_ABOUT,
    REPORTED,
    THERE,
    TOLD,
)
from toolmind_assets.stages.graph.columns import EFFECTS, NONE, Bools
from toolmind_assets.stages.graph.factor_tables import CREATE, READ, Factors


def subject_factors(pairs: CallPairs) -> Factors:
    """What the shared thing is to both calls: what they act on, or what only holds it."""
    subjects, fields = pairs.calls.subjects, pairs.calls.columns.fields
    ours, theirs = subjects.of_function[pairs.givers], subjects.of_function[pairs.takers]
    n_about = subjects.is_about[pairs.givers].astype(int) + subjects.is_about[pairs.takers]
    same = np.choose(n_about, [np.float32(NONE_ABOUT), np.float32(ONE_ABOUT), np.float32(1)])
    traits = pairs.calls.traits
    are_accounts = traits.is_account[pairs.givers] & traits.is_account[pairs.takers]
    is_looked_up = (pairs.give_effect == READ) | (pairs.take_effect == READ)
    is_needed = ~traits.is_header[pairs.targets] & (
        fields.is_required[pairs.sources] | fields.is_required[pairs.targets]
    )
    is_one = (ours == theirs) & (ours != NONE)
    is_akin = pairs.are_about_one() & is_looked_up
    factor = np.full(len(pairs.sources), BESIDE, dtype=np.float32)
    factor[are_accounts] = REPORTED
    factor[traits.is_ground[fields.label[pairs.targets]]] = GROUND
    factor[is_akin] = AKIN
    factor[is_one] = np.maximum(same, np.where(is_akin, np.float32(AKIN), np.float32(0)))[is_one]
    factor = np.where(_comes(pairs), np.maximum(factor, np.float32(ONE_ABOUT)), factor)
    return np.where(is_needed | are_accounts, factor, np.minimum(factor, np.float32(BESIDE)))


def _comes(pairs: CallPairs) -> Bools:
    """Whether one call looks up what the other acts on, beside what both take."""
    subjects = pairs.calls.subjects
    ours, theirs = subjects.of_function[pairs.givers], subjects.of_function[pairs.takers]
    shared = subjects.of_field[pairs.targets]
    is_required = pairs.calls.columns.fields.is_required
    forth = pairs.comes & (pairs.give_effect == READ)
    forth &= (theirs != shared) | ~is_required[pairs.sources]
    back = subjects.is_given(pairs.takers, ours) & (pairs.take_effect == READ)
    back &= (ours != shared) | ~is_required[pairs.targets]
    return forth | back


def cycle_factors(pairs: CallPairs) -> Factors:
    """What may follow in the life of a thing that both calls take, and of one that the one makes and the other looks up."""
    heads = pairs.calls.subjects.is_head
    is_told = (pairs.give_effect == CREATE) & (pairs.take_effect == READ) & heads[pairs.sources]
    is_there = (pairs.give_effect == READ) & (pairs.take_effect == CREATE) & heads[pairs.targets]
    factors = np.where(is_told, np.float32(TOLD), _CYCLE[pairs.give_effect, pairs.take_effect])
    return np.where(is_there, np.float32(THERE), factors)


def _table(factors: Mapping[tuple[Effect, Effect], float]) -> Factors:
    return np.array([[factors.get((one, other), 1.0) for other in EFFECTS] for one in EFFECTS], np.float32)


_CYCLE = _table(BOTH)
