"""How the embedded model plays the user: one request at a time, facts when they are due, asked ones when asked."""

import json
import random
import re
from collections.abc import Sequence

from toolmind_assets.model.dialogues import Message, Speaker
from toolmind_assets.model.tasks import FactKind, Task, UserFact, UserRequest
from toolmind_assets.stages.dialogues.contexts import UserContext
from toolmind_assets.stages.dialogues.speech import say_facts, say_value
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors
from toolmind_resources.chat.model import ChatReply, ChatRequest

REFUSAL = re.compile(
    r"\b(?:can't|cannot|can not|unable to|don't have|no function|none of (?:my|the) functions)\b",
    re.IGNORECASE,
)

_CONFUSED = re.compile(r"\s*(?:User|Human)\s*:", re.IGNORECASE)
"""How an answer begins in which the assistant speaks as the user."""

_CONFIRMATION = re.compile(
    r"\bshall I (?:go ahead|go on|proceed|continue)\b|\bis that (?:right|ok|okay)\?", re.IGNORECASE
)
"""What asks for a yes before something is done."""
_QUESTION = re.compile(r"[^.!?\n]*\?")
_YES = ("Yes, please go ahead.", "Yes, do it.", "Yes, that's right.", "Sure, go ahead.")
_DO_NOT_KNOW = ("I don't know that, sorry.", "No idea, can you look it up?", "I don't have that, sorry.")
_FIRST = ("Hi, I'd like to {goal}.", "Hello! I need to {goal}.", "Can you help me {goal}?", "I want to {goal}.",
          "Hey, could you {goal}?")  # fmt: skip
_NEXT = ("Thanks. Next I'd like to {goal}.", "Great. Could you also {goal}?", "Now I need to {goal}.",
         "Perfect. Can you now {goal}?", "Good. I also want to {goal}.")  # fmt: skip
_AFTER_REFUSAL = ("Okay, never mind then. Could you {goal} instead?", "Fine, leave that. I'd also like to {goal}.",
                  "All right, forget about it. Can you {goal}?")  # fmt: skip
_ANSWERS = ("Sure, {facts}", "Oh, right. {Facts}", "{Facts}", "Sorry, I forgot. {Facts}")


def opened_requests(task: Task, messages: Sequence[Message]) -> int:
    """How many of the task's requests the user has made so far, told by their goals in the user's words."""
    said = [message.content or "" for message in messages if message.role is Speaker.USER]
    opened = 0
    for text in said:
        if opened < len(task.requests) and _spoken_goal(task.requests[opened]) in text:
            opened += 1
    return opened


def _spoken_goal(request: UserRequest) -> str:
    goal = request.goal.strip().rstrip(".")
    return goal if re.match(r"[A-Z][A-Z0-9]", goal) else goal[:1].lower() + goal[1:]


def user(request: ChatRequest, rng: random.Random, errors: EmbeddedErrors) -> ChatReply:
    """The user's next message, or the end once every request was answered or refused."""
    context = request.context
    assert isinstance(context, UserContext)
    task, messages = context.task, context.messages
    opened = opened_requests(task, messages)
    heard = messages[-1].content or "" if messages and messages[-1].role is Speaker.ASSISTANT else None
    if heard is not None and opened:
        answer = _answer(task.requests[opened - 1], messages, heard, rng)
        if not heard:
            answer = "Are you still there?"
        elif _CONFIRMATION.search(heard):
            answer = rng.choice(_YES)
        elif _CONFUSED.match(heard):
            answer = answer or "Sorry, I did not say that. Please do what I asked for."
        if answer:
            return _reply(answer, _going_on(task, opened))
    is_refused = bool(heard) and REFUSAL.search(heard or "") is not None
    is_leaving = opened > 0 and rng.random() < errors.user_early_stop
    if opened == len(task.requests) or is_leaving:
        gave_up = is_refused and len(task.requests) == 1
        return _reply("", "gave_up" if gave_up else "satisfied")
    openers = _AFTER_REFUSAL if is_refused else _NEXT if opened else _FIRST
    return _reply(_opening(task, opened, rng.choice(openers)), _going_on(task, opened + 1))


def _going_on(task: Task, opened: int) -> str:
    """The status of a message once so many requests are made."""
    return "continue" if opened < len(task.requests) else "last"


def _reply(message: str, status: str) -> ChatReply:
    return ChatReply(json.dumps({"message": message, "status": status}, ensure_ascii=False), model=EMBEDDED)


def _opening(task: Task, place: int, opener: str) -> str:
    request = task.requests[place]
    told = [
        fact for fact in request.known() if not (fact.is_withheld or say_value(fact.said) in request.goal)
    ]
    spoken = [step for step in task.plan if step.request_index == place and not step.is_implicit]
    facts = _say_by_step(told, [step.step_id for step in spoken])
    return " ".join(part for part in (opener.format(goal=_spoken_goal(request)), facts) if part)


def _say_by_step(facts: Sequence[UserFact], step_ids: Sequence[str]) -> str:
    """The facts in sentences; where several steps need a fact of one label, those of the request step by step."""
    labels = [fact.label for fact in facts]
    if len(set(labels)) == len(labels):
        return say_facts([(fact.label, fact.said) for fact in facts])
    names = ("For the first one", "For the second", "For the third", "For the fourth", "For the fifth")
    beside = [(fact.label, fact.said) for fact in facts if fact.step_id not in step_ids]
    sentences = [f"To begin with, {said[:1].lower()}{said[1:]}"] if (said := say_facts(beside)) else []
    for place, step_id in enumerate(step_ids):
        said = "; ".join(f"{fact.label}: {say_value(fact.said)}" for fact in facts if fact.step_id == step_id)
        name = names[place] if place < len(names) else f"For number {place + 1}"
        sentences += [f"{name}, {said}."] if said else []
    return " ".join(sentences)


def _answer(request: UserRequest, messages: Sequence[Message], heard: str, rng: random.Random) -> str:
    """The answer to a question about facts of the request that were not told yet; empty if none was asked."""
    if "?" not in heard:
        return ""
    said = " ".join(message.content or "" for message in messages if message.role is Speaker.USER)
    asked = [
        fact
        for fact in request.known()
        if fact.label.lower() in heard.lower() and (fact.is_withheld or say_value(fact.said) not in said)
    ]
    untold = [fact for fact in asked if not was_told(fact, messages)]
    if not untold:
        return rng.choice(_DO_NOT_KNOW) if _asks_for_unknown(request, heard) else ""
    facts = say_facts([(fact.label, fact.said) for fact in untold])
    return rng.choice(_ANSWERS).format(facts=facts[:1].lower() + facts[1:], Facts=facts)


def _asks_for_unknown(request: UserRequest, heard: str) -> bool:
    """Whether a question is about a value that the user does not know."""
    asked = " ".join(_QUESTION.findall(heard.lower()))
    return any(fact.label.lower() in asked for fact in request.facts if fact.kind is FactKind.UNKNOWN)


def was_told(fact: UserFact, messages: Sequence[Message]) -> bool:
    """Whether the user has told a withheld fact: only an answer to a question does."""
    sentence = say_facts([(fact.label, fact.said)]).rstrip(".").lower()
    return any(
        sentence in (message.content or "").lower() for message in messages if message.role is Speaker.USER
    )
