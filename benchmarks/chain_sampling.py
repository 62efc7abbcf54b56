"""How fast, how evenly and how steadily are chains walked? 100,000 of them, over a graph of real functions and over others.

.venv/bin/python benchmarks/chain_sampling.py [FUNCTIONS.parquet EDGES.parquet] [--chains N]

The files are those of `toolmind normalize` and `toolmind link`; without them the starter catalogs are normalised and
linked first. Chains are drawn as the step `sample_tasks` draws the first one of each slot, shard after shard, in one process;
building the graph is counted apart. Then 1% of the functions change: their ids become others, and of the links that touch
them a random fifth is missing before and another one after; of the chains that touched none of them, some differ, and so do some plans.
Last come graphs that degenerate. Prints tables, and ends with one line of JSON.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from toolmind_assets.model.edges import Edge, EdgeKind, EdgeVerdict
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec
from toolmind_assets.model.ids import digest, make_id
from toolmind_assets.stages.tasks.openings import Openings
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.slots import scenarios_of, walk_seed
from toolmind_assets.stages.tasks.walk_coverage import measure_coverage
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.delta.table import BUILD_TOKEN

ROOT = Path(__file__).resolve().parents[1]
TOOLMIND = Path(sys.executable).with_name("toolmind")
PARAMS = TaskParams()
SCENARIOS = scenarios_of(PARAMS.tasks_per_shard, PARAMS)
PLANNED_SHARDS = 4
"""Shards whose plans are compared."""
CHANGED_RATIO, MOVED_RATIO = 0.01, 0.2
"""Share of the functions that change, and of the links that touch them which are missing before, and after."""

Chain = tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """Functions and links under a title."""

    title: str
    functions: Sequence[FunctionSpec]
    edges: Sequence[Edge]


def draw(context: SamplingContext, n_chains: int, run_seed: int = 0) -> Iterator[Chain]:
    """The chain of the first start of each slot, shard after shard."""
    starts = context.starts(PARAMS)
    for place in range(n_chains):
        number, slot = divmod(place, PARAMS.tasks_per_shard)
        shard = f"sim-{number:04}"
        (start,) = starts.of_slot(SCENARIOS[slot], shard, slot, run_seed, 1)
        yield context.walk(start, walk_seed(shard, slot, run_seed, start), PARAMS)


def plan(context: SamplingContext, n_shards: int = PLANNED_SHARDS) -> Iterator[Chain]:
    """The walk of each slot of some shards with all that its plan calls, as they stand before a model is asked."""
    for number in range(n_shards):
        openings = Openings(context, f"sim-{number:04}", 0, PARAMS)
        for opening in openings.of_slots(range(PARAMS.tasks_per_shard)):
            yield (*opening.chain, *opening.sequence)


def measure(graph: Graph, n_chains: int) -> dict[str, Any]:
    """What the chains of one graph cost, and what they visit."""
    started = time.perf_counter()
    context = SamplingContext.of(graph.functions, graph.edges)
    context.ways(PARAMS)
    built = time.perf_counter()
    chains = list(draw(context, n_chains if graph.functions else 0))
    sampled = time.perf_counter()
    coverage = measure_coverage(chains, context.functions, context.graph)
    return {
        "graph": graph.title,
        "functions": len(graph.functions),
        "linkable": len(context.graph.functions),
        "edges": len(graph.edges),
        "build_seconds": round(built - started, 2),
        "sample_seconds": round(sampled - built, 2),
        "length": round(sum(map(len, chains)) / max(1, len(chains)), 2),
        **_flow(context, chains[:: max(1, len(chains) // 2000)]),
        **{
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(coverage).items()
        },
    }


def _flow(context: SamplingContext, chains: Sequence[Chain]) -> dict[str, float]:
    """Share of the steps that any link, and a link that carries a value, joins to an earlier function of the chain."""
    n_steps = linked = carried = 0
    for chain in chains:
        for place, target in enumerate(chain[1:], 1):
            between = [edges for one in chain[:place] if (edges := context.graph.edges_between(one, target))]
            n_steps += 1
            linked += bool(between)
            carried += any(edges[0].kind is EdgeKind.RESULT_TO_PARAMETER for edges in between)
    return {
        "linked_ratio": round(linked / max(1, n_steps), 3),
        "value_ratio": round(carried / max(1, n_steps), 3),
    }


def refreshed(graph: Graph, n_chains: int, seed: int) -> dict[str, Any]:
    """How many chains that touch no changed function differ, once 1% of the functions have changed."""
    chance = random.Random(seed)
    ids = sorted(function.function_id for function in graph.functions)
    new = {one: make_id("fn", one, "changed") for one in chance.sample(ids, round(len(ids) * CHANGED_RATIO))}
    touching = {
        edge.edge_id
        for edge in graph.edges
        if {edge.source_function_id, edge.target_function_id} & new.keys()
    }
    missing = [{one for one in sorted(touching) if chance.random() < MOVED_RATIO} for _ in range(2)]
    functions = [
        replace(one, function_id=new[one.function_id], description=f"{one.description} Changed.")
        if one.function_id in new
        else one
        for one in graph.functions
    ]
    moved = [
        replace(
            edge,
            source_function_id=new.get(edge.source_function_id, edge.source_function_id),
            target_function_id=new.get(edge.target_function_id, edge.target_function_id),
        )
        for edge in graph.edges
        if edge.edge_id not in missing[1]
    ]
    before = SamplingContext.of(
        graph.functions, [edge for edge in graph.edges if edge.edge_id not in missing[0]]
    )
    after = SamplingContext.of(functions, moved)
    plans = list(zip(plan(before), plan(after), strict=True))
    settled = [(old, now) for old, now in plans if new.keys().isdisjoint(old)]
    moved_plans = [now for old, now in settled if old != now]
    pairs = list(zip(draw(before, n_chains), draw(after, n_chains), strict=True))
    untouched = [(old, now) for old, now in pairs if new.keys().isdisjoint(old)]
    differing = [now for old, now in untouched if old != now]
    neither = sum(set(new.values()).isdisjoint(now) for now in differing)
    return {
        "seed": seed,
        "chains": n_chains,
        "changed_functions": len(new),
        "touching_links": len(touching),
        "untouched_chains": len(untouched),
        "differing_ratio": round(len(differing) / len(untouched), 4),
        "differing_untouched_after_too_ratio": round(neither / len(untouched), 4),
        "untouched_plans": len(settled),
        "differing_plans_ratio": round(len(moved_plans) / len(settled), 4),
        "differing_plans_untouched_after_too_ratio": round(
            sum(set(new.values()).isdisjoint(now) for now in moved_plans) / len(settled), 4
        ),
    }


def degenerate(n_functions: int) -> Iterator[Graph]:
    """Graphs at whose edges walks have failed before."""
    many = [_function(place) for place in range(n_functions)]
    few = many[:7]
    pr, pp = EdgeKind.RESULT_TO_PARAMETER, EdgeKind.SHARED_PARAMETER
    yield Graph("no function", [], [])
    yield Graph("one function with a link to itself", many[:1], [_edge(many[0], many[0], pr)])
    yield Graph("no links", many, [])
    ring = [_edge(one, many[(place + step) % n_functions], pp) for place, one in enumerate(many) for step in (*range(-16, 0), *range(1, 17))]  # fmt: skip
    yield Graph("one parameter shared by all, 32 links each", many, ring)
    star = [edge for one in many[1:] for edge in (_edge(one, many[0], pr), _edge(many[0], one, pr))]
    yield Graph("a hub that all values pass", many, star)
    yield Graph("links to oneself alone", many, [_edge(one, one, pr) for one in many])
    yield Graph(
        "a cycle of seven", few, [_edge(one, few[(place + 1) % 7], pr) for place, one in enumerate(few)]
    )


def scaled(n_functions: int, n_edges: int) -> Graph:
    """Links drawn at random, to some targets far more often than to others."""
    chance = random.Random(1)
    functions = [_function(place) for place in range(n_functions)]
    kinds = (EdgeKind.RESULT_TO_PARAMETER, EdgeKind.SHARED_PARAMETER)
    pairs = [
        (chance.randrange(n_functions), int(n_functions * chance.random() ** 2), kinds[chance.random() < 0.7])
        for _ in range(n_edges)
    ]
    edges = [_edge(functions[a], functions[b], kind, 0.5 + chance.random() / 2) for a, b, kind in pairs]
    return Graph("random", functions, edges)


def _function(place: int) -> FunctionSpec:
    domains = list(Domain)
    key = digest("function", place)
    return FunctionSpec(
        function_id=make_id("fn", key),
        function_key=key,
        function_digest=key,
        name=f"function_{place}",
        source_name=f"function_{place}",
        namespace=f"api {place // 50}",
        description="",
        parameters={"type": "object"},
        returns=None,
        effect=Effect.READ,
        domain=domains[place // 50 % len(domains)],
        source="",
        source_version="",
        licence="",
    )


def _edge(source: FunctionSpec, target: FunctionSpec, kind: EdgeKind, score: float = 0.8) -> Edge:
    ends = (source.function_id, target.function_id)
    return Edge(
        f"{kind.value} {ends}", kind, ends[0], "id", ends[1], "id", score, score, 1.0, 1.0, {}, 9, 9, False, EdgeVerdict.ACCEPTED, "", "", ""
    )  # fmt: skip


def read_graph(functions: Path, edges: Path) -> Graph:
    """The accepted links and the functions of two files."""
    frames = [
        pl.read_parquet(path).with_columns(pl.lit("").alias(BUILD_TOKEN)) for path in (functions, edges)
    ]
    accepted = frames[1].filter(pl.col("verdict") == EdgeVerdict.ACCEPTED.value)
    return Graph(functions.name, callable_functions(frames[0]), decode_rows(Edge, accepted))


def starter_graph() -> Graph:
    """The graph of the starter catalogs."""
    with tempfile.TemporaryDirectory() as scratch:
        functions, edges = Path(scratch) / "functions.parquet", Path(scratch) / "edges.parquet"
        for command in (
            ["normalize", str(ROOT / "catalogs"), "--out", scratch, "--replace"],
            ["link", str(functions), "--out", str(edges)],
        ):
            subprocess.run([TOOLMIND, *command], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        return replace(read_graph(functions, edges), title="starter catalogs")


def print_table(rows: Sequence[dict[str, Any]]) -> None:
    """The rows as Markdown."""
    print("\n| " + " | ".join(rows[0]) + " |\n|" + "---|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(map(str, row.values())) + " |")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="*", help="functions.parquet and edges.parquet")
    parser.add_argument("--chains", type=int, default=100_000)
    parser.add_argument(
        "--quick", action="store_true", help="a twentieth of the chains, smaller other graphs"
    )
    given = parser.parse_args()
    if len(given.files) not in (0, 2):
        parser.error("give functions and edges, or neither")
    share = 20 if given.quick else 1
    n_chains = given.chains // share
    graph = read_graph(*given.files) if given.files else starter_graph()
    graphs = [measure(graph, n_chains), measure(scaled(20_000 // share, 200_000 // share), n_chains)]
    print_table(graphs)
    refresh = [refreshed(graph, n_chains // 5, seed) for seed in range(2 if given.quick else 5)]
    print_table(refresh)
    odd = [measure(one, n_chains // 10) for one in degenerate(10_000 // share)]
    print_table(odd)
    figures = {"graphs": graphs, "refresh": refresh, "degenerate": odd}
    print(json.dumps({"benchmark": "chain_sampling", "quick": given.quick, **figures}))


if __name__ == "__main__":
    main()
