"""Assets of the stage `opensets`."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import dagster as dg

from toolmind_assets.errors import ConfigError, InputError
from toolmind_assets.orchestration.factory import partition_keys, table_outs, yield_builds
from toolmind_assets.orchestration.partitions import OPEN_SHARDS, SETTINGS
from toolmind_assets.stages.opensets.adapt import adapt_rows
from toolmind_assets.stages.opensets.sources import OpenSetSource, shard_rows
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import OPEN_ARGUMENTS, OPEN_CALLS, OPEN_DIALOGUES, OPENSETS_DROPPED
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.files.hub import HubFile, fetch_file

STEP = Step("adapt_opensets", makes=(OPENSETS_DROPPED, OPEN_ARGUMENTS, OPEN_CALLS, OPEN_DIALOGUES), reads=())
MAX_BYTES = 8 * 1024**3
"""Size from which the file of an open set is refused."""
_PLACES = {"path", "hub", "hub_file", "revision"}
"""Settings that say where the file is: what it holds is hashed."""


@dataclass(frozen=True, slots=True)
class SetFile:
    """The file of an open set.

    Attributes:
        path: Where it lies.
        digest: SHA-256 of its content.
        version: What was read, for people: its path as configured, or the data set and commit on the hub.
    """

    path: Path
    digest: str
    version: str


def find_file(source: OpenSetSource) -> SetFile:
    """The file of an open set, fetched from the hub where it is not here yet.

    Raises:
        ConfigError: there is no such local file.
        HubError: the file of the hub cannot be had.
        InputError: the file cannot be read, or is too large.
    """
    if source.hub is not None:
        fetched = _fetched(source.hub, source.hub_file, source.revision)
        path, version = fetched.path, f"{source.hub}@{fetched.commit}/{source.hub_file}"
    else:
        path, version = SETTINGS.root / str(source.path), str(source.path)
        if not path.is_file():
            raise ConfigError(f"open set {source.name!r}: there is no file {path}; correct opensets.path")
    try:
        state = path.stat()
        if state.st_size > MAX_BYTES:
            raise InputError(f"open set {source.name!r}: {path} has {state.st_size:,} bytes; split it")
        return SetFile(path, _digest(path, state.st_mtime_ns, state.st_size), version)
    except OSError as error:
        raise InputError(f"open set {source.name!r}: {path} cannot be read: {error.strerror}") from error


@cache
def _fetched(hub: str, file: str, revision: str) -> HubFile:
    """Once a process, so that all shards of a run read one commit."""
    return fetch_file(hub, file, revision, SETTINGS.home / "hub")


@lru_cache(maxsize=64)
def _digest(path: Path, _mtime_ns: int, _n_bytes: int) -> str:
    """SHA-256 of a file, once a process for each state of it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _source_of(shard: str | None) -> OpenSetSource:
    return next(source for source in SETTINGS.config.opensets if shard in source.shards)


def _settings(shard: str | None) -> object:
    source = _source_of(shard)
    return [source.model_dump(mode="json", exclude=_PLACES), find_file(source).digest]


WORK = Work(STEP, _settings)


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP, "huggingface"),
    partitions_def=OPEN_SHARDS,
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=4),
)
def open_dialogues(context: dg.AssetExecutionContext, store: StoreResource) -> Iterator[dg.Output]:
    """Open-source sets in the dialogue form, so that the same turn filter serves them."""
    shards = partition_keys(context)

    def make(shard: str | None) -> Rows:
        source = _source_of(shard)
        with find_file(source).path.open("rb") as file:
            read = adapt_rows(source, shard or "", shard_rows(source, shard or "", file))
        return {
            OPEN_DIALOGUES: read.dialogues,
            OPEN_CALLS: read.calls,
            OPEN_ARGUMENTS: read.arguments,
            OPENSETS_DROPPED: read.drops,
        }

    versions = sorted({find_file(_source_of(shard)).version for shard in shards})
    builds = WORK.build(store.store(), shards, make)
    yield from yield_builds(context, builds, {OPEN_DIALOGUES: {"source_versions": "\n".join(versions)}})
