"""Embeddings from any OpenAI-compatible endpoint: vLLM, Ollama, text-embeddings-inference, or a hosted one."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from toolmind_resources.errors import EmbedError

if TYPE_CHECKING:
    from openai import OpenAI

NO_KEY = "none"
"""Sent where no key is configured: the client insists on one, local servers do not read it."""


class EmbedEndpoint(BaseModel):
    """Where and how embeddings are asked for. The key itself is never part of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(description="root of the API, such as http://127.0.0.1:8000/v1")
    model: str = Field(min_length=1, description="model name as the endpoint knows it")
    api_key_env: str | None = Field(
        default=None, description="name of the environment variable that holds the key"
    )
    batch_texts: int = Field(default=128, ge=1, le=2048, description="texts sent in one request")
    timeout_seconds: float = Field(default=60.0, gt=0, description="longest wait for one request")
    max_retries: int = Field(default=3, ge=0, description="further tries after 429, 5xx and lost connections")


class OpenAIEmbedder:
    """Asks an endpoint for the vectors and scales them to norm 1."""

    def __init__(self, endpoint: EmbedEndpoint) -> None:
        self._endpoint = endpoint
        self._client: OpenAI | None = None

    @property
    def name(self) -> str:
        """The model's name: wherever it is served, its vectors are the same."""
        return self._endpoint.model

    @property
    def _where(self) -> str:
        """Model and server for messages, without a user or password that the URL may hold."""
        url = urlsplit(self._endpoint.base_url)
        return f"{self._endpoint.model} at {url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of the texts, one request per `batch_texts` of them.

        Raises:
            EmbedError: the key is not set, the endpoint cannot be reached or refuses, or what it sends back is
                not one vector of one size a text.
        """
        size = self._endpoint.batch_texts
        # Servers refuse an empty text; a space has no meaning either.
        asked = [text if text.strip() else " " for text in texts]
        rows = [
            row
            for start in range(0, len(asked), size)
            for row in self._embed_batch(asked[start : start + size])
        ]
        dimensions = {len(row) if isinstance(row, list) else 0 for row in rows}
        if len(dimensions) > 1 or 0 in dimensions:
            raise EmbedError(
                f"{self._where} sent vectors of {sorted(dimensions)} dimensions; all must have the same number. "
                "Does the endpoint serve more than one model under this name?"
            )
        return _unit_rows(rows, self._where)

    def _embed_batch(self, texts: list[str]) -> list[list[float]]:
        import openai  # costs most of a second, which the default embedder need not spend

        client = self._connect()
        try:
            answer = client.embeddings.create(
                model=self._endpoint.model, input=texts, encoding_format="float"
            )
        except openai.APIStatusError as error:
            # The server's text may repeat the key: neither message nor traceback is to show it.
            raise EmbedError(self._explain_status(error.status_code)) from None
        except openai.APITimeoutError as error:
            raise EmbedError(
                f"no answer from {self._where} within {self._endpoint.timeout_seconds:g} s"
            ) from error
        except openai.APIConnectionError as error:
            raise EmbedError(
                f"cannot reach {self._where}: is the server running, and the URL right?"
            ) from error
        except (openai.OpenAIError, ValueError) as error:
            raise EmbedError(f"{self._where} sent an answer that is no embedding") from error
        return self._vectors_of(answer, len(texts))

    def _connect(self) -> "OpenAI":
        if self._client is None:
            from openai import OpenAI

            self._client = OpenAI(
                base_url=self._endpoint.base_url,
                api_key=self._key(),
                timeout=self._endpoint.timeout_seconds,
                max_retries=self._endpoint.max_retries,
            )
        return self._client

    def _key(self) -> str:
        variable = self._endpoint.api_key_env
        if variable is None:
            return NO_KEY
        key = os.environ.get(variable, "").strip()
        if not key:
            raise EmbedError(
                f"set the environment variable {variable}: it is to hold the key of {self._where}"
            )
        return key

    def _explain_status(self, status: int) -> str:
        """What went wrong, without the server's text, which may repeat the key."""
        causes = {
            401: "the key is wrong" if self._endpoint.api_key_env else "a key is needed: set api_key_env",
            403: "the key may not use this model",
            404: "the model or the path is unknown: check model and base_url",
            413: "the request is too large: lower batch_texts",
            429: "too many requests, or the quota is used up",
        }
        cause = causes.get(status, "the server failed" if status >= 500 else "the server refused the request")
        return f"{self._where} answered {status}: {cause}"

    def _vectors_of(self, answer: object, n_texts: int) -> list[list[float]]:
        # A page of HTML with status 200 reaches us as a string: a wrong base_url often leads to one.
        rows = getattr(answer, "data", None)
        if not isinstance(rows, list):
            raise EmbedError(
                f"{self._where} sent no embeddings but {type(answer).__name__}: does base_url end in /v1?"
            )
        if len(rows) != n_texts:
            raise EmbedError(f"{self._where} sent {len(rows)} vectors for {n_texts} texts")
        try:
            ordered = sorted(rows, key=lambda row: row.index)
            return [row.embedding for row in ordered]
        except (AttributeError, TypeError) as error:
            raise EmbedError(f"{self._where} sent embeddings without index or vector") from error


def _unit_rows(rows: list[list[float]], name: str) -> NDArray[np.float32]:
    try:
        matrix = np.asarray(rows, dtype=np.float32).reshape(len(rows), -1 if rows else 0)
    except (TypeError, ValueError) as error:
        raise EmbedError(f"{name} sent vectors that hold something other than numbers") from error
    if not np.isfinite(matrix).all():
        raise EmbedError(f"{name} sent vectors with values that are not finite")
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.divide(matrix, norms, out=np.zeros_like(matrix), where=norms > 0)
