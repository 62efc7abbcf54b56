"""How the embedded model plays the assistant: it carries out the plan, and errs at the given rates."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from toolmind_assets.model.dialogues import CallStatus, Speaker
from toolmind_assets.model.functions import Effect
from toolmind_assets.model.ids import JsonObject, compact_json
from toolmind_assets.model.schemas import fits
from toolmind_assets.model.tasks import PlanStep, UserFact
from toolmind_assets.stages.dialogues.contexts import AssistantContext, Execution
from toolmind_assets.stages.dialogues.progress import MissingValueError, is_done, open_calls
from toolmind_assets.stages.dialogues.speech import NOTHING, say_result, say_value
from toolmind_assets.stages.dialogues.stand_in_user import opened_requests, was_told
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors
from toolmind_resources.chat.model import ChatReply, ChatRequest, ChatToolCall
from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.phrases import goal_of, subject_of
from toolmind_resources.plausible.plain_speech import plain_goal
from toolmind_resources.plausible.values import plausible

MOST_FAILURES = 2
"""Failed calls of one step after which the assistant gives the step up."""

_BESIDE = (
    "Let me look into that.",
    "One moment, please.",
    "Sure, I'll take care of it.",
    "I'll check that for you.",
)
_AGAIN = (
    "That did not go through. Let me try again.",
    "There was an error, so I'll try that once more.",
    "The call failed; I'm trying it again.",
)
_ASK = (
    "Sure. Could you tell me {wanted}?",
    "I can do that. What is {wanted}?",
    "Before I start: what is {wanted}?",
)
CONFIRM = "Before I go on: I am about to {goals}. Shall I go ahead?"
_DECLINE = (
    "I'm sorry, but I can't do that: none of my functions can {goal}.",
    "I don't have a function to {goal}, so I can't help with that one.",
    "Unfortunately I'm unable to {goal} with the functions that I have.",
)
_CLOSE = ("", "", " Is there anything else?", " Let me know if you need more.")


def assistant(request: ChatRequest, rng: random.Random, errors: EmbeddedErrors) -> ChatReply:
    """The assistant's next turn."""
    context = request.context
    assert isinstance(context, AssistantContext)
    return _Turn(context, rng, errors).reply()


class _Turn:
    """One turn of the embedded assistant."""

    def __init__(self, context: AssistantContext, rng: random.Random, errors: EmbeddedErrors) -> None:
        self._context = context
        self._task = context.task
        self._rng = rng
        self._errors = errors
        self._index = max(opened_requests(context.task, context.messages) - 1, 0)
        self._by_id = {function.function_id: function for function in context.offered.values()}
        since = max(i for i, message in enumerate(context.messages) if message.role is Speaker.USER)
        self._recent = [run for run in context.executions if run.message_index > since]

    def reply(self) -> ChatReply:
        if self._happens(self._errors.assistant_empty_turn):
            return ChatReply("", model=EMBEDDED)
        if self._happens(self._errors.assistant_role_confusion):
            return ChatReply("User: That's all, thank you!\nAssistant: You're welcome!", model=EMBEDDED)
        steps = [step for step in self._task.plan if step.request_index == self._index]
        if not steps:
            return self._decline()
        if self._has_just_failed() and self._happens(self._errors.assistant_ignored_error):
            return ChatReply("All done, that worked as you wanted.", model=EMBEDDED)
        untold = self._untold_facts()
        if untold:
            return self._ask(untold)
        ready = self._ready_calls(steps)
        if ready and (question := self._question_before([step for step, _ in ready])):
            return ChatReply(" ".join([*self._said_of(steps), question]), model=EMBEDDED)
        if ready:
            return self._call(ready)
        return self._report(steps)

    def _has_just_failed(self) -> bool:
        return bool(self._recent) and self._recent[-1].status is CallStatus.ERROR

    def _happens(self, rate: float) -> bool:
        return self._rng.random() < rate

    def _decline(self) -> ChatReply:
        goal = self._task.requests[self._index].goal.strip().rstrip(".")
        text = self._rng.choice(_DECLINE).format(goal=goal[:1].lower() + goal[1:])
        offered = list(self._context.offered.values())[:2]
        can = [goal_of(function.source_name, function.description) for function in offered]
        if self._rng.random() < 0.4 and len(can) == 2:
            text += f" What I can do is {can[0]} or {can[1]}, if that is of use."
        return ChatReply(text, model=EMBEDDED)

    def _untold_facts(self) -> list[UserFact]:
        """Withheld facts of the current request that the user has not told yet."""
        facts = self._task.requests[self._index].facts
        return [fact for fact in facts if fact.is_withheld and not was_told(fact, self._context.messages)]

    def _question_before(self, steps: Sequence[PlanStep]) -> str:
        """The question that a policy wants asked before calls are made; empty for none, and once it was asked."""
        functions = [self._by_id[step.function_id] for step in steps]
        waiting = [one for one in functions if self._task.situation.waits_for_yes(one.effect.value)]
        if not waiting:
            return ""
        plain = [plain_goal(one.source_name, one.description) for one in waiting]
        goals = dict.fromkeys(f"{goal.verbs[0]} {goal.object}" for goal in plain)
        question = CONFIRM.format(goals=" and ".join(goals))
        since = self._context.messages[self._opened_at() :]
        return "" if any(question in (message.content or "") for message in since) else question

    def _opened_at(self) -> int:
        """The place of the message by which the user made the current request."""
        messages = self._context.messages
        places = (
            n for n in range(len(messages)) if opened_requests(self._task, messages[: n + 1]) > self._index
        )
        return next(places, 0)

    def _ask(self, facts: Sequence[UserFact]) -> ChatReply:
        labels = [f"the {fact.label}" for fact in facts]
        return ChatReply(self._rng.choice(_ASK).format(wanted=" and ".join(labels)), model=EMBEDDED)

    def _ready_calls(self, steps: Sequence[PlanStep]) -> list[tuple[PlanStep, JsonObject]]:
        """The open calls whose values are known, of the first group that has any."""
        ready: list[tuple[PlanStep, JsonObject]] = []
        for step in steps:
            if ready and step.group != ready[0][0].group:
                break
            if self._is_given_up(step):
                continue
            try:
                calls = open_calls(step, self._context.executions)
            except MissingValueError:
                continue
            parameters = self._by_id[step.function_id].parameters
            ready += [(step, arguments) for arguments in calls if fits(parameters, arguments)]
        return ready

    def _is_given_up(self, step: PlanStep) -> bool:
        failures = [
            run
            for run in self._context.executions
            if run.step_id == step.step_id and run.status is CallStatus.ERROR
        ]
        return (
            len(failures) >= MOST_FAILURES
            or len([r for r in self._recent if r.status is CallStatus.ERROR]) > 4
        )

    def _call(self, ready: Sequence[tuple[PlanStep, JsonObject]]) -> ChatReply:
        calls = tuple(self._write_call(step, arguments) for step, arguments in ready)
        content = None
        if not self._recent and self._rng.random() < 0.3:
            content = self._rng.choice(_BESIDE)
        elif self._has_just_failed() and self._rng.random() < 0.6:
            content = self._rng.choice(_AGAIN)
        return ChatReply(content, calls, model=EMBEDDED, finish_reason="tool_calls")

    def _write_call(self, step: PlanStep, arguments: JsonObject) -> ChatToolCall:
        """The call, or now and then a wrong one."""
        name = self._by_id[step.function_id].name
        slips: tuple[tuple[float, Callable[[str, JsonObject], tuple[str, JsonObject]]], ...] = (
            (self._errors.assistant_unknown_function, self._unknown_function),
            (self._errors.assistant_invalid_arguments, self._invalid_arguments),
            (self._errors.assistant_ungrounded_value, self._ungrounded_value),
            (self._errors.assistant_wrong_function, self._wrong_function),
        )
        for rate, slip in slips:
            if self._happens(rate):
                name, arguments = slip(name, arguments)
                break
        return ChatToolCall(name, compact_json(arguments))

    def _unknown_function(self, name: str, arguments: JsonObject) -> tuple[str, JsonObject]:
        return f"{name[:50]}_v{self._rng.randint(2, 9)}", arguments

    def _invalid_arguments(self, name: str, arguments: JsonObject) -> tuple[str, JsonObject]:
        if not arguments:
            return name, {"value": None}
        key = self._rng.choice(list(arguments))
        if self._rng.random() < 0.5:
            return name, {other: value for other, value in arguments.items() if other != key}
        return name, {**arguments, key: {"value": arguments[key]}}

    def _ungrounded_value(self, name: str, arguments: JsonObject) -> tuple[str, JsonObject]:
        properties = self._context.offered[name].parameters.get("properties", {})
        for key, value in arguments.items():
            if isinstance(value, str) and "enum" not in properties.get(key, {}):
                invented = plausible({"type": "string"}, self._rng, name=key)
                return name, {**arguments, key: invented}
        return name, arguments

    def _wrong_function(self, name: str, arguments: JsonObject) -> tuple[str, JsonObject]:
        planned = {step.function_id for step in self._task.plan}
        others = [other for other in self._context.offered.values() if other.function_id not in planned]
        if not others:
            return name, arguments
        other = self._rng.choice(others)
        return other.name, plausible(other.parameters, self._rng, optional_share=0.0)

    def _report(self, steps: Sequence[PlanStep]) -> ChatReply:
        done = [run for run in self._recent if run.status is CallStatus.OK]
        if done and self._happens(self._errors.assistant_repeated_call):
            call = done[-1].call
            return ChatReply(None, (ChatToolCall(call.name, compact_json(call.arguments)),), model=EMBEDDED)
        sentences = self._said_of(steps)
        open_steps = [step for step in steps if not is_done(step, self._context.executions)]
        sentences += [self._say_open(step) for step in open_steps[:2]]
        sentences = sentences or self._said_before(steps)
        return ChatReply(" ".join(sentences) + self._rng.choice(_CLOSE), model=EMBEDDED)

    def _said_of(self, steps: Sequence[PlanStep]) -> list[str]:
        """What the results say that the user has not heard of: those of what was asked for, where there are any."""
        done = [run for run in self._recent if run.status is CallStatus.OK]
        asked = {step.step_id for step in steps if not step.is_implicit}
        told = [run for run in done if run.step_id in asked] or done
        return [self._say(run, told) for run in told[-4:]]

    def _said_before(self, steps: Sequence[PlanStep]) -> list[str]:
        """What the results said, for a user who asks once more for what is done."""
        ids = {step.step_id for step in steps}
        done = [run for run in self._context.executions if run.step_id in ids and run.status is CallStatus.OK]
        return [self._say(run, done) for run in done[-4:]]

    def _say(self, run: Execution, done: Sequence[Execution]) -> str:
        function = self._context.offered.get(run.call.name)
        noun = singular(subject_of(function.source_name)) if function else ""
        said = say_result(run.result, noun or "result")
        changes = function is not None and function.effect in (Effect.CREATE, Effect.UPDATE, Effect.DELETE)
        which = "" if said == NOTHING else self._for_which(run, done)
        said = f"{which}{said[:1].lower()}{said[1:]}" if which else said
        if said == NOTHING:
            return "Done." if changes else "The call went through, but it returned nothing."
        return f"Done. {said}" if changes else said

    @staticmethod
    def _for_which(run: Execution, done: Sequence[Execution]) -> str:
        """`For Berlin: ` where the same function was called for several things; else nothing."""
        others = [
            other.call.arguments for other in done if other.call.name == run.call.name and other is not run
        ]
        given = run.call.arguments
        if not others or not isinstance(given, dict):
            return ""
        differing = [
            value
            for key, value in given.items()
            if isinstance(value, str | int | float)
            and any(isinstance(o, dict) and o.get(key) != value for o in others)
        ]
        return f"For {say_value(differing[0])}, " if differing else ""

    def _say_open(self, step: PlanStep) -> str:
        """Why a step was not carried out, in words."""
        function = self._by_id[step.function_id]
        what = goal_of(function.source_name, function.description)
        failures = [run for run in self._context.executions if run.step_id == step.step_id]
        if failures:
            return f"I'm sorry, I could not {what}: {_message_of(failures[-1].result)}"
        return f"I could not {what}, because the earlier result does not hold what it needs."


def _message_of(result: Any) -> str:
    error = result.get("error") if isinstance(result, dict) else None
    return (
        str(error.get("message", "unknown error"))
        if isinstance(error, dict)
        else str(error or "unknown error")
    )
