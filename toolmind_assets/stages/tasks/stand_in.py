"""How the embedded model plays planner and intent writer."""

import json
import random
from collections.abc import Sequence
from typing import Any

from toolmind_assets.model.schemas import fits
from toolmind_assets.model.tasks import PlanStep
from toolmind_assets.stages.tasks import roles
from toolmind_assets.stages.tasks.argument_fields import ArgumentField
from toolmind_assets.stages.tasks.intent_writer import IntentContext
from toolmind_assets.stages.tasks.planner import PlannerContext
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors, Rule
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.plausible.phrases import goal_of
from toolmind_resources.plausible.values import plausible

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
TRIES = 8
"""Values drawn for an argument until one fits its schema."""


def plan(request: ChatRequest, rng: random.Random, _: EmbeddedErrors) -> ChatReply:
    """A plausible value for every argument that only the user knows."""
    context = request.context
    assert isinstance(context, PlannerContext)
    roots = {step.step_id: context.functions[step.function_id].parameters for step in context.skeleton.steps}
    values = [
        {
            "step_id": step_id,
            "path": path,
            "value": _value(context.skeleton.fields[step_id, path], roots[step_id], rng),
        }
        for step_id, path in context.skeleton.user_places()
    ]
    return ChatReply(json.dumps({"values": values}), model=EMBEDDED)


def _value(field: ArgumentField, root: dict[str, Any], rng: random.Random) -> Any:
    schema = {**field.schema, "$defs": root["$defs"]} if "$defs" in root else field.schema
    value = None
    for _ in range(TRIES):
        value = plausible(
            field.schema, rng, name=field.name, owner=field.owner, root=root, optional_share=0.3
        )
        if fits(schema, value):
            break
    return value


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
