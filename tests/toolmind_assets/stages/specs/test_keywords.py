import pytest

from toolmind_assets.stages.specs.keywords import as_pattern


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("^[a-z]+$", "^[a-z]+$"),
        ("/^[a-z]+$/", "^[a-z]+$"),
        ("/^[0-9]{5}$/i", "^[0-9]{5}$"),
        (r"/^\d{5}$/i", r"^\d{5}$"),
        ("/^[a-z]+$/g", "^[a-z]+$"),
        ("/^.*[a-z]+.*$/i", None),
        ("/v1/.*", "/v1/.*"),
        ("(a", None),
        (5, None),
    ],
)
def test_a_pattern_in_the_form_of_a_javascript_literal_is_freed_of_it_or_left_out(
    value: object, pattern: str | None
) -> None:
    assert as_pattern(value) == pattern
