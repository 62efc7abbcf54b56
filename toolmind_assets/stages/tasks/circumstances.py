"""The circumstances of a task: who speaks, when and in which language, and the assistant's policy.

All of it hashes the seed of the task alone, each part under a name of its own: a parameter of one part, or a longer
list of another, leaves the rest as it was.
"""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.situations import Persona, PolicyRule
from toolmind_assets.model.tasks import PlanStep
from toolmind_assets.stages.tasks.policies import draw_policy, most_at_once
from toolmind_assets.stages.tasks.situation_params import SituationParams
from toolmind_resources.plausible.people import draw_person, locales_of

WAKING_HOURS = (7, 21)
"""First and last hour of the day in which dialogues begin: people do not plan at night."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a task's situation before anybody writes of it.

    Attributes:
        persona: Who speaks.
        reference_time: "Now", ISO 8601.
        time_zone: IANA name; empty where one time holds for all tasks.
        language: BCP 47 tag.
        policy: Rules of the assistant.
    """

    persona: Persona = field(default_factory=Persona)
    reference_time: str = ""
    time_zone: str = ""
    language: str = "en"
    policy: tuple[PolicyRule, ...] = ()


UNTOLD = Circumstances()
"""Circumstances of which nothing is known."""


def draw_circumstances(
    seed: int,
    steps: Sequence[PlanStep],
    functions: Mapping[str, FunctionSpec],
    params: SituationParams,
) -> Circumstances:
    """The circumstances of a task.

    Args:
        seed: Seed of the task.
        steps: All that the person wants done, also what no offered function can do.
        functions: By id.
        params: What is set.
    """
    language = _language(random.Random(seed_from(seed, "language")), params)
    rng = random.Random(seed_from(seed, "persona"))
    person = draw_person(rng.choice(locales_of(language) or locales_of("en")), rng)
    now, zone = _now(random.Random(seed_from(seed, "time")), person.time_zone, params)
    effects = {functions[step.function_id].effect for step in steps}
    return Circumstances(
        Persona(person.name, person.occupation, person.traits, person.locale),
        now,
        zone,
        language,
        draw_policy(seed, effects, most_at_once(steps), params),
    )


def person_words(around: Circumstances) -> str:
    """Who speaks, as planner and intent writer are told: name, occupation, country, and what they say of themselves."""
    persona = around.persona
    who = ", ".join(part for part in (persona.name, persona.occupation) if part) or "somebody"
    country = persona.locale.partition("_")[2]
    where = f" ({country})" if country else ""
    traits = f' Of themselves they would say: "{persona.of_themselves}"' if persona.traits else ""
    return f"{who}{where}.{traits}"


def day_of(moment: str) -> dt.date | None:
    """The day of a date or time in ISO 8601, as it is told there; None for any other text."""
    try:
        return dt.datetime.fromisoformat(moment).date()
    except ValueError:
        return None


def _language(rng: random.Random, params: SituationParams) -> str:
    shares = {tag: share for tag, share in sorted(params.languages.items()) if share}
    return rng.choices(list(shares), list(shares.values()))[0] if shares else params.language


def _now(rng: random.Random, time_zone: str, params: SituationParams) -> tuple[str, str]:
    """The time and its zone: one of the range's days, at some minute of waking hours there."""
    if not params.days_spread:
        return params.reference_time, ""
    first = dt.datetime.fromisoformat(params.reference_time).date()
    day = first + dt.timedelta(days=rng.randint(0, params.days_spread))
    clock = dt.time(rng.randint(*WAKING_HOURS), rng.randint(0, 59), tzinfo=ZoneInfo(time_zone))
    return dt.datetime.combine(day, clock).isoformat(), time_zone
