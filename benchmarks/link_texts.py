"""A link as a reader sees it: both functions whole, and nothing that this project thinks of them."""

from typing import Any

from link_trees import LinkKey

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.leaves import Leaf, leaves_of

FUNCTION_CHARS, FIELD_CHARS = 450, 140
N_PARAMETERS, N_FIELDS = 12, 10
"""How much is shown of a function; the ends of the link always are."""


def sheet_row(row_id: str, link: LinkKey, source: FunctionSpec, target: FunctionSpec) -> dict[str, Any]:
    """A row of a blind sheet: both functions with parameters and fields, and the two ends of the link."""
    is_result = link.kind == "P-R"
    given = source.returns if is_result else source.parameters
    return {
        "id": row_id,
        "kind": link.kind,
        "from": _function(
            source, "" if is_result else link.output_path, link.output_path if is_result else ""
        ),
        "to": _function(target, link.input_path, ""),
        "output": _field(_leaf(given, link.output_path)),
        "input": _field(_leaf(target.parameters, link.input_path)),
    }


def _leaf(schema: Any, path: str) -> Leaf:
    return next(leaf for leaf in leaves_of(schema, "") if leaf.path == path)


def _function(function: FunctionSpec, parameter: str, field: str) -> dict[str, Any]:
    parameters = sorted(leaves_of(function.parameters, ""), key=lambda leaf: not leaf.is_required)
    fields = leaves_of(function.returns, "")
    return {
        "name": function.source_name,
        "namespace": function.namespace,
        "description": _cut(function.description, FUNCTION_CHARS),
        "parameters": [_field(leaf) for leaf in _shown(parameters, parameter, N_PARAMETERS)],
        "parameters_left_out": max(0, len(parameters) - N_PARAMETERS),
        "fields": [_field(leaf) for leaf in _shown(_near_first(fields, field), field, N_FIELDS)],
        "fields_left_out": max(0, len(fields) - N_FIELDS),
    }


def _shown(leaves: list[Leaf], path: str, most: int) -> list[Leaf]:
    """The first of some leaves, and that of a path wherever it stands."""
    return [leaf for place, leaf in enumerate(leaves) if place < most or leaf.path == path]


def _near_first(leaves: list[Leaf], path: str) -> list[Leaf]:
    """Leaves with the neighbours of one before the others."""
    home = path.rpartition(".")[0]
    return sorted(leaves, key=lambda leaf: leaf.path.rpartition(".")[0] != home)


def _field(leaf: Leaf) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": leaf.path, "is_required": leaf.is_required}
    shown |= {key: leaf.schema[key] for key in ("type", "format") if key in leaf.schema}
    if isinstance(values := leaf.schema.get("enum"), list):
        shown["enum"] = values[:8]
    return {**shown, "description": _cut(leaf.description, FIELD_CHARS)}


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[:most]}..."


def render_row(row: dict[str, Any]) -> str:
    """A row of a sheet as plain text, the link last."""
    giver, taker = row["from"], row["to"]
    return "\n".join(
        [
            f"######## {row['id']}   {row['kind']}",
            *_function_lines("FIRST", giver),
            *_function_lines("THEN", taker),
            f"LINK   {_field_line(row['output'])}",
            f"   ->  {_field_line(row['input'])}",
            "",
        ]
    )


def _function_lines(head: str, function: dict[str, Any]) -> list[str]:
    lines = [f"{head}  {function['name']}  [{function['namespace']}]", f"  {function['description']}"]
    for title, part in (("takes", "parameters"), ("gives", "fields")):
        shown = [f"    {_field_line(field)}" for field in function[part]]
        left_out = function[f"{part}_left_out"]
        lines += [f"  {title}:{'' if shown else ' nothing stated'}", *shown]
        lines += [f"    ... and {left_out} more"] if left_out else []
    return lines


def _field_line(field: dict[str, Any]) -> str:
    kinds = [str(field[key]) for key in ("type", "format", "enum") if key in field]
    kinds += ["required"] if field["is_required"] else []
    about = f": {field['description']}" if field["description"] else ""
    return f"{field['path'] or '(the result)'} ({', '.join(kinds)}){about}"
