"""What names and paths say of a call and of its fields."""

import pytest

from toolmind_assets.stages.graph.call_traits import gives_account, is_member
from toolmind_assets.stages.graph.name_words import split_words


@pytest.mark.parametrize(
    ("name", "is_account"),
    [
        ("getCallLog", True),
        ("get_delivery_stats", True),
        ("list_logs_by_user", True),
        ("log_in", False),
        ("get_report_template", False),
        ("list_users", False),
        ("list_users_with_history", False),
    ],
)
def test_a_function_gives_an_account_where_its_last_noun_says_so(name: str, is_account: bool) -> None:
    assert gives_account(split_words(name)) is is_account


@pytest.mark.parametrize(
    ("path", "is_within"),
    [("items[].id", True), ("[].id", True), ("ids[]", True), ("items[].owner.id", False), ("item.id", False)],
)
def test_a_member_of_a_list_names_itself_right_in_it(path: str, is_within: bool) -> None:
    assert is_member(path) is is_within
