"""Situations: who speaks with the assistant, why, and by which rules the assistant works."""

from dataclasses import dataclass, field
from enum import StrEnum

from toolmind_assets.model.ids import JsonObject


class RuleKind(StrEnum):
    """What a rule of a policy is about."""

    TONE = "tone"
    """How the assistant speaks."""
    CONFIRMATION = "confirmation"
    """Which calls wait for the user's yes."""
    REFUSAL = "refusal"
    """What the assistant does not do, though it may have a function for it."""
    LIMIT = "limit"
    """Of what there is a most."""


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of the assistant's policy.

    Attributes:
        code: Its name, as it stands in the list of rules.
        kind: What it is about.
        text: How the system text says it.
        parameters: What a check of it has to know, such as the effects of the calls that it is about.
    """

    code: str
    kind: RuleKind
    text: str
    parameters: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Persona:
    """The person who speaks with the assistant; every field may be empty.

    Attributes:
        name: A made-up name.
        occupation: What the person does for a living, in English.
        traits: How the person is, as sentences without their subject: `Pay attention to details.`
        locale: Language and country, such as `en_GB`.
    """

    name: str = ""
    occupation: str = ""
    traits: tuple[str, ...] = ()
    locale: str = ""

    @property
    def of_themselves(self) -> str:
        """The traits as the person would say them: `I pay attention to details. I am always prepared.`"""
        return " ".join(f"I {trait[:1].lower()}{trait[1:]}" for trait in self.traits)


@dataclass(frozen=True, slots=True)
class Situation:
    """What surrounds the requests of a task.

    Attributes:
        persona: Who makes them.
        text: Why they belong together, in the third person.
        time_zone: IANA name of the zone in which the task's time is told; may be empty.
        policy: Rules of the assistant, in the order in which the system text says them.
    """

    persona: Persona = field(default_factory=Persona)
    text: str = ""
    time_zone: str = ""
    policy: tuple[PolicyRule, ...] = ()

    def waits_for_yes(self, effect: str) -> bool:
        """Whether a call of this effect is made only after the user was asked and said yes."""
        return any(
            rule.kind is RuleKind.CONFIRMATION and effect in rule.parameters.get("effects", ())
            for rule in self.policy
        )
