"""Which links may be walked: rules decide what is clear, the validator is asked about the middle, within a budget.

A link has two axes: its score says whether the value is right, its coherence whether both calls serve one goal. Of a
link from a result both are clear from `accept_score` and `accept_coherence_score`, and below `reject_score` or
`reject_coherence_score` it is rejected, without a question. Between these, and of every link that was drawn at random,
the validator is asked, the most doubtful ones last, as long as `max_questions` allows; what was not asked, or got no
usable answer, is decided by `min_score` and `min_coherence_score`. Shared parameters count from `min_shared_score`: that
both are the same parameter is seen without a question, whether the calls belong together is not.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.stages.graph.candidates import Candidates
from toolmind_assets.stages.graph.columns import Columns, Ints, Places
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.validator import (
    EdgeContext,
    Judgement,
    load_validator_prompts,
    validate_link,
)
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.model import ChatModel

VALUE_BELOW = "value: score below {least:g}"
"""Reason of a link that the rules reject since the value is hardly right."""
COHERENCE_BELOW = "coherence: score below {least:g}"
"""Reason of a link that they reject since nobody makes the two calls after one goal."""


def questions(candidates: Sequence[Candidates], params: GraphParams) -> list[NDArray[np.int64]]:
    """Of each kind of candidates the places that the validator is asked about.

    Random links come first, then the likeliest.
    """
    doubtful = [_doubtful(one, params) for one in candidates]
    ranked = sorted(
        (
            not links.is_random[place],
            -float(links.score[place] * links.coherence[place]),
            kind,
            int(place),
        )
        for kind, (links, places) in enumerate(zip(candidates, doubtful, strict=True))
        for place in _first(links, places, params.max_questions)
    )[: params.max_questions]
    return [
        np.array([place for *_, found, place in ranked if found == kind], dtype=np.int64)
        for kind in range(len(candidates))
    ]


def _doubtful(links: Candidates, params: GraphParams) -> NDArray[np.int64]:
    is_result = links.kind is EdgeKind.RESULT_TO_PARAMETER
    least = params.reject_score if is_result else params.min_shared_score
    is_possible = (links.score >= least) & (links.coherence >= params.reject_coherence_score)
    is_doubtful = links.coherence < params.accept_coherence_score
    if is_result:
        is_doubtful |= links.score < params.accept_score
    return np.flatnonzero((is_possible & is_doubtful) | links.is_random)


def _first(links: Candidates, places: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    weight = links.score[places] * links.coherence[places]
    order = np.lexsort((places, -weight, ~links.is_random[places]))
    return places[order[:limit]]


async def judge_links(
    columns: Columns,
    candidates: Sequence[Candidates],
    chat: ChatModel,
    params: GraphParams,
    in_flight: int,
) -> list[dict[int, Judgement]]:
    """What the validator says of those links that it is asked about, by place, of each kind of candidates.

    Raises:
        EndpointError, BudgetError: the validator can be asked no more.
    """
    prompts = load_validator_prompts()
    between = _Between(columns, candidates, params)
    judged = []
    for links, places in zip(candidates, questions(candidates, params), strict=True):

        async def ask(place: int, links: Candidates = links) -> Judgement:
            context = between.context(links, place)
            return await validate_link(context, chat, prompts, params)

        answers = await map_concurrently(ask, places.tolist(), in_flight)
        judged.append(dict(zip(places.tolist(), answers, strict=True)))
    return judged


class _Between:
    """What there is between two functions: every likely link, by the two."""

    def __init__(self, columns: Columns, candidates: Sequence[Candidates], params: GraphParams) -> None:
        self._columns = columns
        likely = [np.flatnonzero(links.score >= params.reject_score) for links in candidates]
        ends = [
            (links.sources[places], links.targets[places], np.full(len(places), number))
            for number, (links, places) in enumerate(zip(candidates, likely, strict=True))
        ]
        self._kinds = [links.kind for links in candidates]
        sources, targets, self._numbers = map(np.concatenate, zip(*ends, strict=True))
        pairs = self._packed(sources, targets)
        order = np.argsort(pairs, kind="stable")
        self._pairs, self._sources, self._targets = pairs[order], sources[order], targets[order]
        self._numbers = self._numbers[order]

    def _packed(self, sources: Places, targets: Places) -> Ints:
        functions = self._columns.fields.function
        return functions[sources].astype(np.int64) << 32 | functions[targets]

    def context(self, links: Candidates, place: int) -> EdgeContext:
        """What the validator is told of the link at a place."""
        columns, source, target = self._columns, links.sources[place], links.targets[place]
        wanted = int(self._packed(source, target))
        start, end = np.searchsorted(self._pairs, (wanted, wanted + 1)).tolist()
        others = [
            self._line(at)
            for at in range(start, end)
            if (self._kinds[self._numbers[at]], self._sources[at], self._targets[at])
            != (links.kind, source, target)
        ]
        giver, taker = (int(columns.fields.function[end]) for end in (source, target))
        return EdgeContext(
            kind=links.kind,
            source=columns.field(source),
            target=columns.field(target),
            giver=columns.function(giver),
            taker=columns.function(taker),
            others=tuple(others),
        )

    def _line(self, at: int) -> str:
        fields, paths = self._columns.fields, self._columns.pools.paths
        source, target = paths[fields.path[self._sources[at]]], paths[fields.path[self._targets[at]]]
        return f"{self._kinds[self._numbers[at]].value} `{source or '(the whole result)'}` to `{target}`"


def least_score(kind: EdgeKind, params: GraphParams) -> float:
    """The score from which a link of a kind counts where nobody is asked."""
    return params.min_score if kind is EdgeKind.RESULT_TO_PARAMETER else params.min_shared_score
