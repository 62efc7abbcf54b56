"""Whether an attribute or identifier is of the same thing on both sides, and is handed on rather than made up.

Two things are told apart by their owners, and two subtypes of one resource, which share the words for its identifier,
by what the functions are called and by what descriptions say.
"""

import numpy as np

from toolmind_assets.stages.graph.columns import NONE, Bools, Ints
from toolmind_assets.stages.graph.factor_tables import (
    ATTRIBUTES,
    CREATE,
    EXECUTE,
    IDENTIFIER,
    UPDATE,
    WRITES,
    Factors,
    FieldPairs,
    lowered,
    replaced,
)
from toolmind_assets.stages.graph.factors import (
    ATTRIBUTE,
    COPY,
    NEEDED_ATTRIBUTE,
    OTHER_OWNER,
    OTHER_SUBTYPE,
    UNMANAGED,
)
from toolmind_assets.stages.graph.name_words import nouns_of
from toolmind_assets.stages.graph.text_cues import are_apart


def owner_factors(pairs: FieldPairs) -> Factors:
    """An identifier says itself what it names, unless it is an attribute too, as the IBAN of a customer is.

    The owner is the object above the field. A function that writes writes attributes of its own resource, so
    there the resource stands for an owner that is not stated.
    """
    fields = pairs.columns.fields
    give, take = pairs.both(fields.role)
    ours, theirs = pairs.both(fields.has_owner)
    is_written = WRITES[pairs.take_effect]
    says_itself = ((give == IDENTIFIER) | (take == IDENTIFIER)) & (fields.is_about[pairs.sources] | ~ours)
    says_itself |= (fields.key[pairs.sources] != NONE) & (
        fields.key[pairs.sources] == fields.key[pairs.targets]
    )
    if pairs.is_result:
        is_owned = (pairs.take_effect == UPDATE) | ((pairs.take_effect == CREATE) & ours)
    else:
        is_owned = is_written & WRITES[pairs.give_effect]
    is_optional = ~fields.is_required[pairs.targets]
    is_other = is_owned | (ours & theirs)
    factors = np.where(is_other & ~_same_owner(pairs), np.float32(OTHER_OWNER), np.float32(1))
    if pairs.is_result:
        is_made_up = is_written | ((pairs.take_effect == EXECUTE) & theirs)
        is_made_up &= ATTRIBUTES[take] & is_optional
        factors = lowered(factors, is_made_up, ATTRIBUTE)
        is_needed = (pairs.take_effect == CREATE) & ATTRIBUTES[take] & ~is_optional
        factors = lowered(factors, is_needed, NEEDED_ATTRIBUTE)
        is_content = (pairs.take_effect == CREATE) & ATTRIBUTES[give] & _is_same_place(pairs)
        factors = replaced(factors, (is_written & _is_copy(pairs)) | is_content, COPY)
    factors = replaced(factors, says_itself, 1)
    if not pairs.is_result:
        return factors
    is_attribute = (take == IDENTIFIER) & ~_is_managed(pairs)
    factors = lowered(factors, is_attribute & is_optional, UNMANAGED)
    is_needed = (pairs.take_effect == CREATE) & pairs.tables.is_common[fields.label[pairs.targets]]
    factors = lowered(factors, is_attribute & ~is_optional & is_needed, NEEDED_ATTRIBUTE)
    is_set = is_written | (pairs.take_effect == EXECUTE)
    factors = replaced(factors, is_set & _names_its_owner(pairs), COPY)
    return lowered(factors, are_two_subtypes(pairs), OTHER_SUBTYPE)


def _is_managed(pairs: FieldPairs) -> Bools:
    """Whether some function of the target's namespace is about the resource that the target identifies."""
    fields = pairs.columns.fields
    homes = pairs.columns.functions.namespace[pairs.takers].astype(np.int64)
    wanted = homes << 32 | fields.resource_head[pairs.targets].astype(np.int64) & 0xFFFFFFFF
    return np.isin(wanted, pairs.tables.managed) | (fields.key[pairs.targets] == NONE)


def _names_its_owner(pairs: FieldPairs) -> Bools:
    """Whether the target is the name of the object that it stands in: what is written there is called so."""
    fields = pairs.columns.fields
    is_name = pairs.tables.is_name[fields.identifier[pairs.targets]] & fields.has_owner[pairs.targets]
    return is_name & (fields.resource_head[pairs.targets] == fields.owner_head[pairs.targets])


def _same_owner(pairs: FieldPairs) -> Bools:
    fields = pairs.columns.fields
    head, before = pairs.both(fields.owner_head), pairs.both(fields.owner_before)
    same = (head[0] == head[1]) | ((before[0] == before[1]) & (before[0] != NONE))
    return (same | (head[0] == before[1]) | (before[0] == head[1])) & (head[0] != NONE) & (head[1] != NONE)


def _is_same_place(pairs: FieldPairs) -> Bools:
    """Whether both fields lie at the same path below the top and are described in the same words."""
    fields = pairs.columns.fields
    (ours, theirs), (path, other) = pairs.both(fields.text), pairs.both(fields.path)
    return (ours == theirs) & (path == other) & (fields.depth[pairs.targets] > 0)


def _is_copy(pairs: FieldPairs) -> Bools:
    """Whether both fields are attributes of the same kind of thing, which the target writes."""
    fields, functions = pairs.columns.fields, pairs.columns.functions
    ours, theirs = pairs.both(fields.owner_head)
    stated = fields.has_owner[pairs.sources] & fields.has_owner[pairs.targets]
    is_written = ours == functions.resource_head[pairs.takers]
    return (ours != NONE) & (ours == theirs) & (stated | is_written)


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
