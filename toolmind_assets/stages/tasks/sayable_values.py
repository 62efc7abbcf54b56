"""Which arguments a person can give in a chat: no bytes of a file, no hash, nothing that a program hands to the next."""

import re
from functools import lru_cache

from toolmind_assets.model.functions import FunctionSpec, MarkKind
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.tasks.argument_fields import ArgumentField, is_identifier
from toolmind_resources.language.word_sets import word_set
from toolmind_resources.plausible.field_labels import words_of

_FORMATS = frozenset({"binary", "byte", "base64", "base64url"})
"""Formats of texts that are bytes written out."""
_UNSAID = word_set(
    "bytes blob binary checksum sha hash nonce signature etag cursor token fingerprint "
    "ciphertext embedding embeddings jwt pem csr hmac crc"
)
"""Words of names of what is computed, or handed on by programs."""
_SETTINGS = word_set(
    "config configuration settings options data payload body spec specification params parameters metadata definition "
    "schema json catalog"
)
"""Last words of names of what is an object, where its schema does not say of what type it is."""
_FILES = word_set(
    "file files attachment attachments image images photo avatar audio video pdf upload body data"
)
"""Last words of names of what may be a file itself rather than its name."""
_BYTES = re.compile(
    r"base[-_]?64|multipart|\bbinary\b|byte (?:array|stream|string)|raw bytes|blob of|hex-?encoded|"
    r"\b(?:sha|md)-?\d+\b|\bchecksum|\bPEM\b",
    re.IGNORECASE,
)
_UPLOADED = re.compile(
    r"\bupload|\bcontents? of (?:the|a) file|file (?:contents?|data|object)", re.IGNORECASE
)
_COUNTED = ("boolean", "integer", "number")
_DOCUMENT = re.compile(
    r"\b(?:JSON|YAML|XML)\b[^.]{0,30}\b(?:string|document|text|encoded|format|body|object)|\bdefinition data\b|"
    r"\bpolicy document\b",
    re.IGNORECASE,
)
"""What descriptions say of a text that is a document for programs."""
_OF_PROGRAMS = frozenset({MarkKind.AUTH, MarkKind.TRANSPORT, MarkKind.PAGINATION, MarkKind.IDEMPOTENCY})
_ABOUT_THE_ANSWER = word_set(
    "fields field expand include includes embed embeds dryrun dry pretty format view projection select verbose debug "
    "callback limit offset page sort order"
)
"""Words of optional arguments that shape the answer, and of which no person thinks."""
_KEPT_BY_SERVICES = word_set("created updated modified etag revision")
"""Words of what a service notes down by itself."""


def is_sayable(field: ArgumentField) -> bool:
    """Whether a person can give the value of an argument in a chat."""
    schema = field.schema
    if schema.get("type") in _COUNTED:
        return True
    words = words_of(field.name)
    if not (field.is_scalar or field.is_list or "enum" in schema) and _SETTINGS.intersection(words[-1:]):
        return False
    if (
        field.format in _FORMATS
        or "contentEncoding" in schema
        or _BYTES.search(f"{field.name} {field.description}")
    ):
        return False
    if _UNSAID.intersection(words) or ("enum" not in schema and _DOCUMENT.search(field.description)):
        return False
    return not (words and words[-1] in _FILES and _UPLOADED.search(field.description))


@lru_cache(maxsize=20_000)
def program_paths(function: FunctionSpec) -> frozenset[str]:
    """Pointers to the parameters of a function that serve the transport, the paging, or the repetition of a call."""
    return frozenset(mark["path"] for mark in function.marks if mark.get("kind") in _OF_PROGRAMS)


def is_worth_saying(field: ArgumentField, function: FunctionSpec) -> bool:
    """Whether a person might state an argument that could be left out: it is about the matter, and no identifier.

    An identifier that nothing leads to and nobody has to give names a thing that the story does not know.
    """
    if field.is_secret or field.fixed or is_identifier(field) or not is_sayable(field):
        return False
    top = next((key for key in parse_path(field.path) if isinstance(key, str)), "")
    is_of_program = f"/parameters/properties/{escape(top)}" in program_paths(function)
    words = {*words_of(field.name)}
    return not is_of_program and words.isdisjoint(_ABOUT_THE_ANSWER | _KEPT_BY_SERVICES)
