"""What the intent writer is told of a plan: wishes by letter, what feeds them, and which values are said or found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from toolmind_assets.model.choices import choice_words
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.tasks import FactKind, Members, PlanArgument, PlanStep, UserFact
from toolmind_assets.stages.tasks.brief_texts import brief
from toolmind_assets.stages.tasks.circumstances import Circumstances
from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.field_labels import label_of, words_of
from toolmind_resources.plausible.phrases import subject_of

_OF_IDENTIFIERS = frozenset(
    ["arn", "code", "data", "from", "guid", "id", "identifier", "ids", "item", "items", "key", "name", "number", "ref",
     "result", "results", "slug", "to", "uri", "url", "uuid", "value"]
)  # fmt: skip
"""Words of names that say how a thing is told, or that it was returned, and not what it is."""
WISH_CHARS = 300
"""Most characters of what a wish is about: what comes later in a description is for callers, such as pages and rights."""
ON_THE_WAY = "what is found on the way"
"""What a value comes from that a step gives which the person takes for granted."""


@dataclass(frozen=True, slots=True)
class IntentContext:
    """What the intent writer knows: the filled steps, request by request, what the user states, and who that is.

    Of implicit steps it is shown the labels of their values and nothing else.
    """

    requests: tuple[tuple[PlanStep, ...], ...]
    facts: tuple[tuple[UserFact, ...], ...]
    functions: Mapping[str, FunctionSpec]
    circumstances: Circumstances = field(default_factory=Circumstances)

    def steps(self) -> Iterator[PlanStep]:
        """All steps, in order."""
        for steps in self.requests:
            yield from steps

    def wishes(self) -> dict[str, PlanStep]:
        """The steps that are asked for, by the name under which the writer is told of them: `1a`, `1b`, `2a`."""
        return {
            f"{place}{letter_of(index)}": step
            for place, steps in enumerate(self.requests, 1)
            for index, step in enumerate(step for step in steps if not step.is_implicit)
        }


def letter_of(index: int) -> str:
    """`a`, `b`, ... `z`, `a1`, `b1`, ... for 0, 1, ..."""
    turn, place = divmod(index, 26)
    return chr(ord("a") + place) + (str(turn) if turn else "")


def request_lines(place: int, context: IntentContext) -> str:
    """What the writer is told of one request (0-based)."""
    names = {step.step_id: name for name, step in context.wishes().items()}
    lines = [f"Request {place + 1}:"]
    for step in context.requests[place]:
        if not step.is_implicit:
            lines.append(f"  {names[step.step_id]}. {_wanted(step, context)}")
            lines += [f"      {flow}" for flow in _flows(step, names, context)]
    facts = context.facts[place]
    said = "; ".join(f"{fact.label}: {compact_json(fact.said)}" for fact in facts if _is_said(fact))
    later = ", ".join(fact.label for fact in facts if fact.is_withheld)
    found = ", ".join(fact.label for fact in facts if fact.kind is FactKind.UNKNOWN)
    lines.append(f"  values that the person states separately: {said or 'none'}")
    lines += [f"  values that the person states only when asked: {later}"] if later else []
    lines += [f"  values that the person does not know: {found}"] if found else []
    lines += [f"  to be said as well: {words}" for words in _unsaid_choices(context.requests[place])]
    return "\n".join(lines)


def _is_said(fact: UserFact) -> bool:
    return fact.kind is FactKind.KNOWN and not fact.is_withheld


def _wanted(step: PlanStep, context: IntentContext) -> str:
    """What a person wants by a step: what its function does, once or for several of the things found before."""
    what = brief(context.functions[step.function_id].description, WISH_CHARS)
    return (
        what if step.members_max == 1 else f"{what} (for each of the first {step.members_max} found before)"
    )


def _flows(step: PlanStep, names: Mapping[str, str], context: IntentContext) -> list[str]:
    """Where the values come from that earlier results give, each source and choice once."""
    flows: dict[str, None] = {}
    for argument in step.references():
        source = names.get(argument.step_id or "")
        origin = f"what {source} gives" if source else ON_THE_WAY
        which = "the same one" if _is_known(argument, step, context) else f"{_which(argument)}{origin}"
        flows[f"for the {thing_of(argument, step, context)}: {which}"] = None
    return list(flows)


def _is_known(argument: PlanArgument, step: PlanStep, context: IntentContext) -> bool:
    """Whether an earlier request, or an earlier wish of this one, has told which member of the list is meant."""
    earlier = takewhile(lambda one: one.step_id != step.step_id, context.steps())
    meant = (
        (one.step_id, one.choice)
        for before in earlier
        if not before.is_implicit
        for one in before.references()
    )
    return argument.choice is not None and (argument.step_id, argument.choice) in meant


def _which(argument: PlanArgument) -> str:
    if argument.choice is not None:
        return f"{choice_words(argument.choice)}, of "
    return {Members.EACH: "each one of ", Members.ALL: "all of "}.get(argument.members, "from ")


def thing_of(argument: PlanArgument, step: PlanStep, context: IntentContext) -> str:
    """What an argument that names a thing is about: `order` for `orderId`.

    Of a bare `id` it is the object that the value stands in, or else what the function that gives it is about.
    """
    source_id = next((one.function_id for one in context.steps() if one.step_id == argument.step_id), "")
    functions = [context.functions[one] for one in (source_id, step.function_id) if one in context.functions]
    keys = [key for key in parse_path(argument.output_path or "") if isinstance(key, str)]
    names = [
        argument.path.rsplit(".", 1)[-1],
        *reversed(keys),
        *(subject_of(function.source_name) for function in functions),
    ]
    for name in names:
        words = [word for word in words_of(name) if word not in _OF_IDENTIFIERS]
        if words:
            return " ".join([*words[:-1], singular(words[-1])])
    return label_of(names[0])


def _unsaid_choices(steps: Sequence[PlanStep]) -> list[str]:
    """The choices that steps make which nobody asks for: nothing else would tell what is meant."""
    choices = (argument.choice for step in steps if step.is_implicit for argument in step.references())
    return list(dict.fromkeys(choice_words(choice) for choice in choices if choice is not None))
