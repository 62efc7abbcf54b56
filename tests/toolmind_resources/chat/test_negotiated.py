"""Endpoints that refuse parts of a request: what is found out, in how many requests, and what it costs."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.endpoint_memory import EndpointMemory, KnownEndpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, ChatMessage, ChatReply, ChatRequest, Role, Sampling
from toolmind_resources.chat.request_form import reply_key, request_body
from toolmind_resources.chat.routed import RoutedChat
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.errors import BudgetError, ChatError, EndpointError, ToolMindError

JUDGE = Role("turn_judge")
SCHEMA = {"type": "object", "properties": {"score": {"type": "integer"}}}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
USER = ChatMessage("user", "Judge it.")


def request(*messages: ChatMessage, seed: int = 1, **more: Any) -> ChatRequest:
    fields = {"response_schema": SCHEMA, "sampling": Sampling(0.5, 20), **more}
    return ChatRequest(JUDGE, messages or (USER,), seed=seed, **fields)


class Project:
    """A home, and processes that ask one after the other."""

    def __init__(self, home: Path, served: Any) -> None:
        self.home = home
        self.served = served
        self.journal = Journal(home / "journal.sqlite")
        self.memory = EndpointMemory(home / "endpoints.json")

    def ask(
        self, *requests: ChatRequest, budget: Budget | None = None, **settings: Any
    ) -> list[ChatReply | ToolMindError]:
        """What a new process is answered, each request on its own."""
        endpoint = self.served.endpoint(**settings)
        chat = RoutedChat(
            ScriptedChat({}), {JUDGE: endpoint}, lambda: self.journal, budget or Budget(), lambda _: {}, self.memory
        )  # fmt: skip

        async def one(model: Any, asked: ChatRequest) -> ChatReply | ToolMindError:
            try:
                return await model.complete(asked)
            except ToolMindError as error:
                return error

        async def run() -> list[ChatReply | ToolMindError]:
            with chat.charged_to(Charge("run 1", "trajectories", "sim-0000")) as model:
                return [await one(model, asked) for asked in requests]

        return asyncio.run(run())

    def known(self, endpoint: Endpoint | None = None) -> KnownEndpoint | None:
        return self.memory.find(endpoint or self.served.endpoint())


@pytest.fixture
def project(tmp_path: Path, wishful: Any) -> Project:
    return Project(tmp_path, wishful)


def refuse_where(is_refused: Any, status: int, text: str) -> Any:
    return lambda body: (status, {"error": {"message": text}}) if is_refused(body) else None


def form_of(body: dict[str, Any]) -> str | None:
    return (body.get("response_format") or {}).get("type")


def is_answered(reply: ChatReply | ToolMindError) -> bool:
    return isinstance(reply, ChatReply) and reply.content == '{"sum": 5}'


def test_an_endpoint_that_takes_everything_is_asked_no_more_than_was_to_be_asked(project: Project):
    assert all(map(is_answered, project.ask(request(seed=1), request(seed=2))))
    assert len(project.served.bodies) == 2
    assert project.known() is None


NAMED = {
    "json_schema": (lambda body: form_of(body) == "json_schema", "json_schema is not supported", {"json_form": "json_object"}),
    "response_format": (lambda body: "response_format" in body, "Unknown field: response_format", {"json_form": "none"}),
    "max_tokens": (lambda body: "max_tokens" in body, "Use 'max_completion_tokens' instead of 'max_tokens'.", {"max_tokens_field": "max_completion_tokens"}),
    "temperature": (lambda body: "temperature" in body, "'temperature' does not support 0.5", {"left_out": frozenset({"temperature"})}),
    "seed": (lambda body: "seed" in body, "extra fields not permitted: seed", {"left_out": frozenset({"seed"})}),
}  # fmt: skip


@pytest.mark.parametrize("status", [400, 404, 422, 500, 501, 503])
@pytest.mark.parametrize("feature", NAMED)
def test_what_a_refusal_names_is_found_out_once_and_remembered(project: Project, feature: str, status: int):
    is_refused, text, found = NAMED[feature]
    project.served.answers = refuse_where(is_refused, status, text)
    assert all(map(is_answered, project.ask(request(seed=1), request(seed=2))))
    n_refused = 3 if feature == "response_format" else 2
    assert len(project.served.bodies) == n_refused + 1 + 2
    known = project.known()
    assert known is not None
    assert known.dialect.model_dump(exclude_defaults=True) == found
    project.served.bodies.clear()
    assert is_answered(project.ask(request(seed=3))[0])
    assert len(project.served.bodies) == 1


UNNAMED = {name: is_refused for name, (is_refused, _, _) in NAMED.items()}
UNNAMED["system"] = lambda body: any(message["role"] == "system" for message in body["messages"])
UNNAMED["turns"] = lambda body: any(one["role"] == other["role"] for one, other in pairwise(body["messages"]))


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("feature", UNNAMED)
def test_what_no_refusal_names_is_found_by_leaving_out(project: Project, feature: str, status: int):
    project.served.answers = refuse_where(UNNAMED[feature], status, "Internal error")
    asked = request(ChatMessage("system", "You judge."), USER, USER)
    assert is_answered(project.ask(asked)[0])
    assert len(project.served.bodies) <= 1 + 9 + 1
    assert project.served.n_paid <= 4
    known = project.known()
    assert known is not None
    expected = {
        "system": {"merges_system": True},
        "turns": {"alternates": True},
        **{name: found for name, (_, _, found) in NAMED.items()},
    }
    assert known.dialect.model_dump(exclude_defaults=True) == expected[feature]


def test_where_nothing_alone_is_the_reason_the_plainest_form_is_taken(project: Project):
    project.served.answers = refuse_where(
        lambda body: {"seed", "temperature"} & set(body), 400, "Bad request"
    )
    assert is_answered(project.ask(request())[0])
    assert set(project.served.bodies[-1]) == {"model", "messages", "max_tokens"}


def test_what_a_failure_names_is_not_tried_again_and_again(project: Project):
    project.served.answers = refuse_where(
        lambda body: "response_format" in body, 500, "response_format failed"
    )
    assert is_answered(project.ask(request(), retries=8)[0])
    assert len(project.served.bodies) == 3 + 1 + 1


def test_an_endpoint_that_refuses_everything_is_asked_few_questions_and_its_own_words_are_told(
    project: Project,
):
    project.served.answers = refuse_where(lambda body: True, 400, "Bad request")
    errors = project.ask(request(seed=1), request(seed=2))
    assert "Bad request" in str(errors[0])
    assert len(project.served.bodies) == 1 + 3 + 1
    assert project.known() is None


@pytest.mark.parametrize("status", [401, 403, 404, 429])
def test_what_is_no_matter_of_the_form_is_no_reason_to_ask(project: Project, status: int):
    project.served.answers = refuse_where(lambda body: True, status, "no such model")
    assert isinstance(project.ask(request())[0], EndpointError)
    assert len(project.served.bodies) == 1


def test_a_request_that_is_itself_at_fault_costs_one_question_and_changes_nothing(project: Project):
    is_bad = lambda body: body["messages"][0]["content"] == "poison"  # noqa: E731
    project.served.answers = refuse_where(is_bad, 400, "it was flagged")
    poison = ChatMessage("user", "poison")
    replies = project.ask(request(poison, seed=1), request(seed=2), request(poison, seed=3))
    assert [is_answered(reply) for reply in replies] == [False, True, False]
    assert isinstance(replies[2], ChatError)
    assert len(project.served.bodies) == 1 + 1 + 1 + 1
    assert project.known() is None


def test_a_schema_that_is_refused_alone_is_left_out_of_its_own_request_alone(project: Project):
    def is_bad(body: dict[str, Any]) -> bool:
        return form_of(body) == "json_schema" and "bad" in str(body["response_format"])

    project.served.answers = refuse_where(is_bad, 400, "Invalid schema for response_format")
    bad = request(response_schema={"type": "object", "properties": {"bad": {}}})
    assert all(map(is_answered, project.ask(bad, request(seed=2))))
    assert [form_of(body) for body in project.served.bodies] == [
        "json_schema",
        "json_schema",
        "json_object",
        "json_schema",
    ]
    assert project.known() is None


def test_turns_that_the_question_did_not_hold_are_learnt_from_the_answer(project: Project):
    def is_alone(body: dict[str, Any]) -> bool:
        return [message["role"] for message in body["messages"]] == ["system"]

    project.served.answers = refuse_where(is_alone, 500, "No user query found in messages.")
    alone = ChatMessage("system", "You judge.")
    assert all(map(is_answered, project.ask(request(alone, seed=1), request(alone, seed=2))))
    known = project.known()
    assert known is not None
    assert known.dialect.alternates
    roles = [[message["role"] for message in body["messages"]] for body in project.served.bodies]
    assert roles[-2:] == [["user"], ["user"]]
    assert len(roles) == 4


def test_parallel_tool_calls_that_are_refused_are_left_out_from_then_on(project: Project):
    project.served.answers = refuse_where(
        lambda body: "parallel_tool_calls" in body, 400, "Unknown parameter: 'parallel_tool_calls'"
    )
    with_tools = [request(seed=seed, response_schema=None, tools=(TOOL,)) for seed in (1, 2)]
    assert all(map(is_answered, project.ask(*with_tools, extra_body={"parallel_tool_calls": False})))
    assert "parallel_tool_calls" not in project.served.bodies[-1]
    assert project.served.n_paid == 2 or project.served.n_paid == 3


def test_an_empty_answer_to_a_schema_is_taken_for_a_refusal_of_it(project: Project):
    def answers(body: dict[str, Any]) -> Any:
        if "seed" in body:
            return 400, {"error": {"message": "no seed"}}
        if form_of(body) == "json_schema":
            message = {"role": "assistant", "content": "", "reasoning_content": '{"sum": 5}'}
            return 200, {"choices": [{"message": message, "finish_reason": "stop"}]}
        return None

    project.served.answers = answers
    assert is_answered(project.ask(request())[0])
    assert form_of(project.served.bodies[-1]) == "json_object"


def test_a_refusal_with_status_200_is_one(project: Project):
    project.served.answers = lambda body: (
        (200, {"error": {"message": "response_format is not supported"}})
        if "response_format" in body
        else None
    )
    assert is_answered(project.ask(request())[0])
    known = project.known()
    assert known is not None
    assert known.dialect.json_form == "none"


def test_a_form_that_is_refused_later_is_forgotten_and_another_one_found(project: Project):
    project.served.answers = refuse_where(lambda body: "max_tokens" in body, 400, "max_tokens is unknown")
    assert is_answered(project.ask(request(seed=1))[0])
    project.served.answers = refuse_where(
        lambda body: "max_completion_tokens" in body, 400, "max_completion_tokens is unknown"
    )
    assert is_answered(project.ask(request(seed=2))[0])
    known = project.known()
    assert known is not None
    assert known.dialect.max_tokens_field == "max_tokens"


def test_what_is_set_by_hand_is_not_found_out(project: Project):
    project.served.answers = refuse_where(lambda body: "response_format" in body, 400, "no response_format")
    assert not is_answered(project.ask(request(), is_schema_sent=True)[0])
    assert not is_answered(project.ask(request(), json_form="json_object")[0])
    assert {form_of(body) for body in project.served.bodies} == {"json_schema", "json_object"}
    assert is_answered(project.ask(request(), json_form="none")[0])


def test_questions_stand_in_the_books_and_count_against_the_budget(project: Project):
    project.served.answers = refuse_where(lambda body: "seed" in body, 400, "no seed")
    assert is_answered(project.ask(request())[0])
    usage = {one.role: one.n_calls for one in project.journal.usage()}
    assert usage == {"endpoint_check": 1, "turn_judge": 1}
    assert project.served.n_paid == 2
    assert project.journal.spent("run 1").calls == 2
    replies = project.ask(request(seed=2), request(seed=3), budget=Budget(calls=3))
    assert [type(reply) for reply in replies] == [ChatReply, BudgetError]


def test_a_reply_belongs_to_its_request_in_whatever_form_it_was_asked(project: Project):
    project.served.answers = refuse_where(lambda body: "seed" in body, 400, "no seed")
    asked = request()
    assert is_answered(project.ask(asked)[0])
    assert project.journal.peek(reply_key(request_body(asked, project.served.endpoint()))) is not None
    project.served.bodies.clear()
    (project.home / "endpoints.json").unlink()
    assert is_answered(project.ask(asked)[0])
    assert project.served.bodies == []


def test_many_that_are_refused_at_the_same_time_ask_one_question(project: Project):
    project.served.answers = refuse_where(lambda body: "seed" in body, 400, "no seed")
    endpoint = project.served.endpoint()
    chat = RoutedChat(ScriptedChat({}), {JUDGE: endpoint}, lambda: project.journal, Budget(), lambda _: {})

    async def run() -> list[ChatReply]:
        with chat.charged_to(Charge("run 1", "trajectories")) as model:
            asked = [request(seed=seed) for seed in range(10)]
            for one in asked[:1]:
                model.rate(one, await model.complete(one), "")
            return list(await asyncio.gather(*(model.complete(one) for one in asked)))

    assert all(map(is_answered, asyncio.run(run())))
    assert {one.role: one.n_calls for one in project.journal.usage()} == {
        "endpoint_check": 1,
        "turn_judge": 10,
    }


def test_a_memory_that_is_damaged_is_begun_anew_and_says_so(
    project: Project, caplog: pytest.LogCaptureFixture
):
    (project.home / "endpoints.json").write_text("{broken")
    project.served.answers = refuse_where(lambda body: "seed" in body, 400, "no seed")
    assert is_answered(project.ask(request())[0])
    assert "endpoints.json cannot be read" in caplog.text
    assert (
        f"m at {project.served.url} takes no seed; remembered in {project.home / 'endpoints.json'}. "
        "To set it by hand: extra_body: {seed: null}"
    ) in caplog.text
    assert project.known() is not None


def test_other_settings_make_another_endpoint(project: Project):
    endpoint = project.served.endpoint()
    project.memory.keep(endpoint, KnownEndpoint(seconds=1.0))
    assert project.known(project.served.endpoint(name="other", in_flight=3)) == KnownEndpoint(seconds=1.0)
    assert project.known(project.served.endpoint(json_form="none")) is None
    assert project.known(project.served.endpoint(extra_body={"top_p": 1})) is None
