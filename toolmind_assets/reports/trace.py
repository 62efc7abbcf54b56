"""From any id back to the catalog entries that it rests on, and forward to all that was made of it.

Plain logic over a function that reads tables. Only ids and names are read, never messages or schemas.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from toolmind_assets.errors import InputError
from toolmind_assets.reports.trace_tree import Trace, TraceNode

ReadTable = Callable[[str, Sequence[str] | None, Sequence[str]], pl.DataFrame]
"""From a table's name, partitions (None for all) and columns to a frame; empty where nothing was made yet."""

Row = dict[str, Any]
MAX_LISTED = 10
"""Rows of one kind that are listed; the rest is counted."""

_STAGES = ("catalogs", "specs", "tasks", "dialogues", "opensets", "trajectories", "mixture")
_TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sample": (
        ("trajectories/samples",),
        ("sample_id", "shard", "dialogue_id", "message_index", "source", "scenario", "domain"),
    ),
    "dialogue": (
        ("dialogues/dialogues", "opensets/dialogues"),
        ("dialogue_id", "shard", "task_id", "source", "licence", "scenario", "function_ids", "models", "n_turns"),
    ),
    "task": (
        ("tasks/tasks",),
        ("task_id", "shard", "scenario", "chain", "offered_function_ids", "withheld_function_id", "intent"),
    ),
    "function": (("specs/functions",), ("function_id", "name", "source_name", "domain", "sources")),
    "entry": (
        ("catalogs/raw_functions",),
        ("entry_id", "catalog", "location", "form", "source", "source_version", "licence"),
    ),
    "edge": (
        ("graph/edges",),
        ("edge_id", "kind", "source_function_id", "output_path", "target_function_id", "input_path", "verdict"),
    ),
    "call": (
        ("dialogues/calls", "opensets/calls"),
        ("call_id", "shard", "dialogue_id", "message_index", "call_index", "function_id", "name", "status"),
    ),
    "verdict": (
        ("trajectories/verdicts",),
        ("verdict_id", "shard", "dialogue_id", "message_index", "rule", "outcome", "code", "detail"),
    ),
}  # fmt: skip
_PREFIXES = {**{noun: noun for noun in _TABLES}, "fn": "function"}


def trace(subject_id: str, read: ReadTable) -> Trace:
    """The way from any id, or from a function's name.

    Raises:
        InputError: no table has the id.
    """
    tracer = _Tracer(read)
    noun = _PREFIXES.get(subject_id.partition("_")[0])
    subject_id = subject_id.partition("#")[0] if noun == "dialogue" else subject_id
    row = tracer.find(noun, subject_id) if noun else None
    if row is None and (named := tracer.function_named(subject_id)):
        noun, row = "function", named
    if noun is None or row is None:
        return _dropped_trace(tracer, subject_id)
    return tracer.trace_row(noun, row)


def _dropped_trace(tracer: "_Tracer", subject_id: str) -> Trace:
    drops = tracer.drops_of([subject_id], is_subject=True)
    if not drops:
        raise InputError(
            f"no table has the id {subject_id!r}. Ids look like sample_1f0c..., dialogue_..., task_..., "
            "fn_..., entry_..., edge_..., call_..., verdict_...; a function's name will do as well"
        )
    return Trace(TraceNode("dropped", subject_id), (), tuple(drops))


class _Tracer:
    """Follows references from row to row."""

    def __init__(self, read: ReadTable) -> None:
        self._read = read
        self._steps: dict[str, Callable[[Row], tuple[Iterable[TraceNode], Iterable[TraceNode]]]] = {
            "sample": self._of_sample,
            "dialogue": self._of_dialogue,
            "task": self._of_task,
            "function": self._of_function,
            "entry": self._of_entry,
            "edge": self._of_edge,
            "call": self._of_part,
            "verdict": self._of_part,
        }

    def trace_row(self, noun: str, row: Row) -> Trace:
        origins, uses = self._steps[noun](row)
        return Trace(_node(noun, row), tuple(origins), tuple(uses))

    def find(self, noun: str, row_id: str) -> Row | None:
        rows = self._rows(noun, pl.col(_id_column(noun)) == row_id)
        return rows[0] if rows else None

    def function_named(self, name: str) -> Row | None:
        rows = self._rows("function", pl.col("name") == name)
        rows = rows or self._rows("function", pl.col("source_name") == name)
        return rows[0] if rows else None

    def _rows(self, noun: str, condition: pl.Expr, shards: Sequence[str] | None = None) -> list[Row]:
        tables, columns = _TABLES[noun]
        frames = [self._read(table, shards, columns).filter(condition) for table in tables]
        return [row for frame in frames for row in frame.sort(_id_column(noun)).iter_rows(named=True)]

    def drops_of(self, ids: Sequence[str], is_subject: bool = False) -> list[TraceNode]:
        """Dropped rows that are one of `ids`, or were made from one of them."""
        condition = pl.col("subject_id").is_in(ids)
        if not is_subject:
            condition |= pl.col("parent_ids").list.eval(pl.element().is_in(ids)).list.any()
        columns = ("subject_id", "parent_ids", "reason", "detail")
        found = []
        for stage in _STAGES:
            frame = (
                self._read(f"{stage}/dropped", None, columns).filter(condition).sort("subject_id", "reason")
            )
            found += [
                TraceNode("dropped", row["subject_id"], f"by {stage}: {row['reason']}: {row['detail']}")
                for row in frame.iter_rows(named=True)
            ]
        return _listed("dropped rows", found)

    def _of_sample(self, row: Row) -> tuple[list[TraceNode], list[TraceNode]]:
        dialogue = self.find("dialogue", row["dialogue_id"])
        origins = [self._dialogue_tree(dialogue, row["message_index"])] if dialogue else []
        return origins, self._mixed([row]) + self.drops_of([row["sample_id"]], is_subject=True)

    def _of_dialogue(self, row: Row) -> tuple[list[TraceNode], list[TraceNode]]:
        return list(self._dialogue_tree(row).children), self._uses_of_dialogues([row["dialogue_id"]])

    def _of_task(self, row: Row) -> tuple[list[TraceNode], list[TraceNode]]:
        dialogues = self._rows("dialogue", pl.col("task_id") == row["task_id"], [row["shard"]])
        uses = [_node("dialogue", dialogue) for dialogue in dialogues]
        ids = [dialogue["dialogue_id"] for dialogue in dialogues]
        uses += self._uses_of_dialogues(ids) if ids else self.drops_of([row["task_id"]])
        return list(self._task_tree(row).children), uses

    def _of_function(self, row: Row) -> tuple[list[TraceNode], list[TraceNode]]:
        return _entries(row), self._uses_of_function(row["function_id"])

    def _of_entry(self, row: Row) -> tuple[list[TraceNode], list[TraceNode]]:
        is_source = pl.col("sources").list.eval(pl.element().struct.field("entry_id") == row["entry_id"])
        functions = self._rows("function", is_source.list.any())
        uses = [_node("function", function) for function in functions]
        for function in functions:
            uses += self._uses_of_function(function["function_id"])
        return [], uses or self.drops_of([row["entry_id"]])

    def _of_edge(self, row: Row) -> tuple[list[TraceNode], list[TraceNode]]:
        ends = (row["source_function_id"], row["target_function_id"])
        tasks = self._rows("task", pl.all_horizontal(*(pl.col("chain").list.contains(end) for end in ends)))
        uses = _listed("tasks that walk both functions", [_node("task", task) for task in tasks])
        return self._function_trees(dict.fromkeys(ends, "")), uses

    def _of_part(self, row: Row) -> tuple[list[TraceNode], list[TraceNode]]:
        """Of a call or a verdict, which are parts of a dialogue."""
        dialogue = self.find("dialogue", row["dialogue_id"])
        origins = [self._dialogue_tree(dialogue, row["message_index"])] if dialogue else []
        return origins, self._uses_of_dialogues([row["dialogue_id"]], row["message_index"])

    def _dialogue_tree(self, row: Row, up_to: int | None = None) -> TraceNode:
        """The dialogue with its task and the functions offered in it, those called up to `up_to` first."""
        calls = self._rows("call", pl.col("dialogue_id") == row["dialogue_id"], [row["shard"]])
        called = [call["function_id"] for call in calls if up_to is None or call["message_index"] <= up_to]
        notes = {function_id: "called" for function_id in called if function_id}
        notes |= {function_id: "offered" for function_id in row["function_ids"] if function_id not in notes}
        children = self._function_trees(notes)
        if row["task_id"] and (task := self.find("task", row["task_id"])):
            links = [child for child in self._task_tree(task).children if child.noun == "edge"]
            children = [_node("task", task, tuple(links)), *children]
        return _node("dialogue", row, tuple(children))

    def _task_tree(self, row: Row) -> TraceNode:
        notes = dict.fromkeys(row["chain"], "in the chain")
        for function_id in row["offered_function_ids"]:
            notes.setdefault(function_id, "offered")
        return _node("task", row, tuple(self._links(row["chain"]) + self._function_trees(notes)))

    def _links(self, chain: Sequence[str]) -> list[TraceNode]:
        inside = pl.col("source_function_id").is_in(chain) & pl.col("target_function_id").is_in(chain)
        edges = self._rows("edge", inside & (pl.col("verdict") == "accepted"))
        return _listed("links between its functions", [_node("edge", edge) for edge in edges])

    def _function_trees(self, notes: Mapping[str, str]) -> list[TraceNode]:
        """The functions with the catalog entries that they were found in, in the order of `notes`."""
        rows = self._rows("function", pl.col("function_id").is_in(list(notes)))
        by_id = {row["function_id"]: row for row in rows}
        return [
            _node("function", by_id[function_id], tuple(_entries(by_id[function_id])), note)
            for function_id, note in notes.items()
            if function_id in by_id
        ]

    def _uses_of_function(self, function_id: str) -> list[TraceNode]:
        tasks = self._rows("task", pl.col("chain").list.contains(function_id))
        dialogues = self._rows("dialogue", pl.col("function_ids").list.contains(function_id))
        calls = self._rows("call", pl.col("function_id") == function_id)
        first: dict[str, int] = {}
        for call in sorted(calls, key=lambda call: -call["message_index"]):
            first[call["dialogue_id"]] = call["message_index"]
        samples = self._samples([dialogue["dialogue_id"] for dialogue in dialogues])
        calling = [row for row in samples if first.get(row["dialogue_id"], 1 << 62) <= row["message_index"]]
        return [
            *_listed("tasks with it in the chain", [_node("task", task) for task in tasks]),
            _note(f"dialogues that offer it: {len(dialogues):,}; that call it: {len(first):,}"),
            _note(f"samples that offer it: {len(samples):,}; that contain a call of it: {len(calling):,}"),
            *self._mixed(calling or samples),
        ]

    def _uses_of_dialogues(self, dialogue_ids: Sequence[str], since: int | None = None) -> list[TraceNode]:
        """Samples of the dialogues, from message `since` on, and what was dropped of them."""
        samples = [row for row in self._samples(dialogue_ids) if (since or 0) <= row["message_index"]]
        return self._mixed(samples) + self.drops_of(dialogue_ids)

    def _samples(self, dialogue_ids: Sequence[str]) -> list[Row]:
        return self._rows("sample", pl.col("dialogue_id").is_in(list(dialogue_ids)))

    def _mixed(self, samples: Sequence[Row]) -> list[TraceNode]:
        ids = [row["sample_id"] for row in samples]
        mixture = self._read("mixture/samples", None, ("sample_id", "weight"))
        weights = dict(mixture.filter(pl.col("sample_id").is_in(ids)).iter_rows())
        ordered = sorted(samples, key=lambda row: (row["sample_id"] not in weights, row["sample_id"]))
        nodes = [
            _node("sample", row, note=f"in the mixture, weight {weights[row['sample_id']]:g}")
            if row["sample_id"] in weights
            else _node("sample", row, note="not in the mixture")
            for row in ordered
        ]
        return _listed("samples", nodes)


def _id_column(noun: str) -> str:
    return _TABLES[noun][1][0]


def _entries(function: Row) -> list[TraceNode]:
    return [_node("entry", source) for source in function["sources"]]


def _node(noun: str, row: Row, children: tuple[TraceNode, ...] = (), note: str = "") -> TraceNode:
    texts = {
        "sample": "message {message_index} of {dialogue_id}",
        "dialogue": "{source}, shard {shard}, assistant turns: {n_turns}",
        "task": "{scenario}, shard {shard}: {intent}",
        "function": "{name}, {domain}",
        "entry": "catalog {catalog}, {location}; source {source} {source_version}; licence {licence}",
        "edge": "{kind}: {output_path} -> {input_path}, {verdict}",
        "call": "{name}, message {message_index} of {dialogue_id}, {status}",
        "verdict": "{rule}: {outcome} {code} {detail}",
    }
    parts = [" ".join(texts[noun].format_map(row).split())[:200]]
    if noun == "dialogue":
        parts += [f"licence {row['licence']}"] if row["licence"] else []
        parts += [", ".join(row["models"])] if row["models"] else []
    return TraceNode(noun, row[_id_column(noun)], "; ".join([*parts, *([note] if note else [])]), children)


def _listed(what: str, nodes: list[TraceNode]) -> list[TraceNode]:
    """The first nodes, and a node that counts the rest."""
    rest = len(nodes) - MAX_LISTED
    return nodes if rest <= 0 else [*nodes[:MAX_LISTED], _note(f"and {rest:,} more {what}")]


def _note(text: str) -> TraceNode:
    return TraceNode("", "", text)
