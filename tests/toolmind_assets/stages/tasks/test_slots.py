from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.ids import digest
from toolmind_assets.model.tasks import Scenario
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.slots import (
    TURNS,
    WINDOW,
    Starts,
    namespace_weights,
    scenarios_of,
    slot_seed,
    turn_of,
)

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


def first_starts(starts: Starts, shard: str, scenario: Scenario = Scenario.PARALLEL) -> list[str]:
    return [starts.of_slot(scenario, shard, slot, 0, 1)[0] for slot in range(WINDOW)]


def test_each_start_stands_for_one_slot_of_a_window_so_that_none_is_drawn_twice() -> None:
    starts = Starts(dict.fromkeys((digest(place) for place in range(3000)), True))
    by_shard = [first_starts(starts, f"sim-{place}") for place in range(3)]
    assert [len(set(drawn)) for drawn in by_shard] == [WINDOW] * 3
    assert by_shard[0] != by_shard[1]


def test_few_starts_share_the_slots_evenly() -> None:
    counts = Counter(
        start for shard in "abcdef" for start in first_starts(Starts(dict.fromkeys(KEYS, True)), shard)
    )
    assert len(counts) == len(KEYS)
    assert max(counts.values()) < 30


@given(st.integers(0, 300), st.sampled_from(KEYS), st.permutations(KEYS), st.sampled_from(Scenario))
def test_a_start_that_goes_changes_only_the_slots_whose_starts_it_is_among(
    slot: int, gone: str, shuffled: list[str], scenario: Scenario
) -> None:
    before = Starts(dict.fromkeys(shuffled, True)).of_slot(scenario, "sim-0000", slot, 1, 5)
    rest = dict.fromkeys((key for key in KEYS if key != gone), True)
    after = Starts(rest).of_slot(scenario, "sim-0000", slot, 1, 5)
    assert len(set(before)) == len(before) == 5
    assert after[: 5 - (gone in before)] == [key for key in before if key != gone]


def test_a_chained_task_starts_where_a_value_flows_if_there_is_such_a_function() -> None:
    carrying = {*KEYS[:5]}
    some = Starts({key: key in carrying for key in KEYS})
    drawn = [first_starts(some, f"sim-{turn}", Scenario.CHAINED) for turn in range(TURNS)]
    assert {start for one in drawn for start in one} == carrying
    assert carrying.isdisjoint(first_starts(some, "a", Scenario.SINGLE))
    assert len({*first_starts(some, "a", Scenario.MISSING_PARAMETER)}) > 40
    none = Starts(dict.fromkeys(KEYS, False))
    assert first_starts(none, "a", Scenario.CHAINED) == first_starts(none, "a")


def test_no_functions_have_no_starts_and_shard_slot_and_run_each_change_the_seed() -> None:
    assert Starts({}).of_slot(Scenario.CHAINED, "a", 0, 1, 5) == []
    assert len({slot_seed("a", 0, 0), slot_seed("b", 0, 0), slot_seed("a", 1, 0), slot_seed("a", 0, 1)}) == 4


def test_no_namespace_has_more_than_its_share_as_long_as_others_bear_tasks() -> None:
    pool, everything = ["big"] * 60 + ["small"] * 40, ["big"] * 20 + ["small"] * 20 + ["far"] * 60
    weights = namespace_weights(pool, everything, 2.0)
    assert weights["small"] == 1.0
    share = weights["big"] * 60 / (weights["big"] * 60 + 40)
    assert 0.45 <= share <= 0.52
    assert namespace_weights(pool, everything, 10.0) == {"big": 1.0, "small": 1.0}


def test_few_starts_are_not_used_up_to_make_room_for_the_share_of_others() -> None:
    weights = namespace_weights(["big"] * 99 + ["small"], ["big", *["small"] * 99], 1.0)
    assert weights == {"big": 1 / 32, "small": 1.0}
    assert namespace_weights([""] * 3 + ["one"], ["", "", "", "one"], 1.0) == {"": 1.0, "one": 1.0}


def test_starts_of_a_namespace_take_turns_so_that_shards_after_each_other_use_different_ones() -> None:
    starts = Starts(dict.fromkeys(KEYS, True))
    used = [set(first_starts(starts, f"sim-{turn:04}", Scenario.CHAINED)) for turn in range(TURNS + 1)]
    assert all(one.isdisjoint(other) for one, other in pairwise(used))
    assert used[0] == used[TURNS]
    assert turn_of("sim-0009") == 1 and turn_of("a") in range(TURNS)
