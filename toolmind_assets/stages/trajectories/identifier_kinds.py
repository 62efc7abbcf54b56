"""Which values name one particular thing, so that nobody can make them up.

Free text, small numbers, amounts and measures are no identifiers.
"""

import re
from enum import StrEnum
from typing import Any

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_URL = re.compile(r"(https?|ftp|wss?|s3|postgres(ql)?|mongodb)://\S+", re.I)
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.I)
_IP = re.compile(r"(\d{1,3}\.){3}\d{1,3}(/\d{1,2})?(:\d+)?")
_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{6,}\d")
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_CODE = re.compile(r"#?[A-Za-z0-9]+([-_#./:][A-Za-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-f]{6}([0-9a-f]{2})?|#[0-9a-f]{3}|0x[0-9a-f]+", re.I)
_MEASURE = re.compile(r"\$?\d+([.,]\d+)?[A-Za-z]{1,7}|v?\d+(\.\d+)+|[A-Za-z]{1,12}[-_]?\d{1,2}")
_FILE = re.compile(r".*\.[A-Za-z]{1,4}\d?")
_ID_NAME = re.compile(
    r"(^|[_\-. ])(id|ids|uuid|guid|code|codes|phone|mobile|zip|zipcode|postcode|postal|token|key|iban|isbn|ssn|vin|"
    r"imei|sku|upc|ean|hash|serial|plate|passport|licence|license|account|email|username)([_\-. ]|$)|"
    r"(number|num|no)$",
    re.I,
)
_ORDINAL_NAME = re.compile(
    r"(time|date|epoch|stamp|since|until|start|end|expir)|(page|chapter|line|room|row|season|episode|week|seat)",
    re.I,
)
_YEARS = range(1900, 2101)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class IdentifierKind(StrEnum):
    """The shapes of identifiers."""

    EMAIL = "e-mail address"
    URL = "URL"
    UUID = "UUID"
    IP = "IP address"
    PHONE = "telephone number"
    DATE = "date"
    DIGITS = "long number"
    CODE = "code"


def is_identifier_name(name: str) -> bool:
    """Whether a parameter is called as identifiers are: `order_id`, `zip`, `accountNumber`."""
    return bool(_ID_NAME.search(_CAMEL.sub("_", name)))


def is_identifier(value: Any, name: str) -> bool:
    """Whether two different values of this kind under this name mean two different things."""
    return identifier_kind(value, name) is not None or (
        is_identifier_name(name) and (isinstance(value, int) or any(map(str.isdigit, str(value))))
    )


def identifier_kind(value: Any, name: str) -> IdentifierKind | None:
    """What an argument's value identifies, by its shape and its parameter's name; None for nothing.

    Under a name like `order_id` any code with a digit counts; under another name it must be longer, and
    neither a measure (`500ml`), a version, a colour nor a file's name. A whole number counts from 10 on,
    unless it may be a year, a time or a place in an order.
    """
    if isinstance(value, (bool, float)):
        return None
    if isinstance(value, int):
        is_id = is_identifier_name(name) and not _ORDINAL_NAME.search(name)
        return IdentifierKind.DIGITS if is_id and value >= 10 and value not in _YEARS else None
    text = str(value).strip()
    for pattern, kind in (
        (_EMAIL, IdentifierKind.EMAIL),
        (_URL, IdentifierKind.URL),
        (_UUID, IdentifierKind.UUID),
        (_IP, IdentifierKind.IP),
        (_DATE, IdentifierKind.DATE),
    ):
        if len(text) < 2_000 and pattern.fullmatch(text):
            return kind
    return _code_kind(text, name)


def _code_kind(text: str, name: str) -> IdentifierKind | None:
    n_digits = sum(map(str.isdigit, text))
    is_named = is_identifier_name(name)
    if not n_digits or len(text) > 80:
        return None
    if text.isdigit():
        return IdentifierKind.DIGITS if n_digits >= (4 if is_named else 6) else None
    if _PHONE.fullmatch(text):
        return IdentifierKind.PHONE if text.startswith(("+", "(")) or "phone" in name.lower() else None
    if not _CODE.fullmatch(text) or not any(map(str.isalpha, text)) or _COLOUR.fullmatch(text):
        return None
    if is_named:
        return IdentifierKind.CODE if n_digits >= 2 or len(text) >= 6 else None
    is_plain = n_digits < 3 or len(text) < 6 or _MEASURE.fullmatch(text) or _FILE.fullmatch(text)
    return None if is_plain or "/" in text or ":" in text else IdentifierKind.CODE
