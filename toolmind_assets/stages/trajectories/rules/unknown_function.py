"""A call names a function that was not offered."""

from collections.abc import Iterator

from toolmind_assets.stages.trajectories.rule import Finding, Rule, call_finding, shown
from toolmind_assets.stages.trajectories.trajectory import Trajectory


def check(trajectory: Trajectory) -> Iterator[Finding]:
    """One finding a call of a function that was not offered."""
    offered = ", ".join(sorted(trajectory.functions)) or "none"
    for call in trajectory.calls:
        if call.function is None:
            yield call_finding(
                call, "unknown_function", f"{shown(call.name)} is not offered; offered: {offered}"
            )


UNKNOWN_FUNCTION = Rule(
    name="unknown_function",
    version=1,
    codes={"unknown_function": "the function called was not offered"},
    check=check,
)
