"""Functions as what near duplicates are told by: words of name, namespace and description, and parameters.

Versions are no part of the words: they stand apart, so that two versions of an API have the same words.
"""

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from toolmind_assets.model.ids import parse_stored_json

PROFILE_COLUMNS = (
    "function_id",
    "source_name",
    "namespace",
    "description",
    "location",
    "source",
    "source_version",
    "licence",
    "parameters",
    "has_returns",
)
"""The columns that near duplicates are told by; `parameters` lists `name:type`."""

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VERSION = re.compile(
    r"(?<![a-z0-9])(?:v\d+(?:[._]\d+)*(?:(?:alpha|beta|preview|rc|p)\d*)*|\d+\.\d+(?:\.\d+)*|\d{4}-\d\d-\d\d"
    r"|(?:alpha|beta)\d+)(?![a-z0-9])"
)
_EARLY = re.compile(r"alpha|beta|preview|rc(?![a-z])|(?<=\d)p(?=\d)")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]+|\d+|[^\W\d_]+")
_NAMES_NO_SERVICE = frozenset(
    {
        "a",
        "alpha",
        "an",
        "and",
        "api",
        "apis",
        "beta",
        "documentation",
        "for",
        "http",
        "of",
        "openapi",
        "preview",
    }
    | {
        "public",
        "reference",
        "rest",
        "restful",
        "service",
        "services",
        "spec",
        "specification",
        "swagger",
        "the",
        "web",
    }
)
_DEFINITIONS = ',"$defs":{'

Version = tuple[bool, tuple[int, ...], bool, tuple[int, ...], tuple[int, ...]]


def function_profiles(functions: pl.DataFrame) -> pl.DataFrame:
    """`PROFILE_COLUMNS` of rows of `specs/functions`; may be called part by part, to hold few schemas at once."""
    return functions.select(
        "function_id",
        "source_name",
        "namespace",
        "description",
        pl.col("sources").list.first().struct.field("location"),
        "source",
        "source_version",
        "licence",
        parameters=parameter_types(functions["parameters_json"]),
        has_returns=pl.col("returns_json").is_not_null(),
    )


def parameter_types(parameters_json: pl.Series) -> pl.Series:
    """`name:type` of the parameters of each schema, sorted; those of objects written out in place as `a.b:type`.

    Shared definitions are not read, for they are most of the text: a parameter that refers to one has the
    definition's name as its type.
    """
    found = [sorted(set(_typed(_parse(text), ""))) for text in parameters_json]
    return pl.Series("parameters", found, pl.List(pl.String))


def _parse(text: str) -> Any:
    """The schema without its definitions; what follows them is not read either."""
    end = text.find(_DEFINITIONS)
    if end > 0:
        try:
            return parse_stored_json(text[:end] + "}")
        except ValueError:  # they stood within a property
            pass
    return parse_stored_json(text)


def _typed(schema: Any, path: str) -> Iterator[str]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for name, member in (properties or {}).items():
        here = path + name
        yield f"{here}:{_type_of(member)}"
        if not path and isinstance(member, dict) and "properties" in member:
            yield from _typed(member, f"{here}.")


def _type_of(schema: Any) -> str:
    if not isinstance(schema, dict):
        return ""
    if isinstance(reference := schema.get("$ref"), str):
        return reference.rsplit("/", 1)[-1]
    stated = schema.get("type", "")
    return stated if isinstance(stated, str) else "|".join(sorted(stated))


def name_words(source_name: str) -> tuple[str, ...]:
    """The words of a name in order, without versions; the name itself where none is left."""
    return tuple(_words(source_name)) or (source_name,)


def service_words(namespace: str) -> frozenset[str]:
    """The words of a namespace that tell one service from another; none where it says nothing."""
    return frozenset(_words(namespace)) - _NAMES_NO_SERVICE


def version_of(source_name: str, namespace: str, location: str, source_version: str) -> Version:
    """Larger for newer.

    A release comes after what is early. Then the numbers count that name and namespace state, of which no
    number is the oldest; then those of the document, of which no number is the newest, for a document is named
    by a version once there is a newer one; then those of the source.
    """
    stated = " ".join(
        match.group() for text in (source_name, namespace) for match in _VERSION.finditer(_split(text))
    )
    document = location.split("#", 1)[0].lower().removesuffix(".json")
    documented = " ".join(match.group() for match in _VERSION.finditer(document))
    is_early = _EARLY.search(f"{stated} {document}") is not None
    return not is_early, _numbers(stated), not documented, _numbers(documented), _numbers(source_version)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number[:9]) for number in _NUMBER.findall(text))


def description_words(descriptions: pl.Series) -> pl.Series:
    """The distinct words of each description, at most those of its first 2,000 characters; lower case.

    Addresses, numbers and the commonest words of English are left out.
    """
    return (
        descriptions.str.slice(0, 2000)
        .str.to_lowercase()
        .str.replace_all(r"https?://\S+|\bv?\d[\w.]*", " ")
        .str.extract_all(r"\p{L}{2,}")
        .list.unique(maintain_order=False)
        .list.set_difference(pl.Series([_COMMON]))
        .list.sort()
        .alias("words")
    )


_COMMON = [
    "an",
    "and",
    "are",
    "as",
    "at",
    "be",
    "by",
    "can",
    "for",
    "from",
    "if",
    "in",
    "is",
    "it",
    "of",
    "on",
]
_COMMON += ["or", "that", "the", "their", "this", "to", "was", "were", "which", "will", "with", "you", "your"]


def _split(text: str) -> str:
    return _HUMPS.sub(" ", text).lower()


def _words(text: str) -> list[str]:
    return _WORD.findall(_VERSION.sub(" ", _split(text).replace("_", " ")))
