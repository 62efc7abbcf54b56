"""The share of gold calls that the rules reject."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "redistributable" / "bfcl"


@pytest.mark.shared_data
@pytest.mark.skipif(not DATA.is_dir(), reason="needs the BFCL data at ../shared/data/redistributable/bfcl")
def test_fewer_than_two_percent_of_gold_calls_fail(tmp_path: Path) -> None:
    out = tmp_path / "dialogues.jsonl"
    command = [sys.executable, ROOT / "benchmarks" / "bfcl_gold.py", DATA, "--out", out]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    summary = json.loads(printed.splitlines()[-1])
    assert summary["calls"] > 1_000
    assert summary["fail_ratio"] < 0.02
    assert len(out.read_text().splitlines()) == summary["dialogues"] == 200
