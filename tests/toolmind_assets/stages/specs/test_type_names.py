"""Type names of many languages, and the word `optional` in them."""

import time

import pytest

from toolmind_assets.stages.specs.type_names import is_optional, read_type


@pytest.mark.parametrize(
    ("text", "schema", "may_be_left_out"),
    [
        ("str, optional", {"type": "string"}, True),
        ("str , OPTIONAL ", {"type": "string"}, True),
        ("int optional", {"type": "integer"}, True),
        ("number?", {"type": "number"}, True),
        ("Optional[str]", {"type": ["string", "null"]}, True),
        ("optional", {}, True),
        ("str", {"type": "string"}, False),
        ("nonoptional", None, False),
    ],
)
def test_optional_is_understood_at_the_end_and_around(
    text: str, schema: dict[str, object] | None, may_be_left_out: bool
) -> None:
    assert (read_type(text), is_optional(text)) == (schema, may_be_left_out)


@pytest.mark.parametrize("text", [" " * 200_000 + "x", "," * 200_000 + "x", " " * 200_000 + "optional"])
def test_a_long_text_is_no_type_and_costs_nothing(text: str) -> None:
    start = time.process_time()
    assert (read_type(text), is_optional(text)) == (None, False)
    assert time.process_time() - start < 0.5
