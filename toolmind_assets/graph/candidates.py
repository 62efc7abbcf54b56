"""Candidate links between functions: fields whose texts are alike and whose values fit.

P-R: a field of one function's result can fill a parameter of another. P-P: two functions take the same
parameter. Links of either kind are directed, and no function links to itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from scipy.sparse import csr_matrix

from toolmind_assets.graph.compatibility import Compatibility, carrier_factor, compare_fields
from toolmind_assets.graph.fields import FunctionField, FunctionFields, fields_of
from toolmind_assets.graph.holders import Holders
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.graph.similarity import (
    FieldText,
    embed_distinct,
    embed_texts,
    most_similar,
    row_products,
)
from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import make_id, seed_from
from toolmind_resources.embed.model import Embedder

SIMILAR_TEXTS = 48
"""Distinct texts that are looked at of each text: more than `max_sources`, since functions share texts."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One link that the texts and types suggest, before the validator has seen it.

    Attributes:
        closeness: How alike the two whole functions are, 0 to 1; it ranks links whose fields fit equally well.
    """

    kind: EdgeKind
    source: FunctionField
    target: FunctionField
    similarity: float
    compatibility: Compatibility
    closeness: float = 0.0
    is_random: bool = False

    @property
    def score(self) -> float:
        """Similarity times compatibility, 4 places."""
        return round(self.similarity * self.compatibility.value, 4)

    @property
    def edge_id(self) -> str:
        """Hashes kind, functions and paths."""
        source, target = self.source, self.target
        ends = (source.function.function_id, source.path, target.function.function_id, target.path)
        return make_id("edge", self.kind.value, *ends)

    @property
    def ends(self) -> tuple[str, str]:
        """Ids of the source and target functions."""
        return self.source.function.function_id, self.target.function.function_id


def find_candidates(
    functions: Sequence[FunctionSpec], embedder: Embedder, params: GraphParams
) -> tuple[Candidate, ...]:
    """All candidate links, sorted by edge id; the order of `functions` does not matter."""
    ordered = sorted(functions, key=lambda function: function.function_id)
    profiles = [fields_of(function, params) for function in ordered]
    texts = _TextSpace(profiles, embedder, params)
    kinds = {EdgeKind.RESULT_TO_PARAMETER: params.max_sources, EdgeKind.SHARED_PARAMETER: params.max_partners}
    found: list[Candidate] = []
    for kind, limit in kinds.items():
        linked = _measure_closeness(list(_links(kind, profiles, texts, params)), ordered, embedder)
        apart = [candidate for candidate in linked if not _is_duplicate(candidate, params)]
        best = _best_sources(apart, limit)
        found += _best_of_pairs(
            best if kind is EdgeKind.RESULT_TO_PARAMETER else _both_ways(best, params), params
        )
    by_id = {candidate.edge_id: candidate for candidate in (*_draw_links(profiles, texts, params), *found)}
    return tuple(by_id[edge_id] for edge_id in sorted(by_id))


class _TextSpace:
    """The distinct texts of all fields with their vectors."""

    def __init__(self, profiles: Sequence[FunctionFields], embedder: Embedder, params: GraphParams) -> None:
        fields = (field for profile in profiles for field in (*profile.inputs, *profile.outputs))
        texts = sorted({field.text for field in fields})
        self._places = {text: place for place, text in enumerate(texts)}
        self._vectors = embed_texts(embedder, texts, params.label_weight) if texts else csr_matrix((0, 1))

    def similar(
        self, targets: Sequence[FieldText], sources: Sequence[FieldText], threshold: float
    ) -> Iterator[tuple[FieldText, list[tuple[FieldText, float]]]]:
        """Of each target text, the source texts that resemble it, with their similarity."""
        if not targets or not sources:
            return
        rows, columns = self._rows(targets), self._rows(sources)
        near = most_similar(rows, columns, SIMILAR_TEXTS, threshold)
        for place, target in enumerate(targets):
            span = slice(near.indptr[place], near.indptr[place + 1])
            found = zip(near.indices[span].tolist(), near.data[span].tolist(), strict=True)
            yield target, [(sources[index], min(1.0, round(value, 4))) for index, value in found]

    def similarity(self, source: FieldText, target: FieldText) -> float:
        """How alike two texts are, 0 to 1, 4 places."""
        product = row_products(self._vectors, [(self._places[source], self._places[target])])[0]
        return min(1.0, round(product, 4))

    def _rows(self, texts: Sequence[FieldText]) -> csr_matrix:
        return self._vectors[[self._places[text] for text in texts]]


def _links(
    kind: EdgeKind, profiles: Sequence[FunctionFields], texts: _TextSpace, params: GraphParams
) -> Iterator[Candidate]:
    """Every link of a kind that reaches the threshold, among the holders of similar texts."""
    is_result = kind is EdgeKind.RESULT_TO_PARAMETER
    targets: dict[FieldText, list[FunctionField]] = defaultdict(list)
    holders: dict[FieldText, Holders] = defaultdict(Holders)
    for profile in profiles:
        for field in profile.inputs:
            if carrier_factor(kind, field.carrier) >= params.min_score:
                targets[field.text].append(field)
        for field in profile.outputs if is_result else profile.inputs:
            if carrier_factor(kind, field.carrier) >= params.min_score:
                holders[field.text].add(field)
    for text, similar in texts.similar(sorted(targets), sorted(holders), params.min_score):
        for target in targets[text]:
            for source_text, similarity in similar:
                for source in holders[source_text].around(target).values():
                    candidate = _weigh(kind, source, target, similarity)
                    if candidate is not None and candidate.score >= params.min_score:
                        yield candidate


def _weigh(
    kind: EdgeKind, source: FunctionField, target: FunctionField, similarity: float
) -> Candidate | None:
    if source.function.function_id == target.function.function_id:
        return None
    return Candidate(kind, source, target, similarity, compare_fields(kind, source, target))


def _rank(candidate: Candidate) -> tuple[float, str]:
    return -round(candidate.score * (1 + candidate.closeness), 4), candidate.edge_id


def _best_sources(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """Of each target parameter the best link from each of its `limit` best source functions."""
    best: dict[tuple[str, str], dict[str, Candidate]] = defaultdict(dict)
    for candidate in candidates:
        source_id, target_id = candidate.ends
        sources = best[target_id, candidate.target.path]
        if source_id not in sources or _rank(candidate) < _rank(sources[source_id]):
            sources[source_id] = candidate
    return [
        candidate for sources in best.values() for candidate in sorted(sources.values(), key=_rank)[:limit]
    ]


def _best_of_pairs(candidates: Iterable[Candidate], params: GraphParams) -> list[Candidate]:
    pairs: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        pairs[candidate.ends].append(candidate)
    return [
        candidate
        for links in pairs.values()
        for candidate in sorted(links, key=_rank)[: params.max_pair_links]
    ]


def _both_ways(candidates: Sequence[Candidate], params: GraphParams) -> list[Candidate]:
    """P-P links with their mirror images, except where the order of effects forbids one of the two."""
    by_ends = {(link.ends, link.source.path, link.target.path): link for link in candidates}
    for link in candidates:
        key = ((link.ends[1], link.ends[0]), link.target.path, link.source.path)
        compatibility = compare_fields(link.kind, link.target, link.source)
        mirrored = replace(link, source=link.target, target=link.source, compatibility=compatibility)
        if key not in by_ends and mirrored.score >= params.min_score:
            by_ends[key] = mirrored
    return list(by_ends.values())


def _measure_closeness(
    candidates: Sequence[Candidate], functions: Sequence[FunctionSpec], embedder: Embedder
) -> list[Candidate]:
    if not candidates:
        return []
    places = {function.function_id: place for place, function in enumerate(functions)}
    vectors = embed_distinct(embedder, [_function_text(function) for function in functions])
    pairs = sorted({candidate.ends for candidate in candidates})
    products = row_products(
        vectors, [(places[source_id], places[target_id]) for source_id, target_id in pairs]
    )
    closeness = {pair: min(1.0, round(product, 4)) for pair, product in zip(pairs, products, strict=True)}
    return [replace(candidate, closeness=closeness[candidate.ends]) for candidate in candidates]


def _is_duplicate(candidate: Candidate, params: GraphParams) -> bool:
    """Whether a P-P link joins near duplicates: nobody calls the same function twice over.

    Functions of one name are near duplicates, and so are functions of different namespaces that do the same to
    the same resource, or whose texts are alike. Within a namespace others are taken as distinct: its makers
    keep them apart, and what an API repeats in each of its descriptions makes them look alike.
    """
    source, target = candidate.source.function, candidate.target.function
    if candidate.kind is not EdgeKind.SHARED_PARAMETER:
        return False
    if source.source_name == target.source_name:
        return True
    if source.namespace and source.namespace == target.namespace:
        return False
    is_same_act = source.effect is target.effect and source.resource == target.resource != ()
    return is_same_act or candidate.closeness >= params.duplicate_similarity


def _function_text(function: FunctionSpec) -> str:
    parameters = function.parameters.get("properties", {})
    return " ".join((function.source_name, function.description, *sorted(parameters)))


def _draw_links(
    profiles: Sequence[FunctionFields], texts: _TextSpace, params: GraphParams
) -> Iterator[Candidate]:
    """For a share of the functions, one pair of fields whose types fit, with a function of the same domain.

    Texts play no part in the draw: the validator may find true what the similarity overlooks.
    """
    domains: dict[str, list[FunctionFields]] = defaultdict(list)
    for profile in profiles:
        domains[profile.function.domain.value].append(profile)
    for profile in profiles:
        function_id = profile.function.function_id
        random = Random(seed_from("drawn link", function_id))
        if random.random() >= params.random_ratio:
            continue
        sources = [other for other in domains[profile.function.domain.value] if other is not profile]
        candidate = _draw_link(random.choice(sources), profile, texts, random) if sources else None
        if candidate is not None:
            yield candidate


def _draw_link(
    source: FunctionFields, target: FunctionFields, texts: _TextSpace, random: Random
) -> Candidate | None:
    kind = EdgeKind.RESULT_TO_PARAMETER if source.outputs else EdgeKind.SHARED_PARAMETER
    fitting = [
        (given, taken, compatibility)
        for given in source.outputs or source.inputs
        for taken in target.inputs
        if (compatibility := compare_fields(kind, given, taken)).value > 0
    ]
    if not fitting:
        return None
    given, taken, compatibility = random.choice(fitting)
    similarity = texts.similarity(given.text, taken.text)
    return Candidate(kind, given, taken, similarity, compatibility, is_random=True)
