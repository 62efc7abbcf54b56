"""The stage `catalogs`: function entries as they are found, in whatever form a catalog has."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from pydantic import ConfigDict, Field

from toolmind_assets.errors import InputError
from toolmind_assets.stages.catalogs.read import read_catalog
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.step import Made, Partitions, Stage, Step
from toolmind_assets.tables.catalogs import CATALOGS_DROPPED, COMPONENTS, FILES, RAW_FUNCTIONS
from toolmind_resources.files.found import FoundFile


class CatalogsSection(CatalogParams):
    """Where catalogs are, and the limits on what is read of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str = Field(
        default="catalogs",
        description="Folder with a manifest.yaml; every file in it that the manifest does not name is a catalog too.",
    )
    sources: tuple[CatalogSource, ...] = Field(
        default=(), description="More catalogs; their paths are relative to toolmind.yaml."
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(),
        description="`host` or `host:port` that a catalog's URL may redirect to, ask by http://, or find at an "
        "internal address. None of it is done otherwise.",
    )


class LocatedFiles(Protocol):
    """The files of a catalog, where they lie."""

    def files(self) -> Iterator[FoundFile]:
        """Its files, one in memory at a time."""
        ...

    @property
    def file_named(self) -> Callable[[str], FoundFile | None]:
        """From a path in the catalog to that file."""
        ...


class FoundCatalog(Protocol):
    """A catalog that is configured and was found."""

    @property
    def source(self) -> CatalogSource:
        """What is configured of it."""
        ...

    def digest(self, max_bytes: int) -> str:
        """What changes when its files do."""
        ...

    def located(self, max_bytes: int) -> LocatedFiles:
        """Where its files are."""
        ...


class CatalogsOutside(Protocol):
    """What the stage wants from outside."""

    def catalogs(self) -> Mapping[str, FoundCatalog]:
        """Every configured catalog by name."""
        ...


def _read(making: Making[CatalogParams]) -> Made:
    catalog = _catalog_of(making.outside, making.partition)
    located = catalog.located(making.params.max_file_bytes)
    read = read_catalog(catalog.source, located.files(), making.params, located.file_named)
    return Made(
        {
            FILES: read.files,
            COMPONENTS: read.components,
            RAW_FUNCTIONS: read.functions,
            CATALOGS_DROPPED: read.drops,
        }
    )


def _content(outside: CatalogsOutside, name: str | None, params: CatalogParams) -> object:
    found = _catalog_of(outside, name)
    return [found.source.model_dump(mode="json"), found.digest(params.max_file_bytes)]


def _catalog_of(outside: CatalogsOutside, name: str | None) -> Any:
    """The catalog of this name.

    Raises:
        InputError: it has gone since its partition was asked for.
    """
    catalogs = outside.catalogs()
    if name is None or name not in catalogs:
        raise InputError(
            f"catalog {name!r} is no longer configured; its partition goes with the next look at the folder"
        )
    return catalogs[name]


READ_CATALOGS = Step(
    name="read_catalogs",
    description="Raw function entries of each catalog, kept as found.",
    makes=(CATALOGS_DROPPED, FILES, COMPONENTS, RAW_FUNCTIONS),
    make=_read,
    partitions=Partitions.CATALOG,
    params=CatalogParams,
    inputs=_content,
    kinds=("json",),
)

STAGE = Stage(
    name="catalogs", steps=(READ_CATALOGS,), section=CatalogsSection, idle_settings={"folder", "sources"}
)
