"""Normalised specs -> distinct functions: exact duplicates folded, every source kept, names unique.

Only the small columns of the specs are looked at: no schema is decoded.
"""

import polars as pl

from toolmind_assets.model.ids import make_id
from toolmind_assets.stages.specs.names import KnownName, Unnamed, name_functions
from toolmind_resources.delta.table import BUILD_TOKEN

_SOURCE = ("entry_id", "catalog", "location", "source", "source_version", "licence")
INDEX_COLUMNS = (*_SOURCE, "function_key", "function_digest", "source_name", "namespace")
"""The columns of `specs/normalized` by which functions are told apart."""
KNOWN_COLUMNS = ("function_key", "function_digest", "name", "sources")
"""The columns of `specs/functions` by which a function of its last version is known again."""


def fold(index: pl.DataFrame, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """The distinct functions, sorted by id, whatever the order of the specs.

    Specs of the same digest, which covers name, description, parameters and result, are one function. The
    spec that stands for it is the one that stood for it before, else one of the same key, else the first by
    catalog and location; so a catalog that brings the same function once more changes neither its id nor what
    is said of its origin.

    Args:
        index: `INDEX_COLUMNS` of normalised specs; others are ignored.
        known: `KNOWN_COLUMNS` of the functions as they were folded last, None where they never were. They keep
            their names (see `name_functions`).

    Returns:
        `function_id`, `name`, `entry_id` of the spec that stands for the function, and `sources`: that spec's
        first, the others by catalog and location.
    """
    groups = (
        _ranked(index.select(INDEX_COLUMNS), known)
        .group_by("function_digest", maintain_order=True)
        .agg(
            pl.col("function_key", "source_name", "namespace", "entry_id").first(),
            pl.struct(_SOURCE).alias("sources"),
        )
    )
    columns = ("function_key", "function_digest", "source_name", "namespace")
    unnamed = [Unnamed(make_id("fn", row[0], row[1]), *row) for row in groups.select(columns).iter_rows()]
    names = name_functions(unnamed, _known_names(known))
    return groups.select(
        pl.Series("function_id", [one.function_id for one in unnamed], pl.String),
        pl.Series("name", [names[one.function_id] for one in unnamed], pl.String),
        "entry_id",
        "sources",
    ).sort("function_id")


def fold_frame(specs: pl.DataFrame, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """Rows of `specs/normalized` as rows of `specs/functions`, sorted by id, without their build token."""
    return fold(specs, known).join(
        specs.drop(BUILD_TOKEN, strict=False), on="entry_id", how="left", maintain_order="left"
    )


def _ranked(index: pl.DataFrame, known: pl.DataFrame | None) -> pl.DataFrame:
    """The specs, of each function the one first that stands for it."""
    by_place = index.sort("catalog", "location", "entry_id")
    if known is None or known.is_empty():
        return by_place
    before = known.select(
        "function_digest",
        known_key="function_key",
        known_entry=pl.col("sources").list.first().struct.field("entry_id"),
    ).unique("function_digest", keep="any")
    return (
        by_place.join(before, on="function_digest", how="left", maintain_order="left")
        .with_columns(
            rank=pl.when(pl.col("entry_id") == pl.col("known_entry"))
            .then(0)
            .when(pl.col("function_key") == pl.col("known_key"))
            .then(1)
            .otherwise(2)
        )
        .sort("rank", maintain_order=True)
        .select(INDEX_COLUMNS)
    )


def _known_names(known: pl.DataFrame | None) -> list[KnownName]:
    if known is None:
        return []
    return list(known.select("function_key", "function_digest", "name").iter_rows())
