"""The stage `opensets`: open-source sets in the dialogue form, so that one turn filter serves all."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Annotated, BinaryIO, Protocol

from pydantic import AfterValidator

from toolmind_assets.errors import InputError, wrong_setting
from toolmind_assets.stages.opensets.adapt import adapt_rows, find_adapter
from toolmind_assets.stages.opensets.sources import OpenSetSource, shard_rows
from toolmind_assets.steps.figures import Figures
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.step import Made, NoParams, Partitions, Stage, Step
from toolmind_assets.tables.opensets import OPEN_ARGUMENTS, OPEN_CALLS, OPEN_DIALOGUES, OPENSETS_DROPPED

_PLACES = {"path", "hub", "hub_file", "revision"}
"""Settings that say where the file is: what it holds is hashed."""


def _check(sources: tuple[OpenSetSource, ...]) -> tuple[OpenSetSource, ...]:
    names = [source.name for source in sources]
    for source in sources:
        if names.count(source.name) > 1:
            raise wrong_setting(f"two open sets are called {source.name!r}; rename one of them")
        try:
            find_adapter(source.set)
        except InputError as error:
            raise wrong_setting(str(error)) from error
    return sources


class SetFile(Protocol):
    """The file of an open set."""

    @property
    def digest(self) -> str:
        """SHA-256 of its content."""
        ...

    @property
    def version(self) -> str:
        """What was read, for people."""
        ...

    def open(self) -> AbstractContextManager[BinaryIO]:
        """The file, open for reading."""
        ...


class OpenSetsOutside(Protocol):
    """What the stage wants from outside."""

    def open_set(self, shard: str) -> OpenSetSource:
        """The configured set that a shard is a part of."""
        ...

    def set_file(self, source: OpenSetSource) -> SetFile:
        """The file of an open set."""
        ...


def _adapt(making: Making[NoParams]) -> Made:
    outside: OpenSetsOutside = making.outside
    shard = making.partition or ""
    source = outside.open_set(shard)
    found = outside.set_file(source)
    with found.open() as file:
        read = adapt_rows(source, shard, shard_rows(source, shard, file))
    rows = {
        OPEN_DIALOGUES: read.dialogues,
        OPEN_CALLS: read.calls,
        OPEN_ARGUMENTS: read.arguments,
        OPENSETS_DROPPED: read.drops,
    }
    return Made(rows, found.version)


def _content(outside: OpenSetsOutside, shard: str | None, _: NoParams) -> object:
    source = outside.open_set(shard or "")
    return [source.model_dump(mode="json", exclude=_PLACES), outside.set_file(source).digest]


def _figures(versions: Sequence[str], _: Making[NoParams]) -> Figures:
    return {OPEN_DIALOGUES: {"source_versions": "\n".join(sorted(set(versions)))}}


ADAPT_OPENSETS = Step(
    name="adapt_opensets",
    description="Open-source sets in the dialogue form, so that the same turn filter serves them.",
    makes=(OPENSETS_DROPPED, OPEN_ARGUMENTS, OPEN_CALLS, OPEN_DIALOGUES),
    make=_adapt,
    partitions=Partitions.OPEN,
    inputs=_content,
    figures=_figures,
    kinds=("huggingface",),
)

STAGE = Stage(
    name="opensets",
    steps=(ADAPT_OPENSETS,),
    section=Annotated[tuple[OpenSetSource, ...], AfterValidator(_check)],
    section_default=(),
    idle_settings={"__all__": _PLACES},
    meaning="Open-source sets to merge; their paths are relative to toolmind.yaml.",
)
