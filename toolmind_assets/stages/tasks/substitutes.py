"""Whether one function could do the work of another, so that a request for it could be served after all."""

from functools import lru_cache

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.stages.tasks.deeds import nouns_of, said_by, verbs_of
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set
from toolmind_resources.plausible.field_labels import words_of

SAME_NAME_RATIO = 0.6
"""Share of equal words in two names from which a function could stand in for another."""
SAME_TEXT_RATIO = 0.7
"""The same of what two functions of one effect say they do: most, since descriptions of one API share many words."""
SAID_MIN = 3
"""Words of a description from which it says enough to be compared."""
_LOOKING = word_set(
    "check describe display fetch find get list look lookup query read retrieve search show view"
)
"""Verbs for looking something up, of which any may serve for any other."""
_ANYTHING = word_set("api browser code command http query request script shell sql terminal")


def could_stand_in(function: FunctionSpec, withheld: FunctionSpec, context: SamplingContext) -> bool:
    """Whether a function could do the work of the withheld one.

    It is nearly the same, nearly of its name, does the like to the same thing, says that it does the same, or does whatever
    it is told.
    """
    if function.function_id == withheld.function_id:
        return True
    if function.function_id in context.near_duplicates.get(withheld.function_id, ()):
        return True
    return (
        _share(_name_words(function), _name_words(withheld)) >= SAME_NAME_RATIO
        or _does_the_like(function, withheld)
        or _says_the_same(function, withheld)
        or does_anything(function)
    )


def does_anything(function: FunctionSpec) -> bool:
    """Whether a function carries out whatever it is told: a command, a query, a request to any address."""
    nouns = set(nouns_of(function))
    return function.effect is Effect.EXECUTE and bool(nouns) and nouns <= _ANYTHING


def _does_the_like(function: FunctionSpec, withheld: FunctionSpec) -> bool:
    """Whether both do the like to the same thing: one of them may name it in more words, which come before."""
    ours, theirs = nouns_of(function), nouns_of(withheld)
    if not ours or not theirs or ours[-1] != theirs[-1]:
        return False
    is_within = set(ours) <= set(theirs) or set(theirs) <= set(ours)
    return is_within and not _deeds(function).isdisjoint(_deeds(withheld))


def _deeds(function: FunctionSpec) -> frozenset[str]:
    """What a function does, by its name, else by its effect."""
    verbs = frozenset("read" if verb in _LOOKING else verb for verb in verbs_of(function))
    return verbs or frozenset({function.effect.value})


def _says_the_same(function: FunctionSpec, withheld: FunctionSpec) -> bool:
    if function.effect is not withheld.effect:
        return False
    ours, theirs = said_by(function), said_by(withheld)
    return min(len(ours), len(theirs)) >= SAID_MIN and _share(ours, theirs) >= SAME_TEXT_RATIO


def _share(ours: frozenset[str], theirs: frozenset[str]) -> float:
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))


@lru_cache(maxsize=50_000)
def _name_words(function: FunctionSpec) -> frozenset[str]:
    return frozenset(singular(word) for word in words_of(function.source_name))
