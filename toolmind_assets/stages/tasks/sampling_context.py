"""What tasks are sampled from: functions, their graph, and what is derived of both once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from toolmind_assets.model.edges import Edge, EdgeKind
from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.near_duplicates import NearDuplicate
from toolmind_assets.stages.tasks.argument_fields import argument_fields, is_identifier
from toolmind_assets.stages.tasks.callability import never_planned_because
from toolmind_assets.stages.tasks.deeds import nouns_of
from toolmind_assets.stages.tasks.hashes import key_numbers
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.slots import Starts
from toolmind_assets.stages.tasks.walks import Neighbourhoods, Ways, hubness, walk

CONTAINER_SHARE = 0.1
"""Share of an API's functions that require an identifier from which it is a container (fewer than five are no crowd)."""
COMMON_NOUN = 0.3
"""Share of an API's functions from which a noun in their names tells nothing of what one of them is about."""


@dataclass(frozen=True, slots=True)
class SamplingContext:
    """Everything that tasks are sampled from.

    Attributes:
        functions: By id, sorted.
        graph: Their accepted links.
        neighbourhoods: Functions by namespace and domain.
        keys: Function key -> function id, sorted.
        near_duplicates: Function id -> ids of the functions that are nearly the same, in the order of their keys.
        numbers: Function id -> the number of its key that choices hash.
        containers: Namespace and name of the identifiers that many functions of an API require: they say within what a
            call is made, as `workspaceId` does, and not to what.
        shares: The share of all functions that each namespace has.
    """

    functions: Mapping[str, FunctionSpec]
    graph: FunctionGraph
    neighbourhoods: Neighbourhoods = field(repr=False)
    keys: Mapping[str, str] = field(repr=False)
    near_duplicates: Mapping[str, Sequence[str]] = field(repr=False)
    numbers: Mapping[str, int] = field(repr=False)
    containers: frozenset[tuple[str, str]] = field(repr=False)
    shares: Mapping[str, float] = field(repr=False)
    _by_noun: Mapping[tuple[str, str], Sequence[str]] = field(repr=False)
    _ways: dict[tuple[float, float], Ways] = field(repr=False, default_factory=dict)
    _starts: dict[tuple[float, int], Starts] = field(repr=False, default_factory=dict)

    @classmethod
    def of(
        cls,
        functions: Sequence[FunctionSpec],
        edges: Iterable[Edge],
        near_duplicates: Iterable[NearDuplicate] = (),
    ) -> "SamplingContext":
        """The context of these functions; edges and near duplicates of functions that are gone are left out."""
        ordered = sorted(functions, key=lambda function: function.function_id)
        by_id = {function.function_id: function for function in ordered}
        keys = {function.function_key: function.function_id for function in reversed(ordered)}
        graph = FunctionGraph(
            edge for edge in edges if edge.source_function_id in by_id and edge.target_function_id in by_id
        )
        return cls(
            by_id,
            graph,
            Neighbourhoods(ordered),
            dict(sorted(keys.items())),
            _near_duplicates(by_id, near_duplicates),
            dict(zip(by_id, key_numbers(one.function_key for one in ordered).tolist(), strict=True)),
            _containers(ordered),
            {one: n / len(ordered) for one, n in Counter(one.namespace for one in ordered).items()},
            _by_noun(ordered),
        )

    def starts(self, params: TaskParams) -> Starts:
        """Where walks may start under these parameters, made once: functions of which a call can be planned."""
        chosen = (params.namespace_share_max, params.required_arguments_max)
        if chosen not in self._starts:
            functions = {key: self.functions[one] for key, one in self.keys.items()}
            linked = self._carrying()
            self._starts[chosen] = Starts(
                {
                    key: function.function_id in linked
                    for key, function in functions.items()
                    if not never_planned_because(function, params.required_arguments_max)
                },
                {key: function.namespace for key, function in functions.items()},
                params.namespace_share_max,
            )
        return self._starts[chosen]

    def _carrying(self) -> set[str]:
        """Functions to or from which a value flows."""
        flows = (
            (source, link.target_id)
            for source in self.graph.functions
            for link in self.graph.successors(source)
            if link.kind is EdgeKind.RESULT_TO_PARAMETER and link.target_id != source
        )
        return {one for pair in flows for one in pair}

    def related(self, function: FunctionSpec) -> tuple[str, ...]:
        """Ids of functions of the same API that are linked to a function or about the same thing; sorted."""
        graph, one = self.graph, function.function_id
        near = {link.target_id for link in graph.successors(one)} | {*graph.predecessors(one)}
        found = {other for other in near if self.functions[other].namespace == function.namespace}
        for noun in self.subjects(function):
            found.update(self._by_noun[function.namespace, noun])
        return tuple(sorted(found - {one}))

    def passes(self, function_id: str, other: str) -> bool:
        """Whether a value flows from either of two functions to the other one."""
        both = (*self.graph.edges_between(function_id, other), *self.graph.edges_between(other, function_id))
        return any(edge.kind is EdgeKind.RESULT_TO_PARAMETER for edge in both)

    def subjects(self, function: FunctionSpec) -> frozenset[str]:
        """The nouns in a function's name that tell it from most functions of its API."""
        return frozenset(noun for noun in nouns_of(function) if (function.namespace, noun) in self._by_noun)

    def hubness_of(self, function_id: str) -> int:
        """How many times too many functions lead to a function, as walks have it."""
        return hubness(len(self.graph.predecessors(function_id)))

    def walk(self, start: str, seed: int, params: TaskParams) -> tuple[str, ...]:
        """The function ids of a walk from a function key on, of a length from `walk_min` to `walk_max`, each as likely."""
        length = Random(seed).randint(params.walk_min, max(params.walk_min, params.walk_max))
        return walk(self.ways(params), self.neighbourhoods, self.keys[start], length, seed)

    def ways(self, params: TaskParams) -> Ways:
        """Where walks go on to under these parameters, made once."""
        chosen = (params.value_weight, params.hub_penalty)
        if chosen not in self._ways:
            self._ways[chosen] = Ways(self.graph, self.functions, *chosen)
        return self._ways[chosen]


def _near_duplicates(
    functions: Mapping[str, FunctionSpec], rows: Iterable[NearDuplicate]
) -> dict[str, list[str]]:
    clusters: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.function_id in functions:
            clusters[row.cluster_id].append(row.function_id)
    found: dict[str, list[str]] = {}
    for members in clusters.values():
        members.sort(key=lambda member: functions[member].function_key)
        found |= {member: [other for other in members if other != member] for member in members}
    return found


def _by_noun(functions: Iterable[FunctionSpec]) -> dict[tuple[str, str], list[str]]:
    """Functions of each API by the nouns in their names, without nouns that most of them share."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    sizes: dict[str, int] = defaultdict(int)
    for function in functions:
        sizes[function.namespace] += 1
        for noun in nouns_of(function):
            found[function.namespace, noun].append(function.function_id)
    return {
        (namespace, noun): ids
        for (namespace, noun), ids in found.items()
        if namespace and len(ids) <= max(2.0, COMMON_NOUN * sizes[namespace])
    }


def _containers(functions: Iterable[FunctionSpec]) -> frozenset[tuple[str, str]]:
    takers: dict[tuple[str, str], int] = defaultdict(int)
    sizes: dict[str, int] = defaultdict(int)
    for function in functions:
        sizes[function.namespace] += 1
        for one in argument_fields(function):
            if one.is_required and is_identifier(one) and len(one.name) > len("id"):
                takers[function.namespace, one.path] += 1
    return frozenset(
        (namespace, path)
        for (namespace, path), n_takers in takers.items()
        if namespace and n_takers >= max(5.0, CONTAINER_SHARE * sizes[namespace])
    )
