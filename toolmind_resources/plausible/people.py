"""Made-up people: names, occupations and time zones from Faker's lists (MIT), traits from the IPIP (public domain)."""

import pkgutil
import random
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from faker import Generator

TRAITS = 2
"""Traits of a person: enough to tell two apart, and few enough to be played in a short chat."""
UTC = "UTC"
"""The time zone of a country of which no list says one."""


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up person.

    Attributes:
        name: In the script of the locale.
        occupation: In English.
        traits: Items of a personality inventory, each of another factor.
        locale: Language and country, such as `en_GB`.
        time_zone: IANA name of a time zone of the country.
    """

    name: str
    occupation: str
    traits: tuple[str, ...]
    locale: str
    time_zone: str


@cache
def locales_of(language: str) -> tuple[str, ...]:
    """The locales of a BCP 47 tag whose names are known, sorted; those of the whole language where it names no country.

    Empty for a language of which no names are known.
    """
    from faker.providers import (
        person,
    )  # loaded when it is first wanted, since every command loads this module

    known = sorted(one.name for one in pkgutil.iter_modules(person.__path__) if "_" in one.name)
    tongue, _, country = language.replace("-", "_").partition("_")
    own = tuple(name for name in known if name.partition("_")[0] == tongue.lower())
    return tuple(name for name in own if name.partition("_")[2] == country.upper()) or own


def draw_person(locale: str, rng: random.Random) -> Person:
    """A person of a locale; every draw is of `rng`."""
    return Person(
        _drawn(locale, "name", rng),
        _drawn("en_US", "job", rng),
        _traits(rng),
        locale,
        _time_zone(locale, rng),
    )


def _drawn(locale: str, what: str, rng: random.Random) -> str:
    faker = _faker(locale)
    faker.seed_instance(rng.getrandbits(32))
    return str(faker.format(what))


@cache
def _faker(locale: str) -> "Generator":
    from faker import Factory

    return Factory.create(locale, providers=["faker.providers.person", "faker.providers.job"])


@cache
def _factors() -> tuple[tuple[str, ...], ...]:
    file = resources.files("toolmind_resources.plausible").joinpath("traits.yaml")
    return tuple(tuple(items) for items in yaml.safe_load(file.read_text(encoding="utf-8")).values())


def _traits(rng: random.Random) -> tuple[str, ...]:
    return tuple(rng.choice(items) for items in rng.sample(_factors(), TRAITS))


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    from faker.providers.date_time import Provider

    return {country.alpha_2_code: tuple(country.timezones) for country in Provider.countries}


def _time_zone(locale: str, rng: random.Random) -> str:
    return rng.choice(_zones().get(locale.partition("_")[2], (UTC,)))
