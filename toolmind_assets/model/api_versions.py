"""Which version of an API a document is, by its name: `dns.v1beta2.json` is an early version of what `dns.v2.json` is."""

import re
from functools import lru_cache
from typing import NamedTuple

_VERSION = re.compile(
    r"\d{4}[-_]\d\d[-_]\d\d"
    r"|(?<![a-z0-9])(?:v\d+(?:[._]\d+)*(?:(?:alpha|beta|preview|rc|p)\d*)*|\d+\.\d+(?:\.\d+)*|(?:alpha|beta)\d*|preview)"
    r"(?![a-z0-9])"
)
_EARLY = re.compile(r"alpha|beta|preview|rc(?![a-z])|(?<=\d)p(?=\d)")
_NUMBER = re.compile(r"\d+")
_GAP = re.compile(r"[._-]*([/._-])[._-]*")


class ApiDocument(NamedTuple):
    """What the place of an entry says of its API.

    Attributes:
        api: The document without its version; documents that share it are versions of one API.
        version: The version as the document states it, or empty.
    """

    api: str
    version: str

    @property
    def rank(self) -> tuple[bool, bool, tuple[int, ...]]:
        """Larger for newer: what is released comes after what is early, and what has no number is current."""
        numbers = tuple(int(number[:9]) for number in _NUMBER.findall(self.version))
        return not _EARLY.search(self.version), not self.version, numbers


def document_of(location: str) -> str:
    """The file of an entry's location."""
    return location.partition("#")[0]


@lru_cache(maxsize=10_000)
def api_document(document: str) -> ApiDocument:
    """API and version of a document, by its path."""
    lower = document.lower()
    found = " ".join(_VERSION.findall(lower))
    return ApiDocument(_GAP.sub(r"\1", _VERSION.sub("", lower)), found)


def unversioned(name: str) -> str:
    """The name of a function without versions: `CreateDistribution2014_05_31` is an older `CreateDistribution2020_05_31`."""
    return _VERSION.sub("", name.lower())
