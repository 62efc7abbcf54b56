"""Files of exports: complete, sorted, the same bytes for the same samples."""

import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.errors import InputError, StoreError
from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, StopReason
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.write import FORMATS, find_formats, write_exports, write_text
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.rows import encode_rows


class MemoryFolder:
    """Keeps files in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    @contextmanager
    def open_file(self, path: str) -> Iterator[io.BytesIO]:
        file = io.BytesIO()
        yield file
        self.files[path] = file.getvalue()


def _dialogue(shard: str, number: int) -> Dialogue:
    turns = [Message(Speaker.USER, f"Question {number}"), Message(Speaker.ASSISTANT, "Answer")] * 2
    return Dialogue(
        dialogue_id=f"dialogue_{shard}_{number}",
        shard=shard,
        task_id=None,
        source="simulated",
        licence="",
        scenario="chained",
        domain="travel",
        language="en",
        function_ids=(),
        tools=(),
        messages=tuple(turns),
        stop_reason=StopReason.USER_SATISFIED,
        models=(),
        prompt_digest="",
        n_turns=2,
        content_digest="",
    )


SHARDS = {
    shard: {dialogue.dialogue_id: dialogue for dialogue in (_dialogue(shard, number) for number in (2, 1))}
    for shard in ("sim-0001", "sim-0000")
}
SAMPLES = [
    MixedSample(f"sample_{dialogue.dialogue_id}_{index}", shard, dialogue.dialogue_id, index, (0.0,) * index + (1.0,), "simulated", "chained", "travel", 1, 1, 1.0)
    for shard, dialogues in SHARDS.items()
    for dialogue in dialogues.values()
    for index in (3, 1)
]  # fmt: skip


def _written(samples: list[MixedSample]) -> tuple[MemoryFolder, tuple]:
    folder = MemoryFolder()
    return folder, write_exports(samples, lambda shard, _: SHARDS[shard], folder, ExportParams())


def test_every_file_holds_every_sample_sorted_by_shard_dialogue_and_message():
    folder, _ = _written(SAMPLES)
    for export_format in FORMATS:
        rows = [json.loads(line) for line in folder.files[export_format.file].splitlines()]
        places = [(row["dialogue_id"], row["message_index"]) for row in rows]
        assert places == sorted(places)
        assert len(places) == len(SAMPLES)


@given(st.permutations(SAMPLES))
def test_the_order_of_the_samples_changes_no_byte(samples: list[MixedSample]):
    assert _written(samples)[0].files == _written(SAMPLES)[0].files


def test_the_manifest_tells_rows_size_and_digest_of_each_file():
    folder, exported = _written(SAMPLES)
    assert {file.file for file in exported} == set(folder.files)
    for file in exported:
        content = folder.files[file.file]
        assert file.n_bytes == len(content)
        assert file.file_digest == hashlib.sha256(content).hexdigest()
        assert file.n_rows == (len(SAMPLES) if file.file.endswith("jsonl") else None)
    assert encode_rows(MANIFESTS, exported).height == len(exported)


def test_shards_are_read_one_after_the_other_and_only_the_dialogues_that_are_needed():
    asked = []

    def read(shard: str, ids: frozenset[str]) -> dict[str, Dialogue]:
        asked.append((shard, sorted(ids)))
        return SHARDS[shard]

    write_exports(SAMPLES[:3], read, MemoryFolder(), ExportParams())
    assert asked == [("sim-0001", ["dialogue_sim-0001_1", "dialogue_sim-0001_2"])]


def test_no_samples_make_empty_files():
    folder, exported = _written([])
    assert folder.files["trl/train.jsonl"] == b""
    assert [file.n_rows for file in exported] == [None, 0, 0, 0]


def test_a_sample_without_its_dialogue_is_a_clear_error():
    with pytest.raises(StoreError, match="shard sim-0000 has no dialogue"):
        write_exports(SAMPLES, lambda *_: {}, MemoryFolder(), ExportParams())


def test_formats_are_found_by_name_and_an_unknown_one_is_a_clear_error():
    assert [each.name for each in find_formats(["llamafactory", "trl"])] == ["trl", "llamafactory"]
    with pytest.raises(InputError, match="known formats: trl, openai, llamafactory"):
        find_formats(["parquet"])


def test_a_text_such_as_the_card_has_no_rows():
    folder = MemoryFolder()
    written = write_text(folder, "card", "README.md", "# é\n")
    assert folder.files == {"README.md": "# é\n".encode()}
    assert (written.format, written.n_rows, written.n_bytes) == ("card", None, 5)
