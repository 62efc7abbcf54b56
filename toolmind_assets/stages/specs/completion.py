"""What sources leave out, completed by a chat model (ToolMind A.1; the results as IBM's `output_parameters`).

One question a function, for everything that it lacks. What a source states is never changed; what was not
asked for is not looked at. A reply that cannot be used changes nothing: the function stays as it is, and a
dropped row says why.
"""

import hashlib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from toolmind_assets.errors import ToolMindError
from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.functions import Completion, Effect
from toolmind_assets.model.ids import JsonObject, compact_json, seed_from
from toolmind_assets.model.lost_replies import reason_of
from toolmind_assets.model.pointers import escape
from toolmind_assets.model.schemas import schema_fields, types_of
from toolmind_assets.model.strict_json import parse_strict
from toolmind_assets.stages.specs import roles
from toolmind_assets.stages.specs.declared import pointer_lookup
from toolmind_assets.stages.specs.describe import clean
from toolmind_assets.stages.specs.gaps import Gap, Missing, SpecContent, find_gaps
from toolmind_assets.stages.specs.keywords import NAMED_SCHEMAS, check_schema, is_of_type
from toolmind_assets.stages.specs.params import CompletionParams, SpecParams
from toolmind_assets.stages.specs.rejection import RejectedError
from toolmind_assets.stages.specs.schema_definitions import RETURNS, Definitions
from toolmind_assets.stages.specs.type_names import read_type
from toolmind_resources.chat.asking import Unusable, Unused, ask
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.model import ChatMessage, ChatModel, ChatReply, ChatRequest, Sampling
from toolmind_resources.chat.prompt import Prompt, load_prompt
from toolmind_resources.errors import ChatError

REPLY_SCHEMA = {
    "type": "object",
    "properties": {
        "description": {"type": "string"},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "description": {"type": "string"},
                    "type": {"type": "string"},
                },
                "required": ["pointer"],
            },
        },
        "returns": {"type": "object"},
    },
}
MAX_TEXT_CHARS = 1000
"""A longer description is no description."""
_WORDS = {
    Missing.DESCRIPTION: "description",
    Missing.TYPE: "type",
    Missing.RETURNS: "the whole schema of the result",
}


_STATED_WHOLE = replace(RETURNS, opens_dangling=False)
"""A result that a model states must not refer to what it does not."""


@dataclass(frozen=True, slots=True)
class SpecContext:
    """What the completer knows of a function: what its source states, and what it leaves out."""

    name: str
    namespace: str
    effect: Effect
    description: str
    parameters: JsonObject
    returns: JsonObject | None
    gaps: tuple[Gap, ...]


class UnusableReplyError(ToolMindError):
    """A reply from which nothing is taken; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What came of the questions about some functions."""

    completions: tuple[Completion, ...]
    drops: tuple[Drop, ...]


@dataclass(frozen=True, slots=True)
class Completer:
    """Asks for what functions lack.

    Attributes:
        chat: Who is asked.
        params: What is asked for.
        limits: On the schemas of replies.
        settings_digest: Hashes all that decides a completion beside the function; it stands in every row.
    """

    chat: ChatModel
    params: CompletionParams
    limits: SpecParams
    settings_digest: str

    async def complete(self, contents: Sequence[SpecContent], in_flight: int = 64) -> Completed:
        """What was completed, and what could not be, of the functions that lack something wanted.

        Raises:
            EndpointError, BudgetError: the completer can be asked no more.
        """
        prompt = load_completer_prompt()
        lacking = [(content, gaps) for content in contents if (gaps := find_gaps(content, self.params))]

        async def complete(pair: tuple[SpecContent, tuple[Gap, ...]]) -> Completion | Drop:
            return await self._ask(*pair, prompt)

        found = await map_concurrently(complete, lacking, in_flight)
        return Completed(
            tuple(one for one in found if isinstance(one, Completion)),
            tuple(one for one in found if isinstance(one, Drop)),
        )

    async def _ask(self, content: SpecContent, gaps: tuple[Gap, ...], prompt: Prompt) -> Completion | Drop:
        def read(reply: ChatReply) -> Filled | Unusable:
            try:
                return fill_gaps(content, gaps, reply.content or "", self.limits)
            except UnusableReplyError as error:
                return Unusable(str(error), reply)

        try:
            found = await ask(self.chat, request_completion(content, gaps, prompt, self.params), read)
        except ChatError as error:
            return self._drop(content, DropReason.CHAT_FAILED, f"the completer gave no reply: {error}", "")
        if isinstance(found, Unused):
            self.chat.give_up(found.requests)
            said = found.last.reply.content or ""
            return self._drop(content, reason_of(found), f"the completer: {found.words}", said)
        filled, text = found.value, found.reply.content or ""
        return Completion(
            function_digest=content.function_digest,
            inferred=filled.inferred,
            description=filled.description,
            parameters=filled.parameters,
            returns=filled.returns,
            model=self.chat.model_name(roles.SPEC_COMPLETER),
            prompt_digest=prompt.digest,
            settings_digest=self.settings_digest,
            raw_reply_digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        )

    def _drop(self, content: SpecContent, reason: DropReason, detail: str, reply: str) -> Drop:
        return Drop(
            stage="specs",
            partition="",
            subject_id=content.function_digest,
            parent_ids=(content.entry_id,),
            reason=reason,
            detail=f"{content.source_name}: {detail}",
            raw=reply[: self.limits.raw_chars],
        )


def load_completer_prompt() -> Prompt:
    """The prompt of the role `spec_completer`."""
    return load_prompt("toolmind_assets.stages.specs", "spec_completer")


def request_completion(
    content: SpecContent, gaps: Sequence[Gap], prompt: Prompt, params: CompletionParams
) -> ChatRequest:
    """The question that the completer is asked about a function."""
    most = params.complete_schema_chars
    text = prompt.render(
        name=content.source_name,
        namespace=content.namespace or "not stated",
        effect=content.effect.value,
        description=content.description or "missing",
        parameters=_cut(compact_json(content.parameters), most),
        returns="missing" if content.returns is None else _cut(compact_json(content.returns), most),
        missing="\n".join(_listed(gaps)),
    )
    return ChatRequest(
        role=roles.SPEC_COMPLETER,
        messages=(ChatMessage("user", text),),
        response_schema=REPLY_SCHEMA,
        sampling=Sampling(max_tokens=params.complete_max_tokens),
        seed=seed_from("spec completer", content.function_digest),
        context=SpecContext(
            content.source_name,
            content.namespace,
            content.effect,
            content.description,
            content.parameters,
            content.returns,
            tuple(gaps),
        ),
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} (cut here)"


def _listed(gaps: Sequence[Gap]) -> list[str]:
    """A line for each field, with what it wants."""
    wanted: dict[str, list[str]] = {}
    for gap in gaps:
        wanted.setdefault(gap.field or "/description", []).append(_WORDS[gap.missing])
    return [f"- `{pointer}`: {', '.join(words)}" for pointer, words in wanted.items()]


@dataclass(frozen=True, slots=True)
class Filled:
    """A function's content with its gaps filled; None for what stays as the source has it."""

    inferred: tuple[str, ...]
    description: str | None
    parameters: JsonObject | None
    returns: JsonObject | None


def fill_gaps(content: SpecContent, gaps: Sequence[Gap], text: str, limits: SpecParams) -> Filled:
    """The content with what a reply says of its gaps; a gap that it leaves out stays.

    Raises:
        UnusableReplyError: it is not the JSON that was asked for, it is wrong about one of the gaps, or it fills
            none of them.
    """
    reply = _parse(text)
    fields = _fields(reply.get("fields"))
    roots: dict[str, Any] = {"parameters": content.parameters, "returns": content.returns}
    changed: dict[str, Any] = {}
    inferred: list[str] = []
    for gap in gaps:
        stated = reply if not gap.keys else fields.get(gap.field, {})
        if gap.missing is Missing.RETURNS:
            if reply.get("returns") is not None:
                changed["returns"] = _read_returns(reply["returns"], limits)
                inferred.append("/returns")
            continue
        found = _read_type_of(gap, stated) if gap.missing is Missing.TYPE else _read_text(gap, stated)
        if not gap.keys:
            changed |= found
        elif found:
            root = str(gap.keys[0])
            if root not in changed:
                changed[root] = deepcopy(roots[root])
            _put(changed[root], gap, found)
        inferred += [f"{gap.field}/{escape(keyword)}" for keyword in found]
    if not inferred:
        raise UnusableReplyError("it fills none of the gaps")
    _check(changed.get("parameters"))
    _check(changed.get("returns"))
    return Filled(
        tuple(inferred), changed.get("description"), changed.get("parameters"), changed.get("returns")
    )


def _parse(text: str) -> JsonObject:
    try:
        reply = parse_strict(text)
    except ValueError as error:
        raise UnusableReplyError(f"it is no JSON: {error}") from error
    if not isinstance(reply, dict):
        raise UnusableReplyError("it is no JSON object")
    return reply


def _fields(listed: Any) -> dict[str, JsonObject]:
    """What is said of fields, by pointer."""
    fields: dict[str, JsonObject] = {}
    if listed is None:
        return fields
    if not isinstance(listed, list):
        raise UnusableReplyError("`fields` is no list")
    for member in listed:
        if not isinstance(member, dict) or not isinstance(member.get("pointer"), str):
            raise UnusableReplyError("a member of `fields` has no pointer")
        if member["pointer"] in fields:
            raise UnusableReplyError(f"{member['pointer']:.200} stands twice in `fields`")
        fields[member["pointer"]] = member
    return fields


def _read_text(gap: Gap, stated: Mapping[str, Any]) -> JsonObject:
    """`description`, or nothing where none is stated."""
    value = stated.get("description")
    if value is None:
        return {}
    text = clean(value)
    if not text or len(text) > MAX_TEXT_CHARS:
        raise UnusableReplyError(f"the description of {gap.field or 'the function'} is {value!r:.80}")
    return {"description": text}


def _read_type_of(gap: Gap, stated: Mapping[str, Any]) -> JsonObject:
    """`type` and what goes with it, or nothing where none is stated."""
    value = stated.get("type")
    if value is None:
        return {}
    found = read_type(value) if isinstance(value, str) else None
    if not found or found.get("type", "null") == "null":
        raise UnusableReplyError(f"the type of {gap.field} is {value!r:.80}, which is none")
    return found


def _put(root: JsonObject, gap: Gap, found: JsonObject) -> None:
    """Puts keywords into the schema that wants them; those that it has already stay."""
    node: Any = root
    for key in gap.keys[1:]:
        node = node[key]
    if gap.missing is Missing.TYPE:
        examples = node.get("examples", ())
        values = [
            *(examples if isinstance(examples, list) else ()),
            *(node[key] for key in ("default",) if key in node),
        ]
        if misfits := [
            value for value in values if not any(is_of_type(value, name) for name in types_of(found))
        ]:
            raise UnusableReplyError(
                f"{gap.field} is no {found['type']}: one of its values is {misfits[0]!r:.80}"
            )
    for keyword in [keyword for keyword in found if keyword in node]:
        del found[keyword]
    node.update(found)


def _read_returns(value: Any, limits: SpecParams) -> JsonObject:
    """The schema of a result in which nothing is required: nobody has promised it."""
    if not isinstance(value, dict):
        raise UnusableReplyError(f"`returns` is no schema: {value!r:.80}")
    try:
        schema = Definitions(pointer_lookup(value), limits, _STATED_WHOLE).assemble(value).schema
    except RejectedError as rejection:
        raise UnusableReplyError(f"`returns`: {rejection.reason}: {rejection.detail}") from rejection
    if not schema_fields(schema):
        raise UnusableReplyError(f"`returns` says nothing of the result: {value!r:.80}")
    return _without_required(schema)


def _without_required(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_required(member) for member in node]
    if not isinstance(node, dict):
        return node
    kept: JsonObject = {}
    for key, value in node.items():
        if key in NAMED_SCHEMAS or key == "$defs":
            kept[key] = {name: _without_required(member) for name, member in value.items()}
        elif key in ("const", "default", "enum", "examples"):
            kept[key] = value
        elif key not in ("required", "dependentRequired"):
            kept[key] = _without_required(value)
    return kept


def _check(schema: JsonObject | None) -> None:
    if schema is not None:
        try:
            check_schema(schema)
        except RejectedError as rejection:
            raise UnusableReplyError(rejection.detail) from rejection
