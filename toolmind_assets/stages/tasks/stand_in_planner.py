"""How the embedded model plays the planner: plausible values for what only the user knows."""

import json
import random
from collections.abc import Callable
from typing import Any

from toolmind_assets.model.choices import is_same
from toolmind_assets.model.schemas import fits
from toolmind_assets.stages.tasks.argument_fields import ArgumentField
from toolmind_assets.stages.tasks.moved_dates import moved, moved_days
from toolmind_assets.stages.tasks.plan_skeletons import Place
from toolmind_assets.stages.tasks.planner import PlannerContext
from toolmind_assets.stages.tasks.value_checks import are_in_order, ends_in, form_of, is_in_form, kept_values
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors
from toolmind_resources.chat.model import ChatReply, ChatRequest
from toolmind_resources.plausible.values import plausible

TRIES = 8
"""Values drawn for an argument until one fits its schema."""


_OF_FORM = {
    "currency": ("EUR", "USD", "GBP", "JPY", "CAD", "CHF"),
    "country": ("DE", "CA", "JP", "PT", "KE", "BR"),
    "day": ("2025-06-20", "2025-05-06", "2025-07-14", "2025-04-28"),
    "phone": ("+12025550123", "+14165550187", "+16175550142"),
}
"""Values of the forms that documentation asks for; the phone numbers are fictional ones."""


def plan(request: ChatRequest, rng: random.Random, _: EmbeddedErrors) -> ChatReply:
    """A plausible value for every argument that only the user knows; such as go together made to."""
    context = request.context
    assert isinstance(context, PlannerContext)
    skeleton = context.skeleton
    roots = {step.step_id: context.functions[step.function_id].parameters for step in skeleton.steps}
    days = moved_days(context.reference_time)

    def draw(place: Place) -> Any:
        return _value(skeleton.fields[place], roots[place[0]], rng, days)

    values = {place: draw(place) for place in skeleton.user_places()}
    for step in skeleton.steps:
        for low, high in ends_in([argument.path for argument in step.arguments]):
            ends = (step.step_id, low), (step.step_id, high)
            if ends[0] in values and ends[1] in values:
                _put_in_order(values, *ends, draw)
        for argument, one in kept_values(step, context.functions[step.function_id]):
            new, old = (step.step_id, argument.path), (step.step_id, one.path)
            old = skeleton.shared.get(old, old)
            if new in values and old in values:
                _put_apart(values, new, old, skeleton.fields[new], rng)
    entries = [{"step_id": place[0], "path": place[1], "value": value} for place, value in values.items()]
    return ChatReply(json.dumps({"values": entries}), model=EMBEDDED)


def _put_apart(
    values: dict[Place, Any], new: Place, old: Place, field: ArgumentField, rng: random.Random
) -> None:
    """Draws the first of two values anew while they are the same, by its name alone where samples leave no other."""
    if is_same(values[new], values[old]) and "enum" not in field.schema:
        unlike = {key: value for key, value in field.schema.items() if key not in ("example", "examples")}
        values[new] = plausible(unlike, rng, name=field.name, owner=field.owner)


def _put_in_order(values: dict[Place, Any], low: Place, high: Place, draw: Callable[[Place], Any]) -> None:
    """Exchanges two ends that stand the wrong way round, and draws the upper one anew while both are the same."""
    for _ in range(TRIES):
        if are_in_order(values[low], values[high]):
            return
        if are_in_order(values[high], values[low]):
            values[low], values[high] = values[high], values[low]
        else:
            values[high] = draw(high)


def _value(field: ArgumentField, root: dict[str, Any], rng: random.Random, days: int) -> Any:
    schema = {**field.schema, "$defs": root["$defs"]} if "$defs" in root else field.schema
    form = "" if "enum" in schema else form_of(field.description)
    value = None
    for _ in range(TRIES):
        value = plausible(
            field.schema, rng, name=field.name, owner=field.owner, root=root, optional_share=0.3
        )
        if form and isinstance(value, str) and not is_in_form(value, form):
            value = rng.choice(_OF_FORM[form])
        near = moved(value, days)
        if fits(schema, near):
            return near
        if fits(schema, value):
            break
    return value
