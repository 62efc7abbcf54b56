from typing import Any

import pytest

from toolmind_assets.stages.graph.leaves import MAX_DEPTH, MAX_LEAVES, Leaf, leaves_of

STRING = {"type": "string"}
ID = {"type": "object", "properties": {"id": STRING}, "required": ["id"]}


def properties(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def found(schema: dict[str, Any]) -> dict[str, Leaf]:
    return {leaf.path: leaf for leaf in leaves_of(schema, "/returns")}


def test_scalars_come_with_their_names_and_what_holds_them() -> None:
    leaf = found(properties(order=properties(lines={"type": "array", "items": ID})))["order.lines[].id"]
    assert (leaf.name, leaf.owner, leaf.owner_type) == ("id", "lines", "")
    assert leaf.pointer == "/returns/properties/order/properties/lines/items/properties/id"


def test_members_of_a_definition_know_its_name_and_stand_where_it_is_stated() -> None:
    schema = {**properties(buyer={"$ref": "#/$defs/Customer"}), "$defs": {"Customer": ID}}
    leaf = found(schema)["buyer.id"]
    assert leaf.owner_type == "Customer"
    assert leaf.pointer == "/returns/$defs/Customer/properties/id"


def test_a_field_that_refers_to_a_scalar_stands_where_it_is_marked() -> None:
    definitions = {"OrderId": STRING, "OrderIds": {"type": "array", "items": {"$ref": "#/$defs/OrderId"}}}
    schema = {
        **properties(order={"$ref": "#/$defs/OrderId"}, orders={"$ref": "#/$defs/OrderIds"}),
        "$defs": definitions,
    }
    assert {path: leaf.pointer for path, leaf in found(schema).items()} == {
        "order": "/returns/properties/order",
        "orders[]": "/returns/properties/orders",
    }
    assert found(schema)["order"].schema["type"] == "string"


def test_what_stands_beside_a_reference_counts_more_than_what_it_leads_to() -> None:
    definitions = {"Key": {"type": "string", "description": "Any key"}}
    schema = {
        **properties(key={"$ref": "#/$defs/Key", "description": "The key of the order"}),
        "$defs": definitions,
    }
    assert found(schema)["key"].description == "The key of the order"


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_of_a_union_the_first_branch_that_is_no_null_counts(keyword: str) -> None:
    union = {keyword: [{"type": "null"}, ID, STRING], "description": "The buyer"}
    leaf = found(properties(buyer=union))["buyer.id"]
    assert leaf.pointer == f"/returns/properties/buyer/{keyword}/1/properties/id"
    scalar = found(properties(buyer={keyword: [{"type": "null"}, STRING], "description": "The buyer"}))
    assert (scalar["buyer"].pointer, scalar["buyer"].description) == (
        "/returns/properties/buyer",
        "The buyer",
    )


def test_parts_of_an_all_of_are_one_object() -> None:
    schema = {
        **properties(order={"allOf": [{"$ref": "#/$defs/Base"}, properties(note=STRING)]}),
        "$defs": {"Base": ID},
    }
    assert {path: leaf.pointer for path, leaf in found(schema).items()} == {
        "order.id": "/returns/$defs/Base/properties/id",
        "order.note": "/returns/properties/order/allOf/1/properties/note",
    }


def test_a_member_that_two_parts_state_is_one_leaf() -> None:
    schema = {"allOf": [properties(id=STRING), properties(id=STRING, name=STRING)]}
    assert [leaf.path for leaf in leaves_of(schema, "/returns")] == ["id", "name"]


def test_recursion_ends_at_a_stated_depth_and_cycles_of_references_end() -> None:
    node = {"type": "object", "properties": {"id": STRING, "next": {"$ref": "#/$defs/Node"}}}
    leaves = found({**properties(node={"$ref": "#/$defs/Node"}), "$defs": {"Node": node}})
    assert max(path.count(".") for path in leaves) == MAX_DEPTH - 1
    ring = {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}
    assert list(found({**properties(loop={"$ref": "#/$defs/A"}), "$defs": ring})) == ["loop"]


def test_members_of_an_array_of_scalars_take_its_name_place_and_description() -> None:
    array = {"type": "array", "description": "Tags of the order", "items": STRING}
    leaf = found(properties(tags=array))["tags[]"]
    assert (leaf.name, leaf.description) == ("tags", "Tags of the order")
    assert leaf.pointer == "/returns/properties/tags"
    told = {**array, "items": {"type": "string", "description": "One tag"}}
    assert found(properties(tags=told))["tags[]"].description == "One tag"


def test_a_property_that_is_called_items_stands_where_it_is_marked() -> None:
    leaves = found(properties(items={"type": "array", "items": STRING}, **{"0": STRING}))
    assert leaves["items[]"].pointer == "/returns/properties/items"
    assert leaves["0"].pointer == "/returns/properties/0"


def test_odd_keys_are_escaped_in_path_and_pointer() -> None:
    leaf = found(properties(**{"a.b/c~d": STRING}))
    assert {path: one.pointer for path, one in leaf.items()} == {"a\\.b/c~d": "/returns/properties/a.b~1c~0d"}


def test_a_leaf_is_required_where_all_above_it_is() -> None:
    schema = {"type": "object", "properties": {"a": ID, "b": ID}, "required": ["a"]}
    assert {path: leaf.is_required for path, leaf in found(schema).items()} == {"a.id": True, "b.id": False}


def test_a_bare_result_is_a_leaf_where_it_is_a_value() -> None:
    assert [leaf.path for leaf in leaves_of(STRING, "/returns")] == [""]
    assert list(found({"type": "array", "items": STRING})) == ["[]"]
    assert list(found({"type": "array", "items": ID})) == ["[].id"]


@pytest.mark.parametrize(
    "schema", [None, {}, {"type": "object"}, {"type": "array"}, {"type": "array", "items": {}}]
)
def test_a_result_of_which_nothing_is_known_has_no_leaves(schema: dict[str, Any] | None) -> None:
    assert leaves_of(schema, "/returns") == []


def test_objects_without_members_and_schemas_of_no_form_are_leaves() -> None:
    schema = properties(extra={"type": "object"}, free=True, gone={"$ref": "#/$defs/Gone"})
    assert {path: leaf.schema for path, leaf in found(schema).items()} == {
        "extra": {"type": "object"},
        "free": {},
        "gone": {},
    }


def test_the_leaves_of_a_huge_schema_are_bounded_and_the_upper_ones_come_first() -> None:
    wide = properties(**{f"f{n}": properties(**{f"g{m}": STRING for m in range(40)}) for n in range(40)})
    wide["properties"]["last"] = STRING
    leaves = leaves_of(wide, "/returns")
    assert leaves[0].path == "last"
    assert len(leaves) <= MAX_LEAVES


def test_an_object_too_deep_to_be_looked_into_is_an_object() -> None:
    schema = properties(a=STRING)
    for _ in range(MAX_DEPTH + 1):
        schema = properties(a=schema)
    (leaf,) = leaves_of(schema, "/returns")
    assert leaf.schema["type"] == "object"
    part = {"allOf": [properties(a=STRING), properties(b=STRING)]}
    for _ in range(MAX_DEPTH):
        part = properties(a=part)
    assert [leaf.schema["type"] for leaf in leaves_of(part, "/returns")] == ["object"]


def test_what_a_type_inherits_lies_no_deeper_for_it() -> None:
    schema: dict[str, Any] = {"allOf": [{"$ref": "#/$defs/T6"}]}
    types = {
        f"T{n}": {"allOf": [{"$ref": f"#/$defs/T{n - 1}"}, properties(**{f"f{n}": STRING})]}
        for n in range(1, 7)
    }
    schema["$defs"] = {**types, "T0": properties(owner=properties(id=STRING))}
    assert "owner.id" in found(schema)


def test_a_type_that_inherits_from_itself_is_read_once() -> None:
    parts = [{"$ref": "#/$defs/Self"}, properties(id=STRING)]
    schema = {"$ref": "#/$defs/Self", "$defs": {"Self": {"allOf": parts}}}
    assert list(found(schema)) == ["id"]
