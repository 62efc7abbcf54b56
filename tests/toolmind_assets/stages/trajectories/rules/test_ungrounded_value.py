"""Values that nobody stated, and values that only look so."""

from typing import Any

import pytest

from toolmind_assets.model.verdicts import Outcome
from toolmind_assets.stages.trajectories.rules.ungrounded_value import UNGROUNDED_VALUE


def outcome_of(make: Any, said: str, value: Any, name: str = "value", **schema: Any) -> Outcome:
    tool = make.function("f", **{name: schema})
    trajectory = make.trajectory([make.user(said), make.call("f", "1", **{name: value})], [tool])
    findings = list(UNGROUNDED_VALUE.check(trajectory))
    assert len(findings) <= 1
    return findings[0].outcome if findings else Outcome.PASS


@pytest.mark.parametrize(
    ("said", "value", "name"),
    [
        ("mail ann@example.com", "ann@example.org", "to"),
        ("see https://example.com/a", "https://other.net/a", "url"),
        ("id 7f3e0f1c-58f5-4b0a-9d2e-000000000001", "7f3e0f1c-58f5-4b0a-9d2e-000000000002", "key"),
        ("order W-60417", "W-60418", "order_id"),
        ("token o8i7u6y5t4r3e2w1q0", "o8i7u6y5t4r3e2w1q9", "token"),
        ("order 12446", 12447, "order_id"),
        ("call +49 170 1234567", "+49 170 1234568", "phone"),
        ("account 9876543210", "9876543211", "account"),
        ("on November 15th 2026", "2026-11-16", "date"),
        ("on November 15th 2026", "2025-11-15", "date"),
        ("on November 15th 2026", "2026-15-45", "date"),
        ("the server at 10.0.0.7", "10.0.0.8", "host"),
        ("record 60417", "6041", "order_id"),
    ],
)
def test_a_forged_identifier_fails(said: str, value: Any, name: str, make: Any) -> None:
    assert outcome_of(make, said, value, name) is Outcome.FAIL


@pytest.mark.parametrize(
    ("said", "value", "name"),
    [
        ("order #W-60417", "w60417", "order_id"),
        ("order no. 60417", 60417, "order_id"),
        ("call (170) 123-4567", "+491701234567", "phone"),
        ("a budget of $2,400", 2400.0, "budget"),
        ("2.5 million people", 2500000, "people"),
        ("take 20% off", 0.2, "discount"),
        ("three guests", 3, "guests"),
        ("the 2nd one", 2, "place"),
        ("on November 15th 2026", "2026-11-15", "date"),
        ("on 15 Nov", "2026-11-15", "date"),
        ("on 11/15/2026", "2026-11-15", "date"),
        ("at half past, no: 2pm", "14:00", "time"),
        ("in New York", "new_york", "city"),
        ("a café in Zürich", "Cafe, Zurich", "place"),
        ("move report.pdf to archive", "archive/report.pdf", "path"),
        ("boxes", "box", "kind"),
    ],
)
def test_a_value_said_in_other_words_passes(said: str, value: Any, name: str, make: Any) -> None:
    assert outcome_of(make, said, value, name) is Outcome.PASS


@pytest.mark.parametrize(
    ("said", "value", "name"),
    [
        ("tell Ann that I am late", "Hello, this is to say that I will be late", "message"),
        ("how far is it", 17, "distance"),
        ("meet tomorrow", "2026-11-16", "date"),
        ("some day in November", "2026-11-03", "date"),
        ("the sum of all", 1234567, "amount"),
        ("in the capital of France", "Paris", "city"),
        ("at 10:00 for an hour", "500ml", "volume"),
        ("paint it red", "#ff0000", "colour"),
        ("mail Ann Lee at example dot com", "ann.lee@example.com", "to"),
        ("open github", "https://github.com", "url"),
    ],
)
def test_what_the_assistant_words_computes_or_knows_is_unverifiable(
    said: str, value: Any, name: str, make: Any
) -> None:
    assert outcome_of(make, said, value, name) is Outcome.UNVERIFIABLE


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": ["AB-1234"]},
        {"default": "AB-1234"},
        {"description": "such as AB-1234"},
        {"examples": ["AB-1234"]},
    ],
)
def test_what_the_schema_names_is_grounded(schema: dict[str, Any], make: Any) -> None:
    assert outcome_of(make, "go", "AB-1234", "code", **schema) is Outcome.PASS


def test_values_come_from_earlier_results_but_not_from_later_ones(make: Any, good: Any, codes: Any) -> None:
    tools = [*make.tools, make.function("track", refund_id={"type": "string"})]
    track = make.call("track", "c3", refund_id="R-88123")
    assert codes(UNGROUNDED_VALUE, [*good, make.user("Track it"), track], tools) == []
    assert codes(UNGROUNDED_VALUE, [good[0], track, *good[1:]], tools) == [
        (1, "ungrounded_value", "/refund_id")
    ]


def test_what_only_the_assistant_said_is_unverifiable(make: Any) -> None:
    tools = [make.function("track", refund_id={"type": "string"})]
    messages = [
        make.user("Hi"),
        make.says("Is it R-55555?"),
        make.user("Yes"),
        make.call("track", "1", refund_id="R-55555"),
    ]
    findings = list(UNGROUNDED_VALUE.check(make.trajectory(messages, tools)))
    assert [finding.outcome for finding in findings] == [Outcome.UNVERIFIABLE]


def test_nested_values_are_found_by_their_pointer(make: Any, codes: Any) -> None:
    tools = [make.function("order", lines={"type": "array"})]
    messages = [
        make.user("two of A-1111"),
        make.call("order", "1", lines=[{"sku": "A-1111"}, {"sku": "B-2222"}]),
    ]
    assert codes(UNGROUNDED_VALUE, messages, tools) == [(1, "ungrounded_value", "/lines/1/sku")]
