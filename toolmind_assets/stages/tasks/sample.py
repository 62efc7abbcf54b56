"""Tasks of one shard: every slot becomes a task or a dropped row."""

from collections.abc import Sequence
from dataclasses import dataclass

from toolmind_assets.model.drops import LOST_REPLIES, Drop, DropReason
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import chosen_params, compact_json, digest, make_id, seed_from
from toolmind_assets.model.lost_replies import reason_of
from toolmind_assets.model.situations import Situation
from toolmind_assets.model.tasks import PlanStep, Scenario, Task
from toolmind_assets.stages.tasks import roles
from toolmind_assets.stages.tasks.circumstances import Circumstances, draw_circumstances
from toolmind_assets.stages.tasks.hashes import rank_by_hash
from toolmind_assets.stages.tasks.intent_checks import unsaid_values
from toolmind_assets.stages.tasks.intent_outline import IntentContext
from toolmind_assets.stages.tasks.intent_writer import (
    INTENT_AGAIN,
    INTENT_WRITER,
    WrittenIntent,
    write_intent,
)
from toolmind_assets.stages.tasks.offers import offered_functions
from toolmind_assets.stages.tasks.openings import Opening, Openings
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.planner import PLANNER, PLANNER_AGAIN, plan_values
from toolmind_assets.stages.tasks.plans import fill_plan, skeleton_problems
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.substitutes import could_stand_in
from toolmind_assets.stages.tasks.system_texts import system_text_of
from toolmind_assets.stages.tasks.user_facts import facts_of
from toolmind_resources.chat.asking import Unused
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.model import ChatModel, ChatRequest
from toolmind_resources.errors import ChatError


@dataclass(frozen=True, slots=True, repr=False)
class Sampled:
    """Tasks made and slots dropped, in the order of the slots.

    A shard is too much to be put into words, as asyncio does with what a run gave when it ends.
    """

    tasks: tuple[Task, ...]
    drops: tuple[Drop, ...]


async def sample_tasks(
    context: SamplingContext,
    shard: str,
    run_seed: int,
    chat: ChatModel,
    params: TaskParams,
    in_flight: int = 64,
    slots: Sequence[int] | None = None,
) -> Sampled:
    """The tasks of a shard, or of some slots of it.

    Each slot depends on nothing but itself and the functions around its start, save that a walk which an earlier
    slot made for the same scenario is not made again as long as another start bears a task. Of some slots, only
    those count as earlier: it is enough for an estimate.
    """
    sampler = _Sampler(context, shard, run_seed, chat, params)
    openings = sampler.openings.of_slots(range(params.tasks_per_shard) if slots is None else slots)
    made = await map_concurrently(sampler.sample, openings, in_flight)
    return Sampled(
        tuple(task for task in made if isinstance(task, Task)),
        tuple(drop for drop in made if isinstance(drop, Drop)),
    )


@dataclass(frozen=True, slots=True)
class _Offer:
    """Walk and offered functions of a task, and the function that is withheld."""

    chain: tuple[str, ...]
    offered: tuple[str, ...]
    withheld_id: str | None


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a start bears no task, and the requests that a model answered in vain for it."""

    reason: DropReason
    detail: str
    asked: tuple[ChatRequest, ...] = ()


PROMPTS = (PLANNER, PLANNER_AGAIN, INTENT_WRITER, INTENT_AGAIN)
"""The prompts of a task."""
PAID_STARTS = 2
"""Starts of one slot for which models are asked in vain."""
_OF_THE_SHARD = ("tasks_per_shard",)
"""Parameters that decide how many tasks there are, and nothing of one."""
_DEPTH = {
    DropReason.DEAD_END: 0,
    DropReason.INVALID_PLAN: 1,
    DropReason.INVALID_INTENT: 2,
    **dict.fromkeys(LOST_REPLIES, 3),
}
"""How far an attempt came; of several the one that came furthest tells most."""


@dataclass(frozen=True, slots=True)
class _Sampler:
    context: SamplingContext
    shard: str
    run_seed: int
    chat: ChatModel
    params: TaskParams

    @property
    def openings(self) -> Openings:
        """Where the slots of the shard begin."""
        return Openings(self.context, self.shard, self.run_seed, self.params)

    @property
    def _has_domains(self) -> bool:
        return len({function.domain for function in self.context.functions.values()}) > 1

    async def sample(self, opening: Opening) -> Task | Drop:
        """The slot's task from the first start that bears one, or its furthest failure as a dropped row."""
        slot, scenario, starts = opening.slot, opening.scenario, opening.starts
        failures = [] if starts else [_Failure(DropReason.DEAD_END, "there are no functions to start from")]
        for start in starts:
            try:
                made = await self._try(opening, start)
            except ChatError as error:
                failures.append(_Failure(DropReason.CHAT_FAILED, str(error)))
                break
            if isinstance(made, Task):
                return made
            failures.append(made)
            if sum(bool(failure.asked) for failure in failures) >= PAID_STARTS:
                break
        furthest = max(failures, key=lambda one: _DEPTH[one.reason])
        if lost := [request for one in failures if one.reason in LOST_REPLIES for request in one.asked]:
            self.chat.give_up(lost)
        return Drop(
            stage="tasks",
            partition=self.shard,
            subject_id=make_id("task", self.shard, slot, "", self.run_seed),
            parent_ids=tuple(self.context.keys[start] for start in starts),
            reason=furthest.reason,
            detail=f"slot {slot}, {scenario.value}, {len(failures)} starts: {furthest.detail}",
            raw=compact_json({"slot_index": slot, "n_wanted": self.params.tasks_per_shard}),
        )

    async def _try(self, opening: Opening, start: str) -> Task | _Failure:
        slot, scenario, chain, skeleton = opening.slot, opening.scenario, opening.chain, opening.skeleton
        seed = self.openings.seed(slot, start)
        if start != opening.starts[0] or skeleton is None:
            chain, skeleton = self.openings.skeleton_from(scenario, start, seed)
        if isinstance(skeleton, str):
            return _Failure(DropReason.DEAD_END, f"{skeleton} (the walk from {chain[0]})")
        functions = {step.function_id: self.context.functions[step.function_id] for step in skeleton.steps}
        if problems := skeleton_problems(skeleton.steps, functions):
            return _Failure(DropReason.INVALID_PLAN, problems[0])
        offer = self._offer(scenario, chain, skeleton, seed)
        if isinstance(offer, _Failure):
            return offer
        around = draw_circumstances(seed, skeleton.steps, functions, self.params)
        values = await plan_values(skeleton, functions, self.chat, seed, self.params, around)
        if isinstance(values, str):
            return _Failure(DropReason.INVALID_PLAN, values)
        if isinstance(values, Unused):
            reason = reason_of(values, DropReason.INVALID_PLAN)
            return _Failure(reason, f"the planner: {values.words}", values.requests)
        steps = fill_plan(skeleton, values)
        facts = facts_of(skeleton, values, functions, around, seed, self.params)
        for problem in unsaid_values(steps, facts):
            return _Failure(DropReason.INVALID_PLAN, problem)
        requests = tuple(
            tuple(step for step in steps if step.request_index == index)
            for index in range(skeleton.n_requests)
        )
        context = IntentContext(requests, facts, functions, around)
        written = await write_intent(context, self.chat, seed, self.params)
        if isinstance(written, Unused):
            reason = reason_of(written, DropReason.INVALID_INTENT)
            return _Failure(reason, f"the intent writer: {written.words}", written.requests)
        plan = tuple(step for step in steps if step.step_id not in skeleton.unavailable)
        return self._task(opening, start, offer, plan, written, around, seed)

    def _unrelated_chain(self, requested: FunctionSpec, seed: int) -> tuple[str, ...]:
        """A walk that starts in another domain than the requested function's, without functions of that domain."""
        context, params = self.context, self.params
        for start in rank_by_hash(list(context.keys), seed_from(seed, "unrelated"), params.attempts):
            if context.functions[context.keys[start]].domain is not requested.domain:
                chain = context.walk(start, seed, params)
                return tuple(one for one in chain if context.functions[one].domain is not requested.domain)
        # A catalog of one domain: what could not do the work of the requested function has to do.
        return tuple(
            one for one in context.functions if not could_stand_in(context.functions[one], requested, context)
        )

    def _offer(
        self, scenario: Scenario, chain: tuple[str, ...], skeleton: PlanSkeleton, seed: int
    ) -> _Offer | _Failure:
        """What the assistant is offered, which depends on no model: settled before one is asked."""
        functions = self.context.functions
        planned = [step for step in skeleton.steps if step.step_id not in skeleton.unavailable]
        unavailable = (step for step in skeleton.steps if step.step_id in skeleton.unavailable)
        withheld = next((functions[step.function_id] for step in unavailable), None)
        if withheld is not None and any(
            could_stand_in(functions[step.function_id], withheld, self.context) for step in planned
        ):
            return _Failure(DropReason.INVALID_PLAN, f"a planned function could stand in for {withheld.name}")
        if scenario is Scenario.IRRELEVANT and withheld is not None:
            chain = self._unrelated_chain(withheld, seed)
        offered = offered_functions(
            [step.function_id for step in planned],
            chain,
            withheld,
            self.context,
            seed,
            self.params,
            is_irrelevant=scenario is Scenario.IRRELEVANT and self._has_domains,
        )
        if not offered or (withheld and withheld.function_id in offered):
            return _Failure(DropReason.DEAD_END, "no function is left to offer")
        return _Offer(chain, offered, withheld.function_id if withheld else None)

    def _task(
        self,
        opening: Opening,
        start: str,
        offer: _Offer,
        plan: tuple[PlanStep, ...],
        written: WrittenIntent,
        around: Circumstances,
        seed: int,
    ) -> Task:
        params = self.params
        chosen = chosen_params(params, leaves_out=_OF_THE_SHARD)
        return Task(
            task_id=make_id("task", self.shard, opening.slot, start, self.run_seed, chosen),
            shard=self.shard,
            slot_index=opening.slot,
            n_wanted=params.tasks_per_shard,
            scenario=opening.scenario,
            start_function_key=start,
            chain=offer.chain,
            plan=plan,
            intent=written.intent,
            requests=written.requests,
            offered_function_ids=offer.offered,
            withheld_function_id=offer.withheld_id,
            domain=self.context.functions[self.context.keys[start]].domain.value,
            system_text=system_text_of(params.system_text, around),
            reference_time=around.reference_time,
            language=around.language,
            seed=seed,
            model=_models(self.chat),
            prompt_digest=digest(*(prompt.digest for prompt in PROMPTS))[:16],
            situation=Situation(around.persona, written.situation, around.time_zone, around.policy),
        )


def _models(chat: ChatModel) -> str:
    """`role=model` of the roles that wrote the task."""
    return ",".join(f"{role}={chat.model_name(role)}" for role in (roles.PLANNER, roles.INTENT_WRITER))
