"""Plans that grow goal by goal, over small APIs."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from toolmind_assets.model.edges import Edge
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec
from toolmind_assets.stages.tasks.builder import PlanBuilder, Tie
from toolmind_assets.stages.tasks.fans import fan_in, fan_out, for_each
from toolmind_assets.stages.tasks.goals import GoalGrowth
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sampling_context import SamplingContext

TEXT = {"type": "string"}


def many(**fields: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": fields}}


class Api:
    """Functions that are added one by one, with what feeds them: `customer_id<list_customers.customers[].id`."""

    def __init__(self, make: Any, domain: Domain = Domain.COMMERCE) -> None:
        self._make, self._domain = make, domain
        self.functions: dict[str, FunctionSpec] = {}
        self.edges: list[Edge] = []

    def add(self, name: str, *takes: str, gives: Any = None, effect: Effect = Effect.READ) -> "Api":
        paths = [one.split("<")[0] for one in takes]
        made = self._make.function(
            name, dict.fromkeys(paths, TEXT), gives, effect=effect, domain=self._domain
        )
        self.functions[name] = made
        for one in takes:
            path, _, fed_by = one.partition("<")
            source, _, output = fed_by.partition(".")
            if source:
                self.edges.append(self._make.edge(self.functions[source], output, made, path))
        return self

    def grown(self, start: str, wanted: int, seed: int = 1, goals_max: int = 4, **params: Any) -> list[str]:
        growth = self.growth(seed, **params)
        assert growth.open(self.functions[start].function_id)
        growth.grow(wanted, goals_max)
        return self.names(growth)

    def growth(self, seed: int = 1, **params: Any) -> GoalGrowth:
        context, chosen = SamplingContext.of([*self.functions.values()], self.edges), TaskParams(**params)
        rng = random.Random(seed)
        return GoalGrowth(
            context, seed, chosen, rng, PlanBuilder(context.functions, context.graph, rng, chosen)
        )

    def names(self, growth: GoalGrowth) -> list[str]:
        return [growth.context.functions[step.function_id].name for step in growth.steps]

    def ids(self, *names: str) -> Sequence[str]:
        return [self.functions[name].function_id for name in names]


@pytest.fixture
def shop(make: Any) -> Api:
    """Customers and their invoices, and parcels beside them."""
    api = Api(make)
    api.add("list_customers", gives={"customers": many(customer_id=TEXT, name=TEXT)})
    api.add("list_invoices", "customer_id<list_customers.customers[].customer_id",
            gives={"invoices": many(invoice_id=TEXT, title=TEXT, due_date={"type": "string", "format": "date"})})  # fmt: skip
    api.add(
        "remind_about_invoice",
        "invoice_id<list_invoices.invoices[].invoice_id",
        "words",
        effect=Effect.UPDATE,
    )
    api.add("list_parcels", gives={"parcels": many(parcel_id=TEXT, title=TEXT)})
    api.add("track_parcel", "parcel_id<list_parcels.parcels[].parcel_id", gives={"place": TEXT})
    return api


def test_what_a_call_needs_is_found_first(shop: Api) -> None:
    ways = {tuple(shop.grown("remind_about_invoice", 3, seed)) for seed in range(20)}
    assert ("list_customers", "list_invoices", "remind_about_invoice") in ways
    assert all(way[-1] == "remind_about_invoice" or "remind_about_invoice" in way for way in ways)


def test_a_plan_is_as_long_as_makes_sense_and_no_longer(shop: Api) -> None:
    for seed in range(20):
        names = shop.grown("list_customers", 9, seed)
        assert len(names) == len(set(names)) <= 5
        assert len(shop.grown("list_customers", 2, seed)) <= 2


def test_goals_are_in_order_and_one_that_nothing_comes_of_is_not_begun(shop: Api) -> None:
    for seed in range(20):
        growth = shop.growth(seed)
        growth.open(shop.functions["list_customers"].function_id)
        growth.grow(9, 4)
        goals = [growth.goals[step.step_id] for step in growth.steps]
        assert goals == sorted(goals) and set(goals) == set(range(goals[-1] + 1))
        assert shop.names(growth)[-1] != "list_parcels"


def test_what_was_tried_in_vain_changes_nothing(shop: Api) -> None:
    before = [shop.grown("list_customers", 4, seed) for seed in range(10)]
    shop.add("onCustomerMoved", "customer_id<list_customers.customers[].customer_id", effect=Effect.UPDATE)
    assert [shop.grown("list_customers", 4, seed) for seed in range(10)] == before


def test_a_step_is_taken_back_with_its_goal(shop: Api) -> None:
    growth = shop.growth()
    assert growth.open(shop.functions["list_customers"].function_id)
    assert growth.add(shop.functions["list_invoices"].function_id, Tie.RESULT)
    growth.cut(1)
    assert shop.names(growth) == ["list_customers"] and list(growth.goals) == ["s1"]
    assert growth.add(shop.functions["list_invoices"].function_id, Tie.RESULT)


def test_a_plan_goes_on_in_another_namespace_where_it_is_to(make: Any, shop: Api) -> None:
    far = Api(make, Domain.TRAVEL)
    far.functions = dict(shop.functions)
    far.edges = list(shop.edges)
    far.add("find_hotel", "place<track_parcel.place", gives={"hotel": TEXT})
    spans = [
        [
            "find_hotel" in far.grown("track_parcel", 3, seed, cross_namespace_share=share)
            for seed in range(20)
        ]
        for share in (0.0, 1.0)
    ]
    assert sum(spans[1]) == 20 >= sum(spans[0])


def test_the_sources_of_a_fan_in_only_look_something_up(make: Any) -> None:
    api = Api(make)
    api.add("find_room", "word", gives={"room_ref": TEXT}).add(
        "find_guest", "email", gives={"guest_ref": TEXT}
    )
    api.add("create_guest", "email", gives={"guest_ref": TEXT}, effect=Effect.CREATE)
    api.add(
        "book_room",
        "room_ref<find_room.room_ref",
        "guest_ref<find_guest.guest_ref",
        "day",
        effect=Effect.CREATE,
    )
    api.edges.append(
        make.edge(api.functions["create_guest"], "guest_ref", api.functions["book_room"], "guest_ref")
    )
    growth = api.growth()
    assert fan_in(growth, api.ids("book_room"))
    assert set(api.names(growth)[:2]) == {"find_room", "find_guest"} and api.names(growth)[2] == "book_room"
    assert not fan_in(api.growth(), api.ids("find_room"))


def test_one_result_feeds_several_calls_in_a_fan_out(shop: Api) -> None:
    shop.add("rate_parcel", "parcel_id<list_parcels.parcels[].parcel_id", "stars", effect=Effect.UPDATE)
    growth = shop.growth()
    assert fan_out(growth, shop.ids("track_parcel", "list_parcels"))
    assert sorted(shop.names(growth)) == ["list_parcels", "rate_parcel", "track_parcel"]
    assert not fan_out(shop.growth(), shop.ids("track_parcel"))


def test_what_is_done_for_each_member_is_read_by_nobody(shop: Api) -> None:
    shop.add("visit_place", "place<track_parcel.place", gives={"note": TEXT})
    growth = shop.growth()
    assert for_each(growth, shop.ids("list_parcels"))
    growth.grow(6, 4)
    assert shop.names(growth)[:2] == ["list_parcels", "track_parcel"]
    assert "visit_place" not in shop.names(growth)
    assert growth.may_be_iterated(growth.steps[1]) and not growth.may_be_iterated(growth.steps[0])
