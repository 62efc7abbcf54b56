"""The Definitions of a code location, derived from settings and stages."""

import dagster as dg

from toolmind_assets.orchestration.checks import build_checks
from toolmind_assets.orchestration.factory import build_assets
from toolmind_assets.orchestration.named_jobs import build_jobs
from toolmind_assets.orchestration.schedules import build_schedules
from toolmind_assets.orchestration.sensors import build_sensors, conditions_of
from toolmind_assets.settings.chat_models import chat_of
from toolmind_assets.settings.config import Settings
from toolmind_resources.delta.io_manager import delta_io_manager
from toolmind_resources.delta.resource import StoreResource


def build_defs(settings: Settings) -> dg.Definitions:
    """Assets, checks, jobs, schedules, sensors and resources of a project."""
    tables = settings.pipeline.tables
    conditions = conditions_of(settings)

    def automated(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.replace_attributes(automation_condition=conditions.get(spec.key))

    return dg.Definitions(
        assets=[asset.map_asset_specs(automated) for asset in build_assets(settings)],
        asset_checks=build_checks(tables),
        jobs=build_jobs(settings),
        schedules=build_schedules(settings),
        sensors=build_sensors(settings),
        resources={
            "store": StoreResource(root=str(settings.tables)),
            "io_manager": delta_io_manager(tables),
            "chat": chat_of(settings),
        },
        executor=dg.in_process_executor,
    )
