"""Why there is a link from one function to another, or why there is none, in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.coherence import Coherence
from toolmind_assets.stages.graph.columns import Columns, columns_of
from toolmind_assets.stages.graph.evidence import Agreement
from toolmind_assets.stages.graph.field import FunctionField, FunctionFields, FunctionProfile
from toolmind_assets.stages.graph.field_reader import fields_of, profile_of
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.scoring import Compatibility, Scorer
from toolmind_assets.stages.graph.similarity import embed_pools
from toolmind_resources.embed.model import Embedder

_End = tuple[str, str, str]


def explain_link(
    source: FunctionSpec,
    target: FunctionSpec,
    others: Iterable[FunctionSpec],
    edges: pl.DataFrame,
    embedder: Embedder,
    params: GraphParams,
) -> Iterator[str]:
    """Lines of text on every link from `source` to `target`, and on the best pairs of fields that give none.

    Args:
        others: The other functions of their namespaces, which tell what has functions of its own, and what holds what.
        edges: The edges that lead to `target`, with the columns of `graph/edges`.
    """
    first, second = fields_of(source, params), fields_of(target, params)
    beside = (FunctionFields(profile_of(other), fields_of(other, params).inputs, ()) for other in others)
    columns = columns_of([first, second, *beside])
    scorer = Scorer(columns, embed_pools(embedder, columns.pools.labels, columns.pools.descriptions))
    n_first = len(first.inputs) + len(first.outputs)
    inputs = np.arange(n_first, n_first + len(second.inputs))
    yield f"{source.name} -> {target.name}"
    if not len(inputs):
        yield f"  {target.name} has no parameter that a value could fill"
    sides = {
        EdgeKind.RESULT_TO_PARAMETER: np.arange(len(first.inputs), n_first),
        EdgeKind.SHARED_PARAMETER: np.arange(len(first.inputs)),
    }
    for kind, outputs in sides.items():
        if len(inputs) and not len(outputs):
            what = "result field" if kind is EdgeKind.RESULT_TO_PARAMETER else "parameter"
            yield f"  {kind}: {source.name} states no {what}"
        else:
            yield from _explain_kind(kind, columns, scorer, outputs, inputs, _Edges(edges, source), params)


class _Edges:
    """The edges that lead to the target."""

    def __init__(self, edges: pl.DataFrame, source: FunctionSpec) -> None:
        self._source_id = source.function_id
        self._rows: Mapping[_End, dict] = {
            (row["kind"], row["output_path"], row["input_path"]): row
            for row in edges.filter(pl.col("source_function_id") == source.function_id).iter_rows(named=True)
        }
        self._edges = edges

    def row(self, kind: EdgeKind, source: FunctionField, target: FunctionField) -> dict | None:
        return self._rows.get((kind.value, source.path, target.path))

    def why_absent(self, kind: EdgeKind, target: FunctionField, score: float, params: GraphParams) -> str:
        """Why a pair of this score is no edge."""
        if score == 0:
            return "the values cannot fit, or nothing speaks for it"
        least = params.min_kept_score if kind is EdgeKind.RESULT_TO_PARAMETER else params.min_shared_score
        if score < least:
            return f"below {least:g}, the least score that is kept"
        others = self._edges.filter(
            (pl.col("kind") == kind.value)
            & (pl.col("input_path") == target.path)
            & (pl.col("source_function_id") != self._source_id)
        )
        n_kept = others.filter(pl.col("score") >= score).height
        if n_kept:
            return f"{n_kept} links from other functions to this parameter score as much or more"
        return f"only the best pair of fields and at most {params.max_pair_links} links of two functions are kept"


def _explain_kind(
    kind: EdgeKind,
    columns: Columns,
    scorer: Scorer,
    outputs: np.ndarray,
    inputs: np.ndarray,
    edges: _Edges,
    params: GraphParams,
) -> Iterator[str]:
    for place in inputs:
        targets = np.full(len(outputs), place)
        scores = scorer.score(kind, outputs, targets)
        target = columns.field(int(place))
        shown = 0
        for rank in np.lexsort((outputs, -scores)):
            source = columns.field(int(outputs[rank]))
            row = edges.row(kind, source, target)
            if row is None and shown:
                continue  # of what is no edge, the best pair tells enough
            shown += 1
            pair = np.array([outputs[rank]]), np.array([place])
            coherence = scorer.coherences.weigh(kind, *pair)
            found = row["score"] if row else float(scores[rank])
            sense = row["coherence_score"] if row else float(coherence.value[0])
            verdict = _verdict(row) if row else edges.why_absent(kind, target, found, params)
            yield f"  {kind} {source.path or '(result)'} -> {target.path}: {found:.2f}, coherence {sense:.2f}, {verdict}"
            if row is None and found < params.min_kept_score:
                continue  # there is nothing to tell apart
            agreement = scorer.evidence.weigh(*pair)
            yield from _reasons(agreement, scorer.compatibilities.weigh(kind, *pair), source, target)
            yield from _coherence_reasons(coherence, source.function, target.function)


def _verdict(row: Mapping[str, object]) -> str:
    scores = ""
    if row["transitivity"] is not None:
        scores = f" (validator: transitivity {row['transitivity']}, coherence {row['coherence']})"
    reason = f": {row['reason']}" if row["reason"] else ""
    return f"{row['verdict']}{reason}{scores}"


def _reasons(
    agreement: Agreement, compatibility: Compatibility, source: FunctionField, target: FunctionField
) -> Iterator[str]:
    """What the score is made of: the evidence, and every factor that is not 1."""
    yield f"      the same value: {float(agreement.value[0]):.2f} ({'; '.join(_said(agreement, source, target))})"
    for name, words in _FACTORS.items():
        factor = float(getattr(compatibility, name)[0])
        if factor != 1:
            yield f"      {name} {factor:.2f}: {words(source, target)}"


def _coherence_reasons(
    coherence: Coherence, source: FunctionProfile, target: FunctionProfile
) -> Iterator[str]:
    """What speaks against both calls after one goal: every factor that is not 1."""
    for name, words in _SENSE.items():
        factor = float(getattr(coherence, name)[0])
        if factor != 1:
            said = words.format(
                source=source.name,
                ours=_about(source),
                theirs=_about(target),
                give=source.effect,
                take=target.effect,
            )
            yield f"      {name} {factor:.2f}: {said}"


def _said(agreement: Agreement, source: FunctionField, target: FunctionField) -> Sequence[str]:
    if agreement.identifier[0] >= 0:
        ends = [_identified(end) for end in (source, target)]
        return [f"{ends[0]}, and {ends[1]}"]
    return [
        f"names `{source.label}` and `{target.label}` {float(agreement.name[0]):.2f}",
        f"descriptions {float(agreement.description[0]):.2f}",
        f"the one's words in what is said of the other {float(agreement.mention[0]):.2f}",
        f"class of value {float(agreement.value_class[0]):.2f}",
    ]


def _identified(field: FunctionField) -> str:
    if not field.identifier:
        return f"`{field.label}`"
    return f"the {field.identifier} of a {field.resource or 'thing that is not named'}"


_FACTORS = {
    "type": lambda source, target: (
        f"{' or '.join(source.types) or 'no type stated'}{' in a list' if source.is_listed else ''} for "
        f"{' or '.join(target.types) or 'no type stated'}{' in a list' if target.is_listed else ''}"
    ),
    "format": lambda source, target: f"format {source.format} for {target.format}",
    "choice": lambda _, target: f"the parameter takes one of {len(target.choices)} values",
    "role": lambda source, target: f"role of the value: {source.role} for {target.role}",
    "reach": lambda source, target: (
        f"from {source.function.namespace or 'no namespace'} to {target.function.namespace or 'no namespace'}"
    ),
    "owner": lambda source, target: (
        f"of {' '.join(source.owner) or 'nothing stated'}, and of {' '.join(target.owner) or 'nothing stated'}, "
        f"which the {target.function.effect} call writes or reads"
    ),
    "demand": lambda source, target: ", ".join(
        words
        for holds, words in (
            (not target.is_required, "the parameter is optional"),
            (source.is_echo, "the result repeats what its caller said"),
            (source.depth > 1 and not source.is_about, "the result only mentions it"),
            (source.depth > 2, "it lies deep in the result"),
        )
        if holds
    ),
    "order": lambda source, target: f"a {source.function.effect} call, then a {target.function.effect} call",
}
"""Factor -> what it went by, in words."""
_SENSE = {
    "caller": "a platform or a worker makes one of the calls, and no person",
    "purpose": "{source} gives a report, which only mentions it",
    "state": "{source} gives what is past or removed",
    "subject": "about {ours}, then about {theirs}: mentioned, carried along, known before, or what only holds the thing",
    "cycle": "a {give} call, then a {take} call, in the life of one thing",
    "goal": "names, routes and descriptions share few words",
}
"""Factor of coherence -> what it went by, in words."""


def _about(function: FunctionProfile) -> str:
    return " ".join(function.resource) or "nothing that its name says"
