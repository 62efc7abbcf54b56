"""Tasks: what a dialogue is to be about, and the calls that would solve it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from toolmind_assets.model.situations import Situation


class Scenario(StrEnum):
    """What a task exercises."""

    CHAINED = "chained"
    """Later calls take values from earlier results."""
    PARALLEL = "parallel"
    """Several independent calls that belong into one assistant turn."""
    MISSING_PARAMETER = "missing_parameter"
    """The first request leaves out a value that a call requires; the assistant has to ask."""
    MISSING_FUNCTION = "missing_function"
    """One function that the request needs is not offered; the assistant has to say so."""
    IRRELEVANT = "irrelevant"
    """No offered function serves the request; no call is right."""
    FAN_IN = "fan_in"
    """One call takes values from the results of several others."""
    FAN_OUT = "fan_out"
    """One result feeds several calls: different ones, or one call for each of several members."""
    IMPLICIT = "implicit"
    """The request names the end alone; the assistant has to see by itself which calls lead there."""
    ERROR_RECOVERY = "error_recovery"
    """One right call is answered by an error that passes; the assistant tries again and goes on."""
    LONG_HORIZON = "long_horizon"
    """Three requests or more over one long plan, each later one about results of earlier ones."""


CHAINED_KINDS = frozenset(
    {
        Scenario.CHAINED,
        Scenario.FAN_IN,
        Scenario.FAN_OUT,
        Scenario.IMPLICIT,
        Scenario.ERROR_RECOVERY,
        Scenario.LONG_HORIZON,
    }
)
"""Scenarios in whose plans results are passed on: every step but the first, and in a fan-in the other
producers, takes a value from an earlier result."""


class ValueKind(StrEnum):
    """Where a planned argument's value comes from."""

    LITERAL = "literal"
    """Fixed by the function: a default or a constant."""
    USER = "user"
    """The user states it."""
    REFERENCE = "reference"
    """An earlier call's result holds it."""


class Members(StrEnum):
    """Which of the values is meant where a reference leads through a list."""

    ONE = "one"
    """One member, which the choice tells from the others; the value itself where the path leads through no list."""
    EACH = "each"
    """One after the other: the step is carried out once for each."""
    ALL = "all"
    """All of them, as one array."""


class ChoiceKind(StrEnum):
    """How a person says which member of a list is meant."""

    ONLY = "only"
    """The list has one member."""
    NEWEST = "newest"
    """The one whose date or time is the latest."""
    OLDEST = "oldest"
    """The one whose date or time is the earliest."""
    HIGHEST = "highest"
    """The one whose number is the highest."""
    LOWEST = "lowest"
    """The one whose number is the lowest."""
    MATCH = "match"
    """The one whose field has a value that the person knows: a name, a state, a place."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which one of the members of a list a reference means, in terms that a person can say and a result can show.

    Attributes:
        kind: How it is told from the others.
        path: Dotted path in the source's result of the field that tells, through the same list; None for the only one.
        value: The value that the field has, for a match; else None.
        label: What the field is called in plain words, such as `due date`; empty for the only one.
    """

    kind: ChoiceKind
    path: str | None = None
    value: Any = None
    label: str = ""


class Fault(StrEnum):
    """An error that is made to happen once; the same call succeeds when it is made again."""

    UNAVAILABLE = "unavailable"
    """The service does not answer for a moment."""
    TIMEOUT = "timeout"
    """The service took too long."""
    RATE_LIMITED = "rate_limited"
    """There were too many calls in a short time."""
    CONFLICT = "conflict"
    """Something else is just being done to the same thing."""


@dataclass(frozen=True, slots=True)
class PlanArgument:
    """One argument of a planned call.

    Attributes:
        path: Dotted path in the function's parameters.
        kind: Where the value comes from.
        value: The value, for literals and user values.
        step_id: The earlier step that a reference reads, else None.
        output_path: The path in that step's result, else None; `[]` stands for members of a list.
        members: Which members are meant where the output path leads through a list.
        choice: How the one member is told from the others where one of a list is meant, else None.
    """

    path: str
    kind: ValueKind
    value: Any = None
    step_id: str | None = None
    output_path: str | None = None
    members: Members = Members.ONE
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One planned call, or the same call for each of several members of an earlier result.

    The arguments of a step that are meant for each member read one list, and advance together.

    Attributes:
        step_id: `s1`, `s2`, ... in an executable order.
        function_id: The function to call.
        request_index: The user request (0-based) that it serves.
        group: Steps of the same request and group are independent and belong into one assistant turn.
        arguments: Its arguments, by path.
        members_max: Most members that it is carried out for; 1 for a single call.
        is_implicit: No request names it; the assistant has to see that it is needed.
        fault: The error by which its first call is answered, or None.
    """

    step_id: str
    function_id: str
    request_index: int
    group: int
    arguments: tuple[PlanArgument, ...]
    members_max: int = 1
    is_implicit: bool = False
    fault: Fault | None = None

    def references(self) -> tuple[PlanArgument, ...]:
        """The arguments that earlier results fill."""
        return tuple(argument for argument in self.arguments if argument.kind is ValueKind.REFERENCE)

    def source_ids(self) -> frozenset[str]:
        """The steps whose results it reads."""
        return frozenset(argument.step_id for argument in self.references() if argument.step_id)


class FactKind(StrEnum):
    """What a user knows of a value."""

    KNOWN = "known"
    """The value."""
    UNKNOWN = "unknown"
    """Nothing: an earlier result holds it, and the user says so when asked."""


@dataclass(frozen=True, slots=True)
class UserFact:
    """One value that the user knows, or does not know.

    Attributes:
        step_id, path: The planned argument that it fills.
        label: What the value is called in plain words, such as "departure city".
        value: The value; None where it is not known.
        is_withheld: The user does not state it before being asked.
        kind: Whether the user knows it.
        expression: How the user says the value where not as it is, such as `this coming Friday` for a date.
    """

    step_id: str
    path: str
    label: str
    value: Any
    is_withheld: bool
    kind: FactKind = FactKind.KNOWN
    expression: str | None = None

    @property
    def said(self) -> Any:
        """What the user says for the value: the expression where there is one."""
        return self.value if self.expression is None else self.expression


@dataclass(frozen=True, slots=True)
class UserRequest:
    """One of the requests that make up an intent.

    Attributes:
        goal: What the user wants, in the user's words, without the values that are disclosed later.
        facts: What the user knows and can state, and what the user does not know.
    """

    goal: str
    facts: tuple[UserFact, ...]

    def known(self) -> tuple[UserFact, ...]:
        """The facts that the user knows."""
        return tuple(fact for fact in self.facts if fact.kind is FactKind.KNOWN)


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        task_id: Hashes shard, slot, start function key, run seed, and the parameters that differ from their defaults.
        shard: The partition.
        slot_index: Which of the shard's wanted tasks it is (0-based).
        n_wanted: Tasks wanted of the shard.
        scenario: What it exercises.
        start_function_key: Function key from which the walk started.
        chain: Function ids walked, in order.
        plan: The calls that solve it, in an executable order; empty for an irrelevant request.
        intent: The user's underlying goal, as a paragraph.
        requests: The intent cut into the requests of the dialogue.
        offered_function_ids: The functions that the assistant sees, in the order in which it sees them.
        withheld_function_id: For `missing_function`, the needed function that is not offered.
        domain: Domain of the start function.
        system_text: System message of the dialogue, with policy, date and language; may be empty.
        reference_time: "Now" in the dialogue, ISO 8601 with the offset of its time zone.
        language: BCP 47 tag.
        seed: Seed of everything that is drawn for the task later.
        model: Models that wrote plan and intent.
        prompt_digest: Digest of their prompts.
        situation: Who speaks, why, and by which rules the assistant works.
    """

    task_id: str
    shard: str
    slot_index: int
    n_wanted: int
    scenario: Scenario
    start_function_key: str
    chain: tuple[str, ...]
    plan: tuple[PlanStep, ...]
    intent: str
    requests: tuple[UserRequest, ...]
    offered_function_ids: tuple[str, ...]
    withheld_function_id: str | None
    domain: str
    system_text: str
    reference_time: str
    language: str
    seed: int
    model: str
    prompt_digest: str
    situation: Situation = field(default_factory=Situation)
