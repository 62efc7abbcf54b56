from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from toolmind_assets.model.functions import Domain, FunctionSpec
from toolmind_assets.stages.graph.params import GraphParams

Make = Callable[..., FunctionSpec]
Find = Callable[..., Any]
STRING = {"type": "string"}
ALL = GraphParams(random_ratio=1.0)


def word(number: int) -> str:
    return "".join(Random(number).choices("abcdefghijklmnop", k=9))


@pytest.mark.parametrize(("gives", "kind"), [(None, "P-P"), ({"spoon": STRING}, "P-R")])
def test_drawn_links_are_marked_and_stay_in_their_domain(
    make_function: Make, find: Find, gives: dict[str, Any] | None, kind: str
) -> None:
    domains = (Domain.TRAVEL, Domain.FOOD)
    functions = [
        make_function(word(n), {word(n + 50): STRING}, gives, domain=domains[n % 2]) for n in range(10)
    ]
    of = {function.function_id: function.domain for function in functions}
    drawn = find(functions, ALL).edges
    assert 5 <= len(drawn) <= 10
    assert {(edge.kind.value, edge.is_random) for edge in drawn} == {(kind, True)}
    assert all(of[edge.source_function_id] is of[edge.target_function_id] for edge in drawn)


def test_types_that_exclude_each_other_are_not_even_drawn(make_function: Make, find: Find) -> None:
    source = make_function("get_order", {}, {"order_id": {"type": "boolean"}})
    target = make_function("ship_order", {"order_id": STRING})
    assert [edge for edge in find([source, target], ALL).edges if edge.kind == "P-R"] == []


def test_nothing_is_drawn_where_nothing_shall_be(make_function: Make, find: Find) -> None:
    functions = [make_function(word(n), {word(n + 50): STRING}) for n in range(10)]
    assert find(functions, GraphParams(random_ratio=0)).edges == ()


def test_what_is_drawn_for_a_function_is_a_matter_of_its_key(make_function: Make, find: Find) -> None:
    functions = [make_function(word(n), {word(n + 50): STRING}) for n in range(40)]
    some, more = (find(functions, GraphParams(random_ratio=ratio)) for ratio in (0.3, 0.6))
    few, many = ({edge.edge_id for edge in one.edges} for one in (some, more))
    assert 0 < len(few) < len(many) < 40
    assert few < many


def test_a_drawn_link_that_was_found_is_no_second_row(make_function: Make, find: Find) -> None:
    functions = [make_function(f"do_{word(n)}", {"order_id": STRING}, {"order_id": STRING}) for n in range(6)]
    edges = find(functions, ALL).edges
    assert len({edge.edge_id for edge in edges}) == len(edges)
    found = {edge.edge_id for edge in find(functions).edges}
    assert {edge.edge_id for edge in edges if edge.is_random}.isdisjoint(found)
