"""The stage `specs`: every entry in one canonical form, completed, and folded to distinct functions."""

import asyncio
from collections.abc import Sequence
from typing import Any

import polars as pl
from pydantic import ConfigDict

from toolmind_assets.model.functions import RawComponent, RawFunction
from toolmind_assets.model.ids import digest
from toolmind_assets.stages.specs import roles
from toolmind_assets.stages.specs.clusters import ClusterParams, cluster_functions
from toolmind_assets.stages.specs.completed import CONTENT_COLUMNS, apply_completions, plan_completions
from toolmind_assets.stages.specs.completion import Completer, SpecContext
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
from toolmind_assets.stages.specs.stand_in import RULES
from toolmind_assets.steps.figures import Bars, Figure, Figures, Records, Stacked, counted
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.reads import Read
from toolmind_assets.steps.step import Made, NoParams, Partitions, Stage, Step
from toolmind_assets.tables.catalogs import COMPONENTS, RAW_FUNCTIONS
from toolmind_assets.tables.rows import decode_rows, encode_rows
from toolmind_assets.tables.specs import (
    COMPLETIONS,
    COMPLETIONS_DROPPED,
    FUNCTIONS,
    NEAR_DUPLICATES,
    NORMALIZED,
    SPECS_DROPPED,
)

_ASKING = ("completion.py", "stand_in.py", "gaps.py", "prompts/")
"""Sources of the stage that decide what `specs/completions` holds, and nothing else."""
VERSION_COLUMNS = ("function_key", "function_digest", "name")
VERSIONS_SHOWN = 12
"""Versions of the functions whose drift is drawn."""
NAMES_SHOWN = 20
"""Names of added, changed and removed functions that are shown of each."""


class SpecsSection(SpecParams, CompletionParams):
    """Limits on what a function's schemas may hold, and what a chat model completes of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _normalize(making: Making[SpecParams]) -> Made:
    raws = decode_rows(RawFunction, making.read(RAW_FUNCTIONS).sort("document"))
    components = making.values(COMPONENTS, RawComponent)
    specs, drops = normalize_all(raws, components, making.params)
    return Made({NORMALIZED: specs, SPECS_DROPPED: drops})


def _complete(making: Making[SpecsSection]) -> Made:
    """Functions that were completed before, with the same settings, are not looked at again."""
    params, outside = making.params, making.outside
    if not params.complete:
        return Made({})
    wanted = settings_digest(outside, params)
    plan = plan_completions(making.read(NORMALIZED), making.read(COMPLETIONS), wanted)
    contents = decode_rows(SpecContent, plan.rest)
    with making.chat(not plan.kept.is_empty()) as chat:
        completer = Completer(chat, params, params, wanted)
        made = asyncio.run(completer.complete(contents, outside.in_flight))
    rows = pl.concat([plan.kept, encode_rows(COMPLETIONS, made.completions)])
    return Made({COMPLETIONS: rows, COMPLETIONS_DROPPED: made.drops}, (plan.kept.height, rows))


def settings_digest(outside: Any, params: SpecsSection) -> str:
    """By what a row of `specs/completions` is told to be of the present settings and code."""
    decisive = [params.model_dump(), outside.chat_settings(COMPLETE_SPECS.roles)]
    return digest(COMPLETE_SPECS.code_version, decisive)[:16]


def _completions_figures(made: Sequence[tuple[int, pl.DataFrame] | None], _: Making[SpecsSection]) -> Figures:
    if made[-1] is None:
        return {}
    n_kept, rows = made[-1]
    pointers = rows["inferred"].explode().drop_nulls()
    kinds = pointers.str.split("/").list.last().to_list()  # the last key says what is inferred there
    return {COMPLETIONS: {"kept": n_kept, "by what is inferred": counted("fields", kinds)}}


def _fold(making: Making[NoParams]) -> Made:
    known = making.read(FUNCTIONS)
    folded = fold_frame(making.read(NORMALIZED), known)
    functions = apply_completions(folded, making.read(COMPLETIONS))
    return Made({FUNCTIONS: functions}, (known, functions))


def _functions_figures(
    made: Sequence[tuple[pl.DataFrame, pl.DataFrame]], making: Making[NoParams]
) -> Figures:
    known, functions = made[-1]
    domains = [(name, n) for name, n in functions["domain"].value_counts(sort=True).iter_rows()]
    after = _versions(functions)
    figures: dict[str, Figure] = {
        "since the last version": _drift_table(compare_functions(_versions(known), after)),
        **_drift_picture(making, after),
        "by domain": counted("functions", functions["domain"]),
        "functions by domain": Bars("Functions by domain", domains, "functions"),
        "by effect": counted("functions", functions["effect"]),
        "by licence": counted("functions", functions["licence"]),
    }
    return {FUNCTIONS: figures}


def _versions(functions: pl.DataFrame) -> list[FunctionVersion]:
    return list(functions.select(VERSION_COLUMNS).iter_rows())


def _drift_picture(making: Making[NoParams], after: list[FunctionVersion]) -> dict[str, Figure]:
    """Functions added, changed and removed over the last versions of the table; nothing where nothing was."""
    past = making.past(FUNCTIONS, VERSION_COLUMNS, VERSIONS_SHOWN)
    history = [(number, _versions(frame)) for number, frame in past]
    following = past[-1][0] + 1 if past else 0
    bars = drift_bars(drift_history([*history, (following, after)]))
    return {"drift": Stacked("Functions added, changed, removed", bars, "functions")} if bars else {}


def _drift_table(drift: Drift) -> Records:
    changes = {"added": drift.added, "changed": drift.changed, "removed": drift.removed}
    rows = [
        {"what": what, "functions": len(names), "first": ", ".join(names[:NAMES_SHOWN])}
        for what, names in changes.items()
    ]
    return Records(rows, rows[0])


def _cluster(making: Making[NoParams]) -> Made:
    clusters = cluster_functions(function_profiles(making.read(FUNCTIONS)))
    return Made({NEAR_DUPLICATES: clusters}, clusters)


def _cluster_figures(made: Sequence[pl.DataFrame], _: Making[NoParams]) -> Figures:
    return {NEAR_DUPLICATES: {"by kind": counted("functions", made[-1]["kind"])}}


def _catalog_names(outside: Any) -> list[str]:
    return sorted(outside.catalogs())


NORMALIZE_SPECS = Step(
    name="normalize_specs",
    description="Every raw entry in canonical form, or dropped with the reason.",
    makes=(SPECS_DROPPED, NORMALIZED),
    make=_normalize,
    reads=(Read(RAW_FUNCTIONS), Read(COMPONENTS)),
    partitions=Partitions.CATALOG,
    params=SpecParams,
    leaves_out=("completed.py", *_ASKING),
)
COMPLETE_SPECS = Step(
    name="complete_specs",
    description="What sources leave out of their functions, completed by a chat model where that is asked for.",
    makes=(COMPLETIONS_DROPPED, COMPLETIONS),
    make=_complete,
    reads=(Read(NORMALIZED, columns=CONTENT_COLUMNS),),
    carries=(Read(COMPLETIONS),),
    params=SpecsSection,
    roles=(roles.SPEC_COMPLETER,),
    is_active=lambda params: bool(params.complete),
    inputs=lambda outside, _, __: _catalog_names(outside),
    figures=_completions_figures,
)
FOLD_FUNCTIONS = Step(
    name="fold_functions",
    description="Distinct functions with unique names, completed; exact duplicates folded, all their sources kept.",
    makes=(FUNCTIONS,),
    make=_fold,
    reads=(Read(NORMALIZED), Read(COMPLETIONS)),
    carries=(Read(FUNCTIONS, columns=KNOWN_COLUMNS),),
    inputs=lambda outside, _, __: _catalog_names(outside),
    figures=_functions_figures,
    leaves_out=_ASKING,
)
CLUSTER_FUNCTIONS = Step(
    name="cluster_functions",
    description="Near duplicates: versions of an API, mirrors, sets published again; one function stands for each cluster.",
    makes=(NEAR_DUPLICATES,),
    make=_cluster,
    reads=(Read(FUNCTIONS),),
    inputs=lambda _, __, ___: ClusterParams().model_dump(),
    figures=_cluster_figures,
    leaves_out=_ASKING,
)

STAGE = Stage(
    name="specs",
    steps=(NORMALIZE_SPECS, COMPLETE_SPECS, FOLD_FUNCTIONS, CLUSTER_FUNCTIONS),
    section=SpecsSection,
    title="functions",
    stand_in=RULES,
    contexts=(SpecContext,),
)
