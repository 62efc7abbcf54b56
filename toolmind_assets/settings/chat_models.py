"""The models of a configuration: chat models and embedder, built where they are needed."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from toolmind_assets.settings.config import EmbedderSection, RootSection, Settings
from toolmind_assets.settings.context_types import context_codec, encoder_of
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedChat
from toolmind_resources.chat.endpoint_memory import EndpointMemory
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import ChatModel, ChatProvider, Role
from toolmind_resources.chat.routed import RoutedChat
from toolmind_resources.embed.model import Embedder


def chat_of(settings: Settings) -> ChatProvider:
    """The chat models of the configuration."""
    config = settings.config
    return RoutedChat(
        embedded_chat(settings),
        config.chat.endpoints,
        lambda: Journal(settings.journal),
        config.budget,
        encoder_of(context_codec(settings.pipeline)),
        endpoint_memory(settings),
    )


def endpoint_memory(settings: Settings) -> EndpointMemory:
    """Where the home keeps what was found out about endpoints."""
    return EndpointMemory(settings.journal.with_name("endpoints.json"))


def embedded_chat(settings: Settings) -> ChatModel:
    """The embedded model, for every role."""
    return EmbeddedChat(settings.pipeline.stand_in, settings.config.embedded)


def chat_settings(config: RootSection, roles: Iterable[Role]) -> list[object]:
    """What about the chat models decides a step's rows, JSON-able: for the step's input digest.

    Of an endpoint its model and what is asked of it, not where it is; of the embedded model's error rates
    those of its roles alone: a rate begins with a word of the role's name; a validator errs as a judge does.
    """
    endpoints = {role: config.chat.endpoint_of(role) for role in roles}
    speakers = {word for role, endpoint in endpoints.items() if endpoint is None for word in role.split("_")}
    if "validator" in speakers:
        speakers.add("judge")
    rates = config.embedded.model_dump()
    chosen = {name: rate for name, rate in rates.items() if name.split("_")[0] in speakers}
    models = [
        [role, EMBEDDED] if endpoint is None else [role, endpoint.model, endpoint.asked]
        for role, endpoint in endpoints.items()
    ]
    return [models, chosen]


def new_period(command: str) -> str:
    """What one budget is for when a command is called: the command, the time, and what keeps two apart."""
    return f"{command} {datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ} {os.getpid()}"


def embedder_of(section: EmbedderSection, vectors: Path) -> Embedder:
    """The embedder of the configuration; its libraries cost seconds to import, so only here.

    Args:
        section: Which one.
        vectors: File in which the vectors of an endpoint are kept.
    """
    if section.kind == "openai":
        from toolmind_resources.embed.cached import CachedEmbedder
        from toolmind_resources.embed.openai import EmbedEndpoint, OpenAIEmbedder

        endpoint = EmbedEndpoint(
            base_url=section.base_url,
            model=section.model,
            api_key_env=section.api_key_env,
            batch_texts=section.batch_texts,
            timeout_seconds=section.timeout_seconds,
        )
        return CachedEmbedder(OpenAIEmbedder(endpoint), vectors, endpoint.batch_texts)
    if section.kind == "tfidf":
        from toolmind_resources.embed.tfidf import TfidfEmbedder

        return TfidfEmbedder()
    from toolmind_resources.embed.hashed import HashedEmbedder

    return HashedEmbedder()
