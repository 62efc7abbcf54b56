"""What a step is: what it reads and makes, from what, and how. A value; everything else derives from it. No Dagster."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

import polars as pl
from pydantic import BaseModel

from toolmind_assets.steps.figures import Figures
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.reads import Read
from toolmind_assets.steps.source_digests import code_version
from toolmind_resources.chat.embedded import Rule
from toolmind_resources.chat.model import Role
from toolmind_resources.delta.table import Table

Rows = Mapping[Table, Iterable[object] | pl.DataFrame]
"""What was made for one partition: `model/` values, or a frame of its columns, for each table of a step."""
P = TypeVar("P", bound=BaseModel)

_STAND_IN = ("toolmind_resources.chat.embedded", "toolmind_resources.plausible")
"""What decides the answers of the embedded model, beside the rules of the stages."""
_REPLIES = ("toolmind_resources.chat.wire", "toolmind_resources.chat.reading")
"""What reads the answers of an endpoint."""


class Partitions(StrEnum):
    """Into what a step's work is cut."""

    WHOLE = "whole"
    """Nothing: its tables are written whole."""
    CATALOG = "catalog"
    """One partition a catalog."""
    SIMULATED = "simulated shard"
    """One a shard of simulated dialogues."""
    OPEN = "open shard"
    """One a shard of an open set."""
    SHARD = "shard"
    """One a shard of either kind."""

    @property
    def is_shard(self) -> bool:
        """Whether its partitions are shards."""
        return self in (Partitions.SIMULATED, Partitions.OPEN, Partitions.SHARD)

    def meets(self, other: "Partitions") -> bool:
        """Whether the two have partitions in common."""
        return self is other or (self.is_shard and other.is_shard and Partitions.SHARD in (self, other))


class NoParams(BaseModel):
    """Nothing can be set."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a step made for one partition.

    Attributes:
        rows: The rows of its tables; a table that is not named gets none.
        seen: Whatever the step's figures are told from.
    """

    rows: Rows
    seen: object = None


def _nothing(_: Any, __: str | None, ___: Any) -> object:
    return None


def _nothing_shown(_: Sequence[Any], __: Making[Any]) -> Figures:
    return {}


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step(Generic[P]):
    """One step of a stage: it replaces a partition of each of its tables at a time.

    Attributes:
        name: Its name, and that of the Dagster op.
        description: What it makes, for people.
        makes: Its tables in the order of their commits: dropped rows first, the main table last.
        make: Makes one partition; it may read what is declared here and nothing else.
        reads: What it reads of other tables.
        carries: What it reads of its own tables, as they stood before.
        surveys: Whether it also counts rows of every table that is made before it.
        partitions: Into what its work is cut.
        params: What can be set; a part of the stage's section of toolmind.yaml.
        idle_params: Those of them that decide no row, such as how much runs at once.
        roles: The roles that it asks.
        is_active: Whether it does anything with these parameters; where not, it makes no rows and asks nobody.
        is_seeded: Whether the seed of the run decides its rows.
        inputs: Outside, partition and parameters -> what else decides its rows, JSON-able; such as digests of files.
        is_intact: Whether what it made outside of its tables is still there.
        figures: What each partition made left as `seen` -> what people are told of it.
        packages: Packages and modules that decide what it makes, beside its stage and all that it imports.
        leaves_out: Files, and folders with a slash, of its stage that decide only what other steps make.
        asks_embedder: Whether it asks the embedder, which may be paid.
        is_closing: Whether it is made last and also where a run stops, such as what was spent.
        kinds: What the UI marks its assets with, beside deltalake and polars.
    """

    name: str
    description: str
    makes: tuple[Table, ...]
    make: Callable[[Making[P]], Made]
    reads: tuple[Read, ...] = ()
    carries: tuple[Read, ...] = ()
    surveys: bool = False
    partitions: Partitions = Partitions.WHOLE
    params: type[P] = NoParams  # pyright: ignore[reportAssignmentType] (a default for a type variable)
    idle_params: Collection[str] = ()
    roles: tuple[Role, ...] = ()
    is_active: Callable[[P], bool] = _always
    is_seeded: bool = False
    inputs: Callable[[Any, str | None, P], object] = _nothing
    is_intact: Callable[[Making[P]], bool] = _always
    figures: Callable[[Sequence[Any], Making[P]], Figures] = _nothing_shown
    packages: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    asks_embedder: bool = False
    is_closing: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def stage(self) -> str:
        """The stage that it belongs to."""
        return self.makes[-1].stage

    @property
    def code_version(self) -> str:
        """Digest of the sources, prompts among them, and of the libraries that decide what the step makes."""
        named = self.make.__module__.rpartition(".")[0] or self.make.__module__
        asked = (*_STAND_IN, *_REPLIES) if self.roles else ()
        return code_version((named, *self.packages, *asked), self.leaves_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage: its steps in the order in which data flows, its section of toolmind.yaml, and who plays its roles.

    Attributes:
        name: Its name: that of its folder, its tables, its group in the UI and its section.
        steps: Its steps.
        section: What its section of toolmind.yaml is parsed as; None where it has none.
        section_default: The section where toolmind.yaml has none; None for a model's own defaults.
        meaning: What a section that is no model holds, for people.
        idle_settings: What of the section decides no row: where things lie, how much runs at once; as pydantic excludes.
        title: What it is called while it is made.
        stand_in: Role -> the rule by which the embedded model plays it.
        contexts: What its roles know: the types of their requests' contexts.
    """

    name: str
    steps: tuple[Step[Any], ...]
    section: Any = None
    section_default: Any = None
    meaning: str = ""
    idle_settings: Any = None
    title: str = ""
    stand_in: Mapping[Role, Rule] = field(default_factory=dict)
    contexts: tuple[type, ...] = ()
