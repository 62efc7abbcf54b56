import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_resources.embed.hashed import HashedEmbedder


def similarity(first: str, second: str, *others: str) -> float:
    vectors = HashedEmbedder().embed([first, second, *others])
    return float((vectors[0] @ vectors[1].T).toarray()[0, 0])


@pytest.mark.parametrize(
    "spelling", ["orderLine2", "order_line_2", "OrderLines2", "ORDER-LINE 2", "the order lines, 2"]
)
def test_spellings_of_one_name_have_one_vector(spelling: str) -> None:
    assert similarity(spelling, "order line 2") == pytest.approx(1)


def test_a_vector_depends_on_no_other_text() -> None:
    alone = HashedEmbedder().embed(["order id"])
    among = HashedEmbedder().embed(["the order of a customer", "id", "order id", "order"])
    assert (alone != among[2]).nnz == 0


def test_words_that_say_little_count_for_less() -> None:
    assert similarity("customer id", "order id") < similarity("customer city", "order city")
    assert similarity("order id", "order") > similarity("order id", "id")
    assert similarity("id", "id") == pytest.approx(1)


def test_stop_words_count_only_where_there_are_no_others() -> None:
    assert similarity("name of the city", "city name") == pytest.approx(1)
    assert similarity("from", "from") == pytest.approx(1)
    assert similarity("from", "to") == similarity("from", "city from") == 0


def test_a_repeated_word_counts_more_but_not_in_proportion() -> None:
    once, thrice = similarity("city map", "city"), similarity("city city city map", "city")
    assert once < thrice < 3 / 10**0.5


def test_components_are_the_same_to_the_last_bit_on_every_platform() -> None:
    vector = HashedEmbedder().embed(["Order id of the order"])
    assert vector.indices.tolist() == [214673, 773150]
    assert [component.hex() for component in vector.data.tolist()] == [
        "0x1.c9f25c0000000p-1",
        "0x1.c9f25c0000000p-2",
    ]


def test_a_text_without_words_has_the_zero_vector() -> None:
    assert HashedEmbedder().embed(["order id", ""])[1:].nnz == 0
    assert HashedEmbedder().embed(["", "?"]).nnz == 0
    assert HashedEmbedder().embed([]).shape[0] == 0


def test_lone_surrogates_and_other_scripts_are_words_too() -> None:
    assert similarity("ｃｉｔｙ 城市", "city 城市") == pytest.approx(1)
    assert similarity("\ud800", "\ud800") == 0


@settings(max_examples=50)
@given(texts=st.lists(st.text(max_size=30), max_size=6))
def test_any_texts_give_unit_vectors_and_the_same_again(texts: list[str]) -> None:
    first, second = HashedEmbedder().embed(texts), HashedEmbedder().embed(texts)
    assert first.shape[0] == len(texts)
    assert first.dtype == np.float32
    squares = np.asarray(first.multiply(first).sum(axis=1)).ravel()
    assert all(square == pytest.approx(1, abs=1e-6) or square == 0 for square in squares)
    assert (first != second).nnz == 0


@pytest.mark.parametrize(
    ("one", "many"), [("movie", "movies"), ("cache", "caches"), ("alias", "aliases"), ("person", "people")]
)
def test_one_and_many_of_a_thing_have_one_vector(one: str, many: str) -> None:
    vectors = HashedEmbedder().embed([f"name of the {one}", f"names of the {many}"])
    assert (vectors[0] != vectors[1]).nnz == 0
