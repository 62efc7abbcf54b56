"""The home: the one folder in which everything that is made lies, and who may write there."""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolmind_assets.errors import ConfigError
from toolmind_resources.delta.scan import refuse_place


@contextmanager
def locked_home(home: Path) -> Iterator[None]:
    """Holds the home's lock.

    Raises:
        ConfigError: the home cannot be written, or another run holds the lock.
        StoreError: no tables can be kept in a folder of this name.
    """
    refuse_place(home)
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


def home_id(home: Path) -> str:
    """A name of the home that stays when it is moved, and that no copy of it shares.

    It stands in the home beside the number of the file that it is written in, which a copy does not have.

    Raises:
        ConfigError: the home cannot be written.
    """
    file = home / "id"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if (known := _stated_id(file)) is None:
            draft = file.with_name(f".id-{os.getpid()}")
            draft.touch()
            draft.write_text(f"{uuid.uuid4().hex} {draft.stat().st_ino}\n", encoding="ascii")
            draft.replace(file)
            known = _stated_id(file)
    except OSError as error:
        raise ConfigError(
            f"{home} cannot be written ({error.strerror}); set TOOLMIND_HOME to a folder that can"
        ) from error
    return known or ""


def _stated_id(file: Path) -> str | None:
    """What the file says, where it is no copy; None where it is one, or there is none."""
    if not file.is_file():
        return None
    name, _, number = file.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
    return name if number == str(file.stat().st_ino) else None
