from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.tasks import Scenario, ValueKind
from toolmind_assets.stages.tasks.argument_fields import argument_fields, fixed_value
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.shapes import build_skeleton

SHOP = ("find_customer", "list_orders", "get_order", "track_parcel", "refund_payment")
WEATHER = ("get_forecast", "get_wind", "list_shops")


def skeleton_of(
    make: Any, scenario: Scenario, chain: tuple[str, ...], seed: int = 1, **params: Any
) -> PlanSkeleton | None:
    by_name = make.functions()
    ids = [by_name[name].function_id for name in chain]
    context = SamplingContext.of([by_name[name] for name in chain], make.edges())
    made = build_skeleton(scenario, ids[0], ids, context, seed, TaskParams(**params))
    return None if isinstance(made, str) else made


@pytest.mark.parametrize("seed", range(10))
def test_a_chained_skeleton_refers_to_earlier_steps_alone_and_groups_what_is_independent(
    make: Any, seed: int
) -> None:
    made = skeleton_of(make, Scenario.CHAINED, SHOP, seed)
    assert made is not None
    place = {step.step_id: number for number, step in enumerate(made.steps)}
    for number, step in enumerate(made.steps):
        sources = [place[a.step_id] for a in step.arguments if a.kind is ValueKind.REFERENCE and a.step_id]
        assert all(source < number for source in sources)
        for source in sources:
            same_request = made.steps[source].request_index == step.request_index
            assert not same_request or made.steps[source].group < step.group
    first, second = made.steps[:2]
    assert [a.kind for a in first.arguments] == [ValueKind.USER]
    assert [(a.path, a.step_id, a.output_path) for a in second.arguments] == [
        ("customer_id", "s1", "customer_id")
    ]


def test_requests_come_in_order_without_gaps_and_within_the_limits(make: Any) -> None:
    for seed in range(20):
        made = skeleton_of(make, Scenario.CHAINED, SHOP, seed, plan_steps_max=4, requests_max=2)
        assert made is not None
        indices = [step.request_index for step in made.steps]
        assert indices == sorted(indices)
        assert set(indices) == set(range(made.n_requests))
        assert len(made.steps) <= 4 and made.n_requests <= 2


def test_a_chain_without_a_flow_bears_no_chained_skeleton(make: Any) -> None:
    assert skeleton_of(make, Scenario.CHAINED, ("get_tides", "find_customer")) is None


@pytest.mark.parametrize("seed", range(10))
def test_a_parallel_skeleton_holds_independent_steps_in_one_request_and_group(make: Any, seed: int) -> None:
    made = skeleton_of(make, Scenario.PARALLEL, WEATHER, seed)
    assert made is not None
    first = [step for step in made.steps if step.request_index == 0]
    assert 2 <= len(first) <= 4
    assert {step.group for step in first} == {0}
    assert all(argument.kind is not ValueKind.REFERENCE for step in first for argument in step.arguments)


def test_one_required_value_of_the_user_is_withheld_where_a_parameter_is_missing(make: Any) -> None:
    made = skeleton_of(make, Scenario.MISSING_PARAMETER, SHOP)
    assert made is not None
    (place,) = made.withheld
    assert place in made.user_places()
    assert made.fields[place].is_required


@pytest.mark.parametrize("seed", range(10))
def test_the_last_step_alone_in_its_request_is_unavailable_where_a_function_is_missing(
    make: Any, seed: int
) -> None:
    made = skeleton_of(make, Scenario.MISSING_FUNCTION, SHOP, seed)
    assert made is not None
    last = made.steps[-1]
    assert made.unavailable == {last.step_id}
    assert [step for step in made.steps if step.request_index == last.request_index] == [last]
    assert last.request_index == made.n_requests - 1


def test_an_irrelevant_skeleton_is_one_unavailable_step(make: Any) -> None:
    made = skeleton_of(make, Scenario.IRRELEVANT, SHOP)
    assert made is not None
    assert (len(made.steps), made.unavailable) == (1, {"s1"})


def test_a_shared_value_is_asked_for_once(make: Any) -> None:
    made = skeleton_of(make, Scenario.MISSING_FUNCTION, WEATHER)
    assert made is not None
    assert made.user_places() == [("s1", "city")]
    assert made.shared == {(step.step_id, "city"): ("s1", "city") for step in made.steps[1:]}


def test_a_function_that_requires_too_much_is_not_planned(make: Any) -> None:
    assert skeleton_of(make, Scenario.IRRELEVANT, ("add_comment",), required_arguments_max=1) is None


def test_arguments_are_those_at_the_top_and_the_required_ones_below(make: Any) -> None:
    inner = {"type": "object", "properties": {"zip": {"type": "string"}}, "required": ["zip"]}
    function = make.function(
        "ship",
        {"to": inner, "from": inner, "tags": {"type": "array", "items": {"type": "string"}}, "api_key": {}},
        required=("to", "tags"),
    )
    found = {field.path: (field.is_required, field.is_secret) for field in argument_fields(function)}
    assert found == {"to.zip": (True, False), "tags": (True, False), "api_key": (False, True)}


@pytest.mark.parametrize(
    ("schema", "value"),
    [({"const": None}, (None,)), ({"enum": ["a"]}, ("a",)), ({"default": 3}, (3,)), ({"enum": ["a", "b"]}, ()),
     ({"type": "string", "default": 3}, ()), ({"default": None}, ())],
)  # fmt: skip
def test_a_value_is_fixed_where_the_schema_leaves_no_other_or_has_a_default_that_fits(
    schema: dict[str, Any], value: tuple[Any, ...]
) -> None:
    assert fixed_value(schema, {}) == value


@pytest.mark.parametrize(
    ("schema", "fixed"),
    [
        ({"type": "array", "items": {"$ref": "#/$defs/Mode"}, "default": []}, ([],)),
        ({"type": "array", "items": {"$ref": "#/$defs/Mode"}, "default": ["c"]}, ()),
        ({"allOf": [{"$ref": "#/$defs/Mode"}], "default": "a"}, ("a",)),
        ({"$ref": "#/$defs/Node", "default": {"child": {"mode": "b"}}}, ({"child": {"mode": "b"}},)),
        ({"$ref": "#/$defs/Node", "default": {"child": {"mode": "c"}}}, ()),
    ],
)
def test_a_default_is_judged_with_the_definitions_that_its_schema_refers_to(
    make: Any, schema: dict[str, Any], fixed: tuple[Any, ...]
) -> None:
    function = make.function("keep", {"what": schema}, required=("what",))
    node = {"properties": {"child": {"$ref": "#/$defs/Node"}, "mode": {"$ref": "#/$defs/Mode"}}}
    definitions = {"Node": {"type": "object", **node}, "Mode": {"type": "string", "enum": ["a", "b"]}}
    function = replace(function, parameters={**function.parameters, "$defs": definitions})
    assert {field.path: field.fixed for field in argument_fields(function)}["what"] == fixed
