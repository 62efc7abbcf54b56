"""Marks of parameters and fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.specs.marks import Mark, marks_of


@pytest.mark.parametrize(
    ("name", "description", "marks"),
    [
        ("api_key", "", (Mark.AUTH,)),
        ("X-Api-Key", "", (Mark.AUTH,)),
        ("accessToken", "", (Mark.AUTH,)),
        ("Authorization", "Bearer token", (Mark.AUTH,)),
        ("token", "The API token to use.", (Mark.AUTH,)),
        ("token", "The token of the sentence.", ()),
        ("key", "Name of the field.", ()),
        ("api_key_id", "", ()),
        ("page", "", (Mark.PAGINATION,)),
        ("page[size]", "", (Mark.PAGINATION,)),
        ("$top", "The number of items per page.", (Mark.PAGINATION,)),
        ("NextToken", "", (Mark.PAGINATION,)),
        ("starting_after", "", (Mark.PAGINATION,)),
        ("has_more", "", (Mark.PAGINATION,)),
        ("limit", "Maximum number of results to return.", (Mark.PAGINATION,)),
        ("limit", "The credit limit of the card.", ()),
        ("offset", "Where the text begins.", ()),
        ("homepage", "", ()),
        ("ClientToken", "", (Mark.IDEMPOTENCY,)),
        ("Idempotency-Key", "", (Mark.IDEMPOTENCY,)),
        ("requestId", "An idempotent request id.", (Mark.IDEMPOTENCY,)),
        ("name", "Deprecated: use `title`.", (Mark.DEPRECATED,)),
        ("name", "This field has been deprecated.", (Mark.DEPRECATED,)),
        ("old", "If true, the attribute is deprecated.", ()),
        ("codes", "Options: AFC, AFS (deprecated), AFM", ()),
    ],
)
def test_names_and_descriptions_mark(name: str, description: str, marks: tuple[Mark, ...]) -> None:
    assert marks_of(name, {}, description) == marks


def test_the_schema_has_its_say() -> None:
    assert marks_of("name", {"deprecated": True}, "") == (Mark.DEPRECATED,)
    assert marks_of("api_key", {"type": "object"}, "") == ()
    assert marks_of("page", {"type": "array"}, "") == ()


@given(st.text(max_size=60), st.text(max_size=80), st.sampled_from([{}, {"type": "string"}, {"type": ["a"]}]))
def test_never_raises(name: str, description: str, schema: dict[str, Any]) -> None:
    assert marks_of(name, schema, description) == marks_of(name, schema, description)
