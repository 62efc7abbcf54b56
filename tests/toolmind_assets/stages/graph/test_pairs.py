"""Which pairs of fields are looked at, and that their number stays bounded."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph import pairs as limits
from toolmind_assets.stages.graph.columns import Columns, columns_of
from toolmind_assets.stages.graph.field_reader import fields_of
from toolmind_assets.stages.graph.pairs import ResultPairs
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.similarity import embed_pools
from toolmind_resources.embed.hashed import HashedEmbedder

Make = Callable[..., FunctionSpec]
STRING, NUMBER = {"type": "string"}, {"type": "number"}


def pairs_of(functions: list[FunctionSpec]) -> tuple[Columns, list[tuple[int, int]]]:
    """Places of source and target of all pairs that are looked at."""
    ordered = sorted(functions, key=lambda function: function.function_key)
    columns = columns_of(fields_of(function, GraphParams()) for function in ordered)
    vectors = embed_pools(HashedEmbedder(), columns.pools.labels, columns.pools.descriptions)
    parts = list(ResultPairs(columns, vectors))
    return columns, [
        pair for part in parts for pair in zip(part.sources.tolist(), part.targets.tolist(), strict=True)
    ]


def met(functions: list[FunctionSpec]) -> set[tuple[str, str]]:
    """Paths of source and target of all pairs that are looked at."""
    columns, found = pairs_of(functions)
    paths = [columns.pools.paths[path] for path in columns.fields.path]
    return {(paths[source], paths[target]) for source, target in found}


def test_no_pair_comes_twice_and_no_field_meets_one_of_its_own_function(make_function: Make) -> None:
    functions = [
        make_function(f"{verb}_{noun}", {f"{noun}_id": STRING}, {f"{noun}_id": STRING, "price": NUMBER})
        for verb in ("get", "find", "open")
        for noun in ("order", "parcel")
    ]
    columns, found = pairs_of(functions)
    assert found
    assert max(Counter(found).values()) == 1
    functions_of = columns.fields.function
    assert all(functions_of[source] != functions_of[target] for source, target in found)
    assert all(
        columns.fields.is_input[target] and not columns.fields.is_input[source] for source, target in found
    )


def test_in_a_small_namespace_everything_that_carries_a_value_meets(make_function: Make) -> None:
    source = make_function("give", {}, {"wing": STRING, "verbose": {"type": "boolean"}})
    target = make_function("take", {"spoon": STRING, "page": {"type": "integer"}})
    assert met([source, target]) == {("wing", "spoon")}


def test_between_namespaces_fields_meet_by_name_alone(make_function: Make) -> None:
    source = make_function("give", {}, {"city": STRING, "wing": STRING}, namespace="a")
    target = make_function("take", {"arrival_city": STRING, "city": STRING, "spoon": STRING}, namespace="b")
    assert met([source, target]) == {("city", "city"), ("city", "arrival_city")}


def test_what_takes_any_text_or_number_meets_what_was_written_or_measured_anywhere(
    make_function: Make,
) -> None:
    source = make_function(
        "give", {}, {"lyric": {"type": "array", "items": STRING}, "price": NUMBER}, namespace="a"
    )
    target = make_function("take", {"text": STRING, "number": NUMBER}, namespace="b")
    found = met([source, target])
    assert ("price", "number") in found
    assert ("lyric[]", "text") in found
    assert ("price", "text") not in found


@pytest.mark.parametrize(
    "name", ["net_price", "flight_duration", "trip_distance", "body_mass", "room_temperature", "wind_speed"]
)
def test_whatever_is_measured_is_met_by_what_takes_any_number(make_function: Make, name: str) -> None:
    source = make_function("give", {}, {name: NUMBER}, namespace="a")
    target = make_function("take", {"number": NUMBER}, namespace="b")
    assert met([source, target]) == {(name, "number")}


def test_a_crowd_of_ten_thousand_gives_a_bounded_number_of_pairs_in_bounded_time(make_function: Make) -> None:
    functions = [make_function(f"do_{n}", {"order_id": STRING}, {"order_id": STRING}) for n in range(10_000)]
    started = time.perf_counter()
    _, found = pairs_of(functions)
    assert time.perf_counter() - started < 20
    sources = Counter(target for _, target in found)
    at_home = limits.BEST + limits.AROUND + 2 * limits.CROWD
    assert len(sources) == 10_000
    assert max(sources.values()) <= at_home + limits.BEST_AWAY + limits.AROUND_AWAY
    assert len({source for source, _ in found}) == 10_000


def test_a_thousand_namespaces_of_one_parameter_stay_bounded_too(make_function: Make) -> None:
    functions = [
        make_function("do", {"city": STRING}, {"city": STRING}, namespace=f"api{n}") for n in range(1_000)
    ]
    _, found = pairs_of(functions)
    sources = Counter(target for _, target in found)
    assert max(sources.values()) <= limits.SIMILAR_NAMES * (limits.BEST_AWAY + limits.AROUND_AWAY)
    assert len({source for source, _ in found}) == 1_000


def test_without_parameters_or_results_there_are_no_pairs(make_function: Make) -> None:
    nothing: list[list[Any]] = [
        [],
        [make_function("give", {}, {"city": STRING})],
        [make_function("take", {"city": STRING})],
    ]
    assert [pairs_of(functions)[1] for functions in nothing] == [[], [], []]
