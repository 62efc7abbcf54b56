"""Rows of a file become dialogues, calls and origins, or dropped rows; never an exception."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.errors import InputError
from toolmind_assets.model.dialogues import CallStatus, StopReason
from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.opensets.adapt import OpenSetRead, adapt_rows
from toolmind_assets.stages.opensets.sources import OpenSetSource, read_rows, shard_rows
from toolmind_assets.tables.opensets import OPEN_ARGUMENTS, OPEN_CALLS, OPEN_DIALOGUES, OPENSETS_DROPPED
from toolmind_assets.tables.rows import encode_rows

SAMPLE = Path(__file__).parents[5] / "shared/data/test_only/dialogues/glaive_toolcall_en_demo.json"


def _source(**changes: object) -> OpenSetSource:
    return OpenSetSource(
        **{"name": "glaive", "set": "glaive", "path": "rows.jsonl", "licence": "Apache-2.0", **changes}
    )


def _row(text: str = "Rate of USD?", result: str = '{"rate": 0.85}') -> dict:
    return {
        "conversations": [
            {"from": "human", "value": text},
            {"from": "function_call", "value": '{"name": "get_rate", "arguments": {"base": "USD"}}'},
            {"from": "observation", "value": result},
            {"from": "gpt", "value": "Done."},
        ],
        "tools": '[{"name": "get_rate", "parameters": {"properties": {"base": {"type": "string"}}}}]',
    }


def _lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def _read(content: bytes, source: OpenSetSource | None = None, shard: str = "open-glaive-00") -> OpenSetRead:
    source = source or _source()
    return adapt_rows(source, shard, shard_rows(source, shard, BytesIO(content)))


def test_a_row_becomes_a_recorded_dialogue_with_its_call_and_the_origin_of_the_argument():
    read = _read(_lines(_row()))
    (dialogue,), (call,), (argument,) = read.dialogues, read.calls, read.arguments
    assert (dialogue.source, dialogue.licence, dialogue.task_id) == ("glaive", "Apache-2.0", None)
    assert (dialogue.stop_reason, dialogue.n_turns) == (StopReason.RECORDED, 2)
    assert (call.dialogue_id, call.message_index, call.call_index) == (dialogue.dialogue_id, 1, 0)
    assert (call.result_json, call.status, call.environment_kind) == (
        '{"rate": 0.85}',
        CallStatus.OK,
        "recorded",
    )
    assert (argument.call_id, argument.path, argument.value) == (call.call_id, "base", "USD")
    assert (argument.source_kind.value, argument.source_message_index) == ("user", 0)


def test_a_value_that_nobody_stated_has_an_unknown_origin():
    (argument,) = _read(_lines(_row("What is the rate?"))).arguments
    assert (argument.source_kind.value, argument.source_message_index) == ("unknown", None)


@pytest.mark.parametrize(
    "result",
    [
        '{"error": "no such rate"}',
        '{"status": "error"}',
        '{"success": false}',
        '{"status_code": 404}',
        '{"errors": ["no such rate"]}',
        "Error: no such rate",
    ],
)
def test_a_result_that_states_an_error_marks_the_call(result: str):
    assert _read(_lines(_row(result=result))).calls[0].status is CallStatus.ERROR


def test_a_list_and_lines_hold_the_same_dialogues():
    rows = [_row("USD one"), _row("USD two")]
    from_list = _read(json.dumps(rows).encode())
    from_lines = _read(_lines(*rows))
    assert len(from_list.dialogues) == 2
    assert [d.messages for d in from_list.dialogues] == [d.messages for d in from_lines.dialogues]


def test_rows_are_dealt_to_shards_and_none_is_lost():
    source, content = _source(n_shards=2), _lines(*(_row(f"USD {number}") for number in range(5)))
    assert source.shards == ("open-glaive-00", "open-glaive-01")
    shards = [_read(content, source, shard).dialogues for shard in source.shards]
    assert [[d.messages[0].content for d in shard] for shard in shards] == [
        ["USD 0", "USD 2", "USD 4"],
        ["USD 1", "USD 3"],
    ]
    whole = {d.dialogue_id for d in _read(content).dialogues}
    assert whole == {d.dialogue_id for shard in shards for d in shard}


def test_reading_ends_at_the_configured_number_of_rows():
    content = _lines(_row("USD 0"), _row("USD 1"), _row("USD 2"))
    assert len(_read(content, _source(max_rows=2)).dialogues) == 2


def test_a_broken_line_costs_itself_alone():
    content = _lines(_row()) + b'\n{"conversations": [\n' + b"\xff\xfe{}\n" + _lines(_row("USD two"))
    read = _read(content)
    assert len(read.dialogues) == 2
    assert [drop.reason for drop in read.drops] == [DropReason.MALFORMED_JSON] * 2
    assert "row 1" in read.drops[0].detail


def test_a_cut_off_list_keeps_the_rows_before_the_cut():
    content = json.dumps([_row(), _row("USD two")]).encode()
    read = _read(content[:-20])
    assert (len(read.dialogues), [drop.reason for drop in read.drops]) == (1, [DropReason.MALFORMED_JSON])
    unclosed = _read(content[:-1])
    assert (len(unclosed.dialogues), len(unclosed.drops)) == (2, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[" * 100_000, DropReason.TOO_DEEP),
        (b'{"a": ' * 100_000, DropReason.TOO_DEEP),
        (b'{"a": NaN}', DropReason.MALFORMED_JSON),
        (b'{"a": 1e999}', DropReason.MALFORMED_JSON),
        (_lines(_row("\ud800 USD")), DropReason.INVALID_TEXT),
        (_lines(_row()).replace(b"Done.", b"\xff"), DropReason.INVALID_TEXT),
        (_lines({"a": 1}), DropReason.UNKNOWN_FORM),
    ],
)
def test_hostile_rows_are_dropped_with_their_reason_and_can_be_stored(content: bytes, reason: DropReason):
    read = _read(content)
    assert (read.dialogues, [drop.reason for drop in read.drops]) == ((), [reason])
    assert encode_rows(OPENSETS_DROPPED, read.drops).height == 1


@pytest.mark.parametrize(("depth", "is_kept"), [(90, True), (120, False), (20_000, False)])
def test_a_value_nested_too_deep_costs_its_row_alone(depth: int, is_kept: bool):
    value = '{"items":' * depth + "{}" + "}" * depth
    deep_schema = {
        **_row(),
        "tools": f'[{{"name": "get_rate", "parameters": {{"properties": {{"a": {value}}}}}}}]',
    }
    for row in (deep_schema, _row(result=value)):
        read = _read(_lines(row, _row("USD two")))
        assert [drop.reason for drop in read.drops] == ([] if is_kept else [DropReason.TOO_DEEP])
        assert len(read.dialogues) == 1 + is_kept


def test_rows_that_differ_only_far_from_their_start_are_different_dialogues():
    long = "USD " * 1000
    one, two = (_read(_lines(_row(long + end))).dialogues[0] for end in ("one", "two"))
    assert one.dialogue_id != two.dialogue_id


def test_the_text_of_a_dropped_row_is_cut():
    (drop,) = _read(_lines({"text": "x" * 5000})).drops
    assert len(drop.raw) == 2000


def test_an_unknown_set_is_a_clear_error():
    with pytest.raises(InputError, match="known sets: glaive"):
        _read(b"", _source(set="nothing"))


@given(st.lists(st.one_of(st.just(json.dumps(_row())), st.text(max_size=30)), max_size=6))
def test_every_row_is_a_dialogue_or_a_dropped_row(lines: list[str]):
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    read = _read(content)
    assert len(read.dialogues) + len(read.drops) == len(list(read_rows(BytesIO(content))))


@pytest.mark.shared_data
@pytest.mark.skipif(not SAMPLE.exists(), reason="the Glaive sample of ../shared/data is absent")
def test_the_published_sample_is_read_whole():
    source = _source(path=str(SAMPLE), n_shards=2)
    reads = [_read(SAMPLE.read_bytes(), source, shard) for shard in source.shards]
    assert sum(len(read.dialogues) for read in reads) == 300
    assert sum(len(read.calls) for read in reads) == 211
    assert not any(read.drops for read in reads)
    arguments = [argument for read in reads for argument in read.arguments]
    unknown = sum(argument.source_kind.value == "unknown" for argument in arguments)
    assert unknown / len(arguments) < 0.2
    for read in reads:
        assert encode_rows(OPEN_DIALOGUES, read.dialogues).height == 150
        assert encode_rows(OPEN_CALLS, read.calls)["call_id"].is_unique().all()
        keys = encode_rows(OPEN_ARGUMENTS, read.arguments).select("call_id", "path", "origin_index")
        assert keys.is_unique().all()
