"""Assets of the stage `exports`."""

from collections.abc import Iterator

import dagster as dg

from toolmind_assets.orchestration.factory import defaults_from, key_of, picture, table_outs, yield_builds
from toolmind_assets.orchestration.partitions import SETTINGS
from toolmind_assets.reports.pictures import draw_funnel
from toolmind_assets.reports.training_set import facts_of, parameters_digest, write_all
from toolmind_assets.stages.exports.card import CARD_FILE
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import (
    DIALOGUES,
    FUNCTIONS,
    MANIFESTS,
    MIXED_SAMPLES,
    OPEN_DIALOGUES,
    TABLES,
    USAGE,
)
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table
from toolmind_resources.files.output import OutputFolder

STEP = Step(
    "write_exports",
    makes=(MANIFESTS,),
    reads=tuple(table for table in TABLES if table not in (MANIFESTS, USAGE)),
    packages=("toolmind_assets.reports.training_set",),
)

WRITTEN = (MIXED_SAMPLES, DIALOGUES, OPEN_DIALOGUES, FUNCTIONS)
"""What the files are written from. The card counts rows of every table, which would tie the graph in knots."""


@defaults_from(SETTINGS.config.exports)
class ExportsConfig(dg.Config, ExportParams):
    """Which formats are written."""


def work(params: ExportParams, tables: DeltaStore) -> Work:
    """The step with these parameters; its files have to be there too."""
    chosen = params.model_dump(include=set(ExportParams.model_fields))
    settings = [chosen, parameters_digest(SETTINGS), SETTINGS.config.seed]
    return Work(STEP, lambda _: settings, lambda _: _files_are_there(tables))


def _files_are_there(tables: DeltaStore) -> bool:
    manifest = tables.read(MANIFESTS, columns=["file", "n_bytes"])
    paths = [(SETTINGS.exports / file, n_bytes) for file, n_bytes in manifest.iter_rows()]
    return all(path.is_file() and path.stat().st_size == n_bytes for path, n_bytes in paths)


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP, "json", "huggingface"),
    deps=[key_of(table) for table in WRITTEN],
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
            files = write_all(SETTINGS, tables, folder, config.formats)
        card = (SETTINGS.exports / CARD_FILE).read_text(encoding="utf-8")
        funnel = facts_of(SETTINGS, tables).funnel
        shown[MANIFESTS] = {
            "from entries to functions": picture(
                draw_funnel("Yield of the catalogs", funnel[:4]), "catalogs"
            ),
            "from turns to samples": picture(draw_funnel("Yield of the turns", funnel[-3:]), "turns"),
            "folder": dg.MetadataValue.path(str(SETTINGS.exports)),
            "dataset card": dg.MetadataValue.md(card.split("---\n", 2)[-1]),
        }
        return {MANIFESTS: files}

    yield from yield_builds(context, work(config, tables).build(tables, [None], make), shown)
