"""A dialogue rendered to be read by a person, as Markdown."""

import json
from collections.abc import Mapping

from toolmind_assets.model.dialogues import Dialogue, Message, Speaker, ToolCall

_SHOWN_CHARACTERS = 400
"""Of what a model thought, as much as is shown."""
_MARKS = {"pass": "✓", "fail": "✗", "unverifiable": "?", "not_checked": "–"}


def render_dialogue(dialogue: Dialogue, outcomes: Mapping[int, str] | None = None) -> str:
    """Markdown of the whole dialogue: head line, then a section a message, numbered as in the tables.

    Args:
        dialogue: What to render.
        outcomes: Message index -> outcome; those messages carry `✓ pass`, `✗ fail`, `? unverifiable` or
            `– not_checked`.
    """
    outcomes = outcomes or {}
    names = {call.call_id: call.name for message in dialogue.messages for call in message.tool_calls}
    sections = [_head(dialogue)]
    for index, message in enumerate(dialogue.messages):
        title = f"#### {index} · {_title(message, names)}"
        if outcome := outcomes.get(index):
            title += f" · {_MARKS.get(outcome, '')} {outcome}"
        sections.append("\n\n".join([title, *_body(message)]))
    return "\n\n".join(sections) + "\n"


def _head(dialogue: Dialogue) -> str:
    facts = [dialogue.source, dialogue.scenario, dialogue.domain, f"functions offered: {len(dialogue.tools)}"]
    return f"**{dialogue.dialogue_id}** · " + " · ".join(fact for fact in facts if fact)


def _title(message: Message, names: Mapping[str, str]) -> str:
    if message.role is not Speaker.TOOL:
        return message.role
    name = names.get(message.tool_call_id or "")
    return f"result of `{name}`" if name else "result"


def _body(message: Message) -> list[str]:
    if message.role is Speaker.TOOL:
        return [_fenced(_pretty(message.content or ""), "json")]
    parts = [_thoughts(message.reasoning)] if message.reasoning else []
    parts += [_quoted(message.content)] if message.content else []
    parts += [_call(call) for call in message.tool_calls]
    return parts or ["*(empty)*"]


def _call(call: ToolCall) -> str:
    arguments = call.arguments
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, indent=2, ensure_ascii=False)
    return f"calls `{call.name}`\n\n{_fenced(text, 'json')}"


def _thoughts(text: str) -> str:
    """The beginning of what the assistant thought, marked so that nobody takes it for what was said."""
    n_left = len(text) - _SHOWN_CHARACTERS
    shown = text[:_SHOWN_CHARACTERS] + (f" … ({n_left:,} characters more)" if n_left > 0 else "")
    return f"*thinks, unseen by the user:*\n\n{_fenced(shown, 'text')}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines() or [""])


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"
