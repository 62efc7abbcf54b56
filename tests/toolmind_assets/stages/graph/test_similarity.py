from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from toolmind_assets.stages.graph.similarity import (
    FieldVectors,
    embed_pools,
    most_similar,
    row_products,
    without_empty_columns,
)
from toolmind_resources.embed.hashed import HashedEmbedder

WIDTH = 5
# Eighths are exact in float32, and so are their products: no order of summing matters.
COMPONENTS = st.integers(-4, 4).map(lambda eighths: eighths / 8)
ROWS = st.lists(st.lists(COMPONENTS, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=7).map(
    lambda rows: np.array(rows, dtype=np.float32)
)


def brute_force(
    targets: NDArray[np.float32], sources: NDArray[np.float32], limit: int, threshold: float
) -> list[list[float]]:
    """The highest products of each row that exceed the threshold, highest first."""
    products = targets @ sources.T
    return [
        sorted((one for one in row.tolist() if one > threshold), reverse=True)[:limit] for row in products
    ]


@settings(max_examples=40, deadline=None)
@given(targets=ROWS, sources=ROWS, limit=st.integers(1, 8), threshold=st.sampled_from([0.0, 0.08, 0.5]))
@pytest.mark.parametrize("is_dense", [True, False], ids=["dense", "sparse"])
def test_the_most_similar_rows_are_those_of_the_highest_products(
    is_dense: bool,
    targets: NDArray[np.float32],
    sources: NDArray[np.float32],
    limit: int,
    threshold: float,
) -> None:
    ends = (targets, sources) if is_dense else (csr_matrix(targets), csr_matrix(sources))
    found = most_similar(*ends, limit, threshold)
    assert found.shape == (len(targets), len(sources))
    values = [found.data[start:end] for start, end in zip(found.indptr, found.indptr[1:], strict=False)]
    best = brute_force(targets, sources, limit, threshold)
    assert [sorted(row.tolist(), reverse=True) for row in values] == best
    kept = found.tocoo()
    assert np.array_equal(kept.data, (targets @ sources.T)[kept.row, kept.col])


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_columns_that_nobody_uses_can_be_left_out(rows: NDArray[np.float32]) -> None:
    wide = csr_matrix(np.hstack([np.zeros((len(rows), 9), dtype=np.float32), rows]))
    narrow = csr_matrix(without_empty_columns(wide))
    assert narrow.shape[1] <= WIDTH
    assert np.array_equal((narrow @ narrow.T).toarray(), (wide @ wide.T).toarray())
    assert without_empty_columns(rows) is rows


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, others=ROWS, data=st.data())
@pytest.mark.parametrize("is_dense", [True, False], ids=["dense", "sparse"])
def test_products_of_rows_are_those_of_the_matrices(
    is_dense: bool, rows: NDArray[np.float32], others: NDArray[np.float32], data: st.DataObject
) -> None:
    pairs = st.tuples(st.integers(0, len(rows) - 1), st.integers(0, len(others) - 1))
    left, right = np.array(data.draw(st.lists(pairs, max_size=6)), dtype=np.int64).reshape(-1, 2).T
    ends = (rows, others) if is_dense else (csr_matrix(rows), csr_matrix(others))
    products = row_products(ends[0], left, right, ends[1])
    assert np.array_equal(products, (rows @ others.T)[left, right])


@pytest.mark.parametrize("is_dense", [True, False], ids=["dense", "sparse"])
def test_a_joined_vector_weighs_the_name_against_the_description(is_dense: bool) -> None:
    vectors = HashedEmbedder().embed(["city", "the city", "price"])
    rows = without_empty_columns(vectors.toarray() if is_dense else vectors)
    found = FieldVectors(labels=rows, descriptions=rows)
    joined = found.joined(np.array([0, 0]), np.array([1, 2]), label_weight=0.75)
    products = row_products(joined, np.array([0, 0]), np.array([0, 1]))
    assert products == pytest.approx([1, 0.75])


class Counting(HashedEmbedder):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> csr_matrix:
        self.asked += texts
        return super().embed(texts)


def test_each_distinct_text_is_embedded_once_in_sorted_order() -> None:
    embedder = Counting()
    vectors = embed_pools(embedder, ["city", "price"], ["price", "a day", "city"])
    assert embedder.asked == ["a day", "city", "price"]
    assert (vectors.labels.shape[0], vectors.descriptions.shape[0]) == (2, 3)
    assert row_products(
        vectors.labels, np.array([0, 1]), np.array([2, 0]), vectors.descriptions
    ).tolist() == [1, 1]


def test_no_text_is_embedded_where_there_is_none() -> None:
    embedder = Counting()
    assert embed_pools(embedder, [], []).labels.shape[0] == 0
    assert embedder.asked == []
