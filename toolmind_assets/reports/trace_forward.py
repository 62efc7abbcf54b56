"""What a row went into: the rows that refer to it, the rows that refer to those, and what was dropped of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from toolmind_assets.reports.trace_rows import (
    Row,
    TracedRows,
    any_of,
    id_of,
    label,
    listed,
    node,
    noun_of,
    plural_of,
    remark,
)
from toolmind_assets.reports.trace_tree import TraceNode
from toolmind_assets.tables.drops import holds_drops
from toolmind_resources.delta.references import referred_by, refers_to
from toolmind_resources.delta.table import Parent, Table

Words = dict[str, int | None]
"""What the subject is to a row, each word with the position in the row from which on that holds; None for all."""


@dataclass(slots=True)
class _Reached:
    """A row that rests on the subject.

    Attributes:
        row: The row.
        n_steps: References between the two, on the shortest way.
        words: What the subject is to it on that way.
    """

    row: Row
    n_steps: int
    words: Words = field(default_factory=lambda: {"": None})

    def meet(self, n_steps: int, words: Words) -> None:
        """Takes another way into account."""
        if n_steps > self.n_steps:
            return
        known = self.words if n_steps == self.n_steps else {}
        for word, since in words.items():
            both = (since, known.get(word, since))
            known[word] = None if None in both else min(place for place in both if place is not None)
        self.n_steps, self.words = n_steps, known


@dataclass(frozen=True, slots=True)
class _Way:
    """How rows may rest on others: rows of `table`, which are they or parts of theirs, refer to rows of `other`.

    Attributes:
        table: What refers.
        parent: How.
        other: To what.
        whole: Where what refers is a part: of what, and how.
        word: What the others are to the rows; empty where that is what the subject is to the others.
    """

    table: Table
    parent: Parent
    other: Table
    whole: Parent | None
    word: str


@dataclass(frozen=True, slots=True)
class _Met:
    """That a row rests on the subject: its id, what refers to another row that does, and how."""

    row_id: str
    source: Row
    n_steps: int
    words: Words


@dataclass(slots=True)
class Uses:
    """Finds what a row went into."""

    rows: TracedRows
    table: Table
    row: Row
    _reached: dict[str, dict[str, _Reached]] = field(default_factory=dict)
    _words: dict[str, list[str]] = field(default_factory=dict)

    def found(self) -> Iterator[TraceNode]:
        """The rows of each table that rest on the row, in the order in which data flows, dropped rows last."""
        self._begin()
        begun = set(self._reached)
        for table in self.rows.traced.values():
            if table.name not in begun and not any(parent.is_part for parent in table.parents):
                self._reach(table)
        for table in self.rows.traced.values():
            if self.rows.carried_by(table) is None and (table.name not in begun or self._carriers(table)):
                yield from self._listed(table)
        first = self.rows.tables.index(self.table)
        ids = [row_id for rows in self._reached.values() for row_id in rows]
        yield from listed("dropped rows", list(drops_of(self.rows, self.rows.tables[first:], ids)))

    def _begin(self) -> None:
        """The row itself; of a part, its whole too, from where it stands on."""
        self._reached[self.table.name] = {id_of(self.table, self.row): _Reached(self.row, 0)}
        for parent, whole in self.rows.parents(self.table):
            if parent.is_part:
                condition = pl.col(parent.parent_column) == self.row[parent.column]
                since = self.row[parent.position] if parent.position else None
                wholes = self.rows.rows(whole, condition, self.rows.partitions(whole, [self.row]))
                if wholes:
                    self._reached[whole.name] = {
                        id_of(whole, row): _Reached(row, 0, {"": since}) for row in wholes
                    }

    def _reach(self, table: Table) -> None:
        """Finds the rows of a table that rest on those found before, themselves or by their parts."""
        ways = list(self._ways(table))
        met = [one for way in ways if way.whole is not None for one in self._met_by_parts(way)]
        own = [way for way in ways if way.whole is None]
        if not met and not own:
            return
        is_met = pl.col(noun_of(table).id_column).is_in([one.row_id for one in met])
        sources = [one.row for way in own for one in self._reached[way.other.name].values()]
        rows = self.rows.rows(
            table,
            any_of([is_met, *map(self._condition, own)]),
            self.rows.partitions(table, [*sources, *(one.source for one in met)]),
        )
        met += [one for row in rows for way in own for one in self._met(row, way, id_of(table, row))]
        by_id = {id_of(table, row): row for row in rows}
        reached: dict[str, _Reached] = {}
        for one in met:
            if one.row_id in by_id:
                unmet = _Reached(by_id[one.row_id], one.n_steps, {})
                reached.setdefault(one.row_id, unmet).meet(one.n_steps, one.words)
        if reached:
            self._reached[table.name] = reached
            self._words[table.name] = self._ranked_words(ways)

    def _ranked_words(self, ways: list[_Way]) -> list[str]:
        """What the subject may be to rows, the strongest first: what they declare, then what is handed on to them."""
        declared = [way.parent.relation for way in ways]
        handed_on = [word for way in ways for word in self._words.get(way.other.name, ())]
        return list(dict.fromkeys(filter(None, (*declared, *(way.word for way in ways), *handed_on))))

    def _ways(self, table: Table) -> Iterator[_Way]:
        """How rows of a table may rest on what was reached, the strongest first: by their parts, then themselves."""
        parts = [
            (part, parent, other, whole)
            for whole, part in self.rows.parts(table)
            for parent, other in self.rows.parents(part)
            if not parent.is_part
        ]
        own = [(table, parent, other, None) for parent, other in self.rows.parents(table)]
        ways = [way for way in (*parts, *own) if way[2].name in self._reached]
        is_told = any(parent.relation for _, parent, _, _ in ways)
        for one, parent, other, whole in ways:
            by = f"by {noun_of(other).name}" if is_told else ""
            yield _Way(one, parent, other, whole, parent.relation or by)

    def _met_by_parts(self, way: _Way) -> Iterator[_Met]:
        """The rows whose parts rest on what was reached: they do from where the part stands on."""
        whole = way.whole
        assert whole is not None
        sources = [one.row for one in self._reached[way.other.name].values()]
        partitions = self.rows.partitions(way.table, sources)
        for row in self.rows.rows(way.table, self._condition(way), partitions):
            since = row[whole.position] if whole.position else None
            for one in self._met(row, way, row[whole.column]):
                yield replace(one, words=dict.fromkeys(one.words, since))

    def _condition(self, way: _Way) -> pl.Expr:
        """Whether a row refers to a row that was reached. A link is followed only from itself.

        Who comes from an end of a link meets what refers to the link by referring to that end.
        """
        if way.parent.other_end is None:
            return refers_to(way.table, way.parent, list(self._reached[way.other.name]))
        ends = way.parent.parent_columns
        return any_of(
            pl.all_horizontal(refers_to(way.table, way.parent, [link.row[end]]) for end in ends)
            for link in self._links(way)
        )

    def _met(self, row: Row, way: _Way, row_id: str) -> Iterator[_Met]:
        """What a row refers to of what was reached, as far as it stands where that holds."""
        parent, reached, values = way.parent, self._reached[way.other.name], referred_by(row, way.parent)
        if parent.other_end is None:
            found = [reached[value] for value in values if value in reached]
        else:
            ends = parent.parent_columns
            found = [link for link in self._links(way) if all(link.row[end] in values for end in ends)]
        place = row[parent.position] if parent.position else None
        for one in found:
            words = [
                word for word, since in one.words.items() if since is None or place is None or place >= since
            ]
            if words:
                handed_on: Words = dict.fromkeys([way.word] if way.word else words)
                yield _Met(row_id, row, one.n_steps + 1, handed_on)

    def _links(self, way: _Way) -> list[_Reached]:
        """The links that are the subject, where they are of those that a reference leads to."""
        only, reached = way.parent.only, self._reached[way.other.name].values()
        return [one for one in reached if one.n_steps == 0 and (only is None or one.row[only[0]] == only[1])]

    def _listed(self, table: Table) -> Iterator[TraceNode]:
        """The rows of a table: counted by what the subject is to them, and those of the strongest word shown."""
        reached = list(self._reached.get(table.name, {}).values())
        words = [
            word for word in self._words.get(table.name, ()) if any(word in one.words for one in reached)
        ]
        counts = [f"{sum(word in one.words for one in reached):,} {word}" for word in words]
        if counts:
            yield remark(f"{plural_of(table)}: {', '.join(counts)}")
        shown = [one.row for one in reached if not words or words[0] in one.words]
        carriers = self._carriers(table)
        notes = {
            id_of(table, row): [self._note(carrier, table, row) for carrier in carriers] for row in shown
        }
        n_absent = {
            row_id: sum(note == noun_of(carrier).absent for note, carrier in zip(said, carriers, strict=True))
            for row_id, said in notes.items()
        }
        shown.sort(key=lambda row: (n_absent[id_of(table, row)], id_of(table, row)))
        yield from listed(
            plural_of(table), [node(table, row, (), *notes[id_of(table, row)]) for row in shown]
        )

    def _carriers(self, table: Table) -> list[Table]:
        return [other for other in self.rows.traced.values() if self.rows.carried_by(other) is table]

    def _note(self, carrier: Table, table: Table, row: Row) -> str:
        """What a table that carries rows on has to say of one."""
        carried = self._reached.get(carrier.name, {}).get(id_of(table, row))
        return noun_of(carrier).absent if carried is None else label(carrier, carried.row)


def drops_of(
    rows: TracedRows, tables: Iterable[Table], ids: list[str], is_subject: bool = False
) -> Iterator[TraceNode]:
    """Dropped rows that are one of `ids`, or, unless `is_subject`, were made from one of them."""
    condition = pl.col("subject_id").is_in(ids)
    if not is_subject:
        condition |= pl.col("parent_ids").list.eval(pl.element().is_in(ids)).list.any()
    for table in filter(holds_drops, tables):
        frame = rows.read(table, None, ("subject_id", "parent_ids", "reason", "detail")).filter(condition)
        for row in frame.sort("subject_id", "reason").iter_rows(named=True):
            yield TraceNode(
                "dropped", row["subject_id"], f"by {table.stage}: {row['reason']}: {row['detail']}"
            )
