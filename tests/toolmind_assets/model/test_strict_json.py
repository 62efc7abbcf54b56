"""JSON as the standard has it, and nothing that cannot be stored."""

import pytest

from toolmind_assets.model.ids import canonical_json, compact_json
from toolmind_assets.model.strict_json import parse_strict


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1e999]", "1e999"),
        ("-1e999", "too large"),
        ("NaN", "NaN"),
        ("[Infinity]", "Infinity"),
        ('"\\ud800"', "Unicode"),
        ("[" * 65 + "]" * 65, "64 levels"),
        ("[" * 100_000, "deep"),
        ("{", "Expecting"),
        (None, "Expecting"),
    ],
)
def test_what_json_does_not_know_is_refused(text: str | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_strict(text)


def test_json_is_read_as_it_stands() -> None:
    assert parse_strict(' {"a": [1, 1.5, -2e3, true, null, "\u00e9"]} ') == {
        "a": [1, 1.5, -2000.0, True, None, "\u00e9"]
    }


@pytest.mark.parametrize("write", [canonical_json, compact_json])
def test_nothing_is_written_that_is_no_json(write) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write([float("inf")])
