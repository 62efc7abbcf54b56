"""The turn loop: user, assistant and tool agents act one task out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from toolmind_assets.model.dialogues import (
    ArgumentSource,
    CallRecord,
    CallStatus,
    Candidate,
    Dialogue,
    Message,
    Speaker,
    StopReason,
    ToolCall,
)
from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject, chosen_params, compact_json, digest, make_id, seed_from
from toolmind_assets.model.lost_replies import reason_of
from toolmind_assets.model.origins import argument_sources, call_row_id
from toolmind_assets.model.strict_json import clean_text
from toolmind_assets.model.tasks import Fault, Task
from toolmind_assets.stages.dialogues import roles
from toolmind_assets.stages.dialogues.agents import (
    PROMPT_DIGEST,
    UserTurn,
    ask_assistant,
    ask_user,
    read_assistant,
    read_user,
)
from toolmind_assets.stages.dialogues.contexts import AssistantContext, Execution, UserContext
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.progress import is_done, step_of
from toolmind_assets.stages.dialogues.simulated_environment import (
    SIMULATED,
    PlacedCall,
    SimulatedEnvironment,
    status_of,
)
from toolmind_resources.chat.asking import Doubtful, Unusable, Unused, Used, ask_until_used
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.errors import ChatError

T = TypeVar("T")
Refusal = JsonObject | None
"""The error with which a call is answered that nobody can carry out; None for a valid one."""
_CheckedTurn = tuple[Message, list[Refusal]]
"""An assistant's message, and what becomes of each of its calls."""

AGENTS = (roles.USER_AGENT, roles.ASSISTANT_AGENT, roles.TOOL_AGENT)
SOURCE = "simulated"
"""The source of dialogues that were simulated here."""


@dataclass(frozen=True, slots=True, repr=False)
class Simulated:
    """Dialogues of a shard with their calls, argument origins and rejected replies; and what was dropped.

    A shard is too much to be put into words, as asyncio does with what a run gave when it ends.
    """

    dialogues: tuple[Dialogue, ...]
    calls: tuple[CallRecord, ...]
    arguments: tuple[ArgumentSource, ...]
    candidates: tuple[Candidate, ...]
    drops: tuple[Drop, ...]


@dataclass(frozen=True, slots=True)
class _Acted:
    """One dialogue acted out, or why it was not; and the replies that were not taken."""

    dialogue: Dialogue | Drop
    calls: tuple[CallRecord, ...]
    candidates: tuple[Candidate, ...]


async def simulate_dialogues(
    tasks: Sequence[Task],
    functions: Mapping[str, FunctionSpec],
    chat: ChatModel,
    params: DialogueParams,
    in_flight: int = 64,
) -> Simulated:
    """A dialogue or a dropped row for every task; no dialogue waits for another.

    Args:
        tasks: What is acted out.
        functions: By id. A task that offers or plans one that is not among them is dropped.
        chat: Plays the three agents.
        params: Limits and sampling.
        in_flight: Dialogues at the same time.
    """

    async def act(task: Task) -> _Acted:
        return await _Simulation(task, functions, chat, params).run()

    acted = await map_concurrently(act, tasks, in_flight)
    dialogues = tuple(one.dialogue for one in acted if isinstance(one.dialogue, Dialogue))
    return Simulated(
        dialogues=dialogues,
        calls=tuple(call for one in acted for call in one.calls),
        arguments=tuple(row for dialogue in dialogues for row in argument_sources(dialogue)),
        candidates=tuple(candidate for one in acted for candidate in one.candidates),
        drops=tuple(one.dialogue for one in acted if isinstance(one.dialogue, Drop)),
    )


class _EndedError(Exception):
    """Ends a dialogue in which a role said nothing that could be used."""

    def __init__(self, reason: DropReason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class _Simulation:
    """One dialogue in the making."""

    def __init__(
        self, task: Task, functions: Mapping[str, FunctionSpec], chat: ChatModel, params: DialogueParams
    ) -> None:
        self._task = task
        self._chat = chat
        self._params = params
        wanted = dict.fromkeys([*task.offered_function_ids, *(step.function_id for step in task.plan)])
        self._gone = [key for key in wanted if key not in functions]
        offered = [functions[key] for key in task.offered_function_ids if key in functions]
        self._offered = {function.name: function for function in offered}
        self._models = tuple(f"{role}={chat.model_name(role)}" for role in AGENTS)
        self._dialogue_id = make_id(
            "dialogue",
            task.task_id,
            digest(task.intent, compact_json([repr(step) for step in task.plan]), list(self._offered)),
            self._models,
            PROMPT_DIGEST,
            chosen_params(params),
        )
        self._environment = SimulatedEnvironment(task, self._offered, chat, params)
        self._messages = [Message(Speaker.SYSTEM, task.system_text)] if task.system_text else []
        self._executions: list[Execution] = []
        self._candidates: list[Candidate] = []

    async def run(self) -> _Acted:
        """The dialogue, acted out until the user stops; nobody is asked where a function is gone."""
        if self._gone:
            return self._dropped(
                DropReason.FUNCTION_GONE,
                f"{', '.join(self._gone)}: of the task, but not of specs/functions any more; run again from "
                "`tasks`, which samples the shard from the functions that there are",
            )
        deadline = asyncio.timeout(self._params.seconds_max)
        try:
            async with deadline:
                stop_reason = await self._act()
        except TimeoutError:
            if not deadline.expired():
                raise  # another one than ours
            seconds = f"{self._params.seconds_max:g} s"
            return self._dropped(
                DropReason.TOO_SLOW, f"no end after {seconds} and {len(self._messages)} messages"
            )
        except ChatError as error:
            return self._dropped(DropReason.CHAT_FAILED, str(error))
        except _EndedError as end:
            return self._dropped(end.reason, end.detail)
        if stop_reason is StopReason.TURN_LIMIT:
            return self._dropped(
                DropReason.UNFINISHED_DIALOGUE, f"no end after {len(self._messages)} messages"
            )
        return _Acted(self._dialogue(stop_reason), tuple(self._calls()), tuple(self._candidates))

    async def _act(self) -> StopReason:
        while len(self._messages) < self._params.messages_max:
            turn = await self._user_turn()
            if turn.stop_reason is not None:
                return turn.stop_reason
            self._messages.append(Message(Speaker.USER, turn.message))
            while await self._assistant_turn():
                if len(self._messages) >= self._params.messages_max:
                    return StopReason.TURN_LIMIT
            if turn.is_last and self._is_over():
                return self._end()
        return StopReason.TURN_LIMIT

    def _is_over(self) -> bool:
        """Whether nothing is left to say for a user who wants nothing more: all is done, and nothing is asked back."""
        said = self._messages[-1].content or ""
        return (
            bool(said)
            and "?" not in said
            and all(is_done(step, self._executions) for step in self._task.plan)
        )

    def _end(self) -> StopReason:
        has_got = any(run.status is CallStatus.OK for run in self._executions)
        return StopReason.USER_SATISFIED if has_got else StopReason.USER_GAVE_UP

    async def _user_turn(self) -> UserTurn:
        context = UserContext(self._task, tuple(self._messages))

        def request(rejected: Sequence[Unusable]) -> ChatRequest:
            seed = seed_from(self._task.seed, "user", len(self._messages), len(rejected))
            return ask_user(context, seed, self._params)

        def read(reply: ChatReply) -> UserTurn | Unusable:
            turn = read_user(reply)
            is_early = isinstance(turn, UserTurn) and turn.stop_reason is not None and not self._has_answered
            return Unusable("stopped before the dialogue began", reply) if is_early else turn

        return self._taken(
            roles.USER_AGENT, await ask_until_used(self._chat, request, read, self._params.replies_max)
        )

    @property
    def _has_answered(self) -> bool:
        return any(message.role is Speaker.ASSISTANT for message in self._messages)

    def _taken(self, role: Role, found: Used[T] | Unused) -> T:
        """What the role said; what it had said before and could not be used is kept as candidates.

        Raises:
            _EndedError: nothing that it said could be used.
        """
        for attempt, rejected in enumerate(found.rejected):
            self._reject(role, attempt, rejected)
        if isinstance(found, Unused):
            self._chat.give_up(found.requests)
            raise _EndedError(reason_of(found), f"{role}: {found.words}")
        return found.value

    async def _assistant_turn(self) -> bool:
        """Whether the assistant made calls, so that it speaks again."""
        index = len(self._messages)
        context = AssistantContext(self._task, self._offered, tuple(self._messages), tuple(self._executions))

        def request(rejected: Sequence[Unusable]) -> ChatRequest:
            again = (len(rejected),) if rejected else ()
            seed = seed_from(self._task.seed, "assistant", index, *again)
            return ask_assistant(context, seed, self._params)

        def read(reply: ChatReply) -> _CheckedTurn | Doubtful[_CheckedTurn]:
            message = read_assistant(reply, index)
            refusals = [self._environment.refusal(call) for call in message.tool_calls]
            first = refusals[0] if refusals and all(refusals) else None
            turn = message, refusals
            return Doubtful(turn, first["error"]["message"]) if first else turn

        found = await ask_until_used(self._chat, request, read, self._params.replies_max)
        message, refusals = self._taken(roles.ASSISTANT_AGENT, found)
        self._messages.append(message)
        await self._execute(index, message.tool_calls, refusals)
        return bool(message.tool_calls)

    async def _execute(self, index: int, calls: Sequence[ToolCall], refusals: Sequence[Refusal]) -> None:
        """Carries out the calls of one message, all at once, but for those that are refused."""
        placed = self._placed(index, calls, refusals)
        answers = await self._environment.answer(placed, self._executions)
        for place, (one, answer) in enumerate(zip(placed, answers, strict=True)):
            for attempt, rejected in enumerate(answer.rejected):
                self._reject(roles.TOOL_AGENT, attempt, rejected)
            self._executions.append(
                Execution(
                    index,
                    place,
                    one.call,
                    self._function_id(one.call),
                    one.step_id,
                    status_of(answer.result),
                    answer.result,
                    answer.injected_fault,
                )
            )
            content = compact_json(answer.result)
            self._messages.append(Message(Speaker.TOOL, content, tool_call_id=one.call.call_id))

    def _placed(self, index: int, calls: Sequence[ToolCall], refusals: Sequence[Refusal]) -> list[PlacedCall]:
        """The calls of one message with their planned steps; no two of them carry out the same one."""
        placed: list[PlacedCall] = []
        under_way = list(self._executions)
        for place, (call, refused) in enumerate(zip(calls, refusals, strict=True)):
            function_id = self._function_id(call)
            step_id = step_of(call, function_id, self._task, under_way)
            placed.append(PlacedCall(call, step_id, refused, self._due_fault(step_id)))
            under_way.append(Execution(index, place, call, function_id, step_id, CallStatus.OK, None))
        return placed

    def _function_id(self, call: ToolCall) -> str | None:
        function = self._offered.get(call.name)
        return function.function_id if function else None

    def _due_fault(self, step_id: str | None) -> Fault | None:
        """The error that a planned step is to meet and has not met yet."""
        fault = next((step.fault for step in self._task.plan if step.step_id == step_id), None)
        has_happened = any(run.step_id == step_id and run.injected_fault for run in self._executions)
        return None if has_happened else fault

    def _reject(self, role: Role, attempt: int, rejected: Unusable) -> None:
        index, n_before = len(self._messages), len(self._candidates)
        candidate_id = make_id("candidate", self._dialogue_id, index, role, attempt, n_before)
        self._candidates.append(
            Candidate(
                candidate_id,
                self._task.shard,
                self._dialogue_id,
                index,
                role,
                attempt,
                rejected.reason,
                clean_text(rejected.reply.content or ""),
            )
        )

    def _dropped(self, reason: DropReason, detail: str) -> _Acted:
        drop = Drop(
            stage="dialogues",
            partition=self._task.shard,
            subject_id=self._dialogue_id,
            parent_ids=(self._task.task_id,),
            reason=reason,
            detail=detail,
            raw=compact_json([message.as_openai() for message in self._messages])[:20_000],
        )
        return _Acted(drop, (), tuple(self._candidates))

    def _dialogue(self, stop_reason: StopReason) -> Dialogue:
        task = self._task
        tools = tuple(function.as_tool() for function in self._offered.values())
        messages = tuple(self._messages)
        return Dialogue(
            dialogue_id=self._dialogue_id,
            shard=task.shard,
            task_id=task.task_id,
            source=SOURCE,
            licence="",
            scenario=task.scenario.value,
            domain=task.domain,
            language=task.language,
            function_ids=task.offered_function_ids,
            tools=tools,
            messages=messages,
            stop_reason=stop_reason,
            models=self._models,
            prompt_digest=PROMPT_DIGEST,
            n_turns=sum(message.role is Speaker.ASSISTANT for message in messages),
            content_digest=digest(tools, [message.as_openai() for message in messages]),
        )

    def _calls(self) -> list[CallRecord]:
        failed: list[tuple[str, Execution, str]] = []
        rows = []
        for execution in self._executions:
            call_id = call_row_id(self._dialogue_id, execution.message_index, execution.call_index)
            goal = execution.step_id or execution.call.name
            corrected = _corrected(goal, execution, failed)
            failed = [one for one in failed if one is not corrected]
            rows.append(self._call(execution, call_id, corrected[2] if corrected else None))
            if execution.status is CallStatus.ERROR:
                failed.append((goal, execution, call_id))
        return rows

    def _call(self, execution: Execution, call_id: str, corrects: str | None) -> CallRecord:
        arguments = execution.call.arguments
        return CallRecord(
            call_id=call_id,
            shard=self._task.shard,
            dialogue_id=self._dialogue_id,
            message_index=execution.message_index,
            call_index=execution.call_index,
            tool_call_id=execution.call.call_id,
            plan_step_id=execution.step_id,
            function_id=execution.function_id,
            name=execution.call.name,
            arguments_json=arguments if isinstance(arguments, str) else compact_json(arguments),
            result_json=compact_json(execution.result),
            status=execution.status,
            environment_kind=SIMULATED,
            state_before_digest=None,
            state_after_digest=None,
            injected_fault=execution.injected_fault,
            corrects_call_id=corrects,
        )


def _corrected(
    goal: str, execution: Execution, failed: Sequence[tuple[str, Execution, str]]
) -> tuple[str, Execution, str] | None:
    """The failed call of an earlier turn that an execution makes again: one with equal arguments before others."""
    earlier = [one for one in failed if one[0] == goal and one[1].message_index < execution.message_index]
    return min(earlier, key=lambda one: one[1].call.arguments != execution.call.arguments, default=None)
