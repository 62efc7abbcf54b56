"""The home: the one folder in which everything that is made lies, and who may write there."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolmind_assets.errors import ConfigError
from toolmind_assets.settings.config import Settings


@contextmanager
def locked_home(home: Path) -> Iterator[None]:
    """Holds the home's lock.

    Raises:
        ConfigError: the home cannot be written, or another run holds the lock.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "run.lock").open("a+")
    except OSError as error:
        raise ConfigError(
            f"{home} cannot be written ({error.strerror}); set TOOLMIND_HOME to a folder that can"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"another `toolmind run` is at work in {home}; wait until it ends") from error
        yield


def instance_folder(settings: Settings) -> Path:
    """A folder for DAGSTER_HOME: dagster.yaml of the project with its paths made absolute, under the home."""
    folder = settings.home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    stated = settings.root / "dagster.yaml"
    text = stated.read_text(encoding="utf-8") if stated.is_file() else "telemetry:\n  enabled: false\n"
    target = folder / "dagster.yaml"
    absolute = text.replace("base_dir: .toolmind/", f"base_dir: {settings.home}/")
    if not target.is_file() or target.read_text(encoding="utf-8") != absolute:
        target.write_text(absolute, encoding="utf-8")
    return folder
