"""Which functions the assistant is offered: those needed, neighbours of the walk, and distractors."""

import random
from collections.abc import Mapping, Sequence

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.tasks.params import TaskParams
from toolmind_assets.tasks.walks import Neighbourhoods
from toolmind_resources.plausible.words import singular, words_of

SAME_NAME_RATIO = 0.6
"""Share of equal words in two names from which a function could stand in for one that is withheld."""


def offered_functions(
    needed: Sequence[str],
    chain: Sequence[str],
    withheld: FunctionSpec | None,
    functions: Mapping[str, FunctionSpec],
    neighbourhoods: Neighbourhoods,
    seed: int,
    params: TaskParams,
    *,
    is_irrelevant: bool = False,
) -> tuple[str, ...]:
    """Distinct function ids in an order that the seed decides; every needed one is among them.

    Distractors are the rest of the walk first, then functions of the same namespace or domain; none that
    could do the work of the withheld function, and where its request is irrelevant none of its domain.
    """
    wanted = dict.fromkeys(needed)
    limit = max(params.offered_max, len(wanted) + params.distractors_min)
    near = neighbourhoods.near(chain[0], seed) if chain else []
    for candidate in [*chain, *near]:
        if len(wanted) >= limit:
            break
        function = functions[candidate]
        is_related = withheld is not None and is_irrelevant and function.domain is withheld.domain
        if withheld is None or not (is_related or could_stand_in(function, withheld)):
            wanted.setdefault(candidate)
    offered = list(wanted)
    random.Random(seed).shuffle(offered)
    return tuple(offered)


def could_stand_in(function: FunctionSpec, withheld: FunctionSpec) -> bool:
    """Whether a function's name is so close to the withheld one's that it could do the same work."""
    ours, theirs = _name_words(function), _name_words(withheld)
    return function.function_id == withheld.function_id or len(ours & theirs) >= SAME_NAME_RATIO * min(
        len(ours), len(theirs)
    )


def _name_words(function: FunctionSpec) -> frozenset[str]:
    return frozenset(singular(word) for word in words_of(function.source_name))
