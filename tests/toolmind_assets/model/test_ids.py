from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from toolmind_assets.model.ids import (
    canonical_json,
    chosen_params,
    compact_json,
    digest,
    digest_of_json,
    make_id,
    seed_from,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_the_order_of_keys_changes_no_digest(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical_json(turned) == canonical_json(value)
    assert digest(turned) == digest(value)


def test_compact_text_keeps_the_order_of_keys_and_letters_as_they_are() -> None:
    assert compact_json({"b": 1, "a": "é"}) == '{"b":1,"a":"é"}'
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'


def test_parts_are_not_run_together() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest(["ab", "c"])}) == 4
    assert make_id("call", "x", 1) != make_id("call", "x1")
    assert make_id("call", "x") != make_id("task", "x")


@given(st.lists(JSON, max_size=3))
def test_seeds_fit_a_signed_column_and_ids_a_pattern(parts: list[Any]) -> None:
    assert 0 <= seed_from(*parts) < 2**63
    noun, _, hexadecimal = make_id("row", *parts).partition("_")
    assert noun == "row" and len(hexadecimal) == 20 and int(hexadecimal, 16) >= 0


@pytest.mark.parametrize("text", ["\ud800", "\x00", "🜁"])
def test_no_text_is_too_odd_for_a_digest(text: str) -> None:
    assert len(digest(text)) == 64


def test_a_digest_is_the_same_on_every_machine() -> None:
    assert digest("task", {"b": [1, None], "a": "ü"})[:16] == "12341d234c74ca04"


class Params(BaseModel):
    steps_max: int = 8
    shares: list[float] = Field(default_factory=lambda: [0.5])
    language: str = "en"


class ParamsOfARun(Params):
    """As run configurations are made: with the values of toolmind.yaml as defaults."""

    steps_max: int = 4
    retries: int = 2


def test_only_parameters_that_differ_from_the_default_of_the_class_that_declares_them_are_chosen() -> None:
    assert chosen_params(Params()) == chosen_params(ParamsOfARun(steps_max=8)) == {}
    assert chosen_params(Params(shares=[0.5], language="de")) == {"language": "de"}
    assert chosen_params(Params(steps_max=4)) == chosen_params(ParamsOfARun()) == {"steps_max": 4}
    assert chosen_params(ParamsOfARun(retries=3), leaves_out=["steps_max"]) == {"retries": 3}


@given(st.lists(JSON, max_size=3))
def test_a_digest_of_parts_written_before_is_that_of_the_parts(parts: list[Any]) -> None:
    assert digest_of_json(*map(canonical_json, parts)) == digest(*parts)
