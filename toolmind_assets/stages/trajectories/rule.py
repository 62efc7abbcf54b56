"""What a rule is, and what it finds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from toolmind_assets.model.verdicts import Outcome, Severity, SubjectKind
from toolmind_assets.stages.trajectories.trajectory import Call, Trajectory


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found wrong or could not verify.

    Attributes:
        message_index, call_index: None for the dialogue, or the message.
        outcome: `fail` or `unverifiable`.
        path: RFC 6901 pointer into the call's arguments or the result.
        detail: What was found, in words, with the value.
    """

    subject_kind: SubjectKind
    message_index: int | None
    call_index: int | None
    outcome: Outcome
    severity: Severity
    code: str
    path: str = ""
    detail: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether it alone fails its subject."""
        return self.outcome is Outcome.FAIL and self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Rule:
    """One deterministic rule.

    Attributes:
        version: Raised when the rule changes what it finds.
        codes: The codes of its findings, with what each means.
        check: Its findings in a trajectory.
    """

    name: str
    version: int
    codes: Mapping[str, str]
    check: Callable[[Trajectory], Iterable[Finding]]


def call_finding(
    call: Call, code: str, detail: str, path: str = "", outcome: Outcome = Outcome.FAIL
) -> Finding:
    """A finding about a call, or, where `path` names one, about an argument of it."""
    kind = SubjectKind.ARGUMENT if path else SubjectKind.CALL
    return Finding(
        kind, call.message_index, call.call_index, outcome, Severity.ERROR, code, path, cut(detail)
    )


def message_finding(
    index: int, code: str, detail: str, path: str = "", severity: Severity = Severity.ERROR
) -> Finding:
    """A finding about a message."""
    return Finding(SubjectKind.MESSAGE, index, None, Outcome.FAIL, severity, code, path, cut(detail))


def cut(text: str, length: int = 300) -> str:
    """The text, at most `length` characters of it."""
    return text if len(text) <= length else text[: length - 1] + "…"


def shown(value: object) -> str:
    """A value as a detail quotes it."""
    return cut(repr(value), 80)
