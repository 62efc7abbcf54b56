"""Where a chat model is asked, and on which terms. No I/O."""

import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from toolmind_resources.chat.dialect import MAX_TOKENS_FIELDS, Dialect, Feature, JsonForm
from toolmind_resources.errors import HIDDEN

_TAKEN = {
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "model",
    "n",
    "response_format",
    "stream",
    "tools",
}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Endpoint(BaseModel):
    """One model behind an OpenAI-compatible endpoint. The key itself is never part of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="What `chat.roles` calls it.")
    base_url: str = Field(description="Root of the API, such as http://127.0.0.1:8000/v1.")
    replicas: list[str] = Field(
        default=[],
        description="Further addresses of the same model, which share its load; `in_flight` is of each.",
    )
    model: str = Field(min_length=1, description="Model name as the endpoint knows it; stands in every row.")
    api_key_env: str | None = Field(
        default=None,
        description="Environment variable that holds the key; the key itself stands nowhere.",
    )
    usd_per_million_prompt_tokens: float | None = Field(
        default=None, ge=0, description="Price of what is sent."
    )
    usd_per_million_completion_tokens: float | None = Field(
        default=None, ge=0, description="Price of what comes back."
    )
    in_flight: int = Field(
        default=64, ge=1, le=4096, description="Requests under way at once, in each process that asks."
    )
    timeout_seconds: float = Field(default=300.0, gt=0, description="Longest wait for one reply.")
    retries: int = Field(
        default=8,
        ge=0,
        le=100,
        description="Further tries after 429, 5xx and lost connections; Retry-After is kept, else the wait "
        "doubles up to 8 seconds.",
    )
    extra_body: dict[str, Any] = Field(
        default={},
        description="Further fields of every request, such as {top_p: 0.95}; part of what determines a reply.",
    )
    max_tokens_field: str | None = Field(
        default=None,
        pattern=r"^(max_tokens|max_completion_tokens)$",
        description="`max_completion_tokens` where the model refuses `max_tokens`; null: found out.",
    )
    reasoning_tokens: int = Field(
        default=0,
        ge=0,
        le=131_072,
        description="Tokens for what a reasoning model thinks, on top of those of a reply.",
    )
    is_schema_sent: bool | None = Field(
        default=None,
        description="Whether the JSON Schema of a wanted reply is sent as response_format; false where the "
        "endpoint refuses it: the prompts ask for the same JSON. Null: found out.",
    )
    json_form: JsonForm | None = Field(
        default=None,
        description="How the endpoint is told that JSON is wanted: by its schema, by `json_object` alone, or not "
        "at all; null: found out.",
    )
    merges_system: bool | None = Field(
        default=None,
        description="Whether system messages are put before the first message of the user; null: found out.",
    )
    alternates: bool | None = Field(
        default=None,
        description="Whether user and assistant have to take turns: messages of one role in a row are joined, and "
        "a system message that stands alone becomes the user's; null: found out.",
    )
    sends_reasoning: bool = Field(
        default=False,
        description="Whether the model is shown what it thought in earlier turns, as `reasoning_content`; for "
        "models alone whose makers ask for it.",
    )
    is_checked: bool = Field(
        default=True,
        description="Whether `toolmind run` and `toolmind preview` ask it a short question or two before anything "
        "else, at most once a day.",
    )
    is_served_here: bool = Field(
        default=False,
        description="Whether this is a `toolmind serve-model`, which is sent what the role knows beside the prompt.",
    )

    @field_validator("base_url")
    @classmethod
    def _check_base_url(cls, base_url: str) -> str:
        return _checked_url(base_url)

    @field_validator("replicas")
    @classmethod
    def _check_replicas(cls, replicas: list[str]) -> list[str]:
        return [_checked_url(url) for url in replicas]

    @field_validator("extra_body")
    @classmethod
    def _check_extra_body(cls, extra: dict[str, Any]) -> dict[str, Any]:
        """Refuses fields whose answer would be paid and not read, or that are not for the configuration to say."""
        if taken := sorted(extra.keys() & _TAKEN):
            raise ValueError(
                f"{taken[0]} cannot be set here: every request holds its own, or wants one whole reply"
            )
        return extra

    @field_validator("json_form")
    @classmethod
    def _check_json_form(cls, form: JsonForm | None, info: ValidationInfo) -> JsonForm | None:
        """Refuses two settings that say the opposite."""
        is_sent = info.data.get("is_schema_sent")
        if form is not None and is_sent is not None and is_sent != (form is JsonForm.SCHEMA):
            raise ValueError("is_schema_sent says the opposite: set one of the two")
        return form

    @field_validator("api_key_env")
    @classmethod
    def _check_variable(cls, name: str | None) -> str | None:
        """Refuses what can be no variable's name: it may be the key itself."""
        if name is not None and not _VARIABLE.fullmatch(name):
            raise _hidden("this is to be the name of an environment variable that holds the key, not the key")
        return name

    @property
    def asked(self) -> dict[str, Any]:
        """What every request holds beside the role's own part; with the model it decides the reply.

        How a request is put so that the endpoint takes it, as far as that is found out, is no part of it.
        """
        return {
            "extra_body": self.extra_body,
            "max_tokens_field": self.max_tokens_field or MAX_TOKENS_FIELDS[0],
            "is_schema_sent": self.is_schema_sent is not False,
            **({"reasoning_tokens": self.reasoning_tokens} if self.reasoning_tokens else {}),
            **({"sends_reasoning": True} if self.sends_reasoning else {}),
        }

    @property
    def dialect(self) -> Dialect:
        """How it wants its requests, as far as that is set by hand; as most do where it is not."""
        stated = {name: getattr(self, name) for name in Dialect.model_fields if hasattr(self, name)}
        return Dialect.model_validate({name: value for name, value in stated.items() if value is not None})

    @property
    def settled(self) -> frozenset[Feature]:
        """What is set by hand, and not found out."""
        stated = {
            Feature.RESPONSE_FORMAT: self.json_form or self.is_schema_sent,
            Feature.MAX_TOKENS: self.max_tokens_field,
            Feature.SYSTEM: self.merges_system,
            Feature.ALTERNATION: self.alternates,
        }
        return frozenset(feature for feature, value in stated.items() if value is not None)

    @property
    def where(self) -> str:
        """Model and address, for messages."""
        return f"{self.model} at {self.base_url}"

    def usd(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Price of one call; 0 where no prices are stated."""
        prompt = (self.usd_per_million_prompt_tokens or 0.0) * prompt_tokens
        return (prompt + (self.usd_per_million_completion_tokens or 0.0) * completion_tokens) / 1_000_000

    @property
    def is_priced(self) -> bool:
        """Whether both prices are stated."""
        return None not in (self.usd_per_million_prompt_tokens, self.usd_per_million_completion_tokens)


def _checked_url(base_url: str) -> str:
    """Refuses what is no URL, and secrets in it; no message repeats the URL."""
    url = urlsplit(base_url)
    try:
        has_place = bool((url.hostname or "").encode("idna")) and url.port != 0
    except ValueError:
        has_place = False  # a port or a host that is none
    if url.scheme not in ("http", "https") or not has_place:
        raise _hidden(
            "this has to begin with http:// or https:// and to name a host, and a port up to 65535 if any"
        )
    if url.username or url.password or url.query or url.fragment:
        raise _hidden("no user, password or query may stand in it: name the key's variable in api_key_env")
    return base_url.rstrip("/")


def _hidden(message: str) -> PydanticCustomError:
    return PydanticCustomError(HIDDEN, "{message}", {"message": message})
