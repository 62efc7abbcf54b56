"""What a step declares to read. No I/O."""

from dataclasses import dataclass

from toolmind_resources.delta.table import Table


@dataclass(frozen=True, slots=True)
class Matching:
    """Only the rows whose `key` stands in `column`, or among its members, of another table that the step reads."""

    key: str
    table: Table
    column: str


@dataclass(frozen=True, slots=True)
class Read:
    """A table that a step reads: of a table partitioned as the step is the same partition, else the whole.

    Attributes:
        table: The table.
        columns: Those that it uses; empty for all.
        only: Which rows, where not all; the others decide nothing.
        deciding: Of chosen rows the columns that decide what is made, where the others only come along; empty for all
            that it uses. Of a table that is read without choice any change decides.
    """

    table: Table
    columns: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    only: Matching | None = None

    def __post_init__(self) -> None:
        if self.deciding and self.only is None:
            raise ValueError(f"{self.table.name}: columns decide apart only of rows that are chosen")
