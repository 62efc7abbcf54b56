"""What does the function graph cost, and how does that grow? Links parts of a file of functions, each in a process.

Namespaces are taken whole, an eighth, a quarter, a half and all of them. Prints functions, candidate edges, CPU and wall
seconds, peak memory, and CPU microseconds a candidate edge. `similarity` is the time that the search for similar
texts takes, and `kernel` that of one exact sparse product over the same vectors, all namespaces at once (its time is
measured on a part of the rows where the whole would take longer than the rest). Ends with one line of JSON.

The file is that of `toolmind normalize`; without one, the starter catalogs are normalised.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

from toolmind_assets.stages.graph import pairs
from toolmind_assets.stages.graph.build import Found, find_links
from toolmind_assets.stages.graph.edge_frames import frame_edges
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.similarity import embed_pools
from toolmind_assets.tables.functions import functions_by_key
from toolmind_resources.embed.hashed import HashedEmbedder

ROOT = Path(__file__).resolve().parents[1]
PARTS = (8, 4, 2, 1)
KERNEL_ROWS = 20_000


class Clock:
    """Seconds spent in some calls."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds += time.perf_counter() - began


def link_part(functions: Path, divisor: int) -> dict[str, Any]:
    """Links one part of the functions and says what that cost."""
    began, cpu = time.perf_counter(), time.process_time()
    frame = pl.read_parquet(functions)
    names = frame["namespace"].unique().sort()
    frame = frame.filter(pl.col("namespace").is_in(names.gather_every(divisor).implode()))
    clock = Clock()
    search = pairs.most_similar

    def timed(*given: Any) -> csr_matrix:
        with clock.running():
            return search(*given)

    pairs.most_similar = timed
    params = GraphParams()
    found = find_links(functions_by_key(frame), HashedEmbedder(), params)
    frames = frame_edges(
        found.columns, found.scorer, found.candidates, [{} for _ in found.candidates], params
    )
    n_edges = n_accepted = 0
    for part in frames:
        n_edges += part.height
        n_accepted += part.filter(pl.col("verdict") == "accepted").height
    spent = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "functions": frame.height,
        "parameters": int(found.columns.fields.is_input.sum()),
        "edges": n_edges,
        "accepted": n_accepted,
        **{name: round(value, 1) for name, value in spent.items()},
        "peak_mib": round(peak),
        "cpu_us_per_edge": round(spent["cpu_seconds"] / max(1, n_edges) * 1e6, 1),
        "similarity_seconds": round(clock.seconds, 2),
        "kernel_seconds": round(_kernel_seconds(found), 2),
    }


def _kernel_seconds(found: Found) -> float:
    """Time of one exact top-k product of the texts of all parameters with those of all results."""
    columns = found.columns
    vectors = embed_pools(HashedEmbedder(), columns.pools.labels, columns.pools.descriptions)
    ours = np.unique(columns.fields.text[columns.fields.is_input])
    theirs = np.unique(columns.fields.text[~columns.fields.is_input])
    if not len(ours) or not len(theirs):
        return 0.0
    rows = ours[:: max(1, len(ours) // KERNEL_ROWS)]
    left, right = (
        csr_matrix(
            vectors.joined(columns.text_labels[texts], columns.text_descriptions[texts], pairs.LABEL_WEIGHT)
        )
        for texts in (rows, theirs)
    )
    turned = right.T.tocsr()
    began = time.perf_counter()
    sp_matmul_topn(left, turned, top_n=pairs.SIMILAR_TEXTS, threshold=pairs.LEAST_SIMILARITY, sort=True)
    return (time.perf_counter() - began) * len(ours) / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "functions", nargs="?", type=Path, help="functions.parquet; the starter catalogs without one"
    )
    parser.add_argument("--quick", action="store_true", help="a quarter and the half only")
    parser.add_argument("--part", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(link_part(given.functions, given.part)))
        return
    with TemporaryDirectory() as scratch:
        functions = given.functions or _starter_functions(Path(scratch))
        rows = [_measured(functions, divisor) for divisor in (PARTS[1:3] if given.quick else PARTS)]
    print(json.dumps({"benchmark": "graph_scale", "parts": rows}))


def _starter_functions(folder: Path) -> Path:
    catalogs = [str(path) for path in sorted((ROOT / "catalogs").iterdir()) if path.is_dir()]
    command = [
        sys.executable,
        "-m",
        "toolmind_assets.cli",
        "normalize",
        *catalogs,
        "--out",
        str(folder / "out"),
    ]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    return folder / "out" / "functions.parquet"


def _measured(functions: Path, divisor: int) -> dict[str, Any]:
    command = [sys.executable, __file__, str(functions), "--part", str(divisor)]
    row = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    )
    print(
        f"1/{divisor}: {row['functions']:7,} functions {row['edges']:10,} edges {row['seconds']:7.1f} s "
        f"({row['cpu_seconds']:.1f} s CPU) {row['peak_mib']:6,} MiB {row['cpu_us_per_edge']:6.1f} us CPU an edge; "
        f"similarity {row['similarity_seconds']:.1f} s, kernel {row['kernel_seconds']:.1f} s",
        flush=True,
    )
    return row


if __name__ == "__main__":
    main()
