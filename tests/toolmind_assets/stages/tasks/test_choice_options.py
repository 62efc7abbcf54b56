"""What a person could say to mean one member of a list."""

from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.tasks import ChoiceKind
from toolmind_assets.stages.tasks.choice_options import ChoiceOption, choice_options, given_names, list_path

TEXT = {"type": "string"}
DAY = {"type": "string", "format": "date"}
NUMBER = {"type": "number"}


def listing(make: Any, called: str = "list_bills", /, **members: Any) -> Any:
    items = {"type": "object", "properties": {"id": TEXT, **members}}
    return make.function(called, {"q": TEXT}, {"bills": {"type": "array", "items": items}})


def options(function: Any, *given: str, path: str = "bills[].id") -> tuple[ChoiceOption, ...]:
    return choice_options(function, path, given_names(given))


def ways(function: Any, *given: str, path: str = "bills[].id") -> set[tuple[str, str | None]]:
    return {(one.choice.kind.value, one.choice.path) for one in options(function, *given, path=path)}


@pytest.mark.parametrize(
    ("field", "schema", "kinds"),
    [
        ("name", TEXT, {"match"}),
        ("billTitle", TEXT, {"match"}),
        ("supplier_name", TEXT, {"match"}),
        ("city", TEXT, {"match"}),
        ("status", {"type": "string", "enum": ["open", "paid"]}, {"match"}),
        ("due_date", DAY, {"newest", "oldest"}),
        ("createdAt", {"type": "integer"}, {"newest", "oldest"}),
        ("start_time", TEXT, {"newest", "oldest"}),
        ("price", NUMBER, {"highest", "lowest"}),
        ("status", {"type": "string", "enum": ["open"]}, set()),
        ("name", {"type": "string", "description": "Resource name: `projects/{project}`."}, set()),
        ("output_name", TEXT, set()),
        ("time_zone", TEXT, set()),
        ("elapsed_time", {"type": "integer"}, set()),
        ("price_id", {"type": "integer"}, set()),
        ("latitude", NUMBER, set()),
        ("other_id", TEXT, set()),
        ("url", TEXT, set()),
        ("name", NUMBER, set()),
    ],
)
def test_a_field_tells_its_thing_by_name_sort_state_moment_or_amount(
    make: Any, field: str, schema: Any, kinds: set[str]
) -> None:
    assert {kind for kind, _ in ways(listing(make, **{field: schema}))} == kinds


def test_a_list_whose_members_hold_nothing_that_can_be_said_has_no_option(make: Any) -> None:
    assert options(listing(make)) == ()
    names = make.function("list_names", {}, {"names": {"type": "array", "items": TEXT}})
    assert options(names, path="names[]") == ()


def test_what_the_call_was_given_tells_no_member(make: Any) -> None:
    function = listing(make, name=TEXT, due_date=DAY)
    assert ways(function, "filter.dueDate", "page") == {("match", "bills[].name")}


def test_what_no_two_share_leaves_one(make: Any) -> None:
    function = listing(make, name=TEXT, email=TEXT, billId=TEXT)
    for given in ("email", "bill_id"):
        assert [one.choice.kind for one in options(function, given)] == [ChoiceKind.ONLY]
    assert ("match", "bills[].name") in ways(function, "id")
    rows = {
        "type": "array",
        "items": {"type": "object", "properties": {"id": TEXT, "serviceId": TEXT, "name": TEXT}},
    }
    for name, kept in (("list_results_by_service", rows), ("list_services", rows)):
        results = replace(make.function(name), returns=kept)
        kinds = {one.choice.kind for one in options(results, "service_id", path="[].id")}
        assert kinds == ({ChoiceKind.ONLY} if name == "list_services" else {ChoiceKind.MATCH})
    items = {"type": "object", "properties": {"id": TEXT, "name": TEXT}}
    one = make.function("get_bill", {}, {"bills": {"type": "array", "items": items, "maxItems": 1}})
    assert [option.choice.kind for option in options(one)] == [ChoiceKind.ONLY]


def test_who_can_say_the_value_itself_need_not_find_it(make: Any) -> None:
    function = listing(make, name=TEXT, email=TEXT)
    assert ways(function, path="bills[].name") == {("match", "bills[].email")}


def test_names_outweigh_dates_however_many_there_are(make: Any) -> None:
    function = listing(make, name=TEXT, **{f"day{n}_date": DAY for n in range(9)})
    by_name = sum(one.weight for one in options(function) if one.choice.kind is ChoiceKind.MATCH)
    assert by_name > sum(one.weight for one in options(function)) / 2


def test_of_objects_inside_only_names_of_what_a_thing_is_known_by_tell_it(make: Any) -> None:
    inner = {"type": "object", "properties": {"name": TEXT, "status": TEXT, "created_at": DAY}}
    function = listing(make, customer=inner, ledger=inner)
    (option,) = options(function)
    assert (option.choice.path, option.choice.label) == ("bills[].customer.name", "customer name")


def test_where_the_wanted_value_stands_in_an_object_its_fields_tell_first(make: Any) -> None:
    job = {"type": "object", "properties": {"id": TEXT, "name": TEXT}}
    function = listing(make, job=job, name=TEXT)
    weights = {one.choice.path: one.weight for one in options(function, path="bills[].job.id")}
    assert weights["bills[].job.name"] > weights["bills[].name"] > 0


def test_lists_inside_of_lists_are_told_by_the_innermost_members(make: Any) -> None:
    room = {"type": "object", "properties": {"id": TEXT, "name": TEXT}}
    site = {
        "type": "object",
        "properties": {
            "id": TEXT,
            "city": TEXT,
            "rooms": {"type": "array", "items": {"$ref": "#/$defs/room"}},
        },
    }
    function = make.function("list_sites", {}, {"sites": {"type": "array", "items": site}})
    function.returns["$defs"] = {"room": room}
    assert list_path("sites[].rooms[].id") == "sites[].rooms[]"
    assert ways(function, path="sites[].rooms[].id") == {("match", "sites[].rooms[].name")}
    assert ways(function, path="sites[].id") == {("match", "sites[].city")}


def test_a_union_is_told_by_what_all_its_branches_have(make: Any) -> None:
    cat = {"type": "object", "properties": {"id": TEXT, "name": TEXT, "color": TEXT}}
    dog = {"type": "object", "properties": {"id": TEXT, "name": TEXT, "breed": TEXT}}
    function = make.function("list_pets", {}, {"pets": {"type": "array", "items": {"oneOf": [cat, dog]}}})
    assert ways(function, path="pets[].id") == {("match", "pets[].name")}
    assert ways(function, path="pets[].breed") == set()


def test_a_person_is_not_told_by_a_form_of_address(make: Any) -> None:
    function = listing(make, "list_employees", title=TEXT, first_name=TEXT)
    assert ways(function) == {("match", "bills[].first_name")}
