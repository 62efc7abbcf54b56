"""The mixture: duplicates, limits, weights, counts."""

from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.verdicts import Sample
from toolmind_assets.stages.mixture.mix import MixtureParams, count_samples, mix
from toolmind_assets.tables.mixture import MIXED_SAMPLES, MIXTURE_DROPPED
from toolmind_assets.tables.rows import encode_rows

DEFAULTS = MixtureParams()


def _sample(
    number: int, content: str = "", dialogue: str = "d1", source: str = "simulated", shard: str = "sim-0000"
):
    return Sample(
        sample_id=f"sample_{number:03d}",
        shard=shard,
        dialogue_id=dialogue,
        message_index=2,
        loss_weights=(0.0, 0.0, 1.0),
        source=source,
        scenario="chained" if source == "simulated" else "",
        domain="travel",
        n_turns=1,
        n_tokens=100,
        content_digest=content or f"content {number}",
    )


SAMPLES = st.lists(
    st.builds(
        _sample,
        st.integers(0, 200),
        st.sampled_from(["", "same", "also the same"]),
        st.sampled_from(["d1", "d2"]),
        st.sampled_from(["simulated", "glaive"]),
        st.sampled_from(["sim-0000", "open-glaive-00"]),
    ),
    max_size=25,
    unique_by=lambda sample: sample.sample_id,
)


def test_of_equal_content_the_smallest_shard_and_id_stays():
    late = _sample(1, "same", shard="sim-0002")
    early, second = _sample(9, "same", shard="sim-0001"), _sample(10, "same", shard="sim-0001")
    mixed = mix([late, second, early], DEFAULTS)
    assert [sample.sample_id for sample in mixed.samples] == ["sample_009"]
    assert [(drop.subject_id, drop.reason) for drop in mixed.drops] == [
        ("sample_001", DropReason.DUPLICATE),
        ("sample_010", DropReason.DUPLICATE),
    ]
    assert "sample_009" in mixed.drops[0].detail


def test_a_limit_a_source_keeps_that_many_of_each():
    samples = [_sample(number) for number in range(5)]
    samples += [_sample(number, source="glaive", dialogue="d2") for number in range(5, 8)]
    mixed = mix(samples, MixtureParams(max_samples_per_source=2))
    assert count_samples(mixed.samples)["source"] == {"glaive": 2, "simulated": 2}
    assert {drop.reason for drop in mixed.drops} == {DropReason.OVER_LIMIT}
    assert len(mixed.drops) == 4


def test_a_limit_a_dialogue_keeps_that_many_of_each():
    samples = [_sample(number, dialogue=f"d{number % 2}") for number in range(6)]
    kept = mix(samples, MixtureParams(max_samples_per_dialogue=1)).samples
    assert sorted(sample.dialogue_id for sample in kept) == ["d0", "d1"]


def test_what_a_limit_keeps_does_not_hang_on_the_other_sources():
    simulated = [_sample(number) for number in range(9)]
    others = [_sample(number, source="glaive", dialogue="d2") for number in range(20, 30)]
    params = MixtureParams(max_samples_per_source=3)
    alone = mix(simulated, params).samples
    assert set(alone) <= set(mix(simulated + others, params).samples)


def test_weights_go_by_the_kind_of_source():
    mixed = mix(
        [_sample(1), _sample(2, source="glaive", dialogue="d2")],
        MixtureParams(simulated_weight=1.00004, open_weight=0.5),
    )
    assert [sample.weight for sample in mixed.samples] == [1.0, 0.5]


def test_samples_are_counted_by_source_scenario_and_domain():
    samples = mix([_sample(1), _sample(2), _sample(3, source="glaive", dialogue="d2")], DEFAULTS).samples
    assert count_samples(samples) == {
        "source": {"simulated": 2, "glaive": 1},
        "scenario": {"chained": 2},
        "domain": {"travel": 3},
    }


def test_rows_fit_their_tables():
    mixed = mix([_sample(1, "same"), _sample(2, "same")], DEFAULTS)
    assert encode_rows(MIXED_SAMPLES, mixed.samples)["loss_weights_json"].to_list() == ["[0.0,0.0,1.0]"]
    assert encode_rows(MIXTURE_DROPPED, mixed.drops).height == 1


@given(SAMPLES, st.integers(0, 3), st.integers(0, 3), st.randoms())
def test_every_sample_is_mixed_or_dropped_whatever_the_order(samples, per_source, per_dialogue, random):
    params = MixtureParams(max_samples_per_source=per_source, max_samples_per_dialogue=per_dialogue)
    mixed = mix(samples, params)
    shuffled = list(samples)
    random.shuffle(shuffled)
    assert mix(shuffled, params) == mixed
    ids = [row.sample_id for row in mixed.samples] + [drop.subject_id for drop in mixed.drops]
    assert sorted(ids) == sorted(sample.sample_id for sample in samples)


def test_what_a_limit_keeps_is_drawn_from_all_and_its_reason_says_which_limit_it_was():
    samples = [_sample(number, dialogue=f"d{number}") for number in range(100)]
    mixed = mix(samples, MixtureParams(max_samples_per_source=50))
    first_half = sum(int(sample.sample_id[-3:]) < 50 for sample in mixed.samples)
    assert 15 < first_half < 35
    assert {drop.detail for drop in mixed.drops} == {"source simulated has 100 samples, 50 are kept"}
