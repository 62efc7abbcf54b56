"""Whether exported rows show what may be somebody's: an address, a number, a secret.

What the offered functions' own documentation states is theirs and is left alone, save secrets. What simulated
dialogues make up has to come from the ranges that are reserved for examples; of open sets it is counted.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from toolmind_assets.errors import InputError
from toolmind_assets.model.dialogues import Dialogue, Message
from toolmind_assets.model.ids import compact_json
from toolmind_resources.plausible.real_values import RealKind, RealValue, real_values

SIMULATED = "simulated"
N_EXAMPLES = 5
"""Values that an error tells of."""


@dataclass(slots=True)
class ShownValues:
    """What was found so far.

    Attributes:
        documentation: From ids of functions to all that their specs state, as text.
        n_dialogues: `(source, kind)` -> dialogues with such a value.
        examples: Of the first found in simulated dialogues, the value and the dialogue's id.
    """

    documentation: Callable[[Collection[str]], str]
    n_dialogues: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[tuple[RealValue, str]] = field(default_factory=list)

    def look_at(self, dialogue: Dialogue, last_message: int) -> None:
        """Adds what the messages of a dialogue show, up to the last one that is exported."""
        found = shown_in(dialogue, last_message, self.documentation)
        self.n_dialogues.update({(dialogue.source, value.kind.value) for value in found})
        if dialogue.source == SIMULATED:
            self.examples += [(value, dialogue.dialogue_id) for value in found]
            del self.examples[N_EXAMPLES:]

    def refuse_simulated(self) -> None:
        """Ends the export where a simulated dialogue shows such a value.

        Raises:
            InputError: one does; it names the first ones and what to do.
        """
        if not self.examples:
            return
        named = "; ".join(f"{_told(value)} in {dialogue_id}" for value, dialogue_id in self.examples)
        raise InputError(
            f"simulated dialogues show what may be somebody's, and nothing was written: {named}. `toolmind trace` "
            "with the dialogue's id shows where it comes from; exports.real_values: count writes them all the same"
        )


def shown_in(
    dialogue: Dialogue, last_message: int, documentation: Callable[[Collection[str]], str]
) -> list[RealValue]:
    """What the messages up to the last one show that may be somebody's, by kind."""
    texts = (text for message in dialogue.messages[: last_message + 1] for text in _texts(message))
    found = real_values("\n".join(texts))
    if not found:
        return []
    documented = (compact_json(dialogue.tools) + documentation(dialogue.function_ids)).lower()
    return [value for value in found if value.kind is RealKind.SECRET or value.text.lower() not in documented]


def _texts(message: Message) -> Iterator[str]:
    """All that a message says; of JSON each value with its key, since escapes of JSON hide what stands beside them."""
    for text in (message.content, message.reasoning):
        yield from _spelled(text or "")
    for call in message.tool_calls:
        yield from _spelled(call.arguments) if isinstance(call.arguments, str) else _leaves(call.arguments)


def _spelled(text: str) -> Iterator[str]:
    if text[:1] not in ("{", "["):
        yield text
        return
    try:
        yield from _leaves(json.loads(text))
    except (ValueError, RecursionError):
        yield text


def _leaves(value: Any, key: str = "") -> Iterator[str]:
    """The scalars of a JSON value, each after the key that it stands under."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member, key)
    elif isinstance(value, str | int | float):
        yield f"{key}: {value}"


def _told(value: RealValue) -> str:
    """The value as an error may show it: of a secret its beginning."""
    text = f"{value.text[:4]}…" if value.kind is RealKind.SECRET else value.text
    return f"{value.kind.value} {text}"
