"""All that imports Dagster: assets, checks, partitions, schedules, sensors, runs."""
