"""Added, changed and removed functions, told by key and digest."""

from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.stages.specs.drift import Drift, DriftCount, compare_functions, drift_bars, drift_history

BEFORE = [("k-pay", "d1", "pay"), ("k-find", "d2", "find"), ("k-ping", "d3", "ping")]
KEYS = st.sampled_from(["a", "b", "c", "d"])
DIGESTS = st.sampled_from(["1", "2", "3"])
FUNCTIONS = st.sets(st.tuples(KEYS, DIGESTS)).map(lambda pairs: [(*pair, "-".join(pair)) for pair in pairs])


def test_a_function_is_added_changed_or_removed_by_its_key():
    after = [("k-pay", "d1", "pay"), ("k-find", "d9", "find"), ("k-grow", "d4", "grow")]
    assert compare_functions(BEFORE, after) == Drift(added=("grow",), changed=("find",), removed=("ping",))


def test_at_first_every_function_is_added():
    assert compare_functions([], BEFORE) == Drift(added=("find", "pay", "ping"), changed=(), removed=())


def test_another_name_for_the_same_content_is_no_change():
    renamed = [("k-pay", "d1", "pay_2"), *BEFORE[1:]]
    assert compare_functions(BEFORE, renamed) == Drift((), (), ())


def test_of_two_functions_with_one_key_the_one_that_stays_is_no_change():
    two = [("k", "d1", "pay"), ("k", "d2", "pay_2")]
    assert compare_functions(two, [two[0], ("k", "d3", "pay_3")]) == Drift((), ("pay_3",), ())
    assert compare_functions(two, [two[0]]) == Drift((), ("pay_2",), ())


@given(FUNCTIONS)
def test_the_same_functions_show_no_drift_in_any_order(functions):
    assert compare_functions(functions, reversed(functions)) == Drift((), (), ())


@given(FUNCTIONS, FUNCTIONS)
def test_the_way_back_swaps_added_and_removed(before, after):
    there, back = compare_functions(before, after), compare_functions(after, before)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert bool(there.changed) == bool(back.changed)


def test_the_history_counts_what_each_version_changed_of_the_one_before():
    changed = [("k-pay", "d1", "pay"), ("k-find", "d9", "find"), ("k-grow", "d4", "grow")]
    history = list(drift_history([(3, BEFORE), (4, BEFORE), (7, iter(changed)), (8, [])]))
    assert history == [DriftCount(7, 1, 1, 1), DriftCount(8, 0, 0, 3)]
    assert drift_bars(history) == {
        "version 8": {"removed": 3},
        "version 7": {"added": 1, "changed": 1, "removed": 1},
    }
    assert list(drift_bars(history)) == ["version 8", "version 7"]


def test_one_version_has_no_history():
    assert list(drift_history([(1, BEFORE)])) == list(drift_history([])) == []
    assert drift_bars([]) == {}
