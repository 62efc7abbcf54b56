import dataclasses
import json
import types
import typing
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.dialogues import (
    ArgumentSource,
    CallRecord,
    Candidate,
    Dialogue,
    Message,
    Speaker,
    StopReason,
    ToolCall,
    ValueSource,
)
from toolmind_assets.model.drops import Drop
from toolmind_assets.model.edges import Edge
from toolmind_assets.model.exports import ExportedFile
from toolmind_assets.model.functions import (
    CatalogFile,
    Completion,
    FunctionSpec,
    NormalizedSpec,
    RawComponent,
    RawFunction,
)
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.near_duplicates import NearDuplicate
from toolmind_assets.model.tasks import Task
from toolmind_assets.model.verdicts import MixedSample, Sample, Verdict
from toolmind_assets.stages.registry import TABLES
from toolmind_assets.tables.dialogues import ARGUMENTS, DIALOGUES
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import decode_rows, encode_rows
from toolmind_assets.tables.tasks import TASKS_DROPPED
from toolmind_resources.chat.role_usage import RoleUsage
from toolmind_resources.chat.usage import Usage
from toolmind_resources.delta.table import BUILD_TOKEN, Table
from toolmind_resources.errors import StoreError

ROW_KINDS = {
    "files": CatalogFile, "components": RawComponent, "raw_functions": RawFunction, "normalized": NormalizedSpec, "functions": FunctionSpec,
    "edges": Edge, "tasks": Task, "dialogues": Dialogue, "calls": CallRecord, "arguments": ArgumentSource,
    "candidates": Candidate, "verdicts": Verdict, "manifests": ExportedFile, "dropped": Drop,
    "usage": Usage, "roles": RoleUsage, "near_duplicates": NearDuplicate, "completions": Completion, "completions_dropped": Drop,
}  # fmt: skip
SAMPLES = {"trajectories/samples": Sample, "mixture/samples": MixedSample}
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6)
INT64 = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: INT64,
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    Any: JSON,
}


def row_kind(table: Table) -> type:
    return SAMPLES.get(table.name) or ROW_KINDS[table.name.rpartition("/")[2]]


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    if kind in SCALARS:
        return SCALARS[kind]
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return st.lists(values_of(inside[0]), max_size=2).map(tuple)
    if origin is dict:
        return st.dictionaries(TEXT, JSON, max_size=2)
    if origin in (types.UnionType, typing.Union):
        return st.one_of(*map(values_of, inside))
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{field.name: values_of(hints[field.name]) for field in dataclasses.fields(kind)})


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_rows_are_read_back_as_the_values_that_they_were_written_from(
    table: Table, data: st.DataObject
) -> None:
    kind = row_kind(table)
    rows = data.draw(st.lists(values_of(kind), max_size=3))
    frame = encode_rows(table, rows, "token")
    assert frame.schema == table.schema
    assert set(frame[BUILD_TOKEN]) <= {"token"}
    assert decode_rows(kind, frame) == rows


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_field_of_a_row_has_a_column(table: Table) -> None:
    columns = {column.name for column in table.columns}
    fields = {field.name for field in dataclasses.fields(row_kind(table))}
    assert {name for name in fields if name not in columns and f"{name}_json" not in columns} == set()
    assert {*table.key, *([table.partition_by] if table.partition_by else [])} <= columns


def test_what_is_not_there_is_a_null_and_not_the_text_null() -> None:
    argument = ArgumentSource("c", "s", "a", 0, None, ValueSource.USER, None, None, None, None)
    frame = encode_rows(ARGUMENTS, [argument])
    assert frame["value_json"].to_list() == [None]
    assert frame["source_path"].to_list() == [None]


@pytest.mark.parametrize("arguments", [{}, {"beyond 64 bits": 2**70}])
def test_a_message_without_reasoning_is_stored_as_if_there_were_no_such_field(arguments: JsonObject) -> None:
    call = ToolCall("c", "f", {"reasoning": None, **arguments})
    silent = Message(Speaker.ASSISTANT, None, (call,))
    thoughtful = dataclasses.replace(silent, reasoning="hm")
    frame = encode_rows(DIALOGUES, [dialogue_of(silent, thoughtful)])
    stored = json.loads(frame["messages_json"][0])
    assert [list(message) for message in stored] == [
        ["role", "content", "tool_calls", "tool_call_id"],
        ["role", "content", "tool_calls", "tool_call_id", "reasoning"],
    ]
    assert stored[0]["tool_calls"][0]["arguments"] == call.arguments
    assert decode_rows(Dialogue, frame)[0].messages == (silent, thoughtful)


def dialogue_of(*messages: Message) -> Dialogue:
    return Dialogue(
        "d", "s", None, "simulated", "", "", "", "en", (), (), messages, StopReason.RECORDED, (), "", 1, ""
    )


def test_a_value_without_a_field_for_a_column_is_refused_by_name() -> None:
    drop = Drop("tasks", "s", "id", (), tables_reason(), "why")
    with pytest.raises(StoreError, match=r"graph/edges.*edge_id"):
        encode_rows(EDGES, [drop])


def test_rows_that_do_not_fit_are_refused() -> None:
    frame = encode_rows(TASKS_DROPPED, [Drop("tasks", "s", "id", (), tables_reason(), "why")])
    with pytest.raises(StoreError, match="Edge"):
        decode_rows(Edge, frame)


def tables_reason() -> Any:
    return typing.get_type_hints(Drop)["reason"].DEAD_END
