"""What tasks are sampled from: functions, their graph, and what is derived of both once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from toolmind_assets.model.edges import Edge
from toolmind_assets.model.function_graph import FunctionGraph
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.near_duplicates import NearDuplicate
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.slots import Starts
from toolmind_assets.stages.tasks.walks import Neighbourhoods, Ways, walk


@dataclass(frozen=True, slots=True)
class SamplingContext:
    """Everything that tasks are sampled from.

    Attributes:
        functions: By id, sorted.
        graph: Their accepted links.
        neighbourhoods: Functions by namespace and domain.
        keys: Function key -> function id, sorted.
        starts: Where walks may start.
        near_duplicates: Function id -> ids of the functions that are nearly the same, in the order of their keys.
    """

    functions: Mapping[str, FunctionSpec]
    graph: FunctionGraph
    neighbourhoods: Neighbourhoods = field(repr=False)
    keys: Mapping[str, str] = field(repr=False)
    starts: Starts = field(repr=False)
    near_duplicates: Mapping[str, Sequence[str]] = field(repr=False)
    _ways: dict[tuple[float, float], Ways] = field(repr=False, default_factory=dict)

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
            Starts({key: graph.carries_values(function_id) for key, function_id in keys.items()}),
            _near_duplicates(by_id, near_duplicates),
        )

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
