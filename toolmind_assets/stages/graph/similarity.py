"""Which texts of fields resemble which: each distinct label and description embedded once, then top-k products."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sparse_dot_topn import sp_matmul_topn

from toolmind_assets.stages.graph.columns import Places
from toolmind_assets.stages.graph.unrelated import DESCRIPTIONS, NAMES, floor_of
from toolmind_resources.embed.model import Embedder, Vectors

PAIRS_AT_ONCE = 200_000
ROWS_AT_ONCE = 2_048
"""Rows of dense vectors that are multiplied at once."""


@dataclass(frozen=True, slots=True)
class FieldVectors:
    """Unit vectors of the distinct labels and descriptions, by their numbers.

    Attributes:
        label_floor, description_floor: Cosine of two labels, or two descriptions, that have nothing in common.
    """

    labels: Vectors
    descriptions: Vectors
    label_floor: float = 0.0
    description_floor: float = 0.0

    def label_similarity(self, ours: Places, theirs: Places) -> NDArray[np.float32]:
        """How alike labels are: 0 where they have nothing in common, 1 where they are the same."""
        return _above(row_products(self.labels, ours, theirs), self.label_floor)

    def description_similarity(self, ours: Places, theirs: Places) -> NDArray[np.float32]:
        """The same of descriptions."""
        return _above(row_products(self.descriptions, ours, theirs), self.description_floor)

    def label_product(self, similarity: float) -> float:
        """The product of two label vectors that are so alike."""
        return self.label_floor + (1 - self.label_floor) * similarity

    def joined_product(self, similarity: float, label_weight: float) -> float:
        """The product of two joined vectors that are so alike."""
        floor = label_weight * self.label_floor + (1 - label_weight) * self.description_floor
        return floor + (1 - floor) * similarity

    def joined(self, labels: Places, descriptions: Places, label_weight: float) -> Vectors:
        """Vectors of texts whose inner product weighs label against description.

        Each part is scaled by the root of its weight, so that the product of two joined vectors is
        `label_weight * cos(labels) + (1 - label_weight) * cos(descriptions)`.
        """
        parts = [
            self.labels[labels] * np.sqrt(label_weight),
            self.descriptions[descriptions] * np.sqrt(1 - label_weight),
        ]
        if all(isinstance(part, np.ndarray) for part in parts):
            return np.hstack(parts).astype(np.float32)
        return csr_matrix(hstack(parts, format="csr"), dtype=np.float32)


def embed_pools(embedder: Embedder, labels: Sequence[str], descriptions: Sequence[str]) -> FieldVectors:
    """Vectors of distinct labels and descriptions; each distinct text is sent once, in sorted order."""
    texts = sorted({*labels, *descriptions})
    if not texts:
        nothing = csr_matrix((0, 1), dtype=np.float32)
        return FieldVectors(nothing, nothing)
    places = {text: place for place, text in enumerate(texts)}
    vectors = without_empty_columns(embedder.embed(texts))
    is_dense = isinstance(vectors, np.ndarray)
    return FieldVectors(
        labels=vectors[[places[text] for text in labels]],
        descriptions=vectors[[places[text] for text in descriptions]],
        label_floor=floor_of(embedder, NAMES) if is_dense else 0.0,
        description_floor=floor_of(embedder, DESCRIPTIONS) if is_dense else 0.0,
    )


def _above(products: NDArray[np.float32], floor: float) -> NDArray[np.float32]:
    """Cosines counted from that of unrelated texts, 0 to 1."""
    if not floor:
        return np.clip(products, 0, 1)
    return np.clip((products - np.float32(floor)) / np.float32(1 - floor), 0, 1)


def without_empty_columns(vectors: Vectors) -> Vectors:
    """Vectors with the same inner products, in as few columns as sparse ones use: hashed words leave most empty."""
    if isinstance(vectors, np.ndarray):
        return vectors
    used, columns = np.unique(vectors.indices, return_inverse=True)
    shape = (len(vectors.indptr) - 1, max(1, len(used)))
    return csr_matrix((vectors.data, columns.astype(np.int32), vectors.indptr), shape=shape)


def most_similar(targets: Vectors, sources: Vectors, limit: int, threshold: float) -> csr_matrix:
    """Of each target row the `limit` nearest source rows whose inner product exceeds `threshold`, exactly."""
    if isinstance(targets, np.ndarray) and isinstance(sources, np.ndarray):
        return _most_similar_dense(targets, sources, limit, threshold)
    left, right = csr_matrix(targets), csr_matrix(sources).T.tocsr()
    return csr_matrix(sp_matmul_topn(left, right, top_n=limit, threshold=threshold, sort=True))


def _most_similar_dense(
    targets: NDArray[np.float32], sources: NDArray[np.float32], limit: int, threshold: float
) -> csr_matrix:
    rows, columns, values = [], [], []
    for start in range(0, len(targets), ROWS_AT_ONCE):
        products = targets[start : start + ROWS_AT_ONCE] @ sources.T
        if products.shape[1] > limit:
            kept = np.argpartition(products, -limit, axis=1)[:, -limit:]
            near = np.take_along_axis(products, kept, axis=1)
        else:
            kept, near = np.broadcast_to(np.arange(products.shape[1]), products.shape), products
        row, place = np.nonzero(near > threshold)
        rows.append(row + start)
        columns.append(kept[row, place])
        values.append(near[row, place])
    shape = (len(targets), len(sources))
    if not rows:
        return csr_matrix(shape, dtype=np.float32)
    return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


def row_sums(rows: csr_matrix) -> NDArray[np.float32]:
    """The sum of each row of a sparse matrix, of shape (rows,)."""
    return np.asarray(rows.sum(axis=1), dtype=np.float32).ravel()


def row_products(
    rows: Vectors, left: Places, right: Places, others: Vectors | None = None
) -> NDArray[np.float32]:
    """Inner products of `rows[left]` and `others[right]` (of `rows` itself by default), some at a time."""
    others = rows if others is None else others
    products = np.empty(len(left), dtype=np.float32)
    for start in range(0, len(left), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        ours, theirs = rows[left[part]], others[right[part]]
        if isinstance(ours, np.ndarray) and isinstance(theirs, np.ndarray):
            products[part] = np.einsum("ij,ij->i", ours, theirs)
        else:
            products[part] = row_sums(csr_matrix(csr_matrix(ours).multiply(csr_matrix(theirs))))
    return products
