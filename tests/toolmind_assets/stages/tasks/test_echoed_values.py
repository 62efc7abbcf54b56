from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.tasks import PlanStep
from toolmind_assets.stages.tasks.echoed_values import echoed_argument


@pytest.mark.parametrize(
    ("given", "output_path", "is_echo"),
    [
        ("order_id", "order_id", True),
        ("order_id", "order.order_id", True),
        ("order_id", "orders[].order_id", True),
        ("order_id", "customer_id", False),
        ("id", "id", True),
        ("id", "children[].id", False),
        ("name", "owner.name", True),
    ],
)
def test_a_result_repeats_an_argument_of_its_own_call_by_the_same_name(
    make: Any, given: str, output_path: str, is_echo: bool
) -> None:
    function = make.function("look", {given: {}}, {"any": {}})
    step = PlanStep("s1", function.function_id, 0, 0, (make.user(given, None),))
    found = echoed_argument(step, output_path, [step], {function.function_id: function})
    assert (found is not None) is is_echo


def test_a_result_repeats_what_an_earlier_call_of_the_same_api_was_given(make: Any) -> None:
    first = make.function("list_parts", {"service_id": {}, "id": {}})
    second = make.function("get_part", {"name": {}})
    functions = {one.function_id: one for one in (first, second)}
    steps = [
        PlanStep("s1", first.function_id, 0, 0, (make.user("service_id", None), make.user("id", None))),
        PlanStep("s2", second.function_id, 0, 1, (make.reference("name", "s1", "parts[].name"),)),
    ]
    found = echoed_argument(steps[1], "part.service_id", steps, functions)
    assert found is not None and found.path == "service_id"
    assert echoed_argument(steps[1], "part.id", steps, functions) is None
    elsewhere = {**functions, first.function_id: replace(first, namespace="another")}
    assert echoed_argument(steps[1], "part.service_id", steps, elsewhere) is None
