"""The harmony form of gpt-oss, with its special tokens and without."""

import pytest

from toolmind_resources.chat.reading.channels import Channels, channels_apart

FINAL = "<|channel|>final<|message|>Yes.<|return|>"


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        (FINAL, Channels("Yes.")),
        ("<|start|>assistant" + FINAL, Channels("Yes.")),
        ("<|channel|>analysis<|message|>Hm.<|end|>" + FINAL, Channels("Yes.", ("Hm.",))),
        ("<|channel|>analysis<|message|>Hm, and", Channels("", ("Hm, and",))),
        ("<|channel|>commentary<|message|>I look.<|end|>" + FINAL, Channels("I look.\nYes.")),
        (
            "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>",
            Channels("", calls=(("functions.f", "{}"),)),
        ),
        (
            "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>",
            Channels("", calls=(("functions.f", "{}"),)),
        ),
        ("analysisHm.assistantfinalYes.", Channels("Yes.", ("Hm.",))),
    ],
)
def test_each_channel_is_read_for_what_it_holds(text: str, channels: Channels):
    assert channels_apart(text) == channels


@pytest.mark.parametrize("text", ["", "Yes.", "analysis of the assistant's words", "<|channel|> is a token"])
def test_a_text_without_channels_is_left(text: str):
    assert channels_apart(text) is None
