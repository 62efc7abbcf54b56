"""Which functions the assistant is offered: those needed, neighbours of the walk, and distractors."""

import random
from collections.abc import Iterator, Sequence

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.tasks.hashes import rank_by_hash
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.substitutes import could_stand_in


def offered_functions(
    needed: Sequence[str],
    chain: Sequence[str],
    withheld: FunctionSpec | None,
    context: SamplingContext,
    seed: int,
    params: TaskParams,
    *,
    is_irrelevant: bool = False,
) -> tuple[str, ...]:
    """Distinct function ids in an order that the seed decides; every needed one is among them.

    Distractors are near duplicates of needed functions first, then functions linked to them, each at most as
    many as the parameters say, then the rest of the walk, then functions of the same namespace or domain; none
    that could do the work of the withheld function, and where its request is irrelevant none of its domain.
    """
    wanted = dict.fromkeys(needed)
    limit = max(params.offered_max, len(wanted) + params.distractors_min)
    for candidate in _candidates(needed, chain, withheld, context, seed, params):
        if len(wanted) >= limit:
            break
        function = context.functions[candidate]
        is_related = withheld is not None and is_irrelevant and function.domain is withheld.domain
        if withheld is None or not (is_related or could_stand_in(function, withheld, context)):
            wanted.setdefault(candidate)
    offered = list(wanted)
    random.Random(seed).shuffle(offered)
    return tuple(offered)


def _candidates(
    needed: Sequence[str],
    chain: Sequence[str],
    withheld: FunctionSpec | None,
    context: SamplingContext,
    seed: int,
    params: TaskParams,
) -> Iterator[str]:
    """What may be offered beside what is needed, the foremost first; some come more than once."""
    alike = {other: None for one in needed for other in context.near_duplicates.get(one, ())}
    linked = {
        other: None
        for one in needed
        for other in (
            *(link.target_id for link in context.graph.successors(one)),
            *context.graph.predecessors(one),
        )
    }
    for found, n_most in ((alike, params.near_duplicate_distractors), (linked, params.linked_distractors)):
        keys = {
            context.functions[other].function_key: other
            for other in found
            if other not in needed
            and (withheld is None or not could_stand_in(context.functions[other], withheld, context))
        }
        yield from (keys[key] for key in rank_by_hash(list(keys), seed, n_most))
    yield from chain
    if chain:
        yield from context.neighbourhoods.nearest(chain[0], seed)
