"""Parameters of several places as one object, whatever the order in which members of a body stand."""

import pytest

from toolmind_assets.stages.specs.forms.parameters import ParameterList

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_required_members_of_a_body_are_listed_as_its_schema_lists_them(names: str) -> None:
    taken = ParameterList({}.get)
    taken.add("q", "query", TEXT, is_required=True)
    taken.add_body({"properties": dict.fromkeys(names, TEXT), "required": ["b", "a", "b", "gone"]}, None)
    assert taken.schema() == {
        "type": "object",
        "properties": {"q": TEXT, "a": TEXT, "b": TEXT},
        "required": ["q", "b", "a"],
    }


@pytest.mark.parametrize("names", [("id", "id_body"), ("id_body", "id")])
def test_a_member_whose_own_name_is_free_keeps_it_whatever_stands_before_it(names: tuple[str, str]) -> None:
    members = {"id": NUMBER, "id_body": TEXT}
    taken = ParameterList({}.get)
    taken.add("id", "path", TEXT, is_required=True)
    taken.add_body({"properties": {name: members[name] for name in names}, "required": ["id"]}, None)
    assert taken.properties == {"id": TEXT, "id_body": TEXT, "id_body_body": NUMBER}
    assert taken.required == ["id", "id_body_body"]
    assert [(repair.code, repair.detail) for repair in taken.repairs] == [
        ("name_clash", "body parameter 'id' -> 'id_body_body'")
    ]


def test_a_body_that_may_be_left_out_requires_none_of_its_members() -> None:
    taken = ParameterList({}.get)
    taken.add_body({"properties": {"a": TEXT}, "required": ["a"]}, is_required=False)
    assert taken.schema() == {"type": "object", "properties": {"a": TEXT}}
