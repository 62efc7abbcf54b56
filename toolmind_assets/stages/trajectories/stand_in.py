"""How the embedded model judges: by the plan where there is one, and by what is visible.

It looks for what the rules do not cover: the wrong function, a planned value that was changed, a report
that mentions nothing of its results, a request neither served nor declined.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolmind_assets.model.call_status import status_of
from toolmind_assets.model.dialogues import CallStatus, Dialogue, Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.grounding import Sources, parse_result
from toolmind_assets.model.ids import JsonObject, canonical_json, compact_json
from toolmind_assets.model.paths import leaves, values_at
from toolmind_assets.model.spellings import number_key
from toolmind_assets.model.tasks import Members, PlanArgument, PlanStep, Scenario, Task, ValueKind
from toolmind_assets.model.verdicts import Outcome
from toolmind_assets.stages.trajectories import roles
from toolmind_assets.stages.trajectories.chat_judges import JudgeContext
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors, Rule
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role

_DECLINES = re.compile(
    r"n['’]t\b|cannot|could not|unable|sorry|unfortunately|none of|no function|not (able|available|possible|supported)",
    re.I,
)
_CLAIMS = re.compile(r"\bdone\b|success|has been|I(['’]ve| have) \w+ed\b|booked|all set", re.I)
_UNPARSEABLE = "I looked at it, and on the whole it seems fine to me."
_MOST_LEAVES = 200

Opinion = tuple[Outcome, str]
"""A verdict and its reason."""


def judge(request: ChatRequest, rng: random.Random, errors: EmbeddedErrors) -> ChatReply:
    """The verdicts on a whole dialogue, on its turns, or on both."""
    context = request.context
    assert isinstance(context, JudgeContext)
    if rng.random() < errors.judge_unparseable:
        return ChatReply(_UNPARSEABLE, model=EMBEDDED)
    verdicts: JsonObject = {}
    if context.is_whole:
        verdicts["dialogue"] = _verdict(judge_dialogue(context), rng, errors)
    if context.turns:
        verdicts["turns"] = [
            {"message": index, **_verdict(judge_turn(context, index), rng, errors)} for index in context.turns
        ]
    return ChatReply(compact_json(verdicts), model=EMBEDDED)


RULES: Mapping[Role, Rule] = {roles.DIALOGUE_JUDGE: judge, roles.TURN_JUDGE: judge}


def _verdict(opinion: Opinion, rng: random.Random, errors: EmbeddedErrors) -> JsonObject:
    outcome, reason = opinion
    if rng.random() < errors.judge_wrong:
        outcome = Outcome.FAIL if outcome is Outcome.PASS else Outcome.PASS
    return {"reason": reason, "verdict": outcome.value}


def judge_dialogue(context: JudgeContext) -> Opinion:
    """Whether the dialogue came to a sensible end with everything done that could be done."""
    dialogue, task = context.dialogue, context.task
    if dialogue.stop_reason is StopReason.TURN_LIMIT:
        return Outcome.FAIL, "the dialogue broke off at its limit"
    if not any(message.role is Speaker.ASSISTANT for message in dialogue.messages):
        return Outcome.FAIL, "the assistant never spoke"
    if task is None:
        return Outcome.PASS, "it is coherent as far as can be seen"
    if missed := [step.step_id for step in _doable(task, dialogue) if not _was_done(step, task, dialogue)]:
        return Outcome.FAIL, f"planned steps were not carried out: {', '.join(missed)}"
    if task.scenario in (Scenario.MISSING_FUNCTION, Scenario.IRRELEVANT) and not _was_declined(dialogue):
        return Outcome.FAIL, "nobody said that the request cannot be served"
    return Outcome.PASS, "everything that could be done was done"


def _doable(task: Task, dialogue: Dialogue) -> list[PlanStep]:
    """The planned steps whose function was offered and works, and that read no result of one that is not.

    A function does not work where every call of it failed and the assistant says that something cannot be done.
    """
    doable: dict[str, PlanStep] = {}
    is_declined = _was_declined(dialogue)
    for step in task.plan:
        reads = step.source_ids()
        is_offered = step.function_id in dialogue.function_ids
        if is_offered and reads <= doable.keys() and not (is_declined and _only_failed(step, dialogue)):
            doable[step.step_id] = step
    return list(doable.values())


def _was_done(step: PlanStep, task: Task, dialogue: Dialogue) -> bool:
    """Whether calls of the step's function with its user's values have results that are no errors.

    One call, or one for each member that the step is meant for.
    """
    done = {
        canonical_json(call.arguments)
        for _, call, result in _answered_calls(dialogue)
        if _name_of(step, dialogue) == call.name
        and _values_agree(step, call)
        and result is not None
        and not _has_failed(parse_result(result))
    }
    return len(done) >= min(step.members_max, max(_n_members(step, task, dialogue), 1))


def _n_members(step: PlanStep, task: Task, dialogue: Dialogue) -> int:
    """How many different values the results hold that a step is to be carried out for."""
    leading = next((one for one in step.references() if one.members is Members.EACH), None)
    source = next((one for one in task.plan if leading and one.step_id == leading.step_id), None)
    if leading is None or source is None:
        return 1
    found = [
        values_at(parse_result(result), leading.output_path or "")
        for _, call, result in _answered_calls(dialogue)
        if call.name == _name_of(source, dialogue) and result is not None
    ]
    return max((len({str(value) for _, value in values if value is not None}) for values in found), default=0)


def _only_failed(step: PlanStep, dialogue: Dialogue) -> bool:
    """Whether the step's function was called with the user's values, and only ever failed."""
    results = [
        result
        for _, call, result in _answered_calls(dialogue)
        if call.name == _name_of(step, dialogue) and _values_agree(step, call)
    ]
    return bool(results) and all(
        result is not None and _has_failed(parse_result(result)) for result in results
    )


def _has_failed(result: Any) -> bool:
    return status_of(result) is CallStatus.ERROR


def _was_declined(dialogue: Dialogue) -> bool:
    return any(
        message.role is Speaker.ASSISTANT and bool(_DECLINES.search(message.content or ""))
        for message in dialogue.messages
    )


def judge_turn(context: JudgeContext, index: int) -> Opinion:
    """Whether a turn's calls are the planned ones, or its words fit what came before."""
    message = context.dialogue.messages[index]
    if message.tool_calls:
        if context.task is None:
            return Outcome.PASS, "the calls fit what was said"
        return _judge_calls(context.dialogue, context.task, index, message.tool_calls)
    return _judge_text(context.dialogue, context.task, index, message.content or "")


def _judge_calls(dialogue: Dialogue, task: Task, index: int, calls: Sequence[ToolCall]) -> Opinion:
    for call in calls:
        steps = [step for step in task.plan if _name_of(step, dialogue) == call.name]
        if not steps:
            return Outcome.FAIL, f"{call.name} does not serve what the user wants"
        if not any(_values_agree(step, call) for step in steps):
            return Outcome.FAIL, f"{call.name} is called with other values than the user gave"
        if not any(_references_agree(step, call, task, dialogue, index) for step in steps):
            return Outcome.FAIL, f"{call.name} takes a value from the wrong result"
    return Outcome.PASS, "the calls serve the request with the right values"


def _name_of(step: PlanStep, dialogue: Dialogue) -> str | None:
    """The offered name of a step's function; None where it was not offered."""
    if step.function_id not in dialogue.function_ids:
        return None
    tool = dialogue.tools[dialogue.function_ids.index(step.function_id)]
    return tool.get("function", tool).get("name")


def _values_agree(step: PlanStep, call: ToolCall) -> bool:
    """Whether the call has every value that the user or the function gives, and no other arguments."""
    if isinstance(call.arguments, str):
        return False
    planned = {argument.path.split(".")[0].split("[")[0] for argument in step.arguments}
    given = [argument for argument in step.arguments if argument.kind is not ValueKind.REFERENCE]
    return set(call.arguments) <= planned and all(
        any(_is_same(value, argument.value) for _, value in values_at(call.arguments, argument.path))
        for argument in given
    )


def _is_same(one: Any, two: Any) -> bool:
    if one == two:
        return True
    if isinstance(one, (dict, list)) or isinstance(two, (dict, list)):
        return canonical_json(one) == canonical_json(two)
    key = number_key(one)
    return str(one).casefold().strip() == str(two).casefold().strip() or (
        key is not None and key == number_key(two)
    )


def _references_agree(step: PlanStep, call: ToolCall, task: Task, dialogue: Dialogue, index: int) -> bool:
    """Whether each referred-to value stands in a result of the step that it is to come from."""
    return all(_is_in_results(argument, call, task, dialogue, index) for argument in step.references())


def _is_in_results(
    argument: PlanArgument, call: ToolCall, task: Task, dialogue: Dialogue, index: int
) -> bool:
    arguments = call.arguments if isinstance(call.arguments, dict) else {}
    wanted = [value for _, member in values_at(arguments, argument.path) for _, value in leaves(member)]
    source = next((step for step in task.plan if step.step_id == argument.step_id), None)
    name = _name_of(source, dialogue) if source else None
    held = {
        str(value)
        for place, earlier, result in _answered_calls(dialogue)
        if place < index and earlier.name == name and result is not None
        for _, value in leaves(parse_result(result))
    }
    return bool(wanted) and all(str(value) in held for value in wanted)


def _answered_calls(dialogue: Dialogue) -> Iterator[tuple[int, ToolCall, str | None]]:
    results = {message.tool_call_id: message.content for message in dialogue.messages if message.tool_call_id}
    for index, message in enumerate(dialogue.messages):
        for call in message.tool_calls:
            yield index, call, results.get(call.call_id)


def _judge_text(dialogue: Dialogue, task: Task | None, index: int, text: str) -> Opinion:
    results = _results_since_user(dialogue.messages, index)
    if results:
        return _judge_report(results, text)
    if "?" not in text and not _DECLINES.search(text) and _CLAIMS.search(text):
        return Outcome.FAIL, "it claims what no call has done"
    is_irrelevant = task is not None and task.scenario is Scenario.IRRELEVANT
    is_last = index >= len(dialogue.messages) - 2
    if is_irrelevant and not is_last and "?" not in text and not _DECLINES.search(text):
        return Outcome.FAIL, "it does not say that no function serves the request"
    return Outcome.PASS, "it answers what was said"


def _results_since_user(messages: Sequence[Message], index: int) -> list[Any]:
    results: list[Any] = []
    for message in reversed(messages[:index]):
        if message.role is Speaker.USER:
            break
        if message.role is Speaker.TOOL:
            results.append(parse_result(message.content))
    return results


def _judge_report(results: Sequence[Any], text: str) -> Opinion:
    """A report mentions something of a result, says that it failed, or asks; a failure that was mended may go unsaid."""
    right = [result for result in results if not _has_failed(result)]
    if len(right) < len(results):
        is_told = bool(_DECLINES.search(text)) or "fail" in text.lower() or "error" in text.lower()
        if is_told or "?" in text:
            return Outcome.PASS, "it says how the calls ended"
        if not right:
            return Outcome.FAIL, "it does not say that the call failed"
    said = Sources()
    said.add_result(0, text)
    facts = [value for result in right for value in _facts(result)][:_MOST_LEAVES]
    if facts and not any(said.locate(value) for value in facts):
        return Outcome.FAIL, "it mentions nothing of the results"
    return Outcome.PASS, "it reports the results"


def _facts(result: Any) -> Iterator[Any]:
    """The scalars of a result that one could mention."""
    for _, value in leaves(result):
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            yield value
