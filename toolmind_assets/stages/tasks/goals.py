"""Plans that grow goal by goal: each goal is a few calls that belong together, and the next one goes on from there."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.function_graph import Link
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import PlanStep
from toolmind_assets.stages.tasks.argument_fields import argument_fields, is_identifier
from toolmind_assets.stages.tasks.builder import PlanBuilder, Tie
from toolmind_assets.stages.tasks.hashes import waits
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_sense import broken_rule
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.story import Story

GOAL_SIZES = (2, 2, 3, 3, 4)
"""Calls of one goal: find and act; find, look and act; now and then one more."""
ENDING_SHARE = 0.6
"""How often a goal has come to its end with a change: what was wanted is done."""
GO_ON_SHARE = 0.65
"""How often the next goal goes on with what was found before, rather than with another thing of the same kind of work."""
LEAD_DEPTH = 2
"""Calls that are made first to find what a call needs: a person knows a name more often than an id."""
LEAD_SHARE = 0.8
"""How often what a call needs is found first where a function finds it; else the user knows it."""
TRIED = 24
"""Functions tried for one place in a plan, the likeliest first."""
LONE_MAX = 1
"""Most goals of a plan that are one call which nothing feeds and which feeds nothing."""
ACROSS_WEIGHT = 50.0
"""How many times as likely a link to another namespace is in a plan that is to have one: there are few of them."""
NEWEST_WEIGHT = 4.0
"""How many times as likely a goal goes on from its last call as from one before: a look leads on, a list is the start."""
OLDER_WEIGHT = 0.25
"""The same of a goal that goes on from one before the last: people rarely come back to what is done with."""
UNLIKE_WEIGHT = 0.2
"""Weight of functions whose names share no noun, where it is 1.2 for the same nouns: of links between such, few make
sense (22% of those read, against 70% of the others)."""
_EFFECT_WEIGHTS = {
    Effect.READ: 1.0,
    Effect.CREATE: 1.5,
    Effect.UPDATE: 1.5,
    Effect.EXECUTE: 1.5,
    Effect.DELETE: 0.4,
}
"""Most goals want something done, and seldom something gone."""


@dataclass(slots=True)
class GoalGrowth:
    """One plan as it grows.

    Whatever is chosen is a race as in walks (ADR 0014): what could come next waits a time that hashes the seed and
    its function's key, divided by its weight.

    Attributes:
        context: Functions and graph.
        seed: Of the walk.
        params: Of the stage.
        rng: Where the builder draws from; for each step it is seeded anew, so that what was tried in vain moves nothing.
        built: The steps so far.
        goals: Step id -> the goal that it serves, from 0 on.
        closed: Ids of steps that are made for several members: no later step reads their results, or means one member.
    """

    context: SamplingContext
    seed: int
    params: TaskParams
    rng: random.Random
    built: PlanBuilder
    goals: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    _goal: int = 0
    _n_lone: int = 0

    @property
    def steps(self) -> list[PlanStep]:
        """The steps so far."""
        return self.built.steps

    def open(self, start: str) -> bool:
        """Whether the plan now begins with a function, after the calls that find what it needs where there are such."""
        return self._lead_in(start, LEAD_DEPTH, Tie.NONE) or self.add(start, Tie.NONE)

    def grow(self, wanted: int, goals_max: int) -> None:
        """Adds to the goal at hand, then goals, up to `wanted` steps; fewer where nothing more makes sense."""
        self.extend(min(wanted, self._size()))
        while len(self.steps) < wanted and self._goal + 1 < goals_max and self._next_goal(wanted):
            pass

    def extend(self, wanted: int) -> int:
        """Adds calls fed by results of the goal at hand until the goal has `wanted`; how many were added."""
        n_before = len(self.steps)
        while len(self._of_goal()) < wanted and not self._has_ended():
            if not self._add_first(self._fed_by(self._of_goal()), Tie.RESULT):
                break
        return len(self.steps) - n_before

    def add(self, function_id: str, tie: Tie, *, sources_min: int = 0, source_id: str = "") -> bool:
        """Whether a call was added that can be made, and makes sense after those before it."""
        n_steps = len(self.steps)
        if any(step.function_id == function_id for step in self.steps):
            return False
        self.rng.seed(seed_from(self.seed, "step", self.context.functions[function_id].function_key))
        if not self.built.add(function_id, tie, sources_min=sources_min, source_id=source_id):
            return False
        step = self.steps[-1]
        story = self._story(n_steps)
        is_fit = tie is not Tie.RESULT or self._belongs(story, step)
        if not is_fit or self._means_one_of_several(story, step) or broken_rule(story, step):
            self.built.cut(n_steps)
            return False
        self.goals[step.step_id] = self._goal
        return True

    def _means_one_of_several(self, story: Story, step: PlanStep) -> bool:
        closed = [one for one in story.steps if one.step_id in self.closed]
        return any(one.step_id in step.source_ids() or story.found(one) & story.found(step) for one in closed)

    def _story(self, n_steps: int) -> Story:
        context = self.context
        return Story(
            *(self.steps[:n_steps], self.built.shared, context.functions),
            *(context.near_duplicates, context.containers),
        )

    def _belongs(self, story: Story, step: PlanStep) -> bool:
        """Whether a fed step is about what was found, or where only the container is known, about the goal's subject."""
        if story.carried(step):
            return True
        goal = self._of_goal()
        return self._is_akin(step, goal) or len(goal) == 1 == len(self.goals)

    def _is_akin(self, step: PlanStep, others: Iterable[PlanStep]) -> bool:
        """Whether a step is about a thing that any of the others is about, by their functions' names."""
        context = self.context
        subjects = context.subjects(context.functions[step.function_id])
        return any(subjects & context.subjects(context.functions[one.function_id]) for one in others)

    def may_be_iterated(self, step: PlanStep) -> bool:
        """Whether a step may be made for several members: of what was found, and not of what holds it; a closed one alone."""
        if self.closed:
            return step.step_id in self.closed
        return bool(self._story(len(self.steps)).carried(step))

    def chance(self, *of: object) -> float:
        """A number from 0 to 1 that hashes the seed and what it is drawn for."""
        return seed_from(self.seed, *of) / 2.0**63

    def cut(self, n_steps: int) -> None:
        """Takes back all steps but the first ones."""
        self.built.cut(n_steps)
        left = {step.step_id for step in self.steps}
        self.closed &= left
        self.goals = {step_id: goal for step_id, goal in self.goals.items() if step_id in left}

    def in_order(self, function_ids: Iterable[str], weights: Iterable[float] | None = None) -> list[str]:
        """Distinct functions in the order of their waits, the likeliest first."""
        ids = list(function_ids)
        if not ids:
            return []
        numbers = np.array([self.context.numbers[one] for one in ids], dtype=np.uint64)
        waiting = waits(numbers, self.seed) / (np.array(list(weights)) if weights is not None else 1.0)
        return list(dict.fromkeys(ids[place] for place in np.argsort(waiting, kind="stable").tolist()))

    def _size(self) -> int:
        return GOAL_SIZES[int(self.chance("size", self._goal) * len(GOAL_SIZES))]

    def _of_goal(self) -> list[PlanStep]:
        return [step for step in self.steps if self.goals.get(step.step_id) == self._goal]

    def _has_ended(self) -> bool:
        last = self.context.functions[self.steps[-1].function_id]
        if last.effect is Effect.READ or len(self._of_goal()) < 2:
            return False
        return last.effect is Effect.DELETE or self.chance("ended", last.function_key) < ENDING_SHARE

    def _next_goal(self, wanted: int) -> bool:
        """Whether a goal was added that goes on with what was found, or with more of the same kind of work."""
        self._goal += 1
        ways = [self._go_on, self._beside]
        if self.chance("way", self._goal) >= GO_ON_SHARE:
            ways.reverse()
        if any(way(wanted) for way in ways):
            return True
        self._goal -= 1
        return False

    def _go_on(self, wanted: int) -> bool:
        """A goal that begins with what an earlier goal found or made."""
        if not self._add_first(self._fed_by(self.steps), Tie.RESULT):
            return False
        self.extend(min(self._size(), wanted - len(self.steps) + 1))
        return True

    def _beside(self, wanted: int) -> bool:
        """A goal about another thing of the same kind of work: something is found, and something comes of it."""
        for start in self._related()[:TRIED]:
            n_steps, size = len(self.steps), min(self._size(), wanted - len(self.steps))
            if size < 1 or not (self._lead_in(start, 1, Tie.FREE) or self.add(start, Tie.FREE)):
                continue
            self.extend(max(size, 2 if wanted - n_steps > 1 else 1))
            if len(self.steps) - n_steps > 1 or self._is_asked_alone(n_steps):
                return True
            self.cut(n_steps)
        return False

    def _is_asked_alone(self, n_before: int) -> bool:
        """Whether the one call of the goal may stand for itself: there are few such, and it reads what was found."""
        story, step = self._story(n_before), self.steps[-1]
        if story.carried(step):
            return True
        is_akin = self._is_akin(step, story.steps) or bool(story.details(step))
        if self._n_lone >= LONE_MAX or not is_akin:
            return False
        self._n_lone += 1
        return True

    def _lead_in(self, start: str, depth: int, tie: Tie) -> bool:
        """Whether a call was added together with one before it that finds what it needs."""
        function = self.context.functions[start]
        if (
            depth == 0
            or not _needs_finding(function)
            or self.chance("lead", function.function_key) >= LEAD_SHARE
        ):
            return False
        n_steps = len(self.steps)
        for finder in self._finders(function):
            if self._lead_in(finder, depth - 1, tie) or self.add(finder, tie):
                if self.add(start, Tie.RESULT, source_id=self.steps[-1].step_id):
                    return True
                self.cut(n_steps)
        return False

    def _finders(self, function: FunctionSpec) -> list[str]:
        """Functions that only read, and whose results hold what a function requires, the likeliest first."""
        ids = {one.path for one in argument_fields(function) if one.is_required and is_identifier(one)}
        required = {path for path in ids if (function.namespace, path) not in self.context.containers} or ids
        weights: dict[str, float] = {}
        for source in self.context.graph.predecessors(function.function_id):
            finder = self.context.functions[source]
            if finder.effect is not Effect.READ or source == function.function_id:
                continue
            if finder.namespace != function.namespace and not self._across():
                continue
            for edge in self.context.graph.edges_between(source, function.function_id):
                if (
                    edge.kind is EdgeKind.RESULT_TO_PARAMETER
                    and edge.input_path.removesuffix("[]") in required
                ):
                    weights[source] = max(
                        weights.get(source, 0.0),
                        (edge.score * edge.coherence_score) ** 2 * (4 if "[]" in edge.output_path else 1),
                    )
        return self.in_order(weights, weights.values())[:TRIED]

    def _fed_by(self, steps: Sequence[PlanStep]) -> Iterator[tuple[str, str]]:
        """Functions that results of steps lead to, each with the step that feeds it, the likeliest first."""
        found: dict[str, tuple[float, str]] = {}
        called = {step.function_id for step in self.steps}
        for step in steps:
            for link in self.context.graph.successors(step.function_id):
                if link.kind is not EdgeKind.RESULT_TO_PARAMETER:
                    break
                if link.target_id in called:
                    continue
                weight = self._weight(link, step)
                if weight > found.get(link.target_id, (0.0, ""))[0]:
                    found[link.target_id] = (weight, step.step_id)
        order = self.in_order(found, [weight for weight, _ in found.values()])
        return ((target, found[target][1]) for target in order[:TRIED])

    def _weight(self, link: Link, step: PlanStep) -> float:
        """How much a link draws from a step; 0 where it leads to another namespace and the plan stays in one."""
        source, target = self.context.functions[step.function_id], self.context.functions[link.target_id]
        weight = link.weight * _EFFECT_WEIGHTS[target.effect] / self.context.hubness_of(link.target_id)
        ours, theirs = self.context.subjects(source), self.context.subjects(target)
        weight *= UNLIKE_WEIGHT + len(ours & theirs) / max(1, min(len(ours), len(theirs)))
        if step is self.steps[-1]:
            weight *= NEWEST_WEIGHT
        elif self._goal - self.goals[step.step_id] > 1:
            weight *= OLDER_WEIGHT
        return weight * (self._across() if source.namespace != target.namespace else 1.0)

    def _across(self) -> float:
        """How many times as likely as others a link to another namespace is in this plan."""
        return ACROSS_WEIGHT if self.chance("across") < self.params.cross_namespace_share else 0.0

    def _add_first(self, ways: Iterable[tuple[str, str]], tie: Tie) -> bool:
        return any(self.add(target, tie, source_id=source_id) for target, source_id in ways)

    def _related(self) -> list[str]:
        """Functions that are about the same things as those called so far, or linked to them by a value; the likeliest first.

        Where there are none, those that take the same values.
        """
        called = [self.context.functions[step.function_id] for step in self.steps]
        subjects = frozenset[str]().union(*map(self.context.subjects, called))
        near = {other for one in called for other in self.context.related(one)}
        near -= {one.function_id for one in called}
        weights = {
            other: UNLIKE_WEIGHT + len(subjects & self.context.subjects(self.context.functions[other]))
            for other in sorted(near)
        }
        akin = {
            other: weight
            for other, weight in weights.items()
            if weight > UNLIKE_WEIGHT or any(self.context.passes(one.function_id, other) for one in called)
        }
        chosen = akin or weights
        return self.in_order(chosen, chosen.values())


def _needs_finding(function: FunctionSpec) -> bool:
    return any(field.is_required and is_identifier(field) for field in argument_fields(function))
