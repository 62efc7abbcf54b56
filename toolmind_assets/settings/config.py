"""toolmind.yaml: one validated file for the command line and the UI alike.

Reads these names of the environment:

- `TOOLMIND_CONFIG`: the configuration file; `toolmind.yaml` in the working directory where not set.
- `TOOLMIND_HOME`: where everything that is made goes; `.toolmind` beside the file where not set.

Beside it only the resources read variables that the configuration names, for keys, and Dagster its own
`DAGSTER_HOME`: where that is set, `toolmind run` and `toolmind ui` use that instance.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from toolmind_assets.errors import ConfigError, InputError
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_assets.stages.catalogs.validated_yaml import parse_model
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.write import find_formats
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.mixture.mix import MixtureParams
from toolmind_assets.stages.opensets.adapt import find_adapter
from toolmind_assets.stages.opensets.sources import OpenSetSource
from toolmind_assets.stages.specs.params import CompletionParams, SpecParams
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import Role

CONFIG_FILE = "toolmind.yaml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CatalogsSection(CatalogParams):
    """Where catalogs are, and the limits on what is read of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: str = Field(
        default="catalogs",
        description="Folder with a manifest.yaml; every file in it that the manifest does not name is a catalog too.",
    )
    sources: tuple[CatalogSource, ...] = Field(
        default=(), description="More catalogs; their paths are relative to toolmind.yaml."
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(),
        description="`host` or `host:port` that a catalog's URL may redirect to, ask by http://, or find at an "
        "internal address. None of it is done otherwise.",
    )


class SpecsSection(SpecParams, CompletionParams):
    """Limits on what a function's schemas may hold, and what a chat model completes of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EmbedderSection(_Section):
    """How texts are embedded for the graph."""

    kind: Literal["hashed", "tfidf", "openai"] = Field(
        default="hashed",
        description="`hashed` needs nothing, `tfidf` the extra of that name: shared words count, in `tfidf` the more the rarer "
        "they are among all functions; `openai` is any OpenAI-compatible endpoint, whose vectors are kept and never paid twice.",
    )
    base_url: str = Field(default="", description="Root of the endpoint's API.")
    model: str = Field(default="", description="Name of its embedding model.")
    api_key_env: str | None = Field(
        default=None, description="Environment variable that holds the key; the key itself stands nowhere."
    )

    @model_validator(mode="after")
    def _refuse_no_endpoint(self) -> "EmbedderSection":
        if self.kind == "openai" and not (self.base_url and self.model):
            raise ValueError("kind openai wants base_url and model")
        return self


DEFAULT_ROLE = "default"


class ChatSection(_Section):
    """Which chat model plays which role."""

    models: tuple[Endpoint, ...] = Field(
        default=(), description="Models behind OpenAI-compatible endpoints, each under a name of yours."
    )
    roles: dict[str, str] = Field(
        default={},
        description="Role -> name of a model, or `embedded`; `default` stands for all roles not named. "
        f"Roles: {', '.join(Role)}.",
    )

    @model_validator(mode="after")
    def _check_roles(self) -> "ChatSection":
        names = [model.name for model in self.models]
        if repeated := sorted({name for name in names if names.count(name) > 1 or name == EMBEDDED}):
            raise _wrong(f"models: the name {repeated[0]!r} is taken; rename one of them")
        for role, name in self.roles.items():
            if role not in (DEFAULT_ROLE, *Role):
                raise _wrong(f"roles: there is no role {role!r}; there are {DEFAULT_ROLE}, {', '.join(Role)}")
            if name not in (EMBEDDED, *names):
                raise _wrong(
                    f"roles.{role}: there is no model {name!r}; there are {', '.join([EMBEDDED, *names])}"
                )
        return self

    def endpoint_of(self, role: Role) -> Endpoint | None:
        """The endpoint that plays the role; None for the embedded model."""
        name = self.roles.get(role.value, self.roles.get(DEFAULT_ROLE, EMBEDDED))
        return next((model for model in self.models if model.name == name), None)

    @property
    def endpoints(self) -> dict[Role, Endpoint]:
        """The endpoint of every role that has one."""
        return {role: endpoint for role in Role if (endpoint := self.endpoint_of(role)) is not None}


class AutomationSection(_Section):
    """What the Dagster daemon does by itself; a step that asks an endpoint only within a budget."""

    refresh_cron: str = Field(
        default="0 3 * * *", description="When the schedule reads all catalogs again; empty for never."
    )
    continue_cron: str = Field(
        default="",
        description="When the schedule makes shards, mixture and exports that are due, each time within the "
        "budget; empty for never.",
    )
    time_zone: str = Field(default="UTC", description="Time zone of both, such as Europe/Berlin.")

    @field_validator("refresh_cron", "continue_cron")
    @classmethod
    def _check_cron(cls, cron: str) -> str:
        if cron and len(cron.split()) != 5:
            raise _wrong("this is no cron schedule: five fields are wanted, such as 0 3 * * *")
        return cron

    @field_validator("time_zone")
    @classmethod
    def _check_time_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise _wrong("there is no such time zone; names are like Europe/Berlin")
        return name


class ShardsSection(_Section):
    """How much is generated, and how much of it at once."""

    simulated: int = Field(default=8, ge=0, le=100_000, description="Shards of simulated dialogues.")
    in_flight: int = Field(
        default=64, ge=1, le=4096, description="Tasks, dialogues or links in the making at once, in a run."
    )


class ToolMindConfig(_Section):
    """The whole of toolmind.yaml."""

    seed: int = Field(default=0, ge=0, description="Seed of the whole run; another seed makes other tasks.")
    catalogs: CatalogsSection = CatalogsSection()
    specs: SpecsSection = SpecsSection()
    embedder: EmbedderSection = EmbedderSection()
    graph: GraphParams = GraphParams()
    shards: ShardsSection = ShardsSection()
    tasks: TaskParams = TaskParams()
    dialogues: DialogueParams = DialogueParams()
    opensets: tuple[OpenSetSource, ...] = Field(
        default=(), description="Open-source sets to merge; their paths are relative to toolmind.yaml."
    )
    trajectories: TrajectoryParams = TrajectoryParams()
    mixture: MixtureParams = MixtureParams()
    exports: ExportParams = ExportParams()
    chat: ChatSection = ChatSection()
    budget: Budget = Budget()
    automation: AutomationSection = AutomationSection()
    embedded: EmbeddedErrors = EmbeddedErrors()

    @model_validator(mode="after")
    def _check_prices(self) -> "ToolMindConfig":
        unpriced = [endpoint.name for endpoint in self.chat.endpoints.values() if not endpoint.is_priced]
        if self.budget.usd is not None and unpriced:
            raise _wrong(f"budget.usd wants to know both prices of the model {unpriced[0]!r} (chat.models)")
        return self

    @field_validator("tasks")
    @classmethod
    def _check_tasks(cls, tasks: TaskParams) -> TaskParams:
        if tasks.walk_min > tasks.walk_max:
            raise _wrong(f"walk_min {tasks.walk_min} exceeds walk_max {tasks.walk_max}")
        return tasks

    @field_validator("opensets")
    @classmethod
    def _check_opensets(cls, sources: tuple[OpenSetSource, ...]) -> tuple[OpenSetSource, ...]:
        names = [source.name for source in sources]
        for source in sources:
            if names.count(source.name) > 1:
                raise _wrong(f"two open sets are called {source.name!r}; rename one of them")
            try:
                find_adapter(source.set)
            except InputError as error:
                raise _wrong(str(error)) from error
        return sources

    @field_validator("exports")
    @classmethod
    def _check_exports(cls, exports: ExportParams) -> ExportParams:
        try:
            find_formats(exports.formats)
        except InputError as error:
            raise _wrong(str(error)) from error
        return exports

    @property
    def simulated_shards(self) -> tuple[str, ...]:
        """`sim-0000`, `sim-0001`, ..."""
        return tuple(f"sim-{number:04d}" for number in range(self.shards.simulated))

    @property
    def open_shards(self) -> tuple[str, ...]:
        """`open-<name>-00`, ... of every open set."""
        return tuple(shard for source in self.opensets for shard in source.shards)


def _wrong(message: str) -> PydanticCustomError:
    """A finding whose message stands as it is beside file, line and key."""
    return PydanticCustomError("wrong", "{message}", {"message": message})


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration with the folders that it applies to.

    Attributes:
        file: toolmind.yaml, or None where there is none and defaults hold.
        root: Folder of toolmind.yaml; relative paths in it start here.
        home: Folder of everything that is made.
    """

    config: ToolMindConfig
    root: Path
    home: Path
    file: Path | None = None

    @property
    def tables(self) -> Path:
        """Folder of the Delta tables."""
        return self.home / "tables"

    @property
    def journal(self) -> Path:
        """File of the replies that endpoints gave, and of what they cost."""
        return self.home / "chat" / "journal.sqlite"

    @property
    def vectors(self) -> Path:
        """File of the vectors that an embedding endpoint gave."""
        return self.home / "embed" / "vectors.sqlite"

    @property
    def exports(self) -> Path:
        """Folder of the exported files."""
        return self.home / "exports"


def load_settings() -> Settings:
    """The settings that the environment points to; defaults where there is no toolmind.yaml.

    Raises:
        ConfigError: the file cannot be read, or a key of it is unknown or wrong.
    """
    named = os.environ.get("TOOLMIND_CONFIG")
    path = Path(named or CONFIG_FILE).absolute()
    if named and not path.is_file():
        raise ConfigError(f"TOOLMIND_CONFIG names {path}, which is no file")
    config = ToolMindConfig()
    if path.is_file():
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read: {error}") from error
        config = parse_model(ToolMindConfig, text, path.name)
    home = Path(os.environ.get("TOOLMIND_HOME") or path.parent / ".toolmind").absolute()
    return Settings(config, path.parent, home, path if path.is_file() else None)
