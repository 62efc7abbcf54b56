"""How the embedded model plays the functions: a result that fits its schema and repeats what it was given."""

import json
import random
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from toolmind_assets.model.call_status import SUCCESS_FLAGS, status_of
from toolmind_assets.model.dialogues import CallStatus
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.paths import field_of, leaves, parse_path, set_at
from toolmind_assets.model.schemas import fits
from toolmind_assets.stages.dialogues.contexts import Execution, ServedCall, ToolContext
from toolmind_assets.stages.dialogues.simulated_environment import error_result
from toolmind_assets.stages.dialogues.stand_in_members import UNWANTED, with_chosen, with_read_later
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors
from toolmind_resources.chat.model import ChatReply, ChatRequest
from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.field_labels import words_of
from toolmind_resources.plausible.field_values import likely_value, plausible_string
from toolmind_resources.plausible.phrases import subject_of
from toolmind_resources.plausible.values import plausible

_YES_NO = frozenset(["is", "has", "check", "verify", "validate", "can", "exists", "contains"])
_VERBS = frozenset(["get", "find", "search", "list", "fetch", "retrieve", "lookup", "query", "show", "read", "calculate", "compute", "convert", "estimate", "predict", "generate", "analyze", "determine", "evaluate", "solve", "view", "describe"])  # fmt: skip
_FAILURES = frozenset(("error", "errors", "isError", "is_error", "error_message", "errorMessage"))
_COMPUTING = frozenset(
    ["calculate", "calc", "compute", "convert", "estimate", "predict", "evaluate", "solve"]
)
_ARTICLES = frozenset(
    [
        "all",
        "my",
        "by",
        "with",
        "for",
        "of",
        "the",
        "a",
        "an",
        "from",
        "to",
        "in",
        "on",
        "current",
        "list",
        "info",
        "information",
        "details",
        "data",
    ]
)


def tool(request: ChatRequest, rng: random.Random, errors: EmbeddedErrors) -> ChatReply:
    """The results of calls; now and then a transient failure, or a result that is not the call's."""
    context = request.context
    assert isinstance(context, ToolContext)
    results = [_answer(call, context.session, rng, errors) for call in context.calls]
    return _reply(results[0] if len(results) == 1 else dict(zip(context.names, results, strict=True)))


def _answer(
    call: ServedCall, session: tuple[Execution, ...], rng: random.Random, errors: EmbeddedErrors
) -> Any:
    if rng.random() < errors.tool_failure:
        return error_result("unavailable", "The service is temporarily unavailable. Try again later.")
    result = _result(call, session, rng)
    return _mismatched(result, call.arguments, rng) if rng.random() < errors.tool_mismatch else result


def _reply(result: Any) -> ChatReply:
    return ChatReply(json.dumps(result, ensure_ascii=False), model=EMBEDDED)


def _result(call: ServedCall, session: tuple[Execution, ...], rng: random.Random) -> Any:
    function = call.function
    if function.returns is None:
        result: Any = _unstated_result(function, call.arguments, rng)
    else:
        result = with_read_later(_stated_result(function, function.returns, rng), call, rng)
    return _as_success(with_chosen(_echoed(_as_before(result, call, session), call), call, rng), call)


def _as_success(result: Any, call: ServedCall) -> Any:
    """The result with a flag such as `success` set, where an example of it happened to be false."""
    if not isinstance(result, dict) or status_of(result) is CallStatus.OK:
        return result
    flags = {key: True for key in SUCCESS_FLAGS if result.get(key) is False}
    returns = call.function.returns
    mended = {**result, **flags}
    return mended if returns is None or fits(returns, mended) else result


def _stated_result(function: FunctionSpec, returns: JsonObject, rng: random.Random) -> Any:
    """A success that fits the stated schema, from rich to bare; the last draw where none does."""
    result: Any = None
    for share in (0.55, 0.55, 1.0, 0.25, 1.0, 0.25, 0.0):
        result = plausible(returns, rng, name=_noun(function), optional_share=share, avoid=UNWANTED)
        if isinstance(result, dict):
            required = returns.get("required", ())
            result = {key: value for key, value in result.items() if key in required or key not in _FAILURES}
        if result not in ({}, [], [{}]) and fits(returns, result):
            break
    return result


def _as_before(result: Any, call: ServedCall, session: tuple[Execution, ...]) -> Any:
    """The result with the fields that an earlier result of the session gave for the same thing.

    It is the same thing where the earlier result holds an identifier that is passed in now; what is made is new.
    """
    if not isinstance(result, dict) or call.function.effect is Effect.CREATE:
        return result
    passed = {value for _, value in leaves(dict(call.arguments)) if isinstance(value, str) and len(value) > 3}
    for execution in reversed(session):
        earlier = execution.result
        if execution.status is CallStatus.OK and isinstance(earlier, dict) and passed & _texts(earlier):
            known = {
                key: earlier[key] for key, value in result.items() if type(earlier.get(key)) is type(value)
            }
            merged = {**result, **known}
            returns = call.function.returns
            return merged if returns is None or fits(returns, merged) else result
    return result


def _texts(result: JsonObject) -> set[str]:
    return {value for value in result.values() if isinstance(value, str)}


def _echoed(result: Any, call: ServedCall) -> Any:
    """The result with identifiers and names that the caller passed in put where the result repeats them."""
    if not isinstance(result, dict):
        return result
    given = {
        _bare(path): value
        for path, value in leaves(dict(call.arguments))
        if isinstance(value, str | int | float)
        and not isinstance(value, bool)
        and not any(isinstance(key, int) for key in parse_path(path))
    }
    repeated = [
        (path, value, wanted)
        for path, value in (leaves(result) if given else ())
        if (wanted := given.get(_bare(path))) is not None
        and wanted != value
        and type(wanted) is type(value)
        and _repeats_arguments(path, call)
    ]
    returns = call.function.returns
    echoed = _copy_of(result) if repeated else result
    for path, value, wanted in repeated:
        set_at(echoed, path, wanted)
        if returns is not None and not fits(returns, echoed):
            set_at(echoed, path, value)
    return echoed


def _copy_of(result: JsonObject) -> JsonObject:
    """The result, of which nothing is shared any more: parts of it are those of the schema or of earlier results."""
    return json.loads(json.dumps(result))


def _repeats_arguments(path: str, call: ServedCall) -> bool:
    """Whether what stands at a path of a result may be what the caller passed in by the same name.

    It is not deep inside, no mere `id` of a member of a list, and nothing that later calls will read.
    """
    keys = parse_path(path)
    is_member_id = _bare(path) == "id" and any(isinstance(key, int) for key in keys)
    is_close = sum(isinstance(key, str) for key in keys) <= 2
    return is_close and not is_member_id and field_of(path) not in call.read_later


@lru_cache(maxsize=20_000)
def _bare(path: str) -> str:
    """The last name of a path as a word without gaps: `orders[0].orderId` and `order_id` are the same."""
    return "".join(
        words_of(str(next((key for key in reversed(parse_path(path)) if isinstance(key, str)), "")))
    )


def _noun(function: FunctionSpec) -> str:
    return singular(subject_of(function.source_name)) or "result"


def _unstated_result(function: FunctionSpec, arguments: Mapping[str, Any], rng: random.Random) -> JsonObject:
    """A result in the shape that a function of this name is likely to give."""
    words = words_of(function.source_name.rsplit(".", 1)[-1])
    noun = _noun(function)
    given = {key: value for key, value in arguments.items() if isinstance(value, str | int | float)}
    if words and words[0] in _YES_NO:
        return {"result": rng.random() < 0.6}
    if function.effect is Effect.CREATE:
        return {"status": "created", f"{noun}_id": plausible_string("id", noun, rng)}
    if function.effect in (Effect.UPDATE, Effect.DELETE):
        done = {Effect.DELETE: "deleted", Effect.UPDATE: "updated"}[function.effect]
        return {"status": done, **dict(list(given.items())[:1])}
    nouns = tuple(word for word in words if word not in _VERBS and word not in _ARTICLES)
    if words and words[-1].endswith("s") and not words[-1].endswith("ss") and words[-1] not in _ARTICLES:
        return {words[-1]: [_row(noun, rng) for _ in range(rng.randint(1, 3))]}
    likely = likely_value(nouns, rng)
    if set(words) & _COMPUTING and not (likely and isinstance(likely[1], float)):
        return {"result": round(rng.uniform(1, 500), 2)}
    if likely is not None:
        return {likely[0]: likely[1]}
    if function.effect is Effect.EXECUTE:
        return {"status": "completed", **dict(list(given.items())[:1])}
    return {noun: {**_row(noun, rng), **dict(list(given.items())[:1])}}


def _row(noun: str, rng: random.Random) -> JsonObject:
    likely = likely_value((noun,), rng)
    name = likely[1] if likely and isinstance(likely[1], str) else plausible_string("title", noun, rng)
    return {"id": plausible_string("id", noun, rng), "name": name}


def _mismatched(result: Any, arguments: Mapping[str, Any], rng: random.Random) -> Any:
    """A result that answers another call: a passed-in value comes back changed, or nothing fits."""
    if isinstance(result, dict):
        for path, value in leaves(result):
            if isinstance(value, str) and value in arguments.values():
                mismatched = _copy_of(result)
                set_at(mismatched, path, plausible_string(path, "", rng))
                return mismatched
    return {"unexpected": plausible_string("message", "", rng), "raw": [None]}
