"""What sort of value a field carries, told from its name and type: whether such values link calls at all."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from toolmind_assets.stages.graph import words
from toolmind_assets.stages.graph.sayings import is_comparison
from toolmind_assets.stages.graph.words import split_words


class Carrier(StrEnum):
    """What sort of value a field carries, by its name and type."""

    IDENTIFIER = "identifier"
    """Names one thing out of many: `order_id`, `iban`, `slug`."""
    VALUE = "value"
    """A particular value with a meaning of its own: a city, a date, an address, a name."""
    NUMBER = "number"
    """A quantity, which means little without what it measures."""
    CREDENTIAL = "credential"
    """Opens every call alike: an access token, a session."""
    OPAQUE = "opaque"
    """An object or array about whose members nothing is known, or a value of no stated kind."""
    PROSE = "prose"
    """Free text that is written for one call."""
    STATE = "state"
    """A class, state, choice or count that many things share."""
    AUDIT = "audit"
    """When or by whom something was changed."""
    SETTING = "setting"
    """How a call works: paging, order, format."""
    SECRET = "secret"
    """A password or the like."""
    FLAG = "flag"
    """True or false."""


def classify(
    name: str,
    owner: str,
    types: tuple[str, ...],
    schema: Mapping[str, Any],
    *,
    is_identifier: bool,
    is_member: bool,
) -> Carrier:
    """What sort of value a field carries.

    Args:
        is_member: It is a member of an array of scalars: many short texts are no prose.
        is_identifier: Its spec marks it as an identifier of a resource.
    """
    has_choices = "enum" in schema or "const" in schema
    return _classify(
        name, owner, types, schema.get("format") == "uuid", has_choices, is_identifier, is_member
    )


@lru_cache(maxsize=500_000)
def _classify(
    field: str,
    owner: str,
    types: tuple[str, ...],
    is_uuid: bool,
    has_choices: bool,
    is_identifier: bool,
    is_member: bool,
) -> Carrier:
    """The first rule that fits decides."""
    name = split_words(field)
    head, parts = (name[-1], set(name)) if name else ("", set[str]())
    is_number = bool(types) and set(types) <= {"integer", "number"}
    rules = (
        (types == ("boolean",), Carrier.FLAG),
        (bool(parts & words.SECRETS), Carrier.SECRET),
        (is_comparison(field), Carrier.SETTING),
        (is_identifier and not has_choices, Carrier.IDENTIFIER),
        (bool(parts & words.AUDIT) or head == "at", Carrier.AUDIT),
        (bool(parts) and parts - {"token"} <= words.SETTINGS and parts != {"token"}, Carrier.SETTING),
        (bool(set(split_words(owner)) & words.FILTERS) and head != "id", Carrier.SETTING),
        (
            bool(parts & words.PREPOSITIONS) and parts - {"id"} <= words.PREPOSITIONS,
            Carrier.SETTING,
        ),
        (head in words.SETTINGS and parts <= words.SETTINGS | words.PREPOSITIONS, Carrier.SETTING),
        (head == "token" or (head == "key" and bool(parts & words.ACCESS)), Carrier.CREDENTIAL),
        (head in words.IDENTIFIERS or is_uuid, Carrier.IDENTIFIER),
        (bool(set(types) & {"object", "array"}), Carrier.OPAQUE),
        (parts <= words.VAGUE or head in words.VAGUE_HEADS, Carrier.OPAQUE),
        (head in words.STATES or has_choices, Carrier.STATE),
        (head in words.PROSE and not is_member, Carrier.PROSE),
        (is_number and head == "count", Carrier.STATE),
        (is_number, Carrier.NUMBER),
    )
    return next((carrier for holds, carrier in rules if holds), Carrier.VALUE)
