import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Domain
from toolmind_assets.model.tasks import CHAINED_KINDS, Scenario, Task, ValueKind
from toolmind_assets.stages.tasks.openings import PLAN_TURNS
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.plans import plan_problems
from toolmind_assets.stages.tasks.sample import Sampled, sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.slots import scenarios_of
from toolmind_assets.stages.tasks.stand_in import RULES
from toolmind_assets.stages.tasks.substitutes import could_stand_in
from toolmind_resources.chat.embedded import EmbeddedChat
from toolmind_resources.chat.model import Role
from toolmind_resources.chat.scripted import ScriptedChat

DOMAIN = Domain.MEDIA
PARAMS = TaskParams(
    tasks_per_shard=30,
    walk_min=3,
    walk_max=6,
    offered_max=5,
    distractors_min=1,
    namespace_share_max=1000,
    sequence_repeats_max=1000,
)


def sample(
    make: Any, functions: Any = None, edges: Any = None, chat: Any = None, params: Any = PARAMS
) -> Sampled:
    functions = list(make.functions().values()) if functions is None else functions
    ids = {function.function_id for function in functions}
    edges = make.edges() if edges is None else edges
    known = [edge for edge in edges if {edge.source_function_id, edge.target_function_id} <= ids]
    context = SamplingContext.of(functions, known)
    chat = chat or EmbeddedChat(RULES, make.no_errors)
    return asyncio.run(sample_tasks(context, "sim-0000", 1, chat, params))


@pytest.fixture(scope="module")
def sampled(make: Any) -> Sampled:
    return sample(make)


def slots(made: Sampled) -> list[int]:
    return sorted(
        [task.slot_index for task in made.tasks] + [int(drop.detail.split()[1][:-1]) for drop in made.drops]
    )


def test_every_slot_is_a_task_or_a_dropped_row(make: Any, sampled: Sampled) -> None:
    assert slots(sampled) == list(range(30))
    assert len(sampled.tasks) >= 28
    wanted = scenarios_of(30, PARAMS)
    assert all(task.scenario is wanted[task.slot_index] for task in sampled.tasks)
    assert {task.n_wanted for task in sampled.tasks} == {30}
    assert len({task.task_id for task in sampled.tasks}) == len(sampled.tasks)


def test_every_plan_can_be_executed_with_what_is_offered(make: Any, sampled: Sampled) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    for task in sampled.tasks:
        assert plan_problems(task.plan, functions) == []
        assert {step.function_id for step in task.plan} <= {*task.offered_function_ids}
        assert all(0 <= step.request_index < len(task.requests) for step in task.plan)


def test_each_scenario_is_what_it_says(sampled: Sampled) -> None:
    by_scenario: dict[Scenario, list[Task]] = {scenario: [] for scenario in Scenario}
    for task in sampled.tasks:
        by_scenario[task.scenario].append(task)
        withheld = [fact for request in task.requests for fact in request.facts if fact.is_withheld]
        assert bool(withheld) is (task.scenario is Scenario.MISSING_PARAMETER)
        lacks = task.scenario in (Scenario.MISSING_FUNCTION, Scenario.IRRELEVANT)
        assert (task.withheld_function_id is not None) is lacks
        assert task.withheld_function_id not in task.offered_function_ids
    assert all(by_scenario.values())
    assert all(
        any(argument.kind is ValueKind.REFERENCE for step in task.plan for argument in step.arguments)
        for task in by_scenario[Scenario.CHAINED]
    )
    for task in sampled.tasks:
        assert any(step.is_implicit for step in task.plan) is (task.scenario is Scenario.IMPLICIT)
        assert any(step.fault for step in task.plan) is (task.scenario is Scenario.ERROR_RECOVERY)
    assert all(len(task.requests) >= 3 for task in by_scenario[Scenario.LONG_HORIZON])
    assert all(
        max(Counter((step.request_index, step.group) for step in task.plan).values()) > 1
        for task in by_scenario[Scenario.PARALLEL]
    )
    assert all(task.plan == () and task.offered_function_ids for task in by_scenario[Scenario.IRRELEVANT])


def test_no_walk_is_made_twice_for_one_scenario_where_another_start_bears_a_task(sampled: Sampled) -> None:
    walked = [(task.scenario, task.chain) for task in sampled.tasks]
    assert len(set(walked)) == len(walked)


def test_a_slot_alone_is_what_it_is_among_all_unless_an_earlier_one_made_its_walk(
    make: Any, sampled: Sampled
) -> None:
    context = SamplingContext.of(list(make.functions().values()), make.edges())
    chat = EmbeddedChat(RULES, make.no_errors)
    made = {(task.scenario, task.chain) for task in sampled.tasks}
    made |= {calls_of(task) for task in sampled.tasks}
    for slot in range(10):
        (alone,) = asyncio.run(sample_tasks(context, "sim-0000", 1, chat, PARAMS, slots=[slot])).tasks
        assert alone in sampled.tasks or {(alone.scenario, alone.chain), calls_of(alone)} & made


def calls_of(task: Task) -> tuple[str, ...]:
    """The functions that a task's plan calls, and the one that is withheld."""
    return (*(step.function_id for step in task.plan), *filter(None, [task.withheld_function_id]))


@pytest.mark.parametrize(("repeats_max", "most"), [(0, 1), (2, 3)])
def test_a_sequence_of_calls_is_planned_again_only_as_often_as_is_set(
    make: Any, repeats_max: int, most: int
) -> None:
    size = {"tasks_per_shard": 8 * most, "sequence_repeats_max": repeats_max}
    made = sample(make, params=PARAMS.model_copy(update={**size, **only("single")}))
    planned = Counter(map(calls_of, made.tasks))
    assert planned.total() == 8 * most and max(planned.values()) <= most


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(randomly=st.randoms(use_true_random=False), in_flight=st.integers(1, 9))
def test_the_order_of_functions_and_edges_and_the_requests_in_flight_change_nothing(
    make: Any, sampled: Sampled, randomly: Any, in_flight: int
) -> None:
    functions, edges = list(make.functions().values()), make.edges()
    randomly.shuffle(functions)
    randomly.shuffle(edges)
    context = SamplingContext.of(functions, edges)
    chat = EmbeddedChat(RULES, make.no_errors)
    assert asyncio.run(sample_tasks(context, "sim-0000", 1, chat, PARAMS, in_flight)) == sampled


def test_an_irrelevant_request_meets_a_walk_that_starts_in_another_domain(
    make: Any, sampled: Sampled
) -> None:
    domains = {function.function_id: function.domain for function in make.functions().values()}
    irrelevant = [task for task in sampled.tasks if task.scenario is Scenario.IRRELEVANT]
    assert irrelevant
    for task in irrelevant:
        assert domains[task.chain[0]] is not domains[task.withheld_function_id or ""]


def test_another_shard_or_run_has_other_tasks(make: Any, sampled: Sampled) -> None:
    context = SamplingContext.of(list(make.functions().values()), make.edges())
    chat = EmbeddedChat(RULES, make.no_errors)
    others = [
        asyncio.run(sample_tasks(context, shard, run, chat, PARAMS)) for shard, run in (("sim-1", 1), ("sim-0000", 2))
    ]  # fmt: skip
    ids = {task.task_id for task in sampled.tasks}
    assert all(ids.isdisjoint(task.task_id for task in other.tasks) for other in others)


class GrownParams(TaskParams):
    """The parameters after one more has come."""

    detours_max: int = 3


def test_a_parameter_that_is_new_renumbers_no_task_until_it_is_set(make: Any) -> None:
    def ids(params: TaskParams) -> list[str]:
        return [task.task_id for task in sample(make, params=params).tasks]

    few = {**PARAMS.model_dump(), "tasks_per_shard": 6}
    before = ids(TaskParams(**few))
    assert len(before) == 6
    assert ids(GrownParams(**few)) == before
    assert not set(before) & set(ids(GrownParams(**few, detours_max=4)))
    assert not set(before) & set(ids(TaskParams(**{**few, "language": "de"})))
    assert ids(TaskParams(**{**few, "tasks_per_shard": 7}))[:6] == before


def test_a_new_function_far_away_leaves_tasks_that_neither_start_there_nor_offer_it_as_they_were(
    make: Any, sampled: Sampled
) -> None:
    from_elsewhere = make.function("play_song", {"title": {"type": "string"}}, domain=DOMAIN)
    grown = sample(make, [*make.functions().values(), from_elsewhere])
    new_id, new_key = from_elsewhere.function_id, from_elsewhere.function_key
    before = {task.slot_index: task for task in sampled.tasks}
    kept = [
        task
        for task in grown.tasks
        if task.start_function_key != new_key and from_elsewhere.function_id not in task.offered_function_ids
    ]
    moved = [
        task.slot_index
        for task in kept
        if task != before.get(task.slot_index)
        and task.scenario is not Scenario.IRRELEVANT
        and new_id not in (*task.chain, *task.offered_function_ids)
    ]
    assert moved == []
    assert len(kept) >= 24


def test_removing_a_function_far_away_changes_only_the_slots_that_started_there(
    make: Any, sampled: Sampled
) -> None:
    lonely = make.function("play_song", {"title": {"type": "string"}}, domain=DOMAIN)
    functions = [*make.functions().values(), lonely]
    before, after = sample(make, functions), sample(make, functions[:-1])
    untouched = [task for task in before.tasks if lonely.function_id not in (*task.chain, *task.offered_function_ids)
                 and task.start_function_key != lonely.function_key]  # fmt: skip
    assert {task.task_id for task in untouched} <= {task.task_id for task in after.tasks}
    assert after == sampled


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_a_catalog_of_hardly_any_functions_gives_tasks_or_dropped_rows(make: Any, count: int) -> None:
    functions = list(make.functions().values())[:count]
    made = sample(make, functions, params=PARAMS.model_copy(update={"tasks_per_shard": 10}))
    assert slots(made) == list(range(10))
    assert all(drop.detail and drop.stage == "tasks" for drop in made.drops)
    assert bool(made.tasks) is (count > 0)


def test_a_function_without_parameters_bears_tasks_that_need_none(make: Any) -> None:
    bare = [make.function(name) for name in ("list_zones", "sync_clocks", "read_gauge", "open_gate")]
    made = sample(make, bare, [])
    assert slots(made) == list(range(30))
    assert any(task.scenario is Scenario.MISSING_FUNCTION for task in made.tasks)


def test_an_unreachable_model_drops_the_slot_with_its_reason(make: Any) -> None:
    made = sample(make, chat=ScriptedChat({}))
    assert {drop.reason for drop in made.drops} == {DropReason.CHAT_FAILED}
    assert slots(made) == list(range(30))


def test_an_intent_that_is_never_readable_drops_the_slot_after_all_attempts(make: Any) -> None:
    class Babbling(EmbeddedChat):
        async def complete(self, request: Any) -> Any:
            reply = await super().complete(request)
            return replace(reply, content="hm") if request.role is Role("intent_writer") else reply

    params = PARAMS.model_copy(update={"tasks_per_shard": 5, "attempts": 4})
    made = sample(make, chat=Babbling(RULES, make.no_errors), params=params)
    assert made.tasks == ()
    assert {drop.reason for drop in made.drops} <= {DropReason.INVALID_INTENT, DropReason.DEAD_END}
    assert any(drop.reason is DropReason.INVALID_INTENT for drop in made.drops)
    assert all(len(drop.parent_ids) == 4 for drop in made.drops)


def test_a_skeleton_that_cannot_be_executed_is_dropped_before_any_model_is_asked(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = make.step("s1", "get_order", make.reference("order_id", "s0", "order_id"))
    monkeypatch.setattr(
        "toolmind_assets.stages.tasks.openings.build_skeleton", lambda *_: PlanSkeleton((broken,), {}, {}, 1)
    )
    chat = ScriptedChat({})
    made = sample(make, chat=chat, params=PARAMS.model_copy(update={"tasks_per_shard": 3, "attempts": 2}))
    assert chat.requests == []
    assert {drop.reason for drop in made.drops} == {DropReason.INVALID_PLAN}
    assert all("s1 refers to s0, no earlier step" in drop.detail for drop in made.drops)


def test_a_link_that_lies_about_a_type_carries_no_value(make: Any) -> None:
    find, charge = make.function("find", {}, {"ref": {"type": "string"}}), make.function("charge", {"ref": {"type": "integer"}})  # fmt: skip
    params = TaskParams(tasks_per_shard=5, walk_min=1, walk_max=2, **only("chained"))
    chat = ScriptedChat({})
    made = sample(make, [find, charge], [make.edge(find, "ref", charge, "ref")], chat, params)
    assert made.tasks == () and chat.requests == []
    assert {drop.reason for drop in made.drops} == {DropReason.DEAD_END}


def only(scenario: str) -> dict[str, Any]:
    """The parameters of a shard of this scenario alone."""
    return {f"{one.value}_share": float(one.value == scenario) for one in Scenario}


def test_without_any_schema_of_a_result_what_needs_none_is_made_and_the_rest_says_why_it_is_not(
    make: Any,
) -> None:
    functions = [replace(function, returns=None) for function in make.functions().values()]
    shared = [edge for edge in make.edges() if edge.kind is EdgeKind.SHARED_PARAMETER]
    made = sample(make, functions, shared)
    assert slots(made) == list(range(30))
    assert {task.scenario for task in made.tasks} == set(Scenario) - CHAINED_KINDS
    assert {drop.reason for drop in made.drops} == {DropReason.DEAD_END}
    assert all("starts:" in drop.detail for drop in made.drops)
    chained = [drop.detail for drop in made.drops if " chained," in drop.detail]
    assert chained and all("states what it returns" in detail for detail in chained)


def test_one_function_alone_gives_what_needs_no_other(make: Any) -> None:
    made = sample(make, list(make.functions().values())[:1], [])
    assert slots(made) == list(range(30))
    alone = {Scenario.PARALLEL, Scenario.MISSING_PARAMETER, Scenario.SINGLE}
    assert {task.scenario for task in made.tasks} <= alone
    assert all(drop.detail for drop in made.drops)


def test_no_planned_function_could_do_what_the_withheld_one_does(make: Any) -> None:
    text = {"type": "string"}
    find = make.function("find_box", {"word": text}, {"box_ref": text})
    users = [
        make.function(name, {"box_ref": text}, {"state": text})
        for name in ("seal_box", "seal_boxes", "weigh_it")
    ]
    edges = [make.edge(find, "box_ref", user, "box_ref") for user in users]
    params = TaskParams(tasks_per_shard=20, walk_min=1, walk_max=4, **only("missing_function"))
    made = sample(make, [find, *users], edges, params=params)
    context = SamplingContext.of([find, *users], edges)
    assert made.tasks
    for task in made.tasks:
        withheld = context.functions[task.withheld_function_id or ""]
        assert not any(
            could_stand_in(context.functions[step.function_id], withheld, context) for step in task.plan
        )


def test_shards_after_each_other_make_different_plans_over_a_small_api(make: Any) -> None:
    context = SamplingContext.of(list(make.functions().values()), make.edges())
    chat = EmbeddedChat(RULES, make.no_errors)
    size = {"tasks_per_shard": 2, "sequence_repeats_max": 0, **only("chained")}
    params = PARAMS.model_copy(update=size)
    made = [
        {calls_of(task) for task in asyncio.run(sample_tasks(context, f"sim-{n}", 1, chat, params)).tasks}
        for n in range(PLAN_TURNS)
    ]
    assert len(set().union(*made)) > len(made[0])
