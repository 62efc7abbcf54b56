from typing import Any

import pytest

from toolmind_assets.model.dialogues import CallStatus, ToolCall
from toolmind_assets.model.tasks import Members, PlanArgument, ValueKind
from toolmind_assets.stages.dialogues.contexts import Execution
from toolmind_assets.stages.dialogues.progress import (
    MissingValueError,
    is_done,
    open_calls,
    resolve_arguments,
    step_of,
)

ORDERS = {"orders": [{"order_id": "W-1"}, {"order_id": "W-2"}, {"order_id": "W-1"}, {"order_id": "W-3"}]}


def ran(step_id: str, arguments: dict[str, Any], result: Any = None, status: CallStatus = CallStatus.OK) -> Execution:  # fmt: skip
    return Execution(1, 0, ToolCall("c", "f", arguments), "fn", step_id, status, result or {})


def look(make: Any, members_max: int) -> Any:
    return make.step(
        "s2", "get_order", make.each("order_id", "s1", "orders[].order_id"), members_max=members_max
    )


def test_a_step_for_each_member_is_one_call_for_each_different_value_up_to_its_limit(make: Any) -> None:
    for limit, ids in ((2, ["W-1", "W-2"]), (5, ["W-1", "W-2", "W-3"])):
        assert resolve_arguments(look(make, limit), {"s1": ORDERS}) == [{"order_id": one} for one in ids]


def test_arguments_that_read_one_list_advance_together_and_others_stay(make: Any) -> None:
    step = make.step(
        "s2",
        "track_parcel",
        make.each("order_id", "s1", "orders[].order_id"),
        make.each("carrier", "s1", "orders[].by[].name"),
        make.user("note", "hi"),
        members_max=3,
    )
    orders = [{"order_id": n, "by": [{"name": f"by {n}"}, {"name": "other"}]} for n in "ab"]
    assert resolve_arguments(step, {"s1": {"orders": orders}}) == [
        {"order_id": "a", "carrier": "by a", "note": "hi"},
        {"order_id": "b", "carrier": "by b", "note": "hi"},
    ]


def test_all_members_make_one_array_and_a_choice_makes_one_value(make: Any) -> None:
    every = PlanArgument("ids", ValueKind.REFERENCE, None, "s1", "orders[].order_id", Members.ALL)
    one = make.reference("id", "s1", "orders[].order_id", make.dearest)
    orders = [{"order_id": f"W-{total}", "total": total} for total in (5, 9, 7)]
    (arguments,) = resolve_arguments(make.step("s2", "get_order", every, one), {"s1": {"orders": orders}})
    assert arguments == {"ids": ["W-5", "W-9", "W-7"], "id": "W-9"}


def test_what_a_choice_cannot_tell_is_told_with_what_was_meant(make: Any) -> None:
    step = make.step("s2", "get_order", make.reference("id", "s1", "orders[].order_id", make.dearest))
    orders = [{"order_id": "a", "total": 9}, {"order_id": "b", "total": 9}]
    with pytest.raises(MissingValueError, match="of the one with the highest total, of which there are 2"):
        resolve_arguments(step, {"s1": {"orders": orders}})
    with pytest.raises(MissingValueError, match=r"the highest total$"):
        resolve_arguments(step, {"s1": {"orders": []}})
    unsaid = make.step("s2", "get_order", make.reference("id", "s1", "orders[].order_id"))
    with pytest.raises(MissingValueError, match="order_id, of which there are 3"):
        resolve_arguments(unsaid, {"s1": ORDERS})


@pytest.mark.parametrize("result", [{}, {"orders": []}, {"orders": [{"order_id": None}]}, "text"])
def test_a_result_without_the_value_is_told(make: Any, result: Any) -> None:
    with pytest.raises(MissingValueError):
        resolve_arguments(look(make, 2), {"s1": result})
    assert not is_done(look(make, 2), [ran("s1", {}, result)])


def test_a_step_is_done_once_each_of_its_calls_has_succeeded(make: Any) -> None:
    step, before = look(make, 3), [ran("s1", {}, ORDERS)]
    assert len(open_calls(step, before)) == 3
    before.append(ran("s2", {"order_id": "W-2"}))
    before.append(ran("s2", {"order_id": "W-1"}, status=CallStatus.ERROR))
    assert open_calls(step, before) == [{"order_id": "W-1"}, {"order_id": "W-3"}]
    before += [ran("s2", {"order_id": "W-1"}), ran("s2", {"order_id": "invented"})]
    assert is_done(step, before)


def test_a_call_belongs_to_the_step_for_each_member_until_that_is_done(make: Any) -> None:
    task = make.tasks()["fan_out"]
    step, before = task.plan[-1], [ran("s2", {}, ORDERS)]
    call = ToolCall("c", "get_order", {"order_id": "W-2"})
    assert step_of(call, step.function_id, task, before) == "s3"
    before += [ran("s3", {"order_id": f"W-{n}"}) for n in (1, 2, 3)]
    assert step_of(call, step.function_id, task, before) is None
