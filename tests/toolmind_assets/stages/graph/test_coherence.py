"""Whether two calls belong to one goal, whatever kind of link joins them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.graph import coherence_factors as by
from toolmind_assets.stages.graph.coherence import Coherence

Make = Callable[..., FunctionSpec]
Sense = Callable[..., Any]
STRING = {"type": "string"}
USER = {"/returns/properties/user_id": ("user", "id"), "/parameters/properties/user_id": ("user", "id")}


@pytest.fixture
def weigh(make_function: Make, sense: Sense) -> Callable[..., Any]:
    """Weighs the id of a user that goes from one function to another, by their names and descriptions."""

    def weighed(
        source: str, target: str, said: str = "", effect: Effect = Effect.READ, kind: str = "P-R", **more: Any
    ) -> Any:
        functions = [
            make_function(source, {}, {"user_id": STRING}, identifiers=USER, description=said, **more),
            make_function(target, {"user_id": STRING}, effect=effect, identifiers=USER),
        ]
        return sense(functions, source, "user_id", target, "user_id", kind)

    return weighed


@pytest.mark.parametrize(
    ("name", "said", "factor"),
    [
        ("find_user", "Finds a user", 1),
        ("find_user", "Called by the worker that moves accounts", by.MACHINE),
        ("find_user", "For internal use", by.MACHINE),
        ("onUserCreated", "", by.MACHINE),
        ("ongoing_users", "", 1),
        ("list_webhooks", "The webhooks of a user", 1),
    ],
)
def test_a_call_that_only_a_platform_or_a_worker_makes_is_nobodys_goal(
    weigh: Any, name: str, said: str, factor: float
) -> None:
    assert weigh(name, "get_user", said).caller == factor


def test_what_a_report_merely_mentions_is_hardly_acted_on(weigh: Any) -> None:
    assert weigh("get_call_log", "get_user").purpose == by.ACCOUNT
    assert weigh("get_call", "get_user").purpose == 1
    assert weigh("get_user_log", "get_user").purpose == 1  # which is about just these users


def test_what_is_over_is_revived_or_looked_at_as_such_and_nothing_else(weigh: Any) -> None:
    assert weigh("list_deleted_users", "update_user", effect=Effect.UPDATE).state == by.OVER
    assert weigh("list_deleted_users", "restore_user", effect=Effect.UPDATE).state == 1
    assert weigh("list_deleted_users", "get_deleted_user").state == 1
    assert (
        weigh("delete_users", "update_user", effect=Effect.UPDATE).state == 1
    )  # which deletes, and lists none


def test_calls_that_share_no_word_are_hardly_of_one_goal(weigh: Any) -> None:
    assert weigh("list_members", "pause_invoices").goal == pytest.approx(by.FAR)
    assert weigh("list_user_invoices", "pause_user_invoices").goal == 1


def test_routes_and_descriptions_tell_what_names_do_not(make_function: Make, sense: Sense) -> None:
    def goal(route: str, said: str) -> float:
        functions = [
            make_function("alpha", {}, {"user_id": STRING}, identifiers=USER, route=f"/{route}/all", description=said),
            make_function("beta", {"user_id": STRING}, identifiers=USER, route="/invoices/{user_id}/paid",
                          description="Invoices that a customer has paid"),
        ]  # fmt: skip
        return sense(functions, "alpha", "user_id", "beta", "user_id", "P-R").goal

    assert goal("members", "") == pytest.approx(by.FAR)
    assert goal("invoices", "") > by.FAR
    assert goal("members", "Customers who paid their invoices") > by.FAR


FACTORS = tuple(Coherence.__dataclass_fields__)


@given(st.lists(st.floats(0, 1, width=32), min_size=len(FACTORS), max_size=len(FACTORS)))
def test_coherence_is_no_more_than_its_least_factor(factors: list[float]) -> None:
    import numpy as np

    found = Coherence(*(np.array([factor], dtype=np.float32) for factor in factors))
    assert 0 <= found.value[0] <= min(factors)


@pytest.mark.parametrize("kind", ["P-R", "P-P"])
def test_other_functions_of_other_namespaces_change_nothing(
    make_function: Make, sense: Sense, kind: str
) -> None:
    pair = [
        make_function("find_user", {"user_id": STRING}, {"user_id": STRING}, identifiers=USER),
        make_function("get_user", {"user_id": STRING}, identifiers=USER),
    ]
    others = [
        make_function(f"f{n}", {"user_id": STRING, "id": STRING}, namespace="far", identifiers=USER)
        for n in range(3)
    ]
    ends = ("find_user", "user_id", "get_user", "user_id", kind)
    assert vars(sense(pair, *ends)) == vars(sense([*pair, *others], *ends))
