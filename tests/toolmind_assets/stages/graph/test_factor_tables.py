import numpy as np
import pytest

from toolmind_assets.stages.graph import factor_tables
from toolmind_assets.stages.graph.columns import TYPES, type_mask, types_in
from toolmind_assets.stages.graph.factor_tables import (
    choice_factor,
    format_factor,
    is_common,
    is_content,
    type_factor,
    type_table,
)


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        (("string",), ("string",), 1.0),
        (("integer",), ("number",), 1.0),
        (("number",), ("integer",), factor_tables.NUMBER_TO_INTEGER),
        (("string",), ("integer",), 0.0),
        (("integer",), ("string",), factor_tables.WRITTEN_NUMBER),
        (("number", "string"), ("string",), factor_tables.PARTIAL_TYPE),
        (("boolean",), ("string",), 0.0),
        (("object",), ("array",), 0.0),
        (("integer", "string"), ("string",), factor_tables.PARTIAL_TYPE),
        (("string",), ("integer", "string"), 1.0),
        ((), ("string",), factor_tables.UNKNOWN_TYPE),
        ((), (), factor_tables.UNKNOWN_TYPE),
    ],
)
def test_types_that_exclude_each_other_count_nothing_and_unknown_ones_are_no_match(
    source: tuple[str, ...], target: tuple[str, ...], factor: float
) -> None:
    assert type_factor(source, target) == factor


def test_the_table_of_types_holds_the_factor_of_every_pair() -> None:
    table = type_table()
    assert table.shape == (1 << len(TYPES), 1 << len(TYPES))
    for source in (("string",), ("integer", "null"), ()):
        for target in (("number",), ("object", "string")):
            assert table[type_mask(source), type_mask(target)] == np.float32(type_factor(source, target))


def test_a_mask_holds_types_sorted() -> None:
    assert all(
        types_in(type_mask(types)) == types for types in ((), ("string",), ("array", "null", "string"))
    )


def test_formats_that_exclude_each_other_count_nothing_in_either_direction() -> None:
    assert format_factor("uuid", "email") == format_factor("email", "uuid") == 0
    assert format_factor("date-time", "date") == factor_tables.DATE_TO_TIME
    assert format_factor("", "email") == format_factor("whatever", "email") == 1


def test_an_enum_fits_by_the_share_that_the_other_takes() -> None:
    assert choice_factor(set(), set()) == choice_factor({"a"}, set()) == 1
    assert choice_factor({"a", "b"}, {"a", "c"}) == 0.5
    assert choice_factor(set(), {"a"}) == factor_tables.OPEN_TO_CHOICE


@pytest.mark.parametrize(
    ("label", "is_known"),
    [("city", True), ("arrival city", True), ("city id", False), ("bucket", False), ("", False)],
)
def test_places_days_and_currencies_have_one_name_for_everybody(label: str, is_known: bool) -> None:
    assert is_common(label) is is_known


@pytest.mark.parametrize(
    ("label", "is_own"), [("film title", True), ("display name", True), ("title id", False), ("name", False)]
)
def test_titles_and_display_names_are_content(label: str, is_own: bool) -> None:
    assert is_content(label) is is_own
