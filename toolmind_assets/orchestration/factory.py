"""What the assets of all stages share: how a table becomes an asset, and how a step's builds are yielded."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any, TypeVar

import dagster as dg
from pydantic import BaseModel, create_model

from toolmind_assets.reports.pictures import as_markdown
from toolmind_assets.steps.step import Step
from toolmind_resources.chat.model import Charge, ChatModel, ChatProvider
from toolmind_resources.delta.commit import Build
from toolmind_resources.delta.table import Table
from toolmind_resources.errors import BudgetError, EndpointError

OWNERS = ["team:toolmind"]
PERIOD_TAG = "toolmind/period"
"""Tag of runs that share one budget."""
C = TypeVar("C", bound=type[dg.Config])


def key_of(table: Table) -> dg.AssetKey:
    """The asset key of a table: its name, cut at the slash."""
    return dg.AssetKey(table.name.split("/"))


def output_name(table: Table) -> str:
    """The name of the op's output that becomes the table."""
    return table.name.replace("/", "__")


def table_outs(step: Step, *kinds: str) -> dict[str, dg.AssetOut]:
    """The outputs of a step's multi-asset, in the order of their commits."""
    return {
        output_name(table): dg.AssetOut(
            key=key_of(table),
            dagster_type=dg.Any,  # pyright: ignore[reportArgumentType] (a typing form that Dagster takes)
            description=_description(table),
            group_name=step.stage,
            kinds={"deltalake", "polars", *kinds},
            owners=OWNERS,
            code_version=step.code_version,
            is_required=False,
        )
        for table in step.makes
    }


def _description(table: Table) -> str:
    laws = "".join(f"\n\nConserved: {law.statement}." for law in table.laws)
    return f"One row is {table.row}.{laws}"


def deps_of(step: Step, mappings: Mapping[Table, dg.PartitionMapping] | None = None) -> list[dg.AssetDep]:
    """The step's upstream assets, with the mappings of their partitions where they are not the obvious ones."""
    return [dg.AssetDep(key_of(table), partition_mapping=(mappings or {}).get(table)) for table in step.reads]


def yield_builds(
    context: dg.AssetExecutionContext,
    builds: Mapping[Table, Build],
    metadata: Mapping[Table, Mapping[str, Any]] | None = None,
) -> Iterator[dg.Output[Build]]:
    """The builds as outputs in the order of their commits: dropped rows first."""
    n_made = len(next(iter(builds.values())).commits)
    context.log.info(
        f"{n_made} partition(s) made; the rest is up to date" if n_made else "everything is up to date"
    )
    for table, build in builds.items():
        shown = {"n_partitions_made": n_made, **(metadata or {}).get(table, {})}
        yield dg.Output(build, output_name=output_name(table), metadata=shown)


def counted(noun: str, values: Iterable[object]) -> dg.MetadataValue:
    """A table for the UI: how often each value occurs, the most frequent first."""
    counts = sorted(Counter(map(str, values)).items(), key=lambda pair: (-pair[1], pair[0]))
    return counts_table(noun, counts)


def counts_table(noun: str, counts: Iterable[tuple[str, int]]) -> dg.MetadataValue:
    """A table for the UI of counts in the order given; never empty, which Dagster would refuse."""
    rows = [dg.TableRecord({"what": what or "-", noun: count}) for what, count in counts]
    return dg.MetadataValue.table(rows or [dg.TableRecord({"what": "-", noun: 0})])


def charge_of(context: dg.AssetExecutionContext, step: Step, partition: str | None) -> Charge:
    """Whom the calls for a partition are charged to: runs of one command or one backfill share a period.

    A re-execution is a decision to spend of its own, although it has the tags of the run that it repeats.
    """
    tags = {} if context.run.parent_run_id else context.run.tags
    period = tags.get(PERIOD_TAG) or tags.get("dagster/backfill") or context.run_id
    return Charge(period, step.stage, partition or "")


def picture(png: bytes, what: str) -> dg.MetadataValue:
    """A picture for the UI, which shows it behind [Show Markdown]."""
    return dg.MetadataValue.md(as_markdown(png, what))


@contextmanager
def charged(
    context: dg.AssetExecutionContext,
    chat: ChatProvider,
    step: Step,
    partition: str | None,
    is_added: bool = False,
) -> Iterator[ChatModel]:
    """The chat model that makes a partition; what stops all calls is a failure that says what to do.

    Args:
        context, chat, step, partition: What is made, and of which chat models.
        is_added: The step keeps rows that it made before, and with them the replies that they rest on.

    Raises:
        dg.Failure: the budget is used up, or an endpoint cannot be used.
    """
    try:
        charge = replace(charge_of(context, step, partition), is_added=is_added)
        with chat.charged_to(charge) as model:
            yield model
    except (BudgetError, EndpointError) as error:
        advice = (
            "Every reply that was paid is kept: run this again, with a budget of its own, and it goes on."
        )
        raise dg.Failure(f"{error}. {advice}", allow_retries=False) from error


def partition_keys(context: dg.AssetExecutionContext) -> Sequence[str]:
    """The partitions of the run, sorted."""
    return sorted(context.partition_keys)


def defaults_from(values: BaseModel) -> Callable[[C], C]:
    """A decorator that gives a run configuration the defaults of toolmind.yaml; the launchpad may override."""

    def with_defaults(kind: C) -> C:
        fields: dict[str, Any] = {}
        for name, stated in type(values).model_fields.items():
            if name in kind.model_fields:
                own = deepcopy(stated)
                own.default = getattr(values, name)
                fields[name] = (stated.annotation, own)
        return create_model(
            kind.__name__, __base__=kind, __doc__=kind.__doc__, __module__=kind.__module__, **fields
        )

    return with_defaults
