from typing import Any

import pytest

from toolmind_assets.stages.tasks.deeds import are_opposite, nouns_of, verbs_of


@pytest.mark.parametrize(
    ("name", "verbs", "nouns"),
    [
        ("list_orders", {"list"}, ("order",)),
        ("orders.items.list", {"list"}, ("order", "item")),
        ("usersDeleteSession", {"delete"}, ("user", "session")),
        ("getSpotLists", {"get"}, ("spot", "list")),
        ("app.catalog.products.tag", {"tag"}, ("catalog", "product")),
        ("add_tag", {"create"}, ("tag",)),
        ("PutRecord", {"update"}, ("record",)),
        ("GET /swatch/", {"get"}, ("swatch",)),
        ("book", {"book"}, ()),
        ("listJobsFor", {"list"}, ("job",)),
        ("getTeamEventsSimple", {"get"}, ("team", "event")),
    ],
)
def test_a_name_says_what_is_done_and_to_what(
    make: Any, name: str, verbs: set[str], nouns: tuple[str, ...]
) -> None:
    function = make.function(name)
    assert verbs_of(function) == verbs
    assert nouns_of(function) == nouns


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        ("follow_user", "unfollow_user", True),
        ("remove_stock_from_watchlist", "add_to_watchlist", True),
        ("create_order", "delete_order", True),
        ("create_order", "delete_box", False),
        ("lock_door", "open_door", False),
        ("comment", "uncomment", False),
    ],
)
def test_the_contrary_is_that_of_the_same_thing(make: Any, one: str, other: str, is_so: bool) -> None:
    assert are_opposite(make.function(one), make.function(other)) is is_so
