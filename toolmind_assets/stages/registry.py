"""The stages, in the order in which data flows: a new one is a line here."""

from toolmind_assets.stages.catalogs.stage import STAGE as CATALOGS
from toolmind_assets.stages.dialogues.stage import STAGE as DIALOGUES
from toolmind_assets.stages.exports.stage import STAGE as EXPORTS
from toolmind_assets.stages.graph.stage import STAGE as GRAPH
from toolmind_assets.stages.mixture.stage import STAGE as MIXTURE
from toolmind_assets.stages.opensets.stage import STAGE as OPENSETS
from toolmind_assets.stages.specs.stage import STAGE as SPECS
from toolmind_assets.stages.spending.stage import STAGE as SPENDING
from toolmind_assets.stages.tasks.stage import STAGE as TASKS
from toolmind_assets.stages.trajectories.stage import STAGE as TRAJECTORIES
from toolmind_assets.steps.pipeline import Pipeline

STAGES = (
    CATALOGS,
    SPECS,
    GRAPH,
    TASKS,
    DIALOGUES,
    OPENSETS,
    TRAJECTORIES,
    MIXTURE,
    EXPORTS,
    SPENDING,
)
PIPELINE = Pipeline(STAGES)
TABLES = PIPELINE.tables
"""Every table, in the order in which data flows."""
