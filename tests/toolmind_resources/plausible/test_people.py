"""Made-up people: of their locale, drawn from the numbers given, with traits that differ in kind."""

import random
from zoneinfo import ZoneInfo

import pytest
import yaml

from toolmind_resources.plausible import people
from toolmind_resources.plausible.people import TRAITS, draw_person, locales_of


def test_a_language_has_its_locales_and_a_country_its_own() -> None:
    assert {"en_GB", "en_IN", "en_US"} <= set(locales_of("en"))
    assert locales_of("pt-BR") == ("pt_BR",)
    assert locales_of("pt-XX") == locales_of("pt")
    assert locales_of("tlh") == ()


def test_one_number_makes_one_person_whoever_was_made_before() -> None:
    first = draw_person("en_GB", random.Random(7))
    draw_person("ja_JP", random.Random(8))
    assert draw_person("en_GB", random.Random(7)) == first
    assert draw_person("en_GB", random.Random(9)) != first


@pytest.mark.parametrize("language", ["en", "de", "pt", "zh", "ru", "ar", "hi"])
def test_everybody_has_a_name_an_occupation_and_a_time_zone_that_exists(language: str) -> None:
    for locale in locales_of(language):
        person = draw_person(locale, random.Random(1))
        assert person.name and person.occupation.isascii() and person.locale == locale
        assert ZoneInfo(person.time_zone).key == person.time_zone


def test_traits_are_of_different_factors() -> None:
    text = (people.resources.files("toolmind_resources.plausible") / "traits.yaml").read_text("utf-8")
    factor_of = {item: factor for factor, items in yaml.safe_load(text).items() for item in items}
    assert len(factor_of) == 50
    for seed in range(50):
        traits = draw_person("en_US", random.Random(seed)).traits
        assert len({factor_of[trait] for trait in traits}) == TRAITS
