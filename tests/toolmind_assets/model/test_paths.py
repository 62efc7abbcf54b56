from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.paths import (
    Key,
    child_path,
    field_of,
    format_path,
    leaves,
    parse_path,
    pointer_of,
    set_at,
    values_at,
)

NAMES = st.text(alphabet="ab.[]\\/~0 \né", min_size=1, max_size=5)
KEYS = st.lists(NAMES | st.integers(0, 20) | st.none(), max_size=5).map(tuple)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=10,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)


@given(KEYS)
def test_a_path_is_read_back_as_the_keys_that_it_was_written_from(keys: tuple[Key, ...]) -> None:
    assert parse_path(format_path(keys)) == keys


@given(KEYS)
def test_a_path_grows_by_one_child_at_a_time(keys: tuple[Key, ...]) -> None:
    path = ""
    for key in keys:
        path = child_path(path, key)
    assert path == format_path(keys)


@given(OBJECTS)
def test_every_leaf_is_found_at_its_path_and_there_alone(value: dict[str, Any]) -> None:
    for path, leaf in leaves(value):
        assert values_at(value, path) == [(path, leaf)]


@given(OBJECTS.filter(bool))
def test_a_value_is_rebuilt_from_its_leaves(value: dict[str, Any]) -> None:
    rebuilt: dict[str, Any] = {}
    for path, leaf in leaves(value):
        set_at(rebuilt, path, leaf)
    assert rebuilt == value


@given(OBJECTS, NAMES, NAMES, st.integers())
def test_what_was_set_is_found_and_the_rest_is_as_it_was(
    target: dict[str, Any], outer: str, inner: str, value: int
) -> None:
    others = {key: member for key, member in target.items() if key != outer}
    target = dict(others)
    path = format_path((outer, None, inner))
    set_at(target, path, value)
    assert values_at(target, path) == [(format_path((outer, 0, inner)), value)]
    assert {key: member for key, member in target.items() if key != outer} == others


def test_an_open_position_names_every_member_in_order() -> None:
    value = {"orders": [{"id": 1}, {"note": "no id"}, {"id": 3}, "text"]}
    assert values_at(value, "orders[].id") == [("orders[0].id", 1), ("orders[2].id", 3)]
    assert values_at(value, "") == [("", value)]


@pytest.mark.parametrize("path", ["a.b", "c[0]", "b[5]", "b.a", "[]", "a[]"])
def test_a_path_that_leads_nowhere_finds_nothing(path: str) -> None:
    assert values_at({"a": 1, "b": [2]}, path) == []


def test_a_place_becomes_its_field_and_its_pointer() -> None:
    assert field_of("items[3].sku") == "items[].sku"
    assert pointer_of(r"a/b[0].c~d.e\.f") == "/a~1b/0/c~0d/e.f"
    assert pointer_of("") == ""


def test_a_position_beyond_the_end_names_nothing() -> None:
    assert values_at({"a": [1, 2]}, "a[1]") == [("a[1]", 2)]
    assert values_at({"a": [1, 2]}, "a[2]") == values_at({"a": []}, "a[0]") == []
