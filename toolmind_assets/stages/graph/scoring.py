"""The score of a link: what names and descriptions say for it, times whether the values fit."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.stages.graph.columns import Columns, Places
from toolmind_assets.stages.graph.compatibility import Compatibilities
from toolmind_assets.stages.graph.evidence import Evidence, stem_matrix
from toolmind_assets.stages.graph.lexicon import VERBS
from toolmind_assets.stages.graph.name_words import split_words, stem, weight
from toolmind_assets.stages.graph.similarity import FieldVectors, row_products, row_sums

Scores = NDArray[np.float32]


class Scorer:
    """Scores pairs of fields of some columns, and says how alike whole functions are.

    Attributes:
        evidence: What names and descriptions say.
        compatibilities: Whether the values fit.
    """

    def __init__(self, columns: Columns, vectors: FieldVectors) -> None:
        self.evidence = Evidence(columns, vectors)
        self.compatibilities = Compatibilities(columns)
        self._names = _name_vectors(columns)

    def score(self, kind: EdgeKind, sources: Places, targets: Places) -> Scores:
        """Agreement times compatibility of each of `sources` and the one of `targets` at its place, 4 places."""
        compatibility = self.compatibilities.weigh(kind, sources, targets).value
        scores = np.zeros(len(sources), dtype=np.float32)
        possible = np.flatnonzero(compatibility > 0)
        agreement = self.evidence.weigh(sources[possible], targets[possible]).value
        scores[possible] = np.round(agreement * compatibility[possible], 4)
        return scores

    def closeness(self, sources: Places, targets: Places) -> Scores:
        """How alike the names of pairs of functions are, verbs apart, 0 to 1; functions by their places."""
        pairs = sources.astype(np.int64) << 32 | targets.astype(np.int64)
        distinct, places = np.unique(pairs, return_inverse=True)
        return np.clip(row_products(self._names, distinct >> 32, distinct & 0xFFFFFFFF), 0, 1)[places]


def _name_vectors(columns: Columns) -> csr_matrix:
    """Unit vectors of the words of functions' names."""
    stems = [
        frozenset(stem(word) for word in split_words(profile.source_name) if word not in VERBS)
        for profile in columns.profiles
    ]
    numbers: dict[str, int] = {}
    matrix = stem_matrix(stems, numbers)
    matrix.data = np.array([weight(word) for word in numbers], dtype=np.float32)[matrix.indices]
    norms = np.sqrt(np.maximum(row_sums(csr_matrix(matrix.multiply(matrix))), 1e-9))
    return csr_matrix(diags(1 / norms) @ matrix, dtype=np.float32)
