import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_resources.embed.tfidf import TfidfEmbedder
from toolmind_resources.errors import EmbedError


def similarity(first: str, second: str, *others: str) -> float:
    vectors = TfidfEmbedder().embed([first, second, *others])
    return float((vectors[0] @ vectors[1].T).toarray()[0, 0])


def test_every_vector_has_norm_one() -> None:
    vectors = TfidfEmbedder().embed(["order id", "customer", "the order of a customer"])
    assert np.linalg.norm(vectors.toarray(), axis=1) == pytest.approx([1, 1, 1], abs=1e-6)


def test_a_text_without_features_has_the_zero_vector() -> None:
    assert TfidfEmbedder().embed(["order id", ""])[1:].nnz == 0
    assert TfidfEmbedder().embed(["", "?"]).nnz == 0
    assert TfidfEmbedder().embed([]).shape[0] == 0


def test_short_texts_are_compared_too() -> None:
    assert similarity("x", "x", "y") == pytest.approx(1)
    assert similarity("x", "y") == 0


def test_equal_texts_are_alike_and_others_less_so() -> None:
    assert similarity("order id", "order id", "city") == pytest.approx(1)
    assert 0 < similarity("order id", "orders", "city") < 0.9
    assert similarity("order id", "city") == 0


def test_spelling_is_forgiven_in_part() -> None:
    assert similarity("organisation", "organization", "city") > 0.2


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.text(max_size=30), max_size=6))
def test_any_texts_give_one_vector_each_and_the_same_again(texts: list[str]) -> None:
    first, second = TfidfEmbedder().embed(texts), TfidfEmbedder().embed(texts)
    assert first.shape[0] == len(texts)
    assert np.isfinite(first.data).all()
    assert (first != second).nnz == 0


def test_the_name_tells_the_settings() -> None:
    assert TfidfEmbedder().name != TfidfEmbedder(word_weight=0.2).name != TfidfEmbedder(max_chars=4).name


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, toolmind_resources.embed.tfidf, toolmind_resources.embed.openai;"
        "from toolmind_resources.embed.hashed import HashedEmbedder; HashedEmbedder().embed(['order id']);"
        "print([name for name in ('sklearn', 'openai') if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"


def test_without_its_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(EmbedError, match=r"toolmind-assets\[tfidf\]"):
        TfidfEmbedder().embed(["a text"])
