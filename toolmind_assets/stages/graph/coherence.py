"""Whether two calls belong to one goal: would one person make them in this order, the second because of the first?

Coherence is an axis of its own beside the score, which says whether the value is right. It is a product of factors,
each 0 to 1, for pairs of fields of some columns:

    caller purpose state goal          here
    subject cycle                      `result_coherence`, `shared_coherence`

They are judgements, written down in `coherence_factors`: docs/adr/0024-coherence-of-links.md says how they were set.
"""

from dataclasses import dataclass

import numpy as np

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.stages.graph import result_coherence, shared_coherence
from toolmind_assets.stages.graph.call_pairs import CallPairs, Calls
from toolmind_assets.stages.graph.coherence_factors import (
    ACCOUNT,
    FAR,
    MACHINE,
    NEAR,
    ONE_ABOUT,
    OVER,
    SHARED_FAR,
)
from toolmind_assets.stages.graph.columns import Bools, Columns, Places
from toolmind_assets.stages.graph.factor_tables import Factors


@dataclass(frozen=True, slots=True)
class Coherence:
    """The factors of some links, each of shape (n,); `value` is their product.

    Attributes:
        caller: Whether a person makes both calls.
        purpose: Whether the first result is for acting on, and no report or log.
        state: Whether the thing is in a state that the second call can work on.
        subject: Whether both calls are about the thing, rather than mention it, carry it along or lie within it.
        cycle: Whether the second call may follow the first in the life of a thing.
        goal: Whether both speak of the same.
    """

    caller: Factors
    purpose: Factors
    state: Factors
    subject: Factors
    cycle: Factors
    goal: Factors

    @property
    def value(self) -> Factors:
        """The product of the factors."""
        return self.caller * self.purpose * self.state * self.subject * self.cycle * self.goal


class Coherences:
    """Weighs pairs of fields of some columns."""

    def __init__(self, columns: Columns) -> None:
        self._calls = Calls.of(columns)

    def weigh(self, kind: EdgeKind, sources: Places, targets: Places) -> Coherence:
        """Every factor of the links of this kind from each of `sources` to the one of `targets` at its place."""
        pairs = CallPairs(self._calls, sources, targets)
        traits, givers, takers = self._calls.traits, pairs.givers, pairs.takers
        is_result = kind is EdgeKind.RESULT_TO_PARAMETER
        special = result_coherence if is_result else shared_coherence
        subject = special.subject_factors(pairs)
        far = np.where(is_result | (subject >= ONE_ABOUT), np.float32(FAR), np.float32(SHARED_FAR))
        is_dead = traits.is_over[givers] & ~traits.is_over[takers] & ~traits.is_revival[takers]
        return Coherence(
            caller=_where(traits.is_machine[givers] | traits.is_machine[takers], MACHINE),
            purpose=_where(traits.is_account[givers] & ~pairs.is_own & is_result, ACCOUNT),
            state=_where(is_dead, OVER),
            subject=subject,
            cycle=special.cycle_factors(pairs),
            goal=_goal_factors(pairs, far),
        )


def _where(holds: Bools, factor: float) -> Factors:
    return np.where(holds, np.float32(factor), np.float32(1))


def _goal_factors(pairs: CallPairs, far: Factors) -> Factors:
    """From `far`, where no word is shared, to 1."""
    near = np.minimum(pairs.likeness / np.float32(NEAR), 1)
    return (far + (1 - far) * near).astype(np.float32)
