"""Rules on messages: a mutation that each catches, and a near miss that it leaves alone."""

from typing import Any

import pytest

from toolmind_assets.stages.trajectories.rules.empty_turn import EMPTY_TURN
from toolmind_assets.stages.trajectories.rules.ignored_error import IGNORED_ERROR
from toolmind_assets.stages.trajectories.rules.result_mismatch import RESULT_MISMATCH
from toolmind_assets.stages.trajectories.rules.role_confusion import ROLE_CONFUSION


@pytest.mark.parametrize(
    "content", [None, "", " \n", "<think>so what</think>", "[THINK]so what[/THINK]", "..."]
)
def test_a_turn_without_words_is_empty(content: str | None, make: Any, good: Any, codes: Any) -> None:
    good[5] = make.says(content)
    assert codes(EMPTY_TURN, good) == [(5, "empty_turn", "")]


@pytest.mark.parametrize("content", ["42", "好的", "👍", "<think>x</think>Yes."])
def test_short_answers_are_not_empty(content: str, make: Any, good: Any, codes: Any) -> None:
    good[5] = make.says(content)
    assert codes(EMPTY_TURN, good) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Done.<|im_end|>", "special_token"),
        ("Thanks! ###STOP###", "special_token"),
        ("User: Please also cancel the other one.", "foreign_speaker"),
        ("It is done.\nUser: Thanks!\nAssistant: You are welcome.", "foreign_speaker"),
        ('{"name": "find_order", "arguments": {"order_id": "W-60417"}}', "call_as_text"),
        ('find_order(order_id="W-60417")', "call_as_text"),
        ("<function=find_order>\nthe order, please", "special_token"),
        ("<think>The order is gone.</think>It is cancelled.", "thoughts_in_content"),
        ("[THINK]The order is gone.[/THINK]It is cancelled.", "thoughts_in_content"),
        ("The order is gone.</think>It is cancelled.", "thoughts_in_content"),
        ("◁think▷The order", "thoughts_in_content"),
        ("It is done.<｜end▁of▁sentence｜>", "special_token"),
        ('I call it: {"name": "find_order", "arguments": {"order_id": "W-60417"}}', "call_as_text"),
        ("Please cancel my order W-60417, I do not want it any more.", "echoed_user"),
    ],
)
def test_speaking_out_of_role_is_found(content: str, code: str, make: Any, good: Any, codes: Any) -> None:
    good[5] = make.says(content)
    assert codes(ROLE_CONFUSION, good) == [(5, code, "")]


@pytest.mark.parametrize(
    "content",
    [
        "Order: W-60417\nUser: ann\nStatus: cancelled",
        'The profile is {"name": "Ann", "age": 3}.',
        "Use `<|im_end|>` to end a message.",
        "a < b and b > c",
    ],
)
def test_labels_json_and_code_in_an_answer_are_no_confusion(
    content: str, make: Any, good: Any, codes: Any
) -> None:
    good[5] = make.says(content)
    assert codes(ROLE_CONFUSION, good) == []


ARGUMENTS = '{"order_id": "W-60417"}'


@pytest.mark.parametrize(
    "content",
    [
        f'<tool_call>{{"name": "find_order", "arguments": {ARGUMENTS}}}</tool_call>',
        f'[TOOL_CALLS][{{"name": "find_order", "arguments": {ARGUMENTS}}}]',
        f"[TOOL_CALLS]find_order{ARGUMENTS}",
        "<function=find_order>\n<parameter=order_id>\nW-60417\n</parameter>\n</function>",
        f"<|python_tag|>find_order{ARGUMENTS}",
        f"<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>find_order<｜tool▁sep｜>{ARGUMENTS}<｜tool▁call▁end｜>",
    ],
)
def test_a_call_between_the_marks_of_any_model_is_found(
    content: str, make: Any, good: Any, codes: Any
) -> None:
    good[5] = make.says(content)
    assert codes(ROLE_CONFUSION, good) == [(5, "special_token", ""), (5, "call_as_text", "")]


@pytest.mark.parametrize(
    "content",
    [
        "Models put `<think>` before what they think, and `</think>` after it.",
        "Write it so:\n```\n<think>hm</think>\n<function=find_order></function>\n```",
        'The mark is "</think>".',
        "Call find_order(order_id=...) for that.",
    ],
)
def test_a_message_that_speaks_of_marks_and_calls_is_no_confusion(
    content: str, make: Any, good: Any, codes: Any
) -> None:
    good[5] = make.says(content)
    assert codes(ROLE_CONFUSION, good) == []


def test_thoughts_beside_a_call_are_found(good: Any, codes: Any) -> None:
    good[1]["content"] = "<think>\nI look the order up.\n</think>\n\n"
    assert codes(ROLE_CONFUSION, good) == [(1, "thoughts_in_content", "")]


def test_two_messages_of_the_same_speaker_are_a_warning_only(make: Any, good: Any) -> None:
    messages = [make.user("Hello."), *good, make.says("Anything else?")]
    findings = list(ROLE_CONFUSION.check(make.trajectory(messages)))
    assert [finding.code for finding in findings] == ["consecutive_users", "consecutive_assistants"]
    assert not any(finding.is_failing for finding in findings)


ERRORS = ['{"error": "out of service"}', '{"success": false}', "Error: no such order", '{"status": "failed"}']


@pytest.mark.parametrize("error", ERRORS)
def test_success_claimed_after_an_error_is_found(error: str, good: Any, codes: Any) -> None:
    good[4]["content"] = error
    assert codes(IGNORED_ERROR, good) == [(5, "ignored_error", "")]


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, the cancellation failed.",
        "The service is out of order. Shall I try it later?",
        "I was unable to cancel W-60417.",
    ],
)
def test_admitting_or_asking_after_an_error_is_right(text: str, make: Any, good: Any, codes: Any) -> None:
    good[4]["content"] = ERRORS[0]
    good[5] = make.says(text)
    assert codes(IGNORED_ERROR, good) == []


def test_courtesy_after_an_error_is_no_admission(make: Any, good: Any, codes: Any) -> None:
    good[4]["content"] = ERRORS[0]
    good[5] = make.says("Your order is cancelled. Let me know if you need anything else. Can I help further?")
    assert codes(IGNORED_ERROR, good) == [(5, "ignored_error", "")]


def test_a_retry_that_succeeds_makes_good_for_the_error(make: Any, good: Any, codes: Any) -> None:
    failed = [
        make.call("cancel_order", "c0", order_id="W-60417", reason="unwanted"),
        make.result("c0", ERRORS[0]),
    ]
    assert codes(IGNORED_ERROR, [*good[:3], *failed, *good[3:]]) == []


@pytest.mark.parametrize("role", ["user", "system", "tool"])
def test_calls_in_messages_of_others_do_not_shift_errors_to_another_turn(
    role: str, make: Any, good: Any, codes: Any
) -> None:
    strange = {"role": role, "content": "Hello.", "tool_calls": make.call("roll_dice", "u1")["tool_calls"]}
    good[4]["content"] = ERRORS[0]
    assert codes(IGNORED_ERROR, [strange, *good]) == [(6, "ignored_error", "")]
    good[4]["content"], good[2]["content"] = '{"status": "cancelled"}', ERRORS[0]
    assert codes(IGNORED_ERROR, [strange, *good]) == []
    (found,) = IGNORED_ERROR.check(make.trajectory([strange, *good[:3], make.says("It is done.")]))
    assert "find_order (message 2)" in found.detail


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"order_id": "W-60418", "status": "pending"}', "other_entity"),
        ('{"order_id": "W-60417", "sta', "malformed_result"),
        ("", "empty_result"),
        ('{"function": "cancel_order", "ok": true}', "other_function"),
    ],
)
def test_a_forged_result_is_found(content: str, code: str, good: Any, codes: Any) -> None:
    good[2]["content"] = content
    assert [found[:2] for found in codes(RESULT_MISMATCH, good)] == [(2, code)]


@pytest.mark.parametrize(
    "content",
    [
        '{"order_id": "#w60417"}',
        '{"orders": [{"order_id": "W-1"}, {"order_id": "W-2"}]}',
        "[Errno] nothing there",
        "{'order_id': 'W-60417'}",
        '{"order_id": "N-5", "replaces": "W-60417"}',
        '{"error": "unknown", "order_id": "X-1"}',
        "None",
    ],
)
def test_results_that_only_look_different_pass(content: str, good: Any, codes: Any) -> None:
    good[2]["content"] = content
    assert codes(RESULT_MISMATCH, good) == []


def test_swapped_results_of_one_function_are_found_by_what_they_repeat(make: Any, codes: Any) -> None:
    tools = [make.function("get_weather", city={"type": "string"})]
    messages = [make.user("Weather in Paris and Rome?")]
    messages += [
        make.call("get_weather", "a", city="Paris"),
        make.result("a", {"city": "Rome", "sky": "blue"}),
    ]
    messages += [
        make.call("get_weather", "b", city="Rome"),
        make.result("b", {"city": "Paris", "sky": "grey"}),
    ]
    assert [found[:2] for found in codes(RESULT_MISMATCH, messages, tools)] == [
        (2, "other_entity"),
        (4, "other_entity"),
    ]
    messages[2]["content"], messages[4]["content"] = messages[4]["content"], messages[2]["content"]
    assert codes(RESULT_MISMATCH, messages, tools) == []


def test_a_unit_that_a_conversion_answers_with_is_no_swap(make: Any, codes: Any) -> None:
    tools = [make.function("convert", unit={"type": "string"})]
    messages = [make.user("25 C, and 77 F")]
    messages += [make.call("convert", "a", unit="celsius"), make.result("a", {"unit": "fahrenheit"})]
    messages += [make.call("convert", "b", unit="fahrenheit"), make.result("b", {"unit": "celsius"})]
    assert codes(RESULT_MISMATCH, messages, tools) == []


def test_a_changed_id_makes_an_orphan(good: Any, codes: Any) -> None:
    good[2]["tool_call_id"] = "c9"
    assert codes(RESULT_MISMATCH, good) == [(2, "orphan_result", "")]


def test_a_result_is_held_against_the_schema_where_one_is_known(make: Any, good: Any, codes: Any) -> None:
    returns = {"find_order": {"type": "object", "properties": {"temperature": {"type": "number"}}}}
    assert codes(RESULT_MISMATCH, good, returns=returns) == [(2, "other_shape", "")]
    returns = {"find_order": {"type": "object", "properties": {"status": {"type": "integer"}}}}
    findings = list(RESULT_MISMATCH.check(make.trajectory(good, returns=returns)))
    assert [(finding.path, finding.is_failing) for finding in findings] == [("/status", False)]


def test_the_schema_that_a_definition_states_is_used(make: Any, good: Any, codes: Any) -> None:
    tools = make.tools
    tools[0]["function"]["returns"] = {"type": "object", "properties": {"sky": {"type": "string"}}}
    assert codes(RESULT_MISMATCH, good, tools) == [(2, "other_shape", "")]


def test_one_success_in_a_later_turn_makes_good_for_the_error_whatever_stands_beside_it(
    make: Any, good: Any, codes: Any
) -> None:
    good[2]["content"] = ERRORS[0]
    good[3]["tool_calls"] += make.call("roll_dice", "c9")["tool_calls"]
    assert codes(IGNORED_ERROR, good) == []


def test_a_result_may_name_the_function_that_was_asked_about(make: Any, codes: Any) -> None:
    tools = [*make.tools, make.function("describe_tool", tool={"type": "string"})]
    for named, expected in (("find_order", []), ("cancel_order", [(2, "other_function", "/tool")])):
        messages = [
            make.user("What does find_order do?"),
            make.call("describe_tool", "c1", tool="find_order"),
            make.result("c1", {"tool": named, "text": "It finds an order."}),
        ]
        assert codes(RESULT_MISMATCH, messages, tools) == expected
