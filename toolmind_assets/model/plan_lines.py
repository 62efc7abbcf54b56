"""A plan as lines that a person reads: what each call takes, and which earlier call a value comes from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.choices import choice_words
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, Task, UserFact, ValueKind

MAX_CHARACTERS = 60
"""Of a value, as much as is shown."""


@dataclass(frozen=True, slots=True)
class PlanInput:
    """One argument of a planned call.

    Attributes:
        kind: Where its value comes from.
        text: The argument and its value, or what of which result it takes.
        source: Number of the call whose result holds it; None where none does.
    """

    kind: ValueKind
    text: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One planned call.

    Attributes:
        number: From 1, in the order in which calls are made.
        name: The function's.
        note: What is special: unasked, for each of several, an error that passes; may be empty.
        request_index: The request (0-based) that it serves.
        inputs: Its arguments: those found, then those said, then those fixed.
    """

    number: int
    name: str
    note: str
    request_index: int
    inputs: tuple[PlanInput, ...]


def plan_lines(task: Task, names: Mapping[str, str]) -> list[PlanLine]:
    """The planned calls of a task, in order; `names` is function id -> name, and a missing one is shown by its id."""
    numbers = {step.step_id: number for number, step in enumerate(task.plan, 1)}
    facts = {(fact.step_id, fact.path): fact for request in task.requests for fact in request.facts}
    return [
        PlanLine(
            numbers[step.step_id],
            names.get(step.function_id, step.function_id),
            _note(step),
            step.request_index,
            tuple(sorted(_inputs(step, numbers, facts), key=lambda one: _ORDER.index(one.kind))),
        )
        for step in task.plan
    ]


_ORDER = (ValueKind.REFERENCE, ValueKind.USER, ValueKind.LITERAL)


def plan_tree(lines: list[PlanLine]) -> str:
    """The plan drawn as text: a call stands below the last one whose result it takes, with what it takes under it."""
    children: dict[int | None, list[PlanLine]] = {}
    for line in lines:
        sources = [one.source for one in line.inputs if one.source is not None]
        children.setdefault(max(sources, default=None), []).append(line)
    return "\n".join(text for line in children.get(None, ()) for text in _branch(line, children, "", ""))


def shown_value(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 1]}…"


def _branch(
    line: PlanLine, children: Mapping[int | None, list[PlanLine]], first: str, rest: str
) -> Iterator[str]:
    below = children.get(line.number, [])
    yield f"{first}{line.number} {line.name}" + (f"  ({line.note})" if line.note else "")
    for one in line.inputs:
        yield f"{rest}{'│' if below else ' '}    {one.text}"
    for child in below:
        is_last = child is below[-1]
        stems = ("└─ ", "   ") if is_last else ("├─ ", "│  ")
        yield from _branch(child, children, rest + stems[0], rest + stems[1])


def _note(step: PlanStep) -> str:
    notes = [f"for each, at most {step.members_max}"] if step.members_max > 1 else []
    notes += ["unasked"] if step.is_implicit else []
    notes += [f"fails once: {step.fault.value}"] if step.fault is not None else []
    return "; ".join(notes)


def _inputs(
    step: PlanStep, numbers: Mapping[str, int], facts: Mapping[tuple[str, str], UserFact]
) -> Iterator[PlanInput]:
    for argument in step.arguments:
        match argument.kind:
            case ValueKind.REFERENCE:
                source = numbers[argument.step_id or ""]
                yield PlanInput(argument.kind, f"{argument.path} ← {source}: {_found(argument)}", source)
            case ValueKind.USER:
                fact = facts.get((step.step_id, argument.path))
                text = f"{argument.path} = {shown_value(argument.value)}  ({_how_said(fact)})"
                yield PlanInput(argument.kind, text)
            case ValueKind.LITERAL:
                yield PlanInput(argument.kind, f"{argument.path} = {shown_value(argument.value)}")


def _how_said(fact: UserFact | None) -> str:
    """How the user tells a value: as it is, in other words, or only when asked."""
    if fact is None:
        return "said"
    words = f"said as {shown_value(fact.expression)}" if fact.expression is not None else "said"
    return f"{words} when asked" if fact.is_withheld else words


def _found(argument: PlanArgument) -> str:
    """What of a result is taken: its path, and which member is meant."""
    path = argument.output_path or "the result"
    match argument.members:
        case Members.EACH:
            return f"{path}, one after the other"
        case Members.ALL:
            return f"{path}, all of them"
        case Members.ONE:
            return f"{path}, {choice_words(argument.choice)}" if argument.choice is not None else path
