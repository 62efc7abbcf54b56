"""What all findings and judgements together say about a dialogue, its messages and its calls."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from toolmind_assets.model.dialogues import Speaker
from toolmind_assets.model.verdicts import Outcome, SubjectKind
from toolmind_assets.stages.trajectories.rule import Finding, Rule
from toolmind_assets.stages.trajectories.rules import RULES
from toolmind_assets.stages.trajectories.trajectory import Trajectory

Place = tuple[int | None, int | None]
"""Message index and call index; both None for the dialogue, the latter for a message."""
DIALOGUE: Place = (None, None)


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A finding with the rule that found it."""

    rule: Rule
    finding: Finding


@dataclass(frozen=True, slots=True)
class RuleOutcomes:
    """What the rules say about one trajectory.

    Attributes:
        outcomes: For the dialogue, each assistant and tool message, and each call of any message, in this order.
        findings: By the same places; an argument's with its call.
    """

    outcomes: Mapping[Place, Outcome]
    findings: Mapping[Place, tuple[RuleFinding, ...]] = field(default_factory=dict)


def run_rules(trajectory: Trajectory, rules: tuple[Rule, ...] = RULES) -> RuleOutcomes:
    """The findings of every rule, and what follows for each subject.

    A call is as bad as its findings, an assistant message as bad as its own findings and its calls. A
    dialogue fails only by a finding about the whole of it: a failing turn stays in the context.
    """
    found: dict[Place, list[RuleFinding]] = {}
    for rule in rules:
        for finding in rule.check(trajectory):
            place = (finding.message_index, finding.call_index)
            found.setdefault(place, []).append(RuleFinding(rule, finding))
    outcomes: dict[Place, Outcome] = {DIALOGUE: outcome_of(found.get(DIALOGUE, ()))}
    for index, message in enumerate(trajectory.messages):
        calls = {
            (index, place): outcome_of(found.get((index, place), ()))
            for place in range(len(message.tool_calls))
        }
        if message.role in (Speaker.ASSISTANT, Speaker.TOOL):
            outcomes[index, None] = worst([outcome_of(found.get((index, None), ())), *calls.values()])
        outcomes |= calls
    return RuleOutcomes(outcomes, {place: tuple(findings) for place, findings in found.items()})


def outcome_of(findings: Iterable[RuleFinding]) -> Outcome:
    """`fail` by one failing finding, else `unverifiable` by one that is; warnings alone are a pass."""
    outcomes = [
        Outcome.FAIL if found.finding.is_failing else found.finding.outcome
        for found in findings
        if found.finding.is_failing or found.finding.outcome is Outcome.UNVERIFIABLE
    ]
    return worst(outcomes)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of several outcomes, of which one that was not checked is better than one that could not be;
    `pass` of none.
    """
    given = set(outcomes)
    ordered = (Outcome.FAIL, Outcome.UNVERIFIABLE, Outcome.NOT_CHECKED)
    return next((outcome for outcome in ordered if outcome in given), Outcome.PASS)


def kind_of(place: Place) -> SubjectKind:
    """What a place is."""
    if place == DIALOGUE:
        return SubjectKind.DIALOGUE
    return SubjectKind.MESSAGE if place[1] is None else SubjectKind.CALL
