"""The stage `mixture`: the training set by reference."""

from collections.abc import Sequence

from toolmind_assets.model.verdicts import Sample
from toolmind_assets.stages.mixture.mix import Mixed, MixtureParams, count_samples, mix
from toolmind_assets.steps.figures import Figures, counts
from toolmind_assets.steps.making import Making
from toolmind_assets.steps.reads import Read
from toolmind_assets.steps.step import Made, Stage, Step
from toolmind_assets.tables.mixture import MIXED_SAMPLES, MIXTURE_DROPPED
from toolmind_assets.tables.trajectories import SAMPLES


def _mix(making: Making[MixtureParams]) -> Made:
    mixed = mix(making.values(SAMPLES, Sample), making.params)
    return Made({MIXED_SAMPLES: mixed.samples, MIXTURE_DROPPED: mixed.drops}, mixed)


def _figures(made: Sequence[Mixed], _: Making[MixtureParams]) -> Figures:
    by_axis = count_samples(made[-1].samples)
    return {
        MIXED_SAMPLES: {
            f"by {axis}": counts("samples", sorted(found.items())) for axis, found in by_axis.items()
        }
    }


MIX_SAMPLES = Step(
    name="mix_samples",
    description="The training set by reference: all shards merged, duplicates out, sources weighted.",
    makes=(MIXTURE_DROPPED, MIXED_SAMPLES),
    make=_mix,
    reads=(Read(SAMPLES),),
    params=MixtureParams,
    figures=_figures,
)

STAGE = Stage(name="mixture", steps=(MIX_SAMPLES,), section=MixtureParams)
