"""The manifest of a folder of catalogs: `catalogs:` and a list of sources."""

from pydantic import BaseModel, ConfigDict, Field

from toolmind_assets.catalogs.plain_yaml import compose_yaml
from toolmind_assets.catalogs.sources import CatalogSource
from toolmind_assets.catalogs.validated_yaml import line_of, parse_model
from toolmind_assets.errors import ConfigError


class CatalogManifest(BaseModel):
    """The whole manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    catalogs: list[CatalogSource] = Field(description="The catalogs, each with source and licence.")


def parse_manifest(text: str, where: str) -> tuple[CatalogSource, ...]:
    """The sources that a manifest names, in its order.

    Args:
        text: YAML.
        where: The file's name, for messages.

    Raises:
        ConfigError: the text is no YAML, a key is unknown, missing or wrong, or a name stands twice.
    """
    manifest = parse_model(CatalogManifest, text, where)
    _reject_repeated_names(manifest.catalogs, text, where)
    return tuple(manifest.catalogs)


def _reject_repeated_names(catalogs: list[CatalogSource], text: str, where: str) -> None:
    seen: set[str] = set()
    for index, source in enumerate(catalogs):
        if source.name in seen:
            line = line_of(compose_yaml(text), ("catalogs", index, "name"))
            raise ConfigError(f"{where}: line {line}: catalogs[{index}].name: {source.name!r} stands twice")
        seen.add(source.name)
