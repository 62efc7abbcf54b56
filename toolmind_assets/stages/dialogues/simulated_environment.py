"""Where calls go: checked against the schema first, then answered by the tool agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.call_status import status_of
from toolmind_assets.model.dialogues import CallStatus, ToolCall
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject, canonical_json, seed_from
from toolmind_assets.model.schemas import misfits, violations
from toolmind_assets.model.tasks import Fault, Members, PlanArgument, Task
from toolmind_assets.stages.dialogues.agents import ask_tool, read_result
from toolmind_assets.stages.dialogues.contexts import Execution, ToolContext
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


class SimulatedEnvironment:
    """Answers the calls of one dialogue; keeps no state but the session that it is given."""

    def __init__(
        self, task: Task, offered: Mapping[str, FunctionSpec], chat: ChatModel, params: DialogueParams
    ) -> None:
        self._task = task
        self._offered = offered
        self._chat = chat
        self._params = params

    async def answer(
        self,
        call: ToolCall,
        step_id: str | None,
        session: Sequence[Execution],
        fault: Fault | None = None,
    ) -> Answer:
        """The result of a call; an invalid call gets a structured error without asking anybody.

        So does a call that is to fail by a `fault`. A reply that is no JSON, or does not fit the function's returns, is asked for again; after
        `replies_max` the call fails.

        Raises:
            ChatError: the tool agent cannot be reached.
        """
        refused = self._refusal(call)
        if refused is not None:
            return Answer(refused)
        if fault is not None:
            return Answer(error_result(fault.value, FAULTS[fault]), injected_fault=fault.value)
        function = self._offered[call.name]
        arguments = call.arguments if isinstance(call.arguments, dict) else {}
        context = ToolContext(function, arguments, tuple(session), *self._read_later(step_id))
        n_same = sum(execution.call.name == call.name for execution in session)

        def request(rejected: Sequence[Unusable]) -> ChatRequest:
            key = (call.name, canonical_json(arguments), n_same, len(rejected))
            return ask_tool(context, self._task, seed_from(self._task.seed, "tool", *key), self._params)

        def read(reply: ChatReply) -> tuple[Any] | Unusable:
            result = read_result(reply)
            if isinstance(result, Unusable):
                return result
            problem = self._misfit(function, result[0])
            return Unusable(problem, reply) if problem else result

        found = await ask_until_used(self._chat, request, read, self._params.replies_max)
        if isinstance(found, Used):
            return Answer(found.value[0], found.rejected)
        return Answer(error_result("internal_error", "The service could not answer."), found.rejected)

    def refusal_of_all(self, calls: Sequence[ToolCall]) -> str:
        """Why none of some calls can be carried out, in words; empty where one can, or where there is none."""
        refusals = [self._refusal(call) for call in calls]
        first = refusals[0] if refusals and all(refusals) else None
        return "" if first is None else str(first["error"]["message"])

    def _refusal(self, call: ToolCall) -> JsonObject | None:
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

    def _read_later(self, step_id: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Paths in the step's result that later steps read, and those of them that they read of several members."""
        read = [
            argument
            for step in self._task.plan
            for argument in step.references()
            if step_id is not None and argument.step_id == step_id
        ]
        of_several = [argument for argument in read if argument.members is not Members.FIRST]
        return _paths(read), _paths(of_several)

    @staticmethod
    def _misfit(function: FunctionSpec, result: Any) -> str:
        if function.returns is None or status_of(result) is CallStatus.ERROR:
            return ""
        found = misfits(function.returns, result)
        return f"{found[0].pointer}: {found[0].message[:200]}" if found else ""


def _paths(arguments: Sequence[PlanArgument]) -> tuple[str, ...]:
    return tuple(sorted(argument.output_path for argument in arguments if argument.output_path))
