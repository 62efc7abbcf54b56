"""Assets of the stage `specs`."""

import asyncio
from collections.abc import Iterator

import dagster as dg
import polars as pl

from toolmind_assets.model.functions import RawComponent, RawFunction
from toolmind_assets.model.ids import digest
from toolmind_assets.orchestration.factory import (
    charged,
    counted,
    defaults_from,
    deps_of,
    partition_keys,
    picture,
    table_outs,
    yield_builds,
)
from toolmind_assets.orchestration.partitions import CATALOGS, SETTINGS
from toolmind_assets.reports.pictures import draw_bars, draw_stacked
from toolmind_assets.settings.catalog_folder import find_catalogs
from toolmind_assets.settings.chat_models import EMBEDDED_SOURCES, chat_settings, is_free
from toolmind_assets.settings.config import ToolMindConfig
from toolmind_assets.settings.removal import remove_catalogs, stray_catalogs
from toolmind_assets.stages.specs.clusters import ClusterParams
from toolmind_assets.stages.specs.clusters import cluster_functions as cluster_functions_of
from toolmind_assets.stages.specs.completed import CONTENT_COLUMNS, apply_completions, plan_completions
from toolmind_assets.stages.specs.completion import Completer
from toolmind_assets.stages.specs.drift import (
    Drift,
    FunctionVersion,
    compare_functions,
    drift_bars,
    drift_history,
)
from toolmind_assets.stages.specs.duplicates import KNOWN_COLUMNS, fold_frame
from toolmind_assets.stages.specs.gaps import SpecContent
from toolmind_assets.stages.specs.normalize import normalize_all
from toolmind_assets.stages.specs.params import CompletionParams, SpecParams
from toolmind_assets.stages.specs.profiles import function_profiles
from toolmind_assets.steps.step import Rows, Step, Work
from toolmind_assets.tables import (
    COMPLETIONS,
    COMPLETIONS_DROPPED,
    COMPONENTS,
    FUNCTIONS,
    NEAR_DUPLICATES,
    NORMALIZED,
    RAW_FUNCTIONS,
    SPECS_DROPPED,
)
from toolmind_assets.tables.rows import decode_rows, encode_rows
from toolmind_resources.chat.model import ChatProvider, Role
from toolmind_resources.delta.resource import StoreResource
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

_ASKING = ("completion.py", "stand_in.py", "gaps.py", "prompts/")
"""Sources of the stage that decide what `specs/completions` holds, and nothing else."""
NORMALIZE = Step(
    "normalize_specs",
    makes=(SPECS_DROPPED, NORMALIZED),
    reads=(RAW_FUNCTIONS, COMPONENTS),
    leaves_out=("completed.py", *_ASKING),
)
COMPLETE = Step(
    "complete_specs",
    makes=(COMPLETIONS_DROPPED, COMPLETIONS),
    reads=(NORMALIZED,),
    packages=EMBEDDED_SOURCES,
)
FOLD = Step("fold_functions", makes=(FUNCTIONS,), reads=(NORMALIZED, COMPLETIONS), leaves_out=_ASKING)
CLUSTER = Step("cluster_functions", makes=(NEAR_DUPLICATES,), reads=(FUNCTIONS,), leaves_out=_ASKING)
VERSION_COLUMNS = ("function_key", "function_digest", "name")
VERSIONS_SHOWN = 12
"""Versions of the functions whose drift is drawn."""
NAMES_SHOWN = 20
"""Names of added, changed and removed functions that are shown of each."""


@defaults_from(SETTINGS.config.specs)
class SpecsConfig(dg.Config, SpecParams):
    """Limits on what a function's schemas may hold."""


@defaults_from(SETTINGS.config.specs)
class CompletionConfig(dg.Config, CompletionParams):
    """What a chat model completes of functions whose source leaves it out."""


def normalizing(params: SpecParams) -> Work:
    """The step `normalize_specs` with these parameters."""
    limits = params.model_dump(include=set(SpecParams.model_fields))
    return Work(NORMALIZE, lambda _: limits)


CLUSTERING = Work(CLUSTER, lambda _: ClusterParams().model_dump())
"""The step `cluster_functions`, due when functions changed."""


def completing(params: CompletionParams) -> Work:
    """The step `complete_specs` with these parameters; due also as soon as a catalog comes or goes."""
    settings = completion_settings(params)
    return Work(COMPLETE, lambda _: [sorted(find_catalogs(SETTINGS)), settings])


def completion_settings(params: CompletionParams) -> list[object]:
    """What decides a completion beside its function and the code; nothing where none is asked for."""
    if not params.complete:
        return []
    config = SETTINGS.config
    chosen = params.model_dump(include=set(CompletionParams.model_fields))
    limits = config.specs.model_dump(include=set(SpecParams.model_fields))
    return [chosen, limits, chat_settings(config, [Role.SPEC_COMPLETER])]


def settings_digest_of(params: CompletionParams) -> str:
    """By what a row of `specs/completions` is told to be of the present settings and code."""
    return digest(COMPLETE.code_version, completion_settings(params))[:16]


def is_completing_free(config: ToolMindConfig) -> bool:
    """Whether completing asks no endpoint."""
    return not config.specs.complete or is_free(config, [Role.SPEC_COMPLETER])


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
    name=COMPLETE.name,
    outs=table_outs(COMPLETE),
    deps=deps_of(COMPLETE),
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool="chat",
)
def complete_specs(
    context: dg.AssetExecutionContext,
    config: CompletionConfig,
    store: StoreResource,
    chat: dg.ResourceParam[ChatProvider],
) -> Iterator[dg.Output]:
    """What sources leave out of their functions, completed by a chat model where that is asked for.

    Functions that were completed before, with the same settings, are not looked at again.
    """
    tables = store.store()
    _remove_stray(context, tables)
    shown: dict[Table, dict[str, dg.MetadataValue]] = {}

    def make(_: str | None) -> Rows:
        if not config.complete:
            return {}
        wanted = settings_digest_of(config)
        specs = tables.read(NORMALIZED, columns=CONTENT_COLUMNS)
        plan = plan_completions(specs, tables.read(COMPLETIONS), wanted)
        contents = decode_rows(SpecContent, plan.rest)
        with charged(context, chat, COMPLETE, None, is_added=not plan.kept.is_empty()) as model:
            completer = Completer(model, config, SETTINGS.config.specs, wanted)
            made = asyncio.run(completer.complete(contents, SETTINGS.config.shards.in_flight))
        rows = pl.concat([plan.kept, encode_rows(COMPLETIONS, made.completions)])
        shown[COMPLETIONS] = {
            "kept": dg.MetadataValue.int(plan.kept.height),
            "by what is inferred": counted("fields", _inferred_kinds(rows)),
        }
        return {COMPLETIONS: rows, COMPLETIONS_DROPPED: made.drops}

    yield from yield_builds(context, completing(config).build(tables, [None], make), shown)


def _inferred_kinds(completions: pl.DataFrame) -> list[str]:
    """The last key of each pointer: what is inferred there."""
    pointers = completions["inferred"].explode().drop_nulls()
    return pointers.str.split("/").list.last().to_list()


def _remove_stray(context: dg.AssetExecutionContext, tables: DeltaStore) -> tuple[str, ...]:
    """Removes catalogs that are no longer configured from every table that holds them; returns their names."""
    gone = stray_catalogs(tables, find_catalogs(SETTINGS))
    remove_catalogs(tables, gone)
    if gone:
        context.log.info(f"removed, since they are no longer configured: {', '.join(gone)}")
    return gone


@dg.multi_asset(
    name=FOLD.name,
    outs=table_outs(FOLD),
    deps=deps_of(FOLD),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def fold_functions(context: dg.AssetExecutionContext, store: StoreResource) -> Iterator[dg.Output]:
    """Distinct functions with unique names, completed; exact duplicates folded, all their sources kept.

    Catalogs that are no longer configured are removed first, from every table that holds them.
    """
    tables = store.store()
    known = tables.read(FUNCTIONS, columns=KNOWN_COLUMNS)
    gone = _remove_stray(context, tables)
    shown: dict[Table, dict[str, dg.MetadataValue]] = {FUNCTIONS: {}}
    if gone:
        shown[FUNCTIONS]["removed catalogs"] = dg.MetadataValue.text(", ".join(gone))

    def make(_: str | None) -> Rows:
        folded = fold_frame(tables.read(NORMALIZED), known)
        functions = apply_completions(folded, tables.read(COMPLETIONS))
        domains = [(name, n) for name, n in functions["domain"].value_counts(sort=True).iter_rows()]
        after = _versions(functions)
        shown[FUNCTIONS] |= {
            "since the last version": _drift_table(compare_functions(_versions(known), after)),
            **_drift_picture(tables, after),
            "by domain": counted("functions", functions["domain"]),
            "functions by domain": picture(
                draw_bars("Functions by domain", domains, "functions"), "by domain"
            ),
            "by effect": counted("functions", functions["effect"]),
            "by licence": counted("functions", functions["licence"]),
        }
        return {FUNCTIONS: functions}

    yield from yield_builds(context, FOLDING.build(tables, [None], make), shown)


def _versions(functions: pl.DataFrame) -> list[FunctionVersion]:
    return list(functions.select(VERSION_COLUMNS).iter_rows())


def _drift_picture(tables: DeltaStore, after: list[FunctionVersion]) -> dict[str, dg.MetadataValue]:
    """Functions added, changed and removed over the last versions of the table; nothing where nothing was."""
    latest = tables.version(FUNCTIONS)
    numbers = range(max(0, latest + 1 - VERSIONS_SHOWN), latest + 1) if latest is not None else range(0)
    past = [(number, tables.read_version(FUNCTIONS, number, VERSION_COLUMNS)) for number in numbers]
    history = [(number, _versions(frame)) for number, frame in past if frame is not None]
    bars = drift_bars(drift_history([*history, (numbers.stop, after)]))
    if not bars:
        return {}
    drawn = draw_stacked("Functions added, changed, removed", bars, "functions")
    return {"drift": picture(drawn, "since the last version")}


def _drift_table(drift: Drift) -> dg.MetadataValue:
    changes = {"added": drift.added, "changed": drift.changed, "removed": drift.removed}
    return dg.MetadataValue.table(
        [
            dg.TableRecord({"what": what, "functions": len(names), "first": ", ".join(names[:NAMES_SHOWN])})
            for what, names in changes.items()
        ]
    )


@dg.multi_asset(
    name=CLUSTER.name,
    outs=table_outs(CLUSTER),
    deps=deps_of(CLUSTER),
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def cluster_functions(context: dg.AssetExecutionContext, store: StoreResource) -> Iterator[dg.Output]:
    """Near duplicates: versions of an API, mirrors, sets published again; one function stands for each cluster."""
    tables = store.store()
    shown: dict[Table, dict[str, dg.MetadataValue]] = {NEAR_DUPLICATES: {}}

    def make(_: str | None) -> Rows:
        clusters = cluster_functions_of(function_profiles(tables.read(FUNCTIONS)))
        shown[NEAR_DUPLICATES]["by kind"] = counted("functions", clusters["kind"])
        return {NEAR_DUPLICATES: clusters}

    yield from yield_builds(context, CLUSTERING.build(tables, [None], make), shown)
