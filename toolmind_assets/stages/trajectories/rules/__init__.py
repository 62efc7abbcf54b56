"""The deterministic rules, one a file. A new rule is one file here and one line in `RULES`."""

from toolmind_assets.stages.trajectories.rule import Rule
from toolmind_assets.stages.trajectories.rules.empty_turn import EMPTY_TURN
from toolmind_assets.stages.trajectories.rules.ignored_error import IGNORED_ERROR
from toolmind_assets.stages.trajectories.rules.invalid_arguments import INVALID_ARGUMENTS
from toolmind_assets.stages.trajectories.rules.repeated_call import REPEATED_CALL
from toolmind_assets.stages.trajectories.rules.result_mismatch import RESULT_MISMATCH
from toolmind_assets.stages.trajectories.rules.role_confusion import ROLE_CONFUSION
from toolmind_assets.stages.trajectories.rules.unanswered_call import UNANSWERED_CALL
from toolmind_assets.stages.trajectories.rules.ungrounded_value import UNGROUNDED_VALUE
from toolmind_assets.stages.trajectories.rules.unknown_function import UNKNOWN_FUNCTION

RULES: tuple[Rule, ...] = (
    UNKNOWN_FUNCTION,
    INVALID_ARGUMENTS,
    UNGROUNDED_VALUE,
    UNANSWERED_CALL,
    RESULT_MISMATCH,
    REPEATED_CALL,
    IGNORED_ERROR,
    EMPTY_TURN,
    ROLE_CONFUSION,
)
