"""The singular of an English word: one rule for names, descriptions, vectors and made-up texts.

A table of English nouns and verbs decides (lemminflect, which holds the SPECIALIST Lexicon); what it does not
know, mostly abbreviations and compounds of programming, goes by its ending. Why so: docs/adr/0018-plurals.md.
"""

from functools import lru_cache

from toolmind_resources.language.word_sets import word_set

_SINGULAR = word_set("analytics cors https jenkins kubernetes pkcs postgres those unless versus whereas")
"""Words of more than three letters that end in an `s` in the singular too, and that the table does not hold."""
_SHORT_PLURALS = word_set("ads ips ops pcs tvs uis vms dbs")
"""Plurals of three letters that the table does not hold; others of that size are abbreviations: `aws`, `dns`."""
_CHOSEN = {"axes": "axis", "calories": "calorie", "people": "person"}
"""Plurals of which the table names another singular first, or none."""


@lru_cache(maxsize=200_000)
def singular(word: str) -> str:
    """The singular of a word, which a word that is no plural is itself; what is written in capitals stays so.

    The third person of a verb (`returns`) loses its ending as well, since names and descriptions do not tell it
    from a plural. Words of two letters stay.
    """
    lower = word.lower()
    if word != lower:
        found = singular(lower)
        return word[: len(found)] if lower.startswith(found) else found
    if len(word) < 3 or word in _SINGULAR:
        return word
    if word in _CHOSEN:
        return _CHOSEN[word]
    known = _lemmas(word)
    nouns = known.get("NOUN", ())
    if not word.endswith("s"):
        return word if word in nouns else next(iter(nouns), word)  # of `data` there are `data` and `datum`
    if "AUX" in known:
        return word  # `does` is no plural of `doe`
    return next(iter(nouns or known.get("VERB", ())), word) if known else _by_ending(word)


def _lemmas(word: str) -> dict[str, tuple[str, ...]]:
    """Part of speech -> the basic forms of a word, as the table has them."""
    from lemminflect import getAllLemmas  # which loads NumPy: a tenth of a second

    return getAllLemmas(word)


def _by_ending(word: str) -> str:
    """The singular of a word in `s` that the table does not hold: `configs`, `workspaces`, `skus`."""
    if len(word) == 3:
        return word[:-1] if word in _SHORT_PLURALS else word
    if word.endswith("ss") or (word.endswith(("us", "is")) and len(word) > 4):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "xes", "ches", "shes")) else word[:-1]
