"""Where each slot of a shard begins: at which start, and with what plan, before any model is asked."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import CHAINED_KINDS, Scenario
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.shapes import build_skeleton
from toolmind_assets.stages.tasks.slots import scenarios_of, turn_of, walk_seed

STARTS_COMPARED = 4
"""Starts that bear a plan shorter than the shortest walk before the longest of these plans is taken."""
SMALL_API = 50
"""Functions of an API from which it bears so many plans that few shards make the same."""
PLAN_TURNS = 4
"""Shards of which one makes a given plan over a small API: they make the same few plans otherwise, and none asks another."""
_LONG = CHAINED_KINDS - {Scenario.ERROR_RECOVERY}
"""Scenarios whose plans are to be as long as walks; an error is as well met on a short way."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A slot before any model is asked: its starts, from the one on that is tried first, and what that one bears."""

    slot: int
    scenario: Scenario
    starts: tuple[str, ...]
    chain: tuple[str, ...] = ()
    skeleton: PlanSkeleton | None = None

    @property
    def sequence(self) -> tuple[str, ...]:
        """The functions that the plan calls, in order; empty without one."""
        return tuple(step.function_id for step in self.skeleton.steps) if self.skeleton else ()


@dataclass(frozen=True, slots=True)
class Openings:
    """The openings of one shard."""

    context: SamplingContext
    shard: str
    run_seed: int
    params: TaskParams

    def of_slots(self, slots: Iterable[int]) -> list[Opening]:
        """Where each slot begins: at its first start that bears a plan of some length which no earlier slot made."""
        scenarios = scenarios_of(self.params.tasks_per_shard, self.params)
        taken: Counter[object] = Counter()
        found = []
        for slot in slots:
            opening = self._opening(slot, scenarios[slot], taken)
            taken.update([(opening.scenario, opening.chain), opening.sequence])
            found.append(opening)
        return found

    def _opening(self, slot: int, scenario: Scenario, taken: Mapping[object, int]) -> Opening:
        """The first opening that is long enough, else the longest of some.

        What was made before is taken only where there is nothing else.
        """
        starts = tuple(
            self.context.starts(self.params).of_slot(
                scenario, self.shard, slot, self.run_seed, self.params.attempts
            )
        )
        least = self.params.walk_min if scenario in _LONG else 1
        fresh: list[Opening] = []
        repeated: Opening | None = None
        for place, start in enumerate(starts):
            chain, skeleton = self.skeleton_from(scenario, start, self.seed(slot, start))
            if isinstance(skeleton, str):
                continue
            opening = Opening(slot, scenario, starts[place:] + starts[:place], chain, skeleton)
            if self._is_repeated(opening, taken):
                repeated = repeated or opening
                continue
            fresh.append(opening)
            if len(skeleton.steps) >= least or len(fresh) == STARTS_COMPARED:
                break
        longest = max(fresh, key=lambda one: len(one.sequence), default=repeated)
        return longest or Opening(slot, scenario, starts)

    def _is_repeated(self, opening: Opening, taken: Mapping[object, int]) -> bool:
        """Whether a plan was made before in the shard, or, where few can be made, is for another shard to make."""
        is_walked = (opening.scenario, opening.chain) in taken
        if is_walked or not self._has_its_turn(opening):
            return True
        return taken.get(opening.sequence, 0) > self.params.sequence_repeats_max

    def _has_its_turn(self, opening: Opening) -> bool:
        """Whether a plan over a small API may be made in this shard: its sequence of calls hashes to the shard's turn."""
        keys = [self.context.functions[one].function_key for one in opening.sequence]
        namespace = self.context.functions[opening.sequence[0]].namespace
        if (
            opening.scenario not in _LONG
            or self.context.shares[namespace] * len(self.context.keys) >= SMALL_API
        ):
            return True
        return (
            self.params.sequence_repeats_max > 0
            or seed_from("turn", *keys) % PLAN_TURNS == turn_of(self.shard) % PLAN_TURNS
        )

    def seed(self, slot: int, start: str) -> int:
        """The seed of the walk that a slot makes from a start."""
        return walk_seed(self.shard, slot, self.run_seed, start)

    def skeleton_from(
        self, scenario: Scenario, start: str, seed: int
    ) -> tuple[tuple[str, ...], PlanSkeleton | str]:
        """The walk from a function key on, and what it bears, or why it bears nothing."""
        context = self.context
        chain = context.walk(start, seed, self.params)
        if len(chain) < min(self.params.walk_min, len(context.functions)):
            return chain, f"{len(chain)} functions are too few for a walk of {self.params.walk_min}"
        made = build_skeleton(scenario, context.keys[start], chain, context, seed, self.params)
        if isinstance(made, str):
            return chain, made
        # A call that several results feed may need a function beside the walk, which then belongs to it.
        return tuple(dict.fromkeys([*chain, *(step.function_id for step in made.steps)])), made
