"""The one Definitions of this code location: wiring only."""

import dagster as dg

from toolmind_assets.catalogs.assets import read_catalogs
from toolmind_assets.checks import build_checks
from toolmind_assets.dialogues.assets import dialogues
from toolmind_assets.exports.assets import export_files
from toolmind_assets.graph.assets import edges
from toolmind_assets.mixture.assets import mixed_samples
from toolmind_assets.models import chat_of
from toolmind_assets.opensets.assets import open_dialogues
from toolmind_assets.partitions import SETTINGS
from toolmind_assets.schedules import build_schedules
from toolmind_assets.sensors import build_sensors, conditions_of
from toolmind_assets.specs.assets import (
    cluster_functions,
    complete_specs,
    fold_functions,
    normalize_specs,
)
from toolmind_assets.spending.assets import spending
from toolmind_assets.tables import TABLES
from toolmind_assets.tasks.assets import tasks
from toolmind_assets.trajectories.assets import samples
from toolmind_resources.delta.io_manager import delta_io_manager
from toolmind_resources.delta.resource import StoreResource

ASSETS = (
    read_catalogs,
    normalize_specs,
    complete_specs,
    fold_functions,
    cluster_functions,
    edges,
    tasks,
    dialogues,
    open_dialogues,
    samples,
    mixed_samples,
    export_files,
    spending,
)

CONDITIONS = conditions_of(SETTINGS.config)


def _automated(spec: dg.AssetSpec) -> dg.AssetSpec:
    return spec.replace_attributes(automation_condition=CONDITIONS.get(spec.key))


defs = dg.Definitions(
    assets=[asset.map_asset_specs(_automated) for asset in ASSETS],
    asset_checks=build_checks(TABLES),
    schedules=build_schedules(SETTINGS),
    sensors=build_sensors(SETTINGS),
    resources={
        "store": StoreResource(root=str(SETTINGS.tables)),
        "io_manager": delta_io_manager(TABLES),
        "chat": chat_of(SETTINGS),
    },
    executor=dg.in_process_executor,
)
