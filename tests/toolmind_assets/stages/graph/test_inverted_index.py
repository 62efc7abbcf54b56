from collections.abc import Callable

import numpy as np

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.columns import Columns, columns_of
from toolmind_assets.stages.graph.field_reader import fields_of
from toolmind_assets.stages.graph.inverted_index import InvertedIndex
from toolmind_assets.stages.graph.params import GraphParams

Make = Callable[..., FunctionSpec]
STRING = {"type": "string"}


def columns_from(functions: list[FunctionSpec]) -> Columns:
    ordered = sorted(functions, key=lambda function: function.function_key)
    return columns_of(fields_of(function, GraphParams()) for function in ordered)


def crowd_of(make: Make, size: int) -> list[FunctionSpec]:
    return [make(f"get_{n}", {"city": STRING}) for n in range(size)]


def index_of(columns: Columns) -> InvertedIndex:
    """All fields, as members of one group."""
    places = np.arange(len(columns.fields))
    return InvertedIndex(columns, places, np.zeros(len(places), dtype=np.int64))


def met(columns: Columns, n_best: int, n_around: int) -> list[list[str]]:
    """Keys of the functions that each function of some columns meets."""
    places = np.arange(len(columns.fields))
    functions = columns.fields.function[places].astype(np.int64)
    found = index_of(columns).look_up(np.zeros(len(places), dtype=np.int64), functions, n_best, n_around)
    keys: list[list[str]] = [[] for _ in columns.profiles]
    for asked, place in zip(found.asked, found.found, strict=True):
        keys[functions[asked]].append(columns.profiles[columns.fields.function[place]].function_key)
    return keys


def test_of_a_small_group_every_member_is_met_exactly_once(make_function: Make) -> None:
    columns = columns_from(crowd_of(make_function, 6))
    everybody = sorted(profile.function_key for profile in columns.profiles)
    for n_best, n_around in ((6, 4), (10, 10), (0, 6), (0, 50)):
        assert [sorted(keys) for keys in met(columns, n_best, n_around)] == [everybody] * 6


def test_of_a_large_group_a_field_meets_the_best_and_those_that_follow_it(make_function: Make) -> None:
    columns = columns_from(crowd_of(make_function, 60))
    keys = [profile.function_key for profile in columns.profiles]
    for place, found in enumerate(met(columns, 3, 4)):
        assert found[:3] == keys[:3]
        assert found[3:] == [keys[(place + step) % 60] for step in range(1, 5)]


def test_every_member_of_a_crowd_is_met_by_another(make_function: Make) -> None:
    columns = columns_from(crowd_of(make_function, 60))
    found = met(columns, 0, 4)
    keys = [profile.function_key for profile in columns.profiles]
    others = {key for own, keys_met in zip(keys, found, strict=True) for key in keys_met if key != own}
    assert others == set(keys)


def test_the_best_are_what_a_call_is_made_for(make_function: Make) -> None:
    deep = {"type": "object", "properties": {"box": {"type": "object", "properties": {"city": STRING}}}}
    functions = [
        make_function("echo", {"city": STRING}, {"city": STRING}),
        make_function("find_city", {}, {"city": STRING}),
        make_function("mention", {}, {"top": deep}),
        make_function("give", {}, {"city": STRING}),
    ]
    columns = columns_from(functions)
    places = np.flatnonzero(~columns.fields.is_input)
    index = InvertedIndex(columns, places, np.zeros(len(places), dtype=np.int64))
    best = index.look_up(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), 4, 0).found
    names = [columns.profiles[columns.fields.function[place]].name for place in best]
    assert names == ["find_city", "give", "mention", "echo"]


def test_what_becomes_of_other_functions_moves_no_more_than_their_own_places(make_function: Make) -> None:
    functions = crowd_of(make_function, 60)
    before = columns_from(functions)
    dropped = sorted(functions, key=lambda function: function.function_key)[30]
    after = columns_from([function for function in functions if function is not dropped])
    old = dict(zip([one.function_key for one in before.profiles], met(before, 0, 5), strict=True))
    new = dict(zip([one.function_key for one in after.profiles], met(after, 0, 5), strict=True))
    changed = [key for key, found in new.items() if found != old[key]]
    assert {len(found) for found in new.values()} == {5}
    assert sorted(changed) == sorted(
        key for key, found in old.items() if dropped.function_key in found and key != dropped.function_key
    )


def test_a_function_that_changes_keeps_its_place(make_function: Make) -> None:
    functions = crowd_of(make_function, 60)
    changed = make_function("get_7", {"city": STRING}, description="now told")
    assert changed.function_key == functions[7].function_key
    later = [*functions[:7], changed, *functions[8:]]
    assert met(columns_from(later), 0, 5) == met(columns_from(functions), 0, 5)


def test_groups_are_kept_apart_and_unknown_ones_are_empty(make_function: Make) -> None:
    columns = columns_from(
        [make_function("f", {"a": STRING, "b": STRING}), make_function("g", {"a": STRING})]
    )
    places = np.arange(3)
    index = InvertedIndex(columns, places, columns.fields.label.astype(np.int64))
    label = int(columns.fields.label[0])
    found = index.look_up(np.array([label, 99]), np.array([0, 0]), 5, 5)
    assert set(found.asked.tolist()) == {0}
    assert (columns.fields.label[found.found] == label).all()
    nobody = InvertedIndex(columns, places[:0], places[:0].astype(np.int64))
    assert nobody.look_up(np.array([0]), np.array([0]), 5, 5).found.tolist() == []
