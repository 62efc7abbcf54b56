"""What a model thought, told from what it said, in a text that holds both.

The marks around thoughts, and whose they are:

- `<think>`: DeepSeek-R1, Qwen3, GLM, MiniMax-M2, Nemotron, most others; `<thinking>`: prompts after
  Anthropic's; `<thought>`: EXAONE, Gemini's compatible endpoint; `<reasoning>`, `<reflection>`: Reflection
  and its like; `<seed:think>`: Seed-OSS; `<longcat_think>`: LongCat; `<scratchpad>`, `<inner_monologue>`:
  prompts for agents
- `[THINK]`: Magistral; `◁think▷`: Kimi-VL and Kimi K1.5; `<|begin_of_thought|>`: OpenThinker, Sky-T1;
  `<|START_THINKING|>`: Command A; `<|channel>thought`: Gemma 4; `<unused94>thought`: MedGemma

Whose template opens the thought in the prompt, its reply holds the closing mark alone: all before it is
thought.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from toolmind_resources.chat.reading.quoted import Marks, is_quoted

_NAMES = (
    "thinking|think|thoughts|thought|reasoning|reflection|seed:think|longcat_think|scratchpad|inner_monologue"
)
_OPEN = (
    rf"<(?P<open>{_NAMES})(?:\s[^<>\n]{{0,80}})?>|<\|begin_of_(?:thought|thinking)\|>|<\|START_THINKING\|>"
    r"|<\|channel>thought\b|<unused94>thought\b|\[THINK\]|◁think▷"
)
_CLOSE = (
    rf"</(?P<close>{_NAMES})\s*>|<\|end_of_(?:thought|thinking)\|>|<\|END_THINKING\|>"
    r"|<channel\|>|<unused95>|\[/THINK\]|◁/think▷"
)
_OPENINGS = re.compile(_OPEN, re.I)
_CLOSINGS = re.compile(_CLOSE, re.I)
_MARKS = Marks(f"{_OPEN}|{_CLOSE}", re.I)
_SENTENCE_ENDS = ".!?:…。！？)]}>"
_CLOSINGS_MAX = 50
"""Closing marks among which one of the opening one's kind is looked for."""
_ANSWER = re.compile(
    r"\A(?:<answer>|<\|begin_of_solution\|>|<\|START_RESPONSE\|>)"
    r"(.*?)(?:</answer>|<\|end_of_solution\|>|<\|END_RESPONSE\|>)?\Z",
    re.S | re.I,
)
"""Marks around the answer, which stand beside those around thoughts."""


@dataclass(frozen=True, slots=True)
class Thoughtful:
    """A text taken apart: what was said, and each thought in order."""

    said: str
    thoughts: tuple[str, ...]


def may_hold_thoughts(text: str) -> bool:
    """Whether a mark may stand in the text at all; false for most texts, at once."""
    return "<" in text or "[" in text or "◁" in text


def thoughts_apart(text: str) -> Thoughtful | None:
    """What was said and what was thought; None where the text holds no thought.

    - From an opening mark to the closing one of its kind, or, where there is none, to the next of any kind,
      is a thought.
    - An opening mark that nothing closes makes a thought of all that follows, where it stands at the
      beginning of the text, of a line or after a sentence; amid a sentence it is left, for what it is can't
      be told.
    - A closing mark that nothing has opened makes a thought of all before it.
    - Marks that are spoken of (`quoted.py`) are no marks.
    """
    if not may_hold_thoughts(text):
        return None
    opening = _OPENINGS.search(text)
    return _after_the_last_closing(text) if opening is None else _taken_apart(text)


def holds_thoughts(text: str) -> bool:
    """Whether the text uses a mark of thoughts, be it opening or closing."""
    return may_hold_thoughts(text) and _MARKS.is_in(text)


def _after_the_last_closing(text: str) -> Thoughtful | None:
    closings = [found for found in _CLOSINGS.finditer(text) if not is_quoted(text, found)]
    if not closings:
        return None
    thought = _CLOSINGS.sub(" ", text[: closings[-1].start()])
    return _thoughtful([text[closings[-1].end() :]], [thought])


def _taken_apart(text: str) -> Thoughtful | None:
    closings = list(_CLOSINGS.finditer(text))
    said: list[str] = []
    thoughts: list[str] = []
    place = 0
    while (mark := next(_MARKS.used_in(text, place), None)) is not None:
        before = text[place : mark.start()]
        if not _OPENINGS.fullmatch(mark.group()):
            thoughts.append("".join([*said, before]))
            said, place = [], mark.end()
            continue
        end = _closing_of(mark, closings, text)
        if end is None and not _begins_anew(text[: mark.start()]):
            break
        said.append(before)
        thoughts.append(text[mark.end() : end.start() if end else len(text)])
        place = end.end() if end else len(text)
    return _thoughtful([*said, text[place:]], thoughts) if place else None


def _begins_anew(before: str) -> bool:
    """Whether something may begin here: nothing stands before it, a line has ended, or a sentence."""
    stripped = before.rstrip()
    return not stripped or "\n" in before[len(stripped) :] or stripped[-1] in _SENTENCE_ENDS


def _closing_of(opening: re.Match[str], closings: Sequence[re.Match[str]], text: str) -> re.Match[str] | None:
    """The first closing mark of its kind, or of any; one that is spoken of only where there is no other."""
    first = bisect_left(closings, opening.end(), key=lambda mark: mark.start())
    found = closings[first : first + _CLOSINGS_MAX]
    used = [mark for mark in found if not is_quoted(text, mark)] or found
    name = opening["open"]
    same = (mark for mark in used if name and (mark["close"] or "").lower() == name.lower())
    return next(same, next(iter(used), None))


def _thoughtful(said: list[str], thoughts: list[str]) -> Thoughtful:
    text = "".join(said).strip()
    answer = _ANSWER.match(text)
    stripped = (thought.strip() for thought in thoughts)
    return Thoughtful(
        answer[1].strip() if answer else text, tuple(thought for thought in stripped if thought)
    )
