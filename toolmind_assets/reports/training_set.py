"""The training set written out, from tables to files; the asset and `toolmind export` share it."""

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from toolmind_assets.errors import InputError
from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.exports import ExportedFile
from toolmind_assets.model.ids import digest
from toolmind_assets.model.verdicts import MixedSample
from toolmind_assets.settings.chat_models import chat_settings
from toolmind_assets.settings.config import Settings
from toolmind_assets.stages.exports.card import CARD_FILE, render_card
from toolmind_assets.stages.exports.facts import CardFacts, gather_facts
from toolmind_assets.stages.exports.write import find_formats, write_exports, write_text
from toolmind_assets.tables import DIALOGUES, MIXED_SAMPLES, OPEN_DIALOGUES
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.chat.model import Role
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table
from toolmind_resources.files.output import OutputFolder


def write_all(
    settings: Settings, store: DeltaStore, folder: OutputFolder, formats: Sequence[str]
) -> list[ExportedFile]:
    """Writes the mixture in these formats and the dataset card into the folder; returns the files' rows.

    Raises:
        InputError: there is no such format, or no training set yet.
    """
    wanted = find_formats(formats)
    if store.version(MIXED_SAMPLES) is None:
        raise InputError(f"there is no training set in {settings.tables}; make one: toolmind run")
    samples = decode_rows(MixedSample, store.read(MIXED_SAMPLES))
    files = list(write_exports(samples, partial(_read_dialogues, settings, store), folder, wanted))

    card = render_card(facts_of(settings, store), wanted, files)
    return [*files, write_text(folder, "card", CARD_FILE, card)]


def facts_of(settings: Settings, store: DeltaStore) -> CardFacts:
    """What the dataset card tells of the tables as they are now."""

    def read(table: Table, columns: Sequence[str]) -> pl.DataFrame:
        return store.read(table, columns=columns)

    title, seed = settings.config.exports.title, settings.config.seed
    return gather_facts(read, title, seed, parameters_digest(settings))


_PLACES = {
    "shards": {"in_flight"},
    "trajectories": {"concurrency"},
    "catalogs": {"folder", "sources"},
    "embedder": {"base_url", "api_key_env"},
    "opensets": {"__all__": {"path", "hub", "hub_file", "revision"}},
    "exports": True,
    "chat": True,
    "embedded": True,
    "budget": True,
    "automation": True,
}
"""Settings that decide no row, or that `chat_settings` tells: where things lie, what runs at once, what it may cost."""


def parameters_digest(settings: Settings) -> str:
    """Digest of everything in toolmind.yaml that decides a row."""
    config = settings.config
    return digest(config.model_dump(mode="json", exclude=_PLACES), chat_settings(config, Role))[:16]


def _read_dialogues(
    settings: Settings, store: DeltaStore, shard: str, dialogue_ids: frozenset[str]
) -> Mapping[str, Dialogue]:
    """These dialogues of a shard of either kind, by id."""
    table = DIALOGUES if shard in settings.config.simulated_shards else OPEN_DIALOGUES
    rows = store.read(table, [shard]).filter(pl.col("dialogue_id").is_in(list(dialogue_ids)))
    return {dialogue.dialogue_id: dialogue for dialogue in decode_rows(Dialogue, rows)}
