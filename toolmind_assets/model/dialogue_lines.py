"""Dialogues as lines of JSON: the exchange form of `toolmind import` and `toolmind check`."""

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.ids import JsonObject


def dialogue_line(dialogue: Dialogue) -> JsonObject:
    """The object `{"id", "tools", "messages"}` of one line; the system text is one of the messages."""
    return {
        "id": dialogue.dialogue_id,
        "tools": list(dialogue.tools),
        "messages": [message.as_openai() for message in dialogue.messages],
    }
