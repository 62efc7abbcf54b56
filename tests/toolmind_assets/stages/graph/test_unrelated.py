"""Similarities are counted from where texts have nothing in common, so that thresholds mean the same with any embedder."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from toolmind_assets.stages.graph.similarity import embed_pools
from toolmind_assets.stages.graph.unrelated import DESCRIPTIONS, NAMES, floor_of
from toolmind_resources.embed.hashed import HashedEmbedder

LABELS = ["order id", "order date", "price"]
PLACES, OTHERS = np.array([0, 0, 0]), np.array([0, 1, 2])


class Crowded:
    """The hashed embedder with a component that all texts share, as dense models have it: cosines lie between `least` and 1."""

    name = "crowded"

    def __init__(self, least: float) -> None:
        self.least = least

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = HashedEmbedder().embed(texts).toarray() * np.sqrt(1 - self.least)
        shared = np.full((len(texts), 1), np.sqrt(self.least))
        return np.hstack([rows, shared]).astype(np.float32)


@pytest.mark.parametrize("texts", [NAMES, DESCRIPTIONS])
def test_texts_that_stand_for_nothing_in_common_share_no_word(texts: tuple[str, ...]) -> None:
    products = (HashedEmbedder().embed(texts) @ HashedEmbedder().embed(texts).T).toarray()
    np.fill_diagonal(products, 0)
    assert np.median(products) == 0
    assert (products > 0.5).sum() == 0


@pytest.mark.parametrize("least", [0.13, 0.82])
def test_the_floor_is_what_unrelated_texts_have(least: float) -> None:
    assert floor_of(Crowded(least), NAMES) == pytest.approx(least, abs=1e-6)
    assert floor_of(HashedEmbedder(), NAMES) == 0


@pytest.mark.parametrize("least", [0.13, 0.82])
def test_similarities_do_not_depend_on_where_an_embedder_has_unrelated_texts(least: float) -> None:
    plain = embed_pools(HashedEmbedder(), LABELS, LABELS)
    crowded = embed_pools(Crowded(least), LABELS, LABELS)
    for name in ("label_similarity", "description_similarity"):
        wanted = getattr(plain, name)(PLACES, OTHERS)
        assert getattr(crowded, name)(PLACES, OTHERS) == pytest.approx(wanted, abs=1e-5)
    assert wanted.tolist()[0] == 1
    assert wanted.tolist()[2] == 0


@pytest.mark.parametrize("least", [0.13, 0.82])
def test_a_threshold_is_the_product_that_a_similarity_has(least: float) -> None:
    crowded = embed_pools(Crowded(least), LABELS, LABELS)
    (similarity,) = crowded.label_similarity(np.array([0]), np.array([1]))
    (product,) = (crowded.labels[:1] @ crowded.labels[1:2].T)[0]
    assert crowded.label_product(similarity) == pytest.approx(product, abs=1e-5)
    joined = crowded.joined(np.array([0, 1]), np.array([0, 1]), 0.5)
    assert crowded.joined_product(similarity, 0.5) == pytest.approx(joined[0] @ joined[1], abs=1e-5)
