"""Some tasks for people to read, among the figures of the stage."""

from collections.abc import Mapping, Sequence

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.plan_lines import plan_lines
from toolmind_assets.model.task_view import render_task
from toolmind_assets.model.tasks import Scenario, Task
from toolmind_assets.steps.figures import Figure, Markdown, Plan


def task_figures(tasks: Sequence[Task], functions: Mapping[str, FunctionSpec]) -> dict[str, Figure]:
    """The first task of each scenario as text, and the longest plan drawn; nothing where there is no task.

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
    }
