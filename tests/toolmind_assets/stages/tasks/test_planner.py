"""The planner is asked until its values make a plan, and as often as stated."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.situations import Persona
from toolmind_assets.model.tasks import Choice, ChoiceKind, PlanStep
from toolmind_assets.stages.tasks.argument_fields import argument_fields
from toolmind_assets.stages.tasks.circumstances import Circumstances
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.plan_skeletons import PlanSkeleton
from toolmind_assets.stages.tasks.planner import FIELD_CHARS, plan_values, shown_schema
from toolmind_resources.chat.asking import Unused
from toolmind_resources.chat.model import ChatReply, ReplyProblem, Role
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.errors import ChatError

PARAMS = TaskParams()
AROUND = Circumstances(reference_time="2031-05-06T07:08:09Z")
GOOD_VALUES = json.dumps({"values": [{"step_id": "s1", "path": "email", "value": "ada@example.com"}]})


@pytest.fixture
def functions(make: Any) -> dict[str, Any]:
    return {function.function_id: function for function in make.functions().values()}


@pytest.fixture
def skeleton(make: Any) -> PlanSkeleton:
    (field,) = argument_fields(make.functions()["find_customer"])
    steps = (
        make.step("s1", "find_customer", make.user("email", None)),
        make.step("s2", "list_orders", make.reference("customer_id", "s1", "customer_id"), group=1),
    )
    return PlanSkeleton(steps, {("s1", "email"): field}, {}, 1, withheld=frozenset({("s1", "email")}))


@pytest.mark.parametrize(
    ("useless", "told"),
    [
        ("", "the reply is no JSON"),
        ("not json", "the reply is no JSON"),
        (ChatReply("{", problem=ReplyProblem.CUT_OFF), "the reply is cut off at the token limit"),
        ("[]", 'not the JSON asked for: [] is not of type "object"'),
        ("null", 'not the JSON asked for: null is not of type "object"'),
        ('{"values": 5}', 'not the JSON asked for: 5 is not of type "array"'),
        ('{"values": [{"path": "email", "value": 1}]}', '"step_id" is a required property'),
        ('{"values": []}', "no value was given for s1 `email`"),
        (
            '{"values": [{"step_id": "s2", "path": "email", "value": 1}]}',
            "no value was given for s1 `email`",
        ),
    ],
)
def test_a_planner_that_gives_no_value_is_told_why_and_asked_again_with_another_seed(
    useless: Any, told: str, skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    chat = ScriptedChat({Role("planner"): [useless, GOOD_VALUES]})
    values = asyncio.run(plan_values(skeleton, functions, chat, 1, PARAMS, AROUND))
    assert values == {("s1", "email"): "ada@example.com"}
    first, second = chat.requests
    assert first.seed != second.seed
    (asked,), (again,) = first.messages, second.messages
    assert (again.content or "").startswith(asked.content or "")
    assert told in (again.content or "").removeprefix(asked.content or "")


def values_of(**values: Any) -> str:
    entries = [{"step_id": "s1", "path": path, "value": value} for path, value in values.items()]
    return json.dumps({"values": entries})


def test_a_planner_whose_values_do_not_fit_is_told_what_is_wrong_and_asked_again(
    skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    chat = ScriptedChat({Role("planner"): [values_of(email=4711), GOOD_VALUES]})
    assert asyncio.run(plan_values(skeleton, functions, chat, 1, PARAMS, AROUND)) == {
        ("s1", "email"): "ada@example.com"
    }
    first, second = chat.requests
    assert "4711" not in (first.messages[0].content or "")
    told = (second.messages[0].content or "").removeprefix(first.messages[0].content or "")
    assert "/email" in told and "4711" in told
    assert first.seed != second.seed


def test_a_planner_whose_values_make_two_steps_the_same_call_is_asked_again(make: Any) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    (field,) = argument_fields(make.functions()["get_wind"])
    steps = tuple(make.step(step_id, "get_wind", make.user("city", None)) for step_id in ("s1", "s2"))
    twins = PlanSkeleton(steps, {(step.step_id, "city"): field for step in steps}, {}, 1)

    def reply(*cities: str) -> str:
        entries = [{"step_id": f"s{n}", "path": "city", "value": city} for n, city in enumerate(cities, 1)]
        return json.dumps({"values": entries})

    chat = ScriptedChat({Role("planner"): [reply("Oslo", "Oslo"), reply("Oslo", "Rome")]})
    values = asyncio.run(plan_values(twins, functions, chat, 1, PARAMS, AROUND))
    assert values == {("s1", "city"): "Oslo", ("s2", "city"): "Rome"}
    assert "s1 and s2 are the same call" in (chat.requests[1].messages[0].content or "")


def test_values_that_never_fit_are_asked_for_as_often_as_stated(
    skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    chat = ScriptedChat({Role("planner"): [values_of(email=number) for number in range(9)]})
    unused = asyncio.run(plan_values(skeleton, functions, chat, 1, TaskParams(replies_max=2), AROUND))
    assert isinstance(unused, Unused)
    assert ["/email" in rejected.reason for rejected in unused.rejected] == [True, True]
    assert len({request.seed for request in chat.requests}) == len(chat.requests) == 2


def test_a_planner_that_never_gives_it_is_asked_as_often_as_stated(
    skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    chat = ScriptedChat({Role("planner"): ["{}"] * 9})
    unused = asyncio.run(plan_values(skeleton, functions, chat, 1, TaskParams(replies_max=2), AROUND))
    assert isinstance(unused, Unused) and '"values" is a required property' in unused.last.reason
    assert len(chat.requests) == 2


def test_a_planner_is_not_asked_where_the_user_knows_nothing(make: Any) -> None:
    bare = replace(make.functions()["get_tides"], parameters={"type": "object"})
    functions, chat = {bare.function_id: bare}, ScriptedChat({})
    once = PlanSkeleton((make.step("s1", "get_tides"),), {}, {}, 1)
    twice = PlanSkeleton((*once.steps, make.step("s2", "get_tides")), {}, {}, 1)
    assert asyncio.run(plan_values(once, functions, chat, 1, PARAMS, AROUND)) == {}
    problem = asyncio.run(plan_values(twice, functions, chat, 1, PARAMS, AROUND))
    assert problem == "s1 and s2 are the same call"


def test_a_model_that_cannot_be_reached_is_told_to_the_caller(
    skeleton: PlanSkeleton, functions: dict[str, Any]
) -> None:
    with pytest.raises(ChatError):
        asyncio.run(plan_values(skeleton, functions, ScriptedChat({}), 1, PARAMS, AROUND))


def test_a_planner_is_told_of_its_last_reply_alone(skeleton: PlanSkeleton, functions: dict[str, Any]) -> None:
    chat = ScriptedChat({Role("planner"): [values_of(email=4711), "hm", GOOD_VALUES]})
    asyncio.run(plan_values(skeleton, functions, chat, 1, PARAMS, AROUND))
    last = chat.requests[2].messages[0].content or ""
    assert "the reply is no JSON" in last and "4711" not in last
    assert ["4711" in fault for fault in chat.faults] == [True, False, False]
    assert [bool(fault) for fault in chat.faults] == [True, True, False]


def test_a_planner_is_told_what_a_value_is_for_what_holds_by_default_and_what_goes_together(
    make: Any,
) -> None:
    text, day = {"type": "string"}, {"type": "string", "description": "First day."}
    items = {"type": "object", "properties": {"ref": text, "name": text, "due": text}}
    find = make.function(
        "list_bills",
        {"from_day": day, "to_day": text, "limit": {"type": "integer", "default": 20}},
        {"bills": {"type": "array", "items": items}},
        required=("from_day", "to_day"),
    )
    look = make.function("get_bill", {"ref": text})
    named = Choice(ChoiceKind.MATCH, "bills[].name", label="name")
    newest = Choice(ChoiceKind.NEWEST, "bills[].due", label="due date")
    steps = (
        PlanStep("s1", find.function_id, 0, 0, (make.user("from_day", None), make.user("to_day", None))),
        PlanStep("s2", look.function_id, 0, 1, (make.reference("ref", "s1", "bills[].ref", named),)),
        PlanStep("s3", look.function_id, 0, 1, (make.reference("ref", "s1", "bills[].ref", newest),)),
    )
    first, second, _ = argument_fields(find)
    fields = {("s1", "from_day"): first, ("s1", "to_day"): second, ("s2", "ref"): argument_fields(look)[0]}
    values = [("s1", "from_day", "2025-06-01"), ("s1", "to_day", "2025-06-02"), ("s2", "ref", "Berlin")]
    entries = [dict(zip(("step_id", "path", "value"), one, strict=True)) for one in values]
    chat = ScriptedChat({Role("planner"): [json.dumps({"values": entries})]})
    functions = {one.function_id: one for one in (find, look)}
    asyncio.run(plan_values(PlanSkeleton(steps, fields, {}, 1), functions, chat, 1, PARAMS))
    prompt = chat.requests[0].messages[0].content or ""
    assert "where nothing is said, `limit` is 20" in prompt
    assert "`ref` from the result of s1, of the one that is told by its name" in prompt
    assert "`ref` from the result of s1, of the one with the latest due date" in prompt
    assert (
        "- s2 `ref` (not this itself, but the name that one entry of `bills[]` in the result of s1 has"
        in prompt
    )
    assert "s1: `from_day` and `to_day` are two ends" in prompt and '"First day."' in prompt


def test_a_planner_is_told_of_a_value_that_two_calls_share_and_who_speaks(make: Any) -> None:
    look, drop = (make.function(name, {"ref": {"type": "string"}}) for name in ("get_bill", "drop_bill"))
    (field,) = argument_fields(look)
    steps = (
        PlanStep("s1", look.function_id, 0, 0, (make.user("ref", None),)),
        PlanStep("s2", drop.function_id, 0, 1, (make.user("ref", None),)),
    )
    first, second = ("s1", "ref"), ("s2", "ref")
    skeleton = PlanSkeleton(steps, {first: field, second: field}, {second: first}, 1)
    chat = ScriptedChat(
        {Role("planner"): [json.dumps({"values": [{"step_id": "s1", "path": "ref", "value": "B"}]})]}
    )
    around = Circumstances(Persona("Ada Byron", "Surveyor", locale="en_GB"))
    functions = {one.function_id: one for one in (look, drop)}
    asyncio.run(plan_values(skeleton, functions, chat, 1, PARAMS, around))
    prompt = chat.requests[0].messages[0].content or ""
    assert "takes as `ref` the same as s1 as `ref`" in prompt
    assert "- s2 `ref`" not in prompt
    assert "The person: Ada Byron, Surveyor (GB)." in prompt


def test_a_schema_is_shown_with_its_references_followed_and_its_description_cut() -> None:
    root = {"$defs": {"State": {"type": "string", "enum": ["HELD", "SETTLED"]}}}
    state = {"$ref": "#/$defs/State", "description": f"The state. {'Long. ' * FIELD_CHARS}"}
    shown = shown_schema({"type": "array", "items": state}, root)
    assert shown["items"]["enum"] == ["HELD", "SETTLED"]
    assert len(shown["items"]["description"]) <= FIELD_CHARS
