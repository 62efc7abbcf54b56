"""Legal, unique, stable names."""

import random
import re
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.ids import digest, make_id
from toolmind_assets.stages.specs.names import KnownName, Unnamed, legal_name, name_functions

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


def unnamed(name: str, namespace: str = "", content: str = "d", source: str = "s") -> Unnamed:
    key = make_id("key", source, namespace, name)
    content_digest = digest(name, content)
    return Unnamed(make_id("fn", key, content_digest), key, content_digest, name, namespace)


def named(functions: Iterable[Unnamed], known: Iterable[KnownName] = ()) -> dict[Unnamed, str]:
    functions = list(functions)
    names = name_functions(functions, known)
    return {one: names[one.function_id] for one in functions}


def versions(names: Mapping[Unnamed, str]) -> list[KnownName]:
    return [(one.function_key, one.function_digest, name) for one, name in names.items()]


def test_a_name_that_one_function_has_is_its_own() -> None:
    assert list(named([unnamed("f", "Any API"), unnamed("g.h")]).values()) == ["f", "g_h"]


def test_functions_of_one_name_are_told_apart_by_their_namespaces() -> None:
    first, second = unnamed("search", "GitHub v3 REST API"), unnamed("search", "The Köln Service")
    assert named([first, second]) == {first: "github_v3_search", second: "koln_search"}


def test_a_namespace_that_the_name_says_already_is_not_said_again() -> None:
    first, second = unnamed("drive_list", "Drive API"), unnamed("drive_list", "Other")
    assert named([first, second]) == {first: "drive_list", second: "other_drive_list"}


def test_of_functions_of_one_name_the_only_one_without_namespace_goes_without_prefix() -> None:
    first, second = unnamed("f"), unnamed("f", "m")
    assert named([first, second]) == {first: "f", second: "m_f"}


def test_functions_of_one_name_without_namespaces_are_told_apart_by_their_keys() -> None:
    first, second = unnamed("f", source="a"), unnamed("f", source="b")
    assert named([first, second])[first] == f"f_{first.function_key[4:10]}"
    assert (
        named([unnamed("f", source="a", content="new"), second])[second] == f"f_{second.function_key[4:10]}"
    )


def test_functions_of_one_key_are_told_apart_by_their_content() -> None:
    first, second = unnamed("f", "n"), unnamed("f", "n", "other")
    assert named([first, second])[first] == f"f_{first.function_digest[:6]}"


def test_a_function_that_was_there_keeps_its_name_when_another_brings_it() -> None:
    old, new = unnamed("f", "n"), unnamed("f", "m")
    assert named([old, new], versions(named([old]))) == {old: "f", new: "m_f"}


def test_a_changed_function_keeps_its_name() -> None:
    before = named([unnamed("f", "n"), unnamed("f", "m")])
    changed = unnamed("f", "n", "other")
    assert named([changed, unnamed("f", "m")], versions(before))[changed] == "n_f"


def test_of_two_functions_of_one_key_each_keeps_its_own_name() -> None:
    stays, changes = unnamed("f", "n", "1"), unnamed("f", "n", "2")
    before = named([stays, changes])
    changed = unnamed("f", "n", "3")
    after = named([changed, stays], versions(before))
    assert after == {stays: before[stays], changed: before[changes]}


def test_a_name_made_up_that_stands_already_is_not_given_twice() -> None:
    first, second = unnamed("f", source="a"), unnamed("f", source="b")
    third = unnamed(f"f_{first.function_key[4:10]}")
    names = named([first, second, third])
    assert len(set(names.values())) == 3 and names[third] == third.source_name


def test_known_names_that_are_illegal_or_stand_twice_are_not_kept() -> None:
    first, second = unnamed("f"), unnamed("g")
    known = [
        (first.function_key, "", "no name"),
        (first.function_key, "", "h"),
        (second.function_key, "", "h"),
    ]
    assert len(set(named([first, second], known).values())) == 2


UNNAMED = st.builds(
    unnamed,
    st.sampled_from(["a", "b", "n_a", "c" * 64, "天"]),
    st.sampled_from(["", "N", "N API", "m", "Long Words " * 5]),
    st.sampled_from("xyz"),
    st.sampled_from("st"),
)
FUNCTIONS = st.lists(UNNAMED, unique_by=lambda one: one.function_digest, max_size=12)


@given(FUNCTIONS, FUNCTIONS, st.randoms())
def test_names_are_legal_unique_and_blind_to_order(
    before: list[Unnamed], after: list[Unnamed], rng: random.Random
) -> None:
    known = versions(named(before))
    names = named(after, known)
    assert all(LEGAL.fullmatch(name) for name in names.values())
    assert len(set(names.values())) == len(after)
    rng.shuffle(after)
    rng.shuffle(known)
    assert named(after, known) == names


@given(FUNCTIONS, FUNCTIONS)
def test_functions_that_come_and_go_change_no_other_name(before: list[Unnamed], after: list[Unnamed]) -> None:
    old = named(before)
    new = named(after, versions(old))
    assert all(new[one] == old[one] for one in old.keys() & new.keys())
