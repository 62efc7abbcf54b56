"""Verdicts on dialogues, messages, calls and arguments, and the samples that pass."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

OUTCOME_RULE = "outcome"
"""The rule of the verdict that combines all others on a message."""


class SubjectKind(StrEnum):
    """What a verdict is about."""

    DIALOGUE = "dialogue"
    MESSAGE = "message"
    CALL = "call"
    ARGUMENT = "argument"


class Outcome(StrEnum):
    """What a verdict says. Nothing counts as passed for want of evidence where evidence is needed."""

    PASS = "pass"
    FAIL = "fail"
    UNVERIFIABLE = "unverifiable"
    NOT_CHECKED = "not_checked"
    """Nothing was found against it, but a judge that has to pass it was not asked."""


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """The subject is wrong."""
    WARNING = "warning"
    """The subject is doubtful; alone it fails nothing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement.

    Attributes:
        verdict_id: Hashes subject, rule, its version and the finding's path.
        subject_id: Dialogue id, `<dialogue id>#<message index>`, or call id.
        message_index, call_index: None for the dialogue, or the message.
        rule: Name of the rule or judge; `outcome` for the combined outcome of a message.
        rule_version: Raised when a rule changes what it finds.
        code: Stable code of the finding; empty for a pass, and where nothing was checked.
        path: RFC 6901 pointer into the call's arguments or the result; empty for the whole.
        votes_json: The votes of a judge as a JSON list, each with its sampling and seed, or None.
        model: Model of a judge, or None for a rule, and where no judge was asked.
        raw_reply_digest: SHA-256 of the judge's replies, or None.
        prompt_digest: Digest of the judge's prompt, or None for a rule.
    """

    verdict_id: str
    shard: str
    subject_kind: SubjectKind
    subject_id: str
    dialogue_id: str
    message_index: int | None
    call_index: int | None
    rule: str
    rule_version: int
    outcome: Outcome
    severity: Severity
    code: str
    path: str
    detail: str
    votes_json: str | None
    model: str | None
    raw_reply_digest: str | None
    prompt_digest: str | None


def turn_outcomes(verdicts: Iterable[Verdict], dialogue_id: str) -> dict[int, str]:
    """Message index -> combined outcome of that message of the dialogue."""
    return {
        verdict.message_index: verdict.outcome.value
        for verdict in verdicts
        if verdict.dialogue_id == dialogue_id
        and verdict.subject_kind is SubjectKind.MESSAGE
        and verdict.rule == OUTCOME_RULE
        and verdict.message_index is not None
    }


@dataclass(frozen=True, slots=True)
class Sample:
    """One training sample: an assistant turn with its whole prefix, by reference.

    Attributes:
        sample_id: Hashes dialogue and message index.
        message_index: The anchor: the assistant message that is trained on.
        loss_weights: One weight a message, 0-based up to and including the anchor.
        source: `simulated`, or the name of the open set.
        n_turns: Assistant messages up to and including the anchor.
        n_tokens: Estimated tokens of prefix, tools and anchor (4 characters a token), without reasoning.
        content_digest: Hashes tools, prefix and anchor; equal content is a duplicate. Of reasoning it hashes the
            anchor's alone.
        n_reasoning_tokens: Estimated tokens of the anchor's reasoning, or None where it has none.
    """

    sample_id: str
    shard: str
    dialogue_id: str
    message_index: int
    loss_weights: tuple[float, ...]
    source: str
    scenario: str
    domain: str
    n_turns: int
    n_tokens: int
    content_digest: str
    n_reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class MixedSample:
    """One sample of the training set: a `Sample` with its weight, still by reference."""

    sample_id: str
    shard: str
    dialogue_id: str
    message_index: int
    loss_weights: tuple[float, ...]
    source: str
    scenario: str
    domain: str
    n_turns: int
    n_tokens: int
    weight: float
    n_reasoning_tokens: int | None = None
