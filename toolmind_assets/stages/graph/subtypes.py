"""Whether two functions speak of two subtypes of one resource, which share the words for its identifier."""

import numpy as np

from toolmind_assets.stages.graph.columns import NONE, Bools, Ints
from toolmind_assets.stages.graph.field_pairs import FieldPairs
from toolmind_assets.stages.graph.name_words import nouns_of
from toolmind_assets.stages.graph.text_cues import are_apart


def are_two_subtypes(pairs: FieldPairs) -> Bools:
    """Whether the source's identifier is of another subtype of its resource than the target asks for."""
    found = _are_named_apart(pairs) | _are_managed_apart(pairs) | _are_said_apart(pairs)
    return found | _are_of_other_things(pairs)


def _are_named_apart(pairs: FieldPairs) -> Bools:
    """Both functions are about the resource, each about another subtype of it: a fax and a call application."""
    fields, functions = pairs.columns.fields, pairs.columns.functions
    head, own = fields.resource_head[pairs.targets], fields.resource_before[pairs.targets]
    ours, theirs = functions.resource_before[pairs.givers], functions.resource_before[pairs.takers]
    are_subtypes = (ours != NONE) & (theirs != NONE) & (ours != own) & (theirs != own)
    return _are_about(pairs, head) & are_subtypes & (ours != theirs)


def _are_managed_apart(pairs: FieldPairs) -> Bools:
    """One function is about a subtype for which the other has a counterpart: `GetVocabulary`, `GetMedicalVocabulary`."""
    fields, functions = pairs.columns.fields, pairs.columns.functions
    head, own = fields.resource_head[pairs.targets], fields.resource_before[pairs.targets]
    ours, theirs = functions.resource_before[pairs.givers], functions.resource_before[pairs.takers]
    is_one_plain = (own == NONE) & ((ours == NONE) != (theirs == NONE))
    is_one_plain &= functions.verb[pairs.givers] != functions.verb[pairs.takers]
    is_apart = _are_about(pairs, head) & is_one_plain
    found = np.flatnonzero(is_apart)
    plain = np.where(ours == NONE, pairs.givers, pairs.takers)[found]
    subtypes = np.where(ours == NONE, theirs, ours)[found]
    wanted = zip(
        functions.namespace[plain].tolist(),
        functions.verb[plain].tolist(),
        subtypes.tolist(),
        head[found].tolist(),
        strict=True,
    )
    is_apart[found] = [one in pairs.tables.acts for one in wanted]
    return is_apart


def _are_said_apart(pairs: FieldPairs) -> Bools:
    """Where the names tell no subtype the descriptions do: `identifier of a face detection job`, `of a media analysis job`."""
    fields, subtypes = pairs.columns.fields, pairs.columns.pools.subtypes
    ours, theirs = pairs.both(fields.said_subtype)
    found = fields.resource_before[pairs.targets] == NONE
    found &= (ours != theirs) & (ours != pairs.tables.no_subtype) & (theirs != pairs.tables.no_subtype)
    for place in np.flatnonzero(found):
        found[place] = are_apart(subtypes[ours[place]], subtypes[theirs[place]])
    return found


def _are_of_other_things(pairs: FieldPairs) -> Bools:
    """The identifier is of what is always that of something, and the functions have to do with other things."""
    fields = pairs.columns.fields
    ours, theirs = pairs.both(fields.key)
    is_apart = (ours == theirs) & (ours != NONE) & pairs.tables.is_relational[fields.resource[pairs.targets]]
    found = np.flatnonzero(is_apart)
    profiles, resources = pairs.columns.profiles, pairs.columns.pools.resources
    for place in found:
        own = resources[fields.resource[pairs.targets[place]]]
        given, taken = (profiles[end[place]].source_name for end in (pairs.givers, pairs.takers))
        is_apart[place] = have_other_things(nouns_of(given), nouns_of(taken), own)
    return is_apart


def have_other_things(one: frozenset[str], other: frozenset[str], own: str) -> bool:
    """Whether functions whose names have these nouns have to do with an `own` of two subtypes.

    Each tells a thing that the other does not. Where both speak of the resource, that suffices: a key phrases detection
    job and an events detection job. Elsewhere they have nothing in common.
    """
    ours, theirs, shared = one - other - {own}, other - one - {own}, one & other
    return bool(ours and theirs) and (own in shared or not shared)


def _are_about(pairs: FieldPairs, head: Ints) -> Bools:
    """Whether both functions are about the resources with these last words."""
    heads = pairs.columns.functions.resource_head
    return (heads[pairs.givers] == head) & (head != NONE) & (heads[pairs.takers] == head)
