"""Every Delta table: columns with type, meaning and unit; key; partitioning; parents; laws.

`TABLES` lists them in the order in which data flows. No I/O, no logic of a stage.
"""

from toolmind_assets.tables.catalogs import CATALOGS_DROPPED, COMPONENTS, FILES, RAW_FUNCTIONS
from toolmind_assets.tables.dialogues import ARGUMENTS, CALLS, CANDIDATES, DIALOGUES, DIALOGUES_DROPPED
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.mixture import MIXED_SAMPLES, MIXTURE_DROPPED
from toolmind_assets.tables.opensets import OPEN_ARGUMENTS, OPEN_CALLS, OPEN_DIALOGUES, OPENSETS_DROPPED
from toolmind_assets.tables.specs import (
    COMPLETIONS,
    COMPLETIONS_DROPPED,
    FUNCTIONS,
    NEAR_DUPLICATES,
    NORMALIZED,
    SPECS_DROPPED,
)
from toolmind_assets.tables.spending import USAGE
from toolmind_assets.tables.tasks import TASKS, TASKS_DROPPED
from toolmind_assets.tables.trajectories import SAMPLES, TRAJECTORIES_DROPPED, VERDICTS

TABLES = (
    FILES,
    COMPONENTS,
    RAW_FUNCTIONS,
    CATALOGS_DROPPED,
    NORMALIZED,
    SPECS_DROPPED,
    COMPLETIONS,
    COMPLETIONS_DROPPED,
    FUNCTIONS,
    NEAR_DUPLICATES,
    EDGES,
    TASKS,
    TASKS_DROPPED,
    DIALOGUES,
    CALLS,
    ARGUMENTS,
    CANDIDATES,
    DIALOGUES_DROPPED,
    OPEN_DIALOGUES,
    OPEN_CALLS,
    OPEN_ARGUMENTS,
    OPENSETS_DROPPED,
    VERDICTS,
    SAMPLES,
    TRAJECTORIES_DROPPED,
    MIXED_SAMPLES,
    MIXTURE_DROPPED,
    MANIFESTS,
    USAGE,
)
