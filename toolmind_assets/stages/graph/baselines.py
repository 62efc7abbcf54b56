"""Two published formulas for the score of a P-R link, to compare with and to choose instead of this project's.

ToolMind 3.1 takes the cosine of `DESC description TYPE type`, without the name. IBM's `dataflow` enrichment
(fms-dgt) takes that of name, type and description, times a multiplier of the types; equal types count 1, also
where both are unknown, an integer for a number 0.8, all else 0.
"""

from collections.abc import Callable

import numpy as np

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.stages.graph.candidates import Candidates, best_of_functions, best_of_targets
from toolmind_assets.stages.graph.columns import TYPES, Columns, types_in
from toolmind_assets.stages.graph.inverted_index import InvertedIndex, Matches
from toolmind_assets.stages.graph.pairs import gather
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.similarity import most_similar
from toolmind_resources.embed.model import Embedder

NUMBER_AND_INTEGER = 0.8
SIMILAR_TEXTS = 24
POSTINGS = 12
"""Fields with the same text that one parameter meets; published code compares all with all."""


def toolmind_text(_: str, types: tuple[str, ...], description: str) -> str:
    """What ToolMind embeds of a field."""
    return f"DESC {description} TYPE {' '.join(types)}"


def dataflow_text(name: str, types: tuple[str, ...], description: str) -> str:
    """What fms-dgt embeds of a field."""
    return f"Name: {name}\nType: {' '.join(types)}\nDescription: {description}"


def dataflow_multiplier(source: tuple[str, ...], target: tuple[str, ...]) -> float:
    """How far fms-dgt lets two types stand for each other."""
    if source == target:
        return 1.0
    return NUMBER_AND_INTEGER if {*source, *target} == {"integer", "number"} else 0.0


_TEXTS: dict[str, Callable[[str, tuple[str, ...], str], str]] = {
    "toolmind": toolmind_text,
    "dataflow": dataflow_text,
}


def baseline_links(columns: Columns, embedder: Embedder, params: GraphParams) -> Candidates:
    """The best links from results to parameters by the formula that the parameters name."""
    texts, numbers = _texts(columns, _TEXTS[params.formula])
    vectors = embedder.embed(texts)
    fields = columns.fields
    inputs, outputs = np.flatnonzero(fields.is_input), np.flatnonzero(~fields.is_input)
    ours, theirs = np.unique(numbers[inputs]), np.unique(numbers[outputs])
    near = most_similar(vectors[ours], vectors[theirs], SIMILAR_TEXTS, params.min_kept_score)
    index = InvertedIndex(columns, outputs, numbers[outputs])
    rows = np.searchsorted(ours, numbers[inputs])
    asked, places = gather(near.indptr, np.arange(near.nnz), rows)
    matches = index.look_up(
        theirs[near.indices[places]], fields.function[inputs[asked]].astype(np.int64), POSTINGS, POSTINGS
    )
    score = near.data[places][matches.asked].astype(np.float32)
    return _kept(columns, Matches(inputs[asked[matches.asked]], matches.found), score, params)


def _kept(columns: Columns, matches: Matches, score: np.ndarray, params: GraphParams) -> Candidates:
    fields = columns.fields
    if params.formula == "dataflow":
        masks = range(1 << len(TYPES))
        table = np.array([[dataflow_multiplier(types_in(a), types_in(b)) for b in masks] for a in masks])
        score = score * table[fields.types[matches.found], fields.types[matches.asked]].astype(np.float32)
    score = np.round(np.clip(score, 0, 1), 4)
    apart = fields.function[matches.found] != fields.function[matches.asked]
    good = np.flatnonzero((score >= params.min_kept_score) & apart)
    best = good[
        best_of_targets(columns, matches.found[good], matches.asked[good], (score[good], score[good]), params)
    ]
    coherence = np.ones(len(best), dtype=np.float32)  # neither formula knows of it
    links = (matches.found[best], matches.asked[best], score[best], coherence, score[best])
    return best_of_functions(columns, EdgeKind.RESULT_TO_PARAMETER, links, params)


def _texts(
    columns: Columns, text_of: Callable[[str, tuple[str, ...], str], str]
) -> tuple[list[str], np.ndarray]:
    """The distinct texts of all fields, and the number of each field's; where a field is not described, nothing is."""
    fields, pools = columns.fields, columns.pools
    numbers: dict[str, int] = {}
    found = np.empty(len(fields), dtype=np.int64)
    for place in range(len(fields)):
        name = pools.paths[fields.path[place]].removesuffix("[]").rpartition(".")[2]
        is_described = fields.is_described[place]
        description = pools.descriptions[fields.description[place]] if is_described else ""
        text = text_of(name, types_in(int(fields.types[place])), description)
        found[place] = numbers.setdefault(text, len(numbers))
    return list(numbers), found
