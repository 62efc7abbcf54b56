"""The Definitions of this code location: wiring only."""

import dagster as dg

from toolmind_assets.orchestration.assets.catalogs import read_catalogs
from toolmind_assets.orchestration.assets.dialogues import dialogues
from toolmind_assets.orchestration.assets.exports import export_files
from toolmind_assets.orchestration.assets.graph import edges
from toolmind_assets.orchestration.assets.mixture import mixed_samples
from toolmind_assets.orchestration.assets.opensets import open_dialogues
from toolmind_assets.orchestration.assets.specs import (
    cluster_functions,
    complete_specs,
    fold_functions,
    normalize_specs,
)
from toolmind_assets.orchestration.assets.spending import spending
from toolmind_assets.orchestration.assets.tasks import tasks
from toolmind_assets.orchestration.assets.trajectories import samples
from toolmind_assets.orchestration.checks import build_checks
from toolmind_assets.orchestration.partitions import SETTINGS
from toolmind_assets.orchestration.schedules import build_schedules
from toolmind_assets.orchestration.sensors import build_sensors, conditions_of
from toolmind_assets.settings.chat_models import chat_of
from toolmind_assets.tables import TABLES
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
