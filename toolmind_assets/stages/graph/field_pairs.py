"""Pairs of fields with what is known of their ends: what all factors are computed from."""

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.graph.columns import EFFECTS, ROLES, Bools, Columns, Ints, Places
from toolmind_assets.stages.graph.factor_tables import Factors, FactorTables
from toolmind_assets.stages.graph.value_roles import ValueRole

WRITES = np.array([effect in (Effect.CREATE, Effect.UPDATE) for effect in EFFECTS])
"""Whether an effect makes or changes something, by its place."""
READ, CREATE, UPDATE, DELETE, EXECUTE = (
    EFFECTS.index(one) for one in (Effect.READ, Effect.CREATE, Effect.UPDATE, Effect.DELETE, Effect.EXECUTE)
)
IDENTIFIER, CREDENTIAL = ROLES.index(ValueRole.IDENTIFIER), ROLES.index(ValueRole.CREDENTIAL)
ATTRIBUTES = np.array([role in (ValueRole.VALUE, ValueRole.NUMBER) for role in ROLES])
"""Whether a role is an attribute of something, by its place."""


class FieldPairs:
    """Pairs of a source and a target field.

    Attributes:
        is_result: The source is a field of a result, else a parameter.
        sources, targets: Places of the fields.
        givers, takers: Places of their functions.
        give_effect, take_effect: Effects of their functions.
    """

    def __init__(
        self, columns: Columns, tables: FactorTables, sources: Places, targets: Places, *, is_result: bool
    ) -> None:
        self.columns, self.tables, self.is_result = columns, tables, is_result
        self.sources, self.targets = sources, targets
        self.givers, self.takers = columns.fields.function[sources], columns.fields.function[targets]
        self.give_effect = columns.functions.effect[self.givers]
        self.take_effect = columns.functions.effect[self.takers]

    def ones(self) -> Factors:
        """A factor that changes nothing."""
        return np.ones(len(self.sources), dtype=np.float32)

    def both(self, column: Ints | Bools) -> tuple[NDArray, NDArray]:
        """The values of a column at both ends."""
        return column[self.sources], column[self.targets]


def lowered(factors: Factors, where: Bools, by: float) -> Factors:
    """Factors, times a number at some places."""
    return np.where(where, factors * np.float32(by), factors)


def replaced(factors: Factors, where: Bools, by: float) -> Factors:
    """Factors, with another one in their stead at some places."""
    return np.where(where, np.float32(by), factors)
