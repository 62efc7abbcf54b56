"""Values that agree with each other and with their documentation."""

from typing import Any

import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.tasks import Choice, ChoiceKind, PlanStep
from toolmind_assets.stages.tasks.value_checks import are_in_order, ends_in, value_problems

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("low", "high", "is_right"),
    [
        ("2025-06-02", "2025-06-03", True),
        ("2025-06-03", "2025-06-02", False),
        ("2025-06-02", "2025-06-02", True),
        ("2025-06-02T10:00:00Z", "2025-06-02T09:00:00+02:00", False),
        (1, 2.5, True),
        (3, 2, False),
        ("10", "9", False),
        ("Oslo", "Rome", True),
        ("Oslo", "oslo", False),
        (1, "2025-06-02", True),
        (None, None, True),
    ],
)
def test_dates_and_numbers_have_an_order_and_places_are_two(low: Any, high: Any, is_right: bool) -> None:
    assert are_in_order(low, high) is is_right


def test_two_ends_are_told_by_their_names() -> None:
    paths = [
        "end_date",
        "start_date",
        "q.max_price",
        "q.min_price",
        "min_age",
        "from",
        "to",
        "origin",
        "destination",
    ]
    assert list(ends_in(paths)) == [
        ("start_date", "end_date"),
        ("q.min_price", "q.max_price"),
        ("from", "to"),
        ("origin", "destination"),
    ]
    assert list(ends_in(["from_user_id", "to_user_id", "start", "end_date", "start_time", "end_date"])) == []


def problems(make: Any, schemas: dict[str, Any], **values: Any) -> list[str]:
    function = make.function("f", schemas)
    arguments = tuple(make.user(path, value) for path, value in values.items())
    return list(value_problems(PlanStep("s1", function.function_id, 0, 0, arguments), function))


def test_a_range_that_runs_backwards_is_a_problem(make: Any) -> None:
    schemas = {"start": TEXT, "end": TEXT}
    assert problems(make, schemas, start="2025-06-01", end="2025-06-02") == []
    (problem,) = problems(make, schemas, start="2025-06-03", end="2025-06-02")
    assert "start '2025-06-03' does not go with end '2025-06-02'" in problem


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        ("ISO 4217 code of the currency.", "EUR", "euros"),
        ("The three-letter currency code.", "usd", "US"),
        ("Two-letter country code.", "DE", "Germany"),
        ("Day in the form YYYY-MM-DD.", "2025-06-02", "June 2"),
        ("Phone number in E.164.", "+15550100123", "555 0100"),
    ],
)
def test_a_value_is_of_the_form_that_its_documentation_asks_for(
    make: Any, said: str, right: str, wrong: str
) -> None:
    schemas = {"x": {**TEXT, "description": said}}
    assert problems(make, schemas, x=right) == []
    assert "not of the form" in problems(make, schemas, x=wrong)[0]
    for keyword, value in (("enum", [wrong]), ("pattern", ".")):
        assert problems(make, {"x": {**schemas["x"], keyword: value}}, x=wrong) == []


def test_documentation_that_names_several_forms_asks_for_none(make: Any) -> None:
    said = "ISO 3166 country or ISO 4217 currency."
    assert problems(make, {"x": {**TEXT, "description": said}}, x="anything") == []


def test_what_nobody_types_is_a_problem(make: Any) -> None:
    assert problems(make, {"x": TEXT}, x="two\nlines") == []
    assert "nobody types" in problems(make, {"x": TEXT}, x="\x00\x01")[0]


def test_a_thing_is_not_changed_to_what_it_is_called_already(make: Any) -> None:
    function = make.function("update_site", {"id": TEXT, "label": TEXT}, effect=Effect.UPDATE)
    chosen = Choice(ChoiceKind.MATCH, "sites[].label", "Berlin", "label")

    def told(label: str) -> list[str]:
        arguments = (make.reference("id", "s1", "sites[].id", chosen), make.user("label", label))
        return list(value_problems(PlanStep("s2", function.function_id, 0, 0, arguments), function))

    assert told("Bonn") == []
    assert told("berlin ") == ["s2: label 'berlin ' is what it is already"]
