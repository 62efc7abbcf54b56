from typing import Any

from toolmind_assets.stages.tasks.ground import Ground
from toolmind_assets.stages.tasks.visits import Visits, count_visits


def test_visits_tell_what_was_covered_and_what_came_up_again(make: Any) -> None:
    a, b, c, d = (make.function(name) for name in "abcd")
    ground = Ground.of([a, b, c, d], [make.edge(a, "o", b, "i"), make.edge(b, "o", c, "i")])
    chains = [tuple(one.function_id for one in chain) for chain in ([a, b], [b, a], [a, b], [d])]
    visits = count_visits(chains, ground.functions, ground.graph)
    assert visits == Visits(4, 2 / 3, max_visits=3, top_ratio=3 / 7, chains_per_set=2.0, n_repeated=1)


def test_no_walks_over_no_functions_are_no_error() -> None:
    ground = Ground.of([], [])
    assert count_visits([], ground.functions, ground.graph) == Visits(0, 1.0, 0, 0.0, 0.0, 0)
