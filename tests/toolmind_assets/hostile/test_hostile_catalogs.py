"""Whatever lies in a catalog: each bad entry is a dropped row with the reason that fits, and its neighbour stays."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import jsonschema_rs
import polars as pl
import pytest
from hostile_cases import CASES, GOOD, Case

from toolmind_assets.commands.normalize import NormalizedCount, normalized_catalogs
from toolmind_assets.settings.config import load_settings


@dataclass(frozen=True)
class Outcome:
    functions: pl.DataFrame
    dropped: pl.DataFrame
    count: NormalizedCount
    repairs: set[str]


def normalize(folder: Path, *paths: str) -> Outcome:
    out = folder.parent / "out"
    out.mkdir(exist_ok=True)
    places = [str(folder / path) for path in paths]
    scratch = folder.parent / "scratch"
    scratch.mkdir()
    functions, dropped = out / "functions.parquet", out / "dropped.parquet"
    with normalized_catalogs(load_settings(), places, None, "", "unknown", scratch) as parts:
        with functions.open("wb") as file:
            count = parts.count(parts.write_functions(file))
        with dropped.open("wb") as file:
            parts.write_dropped(file)
    assert list(scratch.iterdir()) == []
    return Outcome(pl.read_parquet(functions), pl.read_parquet(dropped), count, set(count.repaired))


def lay_out(case: Case, folder: Path) -> tuple[str, ...]:
    """Writes the case and its neighbour; the paths to be normalised."""
    folder.mkdir()
    (folder / "good.json").write_text(json.dumps(GOOD))
    case.write(folder)
    return (case.path,) if case.path == "." else (case.path, "good.json")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_hostile_catalog_is_dropped_rows_with_reasons_that_fit(case: Case, tmp_path: Path) -> None:
    made = normalize(tmp_path / "in", *lay_out(case, tmp_path / "in"))
    wanted = {reason: n for reason, n in case.dropped.items() if n}
    reasons = Counter(made.dropped["reason"].to_list())
    assert reasons == wanted, made.dropped.select("reason", "detail").head(5).rows()
    names = [name for name in made.functions["name"].to_list() if name != GOOD["name"]]
    assert (sorted(names), GOOD["name"] in made.functions["name"]) == (sorted(case.kept), True)
    count = made.count
    assert count.n_entries == count.n_functions + count.n_folded + made.dropped.height
    assert all(made.dropped["detail"])
    for column in ("parameters_json", "returns_json"):
        for text in made.functions[column].drop_nulls():
            jsonschema_rs.meta.validate(json.loads(text))
    assert set(case.repairs) <= made.repairs


def test_the_corpus_holds_what_it_promises() -> None:
    assert len(CASES) >= 60 and len({case.name for case in CASES}) == len(CASES)
    reasons = {reason for case in CASES for reason in case.dropped}
    assert "unforeseen" not in reasons and len(reasons) >= 20
