"""Rows that a step did not keep. A bad row is data, not an exception."""

from dataclasses import dataclass
from enum import StrEnum

NO_REPLY = "no reply: "
"""How the detail of a row begins, or goes on, that was lost to a request without a reply."""


class DropReason(StrEnum):
    """Why a row was dropped; one closed set for all stages."""

    UNREADABLE_FILE = "unreadable_file"
    """The file cannot be opened, or is not UTF-8."""
    FILE_TOO_LARGE = "file_too_large"
    """The file exceeds the configured limit in bytes."""
    OUTSIDE = "outside"
    """A link leads out of the folder."""
    TOO_MANY_MEMBERS = "too_many_members"
    """An archive has more members than are looked at."""
    ARCHIVE_TOO_LARGE = "archive_too_large"
    """An archive expands to more bytes than are read of it."""
    COMPRESSION_BOMB = "compression_bomb"
    """Content expands to so many times its bytes that it is no catalog."""
    UNSAFE_NAME = "unsafe_name"
    """The name of a member is absolute or leads out of the archive."""
    SPECIAL_MEMBER = "special_member"
    """A member is a link, a device or a pipe."""
    DUPLICATE_MEMBER = "duplicate_member"
    """A member's name has stood before; the first one was read."""
    NESTED_ARCHIVE = "nested_archive"
    """An archive inside of an archive, which is not opened."""
    ENCRYPTED_MEMBER = "encrypted_member"
    """A member wants a password."""
    CORRUPT_ARCHIVE = "corrupt_archive"
    """An archive is broken or cut off, or compressed in a way that is not known."""
    CORRUPT_ROW = "corrupt_row"
    """A row of a data set, or the whole data set, cannot be read."""
    MISSING_COLUMN = "missing_column"
    """A data set has no such column."""
    TOO_MANY_VALUES = "too_many_values"
    """A column has more distinct values than are kept count of."""
    REFUSED_URL = "refused_url"
    """A URL, or what it redirects to, is none that may be fetched."""
    REFUSED_ADDRESS = "refused_address"
    """A host has a loopback, private, link-local or otherwise internal address."""
    TOO_MANY_REDIRECTS = "too_many_redirects"
    """A URL redirects more often than is followed."""
    FETCH_TOO_SLOW = "fetch_too_slow"
    """A URL took longer than is waited for, and no copy of it was fetched before."""
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
    OLDER_VERSION = "older_version"
    """A newer version of the same API is there, which stands for all of them."""
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
    FUNCTION_GONE = "function_gone"
    """A function that the task offers or plans is not among the functions any more."""
    CHAT_FAILED = "chat_failed"
    """No reply of a chat model could be had."""
    UNUSABLE_REPLY = "unusable_reply"
    """Replies of a chat model came, and its role could use none."""
    CUT_OFF = "cut_off"
    """A reply ends at the token limit, with more room too."""
    CONTENT_FILTER = "content_filter"
    """The endpoint's content filter held the reply back."""
    TOO_SLOW = "too_slow"
    """The dialogue took longer than a dialogue may."""
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
    NO_REASONING = "no_reasoning"
    """A passing turn before which the model said nothing of what it thought, where such turns are wanted."""
    UNWANTED_REASONING = "unwanted_reasoning"
    """A passing turn with what the model thought, where turns without are wanted."""
    DUPLICATE = "duplicate"
    """The same content stands in an earlier row."""
    OVER_LIMIT = "over_limit"
    """A configured count of rows was reached."""


LOST_REPLIES = (
    *(DropReason.CHAT_FAILED, DropReason.UNUSABLE_REPLY, DropReason.CUT_OFF),
    *(DropReason.CONTENT_FILTER, DropReason.TOO_SLOW),
)
"""Reasons that lie with a chat model's replies: asked anew, the row may be made after all."""


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
