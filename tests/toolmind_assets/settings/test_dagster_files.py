"""What Dagster is told of a project: the same instance and the same code location, whichever way it is started."""

import logging
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._cli.utils import get_temporary_instance_for_cli

from toolmind_assets.errors import ConfigError
from toolmind_assets.settings.config import Settings, ToolMindConfig
from toolmind_assets.settings.dagster_files import instance_folder

CHECKOUT = Path(__file__).parents[3]
OWN = """\
# ours
"storage": {sqlite: {base_dir: ".toolmind/dagster/mine"}}   # quoted, and on one line
compute_logs:
  config:
    base_dir: 'logs here'
  class: LocalComputeLogManager
  module: dagster._core.storage.local_compute_log_manager
telemetry: {enabled: no}
"""
POSTGRES = """\
storage:
  postgres:
    postgres_db: {hostname: db, username: u, password: {env: DB_PASSWORD}, db_name: d, port: 5432}
local_artifact_storage:
  module: dagster._core.storage.root
  class: LocalArtifactStorage
  config: {base_dir: {env: ARTIFACTS}}
"""


def _settings(root: Path, home: Path | None = None) -> Settings:
    return Settings(ToolMindConfig(), root, home or root / ".toolmind")


def _written(settings: Settings) -> dict:
    return yaml.safe_load((instance_folder(settings) / "dagster.yaml").read_text())


@pytest.mark.parametrize("text", [OWN, (CHECKOUT / "dagster.yaml").read_text()])
def test_the_instance_is_that_of_a_bare_dagster_dev(tmp_path, monkeypatch, text):
    (tmp_path / "dagster.yaml").write_text(text)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    with dg.DagsterInstance.from_config(str(instance_folder(_settings(tmp_path)))) as ours:
        ours.add_dynamic_partitions("catalogs", ["seen"])
        logs = ours.compute_log_manager._base_dir
    monkeypatch.chdir(tmp_path)
    with get_temporary_instance_for_cli(logger=logging.getLogger("silent")) as bare:
        assert bare.get_dynamic_partitions("catalogs") == ["seen"]
        assert Path(bare.compute_log_manager._base_dir).absolute() == Path(logs)
        assert not bare.telemetry_enabled
    assert list(elsewhere.iterdir()) == []


def test_a_users_own_dagster_yaml_is_kept_but_for_where_folders_start(tmp_path):
    (tmp_path / "dagster.yaml").write_text(OWN)
    home = tmp_path / "far" / "home"
    written = _written(_settings(tmp_path, home))
    assert written["storage"] == {"sqlite": {"base_dir": f"{home}/dagster/mine"}}
    assert written["compute_logs"]["config"] == {"base_dir": f"{tmp_path}/logs here"}
    assert written["telemetry"] == {"enabled": False}
    assert list(written) == ["storage", "compute_logs", "telemetry"]
    assert (tmp_path / "dagster.yaml").read_text() == OWN


def test_another_storage_and_variables_stay_as_they_are(tmp_path):
    (tmp_path / "dagster.yaml").write_text(POSTGRES)
    assert _written(_settings(tmp_path)) == yaml.safe_load(POSTGRES)


def test_without_a_dagster_yaml_nothing_is_sent_anywhere(tmp_path):
    written = _written(_settings(tmp_path))
    assert written["telemetry"] == {"enabled": False}


@pytest.mark.parametrize("text", ["storage: [", "- a list", "\0"])
def test_a_dagster_yaml_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "dagster.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"dagster\.yaml"):
        instance_folder(_settings(tmp_path))
