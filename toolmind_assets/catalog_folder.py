"""Where the configured catalogs lie on disk."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolmind_assets.catalogs.manifest import parse_manifest
from toolmind_assets.catalogs.sources import MANIFEST, CatalogSource, discover
from toolmind_assets.config import Settings
from toolmind_assets.errors import ConfigError
from toolmind_resources.files.folder import FoundFile, list_files, read_files


@dataclass(frozen=True, slots=True)
class Catalog:
    """One catalog, the folder that its path is relative to, and whether it must lie in there."""

    source: CatalogSource
    folder: Path
    is_confined: bool = False

    def files(self, max_bytes: int) -> Iterator[FoundFile]:
        """Its files, sorted by name; those that cannot be read say why.

        Raises:
            FileAccessError: there is no such file or folder.
        """
        return read_files(self.folder, self.source.path, max_bytes, self.is_confined)

    def digest(self, max_bytes: int) -> str:
        """SHA-256 over names and bytes of its files."""
        total = hashlib.sha256()
        for file in self.files(max_bytes):
            content = file.content if file.content is not None else (file.problem or "").encode()
            total.update(f"{file.name}\0{len(content)}\0".encode())
            total.update(content)
        return total.hexdigest()


def find_catalogs(settings: Settings) -> dict[str, Catalog]:
    """Every catalog by name: those of the folder's manifest, what else lies there, and those of toolmind.yaml.

    Raises:
        ConfigError: the folder does not exist, the manifest is wrong, or a name stands twice.
    """
    section = settings.config.catalogs
    folder = settings.root / section.folder
    if not folder.is_dir():
        raise ConfigError(
            f"catalogs.folder: there is no folder {folder}; create it, or name another one in toolmind.yaml"
        )
    manifest = folder / MANIFEST
    named = parse_manifest(_text_of(manifest), str(manifest)) if manifest.is_file() else ()
    left_over = discover(named, list_files(folder))
    catalogs = [Catalog(source, folder, is_confined=True) for source in (*named, *left_over)]
    catalogs += [Catalog(source, settings.root) for source in section.sources]
    by_name: dict[str, Catalog] = {}
    for catalog in catalogs:
        if catalog.source.name in by_name:
            raise ConfigError(f"two catalogs are called {catalog.source.name!r}; rename one of them")
        by_name[catalog.source.name] = catalog
    return dict(sorted(by_name.items()))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}") from error
