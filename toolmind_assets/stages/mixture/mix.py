"""Samples -> the training set: duplicates out, counts limited, sources weighted."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.ids import digest
from toolmind_assets.model.verdicts import MixedSample, Sample

STAGE = "mixture"
SIMULATED = "simulated"
"""The source of samples that were simulated; every other source is an open set."""


class MixtureParams(BaseModel):
    """How samples are mixed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_samples_per_source: int = Field(
        default=0, ge=0, description="samples kept of one source, chosen by hash; 0 for all"
    )
    max_samples_per_dialogue: int = Field(
        default=0, ge=0, description="samples kept of one dialogue, chosen by hash; 0 for all"
    )
    simulated_weight: float = Field(
        default=1.0,
        ge=0,
        le=1000,
        description="weight of a simulated sample; equal weights, as ToolMind mixes (section 3.2)",
    )
    open_weight: float = Field(
        default=1.0, ge=0, le=1000, description="weight of a sample of an open set; as above"
    )


@dataclass(frozen=True, slots=True)
class Mixed:
    """What became of the samples: each is a sample of the mixture or a dropped row. Both sorted by id."""

    samples: tuple[MixedSample, ...]
    drops: tuple[Drop, ...]


def mix(samples: Sequence[Sample], params: MixtureParams) -> Mixed:
    """The mixture of `samples`, whatever their order.

    Equal content goes first (the smallest shard and id stays), then what exceeds the limit of its dialogue,
    then what exceeds the limit of its source.
    """
    kept, drops = _without_duplicates(samples)
    limits: list[tuple[str, Callable[[Sample], str], int]] = [
        ("dialogue", lambda sample: sample.dialogue_id, params.max_samples_per_dialogue),
        ("source", lambda sample: sample.source, params.max_samples_per_source),
    ]
    for noun, group_of, limit in limits:
        if limit:
            kept, over = _limited(kept, noun, group_of, limit)
            drops += over
    mixed = (_mixed(sample, params) for sample in kept)
    return Mixed(
        tuple(sorted(mixed, key=lambda sample: sample.sample_id)),
        tuple(sorted(drops, key=lambda drop: drop.subject_id)),
    )


def _without_duplicates(samples: Iterable[Sample]) -> tuple[list[Sample], list[Drop]]:
    first: dict[str, Sample] = {}
    drops = []
    for sample in sorted(samples, key=lambda sample: (sample.shard, sample.sample_id)):
        same = first.setdefault(sample.content_digest, sample)
        if same is not sample:
            detail = f"the same content as {same.sample_id} of shard {same.shard}"
            drops.append(_drop(sample, DropReason.DUPLICATE, detail, (sample.dialogue_id, same.sample_id)))
    return list(first.values()), drops


def _limited(
    samples: Iterable[Sample], noun: str, group_of: Callable[[Sample], str], limit: int
) -> tuple[list[Sample], list[Drop]]:
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[group_of(sample)].append(sample)
    kept: list[Sample] = []
    drops: list[Drop] = []
    for name, members in groups.items():
        # A hash chooses as evenly as a random draw, and chooses the same when other samples come or go.
        members.sort(key=lambda sample: digest(STAGE, sample.sample_id))
        kept += members[:limit]
        detail = f"{noun} {name} has {len(members)} samples, {limit} are kept"
        drops += [
            _drop(sample, DropReason.OVER_LIMIT, detail, (sample.dialogue_id,)) for sample in members[limit:]
        ]
    return kept, drops


def _drop(sample: Sample, reason: DropReason, detail: str, parent_ids: tuple[str, ...]) -> Drop:
    return Drop(
        stage=STAGE,
        partition="",
        subject_id=sample.sample_id,
        parent_ids=parent_ids,
        reason=reason,
        detail=detail,
    )


def _mixed(sample: Sample, params: MixtureParams) -> MixedSample:
    weight = params.simulated_weight if sample.source == SIMULATED else params.open_weight
    return MixedSample(
        sample_id=sample.sample_id,
        shard=sample.shard,
        dialogue_id=sample.dialogue_id,
        message_index=sample.message_index,
        loss_weights=sample.loss_weights,
        source=sample.source,
        scenario=sample.scenario,
        domain=sample.domain,
        n_turns=sample.n_turns,
        n_tokens=sample.n_tokens,
        weight=round(weight, 4),
        n_reasoning_tokens=sample.n_reasoning_tokens,
    )


def count_samples(samples: Iterable[MixedSample]) -> dict[str, dict[str, int]]:
    """Samples by `source`, `scenario` and `domain`, the most first; what states none is not counted there."""
    counters: dict[str, Counter[str]] = {"source": Counter(), "scenario": Counter(), "domain": Counter()}
    for sample in samples:
        for axis, counter in counters.items():
            if name := getattr(sample, axis):
                counter[name] += 1
    return {
        axis: dict(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
        for axis, counter in counters.items()
    }
