from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.graph.field import FunctionField
from toolmind_assets.stages.graph.field_reader import fields_of
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.value_classes import ValueClass
from toolmind_assets.stages.graph.value_roles import ValueRole

Make = Callable[..., FunctionSpec]
STRING = {"type": "string"}
ID_OBJECT = {"type": "object", "properties": {"userId": STRING}}
PARAMETER, RESULT = "/parameters/properties", "/returns/properties"


def inputs(function: FunctionSpec, params: GraphParams | None = None) -> dict[str, FunctionField]:
    return {field.path: field for field in fields_of(function, params or GraphParams()).inputs}


def outputs(function: FunctionSpec) -> dict[str, FunctionField]:
    return {field.path: field for field in fields_of(function, GraphParams()).outputs}


def labels(function: FunctionSpec) -> dict[str, str]:
    return {path: field.label for path, field in (inputs(function) | outputs(function)).items()}


def test_a_bare_name_is_led_by_the_object_above_it(make_function: Make) -> None:
    customer = {"type": "object", "properties": {"id": STRING, "email": STRING}}
    found = labels(make_function("get_order", {}, {"customer": customer}))
    assert found == {"customer.id": "customer id", "customer.email": "email"}


def test_a_bare_name_in_a_mere_container_is_led_by_what_the_function_is_about(make_function: Make) -> None:
    rows = {"type": "array", "items": {"type": "object", "properties": {"id": STRING}}}
    assert labels(make_function("list_orders", {}, {"results": rows})) == {"results[].id": "order id"}


def test_a_bare_name_in_a_mere_container_is_led_by_its_type_where_that_says_more(make_function: Make) -> None:
    rows = {"type": "array", "items": {"$ref": "#/$defs/ParcelSummary"}}
    parcel = {"ParcelSummary": {"type": "object", "properties": {"id": STRING}}}
    function = make_function("search", {}, {"results": rows}, definitions=parcel)
    assert labels(function) == {"results[].id": "parcel id"}
    assert outputs(function)["results[].id"].has_owner


def test_a_name_that_says_what_it_is_stays_as_it_is(make_function: Make) -> None:
    assert labels(make_function("get_order", {"customerId": STRING})) == {"customerId": "customer id"}


@pytest.mark.parametrize(
    ("name", "label"),
    [("city_b", "city"), ("cityB", "city"), ("zip2", "zip"), ("stock_list", "stock"), ("list", "list")],
)
def test_ordinals_and_words_for_many_are_no_part_of_a_label(
    make_function: Make, name: str, label: str
) -> None:
    assert labels(make_function("compare", {name: STRING})) == {name: label}


def test_a_bare_resource_is_that_of_its_function(make_function: Make) -> None:
    assert labels(make_function("get_license", {"resource": STRING})) == {"resource": "license resource"}


def test_numbered_operands_have_one_label(make_function: Make) -> None:
    found = labels(make_function("add", {"num1": STRING, "num2": STRING}))
    assert len(set(found.values())) == 1


def test_marks_of_identifiers_say_resource_and_identifier(make_function: Make) -> None:
    function = make_function(
        "create_subnet",
        {"Vpc": STRING, "GroupIds": {"type": "array", "items": STRING}, "note": STRING},
        identifiers={
            f"{PARAMETER}/Vpc": ("vpc summary", "id"),
            f"{PARAMETER}/GroupIds": ("security group", "id"),
        },
    )
    found = inputs(function)
    assert (found["Vpc"].resource, found["Vpc"].identifier, found["Vpc"].label) == ("vpc", "id", "vpc id")
    members = found["GroupIds[]"]
    assert (members.resource, members.identifier, members.role) == (
        "security group",
        "id",
        ValueRole.IDENTIFIER,
    )
    assert (found["note"].resource, found["note"].identifier) == ("", "")


@pytest.mark.parametrize(
    ("resource", "description", "found"),
    [
        ("alias configuration", "The name of the alias.", "alias"),
        ("bot alias metadata", "The name of the bot alias.", "bot alias"),
        ("alias configuration", "The name of the configuration.", "alias configuration"),
        ("alias configuration", "", "alias configuration"),
        ("order line", "The name of the line.", "order line"),
    ],
)
def test_a_description_says_which_words_of_a_resource_are_only_its_form(
    make_function: Make, resource: str, description: str, found: str
) -> None:
    marked = {f"{RESULT}/name": (resource, "name")}
    given = {"name": {"type": "string", "description": description}}
    (field,) = outputs(make_function("get_alias", {}, given, identifiers=marked)).values()
    assert field.resource == found


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/$defs/VpcId"},
        {"anyOf": [{"type": "null"}, STRING]},
        {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#/$defs/VpcId"}}]},
        {"$ref": "#/$defs/VpcIds"},
    ],
    ids=["reference", "nullable", "nullable list", "reference to a list"],
)
def test_marks_are_found_behind_references_and_unions(make_function: Make, schema: dict[str, Any]) -> None:
    definitions = {"VpcId": STRING, "VpcIds": {"type": "array", "items": STRING}}
    marked = {f"{PARAMETER}/vpc": ("vpc", "id")}
    function = make_function("get_vpc", {"vpc": schema}, identifiers=marked, definitions=definitions)
    (field,) = inputs(function).values()
    assert (field.resource, field.identifier) == ("vpc", "id")


@pytest.mark.parametrize("kind", ["pagination", "auth", "transport", "idempotency"])
def test_fields_that_serve_paging_callers_or_the_transport_are_left_out(
    make_function: Make, kind: str
) -> None:
    marks = tuple({"path": f"{side}/cursor", "kind": kind} for side in (PARAMETER, RESULT))
    gives = {"cursor": STRING, "total": STRING}
    function = make_function("list_orders", {"cursor": STRING, "city": STRING}, gives, marks=marks)
    assert (list(inputs(function)), list(outputs(function))) == (["city"], ["total"])


def test_fields_with_other_marks_stay(make_function: Make) -> None:
    marks = ({"path": f"{PARAMETER}/weight", "kind": "unit", "value": "gram"},)
    assert list(inputs(make_function("send", {"weight": STRING}, marks=marks))) == ["weight"]


def test_a_result_field_that_repeats_a_parameter_is_an_echo(make_function: Make) -> None:
    function = make_function("get_order", {"id": STRING}, {"order_id": STRING, "customer_id": STRING})
    echoes = {path: field.is_echo for path, field in outputs(function).items()}
    assert echoes == {"order_id": True, "customer_id": False}


def test_a_result_field_that_repeats_a_parameter_which_is_left_out_is_an_echo_too(
    make_function: Make,
) -> None:
    marks = ({"path": f"{PARAMETER}/account", "kind": "auth"},)
    function = make_function("get_order", {"account": STRING}, {"account": STRING}, marks=marks)
    assert inputs(function) == {}
    assert outputs(function)["account"].is_echo


def test_a_filter_of_a_call_that_reads_is_no_echo(make_function: Make) -> None:
    rows = {"subnets": {"type": "array", "items": {"type": "object", "properties": {"subnetId": STRING}}}}
    takes = {"subnetId": STRING}
    assert not outputs(make_function("list_subnets", takes, rows, required=()))["subnets[].subnetId"].is_echo
    assert outputs(make_function("list_subnets", takes, rows))["subnets[].subnetId"].is_echo


def test_the_id_of_what_is_made_is_no_echo_where_the_caller_may_leave_it_out(make_function: Make) -> None:
    fields = {"order_id": STRING, "note": STRING}
    marked = {f"{where}/order_id": ("order", "id") for where in (PARAMETER, RESULT)}
    made = {"effect": Effect.CREATE, "identifiers": marked}
    free = outputs(make_function("create_order", fields, fields, required=(), **made))
    assert (free["order_id"].is_echo, free["note"].is_echo) == (False, True)
    assert outputs(make_function("create_order", fields, fields, **made))["order_id"].is_echo
    assert outputs(make_function("create_export", fields, fields, required=(), **made))["order_id"].is_echo


@pytest.mark.parametrize(
    ("path", "is_report"),
    [("invalidIds", True), ("notFound", True), ("errors", True), ("openIds", False), ("found", False)],
)
def test_a_list_of_what_does_not_exist_is_a_report(make_function: Make, path: str, is_report: bool) -> None:
    function = make_function("check", {}, {path: {"type": "array", "items": ID_OBJECT}})
    assert outputs(function)[f"{path}[].userId"].is_report is is_report


def test_a_bare_id_stays_its_owners_where_what_it_is_said_to_identify_stands_beside_it(
    make_function: Make,
) -> None:
    ident = {"type": "string", "description": "GUID used to identify the account."}
    marked = {f"{RESULT}/feed/properties/id": ("feed", "id")}
    alone = {"feed": {"type": "object", "properties": {"id": ident}}}
    beside = {"feed": {"type": "object", "properties": {"id": ident, "accountId": STRING}}}
    assert labels(make_function("get", {}, alone, identifiers=marked))["feed.id"] == "account id"
    assert labels(make_function("get", {}, beside, identifiers=marked))["feed.id"] == "feed id"


def test_the_type_that_all_of_an_api_build_upon_gives_its_id_to_them(make_function: Make) -> None:
    parts = [{"$ref": "#/$defs/AcmeResource"}, {"type": "object", "properties": {"title": STRING}}]
    types = {
        "AcmeResource": {"type": "object", "properties": {"id": STRING}},
        "Ticket": {"allOf": parts},
    }
    marked = {"/returns/$defs/AcmeResource/properties/id": ("acme resource", "id")}
    given = {"data": {"$ref": "#/$defs/Ticket"}}
    function = make_function("show", {}, given, definitions=types, identifiers=marked)
    assert outputs(function)["data.id"].label == "ticket id"


def test_what_functions_and_descriptions_say_of_a_subtype_counts_for_its_identifier(
    make_function: Make,
) -> None:
    marked = {f"{RESULT}/id": ("message", "id")}
    inbound = outputs(make_function("list_inbound_messages", {}, {"id": STRING}, identifiers=marked))["id"]
    said = {"type": "string", "description": "The id of the outbound message."}
    taken = {f"{PARAMETER}/id": ("message", "id")}
    outbound = inputs(make_function("get_clicks", {"id": said}, identifiers=taken))["id"]
    assert inbound.one_side & outbound.other_side
    assert not inbound.other_side


def test_a_name_is_new_where_the_thing_is_told_by_a_parameter_called_like_it(make_function: Make) -> None:
    marked = {f"{PARAMETER}/name": ("team", "name")}
    renamed = make_function("update_team", {"team": STRING, "name": STRING}, identifiers=marked)
    assert inputs(renamed)["name"].has_stronger
    assert not inputs(make_function("update_team", {"name": STRING}, identifiers=marked))["name"].has_stronger


def test_required_parameters_come_first_and_the_number_is_bounded(make_function: Make) -> None:
    takes = {"note": STRING, "order_id": STRING, "text": STRING}
    function = make_function("f", takes, required=("text",))
    assert list(inputs(function, GraphParams(max_inputs=2))) == ["text", "order_id"]
    assert len(inputs(function, GraphParams(max_inputs=3))) == 3


def test_a_field_without_a_description_is_described_by_its_label(make_function: Make) -> None:
    field = inputs(make_function("get_order", {"id": STRING}))["id"]
    assert (field.description, field.is_described) == ("order id", False)


def test_long_descriptions_are_cut_and_their_blanks_folded(make_function: Make) -> None:
    text = {"type": "string", "description": "The \n city  " + "x" * 1000}
    description = inputs(make_function("f", {"city": text}))["city"].description
    assert description.startswith("The city x")
    assert len(description) == 240


def test_credentials_belong_to_nothing_that_a_function_is_about(make_function: Make) -> None:
    account = {"type": "object", "properties": {"token": STRING}}
    field = outputs(make_function("get_order", {}, {"account": account}))["account.token"]
    assert (field.role, field.owner, field.has_owner, field.label) == (
        ValueRole.CREDENTIAL,
        (),
        False,
        "token",
    )


def test_classes_come_from_the_name_or_else_from_the_description(make_function: Make) -> None:
    told = {"type": "string", "description": "The city that it goes to"}
    found = inputs(make_function("f", {"price": STRING, "goal": told, "thing": STRING}))
    assert {path: (field.value_class, field.is_classed_by_name) for path, field in found.items()} == {
        "price": (ValueClass.MONEY, True),
        "goal": (ValueClass.PLACE, False),
        "thing": (ValueClass.NOTHING, False),
    }


def test_a_function_without_parameters_and_result_has_no_fields(make_function: Make) -> None:
    assert (inputs(make_function("ping")), outputs(make_function("ping"))) == ({}, {})


def entity_types(base: str) -> dict[str, Any]:
    """An event that takes in what a base type states."""
    parts = [{"$ref": f"#/$defs/{base}"}, {"type": "object", "properties": {"subject": STRING}}]
    return {base: {"type": "object", "properties": {"id": STRING}}, "acme.graph.event": {"allOf": parts}}


@pytest.mark.parametrize(
    ("base", "label"), [("acme.graph.entity", "event id"), ("acme.graph.person", "person id")]
)
def test_what_a_mere_entity_gives_to_others_is_theirs(make_function: Make, base: str, label: str) -> None:
    rows = {"type": "array", "items": {"$ref": "#/$defs/acme.graph.event"}}
    marked = {
        f"/returns/$defs/{base}/properties/id": (base.rpartition(".")[2].replace("entity", "graph"), "id")
    }
    function = make_function("list", {}, {"value": rows}, definitions=entity_types(base), identifiers=marked)
    assert outputs(function)["value[].id"].label == label


def test_a_uid_beside_an_id_is_another_identifier(make_function: Make) -> None:
    marked = {f"{RESULT}/uid": ("event", "id")}
    beside = make_function("get_event", {}, {"id": STRING, "uid": STRING}, identifiers=marked)
    alone = make_function("get_event", {}, {"uid": STRING}, identifiers=marked)
    assert (outputs(beside)["uid"].label, outputs(beside)["uid"].identifier) == ("event uid", "uid")
    assert (outputs(alone)["uid"].label, outputs(alone)["uid"].identifier) == ("event id", "id")


def test_a_resource_is_spelled_as_the_function_about_it_spells_it(make_function: Make) -> None:
    marked = {f"{PARAMETER}/name": ("mxedge", "name")}
    assert (
        inputs(make_function("create_mx_edge", {"name": STRING}, identifiers=marked))["name"].resource
        == "mx edge"
    )
    assert (
        inputs(make_function("create_site", {"name": STRING}, identifiers=marked))["name"].resource
        == "mxedge"
    )


def test_only_the_bare_name_lies_in_the_collections_of_its_method(make_function: Make) -> None:
    given = {"name": STRING, "topicName": STRING}
    marked = {f"{RESULT}/{name}": ("topic", "name") for name in given}
    found = outputs(make_function("pubsub.projects.topics.get", {}, given, identifiers=marked))
    assert found["name"].template == ("projects", "topics")
    assert found["topicName"].template == ()


def test_the_name_of_an_operation_is_no_name_of_what_its_method_is_about(make_function: Make) -> None:
    given = {"name": STRING, "done": {"type": "boolean"}, "error": {"type": "object"}}
    marked = {f"{RESULT}/name": ("tool", "name")}
    found = outputs(make_function("agents.tools.export", {}, given, identifiers=marked))
    assert found["name"].template == ("operations",)


def test_the_id_of_a_route_response_is_that_of_a_route_unless_its_name_says_otherwise(
    make_function: Make,
) -> None:
    given = {"id": STRING, "routeResponseId": STRING}
    marked = {f"{RESULT}/{name}": ("route response", "id") for name in given}
    found = outputs(make_function("read", {}, given, identifiers=marked))
    assert (found["id"].resource, found["routeResponseId"].resource) == ("route", "route response")
