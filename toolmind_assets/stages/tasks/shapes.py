"""The shape of the plan of each scenario: which functions of a walk are called, and how they are tied."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.tasks import Fault, PlanStep, Scenario, ValueKind
from toolmind_assets.stages.tasks.builder import PlanBuilder, Tie
from toolmind_assets.stages.tasks.chain_calls import ChainCalls
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.requests import grouped, in_requests, iterated

ITERATED_SHARE = 0.25
"""How often a last call that reads a member of a list is made for several members."""
IMPLICIT_STEPS_MAX = 5
"""Most calls that one request may leave to the assistant to find."""
LENGTHS = (2, 6)
"""Between which the wanted length of a chained plan is drawn."""
FAN_IN_SHARE = 0.3
"""How often a request of which calls are left unsaid is one that several results feed."""
LONG_STEPS_MIN = 4
"""Fewest calls of a long-horizon plan: some request has more than one."""
LONG_REQUESTS_MIN = 3
"""Fewest requests of a long-horizon task."""


def build_skeleton(
    scenario: Scenario,
    chain: Sequence[str],
    functions: Mapping[str, FunctionSpec],
    graph: FunctionGraph,
    rng: random.Random,
    params: TaskParams,
) -> PlanSkeleton | str:
    """The skeleton of a task of this scenario along a chain, or in words why the chain bears none."""
    calls = ChainCalls(chain, functions, graph, rng, params)
    shapes = _Shapes(chain, functions, graph, rng, params, calls)
    match scenario:
        case Scenario.CHAINED:
            return shapes.chained()
        case Scenario.PARALLEL:
            return shapes.parallel()
        case Scenario.FAN_IN:
            return shapes.fan_in()
        case Scenario.FAN_OUT:
            return shapes.fan_out()
        case Scenario.IMPLICIT:
            return shapes.implicit()
        case Scenario.ERROR_RECOVERY:
            return shapes.error_recovery()
        case Scenario.LONG_HORIZON:
            return shapes.long_horizon()
        case Scenario.MISSING_PARAMETER:
            return shapes.missing_parameter()
        case Scenario.MISSING_FUNCTION:
            return shapes.missing_function()
        case Scenario.IRRELEVANT:
            return shapes.irrelevant()


@dataclass(frozen=True, slots=True)
class _Shapes:
    """Skeletons along one chain."""

    chain: Sequence[str]
    functions: Mapping[str, FunctionSpec]
    graph: FunctionGraph
    rng: random.Random
    params: TaskParams
    calls: ChainCalls

    def chained(self) -> PlanSkeleton | str:
        """Calls of which each but the first takes a value from an earlier result."""
        built = self.calls.passed_on(self.params.plan_steps_max, self._length())
        if built is None:
            return self._no_flow()
        return self._finish(built, self.params.requests_max, ITERATED_SHARE)

    def long_horizon(self) -> PlanSkeleton | str:
        """A long chained plan in three requests or more; each begins with a result of an earlier one."""
        built = self.calls.passed_on(self.params.long_plan_steps_max, self.params.long_plan_steps_max)
        if built is None or len(built.steps) < LONG_STEPS_MIN:
            return f"fewer than {LONG_STEPS_MIN} functions of the walk pass results on"
        made = self._finish(built, self.params.long_requests_max, ITERATED_SHARE, LONG_REQUESTS_MIN)
        return made if made.n_requests >= LONG_REQUESTS_MIN else "the plan makes too few requests"

    def error_recovery(self) -> PlanSkeleton | str:
        """A chained plan of which one call that others follow fails at first."""
        made = self.chained()
        if isinstance(made, str):
            return made
        single = [step for step in made.steps if step.members_max == 1]
        failing = self.rng.choice(single[:-1] or single)
        changes = self.functions[failing.function_id].effect is not Effect.READ
        fault = self.rng.choice([fault for fault in Fault if changes or fault is not Fault.CONFLICT])
        steps = tuple(replace(step, fault=fault) if step is failing else step for step in made.steps)
        return replace(made, steps=steps)

    def implicit(self) -> PlanSkeleton | str:
        """One request that names the calls whose results nothing needs, and leaves others on the way unsaid.

        Any call that feeds another may be among those unsaid, and nothing is changed unasked.
        """
        steps_max = min(IMPLICIT_STEPS_MAX, self.params.plan_steps_max)
        built = (
            self.rng.random() < FAN_IN_SHARE and self.calls.fanned_in(steps_max)
        ) or self.calls.passed_on(steps_max, 2)
        if built is None:
            return self._no_flow()
        feeding = sorted(set().union(*(step.source_ids() for step in built.steps)))
        upstream = [step for step in built.steps if step.step_id in feeding]
        if any(self.functions[step.function_id].effect in _CHANGES for step in upstream):
            return "a call on the way changes something, which nobody does unasked"
        unsaid = self.rng.sample(feeding, self.rng.randint(1, len(feeding)))
        made = self._finish(built, 1)
        steps = (replace(step, is_implicit=step.step_id in unsaid) for step in made.steps)
        return replace(made, steps=tuple(steps))

    def fan_in(self) -> PlanSkeleton | str:
        """A call that takes values from several results, and what follows from it."""
        built = self.calls.fanned_in(self.params.plan_steps_max)
        if built is None:
            return "no function near the walk takes values from the results of two others"
        self.calls.go_on(built, Tie.RESULT, min(len(built.steps) + 2, self.params.plan_steps_max))
        return self._finish(built, self.params.requests_max)

    def fan_out(self) -> PlanSkeleton | str:
        """A result that feeds several calls: different ones, or one for each member of a list."""
        ways = [self._different_calls, self._call_for_each]
        self.rng.shuffle(ways)
        return ways[0]() or ways[1]() or "no result of the walk feeds several calls"

    def parallel(self) -> PlanSkeleton | str:
        """Two to four independent calls in one request, then at most one call that is linked to them."""
        wanted, first = self.rng.randint(2, 4), self.chain[0]
        siblings = [other for other in self.chain[1:] if self.calls.is_sibling(first, other)]
        targets = [first, *siblings] if siblings and self.rng.random() < 0.5 else [first] * wanted
        built = self.calls.builder()
        for function_id in targets[:wanted]:
            built.add(function_id, Tie.NONE)
        is_repeated = len({step.function_id for step in built.steps}) < len(built.steps)
        if len(built.steps) < 2 or (is_repeated and not all(map(_has_user_value, built.steps))):
            return "no independent calls start the walk"
        n_parallel = len(built.steps)
        for function_id in self.chain[1:]:
            if function_id not in targets and built.add(function_id, Tie.ANY):
                break
        steps = [
            replace(step, request_index=int(place >= n_parallel)) for place, step in enumerate(built.steps)
        ]
        return self._skeleton_of(built, steps)

    def missing_parameter(self) -> PlanSkeleton | str:
        """A plan one of whose required user values is held back at first."""
        made = self._tied()
        if isinstance(made, str):
            return made
        required = [place for place in made.user_places() if made.fields[place].is_required]
        askable = [place for place in required if made.fields[place].schema.get("type") != "boolean"]
        if not askable:
            return "no call of the plan requires a value that the user could leave out"
        return replace(made, withheld=frozenset({self.rng.choice(askable)}))

    def missing_function(self) -> PlanSkeleton | str:
        """A plan whose last step stands in a request of its own, and its function is not offered."""
        made = self._tied()
        if isinstance(made, str):
            return made
        *before, last = made.steps
        if not before and self.graph.successors(self.chain[0]):
            return "nothing is linked to the first call"
        alone = before[-1].request_index + 1 if before else 0
        last = replace(last, request_index=alone, group=0)
        return replace(
            made, steps=(*before, last), n_requests=alone + 1, unavailable=frozenset({last.step_id})
        )

    def irrelevant(self) -> PlanSkeleton | str:
        """One call of a function that is not offered."""
        built = self.calls.builder()
        if not built.add(self.chain[0], Tie.NONE):
            return "the first function of the walk takes what nobody could state"
        return replace(self._finish(built, 1), unavailable=frozenset({"s1"}))

    def _tied(self) -> PlanSkeleton | str:
        """A plan of calls that pass results on, or where there are none, of such as share a value."""
        built = self.calls.passed_on(self.params.plan_steps_max, self._length()) or self.calls.builder()
        if not built.steps:
            self.calls.go_on(built, Tie.ANY, self.params.plan_steps_max)
        if not built.steps:
            return "no function of the walk takes what a person could state"
        return self._finish(built, self.params.requests_max)

    def _length(self) -> int:
        """How many steps a plan should have at least, where the walk has as many."""
        return self.rng.randint(*LENGTHS)

    def _no_flow(self) -> str:
        if not any(self.functions[one].returns for one in self.chain):
            return "no function of the walk states what it returns, so that no value can be passed on"
        return "no function of the walk takes a value from the result of another"

    def _different_calls(self) -> PlanSkeleton | None:
        for source in self.chain:
            consumers = [other for other in self.chain if other != source and self.calls.flows(source, other)]
            built = self.calls.builder()
            if len(consumers) < 2 or not built.add(source, Tie.NONE):
                continue
            for other in consumers[: self.rng.randint(2, 4)]:
                built.add(other, Tie.RESULT, source_id="s1")
            if len(built.steps) > 2:
                return self._finish(built, self.rng.randint(1, 2))
        return None

    def _call_for_each(self) -> PlanSkeleton | None:
        for source, other in self.calls.pairs():
            built = self.calls.builder()
            if built.add(source, Tie.NONE) and built.add(other, Tie.RESULT):
                made = self._finish(built, self.rng.randint(1, 2), 1.0)
                if any(step.members_max > 1 for step in made.steps):
                    return made
        return None

    def _finish(
        self, built: PlanBuilder, requests_max: int, iterated_share: float = 0.0, requests_min: int = 1
    ) -> PlanSkeleton:
        """The skeleton: steps in requests, and last calls now and then for several members."""
        steps = iterated(built.steps, self.functions, self.rng, iterated_share, self.params.members_max)
        return self._skeleton_of(built, in_requests(steps, self.rng, requests_max, requests_min))

    def _skeleton_of(self, built: PlanBuilder, steps: Sequence[PlanStep]) -> PlanSkeleton:
        done = tuple(grouped(steps, self.functions))
        return PlanSkeleton(done, built.fields, built.shared, done[-1].request_index + 1)


_CHANGES = frozenset({Effect.CREATE, Effect.UPDATE, Effect.DELETE})


def _has_user_value(step: PlanStep) -> bool:
    return any(argument.kind is ValueKind.USER for argument in step.arguments)
