"""`toolmind normalize`: catalogs in any form as tables of functions and dropped rows, outside of a run.

Whatever the size of the catalogs, no more than one document and one part of the rows is held: rows go to disk
part by part, and only what tells functions apart stays in memory until all are known.
"""

import dataclasses
import gc
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import click
import polars as pl
from polars.io.plugins import register_io_source

from toolmind_assets.commands.printing import console
from toolmind_assets.commands.written_files import replace_option
from toolmind_assets.model.api_versions import document_of
from toolmind_assets.model.drops import Drop
from toolmind_assets.model.functions import CatalogForm, NormalizedSpec
from toolmind_assets.settings.catalog_folder import catalog_at
from toolmind_assets.settings.config import Settings, load_settings
from toolmind_assets.stages.catalogs.read import CatalogRead, read_catalog_files
from toolmind_assets.stages.catalogs.sources import CatalogSource, catalog_names
from toolmind_assets.stages.specs.duplicates import INDEX_COLUMNS, fold
from toolmind_assets.stages.specs.normalize import normalize_each
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_assets.stages.specs.superseded import older_version_drop, superseded_documents
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.specs import FUNCTIONS, NORMALIZED, SPECS_DROPPED
from toolmind_resources.delta.table import BUILD_TOKEN, Table
from toolmind_resources.files.output import OutputFolder
from toolmind_resources.files.source_path import split_source
from toolmind_resources.mcp.location import is_mcp_location, parse_mcp_location

PART_ROWS = 512
"""Rows of one part; of the largest schemas that the limits admit, some 50 MB."""
ROW_GROUP_ROWS = 2048
_PARTS = dataclasses.replace(NORMALIZED, columns=tuple(c for c in NORMALIZED.columns if c.name != "repairs"))
"""What is kept of specs until they are folded: functions hold no repairs."""


@click.command()
@click.argument("catalogs", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder for functions.parquet and dropped.parquet.",
)
@click.option(
    "--kind",
    type=click.Choice([form.value for form in CatalogForm]),
    help="How the catalogs are written; else detected.",
)
@click.option("--source", default="", help="Where they were published; stands in every row.")
@click.option("--licence", default="unknown", show_default=True, help="Their licence; stands in every row.")
@replace_option
def normalize(
    catalogs: Sequence[str], out: Path, kind: str | None, source: str, licence: str, replace: bool
) -> None:
    """Catalogs in any form -> functions.parquet + dropped.parquet."""
    form = CatalogForm(kind) if kind else None
    with (
        OutputFolder(out, replace) as folder,
        normalized_catalogs(load_settings(), catalogs, form, source, licence, out.absolute().parent) as parts,
    ):
        with folder.open_file("functions.parquet") as file:
            found = parts.count(parts.write_functions(file))
        with folder.open_file("dropped.parquet") as file:
            parts.write_dropped(file)
    console.print(
        f"{found.n_entries} entries: {found.n_functions} distinct functions, "
        f"{found.n_folded} exact duplicates folded, {sum(found.dropped.values())} dropped -> {out}"
    )
    for note in parts.notes:
        console.print(f"  {note}", markup=False)
    for reason, n in sorted(found.dropped.items(), key=lambda pair: (-pair[1], pair[0])):
        console.print(f"  dropped, {reason}: {n}")


@dataclass(frozen=True, slots=True)
class NormalizedCount:
    """What was found, and what became of it: entries = functions + folded + dropped.

    Attributes:
        dropped: Reason -> entries.
        repaired: Code of a repair -> functions that took it.
    """

    n_entries: int
    n_functions: int
    n_folded: int
    dropped: dict[str, int]
    repaired: dict[str, int]


@contextmanager
def normalized_catalogs(
    settings: Settings,
    paths: Sequence[str],
    form: CatalogForm | None,
    source: str,
    licence: str,
    folder: Path,
) -> Iterator["NormalizedParts"]:
    """The distinct functions of some files, folders or globs, each of which is one catalog.

    Args:
        folder: Where rows are kept until the block ends.

    Raises:
        FileAccessError: there is no such file or folder.
    """
    with TemporaryDirectory(dir=folder, prefix=".normalize-") as scratch, _without_collection():
        parts = NormalizedParts(Path(scratch), versions=settings.config.section("specs").versions)
        for path, name in zip(paths, catalog_names(map(_resolved, paths)), strict=True):
            mcp = parse_mcp_location(path) if is_mcp_location(path) else None
            where = "" if mcp else path or "."
            catalog = CatalogSource(name=name, path=where, mcp=mcp, form=form, source=source, licence=licence)
            located = catalog_at(settings, catalog).located(
                settings.config.section("catalogs").max_file_bytes
            )
            files, limits = located.files(), settings.config.section("catalogs")
            for read in read_catalog_files(catalog, files, limits, located.file_named):
                parts.add(read, settings.config.section("specs"))
            parts.notes += located.notes
        parts.flush()
        yield parts


def _resolved(path: str) -> str:
    """A path without links and dots, by which a catalog is named; what is no path stays as it is."""
    is_local = not is_mcp_location(path) and split_source(path).is_local
    return os.path.realpath(path) if is_local else path


@dataclass
class NormalizedParts:
    """Normalised rows on disk, part by part, and what has to be known of all of them."""

    folder: Path
    versions: str = "newest"
    n_entries: int = 0
    n_dropped: dict[str, int] = field(default_factory=dict)
    n_repaired: Counter[str] = field(default_factory=Counter)
    notes: tuple[str, ...] = ()
    _index: list[pl.DataFrame] = field(default_factory=list)
    _pending: list[NormalizedSpec] = field(default_factory=list)
    _n_parts: int = 0
    _n_older: int = 0

    def add(self, read: CatalogRead, params: SpecParams) -> None:
        """Normalises what was read of a file."""
        self.n_entries += len(read.functions) + len(read.drops)
        self._add_drops(read.drops)
        for result in normalize_each(read.functions, read.components, params):
            if isinstance(result, Drop):
                self._add_drops([result])
                continue
            self._pending.append(result)
            if result.repairs:
                self.n_repaired.update({repair.code for repair in result.repairs})
            if len(self._pending) == PART_ROWS:
                self.flush()

    def write_functions(self, file: BinaryIO) -> int:
        """Writes the distinct functions with the columns of `specs/functions`; returns how many there are."""
        index = pl.concat([NORMALIZED.empty().select(INDEX_COLUMNS), *self._index])
        folded = fold(index if self.versions == "all" else self._without_older(index))
        nobody = pl.lit([], dtype=FUNCTIONS.schema["inferred"]).alias("inferred")  # no model is asked here
        names = [column.name for column in FUNCTIONS.columns]

        def rows(part: pl.DataFrame) -> pl.DataFrame:
            return part.join(folded, on="entry_id", how="inner").with_columns(nobody).select(names)

        self._sink(_PARTS, FUNCTIONS, rows, file)
        return folded.height

    def _without_older(self, index: pl.DataFrame) -> pl.DataFrame:
        """The specs without those for which a newer version of their API stands; these are dropped."""
        places = index.select("catalog", "location", "source_name", "entry_id")
        newer = superseded_documents(places.drop("entry_id").iter_rows())
        found = [newer.get((row[0], document_of(row[1]))) for row in places.iter_rows()]
        drops = [
            older_version_drop(catalog, entry_id, location, newest)
            for (catalog, location, _, entry_id), newest in zip(places.iter_rows(), found, strict=True)
            if newest is not None
        ]
        self._n_older = len(drops)
        self._add_drops(drops)
        return index.filter(pl.Series([newest is None for newest in found], dtype=pl.Boolean))

    def write_dropped(self, file: BinaryIO) -> None:
        """Writes the dropped rows with the columns of `specs/dropped`."""
        self._sink(SPECS_DROPPED, SPECS_DROPPED, lambda part: part, file)

    def count(self, n_functions: int) -> NormalizedCount:
        """What became of everything."""
        n_specs = sum(part.height for part in self._index)
        n_folded = n_specs - self._n_older - n_functions
        return NormalizedCount(self.n_entries, n_functions, n_folded, self.n_dropped, dict(self.n_repaired))

    def flush(self) -> None:
        """Writes the rows that wait for their part to be full."""
        gc.collect(1)  # what is new, in case there is a cycle after all
        if self._pending:
            frame = encode_rows(_PARTS, self._pending).drop(BUILD_TOKEN)
            self._pending = []
            self._index.append(frame.select(INDEX_COLUMNS).rechunk())
            self._write(_PARTS, frame)

    def _add_drops(self, drops: Iterable[Drop]) -> None:
        rows = list(drops)
        for drop in rows:
            self.n_dropped[drop.reason.value] = self.n_dropped.get(drop.reason.value, 0) + 1
        if rows:
            self._write(SPECS_DROPPED, encode_rows(SPECS_DROPPED, rows).drop(BUILD_TOKEN))

    def _write(self, table: Table, frame: pl.DataFrame) -> None:
        self._n_parts += 1
        name = f"{table.name.replace('/', '-')}-{self._n_parts:08d}.parquet"
        frame.write_parquet(self.folder / name, compression="lz4", statistics=False)

    def _sink(
        self, table: Table, target: Table, rows: Callable[[pl.DataFrame], pl.DataFrame], file: BinaryIO
    ) -> None:
        """Writes what `rows` makes of each part of `table`, one in memory at a time, with the columns of `target`."""
        parts = sorted(self.folder.glob(f"{table.name.replace('/', '-')}-*.parquet"))
        schema = pl.Schema({column.name: column.dtype for column in target.columns})

        def read(columns: list[str] | None, *_: object) -> Iterator[pl.DataFrame]:
            for part in parts:
                frame = rows(pl.read_parquet(part))
                yield frame if columns is None else frame.select(columns)

        source = register_io_source(read, schema=schema) if parts else schema.to_frame().lazy()
        source.sink_parquet(file, compression="zstd", compression_level=3, row_group_size=ROW_GROUP_ROWS)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keeps the collector of reference cycles out of the way: millions of small objects live here, and no cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
