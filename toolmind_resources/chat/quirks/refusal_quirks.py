"""Which requests servers refuse, by which status and in which words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import cycle
from typing import Any

from toolmind_resources.chat.quirks.quirk import (
    Asked,
    Quirk,
    QuirkKind,
    QuirkOutcome,
    Refusal,
    Refuse,
    refusal,
)
from toolmind_resources.chat.tokens import prompt_tokens_of

CONTEXT_TOKENS = 2048
"""Tokens that prompt and reply may have together where the context is short."""
RETRY_SECONDS = 1
_LEGAL_KEY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_UNIONS = ("oneOf", "anyOf", "allOf")


def _field(name: str, say: Callable[[Any], Refusal | None]) -> Refuse:
    """Refuses requests for what `say` makes of the value of a field, where they have it."""
    return lambda asked: None if asked.body.get(name) is None else say(asked.body[name])


def _unsupported(name: str, instead: str = "") -> Refuse:
    words = f"Unsupported parameter: '{name}' is not supported with this model.{instead}"
    return _field(name, lambda _: refusal(words, param=name, code="unsupported_parameter"))


def _extra_forbidden(value: Any) -> Refusal:
    """How a server of FastAPI and pydantic refuses a field; here it is the seed."""
    finding = {
        "type": "extra_forbidden",
        "loc": ["body", "seed"],
        "msg": "Extra inputs are not permitted",
        "input": value,
    }
    return Refusal(422, {"detail": [finding]})


def _temperature(value: Any) -> Refusal | None:
    return (
        None
        if value == 1
        else refusal(
            f"Unsupported value: 'temperature' does not support {value} with this model. "
            "Only the default (1) value is supported.",
            param="temperature",
            code="unsupported_value",
        )
    )


def _format(asked: Asked) -> dict[str, Any]:
    return asked.body.get("response_format") or {}


def _schema_format(asked: Asked) -> Refusal | None:
    if _format(asked).get("type") == "json_schema":
        return refusal("This response_format type is unavailable now", code="invalid_request_error")
    return None


def _root_no_object(asked: Asked) -> Refusal | None:
    schema = _format(asked).get("json_schema", {}).get("schema", {"type": "object"})
    if schema.get("type") == "object":
        return None
    return refusal(
        "Invalid schema for response_format 'reply': schema must be a JSON Schema of 'type: \"object\"', "
        f"got 'type: {schema.get('type')!r}'.",
        param="response_format",
        code="invalid_json_schema",
    )


def _union_at_root(asked: Asked) -> Refusal | None:
    for index, function in enumerate(asked.tools):
        if any(union in function.get("parameters", {}) for union in _UNIONS):
            return refusal(
                f"tools.{index}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the "
                "top level"
            )
    return None


def _odd_keys(asked: Asked) -> Refusal | None:
    for index, function in enumerate(asked.tools):
        keys = function.get("parameters", {}).get("properties", {})
        if not all(_LEGAL_KEY.fullmatch(key) for key in keys):
            return refusal(
                f"tools.{index}.custom.input_schema.properties: Property keys should match pattern "
                "'^[a-zA-Z0-9_.-]{1,64}$'"
            )
    return None


def _tools_with_format(asked: Asked) -> Refusal | None:
    if asked.tools and _format(asked):
        return refusal("json mode cannot be combined with tool/function calling")
    return None


def _system_role(asked: Asked) -> Refusal | None:
    if any(message.get("role") == "system" for message in asked.body["messages"]):
        return refusal("System role not supported")
    return None


def _alternation(asked: Asked) -> Refusal | None:
    """How Mistral's template checks it: neither calls nor their results count as turns."""
    messages = asked.body["messages"]
    turns = messages[1:] if messages[0].get("role") == "system" else messages
    speakers = [
        turn.get("role") for turn in turns if turn.get("role") != "tool" and not turn.get("tool_calls")
    ]
    if speakers and all(
        role == wanted for role, wanted in zip(speakers, cycle(("user", "assistant")), strict=False)
    ):
        return None
    return refusal(
        "After the optional system message, conversation roles must alternate user/assistant/user/assistant/..."
    )


def _context(asked: Asked) -> Refusal | None:
    n_prompt = prompt_tokens_of(asked.body)
    n_wanted = n_prompt + asked.tokens_max
    if n_wanted <= CONTEXT_TOKENS:
        return None
    return refusal(
        f"This model's maximum context length is {CONTEXT_TOKENS} tokens. However, you requested {n_wanted} tokens "
        f"({n_prompt} in the messages, {asked.tokens_max} in the completion). Please reduce the length of the "
        "messages or completion.",
        param="messages",
        code="context_length_exceeded",
    )


def _limited(header: Callable[[], str]) -> Refuse:
    """Refuses the first try of every request."""

    def refuse(asked: Asked) -> Refusal | None:
        if asked.n_seen:
            return None
        said = refusal("Rate limit reached", 429, code="rate_limit_exceeded").said
        return Refusal(429, said, {"Retry-After": header()})

    return refuse


def _date() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=RETRY_SECONDS), usegmt=True)


def _quirk(
    name: str, does: str, seen: str, refuse: Refuse, outcome: QuirkOutcome = QuirkOutcome.ADAPTED
) -> Quirk:
    return Quirk(name, QuirkKind.REFUSAL, does, seen, outcome, refuse=refuse)


_NO_FORMAT = "Unsupported parameter: 'response_format' is not supported with this model."
_NO_PARSER = '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'

REFUSAL_QUIRKS = (
    _quirk("refuses_response_format", "`response_format` is refused (400)", "older servers and models", _field("response_format", lambda _: refusal(_NO_FORMAT, param="response_format"))),
    _quirk("fails_by_response_format", "`response_format` makes the server fail (500)", "vLLM with reasoning: vllm-project/vllm issue 12468", _field("response_format", lambda _: refusal("Internal Server Error", 500))),
    _quirk("refuses_json_schema", "`json_schema` is refused, `json_object` is taken", "DeepSeek's API: UKGovernmentBEIS/inspect_ai issue 4916, BerriAI/litellm issue 7580", _schema_format),
    _quirk("refuses_root_no_object", "a schema of `response_format` is refused whose root is no object", "OpenAI: podly-pure-podcasts/podly_pure_podcasts PR 89", _root_no_object, QuirkOutcome.MENDED),
    _quirk("refuses_max_tokens", "`max_tokens` is refused, `max_completion_tokens` is taken", "OpenAI's o series and GPT-5: teilomillet/gollm issue 33, anomalyco/opencode issue 37964", _unsupported("max_tokens", " Use 'max_completion_tokens' instead.")),
    _quirk("refuses_seed", "`seed` is refused (422, in a form of its own)", "Mistral's API: langchain-ai/langchain-azure issue 82, modelscope/evalscope issue 252", _field("seed", _extra_forbidden)),
    _quirk("refuses_temperature", "every temperature but 1 is refused", "OpenAI's o series and GPT-5: QwenLM/qwen-code issue 921, OpenHands/OpenHands issue 4131", _field("temperature", _temperature)),
    _quirk("refuses_parallel_tool_calls", "`parallel_tool_calls` is refused", "OpenAI's o series: UKGovernmentBEIS/inspect_ai issue 1023, run-llama/llama_index issue 20865", _unsupported("parallel_tool_calls")),
    _quirk("refuses_system_role", "messages of the role `system` are refused", "Gemma 2: sgl-project/sglang issue 1342, huggingface/chat-ui issue 1386", _system_role),
    _quirk("wants_alternation", "user and assistant have to take turns", "Mistral and Gemma templates: vllm-project/vllm issue 6862, microsoft/autogen issue 3597", _alternation),
    _quirk("refuses_union_at_root", "a function is refused whose parameters are a union", "Anthropic, Bedrock, Vertex: makenotion/notion-mcp-server issue 340, anthropics/claude-code issue 95504", _union_at_root, QuirkOutcome.MENDED),
    _quirk("refuses_odd_keys", "a function is refused whose parameters have names with other than letters, digits, `_.-`", "Anthropic, Bedrock: beautyfree/appstore-connect-mcp issue 2, ComposioHQ/composio issue 3500", _odd_keys, QuirkOutcome.MENDED),
    _quirk("refuses_tools_with_response_format", "functions and `response_format` in one request are refused", "Groq, Gemini: vercel/ai PR 16540, agno-agi/agno issue 1065", _tools_with_format, QuirkOutcome.MENDED),
    _quirk("refuses_tools", "functions are refused", "vLLM without a parser, Ollama: vllm-project/vllm issue 9986, ollama/ollama issue 11131", _field("tools", lambda _: refusal(_NO_PARSER)), QuirkOutcome.STOPPED),
    _quirk("short_context", f"prompt and reply may have {CONTEXT_TOKENS} tokens together", "vLLM with a small `--max-model-len`", _context, QuirkOutcome.STOPPED),
    _quirk("unknown_model", "no model is known (404)", "vLLM and OpenAI, where a name is misspelt", lambda _: refusal("The model does not exist.", 404, code="model_not_found"), QuirkOutcome.STOPPED),
    _quirk("limits_by_seconds", "the first try of each request meets 429, Retry-After in seconds", "most hosted endpoints", _limited(lambda: str(RETRY_SECONDS)), QuirkOutcome.MENDED),
    _quirk("limits_by_date", "the first try of each request meets 429, Retry-After as a date", "gateways: austind/retryhttp issue 8, IBM/mcp-context-forge PR 5745", _limited(_date), QuirkOutcome.MENDED),
)  # fmt: skip
"""Quirks of what is refused."""
