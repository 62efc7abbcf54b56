"""The one reader of replies, before any role sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from toolmind_resources.chat.model import ChatReply, ChatRequest, ChatToolCall, ReplyProblem
from toolmind_resources.chat.reading.call_values import decoded_arguments, function_name, offered_in
from toolmind_resources.chat.reading.channels import channels_apart, may_hold_channels
from toolmind_resources.chat.reading.mending import Mending
from toolmind_resources.chat.reading.refusals import is_refusal
from toolmind_resources.chat.reading.reply_json import is_clean_json, json_in
from toolmind_resources.chat.reading.special_tokens import own_turn
from toolmind_resources.chat.reading.strict_values import whole_value
from toolmind_resources.chat.reading.thoughts import may_hold_thoughts, thoughts_apart
from toolmind_resources.chat.reading.written_calls import may_hold_calls, written_calls

_ENDS = {"length": ReplyProblem.CUT_OFF, "content_filter": ReplyProblem.CONTENT_FILTER}
"""What is wrong with a reply that ended for such a reason."""


@dataclass(slots=True)
class _Draft:
    """A reply while it is read."""

    text: str
    calls: Sequence[ChatToolCall]
    thoughts: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    problem: ReplyProblem | None = None


def read_reply(reply: ChatReply, request: ChatRequest) -> ChatReply:
    """The reply as roles read it: what can be put right is, and what no role could use has its problem.

    In this order: channels and thoughts are taken out of the text, then tokens of chat templates; calls that
    are written as text become calls, where functions were offered; where JSON was asked for, the text becomes
    it.
    What was put right stands in `mended`, each by a name of `Mending`.
    """
    draft = _Draft(reply.content or "", reply.tool_calls)
    if not _is_clean(draft.text, request):
        _take_thoughts_out(draft, request)
        _find_calls(draft, request)
        _find_json(draft, request)
    if draft.calls:
        _decode_arguments(draft)
    problem = reply.problem or _ENDS.get(reply.finish_reason) or draft.problem or _lack(draft)
    if not draft.mended and problem is reply.problem:
        return reply
    thoughts = [reply.reasoning or "", *draft.thoughts]
    return replace(
        reply,
        content=draft.text if draft.text or reply.content is not None else None,
        tool_calls=tuple(draft.calls),
        reasoning="\n\n".join(thought for thought in thoughts if thought.strip()) or None,
        problem=problem,
        mended=(*reply.mended, *draft.mended),
    )


def _is_clean(text: str, request: ChatRequest) -> bool:
    """Whether nothing in the text can want mending, as in most replies; seen in microseconds."""
    if request.response_schema is not None:
        return is_clean_json(text, request.response_schema)
    return not (
        may_hold_thoughts(text) or may_hold_channels(text) or (request.tools and may_hold_calls(text))
    )


def _take_thoughts_out(draft: _Draft, request: ChatRequest) -> None:
    channels = channels_apart(draft.text)
    if channels is not None:
        offered = offered_in(request.tools)
        calls = [ChatToolCall(function_name(name, offered), arguments) for name, arguments in channels.calls]
        bodies = [] if request.tools else [call.arguments_json for call in calls]
        draft.text = "\n".join(part for part in (channels.said, *bodies) if part)
        draft.calls = [*draft.calls, *calls] if request.tools else draft.calls
        draft.thoughts += channels.thoughts
        draft.mended.append(Mending.CHANNELS)
    found = thoughts_apart(draft.text)
    if found is not None:
        draft.text = found.said
        draft.thoughts += found.thoughts
        draft.mended.append(Mending.THOUGHTS_IN_CONTENT)
    own = own_turn(draft.text)
    if own != draft.text:
        draft.text = own
        draft.mended.append(Mending.SPECIAL_TOKEN)


def _find_calls(draft: _Draft, request: ChatRequest) -> None:
    if not request.tools or not may_hold_calls(draft.text):
        return
    found = written_calls(draft.text, offered_in(request.tools))
    if found is not None and (not draft.calls or _same(found.calls, draft.calls)):
        draft.text, draft.calls = found.said, draft.calls or found.calls
        draft.mended.append(Mending.CALLS_IN_TEXT)


def _same(written: Sequence[ChatToolCall], made: Sequence[ChatToolCall]) -> bool:
    """Whether a text repeats the calls that stand beside it, as some servers leave it."""
    forms = [[(call.name, whole_value(call.arguments_json)) for call in calls] for calls in (written, made)]
    return forms[0] == forms[1]


def _find_json(draft: _Draft, request: ChatRequest) -> None:
    if request.response_schema is None or draft.calls or not draft.text.strip():
        return
    found = json_in(draft.text, request.response_schema)
    if found is None:
        draft.problem = ReplyProblem.REFUSED if is_refusal(draft.text) else ReplyProblem.NO_JSON
    elif found.text != draft.text or found.mended:
        draft.text = found.text
        draft.mended += found.mended or (Mending.TEXT_AROUND,)


def _decode_arguments(draft: _Draft) -> None:
    decoded = [replace(call, arguments_json=decoded_arguments(call.arguments_json)) for call in draft.calls]
    if decoded != list(draft.calls):
        draft.calls = decoded
        draft.mended.append(Mending.ARGUMENTS_TWICE)


def _lack(draft: _Draft) -> ReplyProblem | None:
    return None if draft.calls or draft.text.strip() else ReplyProblem.EMPTY
