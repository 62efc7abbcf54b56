"""Exact duplicates are folded; what differs stays apart; the order of input does not matter."""

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.functions import CatalogForm, NormalizedSpec, RawFunction
from toolmind_assets.model.ids import make_id
from toolmind_assets.specs.duplicates import fold
from toolmind_assets.specs.normalize import normalize
from toolmind_assets.specs.params import SpecParams


def spec(name: str, description: str = "d", catalog: str = "c", location: str = "1") -> NormalizedSpec:
    raw = RawFunction(
        entry_id=make_id("entry", catalog, location),
        catalog=catalog,
        location=location,
        form=CatalogForm.OPENAI,
        raw_json=json.dumps({"name": name, "description": description}),
        source=f"source of {catalog}",
        source_version="1",
        licence=f"licence of {catalog}",
        entry_digest="",
    )
    result = normalize(raw, SpecParams())
    assert isinstance(result, NormalizedSpec)
    return result


def test_the_first_source_by_catalog_and_location_speaks_for_all() -> None:
    (function,) = fold([spec("f", catalog="b"), spec("f", location="2"), spec("f", location="1")])
    assert (function.name, function.licence) == ("f", "licence of b")
    assert [(source.catalog, source.location) for source in function.sources] == [
        ("b", "1"),
        ("c", "1"),
        ("c", "2"),
    ]
    first = spec("f", catalog="b")
    assert function.function_id == make_id("fn", first.function_key, first.function_digest)


def test_names_that_differ_only_where_they_are_illegal_are_the_same_function() -> None:
    (function,) = fold([spec("a.b", location="1"), spec("a_b", location="2")])
    assert (function.name, function.source_name, len(function.sources)) == ("a_b", "a.b", 2)


def test_different_functions_of_one_name_are_kept_apart_and_all_renamed() -> None:
    first, second, third = sorted(fold([spec("f", "x"), spec("f", "y"), spec("g")]), key=lambda f: f.name)
    assert first.function_key == second.function_key and first.function_id != second.function_id
    assert [len(f.name) for f in (first, second, third)] == [8, 8, 1]


SPECS = st.builds(
    spec, st.sampled_from("fgh"), st.sampled_from("xy"), st.sampled_from("ab"), st.sampled_from("123")
)


@given(st.lists(SPECS, unique_by=lambda s: s.entry_id, max_size=6), st.randoms())
def test_folding_loses_nothing_and_is_blind_to_order(specs: list[NormalizedSpec], rng: random.Random) -> None:
    functions = fold(specs)
    shuffled = list(specs)
    rng.shuffle(shuffled)
    assert fold(shuffled) == functions
    assert sorted(s.entry_id for f in functions for s in f.sources) == sorted(s.entry_id for s in specs)
    assert len({f.name for f in functions}) == len({f.function_id for f in functions}) == len(functions)
