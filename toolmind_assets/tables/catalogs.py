"""Tables of the stage `catalogs`: files read, entries as found, entries that could not be read."""

import polars as pl

from toolmind_assets.tables.drops import dropped_table
from toolmind_resources.delta.table import Column, Frames, Law, Noun, Parent, Table


def _entries_are_kept_or_dropped(frames: Frames) -> list[str]:
    found = frames["catalogs/files"]["n_entries"].sum()
    kept, dropped = frames["catalogs/raw_functions"].height, frames["catalogs/dropped"].height
    return [] if found == kept + dropped else [f"{found} entries found, {kept} kept + {dropped} dropped"]


FILES = Table(
    name="catalogs/files",
    row="one file of a catalog that was read",
    columns=(
        Column("catalog", pl.String, "name of the configured source"),
        Column("file", pl.String, "path inside the catalog, with forward slashes"),
        Column("form", pl.String, "catalog form, or empty where none was recognised"),
        Column("n_bytes", pl.Int64, "size of the file", unit="bytes"),
        Column("file_digest", pl.String, "SHA-256 of the bytes; empty where it was not read"),
        Column("n_entries", pl.Int64, "entries found; 1 for a file that could not be read"),
        Column("source", pl.String, "where the catalog was published"),
        Column("source_version", pl.String, "version of that publication"),
        Column("licence", pl.String, "SPDX id, or the name that the source states"),
    ),
    key=("catalog", "file"),
    partition_by="catalog",
)

RAW_FUNCTIONS = Table(
    name="catalogs/raw_functions",
    row="one catalog entry as found",
    columns=(
        Column("catalog", pl.String, "name of the configured source"),
        Column("entry_id", pl.String, "hashes catalog and location"),
        Column("document", pl.String, "file, or file and line, that it stands in"),
        Column("location", pl.String, "the document, and the place in it"),
        Column("form", pl.String, "one of CatalogForm"),
        Column("raw_json", pl.String, "the entry's own JSON, references as they are"),
        Column("source", pl.String, "where the catalog was published"),
        Column("source_version", pl.String, "version of that publication"),
        Column("licence", pl.String, "SPDX id, or the name that the source states"),
        Column("entry_digest", pl.String, "SHA-256 of raw_json"),
    ),
    key=("catalog", "entry_id"),
    partition_by="catalog",
    laws=(
        Law(
            "entries_conserved",
            "entries found in the files = raw functions + dropped",
            ("catalogs/files", "catalogs/raw_functions", "catalogs/dropped"),
            _entries_are_kept_or_dropped,
        ),
    ),
    parents=(Parent("catalog", "catalogs/files", "catalog"),),
    noun=Noun(
        "entry",
        "entry_id",
        "catalog {catalog}, {location}; source {source} {source_version}; licence {licence}",
    ),
)

COMPONENTS = Table(
    name="catalogs/components",
    row="a part of a document that entries refer to, as found; once, however many refer to it",
    columns=(
        Column("catalog", pl.String, "name of the configured source"),
        Column("document", pl.String, "file, or file and line, that it stands in"),
        Column("reference", pl.String, "how entries and other components refer to it"),
        Column("raw_json", pl.String, "its JSON, references as they are"),
    ),
    key=("catalog", "document", "reference"),
    partition_by="catalog",
    parents=(Parent("catalog", "catalogs/files", "catalog"),),
)

CATALOGS_DROPPED = dropped_table("catalogs")
