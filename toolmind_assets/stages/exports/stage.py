"""The stage `exports`: the files of trainers, and the dataset card."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from pydantic import field_validator

from toolmind_assets.errors import InputError, wrong_setting
from toolmind_assets.stages.exports.params import ExportParams
from toolmind_assets.stages.exports.training_set import TrainingSet
from toolmind_assets.stages.exports.write import Folder, find_formats
from toolmind_assets.steps.figures import Figures, Funnel, Markdown, Place
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.reads import Read
from toolmind_assets.steps.step import Made, Stage, Step
from toolmind_assets.tables.dialogues import DIALOGUES
from toolmind_assets.tables.exports import MANIFESTS
from toolmind_assets.tables.mixture import MIXED_SAMPLES
from toolmind_assets.tables.opensets import OPEN_DIALOGUES
from toolmind_assets.tables.specs import FUNCTIONS


class ExportsSection(ExportParams):
    """Which formats are written, and what the card is called."""

    @field_validator("formats")
    @classmethod
    def _check_formats(cls, formats: list[str]) -> list[str]:
        try:
            find_formats(formats)
        except InputError as error:
            raise wrong_setting(str(error)) from error
        return formats


class ExportsOutside(Protocol):
    """What the stage wants from outside."""

    @property
    def seed(self) -> int:
        """The seed of the run."""
        ...

    @property
    def exports(self) -> str:
        """Where the files go, for people."""
        ...

    def parameters_digest(self) -> str:
        """Digest of the configuration that decides rows."""
        ...

    def export_folder(self) -> AbstractContextManager[Folder]:
        """Where the files go, swapped in whole when the block ends."""
        ...

    def has_export(self, file: str, n_bytes: int) -> bool:
        """Whether a file of this size is there."""
        ...


def _write(making: Making[ExportParams]) -> Made:
    outside: ExportsOutside = making.outside
    training_set = _training_set(making)
    with outside.export_folder() as folder:
        files, card = training_set.write(folder, making.params.formats)
    return Made({MANIFESTS: files}, card)


def _training_set(making: Making[ExportParams]) -> TrainingSet:
    outside: ExportsOutside = making.outside
    return TrainingSet(making.read, making.surveyed, making.params, outside.seed, outside.parameters_digest())


def _files_are_there(making: Making[ExportParams]) -> bool:
    outside: ExportsOutside = making.outside
    return all(outside.has_export(*row) for row in making.read(MANIFESTS, ["file", "n_bytes"]).iter_rows())


def _settings(outside: ExportsOutside, _: str | None, __: ExportParams) -> object:
    return [outside.parameters_digest(), outside.seed]


def _figures(cards: Sequence[str], making: Making[ExportParams]) -> Figures:
    funnel = _training_set(making).facts().funnel
    return {
        MANIFESTS: {
            "from entries to functions": Funnel("Yield of the catalogs", funnel[:4]),
            "from turns to samples": Funnel("Yield of the turns", funnel[-3:]),
            "folder": Place(making.outside.exports),
            "dataset card": Markdown(cards[-1].split("---\n", 2)[-1]),
        }
    }


WRITE_EXPORTS = Step(
    name="write_exports",
    description="A trainer's files and the dataset card; the table lists them with size and checksum.",
    makes=(MANIFESTS,),
    make=_write,
    reads=(Read(MIXED_SAMPLES), Read(DIALOGUES), Read(OPEN_DIALOGUES), Read(FUNCTIONS)),
    carries=(Read(MANIFESTS),),
    surveys=True,
    params=ExportParams,
    inputs=_settings,
    is_intact=_files_are_there,
    figures=_figures,
    kinds=("json", "huggingface"),
)

STAGE = Stage(name="exports", steps=(WRITE_EXPORTS,), section=ExportsSection, idle_settings=True)
