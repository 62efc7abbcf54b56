"""Completions as rows: which are kept, which are due, and how they become part of the functions. Pure Polars."""

from dataclasses import dataclass

import polars as pl

CONTENT_COLUMNS = (
    *("catalog", "location", "entry_id", "function_digest", "source_name", "namespace", "effect"),
    *("description", "parameters_json", "returns_json"),
)
"""The columns of `specs/normalized` that completing looks at."""
COMPLETED_COLUMNS = ("description", "parameters_json", "returns_json")
"""The columns of a function that a completion may replace."""


@dataclass(frozen=True, slots=True)
class CompletionPlan:
    """What is done about functions that may lack something.

    Attributes:
        kept: Rows of `specs/completions` that stay: their function is there, and their settings are the present.
        rest: Rows of `specs/normalized`, one a distinct function, that have no such row.
    """

    kept: pl.DataFrame
    rest: pl.DataFrame


def plan_completions(specs: pl.DataFrame, before: pl.DataFrame, settings_digest: str) -> CompletionPlan:
    """What stays of the completions before, and which functions are looked at.

    Args:
        specs: `CONTENT_COLUMNS` of `specs/normalized`. Of specs that are one function the first by catalog and
            location speaks for it, as it does when functions are folded.
        before: `specs/completions` as it is.
        settings_digest: Hashes all that decides a completion beside the function.
    """
    distinct = specs.sort("catalog", "location", "entry_id").unique(
        "function_digest", keep="first", maintain_order=True
    )
    current = before.filter(pl.col("settings_digest") == settings_digest)
    kept = current.join(distinct, on="function_digest", how="semi")
    return CompletionPlan(kept, distinct.join(kept, on="function_digest", how="anti", maintain_order="left"))


def apply_completions(functions: pl.DataFrame, completions: pl.DataFrame) -> pl.DataFrame:
    """Functions with what was completed of them, and `inferred`, in their order; ids, keys and digests stay.

    Args:
        functions: Rows with `function_digest` and `COMPLETED_COLUMNS`, such as `fold_frame` gives.
        completions: Rows of `specs/completions`.
    """
    columns = completions.select("function_digest", "inferred", *COMPLETED_COLUMNS)
    renamed = columns.rename({name: f"completed_{name}" for name in COMPLETED_COLUMNS})
    joined = functions.join(renamed, on="function_digest", how="left", maintain_order="left")
    replaced = [pl.coalesce(f"completed_{name}", name).alias(name) for name in COMPLETED_COLUMNS]
    inferred = pl.col("inferred").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    return joined.with_columns(*replaced, inferred).drop(renamed.drop("function_digest", "inferred").columns)
