"""Who speaks, when, in which language and under which policy: drawn from the seed of a task, and spread as set."""

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.situations import RuleKind
from toolmind_assets.stages.tasks.circumstances import Circumstances, day_of, draw_circumstances
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.system_texts import system_text_of

SEEDS = [seed_from("circumstances", place) for place in range(600)]


def drawn(make: Any, seed: int, **params: Any) -> Circumstances:
    functions = {function.function_id: function for function in make.functions().values()}
    return draw_circumstances(seed, [make.step("s1", "get_order")], functions, TaskParams(**params))


@pytest.fixture(scope="module")
def many(make: Any) -> list[Circumstances]:
    return [drawn(make, seed) for seed in SEEDS]


def test_one_seed_has_one_situation(make: Any, many: list[Circumstances]) -> None:
    assert [drawn(make, seed) for seed in SEEDS[:20]] == many[:20]


def test_a_parameter_of_one_part_leaves_the_others_as_they_were(make: Any, many: list[Circumstances]) -> None:
    for seed, before in zip(SEEDS[:20], many, strict=False):
        after = drawn(make, seed, days_spread=9, tone_share=0)
        assert after.persona == before.persona and after.language == before.language
        kept = [rule for rule in before.policy if rule.kind is not RuleKind.TONE]
        assert list(after.policy) == kept


def test_days_are_spread_evenly_over_the_range_in_waking_hours(many: list[Circumstances]) -> None:
    first = dt.date(2025, 6, 2)
    days = [(day_of(one.reference_time) or first) - first for one in many]
    assert {day.days for day in days} <= set(range(365))
    quarters = Counter(min(day.days // 91, 3) for day in days)
    assert all(len(SEEDS) / 4 * 0.75 < quarters[quarter] < len(SEEDS) / 4 * 1.25 for quarter in range(4))
    assert {dt.datetime.fromisoformat(one.reference_time).hour for one in many} == set(range(7, 22))


def test_the_offset_of_the_time_is_that_of_the_zone(many: list[Circumstances]) -> None:
    for one in many[:50]:
        moment = dt.datetime.fromisoformat(one.reference_time)
        there = moment.replace(tzinfo=ZoneInfo(one.time_zone))
        assert there.utcoffset() == moment.utcoffset()


def test_hardly_two_tasks_have_one_person_and_every_locale_of_the_language_occurs(
    many: list[Circumstances],
) -> None:
    assert len({(one.persona.name, one.persona.occupation) for one in many}) >= 0.99 * len(many)
    locales = Counter(one.persona.locale for one in many)
    assert len(locales) >= 8 and all(locale.startswith("en_") for locale in locales)
    assert max(locales.values()) < 2 * len(many) / len(locales)


def test_policies_have_their_kinds_by_share(make: Any, many: list[Circumstances]) -> None:
    kinds = Counter(rule.kind for one in many for rule in one.policy)
    for kind, share in ((RuleKind.TONE, 0.7), (RuleKind.CONFIRMATION, 0.3), (RuleKind.LIMIT, 0.3)):
        assert abs(kinds[kind] / len(many) - share) < 0.07
    none = {f"{kind.value}_share": 0.0 for kind in RuleKind}
    assert all(drawn(make, seed, **none).policy == () for seed in SEEDS[:20])
    every = {f"{kind.value}_share": 1.0 for kind in RuleKind}
    kinds_of = [[rule.kind for rule in drawn(make, seed, **every).policy] for seed in SEEDS[:20]]
    assert kinds_of == [list(RuleKind)] * 20


def test_languages_have_their_shares_and_people_of_their_countries(make: Any) -> None:
    found = [drawn(make, seed, languages={"de": 1, "en": 3, "fr": 0}) for seed in SEEDS]
    counts = Counter(one.language for one in found)
    assert counts.keys() == {"de", "en"} and abs(counts["de"] / len(found) - 0.25) < 0.06
    assert all(one.persona.locale.startswith(f"{one.language}_") for one in found)


def test_a_language_without_known_names_has_english_ones(make: Any) -> None:
    one = drawn(make, 1, language="tlh")
    assert one.language == "tlh" and one.persona.locale.startswith("en_")


def test_without_a_spread_every_task_has_the_one_time(make: Any) -> None:
    one = drawn(make, 1, days_spread=0, reference_time="2031-05-06T07:08:09Z")
    assert (one.reference_time, one.time_zone) == ("2031-05-06T07:08:09Z", "")


@pytest.mark.parametrize(
    "wrong", [{"reference_time": "tomorrow"}, {"languages": {"en": -1}}, {"languages": {"en": 0}}]
)
def test_a_time_that_is_none_and_shares_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TaskParams(**wrong)


def test_the_system_text_says_rules_weekday_time_zone_and_language(make: Any) -> None:
    every = {f"{kind.value}_share": 1.0 for kind in RuleKind}
    around = drawn(make, 5, language="pt-BR", **every)
    text = system_text_of("You work for a shop.", around)
    assert text.startswith("You work for a shop.\n\n- ")
    assert all(f"- {rule.text}\n" in text for rule in around.policy)
    weekday = dt.datetime.fromisoformat(around.reference_time).strftime("%A")
    told = f"It is {weekday}, {around.reference_time} ({around.time_zone}). The user's language is pt-BR."
    assert text.endswith(told)


def test_a_system_text_may_begin_with_nothing_and_have_no_rules() -> None:
    around = Circumstances(reference_time="2025-06-02T09:00:00Z")
    assert system_text_of("", around) == "It is Monday, 2025-06-02T09:00:00Z. The user's language is en."
