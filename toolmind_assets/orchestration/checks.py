"""Asset checks, generated from the tables: schema, key, parents, and each conservation law.

One op a table holds all its checks, since an op costs more than a check. All of them block: a failing one
keeps what lies downstream from being made. They come on top of the store's validation before each commit, and
see what was really stored. A run of partitions is checked in these partitions alone. What cannot be judged
yet (`toolmind_resources.delta.judge` says when) passes with severity WARN and says what it waits for.
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from toolmind_resources.delta.judge import KEY, PARENTS, SCHEMA, Judge, Judgement
from toolmind_resources.delta.table import Table


def build_checks(tables: Sequence[Table], store_key: str = "store") -> list[dg.AssetChecksDefinition]:
    """The checks of `tables`, one definition a table, over the `StoreResource` at `store_key`.

    `tables` must hold every table that a parent or a law of them names.
    """
    by_name = {table.name: table for table in tables}
    return [_build_table_checks(table, by_name, store_key) for table in tables]


def _build_table_checks(
    table: Table, by_name: Mapping[str, Table], store_key: str
) -> dg.AssetChecksDefinition:
    specs = _specs(table)
    asset_key = specs[0].asset_key

    @dg.multi_asset_check(
        name=f"check_{table.name.replace('/', '_')}",
        description=f"Schema, key, parents and laws of {table.name}",
        specs=specs,
        can_subset=True,
        required_resource_keys={store_key},
    )
    def checks(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        selected = {key.name for key in context.selected_asset_check_keys}
        names = [spec.name for spec in specs if spec.name in selected]
        partitions = _run_partitions(context, asset_key)
        judge = Judge(getattr(context.resources, store_key).store(), by_name)
        for name, judgement in judge.judge(table, partitions, names).items():
            yield _result(asset_key, name, judgement, partitions)

    return checks


def _specs(table: Table) -> list[dg.AssetCheckSpec]:
    statements = {
        SCHEMA: "columns and types as declared, nulls only where allowed",
        KEY: f"no two rows share {', '.join(table.key)}",
    }
    reads: dict[str, set[str]] = {SCHEMA: set(), KEY: set()}
    if table.checked_parents:
        references = [f"{p.column} stands in {p.parent}.{p.parent_column}" for p in table.checked_parents]
        statements[PARENTS] = "; ".join(references)
        reads[PARENTS] = {parent.parent for parent in table.checked_parents}
    for law in table.laws:
        statements[law.name] = law.statement
        reads[law.name] = set(law.reads)
    return [
        dg.AssetCheckSpec(
            name,
            asset=dg.AssetKey(table.name.split("/")),
            description=statement,
            additional_deps=[dg.AssetKey(read.split("/")) for read in sorted(reads[name] - {table.name})],
            blocking=True,
        )
        for name, statement in statements.items()
    ]


def _run_partitions(context: dg.AssetCheckExecutionContext, asset_key: dg.AssetKey) -> list[str] | None:
    """The partitions of the asset that the run covers; None where run or asset has no partitions."""
    definition = context.job_def.asset_layer.get(asset_key).partitions_def
    if definition is None or not (context.has_partition_key or context.has_partition_key_range):
        return None
    # A range names its ends only; the keys of dynamic partitions stand in the instance.
    with dg.partition_loading_context(dynamic_partitions_store=context.instance):
        return sorted(definition.get_partition_keys_in_range(context.partition_key_range))


def _result(
    asset_key: dg.AssetKey, name: str, judgement: Judgement, partitions: Sequence[str] | None
) -> dg.AssetCheckResult:
    is_judged = judgement.waits_for is None
    metadata: dict[str, dg.MetadataValue] = {"is_judged": dg.MetadataValue.bool(is_judged)}
    if partitions is not None:
        metadata["partitions"] = dg.MetadataValue.json(list(partitions))
    if judgement.violations:
        metadata["violations"] = dg.MetadataValue.json(list(judgement.violations))
    words = "; ".join(judgement.violations) if is_judged else f"not judged, waits for {judgement.waits_for}"
    return dg.AssetCheckResult(
        asset_key=asset_key,
        check_name=name,
        passed=not judgement.violations,
        severity=dg.AssetCheckSeverity.ERROR if is_judged else dg.AssetCheckSeverity.WARN,
        description=words or None,
        metadata=metadata,
    )
