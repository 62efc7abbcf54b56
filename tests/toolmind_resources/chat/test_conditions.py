import pytest

from toolmind_resources.chat.conditions import Away, Conditions, Tail
from toolmind_resources.errors import ToolMindError


def test_tail_and_absence_are_stated_as_two_numbers() -> None:
    assert (Tail.parse("0.05:5"), Away.parse("10:30")) == (Tail(0.05, 5.0), Away(10.0, 30.0))


@pytest.mark.parametrize("wrong", ["", "5", "a:b", "1.5:5", "0.5:0.5", "nan:5"])
def test_a_tail_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ToolMindError, match="SHARE:FACTOR"):
        Tail.parse(wrong)


@pytest.mark.parametrize("wrong", ["", "5", "a:b", "-1:5", "1:-5"])
def test_an_absence_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ToolMindError, match="AFTER:SECONDS"):
        Away.parse(wrong)


def test_an_absence_begins_and_ends() -> None:
    away = Away(10, 30)
    assert [away.holds(seconds) for seconds in (0, 9.9, 10, 39.9, 40)] == [False, False, True, True, False]


def test_answers_take_their_time_and_some_a_multiple_of_it() -> None:
    conditions = Conditions(latency_seconds=0.2, tail=Tail(0.05, 5))
    waits = [conditions.wait_seconds(f"request {n}", 0) for n in range(4000)]
    assert set(waits) == {0.2, 1.0}
    assert waits.count(1.0) / 4000 == pytest.approx(0.05, abs=0.015)


def test_single_waits_vary_by_the_jitter() -> None:
    conditions = Conditions(latency_seconds=1, latency_jitter=0.5)
    waits = [conditions.wait_seconds(f"request {n}", 0) for n in range(1000)]
    assert (min(waits), max(waits)) == (pytest.approx(0.5, abs=0.02), pytest.approx(1.5, abs=0.02))


def test_the_same_prompts_are_poison_whatever_is_asked_for_with_them() -> None:
    conditions = Conditions(poison=0.5)
    prompts = [{"messages": [{"role": "user", "content": f"hello {n}"}]} for n in range(400)]
    poison = [conditions.is_poison(prompt) for prompt in prompts]
    assert poison == [conditions.is_poison({**prompt, "max_tokens": 9, "seed": 5}) for prompt in prompts]
    assert sum(poison) / 400 == pytest.approx(0.5, abs=0.1)
    assert not any(Conditions().is_poison(prompt) for prompt in prompts)
