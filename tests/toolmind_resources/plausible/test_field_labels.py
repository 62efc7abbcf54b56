import pytest

from toolmind_resources.plausible.field_labels import label_of, words_of
from toolmind_resources.plausible.phrases import goal_of, infinitive, subject_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("departureCity", ("departure", "city")),
        ("user_id", ("user", "id")),
        ("X-API-Key", ("x", "api", "key")),
        ("HTMLParser2", ("html", "parser", "2")),
        ("", ()),
        ("___", ()),
    ],
)
def test_a_name_is_split_in_any_case_style(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "owner", "label"),
    [("departureCity", "", "departure city"), ("id", "invoices", "invoice ID"), ("id", "", "ID"),
     ("order_id", "invoice", "order ID"), ("num_nights", "", "number of nights"), ("", "", "value"),
     ("id", "movies", "movie ID"), ("name", "people", "person name"), ("id", "aliases", "alias ID")],
)  # fmt: skip
def test_a_field_is_called_what_people_call_it(name: str, owner: str, label: str) -> None:
    assert label_of(name, owner) == label


@pytest.mark.parametrize(
    ("name", "description", "goal"),
    [
        ("list_orders", "Lists the orders of a customer. Paged.", "list the orders of a customer"),
        ("x", "This function is used to calculate the area of a circle.", "calculate the area of a circle"),
        ("getUserName", "", "get the user name"),
        ("get_items", "Wrapper of get_items_v2 for the API.", "get items"),
    ],
)
def test_a_goal_is_an_infinitive_without_the_functions_name(name: str, description: str, goal: str) -> None:
    assert goal_of(name, description) == goal


def test_verbs_are_told_from_nouns() -> None:
    assert infinitive("Retrieves") == "retrieve"
    assert infinitive("invoice") is None
    assert subject_of("billing.list_invoices") == "invoices"
    assert subject_of("get") == ""
    assert subject_of("list_orders") == subject_of("shop.orders.list") == "orders"
    assert subject_of("user_get") == "user"
