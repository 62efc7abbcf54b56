"""Dialogues for readers, and as lines of JSON."""

import json

from toolmind_assets.model.dialogue_lines import dialogue_line
from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.render import render_dialogue

TOOL = {"type": "function", "function": {"name": "get_rate", "parameters": {"type": "object"}}}
MESSAGES = (
    Message(Speaker.SYSTEM, "Be brief."),
    Message(Speaker.USER, "# Not a heading\nRate?"),
    Message(Speaker.ASSISTANT, "Looking.", (ToolCall("call_1", "get_rate", {"base": "é"}),)),
    Message(Speaker.TOOL, '{"rate":{"value":1}}', tool_call_id="call_1"),
    Message(Speaker.ASSISTANT, None),
)


def _dialogue(*messages: Message) -> Dialogue:
    return Dialogue(
        dialogue_id="dialogue_1",
        shard="sim-0000",
        task_id=None,
        source="simulated",
        licence="",
        scenario="chained",
        domain="",
        language="en",
        function_ids=(),
        tools=(TOOL,),
        messages=messages,
        stop_reason=StopReason.USER_SATISFIED,
        models=(),
        prompt_digest="",
        n_turns=2,
        content_digest="",
    )


def test_a_dialogue_is_rendered_message_by_message():
    assert (
        render_dialogue(_dialogue(*MESSAGES), {2: "pass", 4: "fail"})
        == """**dialogue_1** · simulated · chained · functions offered: 1

#### 0 · system

> Be brief.

#### 1 · user

> # Not a heading
> Rate?

#### 2 · assistant · ✓ pass

> Looking.

calls `get_rate`

```json
{
  "base": "é"
}
```

#### 3 · result of `get_rate`

```json
{
  "rate": {
    "value": 1
  }
}
```

#### 4 · assistant · ✗ fail

*(empty)*
"""
    )


def test_backticks_in_a_result_do_not_end_the_block():
    rendered = render_dialogue(_dialogue(Message(Speaker.TOOL, "```\n# loose", tool_call_id="none")))
    assert "````json\n```\n# loose\n````" in rendered


def test_a_result_that_is_no_json_or_too_deep_is_shown_as_it_is():
    for text in ("plain", "[" * 100_000):
        assert text in render_dialogue(_dialogue(Message(Speaker.TOOL, text)))


def test_a_line_holds_id_tools_and_openai_messages():
    line = dialogue_line(_dialogue(*MESSAGES))
    assert list(line) == ["id", "tools", "messages"]
    assert (line["id"], line["tools"]) == ("dialogue_1", [TOOL])
    assert line["messages"][2]["tool_calls"][0] == {
        "id": "call_1",
        "type": "function",
        "function": {"name": "get_rate", "arguments": '{"base":"é"}'},
    }
    assert json.loads(json.dumps(line)) == line


def test_thoughts_are_marked_and_cut_where_they_are_long():
    rendered = render_dialogue(_dialogue(Message(Speaker.ASSISTANT, "Hi.", reasoning="```" + "x" * 497)))
    shown = f"````text\n```{'x' * 397} … (100 characters more)\n````"
    assert f"#### 0 · assistant\n\n*thinks, unseen by the user:*\n\n{shown}\n\n> Hi.\n" in rendered
