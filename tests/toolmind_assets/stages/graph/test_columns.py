"""Columns hold all that is known of fields, each declared once."""

from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph import columns as frames
from toolmind_assets.stages.graph.column_kinds import Bools
from toolmind_assets.stages.graph.columns import NONE, FieldColumns, columns_of
from toolmind_assets.stages.graph.field import FunctionField, FunctionFields
from toolmind_assets.stages.graph.field_reader import fields_of
from toolmind_assets.stages.graph.params import GraphParams

Make = Callable[..., FunctionSpec]


@pytest.fixture
def functions(make_function: Make, shop: dict[str, FunctionSpec]) -> list[FunctionFields]:
    told = make_function(
        "start_job",
        {"min_size": {"type": ["integer", "null"], "enum": [1, 2]}, "password": {"type": "string"}},
        {"Errors": {"type": "array", "items": {"type": "object", "properties": {"code": {"type": "string"}}}},
         "arn": {"type": "string", "format": "uri", "description": "The ARN of the media analysis job"}},
        identifiers={"/returns/properties/arn": ("job run", "arn")},
    )  # fmt: skip
    return [fields_of(function, GraphParams()) for function in (*shop.values(), told)]


def test_every_field_comes_back_as_it_was(functions: list[FunctionFields]) -> None:
    columns = columns_of(functions)
    before = [field for function in functions for field in (*function.inputs, *function.outputs)]
    assert [columns.field(place) for place in range(len(columns.fields))] == before


def test_every_attribute_of_a_field_has_a_column_that_gives_it_back() -> None:
    attributes = {attribute.name for attribute in fields(FunctionField)}
    assert attributes - {"function"} == set(frames._DECODED)


def test_columns_are_of_one_length_and_of_the_types_that_they_are_declared_with(
    functions: list[FunctionFields],
) -> None:
    columns = columns_of(functions)
    for column in fields(FieldColumns):
        values = getattr(columns.fields, column.name)
        assert values.shape == (len(columns.fields),)
        assert values.dtype == (bool if column.type.__args__[0] == Bools else np.int32), column.name  # type: ignore[union-attr]
    keyed = columns.fields.key != NONE
    assert (columns.fields.resource_head[~keyed] == NONE).all()
    assert keyed.any()


def test_fields_that_come_in_many_chunks_have_the_same_columns(
    functions: list[FunctionFields], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = columns_of(functions)
    monkeypatch.setattr(frames, "FIELDS_AT_ONCE", 1)
    parts = columns_of(functions)
    assert [parts.field(n) for n in range(len(parts.fields))] == [
        whole.field(n) for n in range(len(whole.fields))
    ]
    assert parts.pools.texts == whole.pools.texts
