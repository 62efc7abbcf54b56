import pytest

from toolmind_assets.stages.graph import value_classes
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_assets.stages.graph.value_classes import ValueClass, class_of_name, class_of_text, takes_any

TEXT, NUMBER = ("string",), ("number",)


@pytest.mark.parametrize(
    ("label", "value_class"),
    [
        ("monthly payment", ValueClass.MONEY),
        ("city name", ValueClass.PLACE),
        ("file content", ValueClass.TEXT),
        ("content file", ValueClass.FILE),
        ("target folder", ValueClass.FOLDER),
        ("birth date", ValueClass.MOMENT),
        ("frobnication", ValueClass.NOTHING),
        ("", ValueClass.NOTHING),
    ],
)
def test_the_last_telling_word_of_a_name_says_its_class(label: str, value_class: ValueClass) -> None:
    assert class_of_name(label) is value_class


def test_the_first_telling_word_of_a_description_says_its_class() -> None:
    assert class_of_text("The price of a flight to the city") is ValueClass.MONEY
    assert class_of_text("Whatever it is") is ValueClass.NOTHING


def test_no_word_names_two_classes() -> None:
    words = [word for text in value_classes._WORDS.values() for word in text.split()]
    assert len(words) == len(set(words))
    assert [word for word in words if split_words(word) != (word,)] == []


@pytest.mark.parametrize(
    ("label", "types", "is_any"),
    [
        ("text", TEXT, True),
        ("text2", TEXT, True),
        ("commit message", TEXT, True),
        ("number", NUMBER, True),
        ("x", ("integer",), True),
        ("x", TEXT, False),
        ("text", NUMBER, False),
        ("text", ("integer", "string"), False),
        ("city", TEXT, False),
        ("", TEXT, False),
        ("number", (), False),
    ],
)
def test_parameters_called_text_or_number_take_any(label: str, types: tuple[str, ...], is_any: bool) -> None:
    assert takes_any(label, types) is is_any
