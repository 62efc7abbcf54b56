"""What Dagster is told of a project in files of its own: the instance, and where the code is.

Both say what a bare `dagster dev` in the project's folder finds by itself, so that each way in shows the same runs,
sensors and schedules.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from toolmind_assets.errors import ConfigError
from toolmind_assets.settings.config import Settings
from toolmind_resources.delta.scan import refuse_place
from toolmind_resources.files.plain_path import plain_path

DEFINITIONS_MODULE = "toolmind_assets.definitions"
LOCATION_NAME = "toolmind"
"""What the code location is called where the project names none; states of sensors and schedules hang on it."""
_HOME_FOLDER = ".toolmind"
"""The home, as dagster.yaml names it."""
_FOLDER_KEYS = ("base_dir", "local_dir")
"""Keys of dagster.yaml that hold a folder."""
_DEFAULT_INSTANCE = {
    "telemetry": {"enabled": False},
    "nux": {"enabled": False},
    "concurrency": {
        "runs": {"max_concurrent_runs": 2},
        "pools": {"default_limit": 2, "granularity": "run"},
    },
}


def instance_folder(settings: Settings) -> Path:
    """A folder for DAGSTER_HOME, below the home: the project's dagster.yaml, with its folders made absolute.

    Dagster itself takes a relative folder from where it was started; here it starts at dagster.yaml, and what the
    file puts below `.toolmind` goes below the home, wherever that is.

    Raises:
        ConfigError: dagster.yaml cannot be read.
        StoreError: nothing can be kept in a folder of the home's name.
    """
    refuse_place(settings.home)
    folder = settings.home / "dagster"
    stated = _first_file(settings.root, "dagster.yaml")
    instance = _read_yaml(stated) if stated else _DEFAULT_INSTANCE
    origin = stated or "the defaults; a dagster.yaml beside toolmind.yaml takes their place"
    text = yaml.safe_dump(_with_folders(instance, settings), sort_keys=False, allow_unicode=True)
    _write(folder / "dagster.yaml", f"# Written by toolmind, from {origin}\n{text}")
    return plain_path(folder)


def workspace_arguments(settings: Settings) -> list[str]:
    """Arguments of `dagster dev` by which it loads this package; none where it finds it by itself.

    Raises:
        ConfigError: pyproject.toml or workspace.yaml of the project cannot be read.
    """
    if DEFINITIONS_MODULE in _modules_found(settings.root):
        return []
    module = {"module_name": DEFINITIONS_MODULE, "location_name": LOCATION_NAME}
    file = settings.home / "dagster" / "workspace.yaml"
    _write(file, yaml.safe_dump({"load_from": [{"python_module": module}]}, sort_keys=False))
    return ["-w", str(plain_path(file.parent) / file.name)]


def _modules_found(root: Path) -> Iterator[str]:
    """The modules that `dagster dev` loads by itself in a folder; as there, a pyproject.toml goes first."""
    project = _first_file(root, "pyproject.toml")
    tools = _read_toml(project).get("tool", {}) if project else {}
    if "dagster" in tools or "dg" in tools:
        block = tools.get("dagster", {})
        yield block.get("module_name", "")
        yield from (module.get("name", "") for module in block.get("modules", ()))
        yield tools.get("dg", {}).get("project", {}).get("code_location_target_module", "")
        return
    workspace = _first_file(root, "workspace.yaml", "workspace.yml")
    for target in (_read_yaml(workspace).get("load_from") or ()) if workspace else ():
        module = target.get("python_module", "") if isinstance(target, dict) else ""
        yield module.get("module_name", "") if isinstance(module, dict) else module


def _with_folders(value: Any, settings: Settings, key: str = "") -> Any:
    """A part of dagster.yaml with its folders as paths that hold wherever Dagster is started."""
    if isinstance(value, Mapping):
        return {name: _with_folders(member, settings, str(name)) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_folders(member, settings) for member in value]
    if key not in _FOLDER_KEYS or not isinstance(value, str):
        return value
    return str(plain_path(_absolute(Path(value), settings)))


def _absolute(folder: Path, settings: Settings) -> Path:
    if folder.is_absolute():
        return folder
    path = Path(os.path.normpath(settings.root / folder))
    ours = settings.root / _HOME_FOLDER
    return settings.home / path.relative_to(ours) if path.is_relative_to(ours) else path


def _first_file(folder: Path, *names: str) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _read_yaml(file: Path) -> dict[str, Any]:
    """A YAML file that holds an object, or nothing.

    Raises:
        ConfigError: it cannot be read, or holds something else.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{file}: holds no keys and values")
    return content


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}") from error


def _write(file: Path, text: str) -> None:
    """Writes a file whole, where it does not say so already: several workers may be at it at once.

    Raises:
        ConfigError: the folder cannot be written.
    """
    draft = file.with_name(f".{file.name}-{os.getpid()}")
    try:
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be written ({error.strerror}); set TOOLMIND_HOME to a folder that can"
        ) from error
