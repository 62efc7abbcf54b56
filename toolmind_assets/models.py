"""The models of a configuration: chat model and embedder, built where they are needed."""

from collections.abc import Iterable

from toolmind_assets.config import EmbedderSection, ToolMindConfig
from toolmind_assets.dialogues.embedded import RULES as DIALOGUE_RULES
from toolmind_assets.graph.embedded import RULES as GRAPH_RULES
from toolmind_assets.tasks.embedded import RULES as TASK_RULES
from toolmind_assets.trajectories.embedded import RULES as TRAJECTORY_RULES
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedChat
from toolmind_resources.chat.model import ChatModel, Role
from toolmind_resources.embed.model import Embedder

EMBEDDED_SOURCES = ("toolmind_resources.chat.embedded", "toolmind_resources.plausible")
"""Modules that decide what the embedded model answers, beside the rules of the stages."""

EMBEDDED_RULES = {**GRAPH_RULES, **TASK_RULES, **DIALOGUE_RULES, **TRAJECTORY_RULES}
"""What the embedded model answers in each role."""


def chat_of(config: ToolMindConfig) -> ChatModel:
    """The chat model of the configuration."""
    return EmbeddedChat(EMBEDDED_RULES, config.embedded)


def chat_settings(config: ToolMindConfig, roles: Iterable[Role]) -> list[object]:
    """What about the chat model decides a step's rows, JSON-able: for the step's input digest.

    Of the embedded model's error rates those of the roles alone, told by the names that the rates begin with.
    """
    chat = chat_of(config)
    named = [(role, chat.model_name(role)) for role in roles]
    speakers = {role.value.split("_")[0] for role, model in named if model == EMBEDDED}
    if speakers & {"edge", "dialogue", "turn"}:
        speakers.add("judge")
    rates = config.embedded.model_dump()
    chosen = {name: rate for name, rate in rates.items() if name.split("_")[0] in speakers}
    return [[f"{role.value}={model}" for role, model in named], chosen]


def embedder_of(section: EmbedderSection) -> Embedder:
    """The embedder of the configuration; its libraries cost seconds to import, so only here."""
    if section.kind == "openai":
        from toolmind_resources.embed.openai import EmbedEndpoint, OpenAIEmbedder

        return OpenAIEmbedder(
            EmbedEndpoint(base_url=section.base_url, model=section.model, api_key_env=section.api_key_env)
        )
    from toolmind_resources.embed.tfidf import TfidfEmbedder

    return TfidfEmbedder()
