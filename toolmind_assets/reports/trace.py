"""From any id back to the catalog entries that it rests on, and forward to all that was made of it.

Which rows there are to be met, how they refer to each other and how they are shown is what tables declare of
themselves: their nouns and their parents. Only the columns that this takes are read, never messages or schemas.
"""

from collections.abc import Sequence

from toolmind_assets.errors import InputError
from toolmind_assets.reports.trace_back import Origins
from toolmind_assets.reports.trace_forward import Uses, drops_of
from toolmind_assets.reports.trace_rows import ReadTable, TracedRows, listed, node, noun_of
from toolmind_assets.reports.trace_tree import Trace, TraceNode
from toolmind_resources.delta.table import Table


def trace(subject_id: str, tables: Sequence[Table], read: ReadTable) -> Trace:
    """The way from any id, or from a function's name.

    Args:
        subject_id: The id.
        tables: All tables in the order in which data flows.
        read: How they are read.

    Raises:
        InputError: no table has the id.
    """
    rows = TracedRows(tuple(tables), read)
    found = rows.find(subject_id)
    if found is None:
        return _dropped_trace(rows, subject_id)
    table, row = found
    return Trace(node(table, row), Origins(rows).of(table, row), tuple(Uses(rows, table, row).found()))


def _dropped_trace(rows: TracedRows, subject_id: str) -> Trace:
    drops = listed("dropped rows", list(drops_of(rows, rows.tables, [subject_id], is_subject=True)))
    if not drops:
        prefixes = dict.fromkeys(noun_of(table).id_prefix for table in reversed(rows.traced.values()))
        named = dict.fromkeys(noun_of(table).name for table in rows.traced.values() if noun_of(table).names)
        first, *others = prefixes
        raise InputError(
            f"no table has the id {subject_id!r}. Ids look like "
            f"{', '.join([f'{first}_1f0c...', *(f'{prefix}_...' for prefix in others)])}; "
            f"a {' or '.join(named)}'s name will do as well"
        )
    return Trace(TraceNode("dropped", subject_id), (), tuple(drops))
