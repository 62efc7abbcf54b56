"""How models write JSON that was asked for, where nothing makes them write it well."""

import json
import re
from collections.abc import Callable
from typing import Any

from toolmind_resources.chat.quirks.quirk import Asked, Quirk, QuirkKind, Rewrite, is_json, message_of

_KEY = re.compile(r'"([A-Za-z_]\w*)":')


def _written(write: Callable[[str], str]) -> Rewrite:
    """Changes how the JSON of a reply is written; other replies stay as they are."""

    def rewrite(_: Asked, completion: dict[str, Any]) -> None:
        message = message_of(completion)
        if is_json(message.get("content")):
            message["content"] = write(message["content"])

    return rewrite


def _trailing_comma(text: str) -> str:
    return text if text in ("{}", "[]") else f"{text[:-1]},{text[-1]}"


def _single_quotes(text: str) -> str:
    return text if "'" in text or '\\"' in text else text.replace('"', "'")


def _raw_newlines(text: str) -> str:
    return text.replace("\\n", "\n")


def _commented(text: str) -> str:
    return f"{text[0]} // as you asked\n{text[1:]}"


def _quirk(name: str, does: str, seen: str, write: Callable[[str], str]) -> Quirk:
    return Quirk(name, QuirkKind.JSON, does, seen, rewrite=_written(write))


JSON_QUIRKS = (
    _quirk(
        "json_in_fence",
        "the JSON stands in a code fence labelled json",
        "LM Studio and most chat models without a grammar: vectorize-io/hindsight issue 645, laravel/ai PR 879",
        lambda text: f"```json\n{text}\n```",
    ),
    _quirk(
        "json_in_bare_fence",
        "the JSON stands in a code fence without a label",
        "small chat models: microsoft/essex-toolkit issue 437",
        lambda text: f"```\n{text}\n```",
    ),
    _quirk(
        "text_before_json",
        "a sentence stands before the JSON",
        "Llama and Gemma chat models: langchain-ai/langchain issue 26655",
        lambda text: f"Here is the JSON that you asked for:\n\n{text}",
    ),
    _quirk(
        "text_after_json",
        "a sentence stands after the JSON",
        "Llama and Gemma chat models",
        lambda text: f"{text}\n\nLet me know if you need anything else!",
    ),
    _quirk(
        "trailing_comma",
        "a comma stands before the last bracket",
        "small models without a grammar: Project-N-E-K-O/N.E.K.O PR 718",
        _trailing_comma,
    ),
    _quirk(
        "single_quotes",
        "strings stand in single quotes",
        "small models: mangiucugna/json_repair issue 10, edreisMD/plugnplai PR 57",
        _single_quotes,
    ),
    _quirk(
        "python_literals",
        "a Python literal stands in place of JSON: single quotes, True, None",
        "models of Volcengine: microsoft/RD-Agent PR 1374, mangiucugna/json_repair issue 210",
        lambda text: repr(json.loads(text)),
    ),
    _quirk(
        "unquoted_keys",
        "keys stand without quotes",
        "small models: Project-N-E-K-O/N.E.K.O PR 718",
        lambda text: _KEY.sub(r"\1:", text),
    ),
    _quirk(
        "comment_in_json",
        "a comment stands within the JSON",
        "code models: mangiucugna/json_repair",
        _commented,
    ),
    _quirk(
        "raw_newlines",
        "line breaks within strings are not escaped",
        "models without a grammar that write long texts",
        _raw_newlines,
    ),
    _quirk(
        "json_encoded_twice",
        "the JSON is a JSON string that holds it",
        "proxies that encode what is encoded already: openclaw/openclaw PR 40425",
        lambda text: json.dumps(text, ensure_ascii=False),
    ),
)
"""Quirks of JSON in replies; all are read."""
