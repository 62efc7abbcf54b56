"""Steps: what each one reads, makes and depends on, so that unchanged work is told without doing it.

A step replaces one partition of each of its tables at a time. Its input digest hashes the content of the
partitions that it read, its parameters, its prompts, its models and its code; every commit carries it, and a
partition whose commits all carry the present one is up to date. No Dagster.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

from toolmind_assets.model.ids import digest
from toolmind_assets.tables.rows import encode_rows
from toolmind_resources.delta.commit import Build, Commit
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import BUILD_TOKEN, Table

Rows = Mapping[Table, Iterable[object] | pl.DataFrame]
"""What a step made for one partition: `model/` values, or a frame of its columns, for each of its tables."""

_LIBRARIES = ("faker", "jsonschema-rs", "lemminflect", "rstr", "scikit-learn", "sparse-dot-topn")
"""Libraries whose next version may make other rows of the same input."""
_SOURCES = (".py", ".md", ".yaml")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a stage.

    Attributes:
        name: Name of the step, and of the Dagster op.
        makes: Its tables in the order of their commits: dropped rows first, the main table last.
        reads: Tables whose partition of the same name, or the whole of which, it reads.
        packages: Packages and modules whose sources decide what it makes, beside its stage, `model`, `tables` and `language`.
        leaves_out: Files, and folders with a slash, of its stage that decide only what other steps make.
    """

    name: str
    makes: tuple[Table, ...]
    reads: tuple[Table, ...]
    packages: tuple[str, ...] = field(default=())
    leaves_out: tuple[str, ...] = ()

    @property
    def stage(self) -> str:
        """The stage that it belongs to."""
        return self.makes[-1].stage

    @property
    def code_version(self) -> str:
        """Digest of the sources, prompts among them, and of the libraries that decide what the step makes."""
        own = _source_digest(f"toolmind_assets.stages.{self.stage}", self.leaves_out)
        packages = (
            "toolmind_assets.model",
            "toolmind_assets.tables",
            "toolmind_resources.language",
            *self.packages,
        )
        return digest([own, *map(_source_digest, packages)], _library_versions())[:16]

    def input_digest(self, store: DeltaStore, partition: str | None, settings: object) -> str:
        """What determines the step's rows of a partition, hashed.

        Args:
            store: Where the tables are.
            partition: The partition to be made, or None for a table written whole.
            settings: Parameters, model names, seeds and digests of files, JSON-able.
        """
        read = {table.name: _contents(store, table, partition) for table in self.reads}
        return digest(self.name, self.code_version, settings, partition, read)

    def is_unchanged(self, store: DeltaStore, partition: str | None, input_digest: str) -> bool:
        """Whether every table of the step already holds what this input makes."""
        latest = [store.latest(table, partition) for table in self.makes]
        return all(commit is not None and commit.input_digest == input_digest for commit in latest)


def _contents(store: DeltaStore, table: Table, partition: str | None) -> Any:
    """Content digests of what a step of `partition` reads of a table."""
    commits = store.commits(table)
    if table.partition_by is not None and partition in commits:
        return commits[partition].content_digest
    if table.partition_by is not None and partition is not None:
        return None
    return sorted((key or "", commit.content_digest) for key, commit in commits.items())


def _always(_: str | None) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Work:
    """A step with its settings: enough to tell what is due, and to make it.

    Attributes:
        step: The step.
        settings: Partition -> parameters, model names, seeds and digests of files, JSON-able.
        is_intact: Partition -> whether what the step made outside of its tables is still there.
    """

    step: Step
    settings: Callable[[str | None], object]
    is_intact: Callable[[str | None], bool] = _always

    def is_due(self, store: DeltaStore, partition: str | None) -> bool:
        """Whether the step has to make the partition (None: its tables whole)."""
        return self._due_digest(store, partition) is not None

    def _due_digest(self, store: DeltaStore, partition: str | None) -> str | None:
        """The input digest of a partition that is due; None for one that is up to date."""
        input_digest = self.step.input_digest(store, partition, self.settings(partition))
        is_current = self.step.is_unchanged(store, partition, input_digest) and self.is_intact(partition)
        return None if is_current else input_digest

    def build(
        self,
        store: DeltaStore,
        partitions: Sequence[str | None],
        make: Callable[[str | None], Rows],
    ) -> dict[Table, Build]:
        """The builds of the step's tables, in the order of their commits.

        Only partitions that are due are made; the others have no commit in the builds, and stay.
        """
        step = self.step
        frames: dict[Table, list[pl.DataFrame]] = {table: [] for table in step.makes}
        commits: dict[str, Commit] = {}
        reads = {table.name: version for table in step.reads if (version := store.version(table)) is not None}
        for partition in partitions:
            input_digest = self._due_digest(store, partition)
            if input_digest is None:
                continue
            rows = make(partition)
            for table in step.makes:
                frames[table].append(_frame(table, rows.get(table, ()), input_digest[:16]))
            commits[partition or ""] = Commit(
                code_version=step.code_version,
                input_digest=input_digest,
                build_token=input_digest[:16],
                reads=reads,
            )
        return {table: Build(pl.concat([table.empty(), *frames[table]]), commits) for table in step.makes}


def _frame(table: Table, rows: Iterable[object] | pl.DataFrame, build_token: str) -> pl.DataFrame:
    if isinstance(rows, pl.DataFrame):
        return rows.with_columns(pl.lit(build_token).alias(BUILD_TOKEN)).select(table.schema.names())
    return encode_rows(table, rows, build_token)


@cache
def _library_versions() -> list[str]:
    return [f"{name}=={version(name)}" for name in _LIBRARIES]


@cache
def _source_digest(name: str, leaves_out: tuple[str, ...] = ()) -> str:
    """SHA-256 over the sources of a package, without some of its files and folders, or of one module."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no module {name!r}")
    if spec.submodule_search_locations is None:
        return hashlib.sha256(Path(spec.origin).read_bytes()).hexdigest()
    lines = [
        f"{path}:{hashlib.sha256(content).hexdigest()}"
        for path, content in sorted(_sources(resources.files(name), ""))
        if not path.startswith(leaves_out)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _sources(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_SOURCES):
            yield prefix + entry.name, entry.read_bytes()
