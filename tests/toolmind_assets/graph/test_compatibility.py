from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.graph import compatibility as rules
from toolmind_assets.graph import lookups
from toolmind_assets.graph.lookups import type_factor
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec

Make = Callable[..., FunctionSpec]
Link = Callable[..., Any]
STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        (("string",), ("string",), 1.0),
        (("integer",), ("number",), 1.0),
        (("number",), ("integer",), lookups.NUMBER_TO_INTEGER),
        (("string",), ("integer",), 0.0),
        (("integer",), ("string",), lookups.WRITTEN_NUMBER),
        (("number", "string"), ("string",), lookups.PARTIAL_TYPE),
        (("boolean",), ("string",), 0.0),
        (("object",), ("array",), 0.0),
        (("integer", "string"), ("string",), lookups.PARTIAL_TYPE),
        (("string",), ("integer", "string"), 1.0),
        ((), ("string",), lookups.UNKNOWN_TYPE),
        ((), (), lookups.UNKNOWN_TYPE),
    ],
)
def test_types_that_exclude_each_other_count_nothing_and_unknown_ones_are_no_match(
    source: tuple[str, ...], target: tuple[str, ...], factor: float
) -> None:
    assert type_factor(source, target) == factor


def between(make: Make, link: Link, given: dict[str, object], taken: dict[str, object]) -> Any:
    """A link whose two sides differ in their schemas alone."""
    return link(
        make("get_parcel", {}, {"parcel_id": given}),
        "parcel_id",
        make("ship", {"parcel_id": taken}),
        "parcel_id",
    )


@pytest.mark.parametrize(
    ("given", "taken", "factor"),
    [
        ("uuid", "uuid", 1.0),
        ("uuid", "", 1.0),
        ("uuid", "email", 0.0),
        ("date", "date-time", lookups.DATE_TO_TIME),
        ("int32", "int64", 1.0),
    ],
)
def test_formats_that_exclude_each_other_count_nothing(
    make_function: Make, link: Link, given: str, taken: str, factor: float
) -> None:
    found = between(
        make_function, link, {"type": "string", "format": given}, {"type": "string", "format": taken}
    )
    assert found.factors.format == factor


def test_enums_without_a_common_member_count_nothing(make_function: Make, link: Link) -> None:
    found = between(make_function, link, {"enum": ["a", "b"]}, {"enum": ["c"]})
    assert found.factors.choice == 0
    assert between(make_function, link, {"enum": ["a", "b"]}, {"enum": ["a"]}).factors.choice == 0.5
    assert between(make_function, link, STRING, {"enum": ["a"]}).factors.choice == lookups.OPEN_TO_CHOICE


def test_one_member_of_a_list_can_fill_a_single_parameter(shop: dict[str, FunctionSpec], link: Link) -> None:
    found = link(shop["list_orders"], "orders[].id", shop["get_order"], "order_id")
    assert found.factors.type == rules.MEMBER_TO_SINGLE
    assert found.score > 0.8


def test_free_text_links_less_than_an_identifier(make_function: Make, link: Link) -> None:
    source = make_function("get_ticket", {}, {"ticket_id": STRING, "note": STRING})
    target = make_function("close_ticket", {"ticket_id": STRING, "note": STRING})
    assert link(source, "note", target, "note").score < 0.4
    assert link(source, "ticket_id", target, "ticket_id").score > 0.9


def test_an_identifier_names_nothing_in_another_api_where_a_city_does(
    make_function: Make, link: Link
) -> None:
    source = make_function("get_user", {}, {"user_id": STRING, "city": STRING})
    target = make_function("get_weather", {"user_id": STRING, "city": STRING}, namespace="weather")
    assert link(source, "user_id", target, "user_id").score < 0.4
    assert link(source, "city", target, "city").score > 0.7


def test_other_domains_are_further_away(make_function: Make, link: Link) -> None:
    source = make_function("get_user", {}, {"city": STRING}, namespace="")
    near = make_function("get_weather", {"city": STRING}, namespace="")
    far = make_function("get_weather", {"city": STRING}, namespace="", domain=Domain.WEATHER)
    assert link(source, "city", far, "city").score < link(source, "city", near, "city").score


def test_optional_parameters_and_echoes_count_less(make_function: Make, link: Link) -> None:
    source = make_function("get_order", {"order_id": STRING}, {"order_id": STRING, "customer_id": STRING})
    target = make_function("f", {"order_id": STRING, "customer_id": STRING}, required=("order_id",))
    assert link(source, "order_id", target, "order_id").factors.demand == rules.ECHO
    assert link(source, "customer_id", target, "customer_id").factors.demand == rules.OPTIONAL


def test_nothing_follows_from_a_deletion_and_no_identifier_precedes_its_creation(
    shop: dict[str, FunctionSpec], make_function: Make, link: Link
) -> None:
    create = make_function("create_order", {"order_id": STRING}, effect=Effect.CREATE)
    after = link(shop["delete_order"], "order_id", shop["get_order"], "order_id")
    assert after.factors.order == rules.AFTER_DELETE
    before = link(shop["list_orders"], "orders[].id", create, "order_id")
    assert before.factors.order == rules.BEFORE_CREATE


def test_an_attribute_of_another_owner_counts_less(make_function: Make, link: Link) -> None:
    person = {"type": "object", "properties": {"lastname": STRING}}
    source = make_function("get_invoice", {}, {"author": person, "customer": person})
    target = make_function("write_letter", {"customer": person})
    assert link(source, "author.lastname", target, "customer.lastname").factors.owner == rules.OTHER_OWNER
    assert link(source, "customer.lastname", target, "customer.lastname").factors.owner == 1
