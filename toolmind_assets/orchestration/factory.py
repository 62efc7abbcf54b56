"""Steps as Dagster assets: one multi-asset a step, derived from what the step declares."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import dagster as dg
from pydantic import create_model

from toolmind_assets.orchestration.figure_metadata import metadata_of
from toolmind_assets.orchestration.pace_log import logged_pace
from toolmind_assets.orchestration.partitions import definition_of, mapping_of, run_partitions
from toolmind_assets.reports.pace import PaceWatch
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.removal import remove_stray_catalogs
from toolmind_assets.settings.surroundings import is_free, params_of, partitions_of, work_of
from toolmind_assets.steps.step import Partitions, Step
from toolmind_assets.steps.work import Built
from toolmind_resources.chat.model import Charge, ChatModel, ChatProvider
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table
from toolmind_resources.errors import BudgetError, EndpointError

OWNERS = ["team:toolmind"]
PERIOD_TAG = "toolmind/period"
"""Tag of runs that share one budget."""
POOL = "chat"
"""The pool of all steps that ask chat models."""
SHARDS_A_RUN = 4
"""Shards that one run of a backfill makes: a failure costs one run, and several runs share the work."""


def key_of(table: Table) -> dg.AssetKey:
    """The asset key of a table: its name, cut at the slash."""
    return dg.AssetKey(table.name.split("/"))


def keys_of(*steps: Step[Any]) -> list[dg.AssetKey]:
    """The asset keys of all tables that the steps make."""
    return [key_of(table) for step in steps for table in step.makes]


def output_name(table: Table) -> str:
    """The name of the op's output that becomes the table."""
    return table.name.replace("/", "__")


def build_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets of all steps."""
    return [_build_asset(settings, step) for step in settings.pipeline.steps]


def _build_asset(settings: Settings, step: Step[Any]) -> dg.AssetsDefinition:
    config_type = _config_type(settings, step)

    @dg.multi_asset(
        name=step.name,
        description=step.description,
        outs=_outs(step),
        deps=_deps(settings, step),
        partitions_def=definition_of(settings, step.partitions),
        backfill_policy=_backfill_policy(step),
        pool=POOL if step.roles else None,
        required_resource_keys={"store", "io_manager", *(["chat"] if step.roles else [])},
    )
    def make(context: dg.AssetExecutionContext, config: config_type) -> Iterator[dg.Output]:  # pyright: ignore[reportInvalidTypeForm]
        yield from _Making(settings, step, context).outputs(config)

    return make


def _config_type(settings: Settings, step: Step[Any]) -> type[dg.Config]:
    """The step's parameters with the defaults of toolmind.yaml; the launchpad may override them."""
    values, fields = params_of(settings, step), {}
    for name, stated in step.params.model_fields.items():
        own = deepcopy(stated)
        own.default = getattr(values, name)
        fields[name] = (stated.annotation, own)
    title = "".join(part.capitalize() for part in step.name.split("_"))
    return create_model(
        f"{title}Config", __base__=(dg.Config, step.params), __doc__=step.params.__doc__, **fields
    )


def _outs(step: Step[Any]) -> dict[str, dg.AssetOut]:
    """The outputs of a step, in the order of their commits."""
    return {
        output_name(table): dg.AssetOut(
            key=key_of(table),
            dagster_type=dg.Any,  # pyright: ignore[reportArgumentType] (a typing form that Dagster takes)
            description=_description(table),
            group_name=step.stage,
            kinds={"deltalake", "polars", *step.kinds},
            owners=OWNERS,
            code_version=step.code_version,
            is_required=False,
        )
        for table in step.makes
    }


def _description(table: Table) -> str:
    laws = "".join(f"\n\nConserved: {law.statement}." for law in table.laws)
    return f"One row is {table.row}.{laws}"


def _deps(settings: Settings, step: Step[Any]) -> list[dg.AssetDep]:
    """The tables that a step reads, with the mappings of their partitions.

    A parent of open shards is left out where no open set is configured: it stays unmade, and the UI would warn of
    it at each click.
    """
    deps = []
    for read in step.reads:
        upstream = settings.pipeline.maker_of(read.table).partitions
        if upstream is Partitions.OPEN and not partitions_of(settings, upstream):
            continue
        mapping = mapping_of(settings, upstream, step.partitions)
        deps.append(dg.AssetDep(key_of(read.table), partition_mapping=mapping))
    return deps


def _backfill_policy(step: Step[Any]) -> dg.BackfillPolicy:
    if step.partitions.is_shard:
        return dg.BackfillPolicy.multi_run(max_partitions_per_run=SHARDS_A_RUN)
    return dg.BackfillPolicy.single_run()


@dataclass(frozen=True, slots=True)
class _Making:
    """One step in one run."""

    settings: Settings
    step: Step[Any]
    context: dg.AssetExecutionContext

    def outputs(self, config: Any) -> Iterator[dg.Output]:
        """What of the run's partitions was due, made: an output a table, in the order of their commits."""
        step, context = self.step, self.context
        store: DeltaStore = context.resources.store.store()
        gone = self._remove_stray(store)
        partitions = run_partitions(context)
        work = work_of(self.settings, step, config)
        built = work.build(store, partitions, {key: partial(self._charged, key) for key in partitions})
        made = f"{built.n_made} partition(s) made; the rest is up to date"
        context.log.info(made if built.n_made else "everything is up to date")
        yield from self._outputs(built, {"removed catalogs": ", ".join(gone)} if gone else {})

    def _outputs(self, built: Built, notes: dict[str, str]) -> Iterator[dg.Output]:
        for table, build in built.builds.items():
            figures = metadata_of(built.figures.get(table, {}))
            own = notes if table is self.step.makes[-1] else {}
            metadata = {"n_partitions_made": built.n_made, **own, **figures}
            yield dg.Output(build, output_name=output_name(table), metadata=metadata)

    def _remove_stray(self, store: DeltaStore) -> tuple[str, ...]:
        """Removes what is no longer configured before something is made whole of all catalogs; returns the names."""
        if not self.settings.pipeline.is_of_all_catalogs(self.step):
            return ()
        gone = remove_stray_catalogs(self.settings, store)
        if gone:
            self.context.log.info(f"removed, since they are no longer configured: {', '.join(gone)}")
        return gone

    @contextmanager
    def _charged(self, partition: str | None, is_added: bool) -> Iterator[ChatModel]:
        """The chat model that makes a partition; what stops all calls is a failure that says what to do.

        Raises:
            dg.Failure: the budget is used up, or an endpoint cannot be used.
        """
        chat: ChatProvider = self.context.resources.chat
        charge = replace(charge_of(self.context, self.step, partition), is_added=is_added)
        try:
            with chat.charged_to(charge) as model, self._paced(charge.period):
                yield model
        except (BudgetError, EndpointError) as error:
            advice = "Every reply that was paid is kept: run this again, with its own budget, and it goes on."
            raise dg.Failure(f"{error}. {advice}", allow_retries=False) from error

    def _paced(self, period: str) -> AbstractContextManager[None]:
        """Tells in the step's log how its calls are getting on, where any are paid."""
        if is_free(self.settings, self.step):
            return nullcontext()
        return logged_pace(PaceWatch(self.settings, period), self.context.log.info)


def charge_of(context: dg.AssetExecutionContext, step: Step[Any], partition: str | None) -> Charge:
    """Whom the calls for a partition are charged to: runs of one command or one backfill share a period.

    A re-execution is a decision to spend of its own, although it has the tags of the run that it repeats.
    """
    tags = {} if context.run.parent_run_id else context.run.tags
    period = tags.get(PERIOD_TAG) or tags.get("dagster/backfill") or context.run.run_id
    return Charge(period, step.stage, partition or "")
