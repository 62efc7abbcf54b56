"""Whether the target needs the value, the source is where to get it, and the two calls may follow each other."""

import numpy as np

from toolmind_assets.stages.graph.columns import NONE, Bools
from toolmind_assets.stages.graph.factor_tables import (
    ATTRIBUTES,
    CREATE,
    DELETE,
    IDENTIFIER,
    READ,
    UPDATE,
    WRITES,
    Factors,
    FieldPairs,
    lowered,
    replaced,
)
from toolmind_assets.stages.graph.factors import (
    AFTER_DELETE,
    BEFORE_CREATE,
    BOUND,
    CIRCULAR,
    CONTENT,
    CROWDED,
    DEEPER,
    ECHO,
    FILTER,
    FIXED,
    INVERSE,
    MENTIONED,
    MENTIONED_VALUE,
    OPPOSITE,
    OPTIONAL,
    OPTIONAL_WRITE,
    OTHER_KIND_SAID,
    OTHER_SAID,
    OWN_LOGIN,
    REPORT,
    UNBORN,
)


def demand_factors(pairs: FieldPairs) -> Factors:
    """Whether the target needs the value, and the source is the place to get it from."""
    fields = pairs.columns.fields
    factor = np.where(fields.is_required[pairs.targets], np.float32(1), np.float32(OPTIONAL))
    if not pairs.is_result:
        return factor * np.where(fields.is_required[pairs.sources], np.float32(1), np.float32(OPTIONAL))
    is_left_out = WRITES[pairs.take_effect] & ~fields.is_required[pairs.targets]
    factor = np.where(is_left_out, np.float32(OPTIONAL_WRITE), factor)
    depth = fields.depth[pairs.sources]
    is_own = fields.key[pairs.sources] != NONE
    is_own &= fields.resource_head[pairs.sources] == fields.owner_head[pairs.sources]
    is_near = fields.is_about[pairs.sources] | (depth <= 1) | (is_own & (depth <= 2))
    is_plain = ATTRIBUTES[fields.role[pairs.sources]]
    mentioned = np.where(is_plain, np.float32(MENTIONED_VALUE), np.float32(MENTIONED))
    given = np.where(is_near, np.float32(1), mentioned)
    is_crowded = fields.is_crowded[pairs.sources] & ~fields.is_about[pairs.sources]
    given = np.where(is_crowded, given * np.float32(CROWDED), given)
    given = given * np.float32(DEEPER) ** np.maximum(depth - 2, 0)
    return factor * np.where(fields.is_echo[pairs.sources], np.float32(ECHO), given)


def order_factors(pairs: FieldPairs) -> Factors:
    """Whether the one call may follow the other, and has a use for what that one gives."""
    fields = pairs.columns.fields
    is_gone = pairs.give_effect == DELETE
    if not pairs.is_result:
        is_gone &= _is_gone(pairs)
    own = (fields.role[pairs.targets] == IDENTIFIER) & _names_what_is_made(pairs)
    own &= pairs.columns.functions.makes_its_object[pairs.takers]
    factors = np.where((pairs.take_effect == CREATE) & own, np.float32(BEFORE_CREATE), np.float32(1))
    factors = replaced(factors, _is_new(pairs), BEFORE_CREATE)
    is_written = WRITES[pairs.take_effect] & pairs.tables.is_content[fields.label[pairs.targets]]
    factors = replaced(factors, is_written, CONTENT)
    factors = replaced(factors, _are_opposites(pairs), OPPOSITE)
    factors = replaced(factors, fields.is_fixed[pairs.targets], FIXED)
    if pairs.is_result:
        factors = factors * _purpose(pairs)
    return replaced(factors, is_gone, AFTER_DELETE)


def _purpose(pairs: FieldPairs) -> Factors:
    """Whether the target's function has a use for what the source's function has to give."""
    fields, functions = pairs.columns.fields, pairs.columns.functions
    ours, theirs = functions.resource_head[pairs.givers], functions.resource_head[pairs.takers]
    is_filter = (pairs.take_effect == READ) & ~fields.is_required[pairs.targets]
    is_value = ATTRIBUTES[fields.role[pairs.targets]] & (ours != theirs)
    is_value &= ~pairs.tables.is_common[fields.label[pairs.targets]]
    factors = np.where(is_filter & is_value, np.float32(FILTER), np.float32(1))
    is_own = (fields.key[pairs.targets] != NONE) & (fields.resource_head[pairs.targets] == theirs)
    factors = replaced(factors, is_filter & is_own & (ours == theirs), CIRCULAR)
    said, wanted = pairs.both(fields.said_resource)
    give, take = pairs.both(fields.role)
    are_identifiers = (give == IDENTIFIER) & (take == IDENTIFIER)
    is_other = are_identifiers & (said != wanted) & (said != NONE) & (wanted != NONE)
    factors = lowered(factors, is_other, OTHER_SAID)
    kind, other = pairs.both(fields.said_kind)
    is_told_apart = (kind != other) & (kind != pairs.tables.no_kind) & (other != pairs.tables.no_kind)
    is_told_apart &= are_identifiers | pairs.tables.is_url[kind] | pairs.tables.is_url[other]
    factors = lowered(factors, is_told_apart, OTHER_KIND_SAID)
    is_drawn = fields.is_bound[pairs.targets] & ~fields.is_bound[pairs.sources]
    factors = lowered(factors, is_drawn, BOUND)
    factors = lowered(factors, fields.is_report[pairs.sources], REPORT)
    back, forth = functions.conversion[pairs.givers], functions.conversion[pairs.takers]
    factors = replaced(factors, (back == forth) & (back != NONE), INVERSE)
    is_unborn = functions.is_reserving[pairs.givers] & are_identifiers & (pairs.take_effect != CREATE)
    factors = replaced(factors, is_unborn, UNBORN)
    return replaced(factors, fields.is_own_login[pairs.targets], OWN_LOGIN)


def _are_opposites(pairs: FieldPairs) -> Bools:
    """Whether one side's words name one of two opposites, and the other side's the other."""
    (one, other), (first, second) = (
        pairs.both(pairs.columns.fields.one_side),
        pairs.both(pairs.columns.fields.other_side),
    )
    return ((one & second & ~first & ~other) | (first & other & ~one & ~second)) != 0


def _is_new(pairs: FieldPairs) -> Bools:
    """Whether the target asks for a value that is yet to be given, as `new_name` does; `new_item_id` is known."""
    fields = pairs.columns.fields
    is_known = fields.role[pairs.targets] == IDENTIFIER
    weak = ~is_known | pairs.tables.is_weak[fields.identifier[pairs.targets]]
    is_renamed = fields.has_stronger[pairs.targets] & (pairs.take_effect == UPDATE)
    return (fields.asks_for_new[pairs.targets] & weak) | is_renamed


def _names_what_is_made(pairs: FieldPairs) -> Bools:
    """Whether the target is an identifier of the very thing that its function is about."""
    fields, functions = pairs.columns.fields, pairs.columns.functions
    head = fields.resource_head[pairs.targets]
    is_marked = fields.key[pairs.targets] != NONE
    return np.where(is_marked, head == functions.resource_head[pairs.takers], fields.is_about[pairs.targets])


def _is_gone(pairs: FieldPairs) -> Bools:
    """Whether a deletion by the source's function leaves the target's function nothing to work on."""
    functions = pairs.columns.functions
    ours, theirs = functions.resource_head[pairs.givers], functions.resource_head[pairs.takers]
    return pairs.columns.fields.is_about[pairs.sources] | ((ours == theirs) & (ours != NONE))
