"""Named jobs: neighbouring steps that are cut alike, to be launched, scheduled and backfilled by name."""

from itertools import groupby
from typing import Any

import dagster as dg

from toolmind_assets.orchestration.factory import keys_of
from toolmind_assets.settings.config import Settings


def build_jobs(settings: Settings) -> list[Any]:
    """A job for each stretch of steps with the same partitions, named for its stages."""
    jobs = []
    cuts = groupby(settings.pipeline.steps, lambda step: (step.partitions, step.is_closing))
    for steps in (list(stretch) for _, stretch in cuts):
        name = "_and_".join(dict.fromkeys(step.stage for step in steps))
        description = " ".join(step.description for step in steps)
        jobs.append(dg.define_asset_job(name, selection=keys_of(*steps), description=description))
    return jobs
