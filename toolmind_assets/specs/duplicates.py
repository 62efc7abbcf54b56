"""Normalised specs -> distinct functions: exact duplicates folded, every source kept, names unique."""

import polars as pl

from toolmind_assets.model.ids import make_id
from toolmind_assets.specs.names import legal_name, unique_names

_SOURCE = ("entry_id", "catalog", "location", "source", "source_version", "licence")
INDEX_COLUMNS = (*_SOURCE, "function_key", "function_digest", "source_name")
"""The columns of `specs/normalized` by which functions are told apart."""


def fold(index: pl.DataFrame) -> pl.DataFrame:
    """The distinct functions, sorted by id, whatever the order of the specs.

    Specs of the same digest, which covers name, description, parameters and result, are one function. It
    takes what is said of its origin from the first source by catalog and location, and lists all of them.

    Args:
        index: `INDEX_COLUMNS` of normalised specs.

    Returns:
        `function_id`, `name`, `entry_id` of the spec that stands for the function, and `sources`.
    """
    groups = (
        index.sort("catalog", "location", "entry_id")
        .group_by("function_digest", maintain_order=True)
        .agg(
            pl.col("function_key").first(),
            pl.col("source_name").first(),
            pl.col("entry_id").first(),
            pl.struct(_SOURCE).alias("sources"),
        )
    )
    ids = [make_id("fn", *row) for row in groups.select("function_key", "function_digest").iter_rows()]
    bases = {fn: legal_name(name) for fn, name in zip(ids, groups["source_name"], strict=True)}
    names = unique_names(bases)
    found = groups.select(
        pl.Series("function_id", ids, pl.String),
        pl.Series("name", [names[fn] for fn in ids], pl.String),
        "entry_id",
        "sources",
    )
    return found.sort("function_id")


def fold_frame(specs: pl.DataFrame) -> pl.DataFrame:
    """Rows of `specs/normalized` as rows of `specs/functions`, sorted by id."""
    return fold(specs.select(INDEX_COLUMNS)).join(
        specs.drop("build_token", strict=False), on="entry_id", how="left", maintain_order="left"
    )
