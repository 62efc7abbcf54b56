import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.ids import digest
from toolmind_assets.stages.tasks.hashes import key_numbers, rank_by_hash, waits

KEYS = [digest(place) for place in range(60)]


@given(st.integers(0, 2**63 - 1), st.sampled_from(KEYS), st.permutations(KEYS))
def test_removing_a_key_changes_the_ranks_only_where_it_stood(
    seed: int, removed: str, shuffled: list[str]
) -> None:
    before = rank_by_hash(shuffled, seed, 5)
    after = rank_by_hash([key for key in KEYS if key != removed], seed, 5)
    assert rank_by_hash(KEYS, seed, 5) == before
    assert after[: len(before) - (removed in before)] == [key for key in before if key != removed]


def test_no_keys_have_no_ranks_and_more_may_be_asked_for_than_there_are() -> None:
    assert rank_by_hash([], 1, 5) == []
    assert sorted(rank_by_hash(KEYS, 1, 99)) == sorted(KEYS)


def test_the_least_of_the_waits_falls_on_a_key_in_proportion_to_its_weight() -> None:
    numbers, weights = key_numbers(KEYS[:3]), np.array([1.0, 2.0, 7.0])
    won = np.bincount([int(np.argmin(waits(numbers, seed * 977) / weights)) for seed in range(2000)])
    assert np.abs(won / 2000 - weights / 10).max() < 0.04
