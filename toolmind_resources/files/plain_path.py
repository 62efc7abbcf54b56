"""Folders by a path that can stand in a URL or a glob, whatever their names are."""

import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from toolmind_resources.errors import FileAccessError

_MARKS = frozenset("?#%*[]")
"""What has a meaning in URLs and globs."""


def plain_path(folder: Path) -> Path:
    """The folder's path without marks of URLs and globs: its own, or that of a link among the temporary files.

    Dagster opens SQLite files by a URL that it writes without encoding, and looks for dagster.yaml with a glob. Where
    a link is wanted, the folder is made.

    Raises:
        FileAccessError: the folder or the link cannot be made, or another user owns the folder of links.
    """
    if not _MARKS.intersection(str(folder)):
        return folder
    links = Path(tempfile.gettempdir()) / f"toolmind-{os.getuid()}"
    link = links / sha256(os.fsencode(folder)).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        links.mkdir(mode=0o700, exist_ok=True)
        found = links.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise FileAccessError(
                f"{links} is no folder of yours; remove it, or set TMPDIR to another folder"
            )
        if not link.is_symlink():
            link.symlink_to(folder)
    except FileExistsError:
        pass  # another process made the same link at this moment
    except OSError as error:
        raise FileAccessError(f"cannot link {link} to {folder}: {error.strerror}") from error
    return link
