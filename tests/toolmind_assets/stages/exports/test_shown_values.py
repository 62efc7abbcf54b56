"""Exported rows show nobody's address, number or secret."""

import json
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from toolmind_assets.errors import InputError
from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.shown_values import ShownValues, shown_in
from toolmind_assets.stages.exports.training_set import TrainingSet
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.opensets import OPEN_DIALOGUES
from toolmind_assets.tables.rows import encode_rows
from toolmind_assets.tables.tasks import TASKS_DROPPED
from toolmind_resources.delta.table import Table
from toolmind_resources.files.output import OutputFolder
from toolmind_resources.plausible.real_values import RealKind, RealValue

KEY = "AKIA" + "2E0A8F3B244C9986"


def dialogue(*messages: Message, source: str = "simulated", documented: str = "") -> Dialogue:
    return Dialogue(
        dialogue_id="dialogue_1",
        shard="sim-0000" if source == "simulated" else f"open-{source}-00",
        task_id=None,
        source=source,
        licence="",
        scenario="",
        domain="",
        language="en",
        function_ids=(),
        tools=({"type": "function", "function": {"name": "send", "description": documented}},),
        messages=messages,
        stop_reason=StopReason.USER_SATISFIED,
        models=(),
        prompt_digest="",
        n_turns=1,
        content_digest="",
    )


def seen(one: Dialogue, last_message: int, of_results: str = "") -> list[RealValue]:
    return shown_in(one, last_message, lambda _: of_results)


def says(text: str) -> Message:
    return Message(Speaker.USER, text)


@pytest.mark.parametrize(
    "message",
    [
        says("Write to ann@acme.com"),
        Message(Speaker.ASSISTANT, tool_calls=(ToolCall("c1", "send", {"to": [{"email": "ann@acme.com"}]}),)),
        Message(Speaker.ASSISTANT, tool_calls=(ToolCall("c1", "send", '{"to": "ann@acme.com"'),)),
        Message(Speaker.TOOL, json.dumps({"note": "first\nann@acme.com"}), tool_call_id="c1"),
        Message(Speaker.ASSISTANT, "Done.", reasoning="It is ann@acme.com"),
    ],
)
def test_it_is_seen_wherever_a_message_can_hold_it(message: Message) -> None:
    assert seen(dialogue(message), 0) == [RealValue(RealKind.EMAIL, "ann@acme.com")]


def test_what_comes_after_the_last_exported_message_is_not_looked_at() -> None:
    assert seen(dialogue(says("Hello"), says("ann@acme.com")), 0) == []


def test_what_the_documentation_of_a_function_states_is_left_alone_but_no_secret() -> None:
    documented = f"Such as Ann@Acme.com with {KEY}"
    assert seen(dialogue(says(f"ann@acme.com {KEY}"), documented=documented), 0) == [
        RealValue(RealKind.SECRET, KEY)
    ]


def test_what_the_documentation_of_a_result_states_is_left_alone() -> None:
    assert seen(dialogue(says("ann@acme.com, bob@acme.com")), 0, "such as ann@acme.com") == [
        RealValue(RealKind.EMAIL, "bob@acme.com")
    ]


def test_a_version_in_a_result_is_no_address() -> None:
    assert seen(dialogue(says('{"version": "1.2.3.4", "at": "192.0.2.1"}')), 0) == []
    assert seen(dialogue(says('{"address": "1.2.3.4"}')), 0) == [RealValue(RealKind.ADDRESS, "1.2.3.4")]


def test_of_a_secret_the_error_shows_its_beginning_alone() -> None:
    shown = ShownValues(lambda _: "")
    shown.look_at(dialogue(says(KEY)), 0)
    with pytest.raises(InputError, match="secret AKIA… in dialogue_1") as raised:
        shown.refuse_simulated()
    assert KEY not in str(raised.value)


def written(one: Dialogue, folder: Path, params: ExportParams) -> str:
    sample = MixedSample("sample_1", one.shard, one.dialogue_id, 1, (0.0, 1.0), one.source, "", "", 1, 1, 1.0)
    frames = {
        MIXED_SAMPLES: encode_rows(MIXED_SAMPLES, [sample]),
        DIALOGUES if one.source == "simulated" else OPEN_DIALOGUES: encode_rows(DIALOGUES, [one]),
    }

    def read(
        table: Table, columns: Sequence[str] | None = None, _: Sequence[str] | None = None
    ) -> pl.DataFrame:
        types = {column.name: column.dtype for column in table.all_columns}
        frame = frames.get(table, pl.DataFrame(schema=types))
        return frame.select(columns) if columns else frame

    with OutputFolder(folder / "exports") as output:
        return TrainingSet(read, [TASKS_DROPPED], params, 1, "digest").write(output, ["trl"])[1]


TURN = Message(Speaker.ASSISTANT, "It was sent.")


def test_a_simulated_row_that_shows_it_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"email ann@acme.com in dialogue_1.*exports.real_values: count"):
        written(dialogue(says("ann@acme.com"), TURN), tmp_path, ExportParams())
    assert not (tmp_path / "exports").exists()


def test_where_it_is_to_be_counted_the_card_tells_of_it(tmp_path: Path) -> None:
    card = written(dialogue(says("ann@acme.com"), TURN), tmp_path, ExportParams(real_values="count"))
    assert "| simulated | email | 1 |" in card and "very email address" not in card
    assert (tmp_path / "exports" / "trl" / "train.jsonl").exists()


def test_a_row_of_an_open_set_is_counted_and_never_refused(tmp_path: Path) -> None:
    card = written(dialogue(says("ann@acme.com"), TURN, source="glaive"), tmp_path, ExportParams())
    assert "| glaive | email | 1 |" in card and "Of simulated dialogues: every email address" in card


def test_a_row_with_reserved_values_is_written_and_the_card_says_that_they_are_nobodys(
    tmp_path: Path,
) -> None:
    card = written(dialogue(says("ann@example.com, +1 202 555 0143"), TURN), tmp_path, ExportParams())
    assert "## Addresses and numbers\n\nEvery email address" in card
