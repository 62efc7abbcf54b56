"""Assets of the stage `exports`."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import dagster as dg
import polars as pl

from toolmind_assets.assets import defaults_from, deps_of, table_outs, yield_builds
from toolmind_assets.exports.card import CARD_FILE, render_card
from toolmind_assets.exports.facts import gather_facts
from toolmind_assets.exports.params import ExportParams
from toolmind_assets.exports.write import find_formats, write_exports, write_text
from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.exports import ExportedFile
from toolmind_assets.model.ids import digest
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.partitions import SETTINGS
from toolmind_assets.steps import Rows, Step, Work
from toolmind_assets.tables import DIALOGUES, MANIFESTS, MIXED_SAMPLES, OPEN_DIALOGUES, TABLES
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table
from toolmind_resources.files.output import OutputFolder

STEP = Step(
    "write_exports",
    makes=(MANIFESTS,),
    reads=tuple(table for table in TABLES if table is not MANIFESTS),
)


@defaults_from(SETTINGS.config.exports)
class ExportsConfig(dg.Config, ExportParams):
    """Which formats are written."""


def work(params: ExportParams, tables: DeltaStore) -> Work:
    """The step with these parameters; its files have to be there too."""
    chosen = params.model_dump(include=set(ExportParams.model_fields))
    settings = [chosen, parameters_digest(), SETTINGS.config.seed]
    return Work(STEP, lambda _: settings, lambda _: _files_are_there(tables))


def parameters_digest() -> str:
    """Digest of everything in toolmind.yaml that decides a row."""
    return digest(SETTINGS.config.model_dump(mode="json", exclude={"shards": {"in_flight"}}))[:16]


def _files_are_there(tables: DeltaStore) -> bool:
    manifest = tables.read(MANIFESTS, columns=["file", "n_bytes"])
    paths = [(SETTINGS.exports / file, n_bytes) for file, n_bytes in manifest.iter_rows()]
    return all(path.is_file() and path.stat().st_size == n_bytes for path, n_bytes in paths)


def read_dialogues(tables: DeltaStore, shard: str, dialogue_ids: frozenset[str]) -> Mapping[str, Dialogue]:
    """These dialogues of a shard of either kind, by id."""
    table = DIALOGUES if shard in SETTINGS.config.simulated_shards else OPEN_DIALOGUES
    rows = tables.read(table, [shard]).filter(pl.col("dialogue_id").is_in(list(dialogue_ids)))
    return {dialogue.dialogue_id: dialogue for dialogue in decode_rows(Dialogue, rows)}


def write_all(tables: DeltaStore, folder: OutputFolder, params: ExportParams) -> list[ExportedFile]:
    """Writes every format and the dataset card into the folder; returns the files' rows."""
    formats = find_formats(params.formats)
    samples = decode_rows(MixedSample, tables.read(MIXED_SAMPLES))
    files = list(write_exports(samples, partial(read_dialogues, tables), folder, formats))

    def read(table: Table, columns: Sequence[str]) -> pl.DataFrame:
        return tables.read(table, columns=columns)

    facts = gather_facts(read, params.title, SETTINGS.config.seed, parameters_digest())
    return [*files, write_text(folder, "card", CARD_FILE, render_card(facts, formats, files))]


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP, "json", "huggingface"),
    deps=deps_of(STEP),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def export_files(
    context: dg.AssetExecutionContext, config: ExportsConfig, store: StoreResource
) -> Iterator[dg.Output]:
    """A trainer's files and the dataset card; the table lists them with size and checksum."""
    tables = store.store()
    shown: dict[Table, dict[str, dg.MetadataValue]] = {}

    def make(_: str | None) -> Rows:
        with OutputFolder(SETTINGS.exports) as folder:
            files = write_all(tables, folder, config)
        card = (SETTINGS.exports / CARD_FILE).read_text(encoding="utf-8")
        shown[MANIFESTS] = {
            "folder": dg.MetadataValue.path(str(SETTINGS.exports)),
            "dataset card": dg.MetadataValue.md(card.split("---\n", 2)[-1]),
        }
        return {MANIFESTS: files}

    yield from yield_builds(context, work(config, tables).build(tables, [None], make), shown)
