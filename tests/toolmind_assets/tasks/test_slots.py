from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.ids import digest
from toolmind_assets.model.tasks import Scenario
from toolmind_assets.tasks.params import TaskParams
from toolmind_assets.tasks.slots import rank_by_hash, scenarios_of, slot_seed

KEYS = [digest(place) for place in range(60)]
SHARES = st.lists(st.integers(0, 10), min_size=len(Scenario), max_size=len(Scenario))


@given(SHARES, st.integers(1, 200))
def test_every_share_is_met_to_within_one_slot_a_scenario(shares: list[int], n_slots: int) -> None:
    named = {f"{name.value}_share": share / 10 for name, share in zip(Scenario, shares, strict=True)}
    params = TaskParams(**named)
    counts = Counter(scenarios_of(n_slots, params))
    for scenario, share in params.shares().items():
        assert abs(counts[scenario] - share * n_slots) <= 2


@given(st.integers(1, 50), st.integers(0, 50))
def test_more_slots_leave_the_earlier_ones_as_they_were(n_slots: int, more: int) -> None:
    params = TaskParams()
    assert scenarios_of(n_slots + more, params)[:n_slots] == scenarios_of(n_slots, params)


def test_the_default_shares_bring_every_scenario_into_a_small_shard() -> None:
    assert set(scenarios_of(14, TaskParams())) == set(Scenario)


@given(st.integers(0, 2**63 - 1), st.sampled_from(KEYS), st.permutations(KEYS))
def test_removing_a_key_changes_the_ranks_only_where_it_stood(
    seed: int, removed: str, shuffled: list[str]
) -> None:
    before = rank_by_hash(shuffled, seed, 5)
    after = rank_by_hash([key for key in KEYS if key != removed], seed, 5)
    assert rank_by_hash(KEYS, seed, 5) == before
    assert after[: len(before) - (removed in before)] == [key for key in before if key != removed]


def test_starts_are_spread_over_all_keys() -> None:
    starts = Counter(rank_by_hash(KEYS, slot_seed("sim-0000", slot, 0), 1)[0] for slot in range(600))
    assert len(starts) == len(KEYS)
    assert max(starts.values()) < 30


def test_no_keys_have_no_ranks_and_shard_slot_and_run_each_change_the_seed() -> None:
    assert rank_by_hash([], 1, 5) == []
    assert len({slot_seed("a", 0, 0), slot_seed("b", 0, 0), slot_seed("a", 1, 0), slot_seed("a", 0, 1)}) == 4
