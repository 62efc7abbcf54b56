"""Reads a document and normalises its entries, as the pipeline does."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from toolmind_assets.model.drops import Drop
from toolmind_assets.model.functions import NormalizedSpec
from toolmind_assets.stages.catalogs.read import read_catalog
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_assets.stages.specs.normalize import normalize_all
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_resources.files.folder import FoundFile

Normalize = Callable[[Any], tuple[tuple[NormalizedSpec, ...], tuple[Drop, ...]]]


@pytest.fixture
def normalize() -> Normalize:
    """The specs of a document, and the drops of reading and of normalising it."""

    def of(content: Any) -> tuple[tuple[NormalizedSpec, ...], tuple[Drop, ...]]:
        raw = json.dumps(content).encode()
        source = CatalogSource(name="cat", path=".")
        read = read_catalog(source, [FoundFile("a.json", len(raw), raw)], CatalogParams())
        specs, drops = normalize_all(read.functions, read.components, SpecParams())
        for spec in specs:
            for schema in (spec.parameters, spec.returns):
                if schema is not None:
                    jsonschema_rs.meta.validate(schema)
        return specs, (*read.drops, *drops)

    return of
