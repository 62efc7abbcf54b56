"""What Dagster is told of a project: the same instance and the same code location, whichever way it is started."""

import logging
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest
import yaml
from click.testing import CliRunner
from dagster._cli.utils import get_temporary_instance_for_cli
from dagster._cli.workspace.cli_target import WorkspaceOpts, workspace_opts_to_load_target

from toolmind_assets.cli import main
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


WORKSPACE = "load_from: [{python_module: {module_name: toolmind_assets.definitions, location_name: mine}}]"
FOREIGN = (
    "load_from: [{python_module: {module_name: of.another, location_name: another}}, {python_file: a.py}]"
)


@pytest.mark.parametrize(
    ("files", "wanted", "is_found_bare"),
    [
        (("pyproject.toml", "workspace.yaml"), "toolmind", True),
        (("workspace.yaml",), "toolmind", True),
        ((), "toolmind", False),
        ({"workspace.yaml": WORKSPACE}, "mine", True),
        ({"workspace.yaml": FOREIGN}, "toolmind", False),
        ({"workspace.yml": WORKSPACE, "pyproject.toml": "[tool.other]\nx = 1"}, "mine", True),
    ],
)
def test_the_code_location_of_the_ui_is_called_as_that_of_a_bare_dagster_dev(
    tmp_path, monkeypatch, files, wanted, is_found_bare
):
    """States of sensors and schedules are kept by the location's name."""
    for name in files:
        text = files[name] if isinstance(files, dict) else (CHECKOUT / name).read_text()
        (tmp_path / name).write_text(text)
    for name in ("DAGSTER_HOME", "TOOLMIND_CONFIG", "TOOLMIND_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    started = []
    monkeypatch.setattr("subprocess.call", lambda command, **options: started.append((command, options)))
    CliRunner().invoke(main, ["ui"], catch_exceptions=False)
    ((command, options),) = started
    assert options["cwd"] == tmp_path
    assert _locations(command) == [wanted]
    if is_found_bare:
        assert _locations([]) == [wanted]


def _locations(command: list[str]) -> list[str]:
    """The names of the code locations that `dagster dev` loads with these arguments, in the working folder."""
    named = dict(pairwise(command))
    module = (named["-m"],) if "toolmind_assets.definitions" in command else None
    workspace = (named["-w"],) if "-w" in command else None
    target = workspace_opts_to_load_target(WorkspaceOpts(module_name=module, workspace=workspace))
    return [origin.location_name for origin in target.create_origins()]
