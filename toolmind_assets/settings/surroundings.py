"""What steps are handed from outside of the tables: everything that follows from the settings.

Each stage says in a Protocol of its own what it wants of this.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from pydantic import BaseModel

from toolmind_assets.errors import InputError
from toolmind_assets.model.ids import digest
from toolmind_assets.settings.catalog_folder import Catalog, find_catalogs
from toolmind_assets.settings.chat_models import chat_settings, embedder_of
from toolmind_assets.settings.config import EmbedderSection, Settings
from toolmind_assets.settings.open_sets import SetFile, find_file
from toolmind_assets.stages.exports.training_set import TrainingSet
from toolmind_assets.stages.opensets.sources import OpenSetSource
from toolmind_assets.steps.step import Partitions, Step
from toolmind_assets.steps.work import Work
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Role
from toolmind_resources.chat.role_usage import RoleUsage
from toolmind_resources.chat.usage import Usage
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table
from toolmind_resources.embed.model import Embedder
from toolmind_resources.files.output import OutputFolder

_IDLE_SETTINGS = {
    "shards": {"in_flight"},
    "embedder": {"base_url", "api_key_env", "batch_texts", "timeout_seconds"},
    "chat": True,
    "embedded": True,
    "budget": True,
    "automation": True,
}
"""Settings of no stage that decide no row, or that `chat_settings` tells: where things are, what they may cost."""


@dataclass(frozen=True)
class Surroundings:
    """The outside of steps, as it lies when it is first looked at.

    Attributes:
        settings: What it follows from.
        is_free: Whether nothing paid is used in place of an endpoint that embeds, for an estimate.
        seed_given: Another seed than that of the configuration.
    """

    settings: Settings
    is_free: bool = False
    seed_given: int | None = None

    @property
    def seed(self) -> int:
        """The seed of the whole run."""
        return self.settings.config.seed if self.seed_given is None else self.seed_given

    @property
    def in_flight(self) -> int:
        """Tasks, dialogues or links in the making at once."""
        return self.settings.config.shards.in_flight

    def chat_settings(self, roles: Sequence[Role]) -> object:
        """What about the chat models of some roles decides rows, JSON-able."""
        return chat_settings(self.settings.config, roles)

    def catalogs(self) -> Mapping[str, Catalog]:
        """Every configured catalog by name."""
        return self._catalogs

    @cached_property
    def _catalogs(self) -> Mapping[str, Catalog]:
        return find_catalogs(self.settings)

    def open_set(self, shard: str) -> OpenSetSource:
        """The configured set that a shard is a part of."""
        sources: Iterable[OpenSetSource] = self.settings.config.section("opensets")
        return next(source for source in sources if shard in source.shards)

    def set_file(self, source: OpenSetSource) -> SetFile:
        """The file of an open set."""
        return find_file(self.settings, source)

    def embedder(self) -> Embedder:
        """What turns texts into vectors."""
        section = self.settings.config.embedder
        is_replaced = self.is_free and section.kind == "openai"
        return embedder_of(EmbedderSection() if is_replaced else section, self.settings.vectors)

    def embedder_settings(self) -> object:
        """What about the embedder decides vectors, JSON-able."""
        return self.settings.config.embedder.model_dump(include={"kind", "model"})

    @property
    def exports(self) -> str:
        """Where exported files go, for people."""
        return str(self.settings.exports)

    def export_folder(self) -> OutputFolder:
        """Where exported files go, swapped in whole when the block ends."""
        return OutputFolder(self.settings.exports)

    def has_export(self, file: str, n_bytes: int) -> bool:
        """Whether an exported file of this size is there."""
        path = self.settings.exports / file
        return path.is_file() and path.stat().st_size == n_bytes

    def usage(self) -> list[Usage]:
        """What the calls of paid models came to so far; nothing where none was ever made."""
        journal = self.settings.journal
        return Journal(journal).usage() if journal.is_file() else []

    def role_usage(self) -> list[RoleUsage]:
        """How roles were served so far; nothing where no call was ever made."""
        journal = self.settings.journal
        return Journal(journal).role_usage() if journal.is_file() else []

    def parameters_digest(self) -> str:
        """Digest of everything in toolmind.yaml that decides a row."""
        config, pipeline = self.settings.config, self.settings.pipeline
        idle = {stage.name: stage.idle_settings for stage in pipeline.stages if stage.idle_settings}
        decisive = config.model_dump(mode="json", exclude=_IDLE_SETTINGS | idle)
        return digest(decisive, chat_settings(config, pipeline.roles))[:16]


def params_of(settings: Settings, step: Step) -> BaseModel:
    """A step's parameters as toolmind.yaml states them."""
    section = settings.config.section(step.stage)
    return section if isinstance(section, step.params) else step.params()


def work_of(settings: Settings, step: Step, params: BaseModel | None = None) -> Work:
    """A step at work, with the parameters of toolmind.yaml or with others."""
    return Work(step, params or params_of(settings, step), Surroundings(settings), settings.pipeline)


def works_of(settings: Settings, steps: Iterable[Step]) -> list[Work]:
    """Some steps at work."""
    return [work_of(settings, step) for step in steps]


def partitions_of(settings: Settings, partitions: Partitions) -> tuple[str, ...]:
    """The shards of a kind that are configured; of steps that are not cut into shards none."""
    config = settings.config
    shards = {
        Partitions.SIMULATED: config.simulated_shards,
        Partitions.OPEN: config.open_shards,
        Partitions.SHARD: config.all_shards,
    }
    return shards.get(partitions, ())


def is_free(settings: Settings, step: Step) -> bool:
    """Whether a step asks no endpoint: none plays its roles, nor embeds for it."""
    config = settings.config
    is_paid = any(config.chat.endpoint_of(role) for role in step.roles)
    return not embeds_paid(settings, step) and not (is_paid and step.is_active(params_of(settings, step)))


def embeds_paid(settings: Settings, step: Step) -> bool:
    """Whether an endpoint embeds for a step."""
    return step.asks_embedder and settings.config.embedder.kind == "openai"


def training_set_of(settings: Settings, store: DeltaStore) -> TrainingSet:
    """The mixture as the tables hold it.

    Raises:
        InputError: there is no training set yet.
    """
    if store.version(MIXED_SAMPLES) is None:
        raise InputError(f"there is no training set in {settings.tables}; make one: toolmind run")

    def read(
        table: Table, columns: Sequence[str] | None = None, partitions: Sequence[str] | None = None
    ) -> pl.DataFrame:
        return store.read(table, partitions, columns)

    params, outside = settings.config.section("exports"), Surroundings(settings)
    return TrainingSet(read, settings.pipeline.tables, params, outside.seed, outside.parameters_digest())
