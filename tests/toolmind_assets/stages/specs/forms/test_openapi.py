"""Operations of OpenAPI 3: of the media types of a body or an answer the same one counts, however they stand."""

from itertools import permutations

import pytest

from toolmind_assets.stages.specs.forms.openapi import declare_operation


@pytest.mark.parametrize(
    ("media_types", "wanted"),
    [
        (["application/geo+json", "application/json", "text/csv"], "application/json"),
        (["*/*", "application/json; charset=utf-8"], "application/json; charset=utf-8"),
        (["application/ld+json", "application/geo+json", "application/a"], "application/geo+json"),
        (["text/plain", "application/xml", "image/png"], "application/xml"),
    ],
)
def test_of_an_answer_plain_json_counts_then_other_json_then_the_first_by_name(
    media_types: list[str], wanted: str
) -> None:
    for names in permutations(media_types):
        content = {name: {"schema": {"title": name}} for name in names}
        declared = declare_operation({"operation": {"responses": {"200": {"content": content}}}}, {}.get)
        assert declared.returns == {"title": wanted}


def test_of_a_body_a_form_counts_before_what_is_no_json() -> None:
    media_types = ["application/octet-stream", "multipart/form-data", "application/x-www-form-urlencoded"]
    for names in permutations(media_types):
        content = {name: {"schema": {"title": name}} for name in names}
        declared = declare_operation({"operation": {"requestBody": {"content": content}}}, {}.get)
        assert declared.parameters["properties"]["body"] == {"title": "application/x-www-form-urlencoded"}
