"""Tokens of chat templates that a server has left in a text.

ChatML (`<|im_end|>`: Qwen and most others), Llama 3 (`<|eot_id|>`), Llama 2 and Mistral (`</s>`,
`[/INST]`), Gemma (`<end_of_turn>`), Phi, GLM and gpt-oss (`<|end|>`, `<|user|>`, `<|return|>`), DeepSeek
(`<｜end▁of▁sentence｜>`), Command (`<|END_OF_TURN_TOKEN|>`).
"""

import re

from toolmind_resources.chat.reading.quoted import Marks

_BEGINNING = re.compile(
    r"\A\s*(?:(?:<\|im_start\|>|<\|start\|>|<\|START_OF_TURN_TOKEN\|>)\s*(?:assistant\b)?"
    r"|<start_of_turn>(?:model\b)?|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>"
    r"|<\|begin_of_text\|>|<\|assistant\|>|<\|CHATBOT_TOKEN\|>|<\|START_RESPONSE\|>"
    r"|<｜begin▁of▁sentence｜>|<｜Assistant｜>|<bos>)\s*",
    re.S,
)
_TURN_END = Marks(
    r"<\|(?:im_end|im_start|eot_id|eom_id|end_of_text|endoftext|end|return|call|user"
    r"|observation|start_header_id|END_OF_TURN_TOKEN|END_RESPONSE)\|>|<end_of_turn>|<start_of_turn>|<eos>"
    r"|<｜end▁of▁sentence｜>|<｜User｜>"
)
_ENDINGS = ("</s>", "[/INST]")
"""What ends a turn at the end of a text alone; elsewhere it may be HTML, or a word."""


def own_turn(text: str) -> str:
    """The text without the tokens around it, cut where the turn ends: what follows is another's turn."""
    if "<" not in text and "[/INST]" not in text:
        return text
    begun = text.strip()
    if begun.startswith("<s>") and "</s>" not in begun.removesuffix("</s>"):  # or it is HTML
        begun = begun.removeprefix("<s>")
    while opening := _BEGINNING.match(begun):
        begun = begun[opening.end() :]
    end = next(_TURN_END.used_in(begun), None)
    own = begun if end is None else begun[: end.start()]
    while (stripped := own.rstrip()).endswith(_ENDINGS):
        own = stripped[: stripped.rindex("[" if stripped.endswith("]") else "<")]
    return text if own == text.strip() else own.strip()
