"""Some tasks for people to read, and how many functions all of them use, among the figures of the stage."""

from collections.abc import Mapping, Sequence

from toolmind_assets.model.function_use import counts_by_catalog, function_uses
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.plan_lines import plan_lines
from toolmind_assets.model.task_view import render_task
from toolmind_assets.model.tasks import Scenario, Task
from toolmind_assets.stages.tasks.callability import never_planned_because
from toolmind_assets.steps.figures import Figure, Markdown, Plan, Records


def task_figures(tasks: Sequence[Task], functions: Mapping[str, FunctionSpec]) -> dict[str, Figure]:
    """The first task of each scenario as text, the longest plan drawn, and the use of functions by catalog.

    Nothing where there is no task. A function is called here where a plan calls it.

    Args:
        tasks: Those that were made.
        functions: The functions by id.
    """
    if not tasks:
        return {}
    names = {function_id: function.name for function_id, function in functions.items()}
    firsts = {task.scenario: task for task in reversed(tasks)}
    texts = [render_task(firsts[scenario], names) for scenario in Scenario if scenario in firsts]
    longest = max(tasks, key=lambda task: len(task.plan))
    goals = [request.goal for request in longest.requests]
    return {
        "a task of each scenario": Markdown("\n---\n\n".join(texts)),
        "the longest plan (picture)": Plan(longest.task_id, goals, plan_lines(longest, names)),
        "use of functions": Records(_uses(tasks, functions), {"catalog": "-"}),
    }


def _uses(tasks: Sequence[Task], functions: Mapping[str, FunctionSpec]) -> list[dict[str, str | int]]:
    """A row a catalog: how many of its functions come to which use."""
    offered = {function_id for task in tasks for function_id in task.offered_function_ids}
    planned = {step.function_id for task in tasks for step in task.plan}
    uses = function_uses(functions.values(), offered, planned, never_planned_because)
    return [
        {"catalog": catalog or "-", **{use.value.replace("_", " "): n for use, n in counts.items()}}
        for catalog, counts in counts_by_catalog(uses).items()
    ]
