import pytest

from toolmind_assets.graph.words import resource_of, singular, split_words


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
    [
        ("orders", "order"),
        ("categories", "category"),
        ("addresses", "address"),
        ("address", "address"),
        ("boxes", "box"),
        ("status", "status"),
        ("series", "series"),
        ("is", "is"),
    ],
)
def test_plurals_become_singular_and_other_words_stay(plural: str, word: str) -> None:
    assert singular(plural) == word


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
