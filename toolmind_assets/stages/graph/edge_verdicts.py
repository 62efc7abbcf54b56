"""Which links may be walked: rules decide what is clear, the validator is asked about the middle, within a budget.

A link from a result whose score reaches `accept_score` is accepted, and one below `reject_score` rejected, without a
question. Between the two, and of every link that was drawn at random, the validator is asked, the most doubtful ones
last, as long as `max_questions` allows; what was not asked is decided by `min_score`. Shared parameters count from
`min_shared_score`: that both are the same parameter is seen without a question.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.stages.graph.candidates import Candidates
from toolmind_assets.stages.graph.columns import Columns
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.validator import Judgement, load_validator_prompt, validate_link
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.model import ChatModel

BELOW = "score below {least:g}"
"""Reason of a link that the rules reject."""


def questions(candidates: Sequence[Candidates], params: GraphParams) -> list[NDArray[np.int64]]:
    """Of each kind of candidates the places that the validator is asked about.

    Random links come first, then the likeliest.
    """
    doubtful = [_doubtful(one, params) for one in candidates]
    ranked = sorted(
        (
            not links.is_random[place],
            -float(links.score[place]),
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
    is_between = is_result & (links.score >= params.reject_score) & (links.score < params.accept_score)
    return np.flatnonzero(is_between | links.is_random)


def _first(links: Candidates, places: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    order = np.lexsort((places, -links.score[places], ~links.is_random[places]))
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
    prompt = load_validator_prompt()
    judged = []
    for links, places in zip(candidates, questions(candidates, params), strict=True):

        async def ask(place: int, links: Candidates = links) -> Judgement:
            source, target = columns.field(links.sources[place]), columns.field(links.targets[place])
            return await validate_link(links.kind, source, target, chat, prompt, params)

        answers = await map_concurrently(ask, places.tolist(), in_flight)
        judged.append(dict(zip(places.tolist(), answers, strict=True)))
    return judged


def least_score(kind: EdgeKind, params: GraphParams) -> float:
    """The score from which a link of a kind counts where nobody is asked."""
    return params.min_score if kind is EdgeKind.RESULT_TO_PARAMETER else params.min_shared_score
