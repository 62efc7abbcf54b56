import json
from collections import Counter

import pytest

from toolmind_resources.chat.faults import FaultKind, Faults, spoil
from toolmind_resources.chat.model import ChatReply, ChatToolCall
from toolmind_resources.errors import ToolMindError

CALL = ChatToolCall("get_order", '{"order_id": "W-1"}', "c1")


def test_faults_are_stated_as_kind_and_rate() -> None:
    stated = Faults.parse("rate_limit=0.05", "html=1e-2", seed=3)
    assert stated == Faults({FaultKind.RATE_LIMIT: 0.05, FaultKind.HTML: 0.01}, 3)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("rate_limit", "KIND=RATE"),
        ("rate_limit=often", "KIND=RATE"),
        ("earthquake=0.1", "kinds: rate_limit"),
        ("html=1.5", "between 0 and 1"),
        ("html=-0.1", "between 0 and 1"),
        ("html=nan", "between 0 and 1"),
    ],
)
def test_a_fault_that_is_none_is_refused_with_what_there_is(wrong: str, said: str) -> None:
    with pytest.raises(ToolMindError, match=said):
        Faults.parse(wrong)


def test_rates_that_sum_to_more_than_all_requests_are_refused() -> None:
    with pytest.raises(ToolMindError, match="sum to"):
        Faults.parse("html=0.6", "unavailable=0.6")


def test_each_kind_is_drawn_as_often_as_stated() -> None:
    faults = Faults.parse("rate_limit=0.2", "truncated_body=0.1", "wrong_tool_name=0.3")
    drawn = Counter(faults.draw(f"request {n}", 0) for n in range(4000))
    shares = {kind: n / 4000 for kind, n in drawn.items()}
    wanted = {
        None: 0.4,
        FaultKind.RATE_LIMIT: 0.2,
        FaultKind.TRUNCATED_BODY: 0.1,
        FaultKind.WRONG_TOOL_NAME: 0.3,
    }
    assert shares == pytest.approx(wanted, abs=0.03)


def test_the_rates_zero_and_one_mean_never_and_always() -> None:
    always, never = Faults.parse("html=1"), Faults.parse("html=0")
    assert {always.draw(str(n), 0) for n in range(200)} == {FaultKind.HTML}
    assert {never.draw(str(n), 0) for n in range(200)} == {None}


def test_a_draw_depends_on_seed_request_and_how_often_it_came() -> None:
    def drawn(seed: int, n_seen: int) -> list[FaultKind | None]:
        faults = Faults({FaultKind.HTML: 0.5}, seed)
        return [faults.draw(str(n), n_seen) for n in range(64)]

    assert drawn(1, 0) == drawn(1, 0)
    assert drawn(1, 0) != drawn(2, 0)
    assert drawn(1, 0) != drawn(1, 1)


def test_a_wrong_name_is_given_to_the_first_call_alone() -> None:
    spoilt = spoil(ChatReply(None, (CALL, CALL)), FaultKind.WRONG_TOOL_NAME)
    assert [call.name for call in spoilt.tool_calls] == ["get_order_missing", "get_order"]


def test_a_wrong_name_stays_a_legal_one() -> None:
    long = ChatToolCall("n" * 64, "{}")
    (call,) = spoil(ChatReply(None, (long,)), FaultKind.WRONG_TOOL_NAME).tool_calls
    assert len(call.name) == 64 and call.name != long.name


@pytest.mark.parametrize("text", ['{"verdict": "pass"}', "[1, 2]", "{}", "[]"])
def test_malformed_content_is_json_no_more(text: str) -> None:
    spoilt = spoil(ChatReply(text), FaultKind.MALFORMED_CONTENT).content
    assert spoilt is not None
    with pytest.raises(ValueError):
        json.loads(spoilt)


def test_malformed_content_of_calls_are_the_arguments_of_the_last() -> None:
    first, last = spoil(ChatReply(None, (CALL, CALL)), FaultKind.MALFORMED_CONTENT).tool_calls
    assert first == CALL
    with pytest.raises(ValueError):
        json.loads(last.arguments_json)


@pytest.mark.parametrize(
    "reply", [ChatReply("Good morning."), ChatReply("{}", (CALL,), finish_reason="tool_calls")]
)
def test_an_empty_reply_has_neither_words_nor_calls(reply: ChatReply) -> None:
    assert spoil(reply, FaultKind.EMPTY_CONTENT) == ChatReply(None)


@pytest.mark.parametrize("kind", [None, *(kind for kind in FaultKind if kind is not FaultKind.EMPTY_CONTENT)])
@pytest.mark.parametrize("reply", [ChatReply("Good morning."), ChatReply(None), ChatReply("")])
def test_a_reply_in_which_a_fault_finds_no_place_stays_as_it_is(
    reply: ChatReply, kind: FaultKind | None
) -> None:
    assert spoil(reply, kind) == reply


@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.RATE_LIMIT, FaultKind.TRUNCATED_BODY, None])
def test_faults_of_the_transport_leave_the_words_alone(kind: FaultKind | None) -> None:
    assert spoil(ChatReply('{"a": 1}', (CALL,)), kind) == ChatReply('{"a": 1}', (CALL,))
