import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.context_json import ContextCodec


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Leaf:
    name: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Tree:
    leaves: tuple[Leaf, ...]
    by_place: Mapping[Any, Any]
    _hidden: int = 0
    n_leaves: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "n_leaves", len(self.leaves))


CODEC = ContextCodec((Colour, Leaf, Tree))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(Colour)
)
KEYS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=3)


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    leaves = st.builds(Leaf, st.text(), inner)
    return (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | leaves
        | st.builds(Tree, st.lists(leaves, max_size=3).map(tuple), st.dictionaries(KEYS, inner, max_size=3))
    )


VALUES = st.recursive(SCALARS, grown, max_leaves=20)


def sent(value: Any) -> Any:
    return CODEC.decode(json.loads(json.dumps(CODEC.encode(value))))


@given(VALUES)
def test_what_is_sent_arrives_with_every_type_kept(value: Any) -> None:
    assert sent(value) == value
    assert repr(sent(value)) == repr(value)


@given(st.frozensets(KEYS))
def test_frozensets_arrive(value: frozenset[Any]) -> None:
    assert sent(value) == value
    assert type(sent(value)) is frozenset


def test_text_that_looks_like_a_type_stays_text() -> None:
    assert sent({"tuple": ["Leaf", {"name": "x"}]}) == {"tuple": ["Leaf", {"name": "x"}]}


def test_any_mapping_arrives_as_a_dictionary() -> None:
    assert sent(MappingProxyType({("s1", "city"): Colour.RED})) == {("s1", "city"): Colour.RED}


def test_derived_fields_are_derived_anew_and_private_ones_are_sent() -> None:
    tree = Tree((Leaf("a"), Leaf("b")), {}, 7)
    assert "n_leaves" not in json.dumps(CODEC.encode(tree))
    assert sent(tree) == tree
    assert (sent(tree).n_leaves, sent(tree)._hidden) == (2, 7)


@pytest.mark.parametrize("value", [Path("a"), object(), {"deep": [1, {2, 3}]}, Leaf("a", Path("b"))])
def test_a_type_that_is_not_registered_is_not_sent(value: Any) -> None:
    with pytest.raises(ValueError, match="not registered"):
        CODEC.encode(value)


@pytest.mark.parametrize(
    "name", ["Path", "pathlib.Path", "builtins.dict", "__import__", "", None, 5, ["Leaf"]]
)
def test_a_name_that_is_not_registered_builds_nothing(name: Any) -> None:
    with pytest.raises(ValueError, match="there is no type"):
        CODEC.decode({"context": ["tuple", [name, {"name": "x"}]]})


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["Leaf"],
        ["Leaf", 5],
        ["Leaf", {}],
        ["Leaf", {"name": "a", "other": 1}],
        ["Leaf", {"name": "a"}, {"name": "b"}],
        ["Tree", {"leaves": 5, "by_place": {}}],
        ["Colour", "green"],
        ["Colour", "Shade", ["list", "dark"]],
        ["map", 5],
        ["map", ["only a key"]],
        ["map", [["list"], 1]],
        ["set", ["list"]],
    ],
)
def test_what_does_not_fit_its_type_is_a_value_error(wrong: Any) -> None:
    with pytest.raises(ValueError):
        CODEC.decode(wrong)


def test_only_dataclasses_and_text_enums_can_be_registered_each_under_a_name_of_its_own() -> None:
    class Number(Enum):
        ONE = 1

    for types in ((Number,), (Path,), (Leaf, Leaf), (StrEnum("tuple", ["A"]),)):
        with pytest.raises(ValueError):
            ContextCodec(types)
