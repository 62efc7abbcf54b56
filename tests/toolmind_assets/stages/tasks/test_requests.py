import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.tasks import Members, PlanStep
from toolmind_assets.stages.tasks.requests import grouped, in_requests, iterated


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=8),
    st.integers(1, 8),
    st.integers(1, 8),
    st.integers(0, 10**6),
)
def test_requests_come_in_order_as_many_as_are_wanted_and_can_be(
    sizes: list[int], requests_max: int, requests_min: int, seed: int
) -> None:
    goals = [goal for goal, size in enumerate(sizes) for _ in range(size)]
    steps = [PlanStep(f"s{n}", "fn", 0, 0, ()) for n in range(len(goals))]
    lowest = min(requests_min, requests_max)
    named = {step.step_id: goal for step, goal in zip(steps, goals, strict=True)}
    placed = in_requests(steps, named, random.Random(seed), requests_max, lowest)
    made = [step.request_index for step in placed]
    assert made == sorted(made) and set(made) == set(range(made[-1] + 1))
    assert min(lowest, len(steps)) <= made[-1] + 1 <= requests_max


def test_a_request_is_one_goal_as_long_as_there_are_requests_enough() -> None:
    steps = [PlanStep(f"s{n}", "fn", 0, 0, ()) for n in range(5)]
    goals = dict(zip(("s0", "s1", "s2", "s3", "s4"), (0, 0, 1, 2, 2), strict=True))
    made = [
        [step.request_index for step in in_requests(steps, goals, random.Random(seed), 4)]
        for seed in range(40)
    ]
    assert [0, 0, 1, 2, 2] in made and [0, 0, 0, 1, 1] in made
    assert all(one[0] == one[1] and one[3] == one[4] for one in made)
    assert [step.request_index for step in in_requests(steps, goals, random.Random(1), 9, 4)] == [
        0,
        0,
        1,
        2,
        3,
    ]


def test_reads_go_at_once_and_a_change_waits_for_all_before_it(make: Any) -> None:
    read, change = make.function("look"), make.function("alter", effect=Effect.UPDATE)
    functions = {one.function_id: one for one in (read, change)}
    names = ("look", "look", "alter", "alter", "look")
    ids = {"look": read.function_id, "alter": change.function_id}
    steps = [PlanStep(f"s{n}", ids[name], 0, 0, ()) for n, name in enumerate(names)]
    assert [step.group for step in grouped(steps, functions)] == [0, 0, 1, 1, 2]


def test_only_a_reading_step_that_nothing_reads_goes_through_a_list(make: Any) -> None:
    functions = {function.function_id: function for function in make.functions().values()}
    orders = make.step("s1", "list_orders", make.user("customer_id", None))
    order = make.reference("order_id", "s1", "orders[].order_id", make.dearest)
    look, refund = make.step("s2", "get_order", order), make.step("s3", "refund_payment", order)
    track = make.step("s4", "track_parcel", make.reference("carrier", "s2", "carrier"), order)

    def limits(*steps: PlanStep) -> list[int]:
        made = iterated(steps, functions, random.Random(1), 1.0, 2)
        assert all((step.members_max > 1) is (Members.EACH in {one.members for one in step.references()}) for step in made)  # fmt: skip
        return [step.members_max for step in made]

    assert limits(orders, look) == [1, 2]
    assert limits(orders, refund) == [1, 1]
    assert limits(orders, look, track) == [1, 1, 1]
    assert [step.members_max for step in iterated((orders, look), functions, random.Random(1), 0.0, 2)] == [1, 1]  # fmt: skip
