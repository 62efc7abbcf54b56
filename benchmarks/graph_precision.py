"""Are accepted edges true? Draws edges for judging by hand, and counts what a judged sheet says.

`draw FUNCTIONS.parquet EDGES.parquet --source NAME` prints accepted P-R edges drawn at random, with what the
documentation says of both ends, a row each. `count SHEET.csv` prints the precision of each draw, source and band of
scores, and ends with one line of JSON. Sheets that were judged are in docs/graph-judgements.csv.
"""

import argparse
import csv
import itertools
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl

SHEET = Path(__file__).resolve().parents[1] / "docs" / "graph-judgements.csv"
BANDS = (0.5, 0.7, 0.8, 0.9, 1.01)
MAX_CHARS = 240


def draw(
    functions: Path, edges: Path, source: str, kind: str, n_edges: int, seed: int
) -> list[dict[str, Any]]:
    """Accepted edges drawn at random, with names, paths and descriptions of both ends."""
    known = {row["function_id"]: row for row in pl.read_parquet(functions).iter_rows(named=True)}
    accepted = pl.read_parquet(edges).filter((pl.col("verdict") == "accepted") & (pl.col("kind") == kind))
    drawn = accepted.sort("edge_id").sample(min(n_edges, accepted.height), seed=seed)
    return [_row(edge, known, source) for edge in drawn.iter_rows(named=True)]


def _row(edge: dict[str, Any], known: dict[str, dict[str, Any]], source: str) -> dict[str, Any]:
    giver, taker = known[edge["source_function_id"]], known[edge["target_function_id"]]
    side = "returns_json" if edge["kind"] == "P-R" else "parameters_json"
    return {
        "source": source,
        "edge_id": edge["edge_id"],
        "score": edge["score"],
        "evidence": edge["evidence_json"],
        "namespace": " -> ".join(dict.fromkeys((giver["namespace"], taker["namespace"]))),
        "from": giver["source_name"],
        "from_description": giver["description"][:MAX_CHARS],
        "output": edge["output_path"],
        "output_schema": _at(json.loads(giver[side]), edge["output_path"]),
        "to": taker["source_name"],
        "to_description": taker["description"][:MAX_CHARS],
        "input": edge["input_path"],
        "input_schema": _at(json.loads(taker["parameters_json"]), edge["input_path"]),
    }


def _at(schema: dict[str, Any], path: str) -> str:
    from toolmind_assets.stages.graph.leaves import leaves_of

    leaf = next((leaf for leaf in leaves_of(schema, "") if leaf.path == path), None)
    if leaf is None:
        return "not found"
    shown = {key: leaf.schema[key] for key in ("type", "format", "enum") if key in leaf.schema}
    return json.dumps({**shown, "description": leaf.description[:MAX_CHARS], "required": leaf.is_required})


def count(sheet: Path) -> dict[str, Any]:
    """Shares of true edges of each draw, by source, by band of scores and in all."""
    with sheet.open(newline="") as file:
        rows = list(csv.DictReader(file))
    shares: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        is_true = {"true": True, "false": False}[row["judgement"]]
        band = next(at for at, above in itertools.pairwise(BANDS) if float(row["score"]) < above)
        for group in (row["source"], f"from {band:.1f}", "all"):
            shares[row["draw"]][group].append(is_true)
    return {
        "benchmark": "graph_precision",
        "draws": {
            draw: {group: _share(values) for group, values in sorted(groups.items())}
            for draw, groups in sorted(shares.items())
        },
    }


def _share(values: list[bool]) -> dict[str, float]:
    return {"n": len(values), "true": sum(values), "precision": round(sum(values) / len(values), 3)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw", help="edges to judge, as JSON lines")
    drawing.add_argument("functions", type=Path)
    drawing.add_argument("edges", type=Path)
    drawing.add_argument("--source", required=True)
    drawing.add_argument("--kind", default="P-R", choices=("P-R", "P-P"))
    drawing.add_argument("--edges-wanted", type=int, default=60)
    drawing.add_argument("--seed", type=int, default=1)
    counting = commands.add_parser("count", help="precision of a judged sheet")
    counting.add_argument("sheet", type=Path, nargs="?", default=SHEET)
    given = parser.parse_args()
    if given.command == "draw":
        for row in draw(
            given.functions, given.edges, given.source, given.kind, given.edges_wanted, given.seed
        ):
            print(json.dumps(row, ensure_ascii=False))
        return
    if not given.sheet.is_file():
        sys.exit(f"{given.sheet} is not there")
    counted = count(given.sheet)
    for name, groups in counted["draws"].items():
        for group, share in groups.items():
            print(f"{name:8} {group:10} {share['n']:5} {share['precision']:7.1%}")
    print(json.dumps(counted))


if __name__ == "__main__":
    main()
