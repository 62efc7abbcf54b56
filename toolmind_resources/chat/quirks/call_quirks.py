"""How calls come where a server does not read its model's notation, or reads it in its own way."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from toolmind_resources.chat.quirks.quirk import Asked, Quirk, QuirkKind, Rewrite, end_by, message_of

Call = Mapping[str, Any]
"""A call in the OpenAI form."""


def _as_text(write: Callable[[Sequence[Call]], str]) -> Rewrite:
    """Calls stand in the text, in place of `tool_calls`; those that the notation cannot write stay calls."""

    def rewrite(_: Asked, completion: dict[str, Any]) -> None:
        message = message_of(completion)
        calls = message.get("tool_calls")
        written = write(calls) if calls and all(_has_arguments(call) for call in calls) else ""
        if not written:
            return
        message["content"] = f"{message['content']}\n{written}" if message.get("content") else written
        del message["tool_calls"]
        end_by(completion, "stop")

    return rewrite


def _has_arguments(call: Call) -> bool:
    """Whether the arguments are an object: a model's own notation can write no others."""
    try:
        return isinstance(json.loads(call["function"]["arguments"]), dict)
    except ValueError:
        return False


def _parts(call: Call) -> tuple[str, dict[str, Any]]:
    return call["function"]["name"], json.loads(call["function"]["arguments"])


def _object(call: Call, key: str = "arguments") -> str:
    name, arguments = _parts(call)
    return json.dumps({"name": name, key: arguments}, ensure_ascii=False)


def _hermes(calls: Sequence[Call]) -> str:
    return "\n".join(f"<tool_call>\n{_object(call)}\n</tool_call>" for call in calls)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _qwen_coder(calls: Sequence[Call]) -> str:
    written = []
    for name, arguments in map(_parts, calls):
        given = "".join(
            f"<parameter={key}>\n{_plain(value)}\n</parameter>\n" for key, value in arguments.items()
        )
        written.append(f"<tool_call>\n<function={name}>\n{given}</function>\n</tool_call>")
    return "\n".join(written)


def _glm(calls: Sequence[Call]) -> str:
    written = []
    for name, arguments in map(_parts, calls):
        given = "".join(
            f"<arg_key>{key}</arg_key>\n<arg_value>{_plain(value)}</arg_value>\n"
            for key, value in arguments.items()
        )
        written.append(f"<tool_call>{name}\n{given}</tool_call>")
    return "\n".join(written)


def _mistral(calls: Sequence[Call]) -> str:
    return f"[TOOL_CALLS][{', '.join(map(_object, calls))}]"


def _mistral_arguments(calls: Sequence[Call]) -> str:
    return "".join(
        f"[TOOL_CALLS]{name}[ARGS]{json.dumps(given, ensure_ascii=False)}"
        for name, given in map(_parts, calls)
    )


def _llama(calls: Sequence[Call]) -> str:
    return "<|python_tag|>" + _bare(calls)


def _bare(calls: Sequence[Call]) -> str:
    return "; ".join(_object(call, "parameters") for call in calls)


def _fenced(calls: Sequence[Call]) -> str:
    return f"```json\n[{', '.join(map(_object, calls))}]\n```"


def _deepseek(calls: Sequence[Call]) -> str:
    written = "".join(
        f"<｜tool▁call▁begin｜>function<｜tool▁sep｜>{name}\n```json\n"
        f"{json.dumps(given, ensure_ascii=False)}\n```<｜tool▁call▁end｜>"
        for name, given in map(_parts, calls)
    )
    return f"<｜tool▁calls▁begin｜>{written}<｜tool▁calls▁end｜>"


def _kimi(calls: Sequence[Call]) -> str:
    written = "".join(
        f"<|tool_call_begin|>functions.{name}:{index}<|tool_call_argument_begin|>"
        f"{json.dumps(given, ensure_ascii=False)}<|tool_call_end|>"
        for index, (name, given) in enumerate(map(_parts, calls))
    )
    return f"<|tool_calls_section_begin|>{written}<|tool_calls_section_end|>"


def _pythonic(calls: Sequence[Call]) -> str:
    parts = [_parts(call) for call in calls]
    if not all(word.isidentifier() for name, given in parts for word in (name, *given)):
        return ""
    written = (
        f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})" for name, given in parts
    )
    return f"[{', '.join(written)}]"


def _each(change: Callable[[dict[str, Any], int], None]) -> Rewrite:
    """Changes each call, told its place among them."""

    def rewrite(_: Asked, completion: dict[str, Any]) -> None:
        for index, call in enumerate(message_of(completion).get("tool_calls") or []):
            change(call, index)

    return rewrite


def _as_object(call: dict[str, Any], _: int) -> None:
    if _has_arguments(call):
        call["function"]["arguments"] = json.loads(call["function"]["arguments"])


def _twice(call: dict[str, Any], _: int) -> None:
    call["function"]["arguments"] = json.dumps(call["function"]["arguments"])


def _without_id(call: dict[str, Any], index: int) -> None:
    del call["id"], call["type"]
    call["index"] = index


def _with_one_id(call: dict[str, Any], _: int) -> None:
    call["id"] = "call_0"


def _as_function_call(_: Asked, completion: dict[str, Any]) -> None:
    message = message_of(completion)
    calls = message.get("tool_calls") or []
    if len(calls) == 1:
        message["function_call"] = dict(calls[0]["function"])
        del message["tool_calls"]
        end_by(completion, "function_call")


_NOTATIONS: tuple[tuple[str, str, str, Callable[[Sequence[Call]], str]], ...] = (
    ("calls_hermes", "calls stand in `<tool_call>`", "Hermes and Qwen without a parser: vllm-project/vllm, ggml-org/llama.cpp PR 16932", _hermes),
    ("calls_qwen_coder", "calls stand in `<function=...>` with a `<parameter=...>` each", "Qwen Coder: QwenLM/qwen-code issues 8003 and 10692", _qwen_coder),
    ("calls_glm", "calls stand in `<tool_call>` with an `<arg_key>` and `<arg_value>` each", "GLM 4.5 and later: ggml-org/llama.cpp PR 15186, vllm-project/vllm PR 37386", _glm),
    ("calls_mistral", "calls stand after `[TOOL_CALLS]`, as a list", "Mistral 7B, Mixtral: lablup/mlxcel issue 204", _mistral),
    ("calls_mistral_args", "each call stands after `[TOOL_CALLS]`, its arguments after `[ARGS]`", "Mistral Small 3.2, Magistral, Devstral", _mistral_arguments),
    ("calls_python_tag", "calls stand after `<|python_tag|>`, arguments as `parameters`", "Llama 3.1: raullenchai/Rapid-MLX PR 703", _llama),
    ("calls_bare_json", "calls are bare JSON, arguments as `parameters`", "Llama 3.1 and 3.2: unslothai/unsloth PR 5620", _bare),
    ("calls_in_fence", "calls are a list in a code fence", "small models told of functions by their prompt", _fenced),
    ("calls_deepseek", "calls stand between DeepSeek's own tokens", "DeepSeek V3 and R1: lablup/mlxcel issue 204", _deepseek),
    ("calls_kimi", "calls stand between Kimi's own tokens", "Kimi K2 without a parser", _kimi),
    ("calls_pythonic", "calls are a list in Python's notation", "Llama 4, Llama 3.2 1B, ToolACE", _pythonic),
)  # fmt: skip


def _quirk(name: str, does: str, seen: str, rewrite: Rewrite) -> Quirk:
    return Quirk(name, QuirkKind.CALLS, does, seen, rewrite=rewrite)


CALL_QUIRKS = (
    *(_quirk(name, does, seen, _as_text(write)) for name, does, seen, write in _NOTATIONS),
    _quirk(
        "arguments_as_object",
        "arguments are an object in place of its text",
        "text-generation-inference, Ollama: huggingface/text-generation-inference issue 2461, ollama/ollama issue 6708",
        _each(_as_object),
    ),
    _quirk(
        "arguments_twice",
        "arguments are the text of a JSON string that holds the object",
        "proxies: axolotl-ai-cloud/axolotl PR 3136, openclaw/openclaw PR 40425",
        _each(_twice),
    ),
    _quirk(
        "no_call_ids",
        "calls have neither id nor type",
        "llama.cpp, Gemini's endpoint: ggml-org/llama.cpp issue 20198, brainlid/langchain PR 620",
        _each(_without_id),
    ),
    _quirk(
        "same_call_ids",
        "all calls have one id",
        "GLM, DeepSeek, llama.cpp: HKUDS/nanobot PR 3943, ggml-org/llama.cpp issue 27966",
        _each(_with_one_id),
    ),
    _quirk(
        "legacy_function_call",
        "one call stands in `function_call`, as before there were tools",
        "servers of 2023: Continuum-AI-Corp/OrcaRouter-Lite issue 131",
        _as_function_call,
    ),
)
"""Quirks of calls; all are read."""
