"""Rows that a step did not keep. A bad row is data, not an exception."""

from dataclasses import dataclass
from enum import StrEnum


class DropReason(StrEnum):
    """Why a row was dropped; one closed set for all stages."""

    UNREADABLE_FILE = "unreadable_file"
    """The file cannot be opened, or is not UTF-8."""
    FILE_TOO_LARGE = "file_too_large"
    """The file exceeds the configured limit in bytes."""
    MALFORMED_JSON = "malformed_json"
    """The file or line is not JSON or YAML."""
    UNKNOWN_FORM = "unknown_form"
    """Well-formed, but no catalog form (or open-set row) that we know."""
    TOO_DEEP = "too_deep"
    """Nested deeper than the configured limit."""
    INVALID_TEXT = "invalid_text"
    """Text that is not valid Unicode, such as a lone surrogate."""
    MISSING_NAME = "missing_name"
    """The entry names no function."""
    NAME_TOO_LONG = "name_too_long"
    """The name exceeds the configured limit in characters."""
    INVALID_SCHEMA = "invalid_schema"
    """The parameters cannot be brought into valid JSON Schema 2020-12."""
    SCHEMA_TOO_LARGE = "schema_too_large"
    """The parameters have more sub-schemas than the configured limit."""
    UNFORESEEN = "unforeseen"
    """An entry whose shape its form does not foresee, and no rule of ours: a defect of ours, to be reported."""
    UNRESOLVED_REF = "unresolved_ref"
    """A `$ref` points to nothing, or outside the document."""
    FILTERED = "filtered"
    """An allow or deny list of the configuration excludes it."""
    DEAD_END = "dead_end"
    """No walk of the wanted length starts where the task was to start."""
    INVALID_PLAN = "invalid_plan"
    """The planned calls cannot be executed: order, types or required arguments."""
    INVALID_INTENT = "invalid_intent"
    """The intent cannot be parsed, or gives away what it must not."""
    CHAT_FAILED = "chat_failed"
    """No usable reply of a chat model could be had."""
    UNFINISHED_DIALOGUE = "unfinished_dialogue"
    """The dialogue ran into its limit of turns."""
    DIALOGUE_FAILED = "dialogue_failed"
    """The dialogue judge, or a rule on the whole dialogue, rejected it."""
    TURN_FAILED = "turn_failed"
    """A rule or the turn judge found the turn wrong."""
    TURN_UNVERIFIABLE = "turn_unverifiable"
    """The turn could be neither confirmed nor refuted; it fails closed."""
    NOT_TRAINABLE = "not_trainable"
    """A passing turn that the configuration keeps out of training, such as a bare greeting."""
    DUPLICATE = "duplicate"
    """The same content stands in an earlier row."""
    OVER_LIMIT = "over_limit"
    """A configured count of rows was reached."""


@dataclass(frozen=True, slots=True)
class Drop:
    """One row that was not kept.

    Attributes:
        stage: Stage that dropped it.
        partition: Catalog or shard; the empty string for a step over the whole table.
        subject_id: Id that the row had, or would have had.
        parent_ids: Ids of the rows that it was made from.
        reason: One of `DropReason`.
        detail: What was found, in words, with the offending value.
        raw: The row as it came, as text, cut to a stated length.
    """

    stage: str
    partition: str
    subject_id: str
    parent_ids: tuple[str, ...]
    reason: DropReason
    detail: str
    raw: str = ""
