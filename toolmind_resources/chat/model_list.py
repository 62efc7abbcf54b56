"""The models that an endpoint lists: which there are, and how long a prompt they take. Nothing of this is paid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.endpoint_key import key_of
from toolmind_resources.errors import EndpointError

LIST_SECONDS = 10.0
"""Longest wait for the list."""
SHOWN_MAX = 10
"""Most names that a message repeats."""
_CONTEXT_FIELDS = (
    *("max_model_len", "loaded_context_length", "context_length", "context_window", "max_context_length"),
)
"""How servers call the tokens of a prompt and its reply (vLLM, LM Studio, OpenRouter, Groq, Mistral)."""


@dataclass(frozen=True, slots=True)
class ModelList:
    """The models that an endpoint lists, each with what it says of it; empty where it lists none."""

    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """What the models are called."""
        return tuple(self.models)

    @property
    def shown(self) -> str:
        """Their names in a line, a few of them."""
        rest = f" and {len(self.names) - SHOWN_MAX} more" if len(self.names) > SHOWN_MAX else ""
        return ", ".join(self.names[:SHOWN_MAX]) + rest

    def context_of(self, model: str) -> int | None:
        """How many tokens a prompt and its reply may be; None where that is not said."""
        stated = self.models.get(model, {})
        sizes = [stated.get(name) for name in _CONTEXT_FIELDS]
        return next((size for size in sizes if isinstance(size, int) and size > 0), None)


async def listed_models(endpoint: Endpoint) -> ModelList:
    """The models of `GET models`; none where the endpoint has no list, or does not answer.

    Why it does not is told when it is asked something: the list is a help, and no endpoint needs one.
    """
    import aiohttp  # a tenth of a second
    from yarl import URL

    from toolmind_resources.chat.connection import open_session

    url, seconds = URL(f"{endpoint.base_url}/models"), min(LIST_SECONDS, endpoint.timeout_seconds)
    try:
        async with (
            open_session(url, key_of(endpoint), seconds) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            listed = await answer.json(content_type=None) if answer.status == 200 else {}
    except (TimeoutError, aiohttp.ClientError, ValueError, RecursionError, EndpointError):
        return ModelList()
    entries = listed.get("data") if isinstance(listed, dict) else None
    models = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
    return ModelList({one["id"]: one for one in models if isinstance(one.get("id"), str)})
