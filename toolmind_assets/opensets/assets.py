"""Assets of the stage `opensets`."""

import hashlib
from collections.abc import Iterator

import dagster as dg

from toolmind_assets.assets import partition_keys, table_outs, yield_builds
from toolmind_assets.errors import InputError
from toolmind_assets.opensets.adapt import adapt_rows
from toolmind_assets.opensets.sources import OpenSetSource, shard_rows
from toolmind_assets.partitions import OPEN_SHARDS, SETTINGS
from toolmind_assets.steps import Rows, Step, Work
from toolmind_assets.tables import OPEN_ARGUMENTS, OPEN_CALLS, OPEN_DIALOGUES, OPENSETS_DROPPED
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.files.folder import read_files

STEP = Step("adapt_opensets", makes=(OPENSETS_DROPPED, OPEN_ARGUMENTS, OPEN_CALLS, OPEN_DIALOGUES), reads=())
MAX_BYTES = 8 * 1024**3
"""Size from which the file of an open set is refused."""


def _source_of(shard: str | None) -> OpenSetSource:
    return next(source for source in SETTINGS.config.opensets if shard in source.shards)


def _content(source: OpenSetSource) -> bytes:
    """The bytes of an open set's file.

    Raises:
        InputError: the file cannot be read.
        FileAccessError: there is no such file.
    """
    found = next(iter(read_files(SETTINGS.root, source.path, MAX_BYTES)))
    if found.content is None:
        raise InputError(f"open set {source.name!r}: {source.path}: {found.problem}")
    return found.content


def _settings(shard: str | None) -> object:
    source = _source_of(shard)
    return [source.model_dump(mode="json"), hashlib.sha256(_content(source)).hexdigest()]


WORK = Work(STEP, _settings)


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP, "huggingface"),
    partitions_def=OPEN_SHARDS,
    backfill_policy=dg.BackfillPolicy.multi_run(max_partitions_per_run=4),
)
def open_dialogues(context: dg.AssetExecutionContext, store: StoreResource) -> Iterator[dg.Output]:
    """Open-source sets in the dialogue form, so that the same turn filter serves them."""

    def make(shard: str | None) -> Rows:
        source = _source_of(shard)
        read = adapt_rows(source, shard or "", shard_rows(source, shard or "", _content(source)))
        return {
            OPEN_DIALOGUES: read.dialogues,
            OPEN_CALLS: read.calls,
            OPEN_ARGUMENTS: read.arguments,
            OPENSETS_DROPPED: read.drops,
        }

    yield from yield_builds(context, WORK.build(store.store(), partition_keys(context), make))
