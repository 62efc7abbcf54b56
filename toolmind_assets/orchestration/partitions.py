"""The partitions of assets, and how those of two kinds meet.

Shards are static, since the configuration says how many there are; catalogs are dynamic, since they come and
go as files. A shard of trajectories judges the simulated or the open shard of the same name: it has a parent
in one of the two and none in the other.
"""

import dagster as dg

from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.surroundings import partitions_of
from toolmind_assets.steps.step import Partitions

CATALOGS = dg.DynamicPartitionsDefinition(name="catalogs")


def definition_of(settings: Settings, partitions: Partitions) -> dg.PartitionsDefinition | None:
    """The partitions of a step's assets; None for tables that are written whole."""
    if partitions is Partitions.WHOLE:
        return None
    if partitions is Partitions.CATALOG:
        return CATALOGS
    return dg.StaticPartitionsDefinition(list(partitions_of(settings, partitions)))


def mapping_of(settings: Settings, upstream: Partitions, own: Partitions) -> dg.PartitionMapping | None:
    """How partitions of a parent meet those of its child; None where that is the obvious way."""
    if upstream is own or not (upstream.is_shard and own.is_shard):
        return None
    shared = set(partitions_of(settings, upstream)) & set(partitions_of(settings, own))
    return dg.StaticPartitionMapping({shard: shard for shard in sorted(shared)})


def run_partitions(context: dg.AssetExecutionContext) -> list[str] | list[None]:
    """The partitions of the run, sorted; None alone where its assets have none."""
    if not (context.has_partition_key or context.has_partition_key_range):
        return [None]
    return sorted(context.partition_keys)
