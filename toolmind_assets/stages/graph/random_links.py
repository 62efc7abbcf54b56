"""Links that are drawn instead of found (ToolMind 3.1): the validator may find true what the evidence overlooks."""

from random import Random

import numpy as np

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.ids import seed_from
from toolmind_assets.stages.graph.candidates import Candidates
from toolmind_assets.stages.graph.columns import Columns
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.scoring import Scorer


def draw_links(columns: Columns, scorer: Scorer, params: GraphParams) -> list[Candidates]:
    """For a share of the functions, one pair of fields whose types fit, with a function of the same domain."""
    links = _RandomLinks(columns, scorer, params).links()
    found = []
    for kind in EdgeKind:
        pairs = [pair for pair_kind, *pair in links if pair_kind is kind]
        sources, targets = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2).T
        score = scorer.score(kind, sources, targets)
        coherence = scorer.coherence(kind, sources, targets)
        found.append(Candidates(kind, sources, targets, score, coherence, np.ones(len(pairs), dtype=bool)))
    return found


class _RandomLinks:
    def __init__(self, columns: Columns, scorer: Scorer, params: GraphParams) -> None:
        self._columns, self._scorer, self._params = columns, scorer, params
        counts = np.bincount(columns.fields.function, minlength=len(columns.profiles))
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        domains = columns.functions.domain
        self._members = {int(domain): np.flatnonzero(domains == domain) for domain in np.unique(domains)}

    def links(self) -> list[tuple[EdgeKind, int, int]]:
        """Kind, source field and target field of each link that is drawn."""
        links = (self._link(place) for place in range(len(self._columns.profiles)))
        return [link for link in links if link is not None]

    def _link(self, target: int) -> tuple[EdgeKind, int, int] | None:
        random = Random(seed_from("drawn link", self._columns.profiles[target].function_key))
        if random.random() >= self._params.random_ratio:
            return None
        members = self._members[int(self._columns.functions.domain[target])]
        source = int(members[random.randrange(len(members))])
        if source == target:
            return None
        inputs, _ = self._fields(target)
        given, outputs = self._fields(source)
        kind = EdgeKind.RESULT_TO_PARAMETER if len(outputs) else EdgeKind.SHARED_PARAMETER
        ours = outputs if len(outputs) else given
        sources, targets = np.repeat(ours, len(inputs)), np.tile(inputs, len(ours))
        fitting = np.flatnonzero(self._scorer.compatibilities.weigh(kind, sources, targets).value > 0)
        if not len(fitting):
            return None
        chosen = fitting[random.randrange(len(fitting))]
        return kind, int(sources[chosen]), int(targets[chosen])

    def _fields(self, function: int) -> tuple[np.ndarray, np.ndarray]:
        """Places of the parameters and of the result fields of a function."""
        places = np.arange(self._starts[function], self._starts[function + 1])
        is_input = self._columns.fields.is_input[places]
        return places[is_input], places[~is_input]
