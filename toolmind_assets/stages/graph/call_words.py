"""What functions speak of: the words of their names and routes, with and without what is done, and of what is said of them."""

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix, diags

from toolmind_assets.stages.graph.columns import Columns, Places
from toolmind_assets.stages.graph.evidence import stem_matrix
from toolmind_assets.stages.graph.factor_tables import Factors
from toolmind_assets.stages.graph.field import FunctionProfile
from toolmind_assets.stages.graph.lexicon import FILLERS, PREPOSITIONS
from toolmind_assets.stages.graph.name_words import split_words, stem, telling_stems, weight
from toolmind_assets.stages.graph.similarity import row_products, row_sums

DESCRIPTION_CHARS = 200
"""Characters of a function's description that are compared: what it does stands at the beginning."""
_PARAMETER = re.compile(r"\{[^{}]*\}")
_NO_WORDS = PREPOSITIONS | FILLERS | {"get", "post", "put", "patch", "api", "rest", "id", "json"}
"""Words of names and routes that most functions share."""


class CallWords:
    """How alike functions are by their words, pair by pair."""

    def __init__(self, columns: Columns) -> None:
        self._names = _unit_rows(name_words(profile) for profile in columns.profiles)
        self._said = _unit_rows(telling_stems(_first_sentence(profile)) for profile in columns.profiles)

    def likeness(self, sources: Places, targets: Places) -> Factors:
        """How alike pairs of functions are, 0 to 1, by names and routes or by what is said of them; by their places."""
        pairs = sources.astype(np.int64) << 32 | targets.astype(np.int64)
        distinct, places = np.unique(pairs, return_inverse=True)
        ours, theirs = distinct >> 32, distinct & 0xFFFFFFFF
        names, said = row_products(self._names, ours, theirs), row_products(self._said, ours, theirs)
        return np.clip(np.maximum(names, said), 0, 1)[places].astype(np.float32)


def name_words(function: FunctionProfile) -> frozenset[str]:
    """Stems of the words of a function's name and of the fixed parts of its route."""
    return _stems(_PARAMETER.sub(" ", f"{function.source_name} {function.route}"))


@lru_cache(maxsize=200_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in split_words(text) if word not in _NO_WORDS and len(word) > 1)


def _first_sentence(function: FunctionProfile) -> str:
    return function.description.partition(". ")[0][:DESCRIPTION_CHARS]


def _unit_rows(sets: Iterable[frozenset[str]]) -> csr_matrix:
    numbers: dict[str, int] = {}
    matrix = stem_matrix(list(sets), numbers)
    matrix.data = np.array([weight(word) for word in numbers], dtype=np.float32)[matrix.indices]
    norms = np.sqrt(np.maximum(row_sums(csr_matrix(matrix.multiply(matrix))), 1e-9))
    return csr_matrix(diags(1 / norms) @ matrix, dtype=np.float32)
