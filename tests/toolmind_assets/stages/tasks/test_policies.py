"""Policies: rules that a check can read, of which none is broken by the plan of its task."""

import re
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.situations import RuleKind, Situation
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.policies import draw_policy, keeps, most_at_once, policy_rules

EVERY = TaskParams(**{f"{kind.value}_share": 1.0 for kind in RuleKind})


def test_every_kind_has_rules_and_every_rule_a_code_of_its_own_and_a_sentence() -> None:
    rules = policy_rules()
    assert {rule.kind for rule in rules} == set(RuleKind)
    assert len({rule.code for rule in rules}) == len(rules)
    assert all(rule.text.endswith(".") and "  " not in rule.text for rule in rules)


def test_no_rule_holds_a_digit_from_which_an_argument_could_seem_to_come() -> None:
    assert [rule.code for rule in policy_rules() if re.search(r"\d", rule.text)] == []


def test_rules_say_to_a_check_what_they_are_about() -> None:
    effects = {effect.value for effect in Effect}
    for rule in policy_rules():
        if rule.kind is RuleKind.CONFIRMATION:
            assert set(rule.parameters["effects"]) <= effects
        if rule.kind is RuleKind.REFUSAL:
            assert set(rule.parameters.get("effects", ())) <= effects
            assert bool(rule.parameters.get("effects")) is not bool(rule.parameters.get("topics"))
        if rule.kind is RuleKind.LIMIT:
            assert rule.parameters["calls_max"] >= 1


@pytest.mark.parametrize("effect", list(Effect))
def test_nothing_is_forbidden_that_the_plan_does_and_no_limit_is_below_it(effect: Effect) -> None:
    for seed in range(60):
        rules = draw_policy(seed, {effect}, 3, EVERY)
        for rule in rules:
            assert rule.kind is not RuleKind.REFUSAL or effect.value not in rule.parameters.get("effects", ())
            assert rule.parameters.get("calls_max", 3) >= 3


def test_a_plan_beyond_every_limit_has_none() -> None:
    kinds = {rule.kind for seed in range(20) for rule in draw_policy(seed, {Effect.READ}, 99, EVERY)}
    assert kinds == set(RuleKind) - {RuleKind.LIMIT}


def test_a_rule_of_tone_is_kept_by_every_plan() -> None:
    assert all(keeps(rule, set(Effect), 99) for rule in policy_rules() if rule.kind is RuleKind.TONE)


def test_calls_of_one_turn_are_counted_with_their_members(make: Any) -> None:
    one = make.step("s1", "get_order")
    each = replace(make.step("s2", "get_order", group=1), members_max=3)
    assert most_at_once([]) == 0
    assert most_at_once([one, each]) == 3
    assert most_at_once([one, replace(each, group=0)]) == 4
    assert most_at_once([one, replace(one, request_index=1)]) == 1


def test_a_situation_says_which_effects_wait_for_a_yes() -> None:
    rules = {rule.code: rule for rule in policy_rules()}
    asking = Situation(policy=(rules["confirm_changes"],))
    assert [effect.value for effect in Effect if asking.waits_for_yes(effect.value)] == ["update", "delete"]
    assert not Situation(policy=(rules["no_deletions"],)).waits_for_yes("delete")
