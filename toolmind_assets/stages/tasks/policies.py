"""The policy of an assistant: rules from a list, of which none is broken by what the task needs."""

import random
from collections import Counter
from collections.abc import Sequence, Set
from functools import cache
from importlib import resources
from typing import Any

import yaml

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.ids import JsonObject, seed_from
from toolmind_assets.model.situations import PolicyRule, RuleKind
from toolmind_assets.model.tasks import PlanStep
from toolmind_assets.stages.tasks.situation_params import SituationParams


@cache
def policy_rules() -> tuple[PolicyRule, ...]:
    """All rules of policy_rules.yaml, by kind."""
    file = resources.files("toolmind_assets.stages.tasks").joinpath("policy_rules.yaml")
    stated: dict[str, list[dict[str, Any]]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return tuple(_rule(RuleKind(kind), entry) for kind, entries in stated.items() for entry in entries)


def _rule(kind: RuleKind, entry: JsonObject) -> PolicyRule:
    parameters = {key: value for key, value in entry.items() if key not in ("code", "text")}
    return PolicyRule(entry["code"], kind, " ".join(entry["text"].split()), parameters)


def draw_policy(
    seed: int, effects: Set[Effect], calls_at_once: int, params: SituationParams
) -> tuple[PolicyRule, ...]:
    """At most one rule of each kind, each kind by its share, in the order of the kinds.

    Args:
        seed: Seed of the task.
        effects: Of the functions that the task wants called, offered or not.
        calls_at_once: Most calls that the plan makes in one turn.
        params: Shares of the kinds.
    """
    drawn = (_drawn(kind, seed, effects, calls_at_once, params) for kind in RuleKind)
    return tuple(rule for rule in drawn if rule is not None)


def _drawn(
    kind: RuleKind, seed: int, effects: Set[Effect], calls_at_once: int, params: SituationParams
) -> PolicyRule | None:
    rng = random.Random(seed_from(seed, "policy", kind.value))
    if rng.random() >= getattr(params, f"{kind.value}_share"):
        return None
    kept = [rule for rule in policy_rules() if rule.kind is kind and keeps(rule, effects, calls_at_once)]
    return rng.choice(kept) if kept else None


def keeps(rule: PolicyRule, effects: Set[Effect], calls_at_once: int) -> bool:
    """Whether calls of these effects, so many in one turn, break no part of a rule."""
    if rule.kind is RuleKind.REFUSAL:
        return effects.isdisjoint(rule.parameters.get("effects", ()))
    return calls_at_once <= rule.parameters.get("calls_max", calls_at_once)


def most_at_once(steps: Sequence[PlanStep]) -> int:
    """Most calls that a plan makes in one turn."""
    turns: Counter[tuple[int, int]] = Counter()
    for step in steps:
        turns[step.request_index, step.group] += step.members_max
    return max(turns.values(), default=0)
