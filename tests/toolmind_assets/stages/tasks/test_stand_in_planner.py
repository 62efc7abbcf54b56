"""What the embedded model decides as the planner."""

import asyncio
import random
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.tasks import Choice, ChoiceKind, PlanStep
from toolmind_assets.stages.tasks.argument_fields import ArgumentField, argument_fields
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.planner import plan_values
from toolmind_assets.stages.tasks.stand_in import RULES
from toolmind_assets.stages.tasks.value_checks import are_in_order
from toolmind_resources.chat.embedded import EmbeddedChat

TEXT = {"type": "string"}
FORMS = (
    "ISO 4217 code of the currency.",
    "ISO 3166 code of the country.",
    "A day, YYYY-MM-DD.",
    "A number in E.164.",
)


def decided(make: Any, function: Any, seed: int) -> Any:
    """The values of a plan of one call, at the first try."""
    fields = argument_fields(function)
    step = PlanStep("s1", function.function_id, 0, 0, tuple(make.user(field.path, None) for field in fields))
    skeleton = PlanSkeleton((step,), {("s1", field.path): field for field in fields}, {}, 1)
    functions = {function.function_id: function}
    chat = EmbeddedChat(RULES, make.no_errors)
    values = asyncio.run(plan_values(skeleton, functions, chat, seed, TaskParams(replies_max=1)))
    assert isinstance(values, dict)
    return values


@pytest.mark.parametrize("seed", range(8))
def test_ends_are_in_order_and_values_of_the_form_that_is_asked_for(make: Any, seed: int) -> None:
    day = {"type": "string", "format": "date"}
    forms = {f"x{n}": {**TEXT, "description": said} for n, said in enumerate(FORMS)}
    takes = {"start_date": day, "end_date": day, "from_city": TEXT, "to_city": TEXT, **forms}
    values = decided(make, make.function("f", takes), seed)
    for low, high in (("start_date", "end_date"), ("from_city", "to_city")):
        assert are_in_order(values["s1", low], values["s1", high])


def test_a_thing_is_given_another_name_than_the_one_that_it_is_found_by(make: Any) -> None:
    name = {"type": "string", "examples": ["Foo"]}
    items = {"type": "object", "properties": {"id": TEXT, "name": name}}
    find = make.function("list_sites", {}, {"sites": {"type": "array", "items": items}})
    alter = make.function("update_site", {"id": TEXT, "name": name}, effect=Effect.UPDATE)
    choice = Choice(ChoiceKind.MATCH, "sites[].name", label="name")
    steps = (
        PlanStep("s1", find.function_id, 0, 0, ()),
        PlanStep(
            "s2",
            alter.function_id,
            0,
            1,
            (make.reference("id", "s1", "sites[].id", choice), make.user("name", None)),
        ),
    )
    told = ArgumentField("name", "name", "sites", name, False, False, is_scalar=True)
    fields = {("s2", "id"): told, ("s2", "name"): argument_fields(alter)[1]}
    skeleton = PlanSkeleton(steps, fields, {}, 1)
    chat = EmbeddedChat(RULES, make.no_errors)
    functions = {one.function_id: one for one in (find, alter)}
    for seed in random.Random(1).sample(range(1000), 5):
        values = asyncio.run(plan_values(skeleton, functions, chat, seed, TaskParams(replies_max=1)))
        assert isinstance(values, dict)
        assert values["s2", "id"] == "Foo" != values["s2", "name"]
