"""What a function's source leaves out, and in which order it is asked for."""

from typing import Any

import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.specs.gaps import SpecContent, find_gaps
from toolmind_assets.stages.specs.params import COMPLETABLE, CompletionParams

STRING = {"type": "string", "description": "Said."}


def gaps_of(
    properties: dict[str, Any],
    returns: Any = None,
    description: str = "Does it.",
    complete: tuple[str, ...] = COMPLETABLE,
    **more: Any,
) -> list[tuple[str, str]]:
    defs = {"$defs": more.pop("defs")} if "defs" in more else {}
    parameters = {"type": "object", "properties": properties, **defs}
    content = SpecContent("d", "e", "f", "", Effect.READ, description, parameters, returns)
    gaps = find_gaps(content, CompletionParams(complete=list(complete), **more))
    return [(gap.missing.value, gap.field) for gap in gaps]


def test_nothing_is_missing_where_everything_is_stated() -> None:
    assert gaps_of({"a": STRING}, {"type": "object", "properties": {"b": STRING}}) == []


def test_descriptions_of_functions_parameters_and_result_fields_are_missed() -> None:
    found = gaps_of(
        {"a": {"type": "string"}}, {"type": "object", "properties": {"b": {"type": "string"}}}, " "
    )
    assert found == [
        ("descriptions", ""),
        ("descriptions", "/parameters/properties/a"),
        ("descriptions", "/returns/properties/b"),
    ]


def test_types_of_fields_and_of_the_members_of_arrays_are_missed() -> None:
    said = {"description": "Said."}
    assert gaps_of({"a": said, "b": {"type": "array", "items": {}, **said}}, STRING) == [
        ("types", "/parameters/properties/a"),
        ("types", "/parameters/properties/b/items"),
    ]


@pytest.mark.parametrize(
    "schema",
    [{"enum": ["a"]}, {"const": 1}, {"anyOf": [{"type": "string"}]}, {"properties": {}}, {"items": STRING}],
)
def test_a_field_whose_type_is_told_otherwise_lacks_none(schema: dict[str, Any]) -> None:
    assert gaps_of({"a": {**schema, "description": "Said."}}, STRING) == []


def test_what_a_reference_leads_to_describes_its_field_and_is_completed_where_it_stands() -> None:
    fields = {"a": {"$ref": "#/$defs/Said"}, "b": {"$ref": "#/$defs/Unsaid"}}
    defs = {"Said": STRING, "Unsaid": {"type": "object", "properties": {"x": {"type": "string"}}}}
    assert gaps_of(fields, STRING, defs=defs) == [
        ("descriptions", "/parameters/properties/b"),
        ("descriptions", "/parameters/$defs/Unsaid/properties/x"),
    ]


def test_a_result_that_is_not_stated_is_missed_as_a_whole() -> None:
    assert gaps_of({}) == [("returns", "/returns")]


@pytest.mark.parametrize("wanted", COMPLETABLE)
def test_only_what_is_wanted_is_missed(wanted: str) -> None:
    assert {kind for kind, _ in gaps_of({"a": {}}, description="", complete=(wanted,))} == {wanted}
    assert gaps_of({"a": {}}, description="", complete=()) == []


def test_the_outermost_fields_come_first_and_no_more_than_the_limit() -> None:
    nested = {"type": "object", "description": "Said.", "properties": {"deep": {"type": "string"}}}
    fields = {"a": nested, "b": {}, "c": {"type": "string"}}
    assert gaps_of(fields, STRING, complete_max_fields=2) == [
        ("descriptions", "/parameters/properties/b"),
        ("types", "/parameters/properties/b"),
        ("descriptions", "/parameters/properties/c"),
    ]


def test_a_pointer_escapes_the_keys_that_need_it() -> None:
    assert gaps_of({"a/b~c": {"type": "string"}}, STRING) == [
        ("descriptions", "/parameters/properties/a~1b~0c")
    ]
