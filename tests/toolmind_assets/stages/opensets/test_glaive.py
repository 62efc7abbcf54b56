"""The Glaive adapter: both forms, and what does not fit."""

import json

import pytest

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.opensets.adapter import UnfitRowError
from toolmind_assets.stages.opensets.adapters.glaive import read_row

RATE = {
    "name": "get_rate",
    "description": "Get a rate",
    "parameters": {"type": "object", "properties": {"base": {"type": "string"}}, "required": ["base"]},
}
ANNOUNCED = (
    "SYSTEM: You are a helpful assistant with access to the following functions. Use them if required -\n"
)


def _chat(*parts: str) -> str:
    return "\n\n\n".join(parts)


def _texts(chat: str, system: str = ANNOUNCED + json.dumps(RATE, indent=4)) -> dict:
    return {"system": system, "chat": chat}


def _refused(row: object) -> UnfitRowError:
    with pytest.raises(UnfitRowError) as refused:
        read_row(row)
    return refused.value


def test_a_call_with_quoted_arguments_and_its_result_are_read_from_the_original_form():
    read = read_row(
        _texts(
            _chat(
                "USER: What is the dollar worth?",
                """ASSISTANT: <functioncall> {"name": "get_rate", "arguments": '{"base": "USD"}'} <|endoftext|>""",
                'FUNCTION RESPONSE: {"rate": 0.85}',
                "ASSISTANT: It is worth 0.85. <|endoftext|>",
            )
        )
    )
    user, calling, result, answer = read.messages
    assert (user.role, user.content) == (Speaker.USER, "What is the dollar worth?")
    assert [(call.name, call.arguments) for call in calling.tool_calls] == [("get_rate", {"base": "USD"})]
    assert calling.content is None
    assert (result.role, result.content) == (Speaker.TOOL, '{"rate": 0.85}')
    assert result.tool_call_id == calling.tool_calls[0].call_id
    assert (answer.role, answer.content) == (Speaker.ASSISTANT, "It is worth 0.85.")
    assert read.tools == ({"type": "function", "function": RATE},)


@pytest.mark.parametrize("quoted", [r"""'{"base": "it\'s"}'""", """'{"base": "it's"}'"""])
def test_an_apostrophe_inside_quoted_arguments_is_read(quoted: str):
    call = f'ASSISTANT: <functioncall> {{"name": "get_rate", "arguments": {quoted}}} <|endoftext|>'
    read = read_row(_texts(_chat("USER: Go", call)))
    assert read.messages[1].tool_calls[0].arguments == {"base": "it's"}


def test_arguments_that_are_no_json_stay_as_text_to_be_judged():
    call = """ASSISTANT: <functioncall> {"name": "get_rate", "arguments": '{"base": }'}"""
    read = read_row(_texts(_chat("USER: Go", call)))
    assert read.messages[1].tool_calls[0].arguments == '{"base": }'


def test_text_beside_a_call_and_several_calls_of_one_turn_are_kept():
    call = """<functioncall> {"name": "get_rate", "arguments": '{"base": "%s"}'}"""
    read = read_row(
        _texts(
            _chat(
                "USER: Go",
                f"ASSISTANT: Let me look. {call % 'USD'} {call % 'EUR'}",
                "FUNCTION RESPONSE: [1, 2]",
            )
        )
    )
    _, calling, first, second = read.messages
    assert calling.content == "Let me look."
    assert [call.arguments["base"] for call in calling.tool_calls] == ["USD", "EUR"]
    assert (first.content, second.content) == ("1", "2")
    assert len({call.call_id for call in calling.tool_calls}) == 2


def test_the_announcement_of_functions_is_no_system_message_but_other_text_is():
    plain = "SYSTEM: You are a helpful assistant, with no access to external functions."
    assert read_row(_texts("USER: Hi\n\n\nASSISTANT: Hello", plain)).messages[0].role is Speaker.USER
    assert read_row(_texts("USER: Hi\n\n\nASSISTANT: Hello", plain)).tools == ()
    spoken = read_row(_texts("USER: Hi\n\n\nASSISTANT: Hello", "SYSTEM: Answer in rhymes.")).messages[0]
    assert (spoken.role, spoken.content) == (Speaker.SYSTEM, "Answer in rhymes.")


def test_several_definitions_follow_one_another():
    other = {**RATE, "name": "get_other"}
    system = ANNOUNCED + json.dumps(RATE) + "\n\n" + json.dumps(other)
    read = read_row(_texts("USER: Hi\n\n\nASSISTANT: Hello", system))
    assert [tool["function"]["name"] for tool in read.tools] == ["get_rate", "get_other"]


def test_the_llama_factory_form_is_read():
    calls = [{"name": "get_rate", "arguments": {"base": base}} for base in ("USD", "EUR")]
    read = read_row(
        {
            "conversations": [
                {"from": "human", "value": "Both"},
                {"from": "function_call", "value": json.dumps(calls)},
                {"from": "observation", "value": '[{"rate": 1}, {"rate": 2}]'},
                {"from": "gpt", "value": "One and two."},
            ],
            "tools": json.dumps([RATE]),
        }
    )
    assert [message.role for message in read.messages] == [
        "user",
        "assistant",
        "tool",
        "tool",
        "assistant",
    ]
    assert [message.content for message in read.messages[2:4]] == ['{"rate":1}', '{"rate":2}']
    assert len(read.tools) == 1


def test_a_result_that_is_no_json_becomes_a_json_string():
    row = {
        "conversations": [
            {"from": "human", "value": "Go"},
            {"from": "function_call", "value": '{"name": "get_rate", "arguments": {}}'},
            {"from": "observation", "value": "not found"},
        ]
    }
    assert read_row(row).messages[2].content == '"not found"'


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a text", DropReason.UNKNOWN_FORM),
        ({"text": "x"}, DropReason.UNKNOWN_FORM),
        (_texts("USER: Hi"), DropReason.UNKNOWN_FORM),
        (_texts("Preface\nUSER: Hi\nASSISTANT: Hello"), DropReason.UNKNOWN_FORM),
        (_texts("USER: Hi\nFUNCTION RESPONSE: {}\nASSISTANT: Hello"), DropReason.UNKNOWN_FORM),
        (_texts("USER: Hi\nASSISTANT: <functioncall> {broken"), DropReason.MALFORMED_JSON),
        (_texts("USER: Hi\nASSISTANT: <functioncall> {}"), DropReason.UNKNOWN_FORM),
        (_texts("USER: Hi\nASSISTANT: Hello", ANNOUNCED + "{broken"), DropReason.MALFORMED_JSON),
        ({"conversations": [{"from": "alien", "value": "x"}]}, DropReason.UNKNOWN_FORM),
        ({"conversations": [{"from": "human"}]}, DropReason.UNKNOWN_FORM),
        ({"conversations": [], "tools": "[NaN]"}, DropReason.MALFORMED_JSON),
    ],
)
def test_what_does_not_fit_says_why(row: object, reason: DropReason):
    refused = _refused(row)
    assert refused.reason is reason
    assert refused.detail


def test_one_result_for_two_calls_is_refused():
    call = """<functioncall> {"name": "get_rate", "arguments": '{}'}"""
    refused = _refused(_texts(f"USER: Go\nASSISTANT: {call} {call}\nFUNCTION RESPONSE: {{}}"))
    assert "2 calls" in refused.detail


def test_what_the_assistant_thought_is_read_from_its_field_in_turns_with_and_without_calls():
    call = json.dumps({"name": "get_rate", "arguments": {"base": "USD"}})
    turns = [
        {"from": "human", "value": "Go", "reasoning_content": "no thought of ours"},
        {"from": "function_call", "value": call, "reasoning_content": "I look."},
        {"from": "observation", "value": "{}"},
        {"from": "gpt", "value": "Done", "reasoning": "I say so."},
    ]
    read = read_row({"conversations": turns, "tools": json.dumps([RATE])})
    assert [message.reasoning for message in read.messages] == [None, "I look.", None, "I say so."]


def test_thoughts_between_tags_are_no_part_of_what_is_said_or_called_in_either_form():
    call = json.dumps({"name": "get_rate", "arguments": {"base": "<think>USD</think>"}})
    turns = [
        {"from": "human", "value": "<think>Go</think>"},
        {"from": "function_call", "value": f"<think>\nI look: {{}}\n</think>\n\n{call}"},
        {"from": "observation", "value": "{}"},
        {"from": "gpt", "value": "I say so.</think>\nDone"},
    ]
    texts = _chat("USER: Go", f"ASSISTANT: <think>I look.</think> <functioncall> {call} <|endoftext|>")
    user, calling, _, said = read_row({"conversations": turns, "tools": json.dumps([RATE])}).messages
    assert user.content == "<think>Go</think>"
    assert (calling.reasoning, calling.content) == ("I look: {}", None)
    assert calling.tool_calls[0].arguments == {"base": "<think>USD</think>"}
    assert (said.reasoning, said.content) == ("I say so.", "Done")
    _, called = read_row(_texts(texts)).messages
    assert (called.reasoning, called.content, len(called.tool_calls)) == ("I look.", None, 1)


def test_a_call_whose_arguments_hold_a_tag_is_read_whole():
    call = json.dumps({"name": "get_rate", "arguments": {"base": "a <think>b"}})
    turns = [{"from": "human", "value": "Go"}, {"from": "function_call", "value": call}]
    _, calling = read_row({"conversations": turns, "tools": json.dumps([RATE])}).messages
    assert (calling.tool_calls[0].arguments, calling.reasoning) == ({"base": "a <think>b"}, None)
