"""Calls that a model has written as text, where its server has no parser for its notation.

Marks around calls, and whose they are: `<tool_call>`: Hermes, Qwen, GLM, Granite 4; `[TOOL_CALLS]`:
Mistral; `<|python_tag|>`: Llama 3; `<｜tool▁calls▁begin｜>`: DeepSeek; `<|tool_calls_section_begin|>`: Kimi
K2; `<|tool_call|>`: Granite 3, Phi-4; `functools`: Phi-4-mini; `<|tool_call_start|>`: LFM2;
`<|START_ACTION|>`: Command; `<|action_start|>`: InternLM; `<TOOLCALL>`: Nemotron; `<functioncall>`: Glaive;
`<tool_calls>`: Jamba; `<function_calls>`: OLMo 3, DeepSeek-V3.2; `<minimax:tool_call>`: MiniMax;
`<seed:tool_call>`: Seed-OSS; `<longcat_tool_call>`: LongCat. What stands between them may be JSON
(`call_values.py`), markup (`call_markup.py`), an expression (`call_expressions.py`), or a name with JSON
after it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toolmind_resources.chat.model import ChatToolCall
from toolmind_resources.chat.reading.call_expressions import calls_in_python
from toolmind_resources.chat.reading.call_markup import call_in_markup
from toolmind_resources.chat.reading.call_values import (
    Offered,
    calls_in_json,
    function_name,
    states_arguments,
)
from toolmind_resources.chat.reading.quoted import Marks
from toolmind_resources.chat.reading.strict_values import compact, whole_value

_TAGS = (
    "tool_call|tool_calls|function_call|function_calls|functioncall|TOOLCALL|minimax:tool_call|seed:tool_call"
    "|longcat_tool_call|call"
)
_DEEPSEEK = "｜tool▁calls▁{0}｜|｜tool▁call▁{0}｜"
_MARKS = Marks(
    rf"<(?P<opens>{_TAGS}|\|python_tag\||\|tool_call\||\|tool_call_start\||\|tool_call_begin\|"
    rf"|\|START_ACTION\||\|tool_calls_section_begin\||\|action_start\|>\s*<\|plugin\|"
    rf"|{_DEEPSEEK.format('begin')})>"
    rf"|</(?:{_TAGS})>|<(?:\|/tool_call\||\|tool_call_end\||\|END_ACTION\||\|tool_calls_section_end\|"
    rf"|\|action_end\||\|eom_id\||\|eot_id\||{_DEEPSEEK.format('end')})>"
    r"|(?P<bare>\[TOOL_CALLS\]|functools(?=\[\{))|(?P<element><(?=function=|(?:invoke|function) name=))"
)
_RESULT = re.compile(r"</?(?:tool_response|tool_result|function_response|observation)>|<\|tool_response\|>")
"""What a model writes that goes on to imagine what its call would give."""
_DSML = "｜DSML｜"
"""What stands before the names of DeepSeek-V3.2's elements."""
_NAMED = re.compile(
    r"(?:function\s*<｜tool▁sep｜>\s*)?(?P<name>[\w.:/-]+)"
    r"(?:<｜tool▁sep｜>|<\|tool_call_argument_begin\|>|\[CALL_ID\]\w*|\[ARGS\]|\s)*"
    r"(?:```(?:json)?\s*)?(?P<arguments>\{.*\})\s*(?:```)?",
    re.S,
)
_FENCE_OPENS = re.compile(r"(?:```|~~~)[\w-]*")
_FENCES = ("```", "~~~")
_EXPRESSION = re.compile(r"(?<=\n)\[\s*[A-Za-z_][\w.]*\(")
_HINTS = ("<", "[TOOL_CALLS]", "functools[")
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class WrittenCalls:
    """The calls of a text, and what stands before them; what a text says after a call it can't know yet."""

    said: str
    calls: tuple[ChatToolCall, ...]


def may_hold_calls(text: str) -> bool:
    """Whether a call may stand in the text at all; false for most texts, at once."""
    return "<" in text or "{" in text or "[" in text or "(" in text


def written_calls(text: str, offered: Offered) -> WrittenCalls | None:
    """The calls that a text holds; None where it holds none, or what stands between the marks can't be read.

    Between marks any name is that of a call. Without them the text must be nothing but calls, or end in
    them as JSON, and each must be of a function that is offered: other JSON and code is an answer.
    """
    if not may_hold_calls(text) or len(text) > _LONGEST:
        return None
    if _DSML in text:
        text = text.replace("</" + _DSML, "</").replace("<" + _DSML, "<")
    before, fenced = _fence_at_end(text.strip())
    if fenced and not before and (calls := written_calls(fenced, offered)) is not None:
        return calls
    marks = list(_MARKS.used_in(text)) if any(hint in text for hint in _HINTS) else []
    first = next((place for place, mark in enumerate(marks) if _begins(mark)), None)
    return _bare(text, offered) if first is None else _marked(text, marks[first:], offered)


def _begins(mark: re.Match[str]) -> bool:
    return any(mark[kind] is not None for kind in ("opens", "bare", "element"))


def _marked(text: str, marks: Sequence[re.Match[str]], offered: Offered) -> WrittenCalls | None:
    result = _RESULT.search(text, marks[0].end())
    end = result.start() if result else len(text)
    inside = [mark for mark in marks if mark.start() < end]
    bodies: list[Sequence[ChatToolCall]] = []
    for mark, following in zip(inside, [*(mark.start() for mark in inside[1:]), end], strict=True):
        start = mark.start() if mark["element"] else mark.end()
        body = text[start:following].strip()
        if not body or not _begins(mark):
            continue
        calls = _calls_in(body, offered)
        if not calls:
            return None
        bodies.append(calls)
    said = text[: marks[0].start()].strip()
    return WrittenCalls(said, tuple(call for calls in bodies for call in calls)) if bodies else None


def _calls_in(body: str, offered: Offered) -> Sequence[ChatToolCall] | None:
    before, fenced = _fence_at_end(body)
    inner = fenced if fenced and not before else body
    if (calls := calls_in_json(inner, offered) or calls_in_python(inner, offered)) is not None:
        return calls
    named = _NAMED.fullmatch(body)
    arguments = whole_value(named["arguments"]) if named else None
    if named and isinstance(arguments, dict):
        return [ChatToolCall(function_name(named["name"], offered), compact(arguments))]
    call = call_in_markup(body, offered)
    return None if call is None else [call]


def _bare(text: str, offered: Offered) -> WrittenCalls | None:
    said, body = _call_at_end(text.strip())
    calls = calls_in_json(body, offered) if states_arguments(body) else calls_in_python(body, offered)
    if not calls or not all(call.name in offered for call in calls):
        return None
    return WrittenCalls(said.strip(), tuple(calls))


def _call_at_end(text: str) -> tuple[str, str]:
    """What may be a call, as far as the text ends in one, and what stands before it."""
    before, fenced = _fence_at_end(text)
    if fenced:
        return before, fenced
    start = text.find("{")
    if start > 0 and text[0] != "[" and text[-1] == "}":
        return text[:start], text[start:]
    expression = _EXPRESSION.search(text) if text.endswith("]") else None
    return (text[: expression.start()], text[expression.start() :]) if expression else ("", text)


def _fence_at_end(text: str) -> tuple[str, str]:
    """What stands before a text's first fence, and in it, where it ends by one; two empty texts elsewhere."""
    opening = _FENCE_OPENS.search(text) if text.endswith(_FENCES) else None
    if opening is None or len(text) < opening.end() + 3:
        return "", ""
    return text[: opening.start()], text[opening.end() : -3].strip()
