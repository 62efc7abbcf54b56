from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import pytest

from toolmind_assets.model.functions import Domain, Effect, FunctionSource, FunctionSpec
from toolmind_assets.stages.graph import factor_tables
from toolmind_assets.stages.graph import factors as rules
from toolmind_assets.stages.graph.field_reader import MAX_CHOICES

Make = Callable[..., FunctionSpec]
Link = Callable[..., Any]
STRING = {"type": "string"}


def between(make: Make, link: Link, given: dict[str, Any], taken: dict[str, Any]) -> Any:
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
        ("date", "date-time", factor_tables.DATE_TO_TIME),
        ("int32", "int64", 1.0),
        ("uri", "url", 1.0),
        ("url", "email", 0.0),
    ],
)
def test_formats_that_exclude_each_other_count_nothing(
    make_function: Make, link: Link, given: str, taken: str, factor: float
) -> None:
    found = between(
        make_function, link, {"type": "string", "format": given}, {"type": "string", "format": taken}
    )
    assert found.factors.format == factor


@pytest.mark.parametrize(
    ("given", "taken", "factor"),
    [("^CH[0-9]", "^WH[0-9]", 0.0), ("^arn:[a-z]", "^arn:aws:", 1.0), ("^CH[0-9]", "[A-Z]", 1.0)],
)
def test_patterns_with_other_beginnings_exclude_each_other(
    make_function: Make, link: Link, given: str, taken: str, factor: float
) -> None:
    found = between(
        make_function, link, {"type": "string", "pattern": given}, {"type": "string", "pattern": taken}
    )
    assert found.factors.format == factor


def test_where_a_thing_is_found_is_not_what_it_is_called(make_function: Make, link: Link) -> None:
    zone = make_function(
        "get_disk", {}, {"zone": {"type": "string", "description": "URL of the zone it is in"}}
    )
    taker = make_function("list_disks", {"zone": {"type": "string", "description": "Name of the zone"}})
    other = make_function("list_disks", {"zone": {"type": "string", "description": "URL of the zone"}})
    told_apart = link(zone, "zone", taker, "zone").factors.order
    assert told_apart == pytest.approx(
        rules.OTHER_KIND_SAID * link(zone, "zone", other, "zone").factors.order
    )


def test_enums_without_a_common_member_count_nothing(make_function: Make, link: Link) -> None:
    found = between(make_function, link, {"enum": ["a", "b"]}, {"enum": ["c"]})
    assert found.factors.choice == 0
    assert between(make_function, link, {"enum": ["a", "b"]}, {"enum": ["a"]}).factors.choice == 0.5
    assert (
        between(make_function, link, STRING, {"enum": ["a"]}).factors.choice == factor_tables.OPEN_TO_CHOICE
    )


CURRENCIES = [f"{a}{b}X" for a in "ABCDEFGHIJKLM" for b in "NOPQRSTUVWXYZ"]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (CURRENCIES, CURRENCIES[::-1]),
        (CURRENCIES[-3:], CURRENCIES),
        ([1, 2, 5], [1.0, 2.0, 5.0]),
        (["a", "b", None], ["a", "b"]),
    ],
    ids=["listed in another order", "a part of a long one", "numbers", "or none"],
)
def test_equal_enums_fit_however_they_are_listed(
    make_function: Make, link: Link, given: list[Any], taken: list[Any]
) -> None:
    assert between(make_function, link, {"enum": given}, {"enum": taken}).factors.choice == 1


def test_enums_of_any_length_are_told_apart_until_they_are_too_long_to_be_compared(
    make_function: Make, link: Link
) -> None:
    others = [f"{name}X" for name in CURRENCIES]
    assert between(make_function, link, {"enum": CURRENCIES}, {"enum": others}).factors.choice == 0
    endless = {"enum": [str(n) for n in range(MAX_CHOICES + 1)]}
    assert between(make_function, link, {"enum": CURRENCIES}, endless).factors.choice == 1


def test_one_member_of_a_list_can_fill_a_single_parameter(shop: dict[str, FunctionSpec], link: Link) -> None:
    found = link(shop["list_orders"], "orders[].id", shop["get_order"], "order_id")
    assert found.factors.type == rules.MEMBER_TO_SINGLE
    assert found.score > 0.8


def test_a_single_value_can_be_put_into_a_list(make_function: Make, link: Link) -> None:
    source = make_function("get_order", {}, {"order_id": STRING})
    target = make_function("ship", {"order_ids": {"type": "array", "items": STRING}})
    found = link(source, "order_id", target, "order_ids[]")
    assert found.factors.type == rules.SINGLE_TO_MEMBER
    many = make_function("list_all", {}, {"orders": {"type": "array", "items": STRING}})
    assert link(many, "orders[]", target, "order_ids[]").factors.type == 1


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


@pytest.mark.parametrize("namespace", ["", "other"])
def test_other_domains_are_further_away(make_function: Make, link: Link, namespace: str) -> None:
    source = make_function("get_user", {}, {"city": STRING}, namespace=namespace)
    near = make_function("get_weather", {"city": STRING})
    far = make_function("get_weather", {"city": STRING}, domain=Domain.WEATHER)
    assert link(source, "city", near, "city").factors.reach == rules.SAME_DOMAIN
    assert link(source, "city", far, "city").factors.reach == rules.ELSEWHERE


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


def marked(where: str, name: str, resource: str, kind: str = "id") -> dict[str, tuple[str, str]]:
    return {f"/{where}/properties/{name}": (resource, kind)}


def test_what_has_no_common_name_stays_in_its_api(make_function: Make, link: Link) -> None:
    source = make_function("give", {}, {"bucket": STRING})
    elsewhere = make_function("take", {"bucket": STRING}, namespace="other")
    assert link(source, "bucket", elsewhere, "bucket").factors.reach == rules.HOMELY
    assert link(source, "bucket", make_function("take", {"bucket": STRING}), "bucket").factors.reach == 1
    unnamed = make_function("take", {"bucket": STRING}, namespace="")
    assert link(source, "bucket", unnamed, "bucket").factors.reach == rules.HOMELY


@pytest.mark.parametrize("domain", [Domain.CLOUD, Domain.SOFTWARE, Domain.DATA])
def test_technical_domains_have_no_common_ground(make_function: Make, link: Link, domain: Domain) -> None:
    source = make_function("give", {}, {"region": STRING}, domain=domain)
    target = make_function("take", {"region": STRING}, namespace="other", domain=domain)
    assert link(source, "region", target, "region").factors.reach == rules.HOMELY


def test_a_parameter_that_takes_any_text_takes_it_from_anywhere(make_function: Make, link: Link) -> None:
    source = make_function("tell", {}, {"joke": STRING})
    target = make_function("translate", {"text": STRING}, namespace="other")
    assert link(source, "joke", target, "text").factors.reach == rules.SAME_DOMAIN
    letter = {"type": "object", "properties": {"text": STRING}}
    owned = make_function("translate", {"letter": letter}, namespace="other")
    assert link(source, "joke", owned, "letter.text").factors.reach == rules.HOMELY


@pytest.mark.parametrize(
    ("kind", "factor"),
    [("id", rules.FOREIGN_IDENTIFIER), ("email", rules.SAME_DOMAIN), ("symbol", rules.SAME_DOMAIN)],
)
def test_identifiers_of_the_world_mean_the_same_everywhere(
    make_function: Make, link: Link, kind: str, factor: float
) -> None:
    source = make_function("give", {}, {"user": STRING}, identifiers=marked("returns", "user", "user", kind))
    target = make_function(
        "take", {"user": STRING}, namespace="other", identifiers=marked("parameters", "user", "user", kind)
    )
    assert link(source, "user", target, "user").factors.reach == factor


def test_identifiers_may_be_of_one_api_where_one_side_states_none(make_function: Make, link: Link) -> None:
    source = make_function("give", {}, {"user_id": STRING}, namespace="")
    near = make_function("take", {"user_id": STRING})
    far = make_function("take", {"user_id": STRING}, domain=Domain.WEATHER)
    assert link(source, "user_id", near, "user_id").factors.reach == rules.IDENTIFIER_SAME_DOMAIN
    assert link(source, "user_id", far, "user_id").factors.reach == rules.IDENTIFIER_ELSEWHERE


def test_the_credential_of_one_api_opens_no_other(make_function: Make, link: Link) -> None:
    source = make_function("login", {}, {"access_token": STRING})
    target = make_function("take", {"access_token": STRING}, namespace="other")
    assert link(source, "access_token", target, "access_token").factors.reach == rules.FOREIGN_IDENTIFIER


def test_credentials_link_results_and_are_no_reason_to_share(make_function: Make, link: Link) -> None:
    login = make_function("login", {"access_token": STRING}, {"access_token": STRING})
    target = make_function("take", {"access_token": STRING})
    ends = (login, "access_token", target, "access_token")
    assert link(*ends).factors.role == 1
    assert link(*ends, kind="P-P").factors.role == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("effect", "required", "factor"),
    [
        (Effect.CREATE, (), rules.ATTRIBUTE),
        (Effect.UPDATE, (), rules.ATTRIBUTE * rules.OTHER_OWNER),
        (Effect.CREATE, ("weight",), rules.NEEDED_ATTRIBUTE),
        (Effect.READ, (), 1),
        (Effect.EXECUTE, (), 1),
    ],
)
def test_the_writer_makes_optional_attributes_up(
    make_function: Make, link: Link, effect: Effect, required: tuple[str, ...], factor: float
) -> None:
    weight = {"weight": {"type": "number"}}
    target = make_function("write_parcel", weight, effect=effect, required=required)
    found = link(make_function("give", {}, weight), "weight", target, "weight")
    assert found.factors.owner == pytest.approx(factor)


def test_an_attribute_is_hardly_copied_from_one_thing_to_another_of_its_kind(
    make_function: Make, link: Link
) -> None:
    person = {"type": "object", "properties": {"lastname": STRING}}
    source = make_function("get_letter", {}, {"customer": person})
    target = make_function("send_letter", {"customer": person}, effect=Effect.CREATE)
    assert link(source, "customer.lastname", target, "customer.lastname").factors.owner == rules.COPY


def test_an_identifier_says_itself_what_it_names(make_function: Make, link: Link) -> None:
    person = {"type": "object", "properties": {"customer_id": STRING}}
    source = make_function("get_invoice", {}, {"author": person})
    target = make_function("update_letter", {"payer": person}, effect=Effect.UPDATE)
    marked_both = link(
        make_function("get_customer", {}, {"customer_id": STRING}), "customer_id", target, "payer.customer_id"
    )
    assert marked_both.factors.owner == 1
    assert link(source, "author.customer_id", target, "payer.customer_id").factors.owner == rules.OTHER_OWNER


def test_the_name_of_the_object_that_is_written_is_its_own(make_function: Make, link: Link) -> None:
    bucket = {"type": "object", "properties": {"name": STRING}, "required": ["name"]}
    names = {"/parameters/properties/bucket/properties/name": ("bucket", "name")}
    source = make_function(
        "give", {}, {"name": STRING}, identifiers=marked("returns", "name", "bucket", "name")
    )

    def into(effect: Effect) -> Any:
        target = make_function("f", {"bucket": bucket}, effect=effect, identifiers=names)
        return link(source, "name", target, "bucket.name").factors.owner

    assert into(Effect.CREATE) == rules.COPY
    assert into(Effect.READ) == 1


@pytest.mark.parametrize("name", ["title", "display_name", "headline"])
def test_what_a_thing_is_called_or_says_is_its_own(make_function: Make, link: Link, name: str) -> None:
    source = make_function("get_film", {}, {name: STRING})
    order = {
        effect: link(source, name, make_function("f", {name: STRING}, effect=effect), name).factors.order
        for effect in (Effect.CREATE, Effect.UPDATE, Effect.READ)
    }
    assert order == {Effect.CREATE: rules.CONTENT, Effect.UPDATE: rules.CONTENT, Effect.READ: 1}


def test_a_new_name_is_nobodys_yet_where_a_new_owner_is_known(make_function: Make, link: Link) -> None:
    source = make_function("get_file", {}, {"label": STRING, "owner_id": STRING})
    target = make_function("change", {"new_label": STRING, "new_owner_id": STRING})
    assert link(source, "label", target, "new_label").factors.order == rules.BEFORE_CREATE
    assert link(source, "owner_id", target, "new_owner_id").factors.order == 1


def test_a_new_name_is_nobodys_yet_even_where_it_is_marked_as_an_identifier(
    make_function: Make, link: Link
) -> None:
    source = make_function(
        "get_file", {}, {"name": STRING}, identifiers=marked("returns", "name", "file", "name")
    )
    target = make_function(
        "rename", {"new_name": STRING}, identifiers=marked("parameters", "new_name", "file", "name")
    )
    assert link(source, "name", target, "new_name").factors.order == rules.BEFORE_CREATE


def test_a_call_that_makes_a_thing_knows_the_identifiers_of_others(make_function: Make, link: Link) -> None:
    gives = {"vpc": STRING, "subnet": STRING}
    both = {"vpc": "vpc", "subnet": "subnet"}

    def marks(where: str) -> dict[str, tuple[str, str]]:
        return {key: value for name in both for key, value in marked(where, name, name).items()}

    source = make_function("describe", {}, gives, identifiers=marks("returns"))
    create = make_function("create_subnet", gives, effect=Effect.CREATE, identifiers=marks("parameters"))
    assert link(source, "vpc", create, "vpc").factors.order == 1
    assert link(source, "subnet", create, "subnet").factors.order == rules.BEFORE_CREATE


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("create_invoice", rules.BEFORE_CREATE),
        ("add_invoice", rules.BEFORE_CREATE),
        ("invoice", rules.BEFORE_CREATE),
        ("send_invoice", 1),
        ("pay_invoice", 1),
        ("add_invoice_to_batch", 1),
    ],
)
def test_who_sends_or_pays_a_thing_has_it_already(
    make_function: Make, link: Link, name: str, factor: float
) -> None:
    source = make_function(
        "list_invoices", {}, {"invoice": STRING}, identifiers=marked("returns", "invoice", "invoice")
    )
    known = marked("parameters", "invoice", "invoice")
    target = make_function(name, {"invoice": STRING}, effect=Effect.CREATE, identifiers=known)
    assert link(source, "invoice", target, "invoice").factors.order == factor


def test_functions_of_two_versions_of_an_api_are_never_joined(make_function: Make, link: Link) -> None:
    def at(function: FunctionSpec, location: str) -> FunctionSpec:
        place = FunctionSource("entry", "c", location, "s", "1", "MIT")
        return replace(function, sources=(place,))

    known = {**marked("returns", "user", "user"), **marked("parameters", "user", "user")}
    give = make_function("list_users", {}, {"user": STRING}, identifiers=known)
    take = make_function("get_user", {"user": STRING}, identifiers=known)
    one, other, apart = "a.v1.json#/0", "a.v2.json#/0", "b.v2.json#/0"
    assert link(at(give, one), "user", at(take, other), "user").score == 0
    assert link(at(give, one), "user", at(take, "a.v1.json#/1"), "user").score > 0
    assert link(at(give, one), "user", at(take, apart), "user").score > 0


def test_what_lies_deep_in_a_result_counts_less(make_function: Make, link: Link) -> None:
    def nested(levels: int) -> dict[str, Any]:
        inner = {"type": "object", "properties": {"city": STRING}}
        return inner if not levels else {"type": "object", "properties": {"part": nested(levels - 1)}}

    target = make_function("take", {"city": STRING})
    demands = []
    for levels in (0, 1, 2):
        path = "top." + "part." * levels + "city"
        source = make_function("give", {}, {"top": nested(levels)})
        demands.append(link(source, path, target, "city").factors.demand)
    mentioned = rules.MENTIONED_VALUE
    assert demands == [1, mentioned, pytest.approx(mentioned * rules.DEEPER, abs=1e-4)]


def test_what_a_function_is_about_counts_wholly_at_the_second_level(make_function: Make, link: Link) -> None:
    cities = {"type": "array", "items": {"type": "object", "properties": {"city": STRING}}}
    target = make_function("take", {"city": STRING})
    about = link(make_function("list_cities", {}, {"found": cities}), "found[].city", target, "city")
    assert about.factors.demand == 1


def test_a_shared_parameter_counts_less_where_either_side_may_leave_it_out(
    make_function: Make, link: Link
) -> None:
    needs, may = make_function("f", {"city": STRING}), make_function("g", {"city": STRING}, required=())
    assert link(needs, "city", may, "city", kind="P-P").factors.demand == rules.OPTIONAL
    assert link(may, "city", needs, "city", kind="P-P").factors.demand == rules.OPTIONAL
    assert link(needs, "city", needs, "city", kind="P-P").factors.demand == 1


def test_a_value_that_outlives_a_deletion_can_still_be_shared(make_function: Make, link: Link) -> None:
    takes = {"order_id": STRING, "city": STRING}
    delete = make_function("delete_order", takes, effect=Effect.DELETE)
    pay = make_function("pay_order", takes)
    forecast = make_function("get_forecast", takes)
    assert link(delete, "city", forecast, "city", kind="P-P").factors.order == 1
    assert link(delete, "order_id", forecast, "order_id", kind="P-P").factors.order == rules.AFTER_DELETE
    assert link(delete, "city", pay, "city", kind="P-P").factors.order == rules.AFTER_DELETE
    assert link(pay, "order_id", delete, "order_id", kind="P-P").factors.order == 1


def test_the_compatibility_is_the_product_of_its_factors(shop: dict[str, FunctionSpec], link: Link) -> None:
    found = link(shop["delete_order"], "order_id", shop["get_order"], "order_id")
    assert found.compatibility == pytest.approx(prod(vars(found.factors).values()), abs=1e-3)
    assert found.score == pytest.approx(found.agreement * found.compatibility, abs=1e-3)


def test_the_name_of_an_operation_names_nothing_else(make_function: Make, link: Link) -> None:
    given = {"name": STRING, "done": {"type": "boolean"}, "response": {"type": "object"}}
    export = make_function(
        "tools.export", {}, given, identifiers={"/returns/properties/name": ("tool", "name")}
    )
    taken = {"/parameters/properties/name": ("tool", "name")}
    patch = make_function("patch_tool", {"name": STRING}, identifiers=taken)
    wait = make_function(
        "operations.wait", {"name": {**STRING, "pattern": "^operations/[^/]+$"}}, identifiers=taken
    )
    assert link(export, "name", patch, "name").factors.type == pytest.approx(rules.TEMPLATE)
    assert link(export, "name", wait, "name").factors.type == 1.0


@pytest.mark.parametrize(
    ("resource", "effect", "factor"),
    [
        ("country", Effect.CREATE, rules.NEEDED_ATTRIBUTE),
        ("country", Effect.READ, 1.0),
        ("branch", Effect.CREATE, 1.0),
    ],
)
def test_what_is_made_needs_a_country_of_its_own(
    make_function: Make, link: Link, resource: str, effect: Effect, factor: float
) -> None:
    name = f"{resource}_code"
    source = make_function(
        "get_order", {}, {name: STRING}, identifiers={f"/returns/properties/{name}": (resource, "code")}
    )
    target = make_function(
        "address",
        {name: STRING},
        effect=effect,
        identifiers={f"/parameters/properties/{name}": (resource, "code")},
    )
    assert link(source, name, target, name).factors.owner == pytest.approx(factor)
