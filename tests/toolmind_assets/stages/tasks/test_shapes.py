"""The plan of each scenario, along chains of a small shop."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.edges import Edge
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.tasks import CHAINED_KINDS, Fault, Members, Scenario, ValueKind
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.plans import skeleton_problems
from toolmind_assets.stages.tasks.references import Reference, spread_references
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.shapes import build_skeleton

SHOP = ("find_customer", "list_orders", "get_order", "rate_delivery", "track_parcel", "refund_payment")
TEXT = {"type": "string"}


def shaped(make: Any, scenario: Scenario, chain: tuple[str, ...] = SHOP, seed: int = 1) -> PlanSkeleton | str:
    by_name = make.functions()
    return along([by_name[name] for name in chain], make.edges(), scenario, seed)


def along(
    functions: Sequence[FunctionSpec], edges: Sequence[Edge], scenario: Scenario, seed: int = 1
) -> PlanSkeleton | str:
    """The skeleton around the first of these functions, where there are no others."""
    ids = [function.function_id for function in functions]
    context = SamplingContext.of(functions, edges)
    return build_skeleton(scenario, ids[0], ids, context, seed, TaskParams())


def drawn(make: Any, scenario: Scenario, n_seeds: int = 12) -> list[PlanSkeleton]:
    made = [shaped(make, scenario, seed=seed) for seed in range(n_seeds)]
    return [one for one in made if isinstance(one, PlanSkeleton)]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    scenario=st.sampled_from(Scenario), seed=st.integers(0, 10**6), size=st.integers(1, 11), data=st.data()
)
def test_whatever_skeleton_is_built_can_be_executed(
    make: Any, scenario: Scenario, seed: int, size: int, data: Any
) -> None:
    chain = tuple(data.draw(st.permutations(sorted(make.functions())))[:size])
    made = shaped(make, scenario, chain, seed)
    if isinstance(made, str):
        assert made
        return
    functions = {function.function_id: function for function in make.functions().values()}
    assert skeleton_problems(made.steps, functions) == []
    steps = {step.step_id: step for step in made.steps}
    for step in made.steps:
        for source in map(steps.__getitem__, step.source_ids()):
            assert (source.request_index, source.group) < (step.request_index, step.group)
    assert made.withheld <= set(made.user_places())


@pytest.mark.parametrize("scenario", sorted(CHAINED_KINDS))
def test_a_step_that_reads_no_result_begins_a_goal_or_is_one_of_several_producers(
    make: Any, scenario: Scenario
) -> None:
    made = drawn(make, scenario)
    assert len(made) >= 6
    for one in made:
        read = set().union(*(step.source_ids() for step in one.steps))
        for step in one.steps[1:]:
            assert step.references() or step.step_id in read or step.request_index > 0


def test_functions_that_only_share_a_parameter_make_no_chained_plan(make: Any) -> None:
    for scenario in sorted(CHAINED_KINDS):
        assert isinstance(shaped(make, scenario, ("get_wind", "get_forecast", "list_shops")), str)
    assert isinstance(shaped(make, Scenario.MISSING_PARAMETER, ("get_wind", "get_forecast")), PlanSkeleton)


def test_why_a_chain_bears_no_plan_is_told(make: Any) -> None:
    assert "states what it returns" in str(shaped(make, Scenario.CHAINED, ("refund_payment", "add_comment")))
    assert "result of another" in str(shaped(make, Scenario.CHAINED, ("get_wind", "get_tides")))


def test_a_fan_in_has_a_call_that_reads_two_results(make: Any) -> None:
    made = drawn(make, Scenario.FAN_IN)
    assert made
    assert all(any(len(step.source_ids()) > 1 for step in one.steps) for one in made)


def test_a_fan_out_has_a_result_that_several_calls_read_or_one_call_for_each_of_its_members(
    make: Any,
) -> None:
    kinds = set()
    for one in drawn(make, Scenario.FAN_OUT, 30):
        each = [step for step in one.steps if step.members_max > 1]
        readers = Counter(source for step in one.steps for source in step.source_ids())
        assert each or max(readers.values()) > 1
        kinds.add(bool(each))
        for step in each:
            (argument,) = step.references()
            assert argument.members is Members.EACH and argument.output_path == "orders[].order_id"
    assert kinds == {True, False}


def test_a_call_is_made_for_each_member_only_where_it_reads_and_nothing_reads_it(make: Any) -> None:
    for scenario in (Scenario.CHAINED, Scenario.FAN_OUT, Scenario.LONG_HORIZON):
        for one in drawn(make, scenario, 30):
            read = set().union(*(step.source_ids() for step in one.steps))
            effects = {function.function_id: function.effect for function in make.functions().values()}
            for step in one.steps:
                assert step.members_max == 1 or (step.step_id not in read and effects[step.function_id] is Effect.READ)  # fmt: skip


def test_a_long_horizon_makes_three_requests_or_more(make: Any) -> None:
    made = drawn(make, Scenario.LONG_HORIZON)
    assert made
    assert all(one.n_requests >= 3 and len(one.steps) >= 4 for one in made)


def test_a_single_task_is_one_call_of_its_start(make: Any) -> None:
    (step,) = (
        one.steps if isinstance(one := shaped(make, Scenario.SINGLE, ("get_tides",)), PlanSkeleton) else ()
    )
    assert step.function_id == make.functions()["get_tides"].function_id
    assert not step.references()


def test_one_call_fails_at_first_where_an_error_is_to_be_recovered_from(make: Any) -> None:
    for one in drawn(make, Scenario.ERROR_RECOVERY):
        (failing,) = [step for step in one.steps if step.fault]
        assert failing is not one.steps[-1] and failing.members_max == 1
    assert not any(step.fault for scenario in Scenario if scenario is not Scenario.ERROR_RECOVERY for one in drawn(make, scenario, 3) for step in one.steps)  # fmt: skip


def fan_in_of_three(make: Any, n_seeds: int) -> list[PlanSkeleton]:
    """Implicit skeletons of `a -> b`, and of `c` that reads the results of both."""
    a = make.function("find_a", {"word": TEXT}, {"a_ref": TEXT})
    b = make.function("find_b", {"a_ref": TEXT}, {"b_ref": TEXT})
    c = make.function("use_both", {"a_ref": TEXT, "b_ref": TEXT}, {"done": TEXT})
    edges = [make.edge(a, "a_ref", b, "a_ref"), make.edge(a, "a_ref", c, "a_ref"), make.edge(b, "b_ref", c, "b_ref")]  # fmt: skip
    made = [along((a, b, c), edges, Scenario.IMPLICIT, seed) for seed in range(n_seeds)]
    return [one for one in made if isinstance(one, PlanSkeleton)]


def test_any_non_empty_set_of_the_calls_on_the_way_may_go_unsaid_and_never_a_goal(make: Any) -> None:
    """DiGiT-TC hides the same one prerequisite whenever a call has several."""
    skeletons = fan_in_of_three(make, 60)
    unsaid = {tuple(step.step_id for step in one.steps if step.is_implicit) for one in skeletons}
    assert {step.step_id for one in skeletons for step in one.steps} == {"s1", "s2", "s3"}
    assert unsaid == {ids for size in (1, 2) for ids in combinations(("s1", "s2"), size)}
    for one in drawn(make, Scenario.IMPLICIT, 40):
        read = set().union(*(step.source_ids() for step in one.steps))
        hidden = {step.step_id for step in one.steps if step.is_implicit}
        assert hidden and hidden <= read
        said = {step.request_index for step in one.steps if not step.is_implicit}
        assert said == set(range(one.n_requests))


def test_nothing_is_changed_unasked(make: Any) -> None:
    effects = {function.function_id: function.effect for function in make.functions().values()}
    for one in drawn(make, Scenario.IMPLICIT, 40):
        hidden = [step for step in one.steps if step.is_implicit]
        assert all(effects[step.function_id] in (Effect.READ, Effect.EXECUTE) for step in hidden)


def test_functions_without_parameters_may_be_called_at_once(make: Any) -> None:
    bare = [make.function(name) for name in ("list_zones", "read_gauge", "list_gates")]
    made = [along(bare, [], Scenario.PARALLEL, seed) for seed in range(10)]
    skeletons = [one for one in made if isinstance(one, PlanSkeleton)]
    assert skeletons
    assert all({step.group for step in one.steps} == {0} and len(one.steps) > 1 for one in skeletons)
    assert all(len({step.function_id for step in one.steps}) == len(one.steps) for one in skeletons)


def test_what_a_result_only_repeats_is_the_value_that_was_given(make: Any) -> None:
    for one in drawn(make, Scenario.CHAINED):
        for step in one.steps:
            for argument in step.references():
                source = next(other for other in one.steps if other.step_id == argument.step_id)
                repeats = [given for given in source.arguments if given.path == argument.output_path]
                assert not repeats


def test_a_value_by_which_one_api_names_a_thing_goes_on_to_mean_it(make: Any) -> None:
    first = make.function("list_rules", {"app_id": TEXT}, {"rules": {"type": "array", "items": {"type": "object", "properties": {"rule_id": TEXT, "name": TEXT}}}})  # fmt: skip
    second = make.function("get_rule", {"app_id": TEXT, "rule_id": TEXT}, {"text": TEXT})
    made = along((first, second), [make.edge(first, "rules[].rule_id", second, "rule_id")], Scenario.CHAINED)
    assert isinstance(made, PlanSkeleton)
    assert made.shared == {("s2", "app_id"): ("s1", "app_id")}
    kinds = {argument.path: argument.kind for argument in made.steps[1].arguments}
    assert kinds == {"app_id": ValueKind.USER, "rule_id": ValueKind.REFERENCE}


def test_a_required_list_of_objects_of_which_nothing_is_required_is_not_planned(make: Any) -> None:
    streams = {"type": "array", "items": {"type": "object", "properties": {"name": TEXT}}}
    heavy = make.function("write_catalog", {"streams": streams})
    assert isinstance(along((heavy,), [], Scenario.IRRELEVANT), str)


def test_what_the_way_changes_is_never_left_unsaid(make: Any) -> None:
    create = make.function("open_case", {"word": TEXT}, {"case_ref": TEXT}, effect=Effect.CREATE)
    note = make.function("note_case", {"case_ref": TEXT, "note": TEXT}, {"text": TEXT}, effect=Effect.UPDATE)
    edges = [make.edge(create, "case_ref", note, "case_ref")]
    for scenario, is_made in ((Scenario.IMPLICIT, False), (Scenario.CHAINED, True)):
        made = along((create, note), edges, scenario)
        assert isinstance(made, PlanSkeleton) is is_made
        assert is_made or "looks something up" in str(made)


def test_only_what_changes_something_meets_a_conflict(make: Any) -> None:
    effects = {function.function_id: function.effect for function in make.functions().values()}
    made = drawn(make, Scenario.ERROR_RECOVERY, 120)
    failing = [step for one in made for step in one.steps if step.fault]
    read = {step.fault for step in failing if effects[step.function_id] is Effect.READ}
    assert read == set(Fault) - {Fault.CONFLICT}


def test_arguments_that_several_steps_could_fill_are_filled_by_different_ones() -> None:
    one, two = (
        Reference(score, step_id, "ref", Members.ONE) for score, step_id in ((0.9, "s1"), (0.8, "s2"))
    )
    assert spread_references({"a": [one, two], "b": [one]}) == {"a": two, "b": one}
    assert spread_references({"a": [one, two]}) == {"a": one}
