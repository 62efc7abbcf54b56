"""Texts that define functions are read in each of the ways in which open sets write them."""

import pytest

from toolmind_assets.model.tool_texts import find_list, functions_in, read_objects

F, G = '{"name": "f"}', '{"name": "g"}'


@pytest.mark.parametrize(
    "text",
    [
        f"You are. <tools>\n{F}\n{G}\n</tools> For each call",
        f"You are. <tools> [{F}, {G}] </tools>",
        f"SYSTEM: You are a helpful assistant with access to the following functions. Use them -\n{F}\n\n{G}\n",
        f"You have access to these tools: {F}, {G} and nothing else",
        f"Here is a list of functions in JSON format that you can invoke:\n[{F}, {G}]. Should you decide",
        f"Choose among [{F}, {G}].",
    ],
)
def test_functions_are_found_in_a_text(text: str) -> None:
    read = functions_in(text)
    assert [function["name"] for function in read.functions] == ["f", "g"] and read.problem == ""


def test_a_numbered_list_gives_name_description_and_parameters() -> None:
    text = 'Tools:\n1. Name: Get It\nDescription: Gets\nit.\nParameters: {"a": {"type": "str"}}\n2. Name: g\nDescription: \nParameters: {}\n'
    assert functions_in(text).functions == (
        {"name": "Get It", "description": "Gets\nit.", "parameters": {"a": {"type": "str"}}},
        {"name": "g", "description": "", "parameters": {}},
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Be kind.",
        'Answer as {"answer": 1}.',
        "Give [1, 2] back.",
        "You have no access to external functions.",
    ],
)
def test_a_text_without_definitions_gives_none(text: str) -> None:
    assert functions_in(text).functions == () and functions_in(text).problem == ""


@pytest.mark.parametrize(
    ("text", "n_read"),
    [
        (f'access to the following functions -\n{F}\n{{"name": "g"', 1),
        ('Here is a list of functions in JSON format that you can invoke: [{"name": ]', 0),
        ('<tools>[{"name": }]</tools>', 0),
        ('1. Name: f\nDescription: d\nParameters: {}\n2. Name: g\nDescription: d\nParameters: {"a": }', 1),
    ],
)
def test_definitions_that_break_off_say_so(text: str, n_read: int) -> None:
    read = functions_in(text)
    assert len(read.functions) == n_read and read.problem


def test_objects_that_follow_each_other_are_read_to_the_end() -> None:
    assert read_objects(f"{F},\n {G}\n") == [{"name": "f"}, {"name": "g"}]
    with pytest.raises(ValueError):
        read_objects(f"{F} and more")


def test_a_list_begins_where_it_is_announced() -> None:
    text = f"Hello. Here is a list of functions in JSON format that you can invoke: [{F}] Bye."
    found = find_list(text)
    assert found is not None
    assert (text[: found.start], text[found.end :], found.functions) == ("Hello. ", " Bye.", [{"name": "f"}])
