"""The harmony form of gpt-oss, where a server hands it over as text.

A message stands in a channel: `analysis` holds thoughts, `commentary` calls of functions and words before
them, `final` the answer. Servers that drop special tokens leave the names: `analysis...assistantfinal...`.
"""

import re
from dataclasses import dataclass

_MESSAGE = re.compile(
    r"(?:<\|start\|>\s*\w*(?P<early>\s+to=\S+?)?\s*)?<\|channel\|>\s*(?P<channel>\w+)(?P<header>[^<]*)"
    r"(?:<\|constrain\|>[^<]*)?<\|message\|>(?P<body>.*?)"
    r"(?:<\|(?:end|call|return)\|>|(?=<\|(?:start|channel)\|>)|\Z)",
    re.S,
)
_BARE = re.compile(r"\A\s*analysis(?P<thought>.*?)assistant\s*final(?P<said>.*)\Z", re.S)
_TO = re.compile(r"\bto=(\S+)")


@dataclass(frozen=True, slots=True)
class Channels:
    """A reply taken apart: what was said, each thought, and each call as a name and arguments."""

    said: str
    thoughts: tuple[str, ...] = ()
    calls: tuple[tuple[str, str], ...] = ()


def may_hold_channels(text: str) -> bool:
    """Whether a text may be in the harmony form; false for most texts, at once."""
    return "<|channel|>" in text or text.lstrip().startswith("analysis")


def channels_apart(text: str) -> Channels | None:
    """What stands in each channel of a text; None where it has none."""
    if not may_hold_channels(text):
        return None
    if "<|channel|>" not in text:
        bare = _BARE.match(text)
        return Channels(bare["said"].strip(), (bare["thought"].strip(),)) if bare else None
    messages = list(_MESSAGE.finditer(text))
    if not messages:
        return None
    said, thoughts, calls = [text[: messages[0].start()]], [], []
    for message in messages:
        body = message["body"].strip()
        to = _TO.search((message["early"] or "") + message["header"])
        if to is not None:
            calls.append((to[1], body))
        elif message["channel"] == "analysis":
            thoughts.append(body)
        else:
            said.append(body)
    return Channels("\n".join(part for part in said if part.strip()), tuple(thoughts), tuple(calls))
