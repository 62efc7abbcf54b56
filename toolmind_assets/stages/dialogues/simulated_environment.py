"""Where calls go: checked against the schema first, then answered by the tool agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from toolmind_assets.model.call_status import status_of
from toolmind_assets.model.dialogues import CallStatus, ToolCall
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject, canonical_json, seed_from
from toolmind_assets.model.schemas import misfits, violations
from toolmind_assets.model.tasks import Choice, ChoiceKind, Fault, Members, PlanArgument, Task
from toolmind_assets.stages.dialogues.agents import ask_tools, read_results
from toolmind_assets.stages.dialogues.contexts import Execution, ServedCall, ToolContext
from toolmind_assets.stages.dialogues.later_reads import lacks
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_resources.chat.asking import Unusable, Used, ask_until_used
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest

SIMULATED = "simulated"
"""The environment kind of calls that the tool agent answers."""

FAULTS = {
    Fault.UNAVAILABLE: "The service is temporarily unavailable. Try again.",
    Fault.TIMEOUT: "The request timed out before it was carried out. Try again.",
    Fault.RATE_LIMITED: "Too many requests. Try again in a moment.",
    Fault.CONFLICT: "Another change is in progress. Nothing was changed; try again.",
}
"""What the service says of an error that is made to happen; each says that nothing was done."""


def error_result(kind: str, message: str) -> JsonObject:
    """The result of a call that failed."""
    return {"error": {"type": kind, "message": message}}


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a call.

    Attributes:
        result: The result.
        rejected: The replies that were not taken.
        injected_fault: Name of the error that was made to happen, or None.
    """

    result: Any
    rejected: tuple[Unusable, ...] = ()
    injected_fault: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """A call with the planned step that it carries out, why it is refused, and the error that it is to meet, if any."""

    call: ToolCall
    step_id: str | None
    refused: JsonObject | None = None
    fault: Fault | None = None


class SimulatedEnvironment:
    """Answers the calls of one dialogue; keeps no state but the session that it is given."""

    def __init__(
        self, task: Task, offered: Mapping[str, FunctionSpec], chat: ChatModel, params: DialogueParams
    ) -> None:
        self._task = task
        self._offered = offered
        self._chat = chat
        self._params = params

    async def answer(self, calls: Sequence[PlacedCall], session: Sequence[Execution]) -> list[Answer]:
        """The results of calls that are made at once, in their order.

        An invalid call gets a structured error without asking anybody, and so does one that is to fail. All others
        are answered by one reply of the tool agent. A reply that cannot be read, does not fit what the functions return,
        or lacks what later calls will read, is asked for again. After `replies_max` of them the calls fail, save where
        one merely lacked something: a service may have nothing to show.

        Raises:
            ChatError: the tool agent cannot be reached.
        """
        answers = [self._unserved(one) for one in calls]
        served = [one for one, answer in zip(calls, answers, strict=True) if answer is None]
        results = iter(await self._serve(served, session) if served else ())
        return [next(results) if answer is None else answer for answer in answers]

    def _unserved(self, placed: PlacedCall) -> Answer | None:
        """The answer to a call that nobody carries out, or None."""
        if placed.refused is not None:
            return Answer(placed.refused)
        fault = placed.fault
        if fault is not None:
            return Answer(error_result(fault.value, FAULTS[fault]), injected_fault=fault.value)
        return None

    async def _serve(self, placed: Sequence[PlacedCall], session: Sequence[Execution]) -> list[Answer]:
        context = ToolContext(tuple(self._served(one) for one in placed), tuple(session))
        key = [self._repetition(call, session) for call in context.calls]

        lacking: list[tuple[Any, ...]] = []

        def request(rejected: Sequence[Unusable]) -> ChatRequest:
            seed = seed_from(self._task.seed, "tool", *chain.from_iterable(key), len(rejected))
            return ask_tools(context, self._task, seed, self._params, rejected[-1].reason if rejected else "")

        def read(reply: ChatReply) -> tuple[Any, ...] | Unusable:
            results = read_results(reply, context)
            if isinstance(results, Unusable):
                return results
            if problem := next(filter(None, map(_misfit, context.calls, results)), ""):
                return Unusable(problem, reply)
            if problem := next(filter(None, map(lacks, context.calls, results)), ""):
                lacking.append(results)
                return Unusable(problem, reply)
            return results

        found = await ask_until_used(self._chat, request, read, self._params.replies_max)
        if isinstance(found, Used):
            results = found.value
        elif lacking:
            results = lacking[-1]
        else:
            results = [error_result("internal_error", "The service could not answer.")] * len(placed)
        rejected = [found.rejected] + [()] * (len(placed) - 1)
        return [Answer(result, some) for result, some in zip(results, rejected, strict=True)]

    @staticmethod
    def _repetition(call: ServedCall, session: Sequence[Execution]) -> tuple[str, str, int]:
        """What tells a call from others of its dialogue: itself, and how often its function was called before."""
        n_same = sum(execution.call.name == call.function.name for execution in session)
        return call.function.name, canonical_json(call.arguments), n_same

    def _served(self, placed: PlacedCall) -> ServedCall:
        arguments = placed.call.arguments
        assert isinstance(arguments, dict), "a call without an object of arguments is refused"
        return ServedCall(self._offered[placed.call.name], arguments, *self._read_later(placed.step_id))

    def refusal(self, call: ToolCall) -> JsonObject | None:
        """The error with which a call is answered that nobody can carry out; None for a valid one."""
        function = self._offered.get(call.name)
        if function is None:
            return error_result("unknown_function", f"There is no function {call.name!r}.")
        if not isinstance(call.arguments, dict):
            return error_result("invalid_arguments", "The arguments are not a JSON object.")
        found = violations(function.parameters, call.arguments)
        if found:
            where = f" at {found[0].pointer}" if found[0].pointer else ""
            return error_result("invalid_arguments", f"Invalid arguments{where}: {found[0].message[:300]}")
        return None

    def _read_later(
        self, step_id: str | None
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, Choice], ...]]:
        """Paths in the step's result that later steps read, those that they read of several members, and of a chosen one."""
        read = [
            argument
            for step in self._task.plan
            for argument in step.references()
            if step_id is not None and argument.step_id == step_id
        ]
        of_several = [argument for argument in read if argument.members is not Members.ONE]
        chosen = [
            (one.output_path or "", one.choice or Choice(ChoiceKind.ONLY))
            for one in read
            if one.members is Members.ONE and "[]" in (one.output_path or "")
        ]
        return _paths(read), _paths(of_several), tuple(dict.fromkeys(chosen))


def _misfit(call: ServedCall, result: Any) -> str:
    """What does not fit what the function returns; empty where all does."""
    returns = call.function.returns
    if returns is None or status_of(result) is CallStatus.ERROR:
        return ""
    found = misfits(returns, result)
    return f"{found[0].pointer}: {found[0].message[:200]}" if found else ""


def _paths(arguments: Sequence[PlanArgument]) -> tuple[str, ...]:
    return tuple(sorted(argument.output_path for argument in arguments if argument.output_path))
