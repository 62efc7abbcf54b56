"""What can be counted of tasks without reading them: length, repeats, unnamed picks, empty changes, undone work."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plan_changes import is_empty_change, undone_steps

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.tasks import Members, PlanArgument, Scenario, Task, ValueKind

CONNECTED = (
    Scenario.CHAINED,
    Scenario.IMPLICIT,
    Scenario.FAN_IN,
    Scenario.FAN_OUT,
    Scenario.LONG_HORIZON,
)
"""Scenarios whose calls are meant to belong together; what is counted is of these, the use of functions aside."""
Functions = Mapping[str, FunctionSpec]


def figures_of(tasks: Sequence[Task], functions: Functions) -> dict[str, Any]:
    """Counts and shares of tasks; see each part for its keys.

    Args:
        tasks: Of any scenarios.
        functions: By id, all that could have been planned.
    """
    connected = [task for task in tasks if task.scenario in CONNECTED]
    return {
        "tasks": len(connected),
        "calls": _calls(connected),
        "repeated_sequences": _share(_n_repeated(connected), len(connected)),
        "picks": _picks(connected, functions),
        "changes": _changes(connected, functions),
        "namespaces": namespace_shares(connected, functions),
        "functions": function_use(tasks, functions),
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _calls(tasks: Sequence[Task]) -> dict[str, float]:
    """Mean number of planned calls, of all tasks and by scenario."""
    found = {"all": [len(task.plan) for task in tasks]}
    for task in tasks:
        found.setdefault(task.scenario.value, []).append(len(task.plan))
    return {name: _share(sum(lengths), len(lengths)) for name, lengths in found.items()}


def _n_repeated(tasks: Iterable[Task]) -> int:
    """Tasks that call the very functions of an earlier one, in the same order."""
    counts = Counter(tuple(step.function_id for step in task.plan) for task in tasks)
    return sum(counts.values()) - len(counts)


def is_unnamed_pick(argument: PlanArgument) -> bool:
    """Whether a reference means one member of a list and nothing says which."""
    return leads_to_one(argument) and argument.choice is None


def leads_to_one(argument: PlanArgument) -> bool:
    """Whether an argument is a reference to one member of a list."""
    is_through_list = argument.kind is ValueKind.REFERENCE and "[]" in (argument.output_path or "")
    return is_through_list and argument.members not in (Members.EACH, Members.ALL)


def _picks(tasks: Sequence[Task], functions: Functions) -> dict[str, float]:
    """References to one member of a list, those that nobody could tell from the others, and changes with such."""
    steps = [step for task in tasks for step in task.plan]
    picks = [one for step in steps for one in step.references() if leads_to_one(one)]
    unnamed = [one for one in picks if is_unnamed_pick(one)]
    changes = [step for step in steps if functions[step.function_id].effect is not Effect.READ]
    blind = [step for step in changes if any(map(is_unnamed_pick, step.references()))]
    return {
        "of_one_member": len(picks),
        "unnamed": len(unnamed),
        "unnamed_share": _share(len(unnamed), len(picks)),
        "changes": len(changes),
        "changes_of_unnamed": len(blind),
        "changes_of_unnamed_share": _share(len(blind), len(changes)),
    }


def _changes(tasks: Sequence[Task], functions: Functions) -> dict[str, float]:
    """Updates and creates, those that say nothing of what they bring about, and tasks that undo their own work."""
    found: Counter[str] = Counter()
    for task in tasks:
        found["tasks_that_undo"] += bool(undone_steps(task.plan, functions))
        for step in task.plan:
            function = functions[step.function_id]
            if function.effect in (Effect.UPDATE, Effect.CREATE):
                found[f"{function.effect.value}s"] += 1
                found[f"{function.effect.value}s_without_content"] += is_empty_change(step, function)
    names = ("updates", "updates_without_content", "creates", "creates_without_content", "tasks_that_undo")
    shares = {"undo_share": _share(found["tasks_that_undo"], len(tasks))}
    return {**{name: found[name] for name in names}, **shares}


def namespace_shares(tasks: Iterable[Task], functions: Functions) -> list[dict[str, Any]]:
    """Of each namespace its share of functions and of planned calls, and how many times as large the second is.

    A namespace that is called and has the largest such ratio comes first.
    """
    owned = Counter(function.namespace for function in functions.values())
    called = Counter(functions[step.function_id].namespace for task in tasks for step in task.plan)
    rows = []
    for namespace, n_functions in owned.items():
        of_functions = n_functions / len(functions)
        of_calls = called[namespace] / called.total() if called else 0.0
        rows.append(
            {
                "namespace": namespace,
                "functions": n_functions,
                "function_share": round(of_functions, 4),
                "calls": called[namespace],
                "call_share": round(of_calls, 4),
                "ratio": round(of_calls / of_functions, 2),
            }
        )
    return sorted(rows, key=lambda row: (-row["ratio"], row["namespace"]))


def function_use(tasks: Iterable[Task], functions: Functions) -> dict[str, float]:
    """Functions in all, those in any plan, those only offered, and those never seen; of tasks of every scenario."""
    planned: set[str] = set()
    offered: set[str] = set()
    for task in tasks:
        planned |= {step.function_id for step in task.plan}
        offered |= set(task.offered_function_ids)
    n_planned, n_seen = len(planned & functions.keys()), len((planned | offered) & functions.keys())
    return {
        "all": len(functions),
        "planned": n_planned,
        "offered_only": n_seen - n_planned,
        "never": len(functions) - n_seen,
        "planned_share": _share(n_planned, len(functions)),
    }
