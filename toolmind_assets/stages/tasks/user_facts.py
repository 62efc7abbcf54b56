"""What the user of a task knows, how it is said, and what the user does not know."""

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.relative_days import day_expressions
from toolmind_assets.model.tasks import FactKind, UserFact
from toolmind_assets.stages.tasks.argument_fields import is_identifier
from toolmind_assets.stages.tasks.circumstances import Circumstances, day_of
from toolmind_assets.stages.tasks.plan_skeletons import Place, PlanSkeleton, needs_user
from toolmind_assets.stages.tasks.situation_params import SituationParams
from toolmind_resources.plausible.field_labels import label_of, words_of
from toolmind_resources.plausible.phrases import infinitive, subject_of

Facts = tuple[tuple[UserFact, ...], ...]
"""The facts of each request."""
_ENVELOPES = frozenset(
    [
        "attributes",
        "body",
        "data",
        "input",
        "item",
        "items",
        "object",
        "params",
        "payload",
        "relationships",
        "request",
    ]
)
"""What is put around a thing on its way, which is nobody's word for the thing."""
_FULL_DATE = 10
"""Characters of a date that is written out and nothing else: `2026-03-06`."""


def facts_of(
    skeleton: PlanSkeleton,
    values: Mapping[Place, Any],
    functions: Mapping[str, FunctionSpec],
    circumstances: Circumstances,
    seed: int,
    params: SituationParams,
) -> Facts:
    """What the user of a task knows and says, and does not know, request by request.

    Args:
        skeleton: The plan before the values.
        values: What the planner decided.
        functions: By id.
        circumstances: When and in which language the user speaks.
        seed: Seed of the task.
        params: How many near dates are told relative to today.
    """
    facts = with_unknown(user_facts(skeleton, values, functions), skeleton, functions)
    return with_expressions(facts, circumstances, seed, params.relative_date_share)


def user_facts(
    skeleton: PlanSkeleton, values: Mapping[Place, Any], functions: Mapping[str, FunctionSpec]
) -> Facts:
    """What the user states in each request; a bare `id` is called after what the function is about."""
    facts: list[list[UserFact]] = [[] for _ in range(skeleton.n_requests)]
    request_of = {step.step_id: step.request_index for step in skeleton.steps}
    for place in skeleton.user_places():
        label = _label(place, skeleton, functions)
        facts[request_of[place[0]]].append(UserFact(*place, label, values[place], place in skeleton.withheld))
    return tuple(tuple(request) for request in facts)


def _label(place: Place, skeleton: PlanSkeleton, functions: Mapping[str, FunctionSpec]) -> str:
    field = skeleton.fields[place]
    name = functions[
        next(step.function_id for step in skeleton.steps if step.step_id == place[0])
    ].source_name
    owners = (_noun(field.owner), _noun(subject_of(name)), _last_noun(name))
    return label_of(field.name, next(filter(None, owners), ""))


def _noun(owner: str) -> str:
    """The words of a name that say what a thing is: none of `data`, the `user` of `getUser`, nothing of a number."""
    words = [word for word in words_of(owner) if word not in _ENVELOPES and not word.isdigit()]
    return " ".join(words[1:] if len(words) > 1 and infinitive(words[0]) else words)


def _last_noun(name: str) -> str:
    """The last word of a function's name that says what a thing is: `events` of `events__2_patch`."""
    nouns = (word for word in reversed(words_of(name)) if infinitive(word) != word and word != "id")
    return next((word for word in nouns if _noun(word)), "")


def with_unknown(facts: Facts, skeleton: PlanSkeleton, functions: Mapping[str, FunctionSpec]) -> Facts:
    """The facts, and in each request the identifiers that its calls take from results: the user does not know them.

    One that is called as a value which the user does know is left out, for it could not be told from that.
    """
    known = {fact.label for request in facts for fact in request}
    unknown: list[dict[str, UserFact]] = [{} for _ in facts]
    for step in skeleton.steps:
        for argument in step.references():
            place = (step.step_id, argument.path)
            field = skeleton.fields.get(place)
            if field is None or needs_user(argument) or not is_identifier(field):
                continue
            label = _label(place, skeleton, functions)
            if label not in known:
                fact = UserFact(*place, label, None, False, FactKind.UNKNOWN)
                unknown[step.request_index].setdefault(label, fact)
    return tuple((*told, *more.values()) for told, more in zip(facts, unknown, strict=True))


def with_expressions(facts: Facts, circumstances: Circumstances, seed: int, share: float) -> Facts:
    """The facts, of which a share of the near dates is told relative to today, where English is spoken."""
    today = day_of(circumstances.reference_time)
    if today is None or circumstances.language.partition("-")[0] != "en":
        return facts
    return tuple(tuple(_told(fact, today, seed, share) for fact in request) for request in facts)


def _told(fact: UserFact, today: dt.date, seed: int, share: float) -> UserFact:
    rng = random.Random(seed_from(seed, "expression", fact.step_id, fact.path))
    if not isinstance(fact.value, str) or len(fact.value) != _FULL_DATE or rng.random() >= share:
        return fact
    day = day_of(fact.value)
    expressions = day_expressions(day, today) if day else ()
    return replace(fact, expression=rng.choice(expressions)) if expressions else fact
