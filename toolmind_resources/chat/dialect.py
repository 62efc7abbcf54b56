"""How an endpoint wants its requests: what is left out, named otherwise or put together. No I/O."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

MAX_TOKENS_FIELDS = ("max_tokens", "max_completion_tokens")
"""How endpoints call the limit of a reply's tokens."""


class JsonForm(StrEnum):
    """How an endpoint is told that JSON is wanted; the prompts say so in any case."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    NONE = "none"


class Feature(StrEnum):
    """What some endpoints refuse of a request."""

    ALTERNATION = "alternation"
    RESPONSE_FORMAT = "response_format"
    MAX_TOKENS = "max_tokens"
    PARALLEL_TOOL_CALLS = "parallel_tool_calls"
    SEED = "seed"
    TEMPERATURE = "temperature"
    SYSTEM = "system"


_LEFT_OUT = (Feature.PARALLEL_TOOL_CALLS, Feature.SEED, Feature.TEMPERATURE)
"""Features that are a field of the body which can be left out."""

_WORDS = {
    Feature.ALTERNATION: r"alternat|consecutive|after the optional system|user query|"
    r"(first|last) (non-system )?message|(a|one|no) user message|(start|begin|end)s? with (a |the )?[`'\"]?user",
    Feature.RESPONSE_FORMAT: r"response_?format|json_?schema|json_?object|json mode|structured.output|guided|grammar",
    Feature.MAX_TOKENS: r"max_(completion_)?tokens",
    Feature.PARALLEL_TOOL_CALLS: r"parallel.tool",
    Feature.SEED: r"\bseed\b",
    Feature.TEMPERATURE: r"\btemperature\b",
    Feature.SYSTEM: r"system.{0,3}(role|message|prompt|instruction)|role.{0,20}system|developer instruction",
}
"""What a refusal says of each, in the order in which it is looked for: some name the system role in passing."""
_TOO_LONG = re.compile(r"(?i)context.(length|window|size)|too (large|long|many)|at most|exceed")
"""A refusal of so many tokens, which is no refusal of the field's name."""


class Dialect(BaseModel):
    """How an endpoint wants its requests; by default as the OpenAI form has them.

    Attributes:
        json_form: How it is told that JSON is wanted.
        max_tokens_field: How it calls the limit of a reply's tokens.
        left_out: Fields of the body that it refuses.
        merges_system: Whether system messages become the beginning of the first message of the user.
        alternates: Whether roles take turns: messages of one role in a row become one, and a system message that no
            message of the user follows becomes one of the user.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    json_form: JsonForm = JsonForm.SCHEMA
    max_tokens_field: str = MAX_TOKENS_FIELDS[0]
    left_out: frozenset[Feature] = frozenset()
    merges_system: bool = False
    alternates: bool = False

    def adapted(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body as the endpoint takes it; tools and a response format never go together."""
        sent = {name: value for name, value in body.items() if name not in self.left_out}
        if "response_format" in sent and (self.json_form is JsonForm.NONE or "tools" in sent):
            del sent["response_format"]
        elif "response_format" in sent and self.json_form is JsonForm.OBJECT:
            sent["response_format"] = {"type": JsonForm.OBJECT.value}
        for name in MAX_TOKENS_FIELDS:
            if name in sent:
                sent[self.max_tokens_field] = sent.pop(name)
        if self.merges_system:
            sent["messages"] = _with_system_merged(sent["messages"])
        if self.alternates:
            sent["messages"] = _in_turns(sent["messages"])
        return sent

    def without(self, feature: Feature) -> "Dialect":
        """The next form that does without a feature; this one where there is none."""
        if feature is Feature.RESPONSE_FORMAT:
            is_schema = self.json_form is JsonForm.SCHEMA
            return self.model_copy(update={"json_form": JsonForm.OBJECT if is_schema else JsonForm.NONE})
        if feature is Feature.MAX_TOKENS:
            return self.model_copy(update={"max_tokens_field": MAX_TOKENS_FIELDS[1]})
        if feature is Feature.SYSTEM:
            return self.model_copy(update={"merges_system": True})
        if feature is Feature.ALTERNATION:
            return self.model_copy(update={"alternates": True})
        return self.model_copy(update={"left_out": self.left_out | {feature}})

    def without_all(self, features: Iterable[Feature]) -> "Dialect":
        """The form that does without each of the features, one after the other."""
        dialect = self
        for feature in features:
            dialect = dialect.without(feature)
        return dialect

    def features_in(self, body: Mapping[str, Any]) -> frozenset[Feature]:
        """What a body, as it is sent, holds that could be done without."""
        sent = self.adapted(body)
        return frozenset(one for one in Feature if self.without(one).adapted(body) != sent)

    def named_in(self, text: str, body: Mapping[str, Any]) -> Feature | None:
        """The feature of a body as it was sent that a refusal's text names; None where it names none."""
        present = self.features_in(body)
        for feature, words in _WORDS.items():
            is_length = feature is Feature.MAX_TOKENS and _TOO_LONG.search(text)
            if feature in present and not is_length and re.search(words, text, re.IGNORECASE):
                return feature
        return None

    @property
    def words(self) -> str:
        """What is different from the OpenAI form, in words; empty where nothing is."""
        plain = Dialect()
        parts = [f"takes no {feature.value}" for feature in sorted(self.left_out)]
        if self.json_form is not plain.json_form:
            takes = ", takes json_object" if self.json_form is JsonForm.OBJECT else " and no json_object"
            parts.insert(0, f"takes no json_schema{takes}")
        if self.max_tokens_field != plain.max_tokens_field:
            parts.append(f"wants {self.max_tokens_field} for {plain.max_tokens_field}")
        if self.merges_system:
            parts.append("takes no system message")
        if self.alternates:
            parts.append("wants user and assistant in turns")
        return ", ".join(parts)

    @property
    def settings(self) -> str:
        """How the same is set by hand at the model."""
        plain, extra = Dialect(), ", ".join(f"{feature.value}: null" for feature in sorted(self.left_out))
        shown = [
            f"{name}: {str(value).lower()}"
            for name, value in self.model_dump(mode="json", exclude={"left_out"}).items()
            if value != getattr(plain, name)
        ]
        return ", ".join([*shown, *([f"extra_body: {{{extra}}}"] if extra else [])])


def _with_system_merged(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    told = [message["content"] for message in messages if message["role"] == "system"]
    others = [dict(message) for message in messages if message["role"] != "system"]
    if not told:
        return others
    text = "\n\n".join(told)
    if others and others[0]["role"] == "user":
        others[0]["content"] = f"{text}\n\n{others[0]['content']}"
        return others
    return [{"role": "user", "content": text}, *others]


def _in_turns(messages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = []
    for message in messages:
        if turns and message["role"] == turns[-1]["role"] != "tool":
            _join(turns[-1], message)
        else:
            turns.append(dict(message))
    is_answered = len(turns) > 1 and turns[1]["role"] == "user"
    if turns[0]["role"] == "system" and not is_answered:
        turns[0]["role"] = "user"
    return turns


def _join(first: dict[str, Any], second: Mapping[str, Any]) -> None:
    """Adds a message to the one of the same role before it."""
    texts = [text for text in (first.get("content"), second.get("content")) if text]
    first["content"] = "\n\n".join(texts) or None
    if calls := [*first.get("tool_calls", ()), *second.get("tool_calls", ())]:
        first["tool_calls"] = calls
