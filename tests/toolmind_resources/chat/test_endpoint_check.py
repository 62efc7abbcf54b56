"""What is found out about an endpoint before a run, and which endpoints a run is not begun with."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.endpoint_check import FRESH_SECONDS, EndpointCheck, is_fresh
from toolmind_resources.chat.endpoint_memory import EndpointMemory, KnownEndpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge
from toolmind_resources.chat.purchase import Terms
from toolmind_resources.errors import EndpointError

CALL = {"id": "a", "type": "function", "function": {"name": "get_temperature", "arguments": '{"city":"Lisbon"}'}}  # fmt: skip
NOW = 1_000_000.0


def reply(content: str | None, finish: str = "stop", **message: Any) -> tuple[int, Any]:
    choice = {"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    return 200, {"model": "m", "choices": [choice], "usage": usage}


def capable(body: dict[str, Any]) -> tuple[int, Any]:
    return reply(None, tool_calls=[CALL]) if "tools" in body else reply('{"sum": 5}')


class Checks:
    """Checks of one endpoint, in one home."""

    def __init__(self, home: Path, served: Any) -> None:
        self.served = served
        self.served.answers = capable
        self.journal = Journal(home / "journal.sqlite")
        self.memory = EndpointMemory(home / "endpoints.json")
        self.said: list[str] = []

    def run(self, *, with_tools: bool = True, **settings: Any) -> KnownEndpoint:
        endpoint = self.served.endpoint(**settings)
        terms = Terms(self.journal, Budget(), Charge("run 1", "endpoint_check"), {})

        async def check() -> KnownEndpoint:
            found = EndpointCheck(endpoint, terms, self.memory, self.said.append, lambda: NOW)
            return await found.run(with_tools=with_tools)

        return asyncio.run(check())

    def error(self, **settings: Any) -> str:
        with pytest.raises(EndpointError) as raised:
            self.run(**settings)
        return str(raised.value)


@pytest.fixture
def checks(tmp_path: Path, wishful: Any) -> Checks:
    return Checks(tmp_path, wishful)


def test_a_capable_endpoint_is_asked_two_questions_and_remembered(checks: Checks):
    checks.served.models = (200, {"data": [{"id": "other"}, {"id": "m", "max_model_len": 32768}]})
    known = checks.run()
    assert (known.checked_at, known.has_offered_tools, known.calls_tools) == (NOW, True, True)
    assert (known.thinks, known.context_tokens) == (False, 32768)
    assert 0 < known.seconds < 5
    assert known.tokens_per_second == pytest.approx(5 / known.seconds)
    assert checks.memory.find(checks.served.endpoint()) == known
    assert len(checks.served.bodies) == 2
    (usage,) = checks.journal.usage()
    assert (usage.role, usage.n_calls, usage.prompt_tokens, usage.completion_tokens) == (
        "endpoint_check",
        2,
        20,
        10,
    )
    assert checks.said == []


def test_tools_are_offered_where_a_role_needs_them_alone(checks: Checks):
    known = checks.run(with_tools=False)
    assert (known.has_offered_tools, len(checks.served.bodies)) == (False, 1)


def test_how_the_endpoint_wants_its_requests_is_said_once(checks: Checks):
    def answers(body: dict[str, Any]) -> tuple[int, Any]:
        if "max_tokens" in body:
            return 400, {"error": {"message": "Use 'max_completion_tokens' instead of 'max_tokens'"}}
        return capable(body)

    checks.served.answers = answers
    assert checks.run().dialect.max_tokens_field == "max_completion_tokens"
    assert [line.partition(";")[0] for line in checks.said] == [
        f"m at {checks.served.url} wants max_completion_tokens for max_tokens"
    ]
    checks.run()
    assert len(checks.said) == 1


def test_an_endpoint_that_has_learnt_more_is_asked_in_full_again(checks: Checks):
    checks.served.answers = lambda body: (400, {"error": "no seed"}) if "seed" in body else capable(body)
    assert checks.run().dialect.left_out == {"seed"}
    checks.served.answers = capable
    assert checks.run().dialect.left_out == frozenset()
    assert checks.said[-1].endswith("takes requests as they are")


def test_an_endpoint_that_ignores_tools_is_found_and_the_message_says_what_to_do(checks: Checks):
    checks.served.answers = lambda body: reply("It is probably mild.")
    error = checks.error()
    assert "it seems to ignore `tools`. It said: It is probably mild." in error
    assert "--enable-auto-tool-choice" in error
    assert len([body for body in checks.served.bodies if "tools" in body]) == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(None, "content_filter"), "content filter held the reply back. It said: (nothing)"),
        (reply(None, reasoning_content="Lisbon?"), "the reply is empty. It only thought: Lisbon?"),
    ],
)
def test_a_model_that_is_kept_from_calling_is_not_said_to_ignore_tools(
    checks: Checks, answer: Any, words: str
):
    checks.served.answers = lambda body: answer if "tools" in body else capable(body)
    error = checks.error()
    assert words in error
    assert "ignore" not in error and "Look at how the server was started" in error
    assert "`is_checked: false`" in error


def test_answers_that_hold_no_reply_are_told_with_what_to_do(checks: Checks):
    checks.served.answers = lambda body: (200, {"error": {"message": "Provider returned error"}})
    error = checks.error()
    assert "an error: Provider returned error, to a short question\nLook at" in error
    assert len(checks.served.bodies) == 3


def test_an_endpoint_that_refuses_tools_is_told_with_its_own_words(checks: Checks):
    said = '"auto" tool choice requires --enable-auto-tool-choice'
    checks.served.answers = lambda body: (
        (400, {"error": {"message": said}}) if "tools" in body else capable(body)
    )
    error = checks.error()
    assert said in error
    assert "It refuses a request that offers a tool." in error


def test_a_call_at_the_second_try_is_one(checks: Checks):
    left = [reply("Which Lisbon?")]
    checks.served.answers = lambda body: left.pop() if "tools" in body and left else capable(body)
    assert checks.run().calls_tools is True


def test_a_model_that_thinks_for_too_long_is_given_the_benefit_of_the_doubt(checks: Checks):
    checks.served.answers = lambda body: reply("Let me see", "length") if "tools" in body else capable(body)
    known = checks.run()
    assert (known.has_offered_tools, known.calls_tools) == (True, None)


def test_an_unknown_model_is_told_with_those_that_there_are(checks: Checks):
    checks.served.models = (200, {"data": [{"id": "llama"}, {"id": "qwen"}]})
    checks.served.answers = lambda body: (404, {"error": {"message": "no such model"}})
    error = checks.error()
    assert "the model or the path is unknown" in error
    assert error.endswith("Its models: llama, qwen")
    assert len(checks.served.bodies) == 1


@pytest.mark.parametrize(
    "models", [(500, "down"), (200, []), (200, {"data": 3}), (200, {"data": [3, {"id": 3}]})]
)
def test_a_list_of_models_is_a_help_and_no_condition(checks: Checks, models: Any):
    checks.served.models = models
    assert checks.run().context_tokens is None


def test_all_that_is_asked_shows_the_key_and_no_password_of_the_machine(
    checks: Checks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    passwords = tmp_path / "netrc"
    passwords.write_text("machine 127.0.0.1 login me password secret\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("NETRC", str(passwords))
    monkeypatch.setenv("SOME_KEY", "sk-some")
    checks.run(api_key_env="SOME_KEY")
    assert checks.served.keys == ["Bearer sk-some"] * 3


def test_an_endpoint_that_refuses_whatever_it_is_asked_stops_the_run(checks: Checks):
    checks.served.answers = lambda body: (400, {"error": {"message": "go away"}})
    assert "go away. So it says to a short question too, in whatever form" in checks.error()
    assert checks.memory.find(checks.served.endpoint()) is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [((401, {}), "it wants a key"), ((403, {}), "it wants a key"), ((402, {}), "no credit is left")],
)
def test_what_is_wrong_with_the_account_is_told_at_once(checks: Checks, answer: Any, words: str):
    checks.served.answers = lambda body: answer
    assert words in checks.error()
    assert len(checks.served.bodies) <= 2


def test_an_address_where_nobody_answers_is_told(checks: Checks):
    assert "cannot reach m at http://127.0.0.1:9/v1" in checks.error(base_url="http://127.0.0.1:9/v1")


def test_a_stumble_is_no_refusal(checks: Checks):
    left = [(429, {}), (500, {"error": "overloaded"})]
    checks.served.answers = lambda body: left.pop(0) if left else capable(body)
    assert checks.run(retries=2).dialect.words == ""


def test_a_check_counts_for_a_day_and_for_the_roles_that_it_was_made_for():
    known = KnownEndpoint(checked_at=NOW, has_offered_tools=False)
    assert is_fresh(known, NOW + FRESH_SECONDS, with_tools=False)
    assert not is_fresh(known, NOW + FRESH_SECONDS + 1, with_tools=False)
    assert not is_fresh(known, NOW, with_tools=True)
    assert not is_fresh(None, NOW, with_tools=False)


def test_questions_hold_no_more_than_a_few_tokens(checks: Checks):
    checks.run()
    assert all(len(json.dumps(body)) < 1500 for body in checks.served.bodies)
