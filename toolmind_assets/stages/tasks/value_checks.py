"""Values of a call that agree with each other and with what their arguments are documented to be."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from toolmind_assets.model.choices import is_same, rank_of
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.schemas import schemas_at
from toolmind_assets.model.tasks import Choice, ChoiceKind, PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.tasks.argument_fields import is_identifying
from toolmind_resources.plausible.field_labels import words_of

_BOUNDS = dict(
    pair.split("-")
    for pair in [
        "start-end",
        "begin-end",
        "from-to",
        "min-max",
        "minimum-maximum",
        "since-until",
        "after-before",
        "earliest-latest",
        "checkin-checkout",
        "in-out",
        "lower-upper",
        "low-high",
    ]
)
"""What a lower bound is called -> what its upper bound is called beside it."""
_ENDS = frozenset(
    {
        *_BOUNDS.items(),
        ("origin", "destination"),
        ("source", "destination"),
        ("source", "target"),
        ("old", "new"),
    }
)
"""What the two ends of something are called, which are not the same place or thing."""
_MOMENT = Choice(ChoiceKind.NEWEST)
FORMS = {
    "currency": (r"ISO[ -]?4217|\b(?:three|3)-letter[^.]{0,20}\bcurrency", r"[A-Za-z]{3}"),
    "country": (r"ISO[ -]?3166(?!.{0,8}alpha-?3)|\b(?:two|2)-letter[^.]{0,20}\bcountry", r"[A-Za-z]{2}"),
    "day": (r"\bYYYY-MM-DD\b(?!\s*[T ]?\s*hh)", r"\d{4}-\d{2}-\d{2}"),
    "phone": (r"\bE\.164\b", r"\+[1-9]\d{6,14}"),
}
"""Forms that documentation asks for: what it says of them, and how their values look."""
_DECIDING = frozenset({"enum", "const", "pattern"})
"""Keywords that say more of the form than words do."""
_FORMS = {name: (re.compile(said, re.I), re.compile(form)) for name, (said, form) in FORMS.items()}


def form_of(description: str) -> str:
    """The name of the form that a description asks for; empty for none, and where it speaks of several."""
    found = [name for name, (said, _) in _FORMS.items() if said.search(description)]
    return found[0] if len(found) == 1 else ""


def is_in_form(value: str, form: str) -> bool:
    """Whether a text is of a form of `FORMS`."""
    return bool(_FORMS[form][1].fullmatch(value))


def ends_in(paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of arguments of one object that are called as the two ends of the same thing, the lower or first one first."""
    for one, other in combinations(paths, 2):
        if one.rpartition(".")[0] != other.rpartition(".")[0]:
            continue
        if _is_below(one, other):
            yield one, other
        elif _is_below(other, one):
            yield other, one


def _is_below(one: str, other: str) -> bool:
    theirs, ours = (words_of(path.rpartition(".")[2]) for path in (one, other))
    if len(theirs) != len(ours) or is_identifying(one):
        return False
    differing = [(low, high) for low, high in zip(theirs, ours, strict=True) if low != high]
    return len(differing) == 1 and differing[0] in _ENDS


def are_in_order(low: Any, high: Any) -> bool:
    """Whether the lower of two dates or numbers is no more than the upper one, and two texts are not the same."""
    if isinstance(low, str) is not isinstance(high, str):
        return True
    first, second = (rank_of(value, _MOMENT) for value in (low, high))
    if first is None or second is None:
        return not isinstance(low, str) or low.casefold() != high.casefold()
    return first <= second


def kept_values(step: PlanStep, function: FunctionSpec) -> Iterator[tuple[PlanArgument, PlanArgument]]:
    """The values of a change that are named like what its thing is chosen by, each with the reference to the thing.

    A thing that is called `Berlin` is not to be renamed `Berlin`.
    """
    if function.effect is not Effect.UPDATE:
        return
    for one in step.references():
        if one.choice is None or one.choice.kind is not ChoiceKind.MATCH:
            continue
        named = words_of((one.choice.path or "").rpartition(".")[2])
        for argument in step.arguments:
            if argument.kind is ValueKind.USER and words_of(argument.path.rpartition(".")[2]) == named:
                yield argument, one


def value_problems(step: PlanStep, function: FunctionSpec) -> Iterator[str]:
    """What is wrong with the user's values of a step beside what its schema says, in words."""
    stated = {
        argument.path: argument.value
        for argument in step.arguments
        if argument.kind is not ValueKind.REFERENCE
    }
    for low, high in ends_in(tuple(stated)):
        if not are_in_order(stated[low], stated[high]):
            yield f"{step.step_id}: {low} {stated[low]!r} does not go with {high} {stated[high]!r}"
    for argument, one in kept_values(step, function):
        if one.choice and is_same(argument.value, one.choice.value):
            yield f"{step.step_id}: {argument.path} {argument.value!r} is what it is already"
    for argument in step.arguments:
        if argument.kind is ValueKind.USER:
            yield from _form_problems(step.step_id, argument, function)


def _form_problems(step_id: str, argument: PlanArgument, function: FunctionSpec) -> Iterator[str]:
    value = argument.value
    if not isinstance(value, str):
        return
    if not value.isprintable() and not value.replace("\n", " ").isprintable():
        yield f"{step_id}: {argument.path} holds characters that nobody types"
    for schema in schemas_at(function.parameters, argument.path)[:1]:
        form = "" if schema.keys() & _DECIDING else form_of(str(schema.get("description", "")))
        if form and not is_in_form(value, form):
            yield f"{step_id}: {argument.path} {value!r} is not of the form that its description asks for ({form})"
