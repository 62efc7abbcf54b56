"""What functions do, as a person would ask for it."""

import pytest

from toolmind_resources.plausible.plain_speech import COPIED_WORDS, copied_words, plain_goal


@pytest.mark.parametrize(
    ("name", "description", "goal"),
    [
        ("listOrders", "Retrieves a list of orders based on the given filters.", "look up the orders"),
        ("getOrder", "Gets the details of the specified order by its unique ID.", "get the order"),
        ("cancel", "Cancels an existing order.", "cancel an order"),
        ("accountCreate", "Create Account. Use this endpoint to register.", "create an account"),
        ("saveState", "Create or update the state for a connection.", "create the state for a connection"),
        ("getDef", "Get a sourceDefinition", "get a source definition"),
        ("hub.star", "Star a GitHub repository", "star a GitHub repository"),
        ("board", "Handle GET requests for the static board.", "get the static board"),
        ("checkOperation", "Check if an operation to be created is valid", "check the operation"),
        ("personality.evaluate", "", "evaluate the personality"),
        ("calc", "Calculate the distance traveled by an object moving at constant speed.",
         "work out the distance traveled"),
        ("finish", "Completes the import and makes it visible.", "complete the import"),
        ("", "", "get something"),
    ],
)  # fmt: skip
def test_a_goal_has_a_plain_verb_and_a_short_object(name: str, description: str, goal: str) -> None:
    plain = plain_goal(name, description)
    assert f"{plain.verbs[0]} {plain.object}" == goal


def test_no_six_words_of_a_description_stand_in_a_row_whichever_verb_is_said() -> None:
    text = "Compare the size of a map to the size of a town with the size of a lake."
    plain = plain_goal("compare", text)
    assert all(copied_words(f"{verb} {plain.object}", text) < COPIED_WORDS for verb in plain.verbs)


def test_words_in_a_row_are_counted_whatever_stands_between_them() -> None:
    assert copied_words("See: the (new) order!", "Shows the new order.") == 3
    assert copied_words("an order", "the invoice") == 0
    assert copied_words("", "x") == copied_words("x", "") == 0
