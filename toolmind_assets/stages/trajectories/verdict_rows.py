"""Verdict rows: one outcome a dialogue, message and call, one row a finding, one a judgement."""

from collections.abc import Iterator, Mapping

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.ids import make_id
from toolmind_assets.model.origins import call_row_id
from toolmind_assets.model.verdicts import OUTCOME_RULE, Outcome, Severity, SubjectKind, Verdict
from toolmind_assets.stages.trajectories import roles
from toolmind_assets.stages.trajectories.chat_judges import Judgement
from toolmind_assets.stages.trajectories.outcomes import DIALOGUE, Place, RuleOutcomes, kind_of, worst

STAGE = "trajectories"

OUTCOME_VERSION = 2
JUDGE_VERSION = 2


def subject_id_of(dialogue_id: str, place: Place) -> str:
    """Dialogue id, `<dialogue id>#<message index>`, or the id of the call's row."""
    index, call_index = place
    if index is None:
        return dialogue_id
    return f"{dialogue_id}#{index}" if call_index is None else call_row_id(dialogue_id, index, call_index)


def verdict_rows(
    dialogue: Dialogue,
    rules: RuleOutcomes,
    judgements: Mapping[int | None, Judgement],
    turns: Mapping[int, Outcome],
    unasked: str = "",
) -> Iterator[Verdict]:
    """Every verdict on one dialogue.

    Args:
        dialogue: What was judged.
        rules: What the rules say.
        judgements: Of the dialogue judge under None, of the turn judge under the message's index.
        turns: Combined outcome of each assistant message.
        unasked: Why the dialogue judge was not asked; empty where it was.
    """
    for place, outcome in rules.outcomes.items():
        index, call_index = place
        if place == DIALOGUE:
            outcome = worst([outcome, Outcome.NOT_CHECKED if unasked else judgements[None].outcome])
        elif call_index is None and index is not None and index in turns:
            outcome = turns[index]
        yield _row(dialogue, place, kind_of(place), OUTCOME_RULE, OUTCOME_VERSION, outcome)
    yield from _finding_rows(dialogue, rules)
    if unasked:
        yield _unasked_row(dialogue, unasked)
    for index, judgement in judgements.items():
        yield _judgement_row(dialogue, index, judgement)


def _finding_rows(dialogue: Dialogue, rules: RuleOutcomes) -> Iterator[Verdict]:
    seen: set[str] = set()
    for place, findings in rules.findings.items():
        for found in findings:
            finding, rule = found.finding, found.rule
            row = _row(
                dialogue,
                place,
                finding.subject_kind,
                rule.name,
                rule.version,
                finding.outcome,
                severity=finding.severity,
                code=finding.code,
                path=finding.path,
                detail=finding.detail,
            )
            if row.verdict_id not in seen:
                seen.add(row.verdict_id)
                yield row


def _unasked_row(dialogue: Dialogue, why: str) -> Verdict:
    kind, name = SubjectKind.DIALOGUE, roles.DIALOGUE_JUDGE
    detail = f"not asked: {why}"
    return _row(dialogue, DIALOGUE, kind, name, JUDGE_VERSION, Outcome.NOT_CHECKED, detail=detail)


def _judgement_row(dialogue: Dialogue, index: int | None, judgement: Judgement) -> Verdict:
    name = roles.DIALOGUE_JUDGE if index is None else roles.TURN_JUDGE
    code = {
        Outcome.PASS: "",
        Outcome.FAIL: f"{name}_rejected",
        Outcome.UNVERIFIABLE: f"{name}_unparseable",
    }[judgement.outcome]
    kind = SubjectKind.DIALOGUE if index is None else SubjectKind.MESSAGE
    return _row(
        dialogue,
        (index, None),
        kind,
        name,
        JUDGE_VERSION,
        judgement.outcome,
        code=code,
        detail=judgement.reason,
        judgement=judgement,
    )


def _row(
    dialogue: Dialogue,
    place: Place,
    kind: SubjectKind,
    rule: str,
    version: int,
    outcome: Outcome,
    *,
    severity: Severity = Severity.ERROR,
    code: str = "",
    path: str = "",
    detail: str = "",
    judgement: Judgement | None = None,
) -> Verdict:
    subject_id = subject_id_of(dialogue.dialogue_id, place)
    return Verdict(
        verdict_id=make_id("verdict", subject_id, kind.value, rule, version, path, code),
        shard=dialogue.shard,
        subject_kind=kind,
        subject_id=subject_id,
        dialogue_id=dialogue.dialogue_id,
        message_index=place[0],
        call_index=place[1],
        rule=rule,
        rule_version=version,
        outcome=outcome,
        severity=severity,
        code=code,
        path=path,
        detail=detail,
        votes_json=judgement.votes_json if judgement else None,
        model=judgement.model if judgement else None,
        raw_reply_digest=judgement.raw_reply_digest if judgement else None,
        prompt_digest=judgement.prompt_digest if judgement else None,
    )
