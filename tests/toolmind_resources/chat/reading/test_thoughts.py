"""Thoughts are told from what is said, whatever marks stand around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.reading.thoughts import Thoughtful, holds_thoughts, thoughts_apart

PAIRS = [
    *((f"<{name}>", f"</{name}>") for name in ("think", "thinking", "thought", "reasoning", "reflection")),
    ("<seed:think>", "</seed:think>"),
    ("<think type='deep'>", "</think>"),
    ("<THINK>", "</THINK>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel>thought\n", "<channel|>"),
    ("<unused94>thought\n", "<unused95>"),
]
WORDS = st.text(st.sampled_from("abc 12{}:,.\n\"'é好"), max_size=30)


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_what_stands_between_the_marks_is_thought(opening: str, closing: str):
    text = f"{opening}\nFour, the tool said.\n{closing}\n\nIt is 4 degrees."
    assert thoughts_apart(text) == Thoughtful("It is 4 degrees.", ("Four, the tool said.",))


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_all_before_a_closing_mark_that_nothing_opens_is_thought(opening: str, closing: str):
    assert thoughts_apart(f"I lack nothing.{closing}Which day?") == Thoughtful(
        "Which day?", ("I lack nothing.",)
    )


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_all_after_an_opening_mark_that_nothing_closes_is_thought(opening: str, closing: str):
    assert thoughts_apart(f"{opening}Let me see") == Thoughtful("", ("Let me see",))
    assert thoughts_apart(f"One moment.\n{opening}Let me see") == Thoughtful("One moment.", ("Let me see",))


@pytest.mark.parametrize(
    ("text", "said", "thoughts"),
    [
        ("<think>a</think>Yes.<think>b</think> No.", "Yes. No.", ("a", "b")),
        ("<think></think>Yes.", "Yes.", ()),
        ('<think>{"a": 1} ```json {} ``` "x</think>{"a": 2}', '{"a": 2}', ('{"a": 1} ```json {} ``` "x',)),
        ("<think>a</thinking>Yes.", "Yes.", ("a",)),
        (
            "<think>They ask what `</think>` means.</think>It ends.",
            "It ends.",
            ("They ask what `</think>` means.",),
        ),
        ("a</think>b</think>c", "c", ("a b",)),
        ("Yes.<think>a</think>b</think>No.", "No.", ("a", "Yes.b")),
        ("<think>a</think><answer>Yes.</answer>", "Yes.", ("a",)),
        ("<|begin_of_thought|>a<|end_of_thought|>\n<|begin_of_solution|>b<|end_of_solution|>", "b", ("a",)),
        ("<think>I compare `<a>` and `<b></think>Yes.", "Yes.", ("I compare `<a>` and `<b>",)),
    ],
)
def test_thoughts_are_found_wherever_they_stand(text: str, said: str, thoughts: tuple[str, ...]):
    assert thoughts_apart(text) == Thoughtful(said, thoughts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a < b, and b > c [see note]",
        "Models put `<think>` before and `</think>` after.",
        "Write:\n```xml\n<think>\nhm\n</think>\n```\nThat is all.",
        'The mark is "</think>", no more.',
        '{"mark": "put <think> first, </think> last"}',
        "<b>I think</b> so.",
    ],
)
def test_marks_that_are_spoken_of_are_no_thoughts(text: str):
    assert thoughts_apart(text) is None
    assert not holds_thoughts(text)


def test_an_opening_mark_amid_a_sentence_is_left_and_seen():
    text = "Put <think> before what you think."
    assert thoughts_apart(text) is None
    assert holds_thoughts(text)


@given(st.lists(st.tuples(st.sampled_from(PAIRS), WORDS, WORDS), min_size=1, max_size=4))
def test_what_is_said_is_free_of_thoughts_and_the_thoughts_hold_them(parts: list):
    text = "".join(
        f"{opening} t{n}{thought}{closing} s{n}" for n, ((opening, closing), thought, _) in enumerate(parts)
    )
    apart = thoughts_apart(text)
    assert apart is not None
    assert apart.said == "".join(f" s{n}" for n in range(len(parts))).strip()
    assert list(apart.thoughts) == [f"t{n}{thought}".strip() for n, (_, thought, _) in enumerate(parts)]
    assert not holds_thoughts(apart.said)


@given(st.text(st.sampled_from("<>/think[]TIK◁▷`\"' \n{}:"), max_size=60) | st.text())
def test_any_text_can_be_taken_apart(text: str):
    apart = thoughts_apart(text)
    assert apart is None or len(apart.said) + sum(map(len, apart.thoughts)) <= len(text)
