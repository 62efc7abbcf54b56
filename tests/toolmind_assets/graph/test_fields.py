from collections.abc import Callable

import pytest

from toolmind_assets.graph.fields import Carrier, classify, fields_of
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.schemas import schema_fields

Make = Callable[..., FunctionSpec]
STRING = {"type": "string"}


def labels(function: FunctionSpec) -> dict[str, str]:
    fields = fields_of(function, GraphParams())
    return {field.path: field.label for field in (*fields.inputs, *fields.outputs)}


def test_a_bare_name_is_led_by_the_object_above_it(make_function: Make) -> None:
    customer = {"type": "object", "properties": {"id": STRING, "email": STRING}}
    found = labels(make_function("get_order", {}, {"customer": customer}))
    assert found == {"customer.id": "customer id", "customer.email": "email"}


def test_a_bare_name_in_a_mere_container_is_led_by_what_the_function_is_about(make_function: Make) -> None:
    rows = {"type": "array", "items": {"type": "object", "properties": {"id": STRING}}}
    assert labels(make_function("list_orders", {}, {"results": rows})) == {"results[].id": "order id"}


def test_a_name_that_says_what_it_is_stays_as_it_is(make_function: Make) -> None:
    assert labels(make_function("get_order", {"customerId": STRING})) == {"customerId": "customer id"}


def test_a_result_field_that_repeats_a_parameter_is_an_echo(make_function: Make) -> None:
    fields = fields_of(
        make_function("get_order", {"id": STRING}, {"order_id": STRING, "customer_id": STRING}), GraphParams()
    )
    assert {field.path: field.is_echo for field in fields.outputs} == {"order_id": True, "customer_id": False}


def test_required_parameters_come_first_and_the_number_is_bounded(make_function: Make) -> None:
    takes = {"note": STRING, "order_id": STRING, "text": STRING}
    fields = fields_of(make_function("f", takes, required=("text",)), GraphParams(max_inputs=2))
    assert [field.path for field in fields.inputs] == ["text", "order_id"]


def test_a_field_without_a_description_is_described_by_its_label(make_function: Make) -> None:
    (field,) = fields_of(make_function("get_order", {"id": STRING}), GraphParams()).inputs
    assert field.description == "order id"


@pytest.mark.parametrize(
    ("name", "schema", "carrier"),
    [
        ("orderId", STRING, Carrier.IDENTIFIER),
        ("ref", {"type": "string", "format": "uuid"}, Carrier.IDENTIFIER),
        ("city", STRING, Carrier.VALUE),
        ("weight", {"type": "number"}, Carrier.NUMBER),
        ("access_token", STRING, Carrier.CREDENTIAL),
        ("apiKey", STRING, Carrier.CREDENTIAL),
        ("nextPageToken", STRING, Carrier.SETTING),
        ("page_size", {"type": "integer"}, Carrier.SETTING),
        ("before_id", STRING, Carrier.SETTING),
        ("payload", {"type": "object"}, Carrier.OPAQUE),
        ("input", STRING, Carrier.OPAQUE),
        ("description", STRING, Carrier.PROSE),
        ("order_status", STRING, Carrier.STATE),
        ("colour", {"enum": ["red", "green"]}, Carrier.STATE),
        ("created_at", STRING, Carrier.AUDIT),
        ("user_password", STRING, Carrier.SECRET),
        ("verified", {"type": "boolean"}, Carrier.FLAG),
    ],
)
def test_fields_are_sorted_by_what_their_values_are_good_for(
    name: str, schema: dict[str, object], carrier: Carrier
) -> None:
    (field,) = schema_fields({"type": "object", "properties": {name: schema}})
    assert classify(field) is carrier


def test_fields_of_a_filter_are_settings() -> None:
    filters = {"type": "object", "properties": {"name": STRING}}
    (field,) = schema_fields({"type": "object", "properties": {"filters": filters}})
    assert classify(field) is Carrier.SETTING
