"""Catalogs in any form as tables of functions and dropped rows, outside of a run: `toolmind normalize`."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from toolmind_assets.catalogs.read import read_catalog
from toolmind_assets.catalogs.sources import CatalogSource, catalog_names
from toolmind_assets.config import Settings
from toolmind_assets.model.drops import Drop
from toolmind_assets.model.functions import CatalogForm, NormalizedSpec
from toolmind_assets.specs.duplicates import fold
from toolmind_assets.specs.normalize import normalize_all
from toolmind_assets.tables import FUNCTIONS, SPECS_DROPPED
from toolmind_assets.tables.rows import encode_rows
from toolmind_resources.delta.table import BUILD_TOKEN
from toolmind_resources.files.folder import read_files


@dataclass(frozen=True, slots=True)
class NormalizedCatalogs:
    """Functions with the columns of `specs/functions`, and dropped rows; entries = sources + dropped."""

    functions: pl.DataFrame
    dropped: pl.DataFrame
    n_entries: int
    n_folded: int


def normalize_catalogs(
    settings: Settings, paths: Sequence[str], form: CatalogForm | None, source: str, licence: str
) -> NormalizedCatalogs:
    """The distinct functions of some files, folders or globs, each of which is one catalog.

    Raises:
        FileAccessError: there is no such file or folder.
    """
    specs: list[NormalizedSpec] = []
    drops: list[Drop] = []
    n_entries = 0
    for path, name in zip(paths, catalog_names(map(os.path.realpath, paths)), strict=True):
        catalog = CatalogSource(name=name, path=path or ".", form=form, source=source, licence=licence)
        files = read_files(Path.cwd(), path, settings.config.catalogs.max_file_bytes)
        read = read_catalog(catalog, files, settings.config.catalogs)
        normalized, dropped = normalize_all(read.functions, settings.config.specs)
        n_entries += len(read.functions) + len(read.drops)
        specs += normalized
        drops += [*read.drops, *dropped]
    functions = encode_rows(FUNCTIONS, fold(specs)).drop(BUILD_TOKEN)
    return NormalizedCatalogs(
        functions,
        encode_rows(SPECS_DROPPED, drops).drop(BUILD_TOKEN),
        n_entries,
        len(specs) - functions.height,
    )
