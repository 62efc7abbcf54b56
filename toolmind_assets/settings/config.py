"""toolmind.yaml: one validated file for the command line and the UI alike.

Reads these names of the environment:

- `TOOLMIND_CONFIG`: the configuration file; `toolmind.yaml` in the working directory where not set.
- `TOOLMIND_HOME`: where everything that is made goes; `.toolmind` beside the file where not set.

Beside it only the resources read variables that the configuration names, for keys, and Dagster its own
`DAGSTER_HOME`: where that is set, `toolmind run` and `toolmind ui` use that instance.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator, model_validator
from pydantic.fields import FieldInfo

from toolmind_assets.errors import ConfigError, wrong_setting
from toolmind_assets.stages.catalogs.validated_yaml import parse_model
from toolmind_assets.stages.registry import PIPELINE
from toolmind_assets.steps.pipeline import Pipeline
from toolmind_assets.steps.step import Partitions, Stage
from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import Role

CONFIG_FILE = "toolmind.yaml"


class _Section(BaseModel):
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
    batch_texts: int = Field(default=128, ge=1, le=2048, description="Texts that are sent in one request.")
    timeout_seconds: float = Field(
        default=60.0,
        gt=0,
        description="Longest wait for one request; a model on a CPU wants some 2 s for 128 texts.",
    )

    @model_validator(mode="after")
    def _refuse_no_endpoint(self) -> "EmbedderSection":
        if self.kind == "openai" and not (self.base_url and self.model):
            raise ValueError("kind openai wants base_url and model")
        return self


DEFAULT_ROLE = "default"


class ChatSection(_Section):
    """Which chat model plays which role."""

    known_roles: ClassVar[tuple[Role, ...]] = ()

    models: tuple[Endpoint, ...] = Field(
        default=(), description="Models behind OpenAI-compatible endpoints, each under a name of yours."
    )
    roles: dict[str, str] = Field(
        default={},
        description="Role -> name of a model, or `embedded`; `default` stands for all roles not named.",
    )

    @model_validator(mode="after")
    def _check_roles(self) -> "ChatSection":
        names = [model.name for model in self.models]
        if repeated := sorted({name for name in names if names.count(name) > 1 or name == EMBEDDED}):
            raise wrong_setting(f"models: the name {repeated[0]!r} is taken; rename one of them")
        for role, name in self.roles.items():
            if role not in (DEFAULT_ROLE, *self.known_roles):
                known = ", ".join((DEFAULT_ROLE, *self.known_roles))
                raise wrong_setting(f"roles: there is no role {role!r}; there are {known}")
            if name not in (EMBEDDED, *names):
                raise wrong_setting(
                    f"roles.{role}: there is no model {name!r}; there are {', '.join([EMBEDDED, *names])}"
                )
        return self

    def endpoint_of(self, role: Role) -> Endpoint | None:
        """The endpoint that plays the role; None for the embedded model."""
        name = self.roles.get(role, self.roles.get(DEFAULT_ROLE, EMBEDDED))
        return next((model for model in self.models if model.name == name), None)

    @property
    def endpoints(self) -> dict[Role, Endpoint]:
        """The endpoint of every role that has one."""
        found = {role: self.endpoint_of(role) for role in self.known_roles}
        return {role: endpoint for role, endpoint in found.items() if endpoint is not None}


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
            raise wrong_setting("this is no cron schedule: five fields are wanted, such as 0 3 * * *")
        return cron

    @field_validator("time_zone")
    @classmethod
    def _check_time_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise wrong_setting("there is no such time zone; names are like Europe/Berlin")
        return name


class ShardsSection(_Section):
    """How much is generated, and how much of it at once."""

    simulated: int = Field(default=8, ge=0, le=100_000, description="Shards of simulated dialogues.")
    in_flight: int = Field(
        default=128,
        ge=1,
        le=4096,
        description="Tasks, dialogues or links in the making at once, in a run; more than places at the endpoints keep "
        "these full while some wait for their next try.",
    )


class RootSection(_Section):
    """What toolmind.yaml holds beside the sections of the stages."""

    seed: int = Field(default=0, ge=0, description="Seed of the whole run; another seed makes other tasks.")
    embedder: EmbedderSection = EmbedderSection()
    shards: ShardsSection = ShardsSection()
    chat: ChatSection = ChatSection()
    budget: Budget = Budget()
    automation: AutomationSection = AutomationSection()
    embedded: EmbeddedErrors = EmbeddedErrors()

    @model_validator(mode="after")
    def _check_prices(self) -> "RootSection":
        unpriced = [endpoint.name for endpoint in self.chat.endpoints.values() if not endpoint.is_priced]
        if self.budget.usd is not None and unpriced:
            raise wrong_setting(
                f"budget.usd wants to know both prices of the model {unpriced[0]!r} (chat.models)"
            )
        return self

    def section(self, name: str) -> Any:
        """The section of a stage, by its name; None where it has none."""
        return getattr(self, name, None)

    @property
    def simulated_shards(self) -> tuple[str, ...]:
        """`sim-0000`, `sim-0001`, ..."""
        return tuple(f"sim-{number:04d}" for number in range(self.shards.simulated))

    @property
    def open_shards(self) -> tuple[str, ...]:
        """`open-<name>-00`, ... of every open set."""
        return tuple(shard for source in self.section("opensets") or () for shard in source.shards)

    @property
    def all_shards(self) -> tuple[str, ...]:
        """The shards of either kind."""
        return (*self.simulated_shards, *self.open_shards)

    def kind_of(self, shard: str) -> Partitions:
        """Of which kind a shard is."""
        return Partitions.SIMULATED if shard in self.simulated_shards else Partitions.OPEN


def config_model(pipeline: Pipeline) -> type[RootSection]:
    """What the whole of toolmind.yaml is parsed as: the sections of the stages, and those of all of them."""
    chat = _chat_section(pipeline.roles)
    sections: dict[str, Any] = {
        stage.name: _field(stage) for stage in pipeline.stages if stage.section is not None
    }
    return create_model(
        "ToolMindConfig",
        __base__=RootSection,
        __doc__="The whole of toolmind.yaml.",
        __module__=__name__,
        chat=(chat, chat()),
        **sections,
    )


def _chat_section(roles: tuple[Role, ...]) -> type[ChatSection]:
    """The section `chat` of a project with these roles."""
    stated = ChatSection.model_fields["roles"]
    described: Any = Field(default={}, description=f"{stated.description} Roles: {', '.join(roles)}.")
    section = create_model(
        "ChatSection",
        __base__=ChatSection,
        __doc__=ChatSection.__doc__,
        __module__=__name__,
        roles=(dict[str, str], described),
    )
    section.known_roles = roles
    return section


def _field(stage: Stage) -> tuple[Any, FieldInfo]:
    """A stage's section as a field: its type, its default and its meaning."""
    default = stage.section() if stage.section_default is None else stage.section_default
    return stage.section, Field(default=default, description=stage.meaning or None)


ToolMindConfig = config_model(PIPELINE)


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration with the folders that it applies to.

    Attributes:
        file: toolmind.yaml, or None where there is none and defaults hold.
        pipeline: The stages that the configuration is of.
        root: Folder of toolmind.yaml; relative paths in it start here.
        home: Folder of everything that is made.
    """

    config: RootSection
    root: Path
    home: Path
    file: Path | None = None
    pipeline: Pipeline = field(default=PIPELINE, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """What a process of its own is handed: plain values, for the type of the configuration has no place of its own.

        Raises:
            TypeError: the stages are others than those that another process knows.
        """
        if self.pipeline is not PIPELINE:
            raise TypeError("settings of other stages than STAGES stay in their process")
        return _settings_of, (self.config.model_dump(exclude_unset=True), self.root, self.home, self.file)

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


def _settings_of(stated: dict[str, Any], root: Path, home: Path, file: Path | None) -> Settings:
    return Settings(ToolMindConfig.model_validate(stated), root, home, file)


def load_settings(pipeline: Pipeline = PIPELINE) -> Settings:
    """The settings that the environment points to; defaults where there is no toolmind.yaml.

    Raises:
        ConfigError: the file cannot be read, or a key of it is unknown or wrong.
    """
    named = os.environ.get("TOOLMIND_CONFIG")
    path = Path(named or CONFIG_FILE).absolute()
    if named and not path.is_file():
        raise ConfigError(f"TOOLMIND_CONFIG names {path}, which is no file")
    kind = ToolMindConfig if pipeline is PIPELINE else config_model(pipeline)
    config = kind()
    if path.is_file():
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read: {error}") from error
        config = parse_model(kind, text, path.name)
    home = Path(os.environ.get("TOOLMIND_HOME") or path.parent / ".toolmind").absolute()
    return Settings(config, path.parent, home, path if path.is_file() else None, pipeline)
