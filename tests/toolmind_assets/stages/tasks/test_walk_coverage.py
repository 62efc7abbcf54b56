from typing import Any

from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.walk_coverage import WalkCoverage, measure_coverage


def test_visits_tell_what_was_covered_and_what_came_up_again(make: Any) -> None:
    a, b, c, d = (make.function(name) for name in "abcd")
    context = SamplingContext.of([a, b, c, d], [make.edge(a, "o", b, "i"), make.edge(b, "o", c, "i")])
    chains = [tuple(one.function_id for one in chain) for chain in ([a, b], [b, a], [a, b], [d])]
    coverage = measure_coverage(chains, context.functions, context.graph)
    assert coverage == WalkCoverage(4, 2 / 3, max_visits=3, top_ratio=3 / 7, chains_per_set=2.0, n_repeated=1)


def test_no_walks_over_no_functions_are_no_error() -> None:
    context = SamplingContext.of([], [])
    assert measure_coverage([], context.functions, context.graph) == WalkCoverage(0, 1.0, 0, 0.0, 0.0, 0)
