"""Rules on single calls: a mutation that each catches, and a near miss that it leaves alone."""

import copy
import importlib
import pkgutil
from typing import Any

import pytest

from toolmind_assets.stages.trajectories import rules
from toolmind_assets.stages.trajectories.rule import Rule
from toolmind_assets.stages.trajectories.rules import RULES
from toolmind_assets.stages.trajectories.rules.invalid_arguments import INVALID_ARGUMENTS
from toolmind_assets.stages.trajectories.rules.repeated_call import REPEATED_CALL
from toolmind_assets.stages.trajectories.rules.unanswered_call import UNANSWERED_CALL
from toolmind_assets.stages.trajectories.rules.unknown_function import UNKNOWN_FUNCTION


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_finds_anything_in_a_good_dialogue(rule: Any, good: Any, codes: Any) -> None:
    assert codes(rule, good) == []


def test_every_rule_of_the_folder_is_one_of_the_rules_by_the_name_of_its_file() -> None:
    found = {}
    for module in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}."):
        made = vars(importlib.import_module(module.name)).values()
        found[module.name.rpartition(".")[2]] = [one for one in made if isinstance(one, Rule)]
    assert found == {rule.name: [rule] for rule in RULES}


def test_rules_have_distinct_names_and_codes() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert len([code for rule in RULES for code in rule.codes]) == len({c for r in RULES for c in r.codes})


def test_a_renamed_function_is_unknown(good: Any, codes: Any) -> None:
    good[1]["tool_calls"][0]["function"]["name"] = "find_orders"
    assert codes(UNKNOWN_FUNCTION, good) == [(1, "unknown_function", "")]


def test_every_call_is_unknown_where_nothing_is_offered(good: Any, codes: Any) -> None:
    assert len(codes(UNKNOWN_FUNCTION, good, [])) == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('{"order_id": "W-60417"}', ("missing_argument", "/reason")),
        ('{"order_id": 5, "reason": "mistake"}', ("wrong_type", "/order_id")),
        ('{"order_id": "W-60417", "reason": "bored"}', ("not_in_enum", "/reason")),
        ('{"order_id": "W-60417", "reason": "mistake", "a/b": 1}', ("undeclared_argument", "/a~1b")),
        ('["W-60417"]', ("arguments_not_object", "")),
        ('{"order_id": "W-60', ("arguments_not_object", "")),
    ],
)
def test_arguments_that_do_not_fit_are_found_with_their_pointer(
    arguments: str, expected: tuple[str, str], good: Any, codes: Any
) -> None:
    good[3]["tool_calls"][0]["function"]["arguments"] = arguments
    assert codes(INVALID_ARGUMENTS, good) == [(3, *expected)]


def test_further_arguments_pass_where_the_schema_welcomes_them(make: Any, codes: Any) -> None:
    tool = make.function("tag", name={"type": "string"})
    tool["function"]["parameters"]["additionalProperties"] = {"type": "string"}
    messages = [make.user("tag it x, y"), make.call("tag", "1", name="x", other="y")]
    assert codes(INVALID_ARGUMENTS, messages, [tool]) == []


def test_a_schema_that_is_none_makes_arguments_unverifiable(make: Any) -> None:
    tool = make.function("tag", name={"type": "dict"})
    trajectory = make.trajectory([make.user("x"), make.call("tag", "1", name="x")], [tool])
    findings = list(INVALID_ARGUMENTS.check(trajectory))
    assert [(finding.outcome.value, finding.code) for finding in findings] == [
        ("unverifiable", "schema_unusable")
    ]


def test_a_dropped_result_leaves_its_call_unanswered(good: Any, codes: Any) -> None:
    del good[2]
    assert codes(UNANSWERED_CALL, good) == [(1, "unanswered_call", "")]


def test_a_call_at_the_end_needs_no_result(good: Any, codes: Any) -> None:
    assert codes(UNANSWERED_CALL, good[:4]) == []


def test_calls_are_unverifiable_where_no_result_was_recorded(make: Any, good: Any) -> None:
    trajectory = make.trajectory([*good[:2], make.user("Thanks")])
    assert [finding.outcome.value for finding in UNANSWERED_CALL.check(trajectory)] == ["unverifiable"]


def test_ids_that_start_again_each_turn_still_pair(make: Any) -> None:
    messages = [make.user("a")]
    for name in ("find_order", "roll_dice"):
        messages += [make.call(name, "call_0"), make.result("call_0", {"of": name}), make.user("b")]
    trajectory = make.trajectory(messages)
    assert [call.result.value["of"] for call in trajectory.calls] == ["find_order", "roll_dice"]


def test_results_without_ids_pair_by_position(make: Any, good: Any) -> None:
    both = make.call("find_order", "a", order_id="W-60417")
    both["tool_calls"] += make.call("roll_dice", "b")["tool_calls"]
    messages = [good[0], both, {"role": "tool", "content": "1"}, {"role": "tool", "content": "2"}]
    assert [call.result.text for call in make.trajectory(messages).calls] == ["1", "2"]


def _repeat(messages: list[Any], at: int) -> list[Any]:
    """The call at a message and its result, once more."""
    again = [{**messages[at]}, {**messages[at + 1], "tool_call_id": "again"}]
    again[0]["tool_calls"] = [{**messages[at]["tool_calls"][0], "id": "again"}]
    return copy.deepcopy([*messages[: at + 2], *again, *messages[at + 2 :]])


@pytest.mark.parametrize(("at", "code"), [(1, "repeated_call"), (3, "repeated_write")])
def test_the_same_call_twice_in_a_row_is_found(at: int, code: str, good: Any, codes: Any) -> None:
    assert codes(REPEATED_CALL, _repeat(good, at)) == [(at + 2, code, "")]


def test_a_write_that_answers_otherwise_the_second_time_is_still_repeated(good: Any, codes: Any) -> None:
    messages = _repeat(good, 3)
    messages[6]["content"] = '{"status": "cancelled", "refund_id": "R-99"}'
    assert codes(REPEATED_CALL, messages) == [(5, "repeated_write", "")]


def test_polling_reading_after_a_write_and_retrying_are_no_repetition(
    make: Any, good: Any, codes: Any
) -> None:
    polling = _repeat(good, 1)
    polling[4]["content"] = '{"order_id": "W-60417", "status": "shipped"}'
    after_write = [
        *good[:5],
        make.call("find_order", "c3", order_id="W-60417"),
        make.result("c3", good[2]["content"]),
    ]
    failed_first = _repeat(good, 3)
    failed_first[4]["content"] = '{"error": "try later"}'
    for messages in (polling, after_write, failed_first):
        assert codes(REPEATED_CALL, messages) == []


def test_a_new_user_message_or_a_function_of_chance_allows_the_same_call(
    make: Any, good: Any, codes: Any
) -> None:
    asked = [*good[:3], make.user("Look once more."), *_repeat(good, 1)[3:5]]
    dice = [
        make.user("Roll"),
        *(m for n in "ab" for m in (make.call("roll_dice", n), make.result(n, {"value": 4}))),
    ]
    twice = _repeat(good, 3)
    twice[0]["content"] += " Do it twice."
    for messages in (asked, dice, twice):
        assert codes(REPEATED_CALL, messages) == []


def test_a_result_answers_the_latest_call_of_its_id_and_the_earlier_one_stays_open(make: Any) -> None:
    messages = [
        make.user("a"),
        make.call("find_order", "c"),
        make.call("roll_dice", "c"),
        make.result("c", "4"),
    ]
    first, second = make.trajectory(messages).calls
    assert first.result is None
    assert second.result is not None and second.result.message_index == 3
