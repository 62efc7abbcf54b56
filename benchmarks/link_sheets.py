"""Would a person make these two calls? Draws accepted links for blind reading, and counts what readers said.

`draw CATALOGS...` normalises and links catalogs in any form, with nothing configured, and draws accepted
links of one kind at random, at most so many a namespace. It writes sheets that show a reader both functions
and the link and nothing else, as JSON lines and as text; scores and evidence go to a key file elsewhere.
`count LABELS.csv...` prints the shares of right values and of sensible orders with 95% intervals, and how far
a second reader agrees. `table LABELS.csv...` joins answers and keys to one CSV to keep. `look-up CATALOGS...`
says of the links of key files whether a checkout accepts them. Each ends with one line of JSON.
"""

import argparse
import csv
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from link_readings import KEPT_COLUMNS, count_readings, kept_rows
from link_texts import render_row, sheet_row
from link_trees import ROOT, LinkedCatalogs, LinkKey, link_catalogs, look_up

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.tables.functions import callable_functions

Places = tuple[Path, Path]
"""Folder of what readers see, and folder of what they must not see."""
KINDS = ("P-R", "P-P")
KEPT = (
    "edge_id",
    "score",
    "agreement",
    "compatibility",
    "evidence_json",
    "transitivity",
    "coherence",
    "model",
)
"""What a key file tells of an edge beside its ends."""


def draw_links(
    linked: LinkedCatalogs, kind: str, n_links: int, per_namespace: int, seed: int
) -> list[tuple[LinkKey, dict[str, Any]]]:
    """Accepted links in an order that the seed decides, at most so many from one namespace.

    A link has its place by itself: others that come or go do not move it.
    """
    ordered = sorted(linked.accepted(kind), key=lambda one: _place(one[0], seed))
    taken: Counter[str] = Counter()
    drawn = []
    for link, row in ordered:
        if len(drawn) < n_links and taken[link.source_namespace] < per_namespace:
            taken[link.source_namespace] += 1
            drawn.append((link, row))
    return drawn


def _place(link: LinkKey, seed: int) -> str:
    return hashlib.sha256(json.dumps([seed, *link]).encode()).hexdigest()


def sheet_rows(
    drawn: Sequence[tuple[LinkKey, dict[str, Any]]], functions: Iterable[FunctionSpec], name: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of a blind sheet of this name, and those of its key."""
    known = {function.function_id: function for function in functions}
    shown, keys = [], []
    for place, (link, row) in enumerate(drawn, 1):
        row_id = f"{name}_{place:03}"
        ends = known[row["source_function_id"]], known[row["target_function_id"]]
        shown.append(sheet_row(row_id, link, *ends))
        keys.append({"id": row_id, **link._asdict(), **{column: row[column] for column in KEPT}})
    return shown, keys


def write_sheet(
    name: str,
    shown: Sequence[dict[str, Any]],
    keys: Sequence[dict[str, Any]],
    places: Places,
    render: Callable[[dict[str, Any]], str] = render_row,
) -> None:
    """Writes `<name>.jsonl` and `<name>.txt` for readers, and `<name>_key.jsonl` where they do not look."""
    for folder in places:
        folder.mkdir(parents=True, exist_ok=True)
    readers, keepers = places
    (readers / f"{name}.jsonl").write_text(_lines(shown), encoding="utf-8")
    (readers / f"{name}.txt").write_text("\n".join(map(render, shown)), encoding="utf-8")
    (keepers / f"{name}_key.jsonl").write_text(_lines(keys), encoding="utf-8")


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_keys(path: Path) -> dict[str, LinkKey]:
    """Id of an item -> its link, of a key file."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: LinkKey(*(row[field] for field in LinkKey._fields)) for row in rows}


def _draw(given: argparse.Namespace) -> dict[str, Any]:
    linked = link_catalogs(given.catalogs, given.work)
    drawn = draw_links(linked, given.kind, given.links, given.per_namespace, given.seed)
    functions = callable_functions(linked.functions)
    size = -(-len(drawn) // len(given.names))
    for place, name in enumerate(given.names):
        part = drawn[place * size : (place + 1) * size]
        write_sheet(name, *sheet_rows(part, functions, name), (given.out, given.keys))
        print(f"{len(part):4} links -> {given.out / name}.txt")
    spread = Counter(link.source_namespace for link, _ in drawn)
    return {
        "kind": given.kind,
        "seed": given.seed,
        "links": len(drawn),
        "namespaces": dict(spread.most_common()),
    }


def _count(given: argparse.Namespace) -> dict[str, Any]:
    groups = {one: link.source_namespace for path in given.key for one, link in read_keys(path).items()}
    counted = count_readings(given.labels, given.second, groups)
    for question, figures in counted.items():
        rows = [("all", figures["all"]), *figures["by_group"].items()]
        for name, share in rows:
            interval = f"[{share['low']:.1%}, {share['high']:.1%}]"
            print(f"{question:6} {name[:40]:40} {share['n']:4} {share['share']:6.1%} {interval}")
        print(f"{question:6} agreement {figures['agreement']}")
    return counted


def _table(given: argparse.Namespace) -> dict[str, Any]:
    keys = {row["id"]: row for path in given.key for row in map(json.loads, path.open(encoding="utf-8"))}
    rows = kept_rows(given.labels, keys)
    with given.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, KEPT_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return {"rows": len(rows), "out": given.out.name}


def _look_up(given: argparse.Namespace) -> dict[str, Any]:
    keys = {one: link for path in given.keys for one, link in read_keys(path).items()}
    linked = link_catalogs(given.catalogs, given.work, given.tree, given.python)
    found = dict(zip(keys, look_up(keys.values(), linked), strict=True))
    for one, verdict in found.items():
        print(f"{one} {verdict}")
    return {"links": len(found), "verdicts": dict(Counter(found.values()).most_common())}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    drawing = commands.add_parser("draw", help="sheets for readers, and their keys")
    drawing.add_argument("catalogs", nargs="+")
    drawing.add_argument("--kind", default="P-R", choices=KINDS)
    drawing.add_argument("--links", type=int, default=100)
    drawing.add_argument("--per-namespace", type=int, default=10)
    drawing.add_argument("--seed", type=int, default=1)
    drawing.add_argument(
        "--names", nargs="+", default=["sheet"], help="of the sheets that share what is drawn"
    )
    drawing.add_argument("--out", type=Path, required=True, help="folder for what readers see")
    drawing.add_argument("--keys", type=Path, required=True, help="folder for what they must not see")
    drawing.set_defaults(do=_draw)
    counting = commands.add_parser("count", help="shares and agreement of judged sheets")
    counting.add_argument("labels", nargs="+", type=Path)
    counting.add_argument("--second", nargs="*", type=Path, default=[], help="sheets of another reader")
    counting.add_argument(
        "--key", nargs="*", type=Path, default=[], help="key files, to count by namespace too"
    )
    counting.set_defaults(do=_count)
    keeping = commands.add_parser("table", help="links, answers and reasons in one CSV")
    keeping.add_argument("labels", nargs="+", type=Path)
    keeping.add_argument("--key", nargs="+", type=Path, required=True, help="key files of these sheets")
    keeping.add_argument("--out", type=Path, required=True)
    keeping.set_defaults(do=_table)
    looking = commands.add_parser("look-up", help="whether a checkout accepts the links of key files")
    looking.add_argument("catalogs", nargs="+")
    looking.add_argument("--keys", nargs="+", type=Path, required=True)
    looking.add_argument("--tree", type=Path, default=ROOT, help="the checkout")
    looking.add_argument("--python", type=Path, default=Path(sys.executable), help="with what it needs")
    looking.set_defaults(do=_look_up)
    for command in (drawing, looking):
        command.add_argument(
            "--work", type=Path, required=True, help="folder for what is made of the catalogs"
        )
    return parser


def main() -> None:
    given = _parser().parse_args()
    print(json.dumps({"benchmark": "link_sheets", **given.do(given)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
