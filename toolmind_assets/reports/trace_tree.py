"""What a trace found, and its rendering as indented text."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TraceNode:
    """One row on the way: what it is, its id, what there is to know about it, and what lies beyond it.

    A node without noun and id is a remark.
    """

    noun: str
    id: str
    text: str = ""
    children: "tuple[TraceNode, ...]" = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """The way from one id: `origins` is the tree back to the catalog entries, `uses` what was made of it."""

    subject: TraceNode
    origins: tuple[TraceNode, ...]
    uses: tuple[TraceNode, ...]


def render_trace(found: Trace) -> str:
    """The trace as indented text: the row, `made from` with its tree, `went into` with its list."""
    lines = [_line(found.subject)]
    for title, nodes in (("made from", found.origins), ("went into", found.uses)):
        if nodes:
            lines += ["", f"{title}:", *_branches(nodes, "")]
    return "\n".join(lines) + "\n"


def _branches(nodes: Sequence[TraceNode], indent: str) -> list[str]:
    lines = []
    for position, node in enumerate(nodes):
        is_last = position == len(nodes) - 1
        lines.append(f"{indent}{'└─' if is_last else '├─'} {_line(node)}")
        lines += _branches(node.children, indent + ("   " if is_last else "│  "))
    return lines


def _line(node: TraceNode) -> str:
    return f"{node.noun} {node.id}  {node.text}".strip()
