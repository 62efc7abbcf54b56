"""Names split into words, and the labels that people use for fields."""

import re
from functools import lru_cache

from toolmind_resources.language.plurals import singular

_SPLIT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_GENERIC = {
    "id",
    "ids",
    "name",
    "names",
    "type",
    "code",
    "key",
    "number",
    "value",
    "date",
    "status",
    "title",
    "uuid",
}
_SPELLED = {
    "id": "ID",
    "ids": "IDs",
    "url": "URL",
    "uri": "URI",
    "ip": "IP",
    "api": "API",
    "uuid": "UUID",
    "sku": "SKU",
    "isbn": "ISBN",
    "arn": "ARN",
    "vpc": "VPC",
    "html": "HTML",
    "json": "JSON",
    "sql": "SQL",
    "csv": "CSV",
    "dna": "DNA",
    "gdp": "GDP",
    "bmi": "BMI",
    "usd": "USD",
    "iso": "ISO",
    "gps": "GPS",
    "num": "number of",
    "min": "minimum",
    "max": "maximum",
    "qty": "quantity",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "dest": "destination",
    "src": "source",
    "desc": "description",
    "addr": "address",
    "loc": "location",
    "temp": "temperature",
    "org": "organization",
    "repo": "repository",
    "dir": "directory",
    "cmd": "command",
    "msg": "message",
    "tz": "time zone",
    "amt": "amount",
    "acct": "account",
}


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """The lower-case words of an identifier in camelCase, snake_case, kebab-case or any mix."""
    return tuple(word.lower() for word in _SPLIT.findall(name))


def spoken(words: tuple[str, ...]) -> str:
    """Words as a person writes them: abbreviations spelled out or in capitals."""
    return " ".join(_SPELLED.get(word, word) for word in words)


def label_of(name: str, owner: str = "") -> str:
    """What a person calls a field: `departureCity` is "departure city", a bare `id` of `invoice` "invoice ID"."""
    words = words_of(name) or ("value",)
    if len(words) == 1 and words[0] in _GENERIC and owner:
        owners = words_of(owner)
        if owners and singular(owners[-1]) != words[0]:
            words = (*owners[:-1], singular(owners[-1]), *words)
    return spoken(words)
