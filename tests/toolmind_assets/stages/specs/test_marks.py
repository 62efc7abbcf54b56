"""Marks of parameters and fields."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.functions import MarkKind
from toolmind_assets.stages.specs.marks import marks_of


@pytest.mark.parametrize(
    ("name", "description", "marks"),
    [
        ("api_key", "", (MarkKind.AUTH,)),
        ("X-Api-Key", "", (MarkKind.AUTH,)),
        ("accessToken", "", (MarkKind.AUTH,)),
        ("Authorization", "Bearer token", (MarkKind.AUTH,)),
        ("token", "The API token to use.", (MarkKind.AUTH,)),
        ("token", "The token of the sentence.", ()),
        ("key", "Name of the field.", ()),
        ("api_key_id", "", ()),
        ("page", "", (MarkKind.PAGINATION,)),
        ("page[size]", "", (MarkKind.PAGINATION,)),
        ("$top", "The number of items per page.", (MarkKind.PAGINATION,)),
        ("NextToken", "", (MarkKind.PAGINATION,)),
        ("starting_after", "", (MarkKind.PAGINATION,)),
        ("has_more", "", (MarkKind.PAGINATION,)),
        ("limit", "Maximum number of results to return.", (MarkKind.PAGINATION,)),
        ("limit", "The credit limit of the card.", ()),
        ("offset", "Where the text begins.", ()),
        ("homepage", "", ()),
        ("If-None-Match", "Value of the `ETag` header.", (MarkKind.TRANSPORT,)),
        ("Zap-Trace-Span", "OpenTracing span context", (MarkKind.TRANSPORT,)),
        ("X-Correlation-Id", "", (MarkKind.TRANSPORT,)),
        ("match", "Whether they match.", ()),
        ("span", "Days of the journey.", ()),
        ("ClientToken", "", (MarkKind.IDEMPOTENCY,)),
        ("Idempotency-Key", "", (MarkKind.IDEMPOTENCY,)),
        ("requestId", "An idempotent request id.", (MarkKind.IDEMPOTENCY,)),
        ("name", "Deprecated: use `title`.", (MarkKind.DEPRECATED,)),
        ("name", "This field has been deprecated.", (MarkKind.DEPRECATED,)),
        ("old", "If true, the attribute is deprecated.", ()),
        ("codes", "Options: AFC, AFS (deprecated), AFM", ()),
    ],
)
def test_names_and_descriptions_mark(name: str, description: str, marks: tuple[MarkKind, ...]) -> None:
    assert marks_of(name, {}, description) == marks


def test_the_schema_has_its_say() -> None:
    assert marks_of("name", {"deprecated": True}, "") == (MarkKind.DEPRECATED,)
    assert marks_of("api_key", {"type": "object"}, "") == ()
    assert marks_of("page", {"type": "array"}, "") == ()


@given(st.text(max_size=60), st.text(max_size=80), st.sampled_from([{}, {"type": "string"}, {"type": ["a"]}]))
def test_never_raises(name: str, description: str, schema: dict[str, Any]) -> None:
    assert marks_of(name, schema, description) == marks_of(name, schema, description)
