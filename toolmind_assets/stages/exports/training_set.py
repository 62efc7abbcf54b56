"""The training set written out, from tables to files; a run and `toolmind export` share it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.exports import ExportedFile
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.stages.exports.card import CARD_FILE, CardFacts, render_card
from toolmind_assets.stages.exports.facts import gather_facts
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.shown_values import ShownValues
from toolmind_assets.stages.exports.write import Folder, find_formats, write_exports, write_text
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.opensets import OPEN_DIALOGUES
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_resources.delta.table import Table

ReadRows = Callable[[Table, Sequence[str] | None, Sequence[str] | None], pl.DataFrame]
"""From a table, columns (None for all) and partitions (None for all) to these rows."""


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """The mixture as the tables hold it.

    Attributes:
        read: Reads the tables.
        tables: Those of which the card counts the dropped rows.
        params: Title of the dataset card, and what of the models' reasoning is written.
        seed: Of the run.
        parameters_digest: Digest of the configuration that decides rows.
    """

    read: ReadRows
    tables: Iterable[Table]
    params: ExportParams
    seed: int
    parameters_digest: str

    def facts(self) -> CardFacts:
        """What the dataset card tells of the tables as they are now."""

        def read(table: Table, columns: Sequence[str]) -> pl.DataFrame:
            return self.read(table, columns, None)

        dropped = [table for table in self.tables if table.name.endswith("/dropped")]
        return gather_facts(read, dropped, self.params.title, self.seed, self.parameters_digest)

    def write(self, folder: Folder, formats: Sequence[str]) -> tuple[list[ExportedFile], str]:
        """Writes the mixture in these formats and the dataset card into the folder.

        Returns:
            The files' rows, and the text of the card.

        Raises:
            InputError: there is no such format, or simulated rows show what may be somebody's and are refused.
        """
        wanted, shown = find_formats(formats), ShownValues(self._documentation())
        samples = decode_rows(MixedSample, self.read(MIXED_SAMPLES, None, None))
        files = list(write_exports(samples, self._read_dialogues, folder, self.params, wanted, shown.look_at))
        if self.params.real_values == "refuse":
            shown.refuse_simulated()
        card = render_card(self.facts(), wanted, files, self.params, shown.n_dialogues)
        return [*files, write_text(folder, "card", CARD_FILE, card)], card

    def _documentation(self) -> Callable[[Collection[str]], str]:
        """From ids of functions to what their specs state; these are read when they are first asked for."""
        columns = ["function_id", "description", "parameters_json", "returns_json"]
        stated = cache(lambda: self.read(FUNCTIONS, columns, None))

        def documentation(function_ids: Collection[str]) -> str:
            rows = stated().filter(pl.col("function_id").is_in(list(function_ids))).iter_rows()
            return "\n".join(text or "" for row in rows for text in row)

        return documentation

    def _read_dialogues(self, shard: str, dialogue_ids: frozenset[str]) -> Mapping[str, Dialogue]:
        """These dialogues of a shard of either kind, by id."""
        is_wanted = pl.col("dialogue_id").is_in(list(dialogue_ids))
        frames = [self.read(table, None, [shard]).filter(is_wanted) for table in (DIALOGUES, OPEN_DIALOGUES)]
        dialogues = (dialogue for frame in frames for dialogue in decode_rows(Dialogue, frame))
        return {dialogue.dialogue_id: dialogue for dialogue in dialogues}
