"""Which quirks an answer has."""

import pytest

from toolmind_resources.chat.quirks.drawn import QUIRKS, Quirks, refusal_of
from toolmind_resources.chat.quirks.quirk import Asked
from toolmind_resources.errors import ToolMindError


def test_quirks_are_stated_by_name_and_may_have_a_rate() -> None:
    assert Quirks.parse("think_tags", "no_usage=0.1", seed=3) == Quirks(
        {"think_tags": 1.0, "no_usage": 0.1}, 3
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("speaks_backwards", "no quirk 'speaks_backwards'.*--list-quirks"),
        ("think_tags=often", "NAME=RATE"),
        ("think_tags=", "NAME=RATE"),
        ("think_tags=1.5", "between 0 and 1"),
        ("think_tags=nan", "between 0 and 1"),
    ],
)
def test_a_quirk_that_is_none_is_refused(wrong: str, said: str) -> None:
    with pytest.raises(ToolMindError, match=said):
        Quirks.parse(wrong)


def test_without_a_rate_every_answer_has_the_quirk_and_by_zero_none() -> None:
    always, never = Quirks.parse("think_tags"), Quirks.parse("think_tags=0")
    assert {always.draw(str(n), 0) for n in range(50)} == {(QUIRKS["think_tags"],)}
    assert {never.draw(str(n), 0) for n in range(50)} == {()}


def test_quirks_are_drawn_apart_from_each_other_as_often_as_stated() -> None:
    quirks = Quirks.parse("think_tags=0.3", "no_usage=0.5")
    drawn = [tuple(quirk.name for quirk in quirks.draw(f"request {n}", 0)) for n in range(4000)]
    assert sum("think_tags" in names for names in drawn) / 4000 == pytest.approx(0.3, abs=0.03)
    assert sum(names == ("think_tags", "no_usage") for names in drawn) / 4000 == pytest.approx(0.15, abs=0.03)


def test_the_same_request_has_the_same_quirks_until_it_comes_again() -> None:
    def drawn(seed: int, n_seen: int) -> list[bool]:
        quirks = Quirks({"think_tags": 0.5}, seed)
        return [bool(quirks.draw(str(n), n_seen)) for n in range(64)]

    assert drawn(1, 0) == drawn(1, 0)
    assert drawn(1, 0) != drawn(2, 0)
    assert drawn(1, 0) != drawn(1, 1)


def test_the_first_quirk_that_refuses_a_request_is_told() -> None:
    quirks = [QUIRKS[name] for name in ("think_tags", "refuses_tools", "refuses_seed", "refuses_temperature")]
    found = refusal_of(quirks, Asked({"messages": [], "seed": 1, "temperature": 0}))
    assert found is not None and (found[0].name, found[1].status) == ("refuses_seed", 422)
    assert refusal_of(quirks, Asked({"messages": []})) is None
