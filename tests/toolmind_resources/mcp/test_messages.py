"""Whatever bytes a server sends: lines, messages, noise, and secrets among them."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.mcp.configured_server import McpError
from toolmind_resources.mcp.messages import Lines, Replies
from toolmind_resources.mcp.redaction import Secrets, Tail

TEXT = st.text('ab\n"{é', max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.sampled_from(["2.0", "1.0", 2])},
    optional={
        "id": st.integers(0, 3) | JSON,
        "method": st.sampled_from(["ping", "roots/list"]) | JSON,
        "result": JSON,
        "error": JSON,
        "params": JSON,
    },
)


@given(st.binary(), st.lists(st.integers(0, 200)))
def test_lines_do_not_depend_on_how_they_arrive(content: bytes, cuts: list[int]):
    places = [0, *sorted(cut for cut in cuts if cut < len(content)), len(content)]
    lines = Lines(1000)
    found = [line for start, end in pairwise(places) for line in lines.feed(content[start:end])]
    assert found == [line.removesuffix(b"\r") for line in content.split(b"\n")[:-1]]


@given(st.binary() | (MESSAGES | st.lists(MESSAGES, max_size=3)).map(lambda sent: json.dumps(sent).encode()))
def test_any_message_is_read_skipped_or_refused(text: bytes):
    replies = Replies(Secrets())
    replies.ask("initialize", {})
    try:
        for reply in replies.take(text):
            assert json.loads(reply)["jsonrpc"] == "2.0"
        assert isinstance(replies.answer(1, "initialize"), dict | None)
    except McpError as error:
        assert str(error).startswith(("it answered ", "its answer "))
    assert "\n" not in replies.noise


def test_a_batch_holds_several_answers():
    replies = Replies(Secrets())
    for _ in "ab":
        replies.ask("tools/list", {})
    batch = [{"jsonrpc": "2.0", "id": number, "result": {"tools": [number]}} for number in (2, 1)]
    assert list(replies.take(json.dumps(batch).encode())) == []
    assert replies.answer(1, "tools/list") == {"tools": [1]}
    assert replies.answer(2, "tools/list") == {"tools": [2]}


@given(st.lists(st.integers(1, 40), min_size=1), st.integers(0, 60), st.text("xy \n", max_size=30))
def test_no_part_of_a_secret_is_left_at_the_cut_of_a_tail(sizes: list[int], n_bytes: int, between: str):
    secret = "S3CR3T-K3Y"
    tail = Tail(n_bytes, Secrets([secret, "K3Y-longer-than-the-first"]))
    text = (between + secret) * 20
    for size in sizes * 20:
        tail.add(text[:size].encode())
        text = text[size:]
    tail.add(text.encode())
    assert not set("S3CRTKY") & set(tail.text)
    assert len(tail.text) <= n_bytes


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ({"planted-key": ["a planted-key b", 5, None]}, {"***": ["a *** b", 5, None]}),
        ("on and only", "on and only"),
    ],
)
def test_keys_are_blanked_in_answers_and_short_values_left(value: object, hidden: object):
    assert Secrets(["planted-key", "on"]).hide_in(value) == hidden
