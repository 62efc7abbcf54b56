import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from toolmind_resources.chat.sent_json import sent_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_is_sent_reads_back_as_what_was_meant(value: dict[str, Any]) -> None:
    assert json.loads(sent_json(value)) == value


def test_integers_of_any_size_and_halves_of_surrogate_pairs_are_sent() -> None:
    assert sent_json({"n": 1 << 70, "s": "\ud800"}) == b'{"n":%d,"s":"\\ud800"}' % (1 << 70)
    assert sent_json({"s": "\u00e9"}) == '{"s":"\u00e9"}'.encode()
