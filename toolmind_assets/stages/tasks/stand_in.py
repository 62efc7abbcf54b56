"""How the embedded model plays planner and intent writer: the rules of the two, and the intents."""

import json
import random
from collections.abc import Sequence

from toolmind_assets.model.tasks import PlanStep
from toolmind_assets.stages.tasks import roles
from toolmind_assets.stages.tasks.intent_writer import IntentContext
from toolmind_assets.stages.tasks.stand_in_planner import plan
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors, Rule
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.plausible.phrases import goal_of

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


def write(request: ChatRequest, rng: random.Random, errors: EmbeddedErrors) -> ChatReply:
    """An intent made of what the functions' descriptions say, one goal a request."""
    context = request.context
    assert isinstance(context, IntentContext)
    if rng.random() < errors.intent_unparseable:
        return ChatReply("Sure! Here is what the person wants: to get things done.", model=EMBEDDED)
    goals = [_goal(place, context) for place in range(len(context.requests))]
    intent = "I want to " + _joined(goals, rng) + "."
    requests = [{"goal": goal[:1].upper() + goal[1:]} for goal in goals]
    return ChatReply(json.dumps({"intent": intent, "requests": requests}, ensure_ascii=False), model=EMBEDDED)


def _goal(place: int, context: IntentContext) -> str:
    phrases = [_phrase(step, context) for step in context.requests[place] if not step.is_implicit]
    distinct = list(dict.fromkeys(phrases))
    if len(distinct) < len(phrases) and len(distinct) == 1:
        return f"{distinct[0]}, {_times(len(phrases))}"
    return (
        ", then ".join(distinct)
        if len(distinct) < 3
        else ", ".join(distinct[:-1]) + ", and finally " + distinct[-1]
    )


def _phrase(step: PlanStep, context: IntentContext) -> str:
    function = context.functions[step.function_id]
    phrase = goal_of(function.source_name, function.description)
    if step.members_max == 1:
        return phrase
    return f"{phrase} for each of the first {_NUMBERS.get(step.members_max, step.members_max)} found"


def _times(count: int) -> str:
    return {2: "twice with different values", 3: "three times with different values"}.get(
        count, f"{count} times with different values"
    )


def _joined(goals: Sequence[str], rng: random.Random) -> str:
    link = rng.choice(
        (". After that I want to ", ". Then I need to ", ". Once that is done I would like to ")
    )
    return link.join(goals)


RULES: dict[Role, Rule] = {roles.PLANNER: plan, roles.INTENT_WRITER: write}
