"""The home: the one folder in which everything that is made lies, and who may write there."""

import fcntl
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
