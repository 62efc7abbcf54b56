"""Tokens of chat templates go, and with them what was written for somebody else."""

import pytest

from toolmind_resources.chat.reading.special_tokens import own_turn


@pytest.mark.parametrize(
    "text",
    [
        "Yes.<|im_end|>",
        "Yes.\n<|eot_id|>",
        "Yes.</s>",
        "Yes.</s></s>",
        "Yes.<end_of_turn>\n",
        "Yes.<｜end▁of▁sentence｜>",
        "Yes.<|user|>",
        "<|im_start|>assistant\nYes.<|im_end|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\nYes.",
        "<s> Yes. [/INST]",
        "<start_of_turn>model\nYes.",
        "Yes.<|im_end|>\n<|im_start|>user\nAnd tomorrow?",
    ],
)
def test_tokens_and_what_follows_the_turn_go(text: str):
    assert own_turn(text) == "Yes."


@pytest.mark.parametrize(
    "text",
    ["", " Yes. ", "End it with `<|im_end|>`, please.", "<s>old</s> and new", 'It is "<|end|>", no more.'],
)
def test_a_text_that_speaks_of_tokens_is_left(text: str):
    assert own_turn(text) == text
