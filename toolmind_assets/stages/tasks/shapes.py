"""The shape of the plan of each scenario: which functions around a start are called, and how they are tied."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import Fault, PlanStep, Scenario, ValueKind
from toolmind_assets.stages.tasks.builder import PlanBuilder, Tie
from toolmind_assets.stages.tasks.fans import fan_in, fan_out, for_each
from toolmind_assets.stages.tasks.goals import GoalGrowth
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton, needs_user
from toolmind_assets.stages.tasks.requests import grouped, in_requests, iterated
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.siblings import are_siblings

ITERATED_SHARE = 0.15
"""How often a last call that reads a member of a list is made for several members."""
SHORT_LENGTHS = (2, 5)
"""Between which the wanted length of a plan is drawn of which a value or a function is held back."""
LONG_STEPS_MIN = 4
"""Fewest calls of a long-horizon plan: some request has more than one."""
LONG_REQUESTS_MIN = 3
"""Fewest requests of a long-horizon task."""


def build_skeleton(
    scenario: Scenario,
    start: str,
    chain: Sequence[str],
    context: SamplingContext,
    seed: int,
    params: TaskParams,
) -> PlanSkeleton | str:
    """The skeleton of a task of this scenario around a start, or in words why it bears none.

    Args:
        scenario: What the task exercises.
        start: Id of the function that the plan is to call, where it can.
        chain: The walk from there.
        context: Functions and graph.
        seed: Of the walk; all that is drawn for the plan hashes it.
        params: Of the stage.
    """
    shapes = _Shapes(start, chain, context, seed, random.Random(seed_from(seed, "draft")), params)
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
        case Scenario.SINGLE:
            return shapes.single()


@dataclass(frozen=True, slots=True)
class _Shapes:
    """Skeletons around one start."""

    start: str
    chain: Sequence[str]
    context: SamplingContext
    seed: int
    rng: random.Random
    params: TaskParams

    def single(self) -> PlanSkeleton | str:
        """The one call of the start."""
        growth = self._growth()
        if not growth.add(self.start, Tie.NONE):
            return "the start takes what nobody could state, or no person calls it"
        return self._finish(growth, 1)

    def chained(self) -> PlanSkeleton | str:
        """Goals that follow each other, of which each passes results on."""
        growth = self._grown(self._length(self.params.plan_steps_max), self.params.requests_max)
        return self._finish(growth, self.params.requests_max, ITERATED_SHARE) if growth else self._no_flow()

    def long_horizon(self) -> PlanSkeleton | str:
        """A long plan of several goals in three requests or more."""
        growth = self._grown(self._length(self.params.long_plan_steps_max), self.params.long_requests_max)
        if growth is None or len(growth.steps) < LONG_STEPS_MIN:
            return f"fewer than {LONG_STEPS_MIN} functions around the start serve one situation"
        made = self._finish(growth, self.params.long_requests_max, ITERATED_SHARE, LONG_REQUESTS_MIN)
        return made if made.n_requests >= LONG_REQUESTS_MIN else "the plan makes too few requests"

    def error_recovery(self) -> PlanSkeleton | str:
        """A chained plan of which one call that others follow fails at first."""
        made = self.chained()
        if isinstance(made, str):
            return made
        single = [step for step in made.steps if step.members_max == 1]
        failing = self.rng.choice(single[:-1] or single)
        changes = self.context.functions[failing.function_id].effect is not Effect.READ
        fault = self.rng.choice([fault for fault in Fault if changes or fault is not Fault.CONFLICT])
        steps = tuple(replace(step, fault=fault) if step is failing else step for step in made.steps)
        return replace(made, steps=steps)

    def implicit(self) -> PlanSkeleton | str:
        """Requests that name the calls whose results nothing needs, and leave some that feed them unsaid.

        Only a call that looks something up may go unsaid, and only in the request whose calls it feeds.
        """
        growth = self._grown(self._length(self.params.plan_steps_max), self.params.requests_max)
        if growth is None:
            return self._no_flow()
        made = self._finish(growth, self.params.requests_max)
        feeding = [step.step_id for step in made.steps if self._may_go_unsaid(step, made.steps)]
        if not feeding:
            return "no call that looks something up feeds another of its request"
        unsaid = self.rng.sample(feeding, self.rng.randint(1, len(feeding)))
        steps = (replace(step, is_implicit=step.step_id in unsaid) for step in made.steps)
        return replace(made, steps=tuple(steps))

    def fan_in(self) -> PlanSkeleton | str:
        """A call that takes values from several results, and what follows from it."""
        growth, graph = self._growth(), self.context.graph
        after = [link.target_id for link in graph.successors(self.start)]
        if not fan_in(growth, list(dict.fromkeys([self.start, *growth.in_order(after), *self.chain]))):
            return "no function near the start takes values from the results of two others"
        growth.grow(self._length(self.params.plan_steps_max), self.params.requests_max)
        return self._finish(growth, self.params.requests_max)

    def fan_out(self) -> PlanSkeleton | str:
        """A result that feeds several calls, different ones or one for each member of a list, and what follows."""
        growth = self._growth()
        before = growth.in_order(self.context.graph.predecessors(self.start))
        sources = list(dict.fromkeys([self.start, *before, *self.chain]))
        wanted, ways = self._length(self.params.plan_steps_max), [fan_out, for_each]
        if growth.chance("each") < 0.5:
            ways.reverse()
        for way in ways:
            if way(growth, sources):
                growth.grow(wanted, self.params.requests_max)
                made = self._finish(growth, self.params.requests_max, float(way is for_each))
                if way is fan_out or any(step.members_max > 1 for step in made.steps):
                    return made
            growth = self._growth()
        return "no result near the start feeds several calls"

    def parallel(self) -> PlanSkeleton | str:
        """Two to four independent calls in one request, then at most one call that is linked to them."""
        wanted, first = self.rng.randint(2, 4), self.start
        siblings = [
            other for other in self.chain if other != first and are_siblings(first, other, self.context)
        ]
        targets = [first, *siblings] if siblings and self.rng.random() < 0.5 else [first] * wanted
        built = self._builder(self.rng)
        for function_id in targets[:wanted]:
            built.add(function_id, Tie.NONE)
        is_repeated = len({step.function_id for step in built.steps}) < len(built.steps)
        if len(built.steps) < 2 or (is_repeated and not all(map(_has_user_value, built.steps))):
            return "no independent calls start the walk"
        n_parallel = len(built.steps)
        for function_id in self.chain:
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
        if not before and self.context.graph.successors(self.start):
            return "nothing is linked to the first call"
        alone = before[-1].request_index + 1 if before else 0
        last = replace(last, request_index=alone, group=0)
        return replace(
            made, steps=(*before, last), n_requests=alone + 1, unavailable=frozenset({last.step_id})
        )

    def irrelevant(self) -> PlanSkeleton | str:
        """One call of a function that is not offered."""
        made = self.single()
        return made if isinstance(made, str) else replace(made, unavailable=frozenset({"s1"}))

    def _tied(self) -> PlanSkeleton | str:
        """A short plan, of calls that pass results on where there are such."""
        growth = self._growth()
        if not growth.open(self.start):
            return "the start takes what nobody could state, or no person calls it"
        growth.grow(self.rng.randint(*SHORT_LENGTHS), self.params.requests_max)
        return self._finish(growth, self.params.requests_max)

    def _grown(self, wanted: int, goals_max: int) -> GoalGrowth | None:
        """A plan of two steps or more around the start in which some value flows; None where there is none."""
        growth = self._growth()
        if not growth.open(self.start):
            return None
        growth.grow(wanted, goals_max)
        return growth if any(step.references() for step in growth.steps) else None

    def _length(self, steps_max: int) -> int:
        """How many steps a plan is to have: the shorter of two lengths of walks, since most of what people want is short."""
        least, most = self.params.walk_min, max(self.params.walk_min, self.params.walk_max)
        return min(self.rng.randint(least, most), self.rng.randint(least, most), steps_max)

    def _may_go_unsaid(self, step: PlanStep, steps: Sequence[PlanStep]) -> bool:
        function = self.context.functions[step.function_id]
        return function.effect is Effect.READ and any(
            step.step_id in other.source_ids() and other.request_index == step.request_index
            for other in steps
        )

    def _no_flow(self) -> str:
        if not any(self.context.functions[one].returns for one in self.chain):
            return "no function of the walk states what it returns, so that no value can be passed on"
        return "no function of the walk takes a value from the result of another"

    def _builder(self, rng: random.Random) -> PlanBuilder:
        return PlanBuilder(self.context.functions, self.context.graph, rng, self.params)

    def _growth(self) -> GoalGrowth:
        rng = random.Random(self.seed)
        return GoalGrowth(self.context, self.seed, self.params, rng, self._builder(rng))

    def _finish(
        self, growth: GoalGrowth, requests_max: int, iterated_share: float = 0.0, requests_min: int = 1
    ) -> PlanSkeleton:
        """The skeleton: goals in requests, and last calls now and then for several members."""
        may = iterated(
            growth.steps, self.context.functions, self.rng, iterated_share, self.params.members_max
        )
        steps = [
            each if growth.may_be_iterated(step) else step
            for step, each in zip(growth.steps, may, strict=True)
        ]
        placed = in_requests(steps, growth.goals, self.rng, requests_max, requests_min)
        return self._skeleton_of(growth.built, placed)

    def _skeleton_of(self, built: PlanBuilder, steps: Sequence[PlanStep]) -> PlanSkeleton:
        done = tuple(grouped(steps, self.context.functions))
        # A step that became one for each member has no value of its own any more that others could take.
        told = {(step.step_id, one.path) for step in done for one in step.arguments if needs_user(one)}
        shared = {place: source for place, source in built.shared.items() if source in told}
        return PlanSkeleton(done, built.fields, shared, done[-1].request_index + 1)


def _has_user_value(step: PlanStep) -> bool:
    return any(argument.kind is ValueKind.USER for argument in step.arguments)
