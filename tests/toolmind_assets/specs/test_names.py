"""Legal, unique, stable names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.ids import make_id
from toolmind_assets.specs.names import legal_name, unique_names

LEGAL = re.compile(r"[A-Za-z0-9_-]{1,64}")


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("get_weather", "get_weather"),
        ("API-get-user", "API-get-user"),
        ("spotify.play", "spotify_play"),
        ("GET /v1/users/{id}", "get_v1_users_id"),
        ("Café öffnen", "Cafe_offnen"),
        ("__init__", "init"),
        ("_", "_"),
    ],
)
def test_illegal_characters_are_replaced(found: str, name: str) -> None:
    assert legal_name(found) == name


def test_long_names_and_names_without_letters_stay_apart() -> None:
    assert legal_name("a" * 65) != legal_name("a" * 66)
    assert legal_name("天气") != legal_name("时间")


@given(st.text(max_size=90))
def test_every_name_is_legal(text: str) -> None:
    assert LEGAL.fullmatch(legal_name(text))
    assert legal_name(legal_name(text)) == legal_name(text)


def test_all_functions_that_share_a_name_get_a_suffix() -> None:
    ids = [make_id("fn", n) for n in range(3)]
    names = unique_names({ids[0]: "f", ids[1]: "f", ids[2]: "g"})
    assert names == {ids[0]: f"f_{ids[0][3:9]}", ids[1]: f"f_{ids[1][3:9]}", ids[2]: "g"}


def test_a_suffixed_name_that_stands_already_is_told_apart() -> None:
    first, second, third = (make_id("fn", n) for n in range(3))
    names = unique_names({first: "f", second: "f", third: f"f_{first[3:9]}"})
    assert len(set(names.values())) == 3


@given(st.dictionaries(st.integers().map(lambda n: make_id("fn", n)), st.sampled_from(["a", "b", "c" * 64])))
def test_names_are_unique_and_legal(bases: dict[str, str]) -> None:
    names = unique_names(bases)
    assert len(set(names.values())) == len(bases)
    assert all(LEGAL.fullmatch(name) for name in names.values())
    assert unique_names(dict(reversed(bases.items()))) == names
