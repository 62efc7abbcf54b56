"""Sensors: what the UI picks up by itself."""

import dagster as dg

from toolmind_assets.catalog_folder import find_catalogs
from toolmind_assets.partitions import CATALOGS, SETTINGS


@dg.sensor(
    name="catalog_partitions",
    description="Keeps the partitions of catalogs equal to what is configured and what lies in the folder.",
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def catalog_partitions(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Requests to add and remove partitions; never a run."""
    found = set(find_catalogs(SETTINGS))
    known = set(context.instance.get_dynamic_partitions("catalogs"))
    requests: list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest] = []
    if added := sorted(found - known):
        requests.append(CATALOGS.build_add_request(added))
    if removed := sorted(known - found):
        requests.append(CATALOGS.build_delete_request(removed))
    if not requests:
        return dg.SkipReason(f"{len(known)} catalogs, none added or removed")
    return dg.SensorResult(dynamic_partitions_requests=requests)
