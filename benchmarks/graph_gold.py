"""Gold data flow of published sets: which result field filled which parameter, as their authors or a replay have it.

NESTful and Seal-Tools write references; API-Bank, BFCL multi-turn and tau retail record calls and results, whose
flow is found by value: an argument that stands in an earlier result of the dialogue and in nothing that the user
said. What a function's own spec does not declare cannot be linked; such flow is counted apart.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import bfcl_gold
import polars as pl

from toolmind_assets.commands.normalize import normalized_catalogs
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.paths import field_of, leaves
from toolmind_assets.model.schemas import schema_fields
from toolmind_assets.settings.config import load_settings
from toolmind_assets.tables.functions import callable_functions

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"
MIN_VALUE_CHARS = 3
"""Shorter values meet by chance."""


class Flow(NamedTuple):
    """One observed flow of a value, by the functions' names as found."""

    source: str
    output_path: str
    target: str
    input_path: str


@dataclass(frozen=True)
class GoldSet:
    """Functions and the flow observed between them.

    Attributes:
        flows: Distinct, and declared by the specs on both ends.
        n_undeclared: Distinct flows that a spec does not declare.
    """

    name: str
    functions: list[FunctionSpec]
    flows: frozenset[Flow]
    n_undeclared: int


class Call(NamedTuple):
    """One recorded call of a dialogue; `said` is all that the user had said before it."""

    name: str
    arguments: dict[str, Any]
    result: Any
    said: str


def gold_sets(shared: Path = SHARED) -> Iterator[GoldSet]:
    """The sets of `shared` in turn."""
    for name, load in _LOADERS.items():
        yield load(name, shared)


def _nestful(name: str, shared: Path) -> GoldSet:
    folder = shared / "test_only" / "nestful"
    flows = set()
    for row in json.loads((folder / "non-executable-glaive-data.json").read_text()):
        labels: dict[str, str] = {}
        for call in row["output"]:
            for path, value in leaves(call["arguments"]):
                for label, output in re.findall(r"\$(var\d+)\.([^$]+)\$", str(value)):
                    flows.add(Flow(labels.get(label, ""), field_of(output), call["name"], field_of(path)))
            labels[call.get("label", "")] = call["name"]
    wanted = {flow for flow in flows if flow.target != "var_result"}
    return _gold_set(name, folder / "non-executable-glaive-spec.json", wanted)


def _seal_tools(name: str, shared: Path) -> GoldSet:
    folder = shared / "test_only" / "seal-tools"
    outputs = {}
    for line in (folder / "tool.jsonl").read_text().splitlines():
        tool = json.loads(line)
        outputs[tool["api_name"]] = list(tool["responses"])
    flows = set()
    for line in (folder / "dev.jsonl").read_text().splitlines():
        ends: dict[str, tuple[str, str]] = {}
        for call in json.loads(line)["calling"]:
            for path, value in leaves(call["parameters"]):
                for reference in re.findall(r"API_call_\d+", str(value)):
                    if reference in ends:
                        flows.add(Flow(*ends[reference], call["api"], field_of(path)))
            given = zip(call["responses"], outputs[call["api"]], strict=False)
            ends |= {reference: (call["api"], output) for reference, output in given}
    return _gold_set(name, folder / "tool.jsonl", flows)


def _api_bank(name: str, shared: Path) -> GoldSet:
    dialogues = []
    for file in sorted((shared / "test_only" / "api-bank" / "level-1").glob("*.jsonl")):
        said, calls = [], []
        for line in file.read_text().splitlines():
            message = json.loads(line)
            if message["role"] == "API":
                output = message["result"]["output"]
                calls.append(Call(message["api_name"], message["param_dict"], output, "\n".join(said)))
            elif message["role"] == "User":
                said.append(message["text"])
        dialogues.append(calls)
    return _replayed(name, dialogues, _inferred_tools(dialogues))


def _bfcl(name: str, shared: Path) -> GoldSet:
    folder = shared / "redistributable" / "bfcl"
    by_class = bfcl_gold.load_tools(folder)
    dialogues = []
    for line in (folder / "replayed_gold_multi_turn_base.jsonl").read_text().splitlines():
        row = json.loads(line)
        offered = [tool for kind in row["classes"] for tool in by_class[kind]]
        said, calls = "", []
        for question, turn in zip(row["question"], row["gold_turns"], strict=True):
            said += "\n".join(str(message["content"]) for message in question)
            for text, result in turn:
                function, arguments = bfcl_gold.parse_call(text, offered)
                calls.append(Call(function, arguments, _parsed(result), said))
        dialogues.append(calls)
    return _replayed(name, dialogues, [tool for tools in by_class.values() for tool in tools])


def _tau_retail(name: str, shared: Path) -> GoldSet:
    dialogues = []
    for line in (shared / "test_only" / "tau1_retail_train_replayed.jsonl").read_text().splitlines():
        task = json.loads(line)
        steps = task["steps"]
        dialogues.append(
            [
                Call(step["name"], step["arguments"], _parsed(step["result"]), task["instruction"])
                for step in steps
            ]
        )
    return _replayed(name, dialogues, _inferred_tools(dialogues))


_LOADERS: dict[str, Callable[[str, Path], GoldSet]] = {
    "NESTful": _nestful,
    "Seal-Tools": _seal_tools,
    "API-Bank": _api_bank,
    "BFCL multi-turn": _bfcl,
    "tau retail": _tau_retail,
}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _replayed(name: str, dialogues: Iterable[list[Call]], tools: list[dict[str, Any]]) -> GoldSet:
    flows = {flow for calls in dialogues for flow in _value_flows(calls)}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tools.json"
        file.write_text(json.dumps(tools))
        return _gold_set(name, file, flows)


def _value_flows(calls: list[Call]) -> Iterator[Flow]:
    """Every argument of a dialogue that an earlier result holds and the user did not state."""
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for call in calls:
        for path, value in leaves(call.arguments):
            key = _value_key(value)
            if key is not None and str(value) not in call.said:
                for source, output_path in held.get(key, ()):
                    if source != call.name:
                        yield Flow(source, output_path, call.name, field_of(path))
        for path, value in leaves(call.result):
            if (key := _value_key(value)) is not None:
                held[key].add((call.name, field_of(path)))


def _value_key(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(float(value)) if isinstance(value, int | float) else value.strip()
    return text if len(str(value)) >= MIN_VALUE_CHARS else None


def _inferred_tools(dialogues: Iterable[list[Call]]) -> list[dict[str, Any]]:
    """Tool definitions of what was called, from the arguments and results seen; these sets publish none here."""
    arguments, results = defaultdict(list), defaultdict(list)
    for calls in dialogues:
        for call in calls:
            arguments[call.name].append(call.arguments)
            results[call.name].append(call.result)
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": re.sub(r"_|(?<=[a-z])(?=[A-Z])", " ", name),
                "parameters": _schema_of(values),
                "returns": _schema_of(results[name]),
            },
        }
        for name, values in sorted(arguments.items())
    ]


def _schema_of(values: list[Any]) -> dict[str, Any]:
    """The least schema that admits some values: types, members, and which members are always there."""
    types = {_TYPES[type(value)] for value in values} - {"null"}
    schema: dict[str, Any] = {"type": sorted(types)[0]} if len(types) == 1 else {}
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        counts = Counter(key for value in objects for key in value)
        members = {key: [value[key] for value in objects if key in value] for key in counts}
        schema["properties"] = {key: _schema_of(members[key]) for key in sorted(members)}
        schema["required"] = sorted(key for key in counts if counts[key] == len(values))
    elements = [element for value in values if isinstance(value, list) for element in value]
    if elements:
        schema["items"] = _schema_of(elements)
    return schema


_TYPES = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def _gold_set(name: str, file: Path, flows: set[Flow]) -> GoldSet:
    functions = read_functions(file)
    inputs = {(f.source_name, field.path) for f in functions for field in schema_fields(f.parameters)}
    outputs = {(f.source_name, field.path) for f in functions for field in schema_fields(f.returns)}
    declared = set()
    for flow in flows:
        output, input_ = _declared(flow[:2], outputs), _declared(flow[2:], inputs)
        if output and input_:
            declared.add(Flow(*output, *input_))
    return GoldSet(name, functions, frozenset(declared), len(flows) - len(declared))


def _declared(end: tuple[str, str], known: set[tuple[str, str]]) -> tuple[str, str] | None:
    """The end as its spec names it: a whole array stands for its members."""
    function, path = end
    return next(((function, one) for one in (path, f"{path}[]") if (function, one) in known), None)


def read_functions(*files: Path) -> list[FunctionSpec]:
    """The distinct functions of catalog files, as the graph is given them."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "functions.parquet"
        paths = [str(file) for file in files]
        catalogs = normalized_catalogs(load_settings(), paths, None, "", "unknown", Path(folder))
        with catalogs as parts, out.open("wb") as opened:
            parts.write_functions(opened)
        return callable_functions(pl.read_parquet(out))
