"""What a description states becomes keywords; what it does not quite state does not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.stages.specs.prose import recover

TEXT: dict[str, Any] = {"type": "string"}
INTEGER: dict[str, Any] = {"type": "integer"}
NUMBER: dict[str, Any] = {"type": "number"}


@pytest.mark.parametrize(
    ("description", "values"),
    [
        ("The unit: one of 'celsius', 'fahrenheit' or 'kelvin'.", ["celsius", "fahrenheit", "kelvin"]),
        ("Possible values: asc, desc", ["asc", "desc"]),
        ("Allowed values are `a` (first), `b` (second).", ["a", "b"]),
        ("Must be either ASC or DESC.", ["ASC", "DESC"]),
        ("Sort order, can be 'up' or 'down'.", ["up", "down"]),
        ("Possible values:\n- `one`: the first\n- `two`: the second", ["one", "two"]),
        ("Valid values: **private**, **public**", ["private", "public"]),
        ('One of `"x"`, `"y"`', ["x", "y"]),
        ("Valid options are “mi” (miles) and “km” (kilometers). The default is km.", ["mi", "km"]),
    ],
)
def test_values_that_are_all_listed_are_an_enum(description: str, values: list[str]) -> None:
    assert recover("field", TEXT, description).keywords["enum"] == values


@pytest.mark.parametrize(
    "description",
    [
        "For example 'a', 'b' or 'c'.",
        "One of 'a', 'b', etc.",
        "Possible values include 'a' and 'b'.",
        "If kind is set, must be one of 'a' or 'b'.",
        "One of `user_id` or `email` is required.",
        "A comma separated list. Possible values: a, b.",
        "Must be either a string or a number.",
        "For orders one of 'a', 'b'. For items one of 'c', 'd'.",
        "Possible values: <name>, <id>",
        "The operator must be `=` or `!=`.",
    ],
)
def test_what_only_looks_like_a_closed_list_is_no_enum(description: str) -> None:
    assert "enum" not in recover("field", TEXT, description).keywords


def test_values_of_a_number_are_numbers() -> None:
    assert recover("level", INTEGER, "Valid values are 0, 1, and 3.").keywords["enum"] == [0, 1, 3]
    assert recover("n", INTEGER, "Possible values: 0 - off, 1 - on.").keywords["enum"] == [0, 1]
    assert "enum" not in recover("n", INTEGER, "The maximum value is 1,000.").keywords
    assert "enum" not in recover("n", INTEGER, "Possible values: a, b.").keywords


@pytest.mark.parametrize(
    ("schema", "description", "value"),
    [
        (INTEGER, "Page size. Defaults to 10.", 10),
        (INTEGER, "Page size (default: 1,000)", 1000),
        (NUMBER, "The rate. Default is 0.5.", 0.5),
        ({"type": "boolean"}, "Whether to sort. default: true", True),
        (TEXT, "The unit. Default is 'metric'.", "metric"),
        (TEXT, "The mode (default = FAST)", "FAST"),
        (INTEGER, "Timeout in seconds. Defaults to 30 seconds.", 30),
    ],
)
def test_a_default_that_is_named_is_a_default(schema: dict[str, Any], description: str, value: Any) -> None:
    assert recover("field", schema, description).keywords["default"] == value


@pytest.mark.parametrize(
    ("schema", "description"),
    [
        (INTEGER, "Defaults to 10 if the user is new."),
        (INTEGER, "Timeout in seconds. Defaults to 5 minutes."),
        (INTEGER, "Defaults to 5 million."),
        (INTEGER, "Defaults to 1, or 2 for guests. Defaults to 3."),
        (INTEGER, "Defaults to 0 characters for static data."),
        (TEXT, "Defaults to the current user."),
        (TEXT, "Defaults to now."),
        ({"type": "boolean"}, "Default behaviour is to sort."),
    ],
)
def test_a_default_that_depends_or_is_paraphrased_is_none(schema: dict[str, Any], description: str) -> None:
    assert "default" not in recover("field", schema, description).keywords


@pytest.mark.parametrize(
    ("schema", "description", "bounds"),
    [
        (INTEGER, "Must be between 1 and 100.", {"minimum": 1, "maximum": 100}),
        (INTEGER, "Results per page (max 50)", {"maximum": 50}),
        (INTEGER, "Quality (0-100)", {"minimum": 0, "maximum": 100}),
        (NUMBER, "Confidence. Range [0, 1].", {"minimum": 0, "maximum": 1}),
        (INTEGER, "Must be positive.", {"minimum": 1}),
        (NUMBER, "Must be a positive number.", {"exclusiveMinimum": 0}),
        (NUMBER, "Must be a non-negative number.", {"minimum": 0}),
        (INTEGER, "Must be >= 4 and <= 16.", {"minimum": 4, "maximum": 16}),
        (TEXT, "A name of at most 64 characters.", {"maxLength": 64}),
        (TEXT, "Must be between 3 and 63 characters.", {"minLength": 3, "maxLength": 63}),
        (TEXT, "The label. Max length: 255.", {"maxLength": 255}),
    ],
)
def test_bounds_that_are_stated_are_bounds(
    schema: dict[str, Any], description: str, bounds: dict[str, Any]
) -> None:
    assert recover("field", schema, description).keywords == bounds


@pytest.mark.parametrize(
    ("schema", "description"),
    [
        (INTEGER, "Must be between 15 and 60, or -1 for no limit."),
        (INTEGER, "Day of month. Must be from 1 to 31, or 0 to leave it open."),
        (INTEGER, "Should normally be from 0 to 59."),
        (INTEGER, "The size. If large, must be between 1 and 100."),
        (INTEGER, "Between 1 and 24 hours before the start."),
        (INTEGER, "Flights from 2010 to 2020."),
        (TEXT, "Format: {id} must be 1-63 characters."),
        (TEXT, "Each tag has at most 20 characters."),
    ],
)
def test_bounds_of_something_else_or_with_exceptions_are_none(
    schema: dict[str, Any], description: str
) -> None:
    found = recover("field", schema, description).keywords
    assert not found.keys() & {"minimum", "maximum", "minLength", "maxLength", "exclusiveMinimum"}


@pytest.mark.parametrize(
    ("name", "description", "keywords"),
    [
        ("day", "The date in YYYY-MM-DD format.", {"format": "date"}),
        ("created", "Timestamp in ISO 8601 format.", {"format": "date-time"}),
        ("day", "The date (MM/DD/YYYY).", {"pattern": r"^\d{2}/\d{2}/\d{4}$"}),
        ("at", "Start in HH:MM format.", {"pattern": r"^\d{2}:\d{2}$"}),
        ("email", "The user's email address.", {"format": "email"}),
        ("callbackUrl", "The URL that is called.", {"format": "uri"}),
        ("id", "UUID of the report", {"format": "uuid"}),
        ("ip", "The IPv4 address of the host.", {"format": "ipv4"}),
        ("day", "Either YYYY-MM-DD or MM/DD/YYYY.", {}),
        ("date_format", "The format, as YYYY-MM-DD.", {}),
        ("url", "URL or path of the file.", {}),
        ("communication", "How to communicate.", {}),
    ],
)
def test_formats_and_masks(name: str, description: str, keywords: dict[str, Any]) -> None:
    assert recover(name, TEXT, description).keywords == keywords


@pytest.mark.parametrize(
    ("description", "unit"),
    [
        ("The timeout in seconds.", "second"),
        ("Duration (ms)", "millisecond"),
        ("Amount in USD.", "USD"),
        ("Size of the file, in bytes", "byte"),
        ("The number of days to keep.", "day"),
        ("Speed in m/s.", "meter per second"),
        ("The percentage of users.", "percent"),
        ("The year(s) of study", ""),
        ("The time in seconds or minutes.", ""),
        ("Events in second half", ""),
    ],
)
def test_units_of_numbers(description: str, unit: str) -> None:
    assert recover("field", NUMBER, description).unit == unit


@pytest.mark.parametrize(
    ("schema", "description", "examples"),
    [
        (TEXT, "The city, e.g. 'Paris'", ["Paris"]),
        (TEXT, "The city and state, for example San Francisco, CA", ["San Francisco, CA"]),
        (INTEGER, "The minor version. Example: 42", [42]),
        (TEXT, "The kind (e.g. `a`, `b`)", ["a", "b"]),
        (TEXT, "A path, e.g. `projects/{id}`", None),
        (TEXT, "Filters, e.g. by name.", None),
    ],
)
def test_examples(schema: dict[str, Any], description: str, examples: list[Any] | None) -> None:
    assert recover("field", schema, description).keywords.get("examples") == examples


@pytest.mark.parametrize(
    ("description", "requiredness"),
    [
        ("Required. The name.", True),
        ("The name (optional).", False),
        ("[Optional] New title.", False),
        ("Required if the kind is set.", None),
        ("Whether approval is required.", None),
        ("(required) and (optional)", None),
    ],
)
def test_requiredness(description: str, requiredness: bool | None) -> None:
    assert recover("field", TEXT, description).requiredness is requiredness


def test_what_the_schema_says_is_not_said_again() -> None:
    description = "One of 'a', 'b'. Defaults to 'a'."
    assert recover("f", {"type": "string", "enum": ["a"]}, description).keywords == {"default": "a"}
    assert recover("f", {"type": "integer", "minimum": 0}, "Between 0 and 9.").keywords == {}


def test_what_the_schema_speaks_against_is_not_recovered() -> None:
    assert recover("f", {**TEXT, "default": "c"}, "One of 'a', 'b'.").keywords == {}
    assert recover("f", {**INTEGER, "default": 500}, "Must be between 1 and 100.").keywords == {}
    assert recover("f", {**TEXT, "enum": ["x"]}, "Default is 'y'.").keywords == {}


def test_without_one_type_nothing_constrains() -> None:
    for schema in (
        {},
        {"type": ["string", "integer"]},
        {"$ref": "#/$defs/X", "type": "string"},
        {"type": "array"},
    ):
        assert recover("f", schema, "One of 'a', 'b'. Default is 'a'.").keywords == {}
    assert recover("f", {"type": ["string", "null"]}, "One of 'a', 'b'.").keywords == {"enum": ["a", "b"]}


PIECES = st.sampled_from(
    [
        "one of",
        "'a'",
        '"b',
        ", ",
        "or",
        "(",
        ")",
        "default",
        "is",
        "between",
        "1",
        "and",
        "100",
        "-1",
        "max",
        "YYYY-MM-DD",
        "e.g.",
        "Example:",
        "\n- ",
        "values:",
        "in",
        "seconds",
        "required.",
        "`",
        "%",
        "1,000",
        "9e999",
        "…",
        "etc",
        "[",
        "]",
        "/",
        "characters",
        "٣",
        "\u2028",
    ]
)


@given(
    st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join)),
    st.sampled_from([TEXT, INTEGER, NUMBER, {"type": "boolean"}, {}, {"type": 3}, {"type": []}]),
)
def test_never_raises_and_what_is_recovered_is_a_fixed_point(text: str, schema: dict[str, Any]) -> None:
    found = recover("field", schema, text)
    whole = {**schema, **found.keywords}
    assert recover("field", whole, text).keywords == {}
