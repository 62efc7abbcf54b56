"""From a walk to a draft: which functions are called, in which request, and which values flow where.

A draft knows every argument and where its value comes from, but not yet what the user's values are.
"""

import random
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from toolmind_assets.model.edges import Edge, EdgeKind
from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.tasks import PlanArgument, PlanStep, Scenario, ValueKind
from toolmind_assets.tasks.arguments import (
    ArgumentField,
    argument_fields,
    fixed_value,
    is_identifier,
    is_shapeless,
)
from toolmind_assets.tasks.params import TaskParams

MAX_REFERENCE_KEYS = 5
"""Keys of an output path beyond which a value lies too deep in a result to be what the next call is about."""

Place = tuple[str, str]
"""A planned argument: step id and path."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan before the user's values are known.

    Attributes:
        steps: In an executable order; user values are None.
        fields: What each planned argument is.
        shared: Arguments that take the same value as an argument of an earlier step.
        n_requests: Number of user requests.
        unavailable: Ids of steps whose function is not offered; they leave the plan at the end.
        withheld: Arguments whose value the user does not state before being asked.
    """

    steps: tuple[PlanStep, ...]
    fields: Mapping[Place, ArgumentField]
    shared: Mapping[Place, Place]
    n_requests: int
    unavailable: frozenset[str] = frozenset()
    withheld: frozenset[Place] = frozenset()

    def user_places(self) -> list[Place]:
        """Arguments whose value only the user knows, in the order of the plan."""
        return [
            (step.step_id, argument.path)
            for step in self.steps
            for argument in step.arguments
            if argument.kind is ValueKind.USER and (step.step_id, argument.path) not in self.shared
        ]


def draft(
    scenario: Scenario,
    chain: Sequence[str],
    functions: Mapping[str, FunctionSpec],
    graph: FunctionGraph,
    rng: random.Random,
    params: TaskParams,
) -> Draft | None:
    """The draft of a task of this scenario along a chain, or None where the chain does not bear one."""
    builder = DraftBuilder(functions, graph, rng, params)
    match scenario:
        case Scenario.PARALLEL:
            return builder.parallel(chain)
        case Scenario.CHAINED:
            made = builder.chained(chain)
            return made if made and _references(made.steps) else None
        case Scenario.MISSING_PARAMETER:
            return _with_withheld_value(builder.chained(chain), rng)
        case Scenario.MISSING_FUNCTION:
            made = builder.chained(chain)
            is_alone = made is not None and len(made.steps) == 1
            return None if is_alone and graph.successors(chain[0]) else _with_last_unavailable(made)
        case Scenario.IRRELEVANT:
            made = builder.chained(chain[:1])
            return replace(made, unavailable=frozenset({"s1"})) if made else None


def _references(steps: Sequence[PlanStep]) -> bool:
    return any(argument.kind is ValueKind.REFERENCE for step in steps for argument in step.arguments)


def _with_withheld_value(made: Draft | None, rng: random.Random) -> Draft | None:
    """The draft with one required user value of one request held back."""
    if made is None:
        return None
    required = [place for place in made.user_places() if made.fields[place].is_required]
    askable = [place for place in required if made.fields[place].schema.get("type") != "boolean"]
    return replace(made, withheld=frozenset({rng.choice(askable)})) if askable else None


def _with_last_unavailable(made: Draft | None) -> Draft | None:
    """The draft with the last step in a request of its own, whose function is not offered."""
    if made is None:
        return None
    *before, last = made.steps
    alone = before[-1].request_index + 1 if before else 0
    return replace(
        made,
        steps=(*before, replace(last, request_index=alone, group=0)),
        n_requests=alone + 1,
        unavailable=frozenset({last.step_id}),
    )


class DraftBuilder:
    """Builds the steps of one draft, one after the other."""

    def __init__(
        self,
        functions: Mapping[str, FunctionSpec],
        graph: FunctionGraph,
        rng: random.Random,
        params: TaskParams,
    ) -> None:
        self._functions = functions
        self._graph = graph
        self._rng = rng
        self._params = params
        self._steps: list[PlanStep] = []
        self._fields: dict[Place, ArgumentField] = {}
        self._shared: dict[Place, Place] = {}
        self._deleted: set[Place] = set()

    def chained(self, chain: Sequence[str]) -> Draft | None:
        """Steps along the chain, each but the first linked to an earlier one; requests of one or two."""
        request_index, left = 0, self._rng.choice((1, 1, 2, 2))
        for function_id in chain:
            if len(self._steps) == self._params.plan_steps_max:
                break
            if left == 0:
                request_index, left = request_index + 1, self._rng.choice((1, 1, 2, 2))
            if request_index == self._params.requests_max:
                break
            left -= self._add(function_id, request_index, must_link=bool(self._steps))
        return self._finish()

    def parallel(self, chain: Sequence[str]) -> Draft | None:
        """Two to four independent calls in one request, then at most one call that is linked to them."""
        wanted = self._rng.randint(2, 4)
        siblings = [other for other in chain[1:] if self._is_sibling(chain[0], other)]
        targets = [chain[0], *siblings] if siblings and self._rng.random() < 0.5 else [chain[0]] * wanted
        for function_id in targets[:wanted]:
            self._add(function_id, 0, must_link=False, may_refer=False)
        if len(self._steps) < 2 or not all(self._user_values(step) for step in self._steps):
            return None
        for function_id in chain[1:]:
            if function_id not in targets and self._add(function_id, 1, must_link=True):
                break
        return self._finish()

    def _is_sibling(self, function_id: str, other: str) -> bool:
        """Whether both only read, and take the same parameter."""
        only_read = {self._functions[function_id].effect, self._functions[other].effect} == {Effect.READ}
        return only_read and bool(self._edges(EdgeKind.SHARED_PARAMETER, function_id, other))

    def _user_values(self, step: PlanStep) -> bool:
        return any(argument.kind is ValueKind.USER for argument in step.arguments)

    def _finish(self) -> Draft | None:
        if not self._steps:
            return None
        steps = tuple(_grouped(self._steps, self._functions))
        return Draft(steps, self._fields, self._shared, steps[-1].request_index + 1)

    def _add(self, function_id: str, request_index: int, *, must_link: bool, may_refer: bool = True) -> bool:
        """Whether a call of the function was added."""
        fields = argument_fields(self._functions[function_id])
        required = [field for field in fields if field.is_required]
        if len(required) > self._params.required_arguments_max or any(map(is_shapeless, required)):
            return False
        step_id = f"s{len(self._steps) + 1}"
        references = self._find_references(function_id) if may_refer else {}
        shares = {
            path: place for path, place in self._find_shares(function_id).items() if path not in references
        }
        linked = self._useful_links(function_id, fields, references.keys() | shares.keys())
        sources = {path: references.get(path) or shares[path] for path in linked}
        if (must_link and not linked) or self._deleted.intersection(sources.values()):
            return False
        wanted = [
            field
            for field in fields
            if field.is_required or field.path in linked or self._takes_optional(field)
        ]
        wanted += self._change_of(function_id, fields, wanted)
        arguments = tuple(self._argument(field, step_id, references, shares) for field in wanted)
        self._steps.append(PlanStep(step_id, function_id, request_index, 0, arguments))
        if self._functions[function_id].effect is Effect.DELETE and wanted:
            gone = [field.path for field in wanted if field.is_required][-1:] or [wanted[-1].path]
            self._deleted |= {sources.get(path, (step_id, path)) for path in gone}
        return True

    def _useful_links(self, function_id: str, fields: Sequence[ArgumentField], paths: Set[str]) -> list[str]:
        """The linked arguments that a caller would pass: every required one, else one optional one of a change.

        An optional argument of a function that only reads is a filter that nobody asked for.
        """
        required = [field.path for field in fields if field.is_required and field.path in paths]
        if required or self._functions[function_id].effect is Effect.READ:
            return required
        return [field.path for field in fields if field.path in paths][:1]

    def _change_of(
        self, function_id: str, fields: Sequence[ArgumentField], wanted: Sequence[ArgumentField]
    ) -> list[ArgumentField]:
        """An optional argument that says what to change, where the wanted ones only say of what."""
        if self._functions[function_id].effect not in (Effect.CREATE, Effect.UPDATE):
            return []
        if any(not is_identifier(field) for field in wanted):
            return []
        spare = [
            field for field in fields if field not in wanted and _is_plain(field) and not is_identifier(field)
        ]
        return spare[:1]

    def _takes_optional(self, field: ArgumentField) -> bool:
        return _is_plain(field) and self._rng.random() < 0.08

    def _argument(
        self, field: ArgumentField, step_id: str, references: Mapping[str, Place], shares: Mapping[str, Place]
    ) -> PlanArgument:
        self._fields[step_id, field.path] = field
        if field.path in references:
            source, output_path = references[field.path]
            return PlanArgument(field.path, ValueKind.REFERENCE, step_id=source, output_path=output_path)
        fixed = fixed_value(field.schema)
        if fixed and field.path not in shares:
            return PlanArgument(field.path, ValueKind.LITERAL, value=fixed[0])
        if field.path in shares:
            self._shared[step_id, field.path] = shares[field.path]
        return PlanArgument(field.path, ValueKind.USER)

    def _edges(self, kind: EdgeKind, source_id: str, target_id: str) -> list[Edge]:
        return [edge for edge in self._graph.edges_between(source_id, target_id) if edge.kind is kind]

    def _find_references(self, function_id: str) -> dict[str, Place]:
        """Input path -> (earlier step, output path) of the best accepted link from an earlier result.

        Not from a function that was called several times: nobody could say which result is meant.
        """
        called = [step.function_id for step in self._steps]
        best: dict[str, tuple[float, Place]] = {}
        for step in reversed(self._steps):
            if called.count(step.function_id) > 1:
                continue
            for edge in self._edges(EdgeKind.RESULT_TO_PARAMETER, step.function_id, function_id):
                path = edge.input_path.removesuffix("[]")
                is_near = len(parse_path(edge.output_path)) <= MAX_REFERENCE_KEYS
                if is_near and path == edge.input_path and edge.score > best.get(path, (0.0, ("", "")))[0]:
                    best[path] = (edge.score, (step.step_id, edge.output_path))
        return {path: place for path, (_, place) in best.items()}

    def _find_shares(self, function_id: str) -> dict[str, Place]:
        """Input path -> the argument of an earlier step that takes the same value from the user.

        Only where there is one such value: of several nobody could say which is meant.
        """
        found: dict[str, dict[Place, None]] = {}
        for step in self._steps:
            stated = {argument.path for argument in step.arguments if argument.kind is ValueKind.USER}
            for edge in self._edges(EdgeKind.SHARED_PARAMETER, step.function_id, function_id):
                theirs, ours = edge.output_path.removesuffix("[]"), edge.input_path.removesuffix("[]")
                if step.function_id != function_id and theirs in stated:
                    place = (step.step_id, theirs)
                    found.setdefault(ours, {})[self._shared.get(place, place)] = None
        return {path: next(iter(places)) for path, places in found.items() if len(places) == 1}


def _is_plain(field: ArgumentField) -> bool:
    """Whether a user could state the argument in passing: a scalar at the top, and no secret."""
    kind = field.schema.get("type")
    return (
        bool(kind)
        and kind not in ("object", "array")
        and len(parse_path(field.path)) == 1
        and not field.is_secret
    )


def _grouped(steps: Sequence[PlanStep], functions: Mapping[str, FunctionSpec]) -> list[PlanStep]:
    """The steps with their group: calls of one group may be made at once.

    A step comes after those of its request that it refers to. One that changes something comes after all
    before it, and all that follow come after it, save for calls of one and the same function.
    """
    grouped: list[PlanStep] = []
    for step in steps:
        sources = {argument.step_id for argument in step.arguments}
        after = [
            earlier.group
            for earlier in grouped
            if earlier.request_index == step.request_index
            and (earlier.step_id in sources or _must_wait(earlier.function_id, step.function_id, functions))
        ]
        grouped.append(replace(step, group=max(after, default=-1) + 1))
    return grouped


def _must_wait(earlier: str, later: str, functions: Mapping[str, FunctionSpec]) -> bool:
    changes = {functions[earlier].effect, functions[later].effect} != {Effect.READ}
    return changes and earlier != later
