"""A dialogue as the text that judges read."""

from toolmind_assets.model.dialogues import Dialogue, Message
from toolmind_assets.model.ids import compact_json


def render_tools(dialogue: Dialogue) -> str:
    """The offered functions, a line of JSON each."""
    lines = [compact_json(tool.get("function", tool)) for tool in dialogue.tools]
    return "\n".join(lines) or "(none)"


def render_messages(dialogue: Dialogue, shows_reasoning: bool = False) -> tuple[str, ...]:
    """Each message as text, with its number and its speaker; calls and results with their ids.

    What the assistant thought stands before what it said, if it is shown.
    """
    return tuple(_render(index, message, shows_reasoning) for index, message in enumerate(dialogue.messages))


def _render(index: int, message: Message, shows_reasoning: bool) -> str:
    head = f"[{index}] {message.role}"
    if message.tool_call_id is not None:
        head += f" (answers {message.tool_call_id})"
    lines = [f"{head} thinks: {message.reasoning}"] if shows_reasoning and message.reasoning else []
    lines.append(f"{head}: {message.content or ''}".rstrip())
    for call in message.tool_calls:
        arguments = call.arguments if isinstance(call.arguments, str) else compact_json(call.arguments)
        lines.append(f"  calls {call.name} as {call.call_id}: {arguments}")
    return "\n".join(lines)
