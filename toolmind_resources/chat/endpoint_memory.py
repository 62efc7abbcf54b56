"""What was found out about endpoints, kept from process to process in a small file."""

import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from toolmind_resources.chat.dialect import Dialect
from toolmind_resources.chat.endpoint import Endpoint

_LOGGER = logging.getLogger(__name__)
_DECIDING = (
    *("base_url", "model", "api_key_env", "extra_body", "max_tokens_field", "reasoning_tokens"),
    *("is_schema_sent", "json_form", "merges_system", "alternates"),
)
"""Settings that, once changed, make an endpoint another one."""


class KnownEndpoint(BaseModel):
    """What was found out about one endpoint.

    Attributes:
        dialect: How it wants its requests.
        checked_at: When it was last checked, in seconds since 1970; 0 where it never was.
        seconds: How long the reply to the check's question took.
        tokens_per_second: How fast it wrote, where it counts tokens.
        thinks: Whether its model thought before it spoke.
        has_offered_tools: Whether it was offered a tool.
        calls_tools: Whether it called it; None where that is not clear.
        context_tokens: How long a prompt and its reply may be, where the endpoint says so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dialect: Dialect = Dialect()
    checked_at: float = 0.0
    seconds: float = 0.0
    tokens_per_second: float | None = None
    thinks: bool = False
    has_offered_tools: bool = False
    calls_tools: bool | None = None
    context_tokens: int | None = None


class EndpointMemory:
    """What is known of endpoints, in one JSON file that any number of processes may read and write.

    Of two that write at the same moment one is heard; what the other had found out is found out again.
    """

    def __init__(self, path: Path) -> None:
        """Remembers in the file at `path`, which is made where something is to be remembered."""
        self.path = path

    def find(self, endpoint: Endpoint) -> KnownEndpoint | None:
        """What is known of the endpoint under its present settings."""
        kept = self._read().get(_name(endpoint))
        try:
            return None if kept is None else KnownEndpoint.model_validate(kept)
        except ValidationError:
            _LOGGER.warning("%s: what it says of %s is not understood", self.path, endpoint.where)
            return None

    def keep(self, endpoint: Endpoint, known: KnownEndpoint) -> None:
        """Remembers it from now on; where the file cannot be written that is said, and asked again next time."""
        kept = {**self._read(), _name(endpoint): known.model_dump(mode="json")}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=self.path.parent, suffix=".part", delete=False
            ) as draft:
                draft.write(json.dumps(kept, indent=2, sort_keys=True) + "\n")
            os.replace(draft.name, self.path)  # noqa: PTH105 (a name, no path)
        except OSError as error:
            _LOGGER.warning("%s cannot be written (%s): nothing is remembered", self.path, error.strerror)

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            _LOGGER.warning("%s cannot be read (%s): endpoints are asked anew", self.path, error)
            return {}
        return kept if isinstance(kept, dict) else {}


def _name(endpoint: Endpoint) -> str:
    """Model, address, and a digest of the settings that decide what is found out."""
    stated = json.dumps(endpoint.model_dump(mode="json", include=set(_DECIDING)), sort_keys=True)
    return f"{endpoint.where} ({hashlib.sha256(stated.encode()).hexdigest()[:12]})"
