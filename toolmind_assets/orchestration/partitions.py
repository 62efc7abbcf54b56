"""The partitions of all assets, and the settings that decide them.

Shards are static, since the configuration says how many there are; catalogs are dynamic, since they come and
go as files. A shard of trajectories judges the simulated or the open shard of the same name: it has a parent
in one of the two and none in the other.
"""

import dagster as dg

from toolmind_assets.settings.config import load_settings

SETTINGS = load_settings()
"""The settings of this code location, read once when it is loaded."""

CATALOGS = dg.DynamicPartitionsDefinition(name="catalogs")
SIMULATED_SHARDS = dg.StaticPartitionsDefinition(list(SETTINGS.config.simulated_shards))
OPEN_SHARDS = dg.StaticPartitionsDefinition(list(SETTINGS.config.open_shards))
SHARDS = dg.StaticPartitionsDefinition([*SETTINGS.config.simulated_shards, *SETTINGS.config.open_shards])

SAME_SIMULATED_SHARD = dg.StaticPartitionMapping({shard: shard for shard in SETTINGS.config.simulated_shards})
"""From simulated shards to shards of either kind."""
SAME_OPEN_SHARD = dg.StaticPartitionMapping({shard: shard for shard in SETTINGS.config.open_shards})
"""From open shards to shards of either kind."""
