"""Assets of the stage `specs`."""

from collections.abc import Iterator

import dagster as dg

from toolmind_assets.assets import (
    counted,
    defaults_from,
    deps_of,
    partition_keys,
    picture,
    table_outs,
    yield_builds,
)
from toolmind_assets.catalog_folder import find_catalogs
from toolmind_assets.model.functions import RawComponent, RawFunction
from toolmind_assets.partitions import CATALOGS, SETTINGS
from toolmind_assets.pictures import draw_bars
from toolmind_assets.removal import remove_catalogs, stray_catalogs
from toolmind_assets.specs.drift import Drift, FunctionVersion, compare_functions
from toolmind_assets.specs.duplicates import fold_frame
from toolmind_assets.specs.normalize import normalize_all
from toolmind_assets.specs.params import SpecParams
from toolmind_assets.steps import Rows, Step, Work
from toolmind_assets.tables import COMPONENTS, FUNCTIONS, NORMALIZED, RAW_FUNCTIONS, SPECS_DROPPED
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

NORMALIZE = Step("normalize_specs", makes=(SPECS_DROPPED, NORMALIZED), reads=(RAW_FUNCTIONS, COMPONENTS))
FOLD = Step("fold_functions", makes=(FUNCTIONS,), reads=(NORMALIZED,))
NAMES_SHOWN = 20
"""Names of added, changed and removed functions that are shown of each."""


@defaults_from(SETTINGS.config.specs)
class SpecsConfig(dg.Config, SpecParams):
    """Limits on what a function's schemas may hold."""


def normalizing(params: SpecParams) -> Work:
    """The step `normalize_specs` with these parameters."""
    limits = params.model_dump(include=set(SpecParams.model_fields))
    return Work(NORMALIZE, lambda _: limits)


FOLDING = Work(FOLD, lambda _: sorted(find_catalogs(SETTINGS)))
"""The step `fold_functions`: due as soon as a catalog comes or goes, for it also removes what is gone."""


@dg.multi_asset(
    name=NORMALIZE.name,
    outs=table_outs(NORMALIZE),
    deps=deps_of(NORMALIZE),
    partitions_def=CATALOGS,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def normalize_specs(
    context: dg.AssetExecutionContext, config: SpecsConfig, store: StoreResource
) -> Iterator[dg.Output]:
    """Every raw entry in canonical form, or dropped with the reason."""
    tables = store.store()

    def make(catalog: str | None) -> Rows:
        raws = decode_rows(RawFunction, tables.read(RAW_FUNCTIONS, [catalog or ""]).sort("document"))
        components = decode_rows(RawComponent, tables.read(COMPONENTS, [catalog or ""]))
        specs, drops = normalize_all(raws, components, config)
        return {NORMALIZED: specs, SPECS_DROPPED: drops}

    yield from yield_builds(context, normalizing(config).build(tables, partition_keys(context), make))


@dg.multi_asset(
    name=FOLD.name,
    outs=table_outs(FOLD),
    deps=deps_of(FOLD),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def fold_functions(context: dg.AssetExecutionContext, store: StoreResource) -> Iterator[dg.Output]:
    """Distinct functions with unique names; exact duplicates folded, all their sources kept.

    Catalogs that are no longer configured are removed first, from every table that holds them.
    """
    tables = store.store()
    gone = stray_catalogs(tables, find_catalogs(SETTINGS))
    remove_catalogs(tables, gone)
    shown: dict[Table, dict[str, dg.MetadataValue]] = {FUNCTIONS: {}}
    if gone:
        context.log.info(f"removed, since they are no longer configured: {', '.join(gone)}")
        shown[FUNCTIONS]["removed catalogs"] = dg.MetadataValue.text(", ".join(gone))

    def make(_: str | None) -> Rows:
        functions = fold_frame(tables.read(NORMALIZED))
        domains = [(name, n) for name, n in functions["domain"].value_counts(sort=True).iter_rows()]
        after = functions.select("function_key", "function_digest", "name").iter_rows()
        shown[FUNCTIONS] |= {
            "since the last version": _drift_table(compare_functions(_versions(tables), after)),
            "by domain": counted("functions", functions["domain"]),
            "functions by domain": picture(
                draw_bars("Functions by domain", domains, "functions"), "by domain"
            ),
            "by effect": counted("functions", functions["effect"]),
            "by licence": counted("functions", functions["licence"]),
        }
        return {FUNCTIONS: functions}

    yield from yield_builds(context, FOLDING.build(tables, [None], make), shown)


def _versions(tables: DeltaStore) -> list[FunctionVersion]:
    """The functions as the table holds them now."""
    columns = ["function_key", "function_digest", "name"]
    return list(tables.read(FUNCTIONS, columns=columns).select(columns).iter_rows())


def _drift_table(drift: Drift) -> dg.MetadataValue:
    changes = {"added": drift.added, "changed": drift.changed, "removed": drift.removed}
    return dg.MetadataValue.table(
        [
            dg.TableRecord({"what": what, "functions": len(names), "first": ", ".join(names[:NAMES_SHOWN])})
            for what, names in changes.items()
        ]
    )
