from typing import Any

import pytest

from toolmind_assets.model.tasks import Members
from toolmind_assets.stages.tasks.flows import can_share, flow_problem

TEXT, WHOLE, REAL = {"type": "string"}, {"type": "integer"}, {"type": "number"}
CLOSED = {"type": "string", "enum": ["red", "green", "blue"]}


def problem(make: Any, given: Any, wanted: Any, path: str = "x", members: Members = Members.ONE) -> str:
    source, target = make.function("give", {}, {"x": given}), make.function("take", {"y": wanted})
    return flow_problem(source, path, target, "y", members)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (TEXT, TEXT),
        (WHOLE, REAL),
        (TEXT, {}),
        (TEXT, {"type": ["string", "null"]}),
        ({"type": ["string", "null"]}, TEXT),
        (TEXT, {"anyOf": [WHOLE, TEXT]}),
        ({"anyOf": [WHOLE, REAL]}, REAL),
        ({"enum": ["red"]}, CLOSED),
        ({"const": "red"}, CLOSED),
        ({"type": "array", "items": WHOLE}, {"type": "array", "items": REAL}),
        ({"type": "object", "properties": {"a": WHOLE, "b": TEXT}}, {"type": "object", "properties": {"a": REAL}, "required": ["a"]}),
    ],
)  # fmt: skip
def test_a_value_flows_where_every_type_that_it_may_have_is_taken(make: Any, given: Any, wanted: Any) -> None:
    assert problem(make, given, wanted) == ""


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (TEXT, WHOLE),
        (REAL, WHOLE),
        (WHOLE, TEXT),
        ({}, TEXT),
        ({"anyOf": [WHOLE, TEXT]}, WHOLE),
        (TEXT, CLOSED),
        ({"enum": ["red", "pink"]}, CLOSED),
        ({"type": "array", "items": TEXT}, TEXT),
        (TEXT, {"type": "array", "items": TEXT}),
        ({"type": "array", "items": TEXT}, {"type": "array", "items": WHOLE}),
        ({"type": "object", "properties": {"b": TEXT}}, {"type": "object", "properties": {"a": REAL}, "required": ["a"]}),
    ],
)  # fmt: skip
def test_a_value_of_another_type_or_of_none_that_is_known_does_not_flow(
    make: Any, given: Any, wanted: Any
) -> None:
    assert " is " in problem(make, given, wanted)


def test_a_member_of_a_list_fills_a_scalar_and_all_of_them_fill_a_list(make: Any) -> None:
    listed = {"type": "array", "items": TEXT}
    for members in (Members.ONE, Members.EACH):
        assert problem(make, listed, TEXT, "x[]", members) == ""
    assert problem(make, listed, listed, "x[]", Members.ALL) == ""
    assert problem(make, listed, TEXT, "x[]", Members.ALL)
    assert "no list" in problem(make, TEXT, TEXT, "x", Members.EACH)


@pytest.mark.parametrize("path", ["xs", "x_id", "", "x.y", "x[]", "X"])
def test_a_path_is_one_of_the_result_letter_by_letter(make: Any, path: str) -> None:
    assert problem(make, TEXT, TEXT, path)


def test_definitions_and_parts_are_looked_through(make: Any) -> None:
    source = make.function("give", {}, {"made": {"$ref": "#/$defs/Thing"}})
    thing = {"allOf": [{"type": "object", "properties": {"id": WHOLE}}, {"properties": {"of": {"$ref": "#/$defs/Thing"}}}]}  # fmt: skip
    source.returns["$defs"] = {"Thing": thing}
    target = make.function("take", {"y": REAL})
    assert flow_problem(source, "made.of.of.id", target, "y", Members.ONE) == ""
    assert flow_problem(source, "made.of.name", target, "y", Members.ONE)


def test_a_function_that_states_no_result_gives_nothing(make: Any) -> None:
    assert flow_problem(make.function("give"), "x", make.function("take", {"y": {}}), "y", Members.ONE)


def test_a_list_is_no_value_that_a_scalar_argument_shares(make: Any) -> None:
    listed = make.function("one", {"ids": {"type": "array", "items": TEXT}})
    single = make.function("two", {"ids": TEXT})
    assert not can_share(listed, "ids", single, "ids")
    assert can_share(single, "ids", single, "ids")
    assert not can_share(single, "other", single, "ids")


def test_a_value_is_not_shared_by_arguments_that_are_documented_to_have_another_form(make: Any) -> None:
    day, free = {**TEXT, "description": "YYYY-MM-DD"}, {**TEXT, "description": "When."}
    for first, second, may in ((day, day, True), (day, free, True), (free, day, False), (free, free, True)):
        earlier, later = make.function("a", {"when": first}), make.function("b", {"when": second})
        assert can_share(earlier, "when", later, "when") is may
