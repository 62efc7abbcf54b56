"""What fields are called and belong to, as words: labels, owners, types and resources."""

import re
from functools import lru_cache

from toolmind_assets.stages.graph import lexicon
from toolmind_assets.stages.graph.name_words import resource_of, split_words, without_ordinal


@lru_cache(maxsize=100_000)
def is_report(path: str) -> bool:
    """Whether a field stands in an object that reports what went wrong, or in a list of what does not exist."""
    above, _, _ = path.rpartition(".")
    if not lexicon.REPORTS.isdisjoint(split_words(above)):
        return True
    parts = [set(split_words(part)) for part in path.split(".")]
    return any(words & lexicon.AMISS or {"not", "found"} <= words for words in parts)


@lru_cache(maxsize=100_000)
def split_dotted(name: str) -> tuple[str, tuple[str, ...]]:
    """The last part of a name that is a path itself, such as `filter.issue.id`, and the words of the part before."""
    *before, last = [part for part in re.split(r"[.\[\]]+", name) if part] or [""]
    return last, split_words(before[-1]) if before else ()


@lru_cache(maxsize=100_000)
def without_fillers(resource: str) -> str:
    """A resource without the words with which its types are told apart: a `vpc summary` is a `vpc`."""
    found = resource.split()
    while len(found) > 1 and found[-1] in lexicon.RESOURCE_FILLERS:
        found.pop()
    return " ".join(found)


@lru_cache(maxsize=100_000)
def without_form(resource: str, said: tuple[str, ...]) -> str:
    """A resource up to the thing that a description speaks of, where the rest only says in which form it comes.

    The name in an `alias configuration` that is described as that of the alias is the alias's.
    """
    found = resource.split()
    while said and len(found) > 1 and found[-1] != said[-1] and found[-1] in lexicon.TYPE_FILLERS:
        found.pop()
    return " ".join(found) if said and found[-1:] == [said[-1]] else resource


def resource_words(function_name: str) -> tuple[str, ...]:
    """What a function is about, without such words."""
    return tuple(without_fillers(" ".join(resource_of(function_name))).split())


@lru_cache(maxsize=100_000)
def owner_words(owner: str) -> tuple[str, ...]:
    """Words for the object that holds a field, by the key above it or its type; empty for a mere container."""
    found = tuple(word for word in split_words(owner) if word not in lexicon.TYPE_FILLERS)
    return found[-2:] if found and found[-1] not in lexicon.CONTAINERS else ()


def type_words(type_name: str) -> tuple[str, ...]:
    """The same of a type, which may stand in a dotted namespace."""
    return owner_words(type_name.rpartition(".")[2])


def is_base(type_name: str) -> bool:
    """Whether a type says nothing of what it describes: an `Entity`, or the `AsanaResource` that all of them are."""
    words = type_words(type_name)
    return not words or words[-1] in lexicon.ANYTHING


@lru_cache(maxsize=200_000)
def label_of(name: str, owner: tuple[str, ...], resource: str, identifier: str) -> str:
    """The name as words; `symbol list` is called after its members, `num2` and `cityB` after what they number."""
    if identifier:
        return f"{resource} {identifier}"
    found = split_words(without_ordinal(name))
    core = tuple(word for word in found if word not in lexicon.COLLECTIONS) or found
    if len(core) > 1 or (core and core[0] not in lexicon.GENERIC):
        return " ".join(core)
    return " ".join(dict.fromkeys((*owner, *core)))
