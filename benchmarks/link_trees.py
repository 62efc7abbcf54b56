"""The links that a checkout makes of catalogs, under keys that hold from one version to another."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
_PROGRAM = "import sys; from toolmind_assets.cli import main; sys.argv[0] = 'toolmind'; sys.exit(main())"


class LinkKey(NamedTuple):
    """A link by what the catalogs say: ids hash the content of functions, and change with the normaliser."""

    kind: str
    source_namespace: str
    source: str
    output_path: str
    target_namespace: str
    target: str
    input_path: str


class LinkedCatalogs(NamedTuple):
    """What a checkout made of catalogs: the tables `specs/functions` and `graph/edges`."""

    functions: pl.DataFrame
    edges: pl.DataFrame

    def accepted(self, kind: str) -> Iterator[tuple[LinkKey, dict[str, Any]]]:
        """The accepted links of a kind, each with its row of the table."""
        wanted = (pl.col("verdict") == "accepted") & (pl.col("kind") == kind)
        yield from self._keyed(self.edges.filter(wanted))

    def verdicts(self) -> dict[LinkKey, str]:
        """Of each link that was looked at, `accepted` or why it was rejected; a P-P in either order."""
        found = {key: row["reason"] or row["verdict"] for key, row in self._keyed(self.edges)}
        turned = {reverse(key): verdict for key, verdict in found.items() if key.kind == "P-P"}
        return {**turned, **found}

    def _keyed(self, edges: pl.DataFrame) -> Iterator[tuple[LinkKey, dict[str, Any]]]:
        named = self.functions.select("function_id", "namespace", "source_name").iter_rows()
        names = {function_id: (namespace, name) for function_id, namespace, name in named}
        for row in edges.iter_rows(named=True):
            giver, taker = names[row["source_function_id"]], names[row["target_function_id"]]
            yield LinkKey(row["kind"], *giver, row["output_path"], *taker, row["input_path"]), row


def reverse(key: LinkKey) -> LinkKey:
    """The same link read from its other end."""
    source, target = key[1:4], key[4:7]
    return LinkKey(key.kind, *target, *source)


def link_catalogs(
    catalogs: Sequence[str], folder: Path, tree: Path = ROOT, python: Path = Path(sys.executable)
) -> LinkedCatalogs:
    """Catalogs in any form, normalised and linked by the code of a checkout with nothing configured.

    Args:
        catalogs: Files, folders and MCP servers, as `toolmind normalize` takes them.
        folder: Where what is made stays; it is made anew at the next call.
        tree: The checkout.
        python: Interpreter of an environment that holds what the checkout needs.

    Raises:
        CalledProcessError: the checkout cannot do it; its words stand on stderr.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    places = [str(Path(catalog).absolute()) if Path(catalog).exists() else catalog for catalog in catalogs]
    _run(python, tree, folder, ["normalize", *places, "--out", str(folder / "functions"), "--replace"])
    functions, edges = folder / "functions" / "functions.parquet", folder / "edges.parquet"
    _run(python, tree, folder, ["link", str(functions), "--out", str(edges), "--replace"])
    return read_linked(folder)


def read_linked(folder: Path) -> LinkedCatalogs:
    """What `link_catalogs` left in a folder."""
    functions = pl.read_parquet(folder / "functions" / "functions.parquet")
    return LinkedCatalogs(functions, pl.read_parquet(folder / "edges.parquet"))


def _run(python: Path, tree: Path, folder: Path, arguments: Sequence[str]) -> None:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    own = {"PYTHONPATH": str(tree.absolute()), "PYTHONDONTWRITEBYTECODE": "1", "TOOLMIND_HOME": str(home)}
    inherited = {key: value for key, value in os.environ.items() if key != "TOOLMIND_CONFIG"}
    # Started in the home, which holds no toolmind.yaml: every version of the code sees its own defaults.
    command = [python, "-c", _PROGRAM, *arguments]
    subprocess.run(command, cwd=home, env={**inherited, **own}, check=True, stdout=subprocess.DEVNULL)


def look_up(links: Iterable[LinkKey], linked: LinkedCatalogs) -> list[str]:
    """Of each link `accepted`, why it was rejected, `not found`, or `no function` where an end is missing."""
    verdicts = linked.verdicts()
    there = set(linked.functions.select("namespace", "source_name").iter_rows())
    return [_verdict(link, verdicts, there) for link in links]


def _verdict(link: LinkKey, verdicts: dict[LinkKey, str], there: set[tuple[str, ...]]) -> str:
    ends = {(link.source_namespace, link.source), (link.target_namespace, link.target)}
    return verdicts.get(link, "not found") if ends <= there else "no function"
