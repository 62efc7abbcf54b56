"""Tables of the stage `specs`: entries in canonical form, and the distinct functions that they are."""

import polars as pl

from toolmind_assets.tables.drops import dropped_table
from toolmind_resources.delta.table import Column, Frames, Law, Noun, Parent, Table

REPAIRS = pl.List(pl.Struct({"code": pl.String, "path": pl.String, "detail": pl.String}))
SOURCES = pl.List(
    pl.Struct(
        dict.fromkeys(("entry_id", "catalog", "location", "source", "source_version", "licence"), pl.String)
    )
)

_CONTENT = (
    Column("source_name", pl.String, "name as found"),
    Column("namespace", pl.String, "API, server or class that it belongs to"),
    Column("description", pl.String, "plain text, whole"),
    Column("short_description", pl.String, "its first sentences, for prompts that show many functions"),
    Column("parameters_json", pl.String, "JSON Schema 2020-12 of type object"),
    Column(
        "returns_json",
        pl.String,
        "JSON Schema 2020-12 of the result; null where not stated",
        is_nullable=True,
    ),
    Column("effect", pl.String, "one of Effect"),
    Column("domain", pl.String, "one of Domain"),
    Column("is_idempotent", pl.Boolean, "the same call, made again, changes nothing more"),
    Column("is_deprecated", pl.Boolean, "its publisher advises against it"),
    Column(
        "marks_json",
        pl.String,
        "list of {path, kind, resource, value}: parameters and fields that authenticate, serve the transport, page, "
        "are deprecated, name a resource or are measured in a unit, by RFC 6901 pointer into the function",
    ),
)
_ORIGIN = (
    Column("source", pl.String, "where the catalog was published"),
    Column("source_version", pl.String, "version of that publication"),
    Column("licence", pl.String, "SPDX id, or the name that the source states"),
)


def _entries_are_kept_or_dropped(frames: Frames) -> list[str]:
    raw = frames["catalogs/raw_functions"].height
    kept, dropped = frames["specs/normalized"].height, frames["specs/dropped"].height
    return [] if raw == kept + dropped else [f"{raw} raw functions, {kept} normalised + {dropped} dropped"]


def _specs_are_folded_without_loss(frames: Frames) -> list[str]:
    normalized = frames["specs/normalized"].height
    folded = frames["specs/functions"]["sources"].list.len().sum()
    return [] if normalized == folded else [f"{normalized} normalised specs, {folded} sources of functions"]


def _names_are_unique(frames: Frames) -> list[str]:
    names = frames["specs/functions"]["name"]
    repeated = sorted(names.filter(names.is_duplicated()).unique().to_list())
    return [f"{len(repeated)} names stand twice, first {repeated[0]!r}"] if repeated else []


def _clusters_have_one_representative(frames: Frames) -> list[str]:
    near = frames["specs/near_duplicates"]
    clusters = near.group_by("cluster_id").agg(
        pl.len(),
        pl.col("is_representative").sum().alias("n_representatives"),
        (pl.col("is_representative") == (pl.col("function_id") == pl.col("representative_function_id")))
        .all()
        .alias("is_named"),
        pl.col("representative_function_id").n_unique().alias("n_named"),
    )
    is_sound = (
        (pl.col("len") > 1)
        & (pl.col("n_representatives") == 1)
        & (pl.col("n_named") == 1)
        & pl.col("is_named")
    )
    wrong = clusters.filter(~is_sound)["cluster_id"].sort()
    if wrong.is_empty():
        return []
    return [f"{len(wrong)} clusters without one representative and others, first {wrong[0]!r}"]


def _completed_or_dropped(frames: Frames) -> list[str]:
    dropped = frames["specs/completions_dropped"].select(pl.col("subject_id").alias("function_digest"))
    both = frames["specs/completions"].join(dropped, on="function_digest", how="semi").height
    return [f"{both} functions are both completed and dropped"] if both else []


NORMALIZED = Table(
    name="specs/normalized",
    row="one catalog entry in canonical form, before duplicates are folded",
    columns=(
        Column("catalog", pl.String, "name of the configured source"),
        Column("entry_id", pl.String, "the raw entry"),
        Column("location", pl.String, "file, and the place in it"),
        Column("function_key", pl.String, "stable across versions: source, namespace, source name"),
        Column("function_digest", pl.String, "hashes the content"),
        *_CONTENT,
        Column("repairs", REPAIRS, "what was changed to get here"),
        *_ORIGIN,
    ),
    key=("catalog", "entry_id"),
    partition_by="catalog",
    parents=(Parent("entry_id", "catalogs/raw_functions", "entry_id"),),
    laws=(
        Law(
            "entries_conserved",
            "raw functions = normalised specs + dropped",
            ("catalogs/raw_functions", "specs/normalized", "specs/dropped"),
            _entries_are_kept_or_dropped,
        ),
    ),
)

COMPLETIONS = Table(
    name="specs/completions",
    row="what a chat model completed of one function whose source leaves something out",
    columns=(
        Column("function_digest", pl.String, "the normalised content that was completed"),
        Column("inferred", pl.List(pl.String), "RFC 6901 pointers to what is inferred"),
        Column("description", pl.String, "completed; null where it is the source's", is_nullable=True),
        Column(
            "parameters_json",
            pl.String,
            "completed JSON Schema, whole; null where nothing in it is inferred",
            is_nullable=True,
        ),
        Column(
            "returns_json",
            pl.String,
            "completed JSON Schema of the result, whole; null where nothing in it is inferred",
            is_nullable=True,
        ),
        Column("model", pl.String, "model that was asked"),
        Column("prompt_digest", pl.String, "digest of its prompt"),
        Column(
            "settings_digest",
            pl.String,
            "hashes models, parameters, prompt and code; a row that has the present one is kept",
        ),
        Column("raw_reply_digest", pl.String, "SHA-256 of the reply"),
    ),
    key=("function_digest",),
    parents=(Parent("function_digest", "specs/normalized", "function_digest"),),
    laws=(
        Law(
            "completed_or_dropped",
            "no function is both completed and dropped",
            ("specs/completions", "specs/completions_dropped"),
            _completed_or_dropped,
        ),
    ),
)

FUNCTIONS = Table(
    name="specs/functions",
    row="one distinct function with a unique, legal name and all its sources",
    columns=(
        Column("function_id", pl.String, "hashes key and digest; changes when the function changes"),
        Column("function_key", pl.String, "stable across versions: source, namespace, source name"),
        Column("function_digest", pl.String, "hashes the content that the source states"),
        Column("name", pl.String, "unique, and legal for the OpenAI API"),
        *_CONTENT,
        *_ORIGIN,
        Column("sources", SOURCES, "every place where the same function was found"),
        Column(
            "inferred",
            pl.List(pl.String),
            "RFC 6901 pointers to what no source states and a chat model completed; empty where there is none",
        ),
    ),
    key=("function_id",),
    parents=(
        Parent("sources", "specs/normalized", "entry_id", struct_field="entry_id", is_alternative=True),
        Parent(
            "sources",
            "catalogs/raw_functions",
            "entry_id",
            struct_field="entry_id",
            is_checked=False,
            is_alternative=True,
        ),
        Parent(
            "sources",
            "catalogs/files",
            "catalog",
            struct_field="catalog",
            is_checked=False,
            is_alternative=True,
        ),
    ),
    noun=Noun("function", "function_id", "{name}, {domain}", prefix="fn", names=("name", "source_name")),
    laws=(
        Law(
            "specs_conserved",
            "normalised specs = sources of the functions",
            ("specs/normalized", "specs/functions"),
            _specs_are_folded_without_loss,
        ),
        Law(
            "names_unique",
            "no two functions share a name",
            ("specs/functions",),
            _names_are_unique,
        ),
    ),
)

NEAR_DUPLICATES = Table(
    name="specs/near_duplicates",
    row="one function that has near duplicates, and the function that stands for them; those alone have no row",
    columns=(
        Column("function_id", pl.String, "the function"),
        Column("cluster_id", pl.String, "hashes the representative; shared by all that it stands for"),
        Column("representative_function_id", pl.String, "the function that stands for the cluster"),
        Column("is_representative", pl.Boolean, "whether it is that function itself"),
        Column("kind", pl.String, "representative, or one of version, mirror, rewording, renamed"),
        Column(
            "name_similarity",
            pl.Float64,
            "words that its name shares with the representative's",
            unit="0 to 1",
        ),
        Column("description_similarity", pl.Float64, "words that the descriptions share", unit="0 to 1"),
        Column(
            "parameter_similarity",
            pl.Float64,
            "parameters that both have; a name counts 2, a name with its type 1",
            unit="0 to 1",
        ),
    ),
    key=("function_id",),
    parents=(
        Parent("function_id", "specs/functions", "function_id"),
        Parent("representative_function_id", "specs/functions", "function_id"),
    ),
    laws=(
        Law(
            "one_representative",
            "each cluster has one representative, which all of it name, and at least one other function",
            ("specs/near_duplicates",),
            _clusters_have_one_representative,
        ),
    ),
)

SPECS_DROPPED = dropped_table("specs")

COMPLETIONS_DROPPED = dropped_table(
    "specs",
    noun="completions",
    row="one function that could not be completed, and why; it stays as its source states it",
)
