"""Coherence of a value that is handed on from a result: where it comes from, what it is for, and what may follow."""

import numpy as np

from toolmind_assets.stages.graph.call_pairs import CallPairs
from toolmind_assets.stages.graph.coherence_factors import (
    ASIDE,
    CARRIED,
    CHECKED,
    EMPTY,
    GONE,
    HELD,
    HELD_LOOSELY,
    KNOWN,
    MENTIONED,
    MOST,
    MUCH,
    PASSING,
    REMADE,
    RENAMED,
    THERE,
    TOLD,
    UNDONE,
    UNTOLD,
    WHIM,
    WORKED_ON,
)
from toolmind_assets.stages.graph.columns import NONE, Bools
from toolmind_assets.stages.graph.factor_tables import CREATE, DELETE, READ, UPDATE, Factors


def subject_factors(pairs: CallPairs) -> Factors:
    """What the thing is to both calls: looked for or mentioned, known before; acted on, or what only holds that."""
    is_lookup = pairs.give_effect == READ
    is_looked_at = pairs.calls.subjects.is_own[pairs.targets] | (pairs.take_effect == READ)
    is_aim = ((pairs.is_inner & is_looked_at) | pairs.speak_of_one()) & (pairs.take_effect != DELETE)
    mentioned = np.where(is_aim | _is_part(pairs), np.float32(MENTIONED), np.float32(PASSING))
    mentioned = np.where(is_lookup, mentioned, np.float32(CARRIED))
    source = np.where(pairs.is_own, np.float32(1), mentioned)
    source = np.where(_is_known(pairs), np.float32(KNOWN), source)
    held = np.where(is_lookup & pairs.is_own, np.float32(HELD), np.float32(HELD_LOOSELY))
    target = np.where(pairs.is_holder & ~pairs.comes, held, np.float32(1))
    target = np.where(_is_whim(pairs), target * np.float32(WHIM), target)
    target = np.where(_is_aside(pairs), target * np.float32(ASIDE), target)
    is_renamed = pairs.calls.subjects.is_renamed[pairs.targets] & (pairs.take_effect == UPDATE)
    return np.where(is_renamed, np.float32(RENAMED), target * source)


def cycle_factors(pairs: CallPairs) -> Factors:
    """What may follow in the life of a thing that the first call makes or removes."""
    factors = np.ones(len(pairs.sources), dtype=np.float32)
    is_made = (pairs.give_effect == CREATE) & pairs.is_own & ~_is_known(pairs)
    is_it = ~pairs.is_holder & pairs.calls.subjects.is_head[pairs.targets]
    places = np.flatnonzero(is_made & is_it & (pairs.take_effect == READ))
    share = pairs.calls.share_told(pairs.givers[places], pairs.takers[places])
    factors[places] = np.where(share >= MUCH, np.float32(TOLD), np.float32(UNTOLD))
    factors[is_made & pairs.calls.traits.is_process[pairs.sources] & (pairs.take_effect == READ)] = 1
    is_it_again = pairs.is_inner & pairs.calls.subjects.is_about[pairs.takers]
    is_found = (pairs.give_effect == READ) & pairs.is_own
    factors[is_found & is_it_again & (pairs.take_effect == CREATE)] = THERE
    factors[is_found & pairs.calls.traits.is_check[pairs.takers]] = CHECKED
    is_one = is_found & is_it & ~pairs.calls.columns.fields.is_listed[pairs.sources]
    places = np.flatnonzero(is_one & (pairs.take_effect == READ))
    share = pairs.calls.share_told(pairs.givers[places], pairs.takers[places])
    factors[places[share >= MOST]] = TOLD
    is_edit = pairs.calls.traits.is_edit[pairs.takers]
    factors[is_made & (pairs.take_effect == UPDATE)] = WORKED_ON
    factors[is_made & (pairs.take_effect == UPDATE) & is_edit] = REMADE
    is_empty = pairs.is_holder | (~is_it & (pairs.take_effect == READ))
    factors[is_made & is_empty & (pairs.take_effect != CREATE)] = EMPTY
    factors[is_made & (pairs.take_effect == DELETE)] = UNDONE
    factors[pairs.give_effect == DELETE] = GONE
    return factors


def _is_known(pairs: CallPairs) -> Bools:
    """Whether the first call was told what it gives: a member of a list that it names is another one."""
    subjects = pairs.calls.subjects
    is_told = subjects.is_needed(pairs.givers, subjects.of_field[pairs.sources])
    is_named_anew = (pairs.give_effect == CREATE) & pairs.is_own
    return is_told & ~pairs.calls.traits.is_member[pairs.sources] & ~is_named_anew


def _is_part(pairs: CallPairs) -> Bools:
    """Whether the source is a member of a list of such things that what is looked up has: the tags of a secret."""
    fields = pairs.calls.columns.fields
    head = fields.resource_head[pairs.sources]
    is_of_list = (fields.owner_head[pairs.sources] == head) & (head != NONE)
    return is_of_list & pairs.calls.traits.is_member[pairs.sources]


def _is_aside(pairs: CallPairs) -> Bools:
    is_required = pairs.calls.columns.fields.is_required[pairs.targets]
    return (pairs.take_effect != READ) & ~is_required & ~pairs.is_inner


def _is_whim(pairs: CallPairs) -> Bools:
    fields = pairs.calls.columns.fields
    is_filter = (pairs.take_effect == READ) & ~fields.is_required[pairs.targets]
    return is_filter & (fields.key[pairs.targets] == NONE) & ~pairs.is_inner
