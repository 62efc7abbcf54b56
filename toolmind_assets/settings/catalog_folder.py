"""Where the configured catalogs lie: on disk, in an installed package, or behind a URL."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from toolmind_assets.errors import ConfigError
from toolmind_assets.settings.config import Settings
from toolmind_assets.stages.catalogs.manifest import parse_manifest
from toolmind_assets.stages.catalogs.sources import MANIFEST, CatalogSource, discover
from toolmind_assets.stages.catalogs.stage import CatalogsSection
from toolmind_resources.files.folder import list_files
from toolmind_resources.files.found import FoundFile, ReadLimits
from toolmind_resources.files.locate import Located, locate
from toolmind_resources.files.source_path import split_source
from toolmind_resources.mcp.configured_server import McpLimits
from toolmind_resources.mcp.kept import KeptListing


@dataclass(frozen=True, slots=True)
class Catalog:
    """One catalog, and how its path is followed.

    Attributes:
        source: What is configured of it.
        folder: What its path is relative to.
        is_confined: Whether a file must lie in there.
        home: Below which copies of what is fetched, environments of servers and their answers are kept.
        allowed_hosts: Those that may be redirected to, asked by `http://`, or have internal addresses.
    """

    source: CatalogSource
    folder: Path
    home: Path
    is_confined: bool = False
    allowed_hosts: tuple[str, ...] = ()

    def files(self, max_bytes: int) -> Iterator[FoundFile]:
        """Its files, members or values, one in memory at a time; those that cannot be read say why.

        Raises:
            FileAccessError: there is no such file, folder, package or URL.
        """
        return self.located(max_bytes).files()

    def digest(self, max_bytes: int) -> str:
        """SHA-256 that changes when its files do; of what is fetched it costs a conditional request.

        Raises:
            FileAccessError: there is no such file, folder, package or URL.
        """
        return self.located(max_bytes).digest()

    def located(self, max_bytes: int) -> Located | KeptListing:
        """Where its files are, of which those with more bytes are not read."""
        if self.source.mcp is not None:
            limits = McpLimits()
            return KeptListing(self.source.mcp, limits, self.home / "mcp", self.folder)
        limits = replace(ReadLimits(), max_file_bytes=max_bytes, allowed_hosts=self.allowed_hosts)
        return locate(self.folder, self.source.path, limits, self.home / "fetched", self.is_confined)

    @property
    def is_watched(self) -> bool:
        """Whether it is looked at every few seconds: it lies here, so that a look asks nobody."""
        return self.source.mcp is None and not split_source(self.source.path).is_url


def catalog_at(settings: Settings, source: CatalogSource) -> Catalog:
    """A catalog that is named on the command line: its path starts at the working folder."""
    return Catalog(
        source, Path.cwd(), settings.home, False, settings.config.section("catalogs").allowed_hosts
    )


def find_catalogs(settings: Settings) -> dict[str, Catalog]:
    """Every catalog by name: those of the folder's manifest, what else lies there, and those of toolmind.yaml.

    Raises:
        ConfigError: the folder does not exist, the manifest is wrong, or a name stands twice.
    """
    section: CatalogsSection = settings.config.section("catalogs")
    folder = settings.root / section.folder
    if not folder.is_dir():
        raise ConfigError(
            f"catalogs.folder: there is no folder {folder}; create it, or name another one in toolmind.yaml"
        )
    manifest = folder / MANIFEST
    named = parse_manifest(_text_of(manifest), str(manifest)) if manifest.is_file() else ()
    left_over = discover(named, list_files(folder))
    home, hosts = settings.home, section.allowed_hosts
    catalogs = [Catalog(source, folder, home, True, hosts) for source in (*named, *left_over)]
    catalogs += [Catalog(source, settings.root, home, False, hosts) for source in section.sources]
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
