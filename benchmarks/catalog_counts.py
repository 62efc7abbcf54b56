"""What `toolmind normalize` wrote, held against what the source documents declare; see `catalog_declared`.

A function keeps its result with all its fields when each object that the source's schema leads to is found again: an
object of the written schema that has at least its property names. Every written schema is held against the metaschema
of 2020-12, and each of its references must lead to one of its definitions.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import polars as pl
from catalog_declared import Operation, operations_in, read_documents, schema_fields

Names = frozenset[str]
_POINTER = "#/$defs/"
_METASCHEMA = "https://json-schema.org/draft/2020-12/schema"
MAX_DEFINITIONS = 64
"""What `toolmind normalize` keeps of one schema where nothing else is configured."""
NO_RESULT = "no result"
MANY = f"more than {MAX_DEFINITIONS} definitions"
SECOND = "a second JSON media type of the same answer"
OTHER = "other"


@dataclass
class Counts:
    """What one source came to; entries = kept + dropped, kept = functions + folded."""

    documents: int = 0
    operations: int = 0
    operations_kept: int = 0
    entries: int = 0
    kept: int = 0
    functions: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    returns_declared: int = 0
    returns_kept: int = 0
    returns_whole: int = 0
    missed: dict[str, int] = field(default_factory=dict)
    schemas: int = 0
    schemas_valid: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Written:
    """The rows of one functions.parquet: where each function was found, and the objects of its result.

    Attributes:
        results: Location -> numbers in `names`; None where the row states no result.
        names: Each set of property names that was met, once.
    """

    results: dict[str, tuple[int, ...] | None] = field(default_factory=dict)
    names: list[Names] = field(default_factory=list)
    n_rows: int = 0
    n_schemas: int = 0
    n_valid: int = 0
    _numbers: dict[Names, int] = field(default_factory=dict)
    _known: dict[bytes, tuple[bool, tuple[int, ...], tuple[str, ...]]] = field(default_factory=dict)

    def add(self, row: dict[str, Any]) -> None:
        """Takes in one row: its two schemas, and the places where it was found."""
        self.n_rows += 1
        self._look_at(row["parameters_json"])
        returns = row["returns_json"]
        result = self._look_at(returns) if returns is not None else None
        for source in row["sources"]:
            self.results[source["location"]] = result

    def _look_at(self, text: str) -> tuple[int, ...]:
        """Numbers of the sets of names of all objects within reach; the schema is counted, and whether it is valid."""
        schema = orjson.loads(text)
        definitions = schema.pop("$defs", {})
        parts = {"": self._part(schema)} | {name: self._part(one) for name, one in definitions.items()}
        within: set[str] = set()
        waiting = [""]
        while waiting:
            name = waiting.pop()
            if name not in within and name in parts:
                within.add(name)
                waiting += parts[name][2]
        leads_somewhere = all(name in parts for part in parts.values() for name in part[2])
        self.n_schemas += 1
        self.n_valid += leads_somewhere and all(part[0] for part in parts.values())
        return tuple({number for name in within for number in parts[name][1]})

    def _part(self, schema: Any) -> tuple[bool, tuple[int, ...], tuple[str, ...]]:
        """Validity, names and references of a definition, looked at once for all the functions that share it."""
        text = orjson.dumps(schema)
        known = self._known.get(text)
        if known is None:
            names, references = schema_fields(schema)
            numbers = tuple(self._number(one) for one in names)
            targets = tuple(reference.removeprefix(_POINTER) for reference in references)
            known = self._known[text] = (is_valid(schema), numbers, targets)
            if len(self._known) > 100_000:
                self._known.clear()
        return known

    def _number(self, names: Names) -> int:
        if names not in self._numbers:
            self._numbers[names] = len(self.names)
            self.names.append(names)
        return self._numbers[names]

    def missing(self, location: str, declared: Iterable[Names]) -> Names | None:
        """The first declared object that is not found again; None where all are."""
        numbers = self.results.get(location) or ()
        found = set(numbers)
        for names in declared:
            if self._numbers.get(names) in found:
                continue
            if not any(names <= self.names[number] for number in numbers):
                return names
        return None


def is_valid(schema: Any) -> bool:
    """Whether a schema is valid under the metaschema of 2020-12."""
    if isinstance(schema, dict):
        schema = {"$schema": _METASCHEMA, **schema}
    return jsonschema_rs.meta.is_valid(schema)


def compare(written: Written, documents: Iterable[tuple[str, Any]]) -> Counts:
    """Counts of the documents' operations, and of what of them was written."""
    counts = Counts()
    missed: Counter[str] = Counter()
    for name, value in documents:
        counts.documents += 1
        for operation in operations_in(value):
            location = f"{name}#{operation.pointer}"
            counts.operations += 1
            counts.operations_kept += location in written.results
            if operation.returns is None:
                continue
            counts.returns_declared += 1
            if written.results.get(location) is None:
                missed[NO_RESULT] += 1
                _remember(counts, location, NO_RESULT)
                continue
            counts.returns_kept += 1
            gone = written.missing(location, operation.reach.sets(operation.returns, set()))
            if gone is None:
                counts.returns_whole += 1
                continue
            reason = _reason(written, location, operation)
            missed[reason] += 1
            if reason == OTHER:
                _remember(counts, location, f"lacks {sorted(gone)[:8]}")
    counts.missed = dict(missed)
    return counts


def _remember(counts: Counts, location: str, what: str) -> None:
    if len(counts.examples) < 12:
        counts.examples.append(f"{location}: {what}")


def _reason(written: Written, location: str, operation: Operation) -> str:
    """Why a result is not whole, as far as it can be told."""
    within: set[str] = set()
    for _ in operation.reach.sets(operation.returns or [], within):
        if len(within) > MAX_DEFINITIONS:
            return MANY
    if len(within) > MAX_DEFINITIONS:
        return MANY
    first = operation.first or []
    is_whole = bool(first) and written.missing(location, operation.reach.sets(first, set())) is None
    return SECOND if is_whole else OTHER


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    columns = ["parameters_json", "returns_json", "sources"]
    table = pl.scan_parquet(file).select(columns)
    height = table.select(pl.len()).collect().item()
    for start in range(0, height, 4096):
        yield from table.slice(start, 4096).collect().iter_rows(named=True)


def count_source(out: Path, documents: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """All counts of one source, of the folder that was written and of its documents."""
    written = Written()
    for row in _rows(out / "functions.parquet"):
        written.add(row)
    dropped = pl.read_parquet(out / "dropped.parquet", columns=["reason"])
    counts = compare(written, documents)
    counts.kept, counts.functions = len(written.results), written.n_rows
    counts.dropped = dict(Counter(dropped["reason"].to_list()))
    counts.entries = counts.kept + dropped.height
    counts.schemas, counts.schemas_valid = written.n_schemas, written.n_valid
    return asdict(counts)


def main() -> None:
    """OUT ROOT PATTERN: the counts of the JSON documents that a glob finds below a folder, as JSON."""
    out, root, pattern = sys.argv[1:]
    print(json.dumps(count_source(Path(out), read_documents(Path(root), pattern))))


if __name__ == "__main__":
    main()
