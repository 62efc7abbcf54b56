import pytest

from toolmind_assets.stages.graph import lexicon
from toolmind_assets.stages.graph.name_words import (
    name_stems,
    nouns_of,
    resource_of,
    split_words,
    stem,
    telling_stems,
    verb_of,
    weight,
    without_ordinal,
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("orderId", ("order", "id")),
        ("HTTPServerURL", ("http", "server", "url")),
        ("user_uid", ("user", "id")),
        ("LeaveApplicationIDs", ("leave", "application", "id")),
        ("zip2", ("zip", "2")),
        ("filename", ("file", "name")),
        ("größe", ("größe",)),
        ("$", ()),
        ("", ()),
    ],
)
def test_names_of_any_spelling_split_into_the_same_words(name: str, words: tuple[str, ...]) -> None:
    assert split_words(name) == words


@pytest.mark.parametrize(
    ("plural", "word"),
    [("movieIds", "movieId"), ("cookies", "cookie"), ("list_aliases", "list_alias"), ("cacheNames", "cache_name"),
     ("busLines", "buses_line"), ("gas", "gases"), ("canvas", "canvases"), ("people", "person"), ("skus", "sku")],
)  # fmt: skip
def test_one_and_many_of_a_thing_have_the_same_words(plural: str, word: str) -> None:
    assert split_words(plural) == split_words(word)


def test_every_word_of_a_list_is_spelled_as_names_are_split() -> None:
    lists = [value for value in vars(lexicon).values() if isinstance(value, frozenset)]
    assert {word for one in lists for word in one if split_words(word) != (word,)} == set()


@pytest.mark.parametrize(
    ("function_name", "resource"),
    [
        ("get_order_by_id", ("order",)),
        ("orders.update", ("order",)),
        ("listSpotListsForUser", ("spot", "list")),
        ("chat.spaces.messages.create", ("space", "message")),
        ("API-retrieve-a-block", ("block",)),
        ("deletePullRequestReview", ("request", "review")),
        ("search", ()),
        ("", ()),
    ],
)
def test_the_resource_stands_behind_the_verb_or_before_a_verb_at_the_end(
    function_name: str, resource: tuple[str, ...]
) -> None:
    assert resource_of(function_name) == resource


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("num2", "num"),
        ("cityB", "city"),
        ("file_a", "file"),
        ("zip", "zip"),
        ("id", "id"),
        ("2", "2"),
        ("URL", "URL"),
    ],
)
def test_one_digit_or_letter_at_the_end_only_numbers_a_name(name: str, bare: str) -> None:
    assert without_ordinal(name) == bare


def test_parts_of_speech_have_one_stem() -> None:
    assert {stem(word) for word in ("print", "printed", "printing", "printer")} == {"print"}
    assert stem("organization") == stem("organisation") == "organ"
    assert stem("red") == "red"
    assert stem("conversion") != stem("converted")
    assert name_stems("printed parcel") == {"print", "parcel"}


def test_words_that_say_nothing_of_a_field_are_no_telling_ones() -> None:
    assert telling_stems("The id of a parcel that will be printed, e.g. 7") == {"parcel", "print"}
    assert telling_stems("") == frozenset()


def test_a_word_such_as_id_says_less_than_one_that_names_a_thing() -> None:
    assert weight(stem("id")) == weight(stem("value")) < weight(stem("parcel")) == 1


@pytest.mark.parametrize(
    ("name", "verb", "nouns"),
    [
        ("ListMediaAnalysisJobs", "list", {"media", "analysis", "job"}),
        ("apps.get_status_for_user", "get", {"application", "user"}),
        ("weather", "", {"weather"}),
    ],
)
def test_a_function_name_has_a_verb_and_things_that_it_has_to_do_with(
    name: str, verb: str, nouns: set[str]
) -> None:
    assert (verb_of(name), nouns_of(name)) == (verb, nouns)
