"""ToolACE: dialogues whose functions stand in the system text, and whose calls are text.

A row has `system` (how to behave, the functions as one JSON list, how to write calls) and `conversations` of
`user`, `assistant` and `tool`. Calls are written `[Get Rates(base="USD", days=3), ...]`, results as a JSON list of
`{"name", "results"}`. A part of the published rows describes its functions in tables or prose and writes calls in
notations of its own; those rows are dropped, since calls that stay text would train as answers.
"""

import re
from collections.abc import Sequence
from typing import Any

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.json_text import MAX_NESTING, parse_json
from toolmind_assets.model.tool_texts import find_list
from toolmind_assets.stages.opensets.adapter import Adapter, Conversation, UnfitRowError
from toolmind_assets.stages.opensets.tool_definitions import tool_definitions
from toolmind_assets.stages.opensets.transcript import Transcript, spoken

_CALL_FORMAT = re.compile(
    r"Should you decide to return the function call(?:\(s\)|s)?[.,]?\s*Put it in the format of [^\n]*"
    r"(?:\s*NO other text MUST be included[.]?)?",
    re.IGNORECASE,
)
_OPENING = "([{<"
_UNKNOWN_NAME = re.compile(r"""[^()\[\]{}=,"'\n]{1,200}(?=\()""")
_CALL_LIKE = re.compile(rf"\[\s*+(?:\]\Z|{_UNKNOWN_NAME.pattern})")
_PARAMETER = re.compile(r"""([^=(),"'\n]+)=""")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"' + r"|'((?:[^'\\]|\\.)*+)'", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])")
_WORD = re.compile(r"[A-Za-z]+")
_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", **{mark: mark for mark in "\"'\\/"}}
_SPACE = re.compile(r"\s*")


def read_row(row: Any) -> Conversation:
    """The conversation of a row.

    Of the system text stays what the functions and calls of the dialogue do not say themselves: the list, the
    sentence that announces it and the instruction how to write calls go.

    Raises:
        UnfitRowError: the row has another form, or its functions, calls or results cannot be read.
    """
    turns = row.get("conversations") if isinstance(row, dict) else None
    system = row.get("system") or "" if isinstance(row, dict) else None
    if not isinstance(turns, list) or not isinstance(system, str):
        keys = sorted(row) if isinstance(row, dict) else type(row).__name__
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"no `conversations` or no text in `system`: {keys}")
    said, functions = _split_system(system)
    tools = tool_definitions(functions)
    names = [tool["function"]["name"] for tool in tools]
    transcript = Transcript()
    if said:
        transcript.say(Speaker.SYSTEM, said)
    for turn in turns:
        speaker, text = (turn.get("from"), turn.get("value")) if isinstance(turn, dict) else (None, None)
        if not isinstance(text, str):
            raise UnfitRowError(DropReason.UNKNOWN_FORM, f"a turn without text: {str(turn)[:200]}")
        said, reasoning = spoken(turn, text) if speaker == "assistant" else (text, None)
        _add_turn(transcript, speaker, said.strip(), reasoning, names)
    return Conversation(tools, transcript.messages())


def _split_system(system: str) -> tuple[str, list[Any]]:
    """What the system text says beside the functions, and the functions."""
    try:
        found = find_list(system)
    except ValueError as error:
        raise UnfitRowError(DropReason.MALFORMED_JSON, f"the functions: {error}") from error
    if found is not None:
        before = system[: found.start].strip()
        after = _CALL_FORMAT.sub("", system[found.end :], count=1).lstrip(" \t\r\n.").rstrip()
        return "\n".join(text for text in (before, after) if text), found.functions
    if system.strip():
        raise UnfitRowError(
            DropReason.UNKNOWN_FORM, f"the system text holds no JSON list of functions: {system[:200]!r}"
        )
    return "", []


def _add_turn(
    transcript: Transcript, speaker: Any, text: str, reasoning: str | None, names: Sequence[str]
) -> None:
    if speaker == "user":
        transcript.say(Speaker.USER, text)
    elif speaker == "assistant":
        if calls := read_calls(text, names):
            transcript.call(None, calls, reasoning)
        else:
            transcript.say(Speaker.ASSISTANT, text, reasoning)
    elif speaker == "tool":
        _add_results(transcript, text)
    else:
        raise UnfitRowError(DropReason.UNKNOWN_FORM, f"a turn of the unknown speaker {speaker!r}")


def _add_results(transcript: Transcript, text: str) -> None:
    try:
        results = parse_json(text)
    except ValueError:
        results = None
    if isinstance(results, list) and results and all(_is_named(result) for result in results):
        for result in results:
            transcript.answer_by_name(result["name"], result["results"])
    else:
        transcript.answer(text)


def _is_named(result: Any) -> bool:
    return isinstance(result, dict) and set(result) == {"name", "results"} and isinstance(result["name"], str)


def read_calls(text: str, names: Sequence[str]) -> list[tuple[str, JsonObject]] | None:
    """The calls, as `(name, arguments)`, of a message that is a list of calls; None for any other message.

    Args:
        text: What the assistant says.
        names: Functions on offer: their names may hold spaces, commas and brackets.

    Raises:
        UnfitRowError: the message is begun as a call is, and cannot be read as calls.
    """
    try:
        return _CallText(text, names).read()
    except ValueError as error:
        if _is_attempt(text, names):
            raise UnfitRowError(DropReason.UNKNOWN_FORM, f"calls: {error}: {text[:200]!r}") from error
        return None


def _is_attempt(text: str, names: Sequence[str]) -> bool:
    """Whether a message would call a function: it opens as a call does, or holds one of an offered function."""
    opened = text.lstrip(_OPENING + " \"'")
    named = any(opened.startswith(name) and not opened[len(name) :][:1].isalnum() for name in names)
    return (
        (named and text[0] in _OPENING)
        or bool(_CALL_LIKE.match(text))
        or any(f"[{name}(" in text for name in names)
    )


class _CallText:
    """Reads a list of calls strictly: names, and literals as Python or JSON writes them. Nothing is evaluated."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._text = text
        self._names = sorted(names, key=len, reverse=True)
        self._place = 0

    def read(self) -> list[tuple[str, JsonObject]]:
        """All calls of the text.

        Raises:
            ValueError: it is no list of calls.
            RecursionError: a value is nested too deep.
        """
        self._take("[")
        calls = [self._call()]
        while self._has(","):
            calls.append(self._call())
        self._take("]")
        if self._place < len(self._text):
            raise ValueError(f"text after the calls, at {self._place}")
        return calls

    def _call(self) -> tuple[str, JsonObject]:
        name = self._name()
        self._take("(")
        arguments: JsonObject = {}
        while not self._has(")"):
            if arguments:
                self._take(",")
            parameter = self._match(_PARAMETER, "a parameter and =")[1].strip()
            if parameter in arguments:
                raise ValueError(f"the parameter {parameter!r} stands twice")
            arguments[parameter] = self._value(0)
        return name, arguments

    def _name(self) -> str:
        for name in self._names:
            after = self._place + len(name)
            if self._text.startswith(name, self._place) and self._text[after:].lstrip()[:1] == "(":
                self._place = after
                return name
        return self._match(_UNKNOWN_NAME, "the name of a function")[0].strip()

    def _value(self, depth: int) -> Any:
        if depth > MAX_NESTING:
            raise RecursionError(f"nested deeper than {MAX_NESTING} levels")
        if self._has("["):
            return self._list(depth)
        if self._has("{"):
            return self._object(depth)
        if self._text[self._place : self._place + 1] in ('"', "'"):
            return self._string()
        if number := _NUMBER.match(self._text, self._place):
            self._place = number.end()
            return parse_json(number[0])
        word = self._match(_WORD, "a value")[0]
        if word not in _WORDS:
            raise ValueError(f"{word[:80]!r} is no literal")
        return _WORDS[word]

    def _list(self, depth: int) -> list[Any]:
        members: list[Any] = []
        while not self._has("]"):
            if members:
                self._take(",")
            members.append(self._value(depth + 1))
        return members

    def _object(self, depth: int) -> JsonObject:
        members: JsonObject = {}
        while not self._has("}"):
            if members:
                self._take(",")
            key = self._string()
            self._take(":")
            members[key] = self._value(depth + 1)
        return members

    def _string(self) -> str:
        found = self._match(_STRING, "a text in quotes")
        text = _ESCAPE.sub(_unescape, found[1] if found[1] is not None else found[2])
        # Two escapes may write one character, as JSON has it.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    def _match(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = pattern.match(self._text, self._place)
        if found is None:
            raise ValueError(f"{what} is wanted at {self._place}")
        self._place = found.end()
        self._skip()
        return found

    def _has(self, mark: str) -> bool:
        """Whether `mark` comes next; it is passed then."""
        self._skip()
        if not self._text.startswith(mark, self._place):
            return False
        self._place += len(mark)
        self._skip()
        return True

    def _take(self, mark: str) -> None:
        if not self._has(mark):
            raise ValueError(f"{mark} is wanted at {self._place}")

    def _skip(self) -> None:
        space = _SPACE.match(self._text, self._place)
        self._place = space.end() if space else self._place


def _unescape(escape: re.Match[str]) -> str:
    mark = escape[1]
    return chr(int(mark[1:], 16)) if len(mark) == 5 else _ESCAPED.get(mark, escape[0])


TOOLACE = Adapter("toolace", "Team-ACE/ToolACE", read_row)
