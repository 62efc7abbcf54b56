"""Assets of the stage `mixture`."""

from collections.abc import Iterator

import dagster as dg

from toolmind_assets.model.verdicts import Sample
from toolmind_assets.orchestration.factory import (
    counts_table,
    defaults_from,
    deps_of,
    table_outs,
    yield_builds,
)
from toolmind_assets.orchestration.partitions import SETTINGS
from toolmind_assets.stages.mixture.mix import MixtureParams, count_samples, mix
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import MIXED_SAMPLES, MIXTURE_DROPPED, SAMPLES
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.table import Table

STEP = Step("mix_samples", makes=(MIXTURE_DROPPED, MIXED_SAMPLES), reads=(SAMPLES,))


@defaults_from(SETTINGS.config.mixture)
class MixtureConfig(dg.Config, MixtureParams):
    """How samples are mixed."""


def work(params: MixtureParams) -> Work:
    """The step with these parameters."""
    chosen = params.model_dump(include=set(MixtureParams.model_fields))
    return Work(STEP, lambda _: chosen)


@dg.multi_asset(
    name=STEP.name,
    outs=table_outs(STEP),
    deps=deps_of(STEP),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def mixed_samples(
    context: dg.AssetExecutionContext, config: MixtureConfig, store: StoreResource
) -> Iterator[dg.Output]:
    """The training set by reference: all shards merged, duplicates out, sources weighted."""
    tables = store.store()
    shown: dict[Table, dict[str, dg.MetadataValue]] = {}

    def make(_: str | None) -> Rows:
        mixed = mix(decode_rows(Sample, tables.read(SAMPLES)), config)
        shown[MIXED_SAMPLES] = {
            f"by {axis}": counts_table("samples", sorted(counts.items()))
            for axis, counts in count_samples(mixed.samples).items()
        }
        return {MIXED_SAMPLES: mixed.samples, MIXTURE_DROPPED: mixed.drops}

    yield from yield_builds(context, work(config).build(tables, [None], make), shown)
