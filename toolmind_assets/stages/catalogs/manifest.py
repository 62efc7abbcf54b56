"""The manifest of a folder of catalogs: `catalogs:` and a list of sources."""

import posixpath

from pydantic import BaseModel, ConfigDict, Field

from toolmind_assets.errors import ConfigError
from toolmind_assets.stages.catalogs.plain_yaml import compose_yaml
from toolmind_assets.stages.catalogs.sources import CatalogSource
from toolmind_assets.stages.catalogs.validated_yaml import line_of, parse_model


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
        ConfigError: the text is no YAML, a key is unknown, missing or wrong, a name stands twice, or a path
            leads out of the manifest's folder.
    """
    manifest = parse_model(CatalogManifest, text, where)
    _reject_repeated_names(manifest.catalogs, text, where)
    _reject_servers(manifest.catalogs, text, where)
    _reject_paths_outside(manifest.catalogs, text, where)
    return tuple(manifest.catalogs)


def _reject_repeated_names(catalogs: list[CatalogSource], text: str, where: str) -> None:
    seen: set[str] = set()
    for index, source in enumerate(catalogs):
        if source.name in seen:
            raise _refusal(text, where, index, "name", f"{source.name!r} stands twice")
        seen.add(source.name)


def _reject_servers(catalogs: list[CatalogSource], text: str, where: str) -> None:
    # A folder of catalogs is handed on as a whole, and must start nothing where it comes to lie.
    for index, source in enumerate(catalogs):
        if source.mcp is not None:
            message = "a server is started only where toolmind.yaml names it, under catalogs.sources"
            raise _refusal(text, where, index, "mcp", message)


def _reject_paths_outside(catalogs: list[CatalogSource], text: str, where: str) -> None:
    # A folder of catalogs is handed on as a whole; only toolmind.yaml, which is one's own, may name any file.
    for index, source in enumerate(catalogs):
        if posixpath.isabs(source.path) or posixpath.normpath(source.path).split("/")[0] == "..":
            message = (
                f"{source.path!r} leads out of the folder; name it in toolmind.yaml under catalogs.sources"
            )
            raise _refusal(text, where, index, "path", message)


def _refusal(text: str, where: str, index: int, key: str, message: str) -> ConfigError:
    line = line_of(compose_yaml(text), ("catalogs", index, key))
    return ConfigError(f"{where}: line {line}: catalogs[{index}].{key}: {message}")
