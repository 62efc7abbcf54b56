"""The three agents: how each is asked, and how its reply is read."""

from dataclasses import dataclass
from functools import lru_cache
from textwrap import shorten
from typing import Any

from toolmind_assets.model.dialogues import Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject, compact_json, digest
from toolmind_assets.model.schemas import fits
from toolmind_assets.model.situations import Situation
from toolmind_assets.model.strict_json import clean_text, parse_strict
from toolmind_assets.model.tasks import FactKind, Task, UserFact, UserRequest
from toolmind_assets.stages.dialogues import roles
from toolmind_assets.stages.dialogues.contexts import (
    AssistantContext,
    Execution,
    ServedCall,
    ToolContext,
    UserContext,
)
from toolmind_assets.stages.dialogues.later_reads import needs_of
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_resources.chat.asking import Unusable
from toolmind_resources.chat.model import ChatMessage, ChatReply, ChatRequest, ChatToolCall, Sampling
from toolmind_resources.chat.prompt import load_prompt

USER_AGENT = load_prompt("toolmind_assets.stages.dialogues", "user_agent")
ASSISTANT_AGENT = load_prompt("toolmind_assets.stages.dialogues", "assistant_agent")
TOOL_AGENT = load_prompt("toolmind_assets.stages.dialogues", "tool_agent")
TOOL_AGAIN = load_prompt("toolmind_assets.stages.dialogues", "tool_again")
PROMPT_DIGEST = digest(*(one.digest for one in (USER_AGENT, ASSISTANT_AGENT, TOOL_AGENT, TOOL_AGAIN)))[:16]
"""Digest of the prompts."""

LAST = "last"
_STATUSES = {
    "continue": None,
    LAST: None,
    "satisfied": StopReason.USER_SATISFIED,
    "gave_up": StopReason.USER_GAVE_UP,
}
USER_REPLY = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "status": {"enum": list(_STATUSES)}},
    "required": ["message", "status"],
}

_ONE_RESULT = "Answer with the JSON result alone."
_RESULTS = "Answer with one JSON object whose keys are {names}, each with the JSON result of that call."
_REFERENCE = '"$ref"'
PARAMETERS_TOLD = 16
"""Most parameters of a function of which the tool agent is told what they are."""
DESCRIPTION_TOLD = 100
"""Characters of a parameter's description that the tool agent is told."""


@dataclass(frozen=True, slots=True)
class UserTurn:
    """What the user says next, or why the user stops.

    `is_last` where the user wants nothing beyond what this message asks for.
    """

    message: str
    stop_reason: StopReason | None
    is_last: bool = False


def ask_user(context: UserContext, seed: int, params: DialogueParams) -> ChatRequest:
    """The request to the user agent, from whose side the assistant speaks as `user`."""
    task = context.task
    prompt = USER_AGENT.render(
        person=_person_words(task.situation),
        reference_time=task.reference_time,
        language=task.language,
        intent=task.intent,
        n_requests=str(len(task.requests)),
        requests="\n".join(_request_lines(place, request) for place, request in enumerate(task.requests, 1)),
    )
    seen = [_from_the_users_side(message) for message in context.messages if _is_heard(message)]
    return ChatRequest(
        role=roles.USER_AGENT,
        messages=(ChatMessage("system", prompt), *seen),
        response_schema=USER_REPLY,
        sampling=Sampling(params.user_temperature, params.reply_tokens_max),
        seed=seed,
        context=context,
    )


def _request_lines(place: int, request: UserRequest) -> str:
    return "\n".join([f"{place}. {request.goal}", *(f"   - {_fact_line(fact)}" for fact in request.facts)])


def _fact_line(fact: UserFact) -> str:
    """What the user knows of a value and how it is said."""
    if fact.kind is FactKind.UNKNOWN:
        return f"{fact.label}: you do not know it"
    value = compact_json(fact.value)
    told = value if fact.expression is None else f'say "{fact.expression}" (that is {value})'
    return f"{fact.label}: {told}" + (" (only if asked)" if fact.is_withheld else "")


def _person_words(situation: Situation) -> str:
    """Who the user is and what has happened, as the user is told; somebody where nothing is known."""
    persona = situation.persona
    who = ", ".join(part for part in (persona.name, persona.occupation) if part) or "somebody"
    traits = f' You would say of yourself: "{persona.of_themselves}"' if persona.traits else ""
    return f"You are {who}.{traits}\n{situation.text}".strip()


def _is_heard(message: Message) -> bool:
    """Whether a person in front of the assistant would see the message."""
    return message.role is Speaker.USER or (message.role is Speaker.ASSISTANT and bool(message.content))


def _from_the_users_side(message: Message) -> ChatMessage:
    return ChatMessage("assistant" if message.role is Speaker.USER else "user", message.content)


def read_user(reply: ChatReply) -> UserTurn | Unusable:
    """The user's turn, or what is wrong with the reply."""
    try:
        parsed = parse_strict(reply.content)
    except ValueError:
        return Unusable("no JSON", reply)
    if not fits(USER_REPLY, parsed):
        return Unusable("no message with a status", reply)
    message, status = parsed["message"].strip(), parsed["status"]
    if not message and _STATUSES[status] is None:
        return Unusable("an empty message", reply)
    return UserTurn(message, _STATUSES[status], is_last=status == LAST)


def ask_assistant(context: AssistantContext, seed: int, params: DialogueParams) -> ChatRequest:
    """The request to the assistant agent: policy, dialogue so far, and the offered functions as tools."""
    task = context.task
    prompt = ASSISTANT_AGENT.render(system_text=task.system_text)
    spoken = [_as_chat(message) for message in context.messages if message.role is not Speaker.SYSTEM]
    return ChatRequest(
        role=roles.ASSISTANT_AGENT,
        messages=(ChatMessage("system", prompt), *spoken),
        tools=tuple(function.as_tool() for function in context.offered.values()),
        sampling=Sampling(params.assistant_temperature, params.reply_tokens_max),
        seed=seed,
        context=context,
    )


def _as_chat(message: Message) -> ChatMessage:
    calls = tuple(
        ChatToolCall(
            call.name,
            call.arguments if isinstance(call.arguments, str) else compact_json(call.arguments),
            call.call_id,
        )
        for call in message.tool_calls
    )
    return ChatMessage(message.role, message.content, calls, message.tool_call_id, message.reasoning)


def read_assistant(reply: ChatReply, message_index: int) -> Message:
    """The assistant's message as it is, good or bad: what is wrong with it is for the filter to say.

    Call ids are ours, since models repeat theirs: they number message and call.
    """
    calls = tuple(
        ToolCall(
            f"call_{message_index}_{place}", clean_text(call.name), _parse_arguments(call.arguments_json)
        )
        for place, call in enumerate(reply.tool_calls)
    )
    content = clean_text(reply.content or "").strip()
    reasoning = clean_text(reply.reasoning).strip() if reply.reasoning else ""
    return Message(
        Speaker.ASSISTANT, content if content or not calls else None, calls, reasoning=reasoning or None
    )


def _parse_arguments(text: str) -> dict[str, Any] | str:
    try:
        arguments = parse_strict(text or "{}")
    except ValueError:
        return clean_text(text)
    return arguments if isinstance(arguments, dict) else text


def ask_tools(
    context: ToolContext, task: Task, seed: int, params: DialogueParams, problem: str = ""
) -> ChatRequest:
    """The request to the tool agent for the results of valid calls that are made at once.

    Args:
        context: The calls, and the session before them.
        task: The task, of which the tool agent learns the time alone.
        seed: Seed of the reply.
        params: How it is sampled.
        problem: Why the last reply could not be used; empty for the first one.
    """
    calls, names = context.calls, context.names
    prompt = TOOL_AGENT.render(
        session="\n".join(_session_line(execution) for execution in context.session) or "none",
        calls="\n\n".join(_call_text(name, call) for name, call in zip(names, calls, strict=True)),
        form=_ONE_RESULT
        if len(calls) == 1
        else _RESULTS.format(names=", ".join(f'"{name}"' for name in names)),
    ) + (TOOL_AGAIN.render(problem=problem) if problem else "")
    return ChatRequest(
        role=roles.TOOL_AGENT,
        messages=(ChatMessage("system", f"It is {task.reference_time}."), ChatMessage("user", prompt)),
        response_schema=_results_schema(context),
        sampling=Sampling(params.tool_temperature, params.reply_tokens_max * len(calls)),
        seed=seed,
        context=context,
    )


def _call_text(name: str, call: ServedCall) -> str:
    what, takes, returns = _function_texts(call.function)
    defaults = _defaults_of(call)
    lines = [
        f"{name}",
        f"  function: {what}",
        f"  it takes: {takes}",
        f"  arguments: {compact_json(call.arguments)}",
        *([f"  left at their defaults: {compact_json(defaults)}"] if defaults else []),
        f"  schema of the result: {returns}",
        *(f"  in this result: {need}" for need in needs_of(call)),
    ]
    return "\n".join(lines)


def _defaults_of(call: ServedCall) -> JsonObject:
    """The defaults of arguments that the caller left out."""
    properties = call.function.parameters.get("properties", {})
    return {
        key: member["default"]
        for key, member in properties.items()
        if isinstance(member, dict) and member.get("default") is not None and key not in call.arguments
    }


@lru_cache(maxsize=4_096)
def _function_texts(function: FunctionSpec) -> tuple[str, str, str]:
    """Name and description of a function, what it takes, and the schema of its result, as they stand in prompts."""
    what = compact_json({"name": function.name, "description": function.description})
    properties = function.parameters.get("properties", {})
    takes = [_parameter_text(key, member) for key, member in properties.items() if isinstance(member, dict)]
    told = "; ".join(takes[:PARAMETERS_TOLD]) or "nothing"
    return what, told, "not stated" if function.returns is None else compact_json(function.returns)


def _parameter_text(name: str, schema: JsonObject) -> str:
    """A parameter in a few words: its name, and how its description begins."""
    said = " ".join(str(schema.get("description", "")).split())
    return f"{name} ({shorten(said, DESCRIPTION_TOLD, placeholder='...')})" if said else name


def _results_schema(context: ToolContext) -> JsonObject:
    """What the reply is to fit; of several results those whose schema stands by itself are stated."""
    stated = [call.function.returns for call in context.calls]
    if len(stated) == 1:
        return stated[0] or {}
    results = {
        name: {} if schema is None or _REFERENCE in compact_json(schema) else schema
        for name, schema in zip(context.names, stated, strict=True)
    }
    return {"type": "object", "properties": results, "required": list(results)}


def _session_line(execution: Execution) -> str:
    call = execution.call
    return f"- {call.name}({compact_json(call.arguments)}) -> {compact_json(execution.result)}"


def read_results(reply: ChatReply, context: ToolContext) -> tuple[Any, ...] | Unusable:
    """The results of the calls in their order, or what is wrong with the reply."""
    try:
        value = parse_strict(reply.content)
    except ValueError:
        return Unusable("no JSON", reply)
    names = context.names
    if len(names) == 1:
        return (value,)
    given = value if isinstance(value, dict) else {}
    missing = [name for name in names if name not in given]
    if missing:
        return Unusable(f"no result of {', '.join(missing)}", reply)
    return tuple(given[name] for name in names)
