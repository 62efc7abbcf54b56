"""How the embedded model plays the planner: plausible values for what only the user knows."""

import json
import random
from typing import Any

from toolmind_assets.model.schemas import fits
from toolmind_assets.stages.tasks.argument_fields import ArgumentField
from toolmind_assets.stages.tasks.planner import PlannerContext
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors
from toolmind_resources.chat.model import ChatReply, ChatRequest
from toolmind_resources.plausible.values import plausible

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
