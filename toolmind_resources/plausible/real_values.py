"""What in a text may be somebody's: addresses, numbers and secrets outside of the reserved ranges.

It is told by form alone. A telephone number is one that is written with its country (`+49 ...`) or as North
Americans write theirs: ten digits in a row may be anything.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from toolmind_resources.plausible.reserved_ranges import (
    is_card_number,
    is_fictional_phone,
    is_public_address,
    is_reserved_as_number,
    is_reserved_host,
)


class RealKind(StrEnum):
    """What a value seems to be."""

    EMAIL = "email"
    HOST = "host"
    PHONE = "phone"
    ADDRESS = "ip address"
    AS_NUMBER = "as number"
    CARD = "card number"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class RealValue:
    """A value that may be real, as it stands in the text."""

    kind: RealKind
    text: str


_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}"
_EMAIL = re.compile(rf"(?<![\w.%+-])[\w.%+-]{{1,64}}@({_HOST})(?![\w-])", re.IGNORECASE)
_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,15}://(?:[^\s/@:\"'\\]{1,64}(?::[^\s/@\"'\\]{0,64})?@)?([a-z0-9.-]{1,253})", re.I
)
_BARE_HOST = re.compile(
    r"(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:com|org|net|edu|gov)(?![\w-]|\.\w)", re.I
)
"""Of the names without a scheme those alone that end as most do and no file does."""
_PHONE = re.compile(
    r"(?<![\w.+-])(?:\+[1-9][\d ().-]{6,18}\d|(?:1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])[2-9]\d\d[-. ]\d{4})(?![\w-])"
)
_IPV4 = re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[23][0-9a-f]{3}:[0-9a-f:]{1,34}(?![\w:])", re.I)
_VERSION = re.compile(r"version\W{0,4}$", re.I)
_AS_NUMBER = re.compile(r"(?<![\w-])ASN?[ :]?(\d{4,10})(?![\w-])")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){13,18}(?![\w-]|\.\d)")
_SECRETS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"  # Amazon
    r"|gh[pousr]_[0-9A-Za-z]{36}|github_pat_\w{60,}|glpat-[\w-]{20}"  # GitHub, GitLab
    r"|xox[abposr]-[0-9A-Za-z-]{20,}|hooks\.slack\.com/services/\w+/\w+/\w+"  # Slack
    r"|[rs]k_live_[0-9A-Za-z]{16,}"  # Stripe
    r"|AIza[\w-]{35}|ya29\.[\w-]{20,}"  # Google
    r"|sk-(?:ant-|proj-|svcacct-)[\w-]{20,}|sk-[0-9A-Za-z]{40,}|hf_[0-9A-Za-z]{30,}"  # providers of models
    r"|npm_[0-9A-Za-z]{36}|pypi-AgE[\w-]{50,}|SG\.[\w-]{22}\.[\w-]{43}|key-[0-9a-f]{32}"  # registries, mail
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"  # a signed token (JWT)
    r")(?![0-9A-Za-z])|-----BEGIN [A-Z ]{0,24}PRIVATE KEY-----"
)
_PLACEHOLDER = re.compile(r"EXAMPLE|X{4,}|x{4,}|0{8,}|1234567|abcdefg", re.ASCII)


def real_values(text: str) -> list[RealValue]:
    """The values of the text that may be real, by kind and in the order in which they stand; each once."""
    return list(dict.fromkeys(value for find in _FINDERS for value in find(text)))


def _emails(text: str) -> Iterator[RealValue]:
    for found in _EMAIL.finditer(text) if "@" in text else ():
        if not is_reserved_host(found[1]):
            yield RealValue(RealKind.EMAIL, found[0])


def _hosts(text: str) -> Iterator[RealValue]:
    named = [found[1] for found in _URL.finditer(text)] if "://" in text else []
    for host in (*named, *(found[0] for found in _BARE_HOST.finditer(text))):
        is_name = is_public_address(host) is None and not is_reserved_host(host)
        if is_name and re.fullmatch(_HOST, host.rstrip("."), re.IGNORECASE):
            yield RealValue(RealKind.HOST, host.rstrip("."))


def _phones(text: str) -> Iterator[RealValue]:
    candidates = _PHONE.findall(text)
    if not candidates:
        return
    import phonenumbers  # its tables cost a tenth of a second

    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, "US")
        except phonenumbers.NumberParseException:
            continue
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number) and not is_fictional_phone(e164):
            yield RealValue(RealKind.PHONE, candidate)


def _addresses(text: str) -> Iterator[RealValue]:
    for found in (*_IPV4.finditer(text), *_IPV6.finditer(text)):
        is_version = _VERSION.search(text, max(found.start() - 12, 0), found.start())
        if is_public_address(found[0]) and not is_version:
            yield RealValue(RealKind.ADDRESS, found[0])


def _as_numbers(text: str) -> Iterator[RealValue]:
    for found in _AS_NUMBER.finditer(text):
        if not is_reserved_as_number(int(found[1])):
            yield RealValue(RealKind.AS_NUMBER, found[0])


def _cards(text: str) -> Iterator[RealValue]:
    for found in _CARD.finditer(text):
        if is_card_number(re.sub(r"\D", "", found[0])):
            yield RealValue(RealKind.CARD, found[0])


def _secrets(text: str) -> Iterator[RealValue]:
    for found in _SECRETS.finditer(text):
        if not _PLACEHOLDER.search(found[0]):
            yield RealValue(RealKind.SECRET, found[0])


_FINDERS: tuple[Callable[[str], Iterator[RealValue]], ...] = (
    _emails, _hosts, _phones, _addresses, _as_numbers, _cards, _secrets,
)  # fmt: skip
