"""Lists of the embedded service in which a choice means one member."""

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolmind_assets.model.choices import chosen_values
from toolmind_assets.model.paths import values_at
from toolmind_assets.model.schemas import fits
from toolmind_assets.model.tasks import Choice, ChoiceKind
from toolmind_assets.stages.dialogues.contexts import ServedCall, ToolContext
from toolmind_assets.stages.dialogues.later_reads import lacks
from toolmind_assets.stages.dialogues.roles import TOOL_AGENT
from toolmind_assets.stages.dialogues.stand_in_tool import tool
from toolmind_resources.chat.model import ChatRequest

TEXT = {"type": "string"}
STATES = ["open", "late", "paid"]
BILL = {
    "type": "object",
    "properties": {
        "id": {**TEXT, "example": "B-1"},
        "state": {"type": "string", "enum": STATES},
        "due": {"type": "string", "format": "date"},
        "sum": {"type": "number", "examples": [12.5]},
        "payer": {"type": "object", "properties": {"name": TEXT}},
    },
}
CHOICES = (
    Choice(ChoiceKind.MATCH, "pages[].bills[].state", "late", "state"),
    Choice(ChoiceKind.MATCH, "pages[].bills[].payer.name", "Ada Lovelace", "payer name"),
    Choice(ChoiceKind.NEWEST, "pages[].bills[].due", label="due"),
    Choice(ChoiceKind.LOWEST, "pages[].bills[].sum", label="sum"),
    Choice(ChoiceKind.ONLY),
)
PATH = "pages[].bills[].id"


def bills(make: Any, **of_list: Any) -> Any:
    page = {"type": "object", "properties": {"bills": {"type": "array", "items": BILL, **of_list}}}
    return make.function("list_bills", {"state": TEXT}, {"pages": {"type": "array", "items": page}})


def answered(make: Any, call: ServedCall, seed: int) -> Any:
    request = ChatRequest(TOOL_AGENT, (), context=ToolContext((call,), ()))
    return json.loads(tool(request, random.Random(seed), make.no_errors).content or "")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), choice=st.sampled_from(CHOICES))
def test_a_list_of_several_holds_just_one_that_is_meant(make: Any, seed: int, choice: Choice) -> None:
    function = bills(make)
    call = ServedCall(function, {}, (PATH,), (), ((PATH, choice),))
    result = answered(make, call, seed)
    assert fits(function.returns, result) and not lacks(call, result)
    ids = [value for _, value in values_at(result, PATH)]
    assert len(chosen_values(result, PATH, choice)) == 1
    assert len(ids) == 1 if choice.path is None else len(ids) >= 2


@pytest.mark.parametrize("choice", CHOICES[:4])
def test_the_one_that_is_meant_stands_anywhere(make: Any, choice: Choice) -> None:
    call = ServedCall(bills(make), {}, (PATH,), (), ((PATH, choice),))
    places = set()
    for seed in range(30):
        result = answered(make, call, seed)
        (meant,) = chosen_values(result, PATH, choice)
        places.add([value for _, value in values_at(result, PATH)].index(meant))
    assert {0, 1} < places


def test_a_list_that_holds_no_more_than_one_holds_the_one_that_is_meant(make: Any) -> None:
    function = make.function("list_bills", {}, {"bills": {"type": "array", "items": BILL, "maxItems": 1}})
    late = Choice(ChoiceKind.MATCH, "bills[].state", "late", "state")
    call = ServedCall(function, {}, ("bills[].id",), (), (("bills[].id", late),))
    for seed in range(10):
        result = answered(make, call, seed)
        assert [bill["state"] for bill in result["bills"]] == ["late"]
        assert not lacks(call, result)


def test_all_that_is_read_of_one_member_and_around_it_is_there(make: Any) -> None:
    read = (PATH, "pages[].bills[].payer.name", "pages[].bills[].due")
    call = ServedCall(bills(make), {}, read, (), tuple((path, CHOICES[0]) for path in read))
    assert [lacks(call, answered(make, call, seed)) for seed in range(20)] == [""] * 20


def test_a_name_that_the_caller_passed_in_does_not_undo_the_choice(make: Any) -> None:
    call = ServedCall(bills(make), {"state": "open"}, (PATH,), (), ((PATH, CHOICES[0]),))
    assert [lacks(call, answered(make, call, seed)) for seed in range(20)] == [""] * 20


def test_what_a_result_lacks_is_told(make: Any) -> None:
    call = ServedCall(bills(make), {}, (PATH, "count"), (), ((PATH, CHOICES[0]),))
    late = {"id": "a", "state": "late"}
    assert lacks(call, {"count": 2, "pages": [{"bills": [late]}]}) == ""
    assert lacks(call, {"pages": [{"bills": [late]}]}) == "count has 0 values"
    for bills_given, told in (([], f"{PATH} has 0 values"), ([late, {**late, "id": "b"}], "2 values of")):
        assert lacks(call, {"count": 2, "pages": [{"bills": bills_given}]}).startswith(told)
    several = ServedCall(bills(make), {}, (PATH,), (PATH,))
    assert lacks(several, {"pages": [{"bills": [late]}]}) == f"{PATH} has 1 values"
    assert lacks(call, {"error": {"type": "busy", "message": "later"}}) == ""
