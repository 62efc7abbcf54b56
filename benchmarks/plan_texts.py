"""A plan as a reader sees it: goals, calls, and where each value comes from; nothing that this project thinks of it."""

import textwrap
from collections.abc import Mapping
from typing import Any

from toolmind_assets.model.choices import choice_words
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.tasks import (
    Members,
    PlanArgument,
    PlanStep,
    Task,
    UserFact,
    ValueKind,
)

DESCRIPTION_CHARS, VALUE_CHARS = 200, 120
"""How much is shown of a function's description and of a value."""
Facts = Mapping[tuple[str, str], UserFact]
"""Step id and path -> what the user knows of that argument."""


def plan_row(row_id: str, task: Task, functions: Mapping[str, FunctionSpec]) -> dict[str, Any]:
    """A row of a blind sheet: the requests in order, each with its calls and the origin of every argument."""
    facts = {(fact.step_id, fact.path): fact for request in task.requests for fact in request.facts}
    return {
        "id": row_id,
        "intent": task.intent,
        "requests": [
            {
                "goal": request.goal,
                "steps": [
                    _step(step, functions[step.function_id], facts)
                    for step in task.plan
                    if step.request_index == index
                ],
            }
            for index, request in enumerate(task.requests)
        ],
    }


def _step(step: PlanStep, function: FunctionSpec, facts: Facts) -> dict[str, Any]:
    return {
        "step": step.step_id,
        "function": function.source_name,
        "namespace": function.namespace,
        "description": _cut(function.short_description or function.description, DESCRIPTION_CHARS),
        "times_max": step.members_max,
        "arguments": [_argument(one, facts.get((step.step_id, one.path))) for one in step.arguments],
    }


def _argument(argument: PlanArgument, fact: UserFact | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": argument.path, "from": argument.kind.value}
    if argument.kind is ValueKind.REFERENCE:
        return {
            **shown,
            "step": argument.step_id,
            "output_path": argument.output_path,
            "which": which_words(argument),
        }
    shown["value"] = argument.value
    if fact is not None:
        shown |= {"label": fact.label, "is_withheld": fact.is_withheld}
    return shown


def which_words(argument: PlanArgument) -> str:
    """Which values of a result a reference means, in words; empty where there is but one."""
    if "[]" not in (argument.output_path or ""):
        return ""
    if argument.members is Members.EACH:
        return "each of them"
    if argument.members is Members.ALL:
        return "all of them"
    return "one of them, not said which" if argument.choice is None else choice_words(argument.choice)


def _cut(text: str, most: int) -> str:
    return textwrap.shorten(text, most, placeholder=" ...")


def render_plan(row: dict[str, Any]) -> str:
    """A row of a sheet as plain text."""
    lines = [f"######## {row['id']}", f"WANTS  {_cut(row['intent'], 1000)}"]
    for place, request in enumerate(row["requests"], 1):
        lines.append(f"{place}. {request['goal']}")
        for step in request["steps"]:
            lines += _step_lines(step)
    return "\n".join([*lines, ""])


def _step_lines(step: dict[str, Any]) -> list[str]:
    head = f"   {step['step']}  {step['function']}  [{step['namespace']}]"
    times = f"   for each of up to {step['times_max']}" if step["times_max"] > 1 else ""
    about = [f"       {step['description']}"] if step["description"] else []
    return [head + times, *about, *(f"         {_argument_line(one)}" for one in step["arguments"])]


def _argument_line(argument: dict[str, Any]) -> str:
    if argument["from"] == ValueKind.REFERENCE:
        which = f", {argument['which']}" if argument["which"] else ""
        return (
            f"{argument['path']} <- from {argument['step']}: {argument['output_path'] or 'the result'}{which}"
        )
    value = f"{argument['path']} = {_cut(compact_json(argument['value']), VALUE_CHARS)}"
    if argument["from"] == ValueKind.LITERAL:
        return f"{value}   (fixed)"
    when = ", when asked" if argument.get("is_withheld") else ""
    label = f": {argument['label']}" if "label" in argument else ""
    return f"{value}   (the user says{when}{label})"
