"""What sort of value a field carries, told from its name and type: whether such values link calls at all."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any

from toolmind_assets.stages.graph import lexicon
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_assets.stages.graph.text_cues import is_comparison


class ValueRole(StrEnum):
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


def role_of(
    name: str,
    owner: str,
    types: tuple[str, ...],
    schema: Mapping[str, Any],
    *,
    is_identifier: bool,
    is_member: bool,
) -> ValueRole:
    """What sort of value a field carries.

    Args:
        is_member: It is a member of an array of scalars: many short texts are no prose.
        is_identifier: Its spec marks it as an identifier of a resource.
    """
    has_choices = "enum" in schema or "const" in schema
    return _role_of(name, owner, types, schema.get("format") == "uuid", has_choices, is_identifier, is_member)


@lru_cache(maxsize=500_000)
def _role_of(
    field: str,
    owner: str,
    types: tuple[str, ...],
    is_uuid: bool,
    has_choices: bool,
    is_identifier: bool,
    is_member: bool,
) -> ValueRole:
    """The first rule that fits decides."""
    name = split_words(field)
    head, parts = (name[-1], set(name)) if name else ("", set[str]())
    is_number = bool(types) and set(types) <= {"integer", "number"}
    rules = (
        (types == ("boolean",), ValueRole.FLAG),
        (bool(parts & lexicon.SECRETS), ValueRole.SECRET),
        (is_comparison(field), ValueRole.SETTING),
        (is_identifier and not has_choices, ValueRole.IDENTIFIER),
        (bool(parts & lexicon.AUDIT) or head == "at", ValueRole.AUDIT),
        (bool(parts) and parts - {"token"} <= lexicon.SETTINGS and parts != {"token"}, ValueRole.SETTING),
        (bool(set(split_words(owner)) & lexicon.FILTERS) and head != "id", ValueRole.SETTING),
        (
            bool(parts & lexicon.PREPOSITIONS) and parts - {"id"} <= lexicon.PREPOSITIONS,
            ValueRole.SETTING,
        ),
        (head in lexicon.SETTINGS and parts <= lexicon.SETTINGS | lexicon.PREPOSITIONS, ValueRole.SETTING),
        (head == "token" or (head == "key" and bool(parts & lexicon.ACCESS)), ValueRole.CREDENTIAL),
        (head in lexicon.IDENTIFIERS or is_uuid, ValueRole.IDENTIFIER),
        (bool(set(types) & {"object", "array"}), ValueRole.OPAQUE),
        (parts <= lexicon.VAGUE or head in lexicon.VAGUE_HEADS, ValueRole.OPAQUE),
        (head in lexicon.STATES or has_choices, ValueRole.STATE),
        (head in lexicon.PROSE and not is_member, ValueRole.PROSE),
        (is_number and head == "count", ValueRole.STATE),
        (is_number, ValueRole.NUMBER),
    )
    return next((role for holds, role in rules if holds), ValueRole.VALUE)
