"""Writes the mixture in export formats, shard by shard; what a file holds depends on its samples alone."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from itertools import groupby
from typing import Protocol

from toolmind_assets.errors import InputError, StoreError
from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.exports import ExportedFile
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.formats import ExportFormat
from toolmind_assets.stages.exports.llamafactory import LLAMAFACTORY
from toolmind_assets.stages.exports.openai import OPENAI
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.trl import TRL

FORMATS = (TRL, OPENAI, LLAMAFACTORY)

ReadDialogues = Callable[[str, frozenset[str]], Mapping[str, Dialogue]]
"""From a shard and dialogue ids to those dialogues by id."""


class Writable(Protocol):
    """A file open for writing bytes."""

    def write(self, data: bytes, /) -> object:
        """Appends `data`."""
        ...


class Folder(Protocol):
    """Where files are put."""

    def open_file(self, path: str) -> AbstractContextManager[Writable]:
        """A new file at `path` below the folder."""
        ...


def find_formats(names: Iterable[str]) -> tuple[ExportFormat, ...]:
    """The formats of these names, in the order of `FORMATS`.

    Raises:
        InputError: there is no format of one of the names.
    """
    known = {export_format.name: export_format for export_format in FORMATS}
    wanted = list(names)
    for name in wanted:
        if name not in known:
            raise InputError(f"no export format is called {name!r}; known formats: {', '.join(known)}")
    return tuple(export_format for export_format in FORMATS if export_format.name in wanted)


def write_exports(
    samples: Iterable[MixedSample],
    read_dialogues: ReadDialogues,
    folder: Folder,
    params: ExportParams,
    formats: Sequence[ExportFormat] = FORMATS,
    look_at: Callable[[Dialogue, int], object] = lambda *_: None,
) -> tuple[ExportedFile, ...]:
    """Writes every sample in every format, sorted by shard, dialogue and message; returns the files' rows.

    At most one shard's dialogues are held at a time. Run ids, times and versions stay out of the files.
    `look_at` is given each dialogue with the last of its messages that is written.

    Raises:
        StoreError: a sample's dialogue is not where the sample says.
    """
    ordered = sorted(samples, key=lambda sample: (sample.shard, sample.dialogue_id, sample.message_index))
    with ExitStack() as stack:
        files = [
            _CountedFile(export_format, params, stack.enter_context(folder.open_file(export_format.file)))
            for export_format in formats
        ]
        for shard, members in groupby(ordered, key=lambda sample: sample.shard):
            _write_shard(shard, list(members), read_dialogues, files, look_at)
    exported = [file.as_exported() for file in files]
    for export_format in formats:
        exported += [
            write_text(folder, export_format.name, path, text) for path, text in export_format.side_files
        ]
    return tuple(sorted(exported, key=lambda file: (file.format, file.file)))


def write_text(folder: Folder, format_name: str, path: str, text: str) -> ExportedFile:
    """Writes a file without samples, such as the dataset card; returns its row."""
    data = text.encode()
    with folder.open_file(path) as file:
        file.write(data)
    return ExportedFile(format_name, path, None, len(data), hashlib.sha256(data).hexdigest())


def _write_shard(
    shard: str,
    samples: list[MixedSample],
    read_dialogues: ReadDialogues,
    files: "Sequence[_CountedFile]",
    look_at: Callable[[Dialogue, int], object],
) -> None:
    dialogues = read_dialogues(shard, frozenset(sample.dialogue_id for sample in samples))
    for dialogue_id, members in groupby(samples, key=lambda sample: sample.dialogue_id):
        dialogue = dialogues.get(dialogue_id)
        if dialogue is None:
            raise StoreError(
                f"shard {shard} has no dialogue {dialogue_id}, but the mixture has a sample of it: "
                "materialise trajectories and mixture again"
            )
        anchors = list(members)
        look_at(dialogue, anchors[-1].message_index)
        for file in files:
            file.write_rows(dialogue, anchors)


class _CountedFile:
    """A file of samples that knows its rows, size and digest."""

    def __init__(self, export_format: ExportFormat, params: ExportParams, file: Writable) -> None:
        self._format, self._params = export_format, params
        self._file = file
        self._digest = hashlib.sha256()
        self._n_rows = 0
        self._n_bytes = 0

    def write_rows(self, dialogue: Dialogue, samples: Sequence[MixedSample]) -> None:
        write_row = self._format.prepare(dialogue, self._params)
        for sample in samples:
            line = (write_row(sample) + "\n").encode()
            self._file.write(line)
            self._digest.update(line)
            self._n_rows += 1
            self._n_bytes += len(line)

    def as_exported(self) -> ExportedFile:
        digest = self._digest.hexdigest()
        return ExportedFile(self._format.name, self._format.file, self._n_rows, self._n_bytes, digest)
