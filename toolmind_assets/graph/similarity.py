"""Which field texts resemble which: each distinct text embedded once, then one top-k sparse product."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sparse_dot_topn import sp_matmul_topn

from toolmind_resources.embed.model import Embedder

PAIRS_AT_ONCE = 20_000

FieldText = tuple[str, str]
"""Label and description of a field."""


def embed_texts(embedder: Embedder, texts: Sequence[FieldText], label_weight: float) -> csr_matrix:
    """Unit vectors of field texts, whose inner product weighs label against description.

    Each part is embedded apart, and its vector scaled by the root of its weight, so that the product of two
    joined vectors is `label_weight * cos(labels) + (1 - label_weight) * cos(descriptions)`.
    """
    labels = embed_distinct(embedder, [label for label, _ in texts])
    descriptions = embed_distinct(embedder, [description for _, description in texts])
    parts = [labels * np.sqrt(label_weight), descriptions * np.sqrt(1 - label_weight)]
    return csr_matrix(hstack(parts, format="csr"))


def embed_distinct(embedder: Embedder, texts: Sequence[str]) -> csr_matrix:
    """Vectors of the texts, in their order; each distinct text is sent once, in sorted order."""
    distinct = sorted(set(texts))
    places = {text: place for place, text in enumerate(distinct)}
    return csr_matrix(embedder.embed(distinct))[[places[text] for text in texts]]


def most_similar(targets: csr_matrix, sources: csr_matrix, limit: int, threshold: float) -> csr_matrix:
    """Of each target row the `limit` nearest source rows whose inner product exceeds `threshold`."""
    return csr_matrix(sp_matmul_topn(targets, sources.T.tocsr(), top_n=limit, threshold=threshold, sort=True))


def row_products(rows: csr_matrix, pairs: Sequence[tuple[int, int]]) -> list[float]:
    """The inner products of pairs of rows, a bounded number of them in memory at a time."""
    products: list[float] = []
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        left, right = zip(*pairs[start : start + PAIRS_AT_ONCE], strict=True)
        products += rows[list(left)].multiply(rows[list(right)]).sum(axis=1).A1.tolist()
    return products
