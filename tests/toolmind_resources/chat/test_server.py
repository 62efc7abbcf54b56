"""A server on loopback, asked by the official client."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema_rs
import openai
import pytest
from aiohttp import web

from toolmind_resources.chat import server as server_module
from toolmind_resources.chat.conditions import Away, Conditions
from toolmind_resources.chat.context_json import ContextCodec
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.faults import Faults
from toolmind_resources.chat.model import ChatMessage, ChatReply, ChatRequest, ChatToolCall, Role, Sampling
from toolmind_resources.chat.quirks.drawn import Quirks
from toolmind_resources.chat.request_form import reply_key
from toolmind_resources.chat.server import ModelServer, ServerOptions
from toolmind_resources.chat.tokens import prompt_tokens_of
from toolmind_resources.errors import ChatError, ToolMindError

KEY = "sk-planted-secret"


@dataclass(frozen=True)
class Known:
    words: tuple[str, ...]


ASKED: list[ChatRequest] = []
DEEP: Any = None
for _ in range(600):
    DEEP = {"deeper": DEEP}


def answer(request: ChatRequest, rng: random.Random, errors: EmbeddedErrors) -> ChatReply:
    ASKED.append(request)
    if not isinstance(request.context, Known):
        raise ChatError("the planner needs what it knows")
    calls = tuple(ChatToolCall(word, json.dumps({"n": rng.randint(0, 99)})) for word in request.context.words)
    return ChatReply(None if calls else '{"n": "none"}', calls, "embedded", "tool_calls" if calls else "stop")


CHAT = EmbeddedChat({Role("planner"): answer})
CODEC = ContextCodec((Known,))
MESSAGES: list[Any] = [{"role": "user", "content": "Grüße"}]
Ask = Callable[..., Awaitable[Any]]


@dataclass
class Served:
    """A running server, and its official client, which never tries twice."""

    url: str
    client: openai.AsyncOpenAI
    session: aiohttp.ClientSession

    async def ask(self, *words: str, role: str = "planner", seed: int = 1, **fields: Any) -> Any:
        """The completion for a client of ours."""
        context = {"toolmind_context": {"role": role, "context": CODEC.encode(Known(words))}}
        return await self.plain(seed=seed, extra_body=context, **fields)

    async def plain(self, **fields: Any) -> Any:
        """The completion for any other client."""
        stated = {"model": "embedded", "messages": MESSAGES, **fields}
        return await self.client.chat.completions.create(**stated)

    async def counts(self) -> Any:
        async with self.session.get(f"{self.url}/counts") as response:
            return await response.json()

    async def post(self, raw: bytes) -> tuple[int, Any]:
        async with self.session.post(f"{self.url}/v1/chat/completions", data=raw) as response:
            return response.status, await response.json()


@asynccontextmanager
async def serving(key: str = "none", **options: Any) -> AsyncIterator[Served]:
    server = ModelServer(CHAT, CODEC, ServerOptions(**options))
    runner = web.AppRunner(server.application(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
    try:
        async with client, aiohttp.ClientSession() as session:
            yield Served(url, client, session)
    finally:
        await runner.cleanup()


def run(test: Callable[[Served], Awaitable[None]], **options: Any) -> None:
    async def inside() -> None:
        async with serving(**options) as served:
            await test(served)

    asyncio.run(inside())


def body(**fields: Any) -> dict[str, Any]:
    return {"model": "embedded", "messages": MESSAGES, **fields}


def test_a_client_of_ours_gets_what_the_chat_model_says() -> None:
    async def test(served: Served) -> None:
        request = ChatRequest(
            Role("planner"), (ChatMessage("user", "Grüße"),), seed=5, context=Known(("look", "buy"))
        )
        reply = await CHAT.complete(request)
        choice = (await served.ask("look", "buy", seed=5)).choices[0]
        calls = tuple(
            ChatToolCall(call.function.name, call.function.arguments) for call in choice.message.tool_calls
        )
        assert (choice.message.content, calls, choice.finish_reason) == (None, reply.tool_calls, "tool_calls")
        assert [call.id for call in choice.message.tool_calls] == ["call_0", "call_1"]
        assert (await served.ask(seed=5)).choices[0].message.content == '{"n": "none"}'

    run(test)


def test_the_chat_model_is_given_all_that_was_sent() -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    called = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [
        {"role": "system", "content": [{"type": "text", "text": "Be "}, {"type": "text", "text": "brief."}]},
        {"role": "assistant", "content": None, "tool_calls": [called]},
        {"role": "tool", "content": "5", "tool_call_id": "c1"},
    ]

    async def test(served: Served) -> None:
        ASKED.clear()
        await served.ask(
            seed=2**62 + 1,
            messages=messages,
            tools=[tool],
            temperature=0.5,
            max_tokens=77,
            response_format={"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}},
        )
        assert [
            ChatRequest(
                Role("planner"),
                (
                    ChatMessage("system", "Be brief."),
                    ChatMessage("assistant", None, (ChatToolCall("f", "{}", "c1"),)),
                    ChatMessage("tool", "5", tool_call_id="c1"),
                ),
                (tool,),
                schema,
                Sampling(0.5, 77),
                2**62 + 1,
                Known(()),
            )
        ] == ASKED

    run(test)


def test_any_other_client_is_answered_with_words_that_depend_on_what_it_asked_alone() -> None:
    async def test(served: Served) -> None:
        first = await served.plain()
        assert first.choices[0].message.content
        assert await served.plain() == first
        other = [await served.plain(seed=seed) for seed in range(8)]
        assert len({one.choices[0].message.content for one in other}) > 1

    run(test)


def test_any_other_client_that_states_a_schema_gets_json_that_fits_it() -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "nights": {"type": "integer", "minimum": 2, "maximum": 5}},
        "required": ["city", "nights"],
        "additionalProperties": False,
    }

    async def test(served: Served) -> None:
        for seed in range(10):
            stated = {"type": "json_schema", "json_schema": {"name": "stay", "schema": schema}}
            reply = await served.plain(seed=seed, response_format=stated)
            assert jsonschema_rs.is_valid(schema, json.loads(reply.choices[0].message.content))
        reply = await served.plain(response_format={"type": "json_object"})
        assert isinstance(json.loads(reply.choices[0].message.content), dict)

    run(test)


@pytest.mark.parametrize("schema", [{"type": 5}, {"not": {}}, {"$ref": "http://127.0.0.1:9/schema"}])
def test_a_schema_that_nothing_fits_is_refused(schema: dict[str, Any]) -> None:
    async def test(served: Served) -> None:
        stated = {"type": "json_schema", "json_schema": {"name": "none", "schema": schema}}
        with pytest.raises(openai.BadRequestError, match="response_format"):
            await served.plain(response_format=stated)

    run(test)


def test_every_call_is_counted_and_calls_made_twice_are_seen() -> None:
    async def test(served: Served) -> None:
        replies = [await served.ask(seed=seed) for seed in (1, 2, 1)]
        replies.append(await served.plain())
        counts = await served.counts()
        assert counts.pop("by_role")["planner"]["n_requests"] == 3
        usages = [reply.usage for reply in replies]
        assert counts == {
            "n_requests": 4,
            "n_replies": 4,
            "n_distinct": 3,
            "n_repeated": 1,
            "prompt_tokens": sum(usage.prompt_tokens for usage in usages),
            "completion_tokens": sum(usage.completion_tokens for usage in usages),
            "faults": {},
            "quirks": {},
        }
        assert usages[3].prompt_tokens == prompt_tokens_of(body()) > 0
        assert usages[0].total_tokens == usages[0].prompt_tokens + 4  # {"n": "none"}

    run(test)


def test_what_the_role_knows_is_no_part_of_what_is_counted() -> None:
    async def test(served: Served) -> None:
        few, many = await served.ask("a"), await served.ask("a", *["b"] * 500)
        assert few.usage.prompt_tokens == many.usage.prompt_tokens
        assert (await served.counts())["n_repeated"] == 1

    run(test)


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [
        ("rate_limit", openai.RateLimitError, 429),
        ("server_error", openai.InternalServerError, 500),
        ("unavailable", openai.InternalServerError, 503),
    ],
)
def test_a_fault_may_be_a_refusal(fault: str, error: type[openai.APIStatusError], status: int) -> None:
    async def test(served: Served) -> None:
        with pytest.raises(error) as caught:
            await served.ask()
        assert caught.value.status_code == status
        assert caught.value.response.headers.get("Retry-After") == ("1" if status == 429 else None)
        counts = await served.counts()
        assert (counts["n_requests"], counts["n_replies"], counts["faults"]) == (1, 0, {fault: 1})

    run(test, faults=Faults.parse(f"{fault}=1"))


@pytest.mark.parametrize("fault", ["dropped_connection", "truncated_body"])
def test_a_fault_may_be_a_connection_that_is_lost(fault: str, tmp_path: Path) -> None:
    async def test(served: Served) -> None:
        for seed in range(3):
            with pytest.raises(openai.APIConnectionError):
                await served.ask(seed=seed)
        counts = await served.counts()
        assert (counts["n_requests"], counts["n_replies"], counts["faults"]) == (3, 0, {fault: 3})
        assert not (tmp_path / "log").read_text(), "no answer was finished"

    run(test, faults=Faults.parse(f"{fault}=1"), log=tmp_path / "log")


def test_a_fault_may_be_a_web_page() -> None:
    async def test(served: Served) -> None:
        raw = await served.client.chat.completions.with_raw_response.create(**body())
        assert raw.headers["Content-Type"].startswith("text/html")
        assert "<html>" in str(raw.text)
        assert (await served.counts())["n_replies"] == 0

    run(test, faults=Faults.parse("html=1"))


def test_a_fault_may_lie_in_the_words_of_a_whole_reply() -> None:
    async def test(served: Served) -> None:
        (call,) = (await served.ask("look")).choices[0].message.tool_calls
        assert call.function.name == "look_missing"
        assert (await served.ask()).choices[0].message.content == '{"n": "none"}'
        counts = await served.counts()
        assert (counts["n_replies"], counts["faults"]) == (2, {"wrong_tool_name": 1})

    run(test, faults=Faults.parse("wrong_tool_name=1"))


def test_a_fault_may_be_json_that_breaks_off() -> None:
    async def test(served: Served) -> None:
        with pytest.raises(ValueError):
            json.loads((await served.ask()).choices[0].message.content)

    run(test, faults=Faults.parse("malformed_content=1"))


def test_a_request_that_is_tried_again_gets_through_in_the_end() -> None:
    async def until_answered(served: Served, seed: int) -> None:
        for _ in range(100):
            try:
                await served.ask(seed=seed)
            except openai.InternalServerError:
                continue
            return

    async def test(served: Served) -> None:
        for seed in range(5):
            await until_answered(served, seed)
        counts = await served.counts()
        assert (counts["n_replies"], counts["n_repeated"]) == (5, 0)
        assert counts["n_requests"] == 5 + counts["faults"]["server_error"]

    run(test, faults=Faults.parse("server_error=0.7", seed=1))


@pytest.mark.parametrize("shown", ["none", KEY[:-1], KEY + "x", "sk-plänted"])
def test_a_wrong_key_is_refused_without_being_repeated(shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVED_KEY", KEY)

    async def test(served: Served) -> None:
        headers = {"Authorization": f"Bearer {shown}"}
        for place in ("chat/completions", "models"):
            method = served.session.post if place.startswith("chat") else served.session.get
            async with method(f"{served.url}/v1/{place}", headers=headers, data=b"{}") as response:
                text = await response.text()
                assert response.status == 401
                assert json.loads(text)["error"]["code"] == "invalid_api_key"
                assert KEY not in text and shown not in text.replace('"none"', "")
        assert (await served.counts())["n_requests"] == 0

    run(test, key_env="SERVED_KEY")


def test_the_right_key_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVED_KEY", KEY)

    async def test(served: Served) -> None:
        assert (await served.ask()).choices

    run(test, key=KEY, key_env="SERVED_KEY")


def test_a_key_that_is_not_set_is_told_before_anything_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERVED_KEY", raising=False)
    with pytest.raises(ToolMindError, match="SERVED_KEY"):
        ModelServer(CHAT, CODEC, ServerOptions(key_env="SERVED_KEY"))


def test_a_log_that_cannot_be_written_is_told_before_anything_is_served(tmp_path: Path) -> None:
    with pytest.raises(ToolMindError, match="log"):
        ModelServer(CHAT, CODEC, ServerOptions(log=tmp_path))


def test_another_model_is_not_found() -> None:
    async def test(served: Served) -> None:
        with pytest.raises(openai.NotFoundError) as caught:
            await served.ask(model="gpt-unknown")
        assert caught.value.code == "model_not_found"
        assert [model.id async for model in served.client.models.list()] == ["mine"]
        assert (await served.ask(model="mine")).model == "mine"

    run(test, model="mine")


def test_what_the_chat_model_cannot_answer_is_a_bad_request() -> None:
    async def test(served: Served) -> None:
        with pytest.raises(openai.BadRequestError, match="no rule for the role 'turn_judge'"):
            await served.ask(role="turn_judge")
        extension = {"toolmind_context": {"role": "planner", "context": None}}
        with pytest.raises(openai.BadRequestError, match="needs what it knows"):
            await served.plain(extra_body=extension)

    run(test)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"role": "planner", "context": ["Popen", {"args": "ls"}]}, "there is no type 'Popen'"),
        ({"role": "planner", "context": ["Known", {"args": "ls"}]}, "does not fit the type 'Known'"),
        ({"role": "planner", "context": DEEP}, "toolmind_context: maximum recursion depth"),
        ({"role": "king", "context": None}, "no rule for the role 'king'"),
        ({"role": "planner"}, "toolmind_context.context"),
    ],
)
def test_an_extension_that_cannot_be_read_is_a_bad_request(wrong: dict[str, Any], said: str) -> None:
    async def test(served: Served) -> None:
        with pytest.raises(openai.BadRequestError, match=said):
            await served.plain(extra_body={"toolmind_context": wrong})

    run(test)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"5",
        b"[]",
        b"{}",
        json.dumps(body(messages=[])).encode(),
        json.dumps(body(messages=[{"content": "hi"}])).encode(),
        json.dumps(body(seed="one")).encode(),
        json.dumps(body(n=2)).encode(),
        json.dumps(body(stream=True)).encode(),
    ],
)
def test_a_body_that_cannot_be_read_is_a_bad_request(raw: bytes) -> None:
    async def test(served: Served) -> None:
        status, refusal = await served.post(raw)
        assert (status, refusal["error"]["type"]) == (400, "invalid_request_error")
        assert refusal["error"]["message"]
        assert (await served.counts())["n_requests"] == 0

    run(test)


def test_a_body_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_BODY_BYTES", 1000)

    async def test(served: Served) -> None:
        status, refusal = await served.post(b" " * 1001)
        assert (status, refusal["error"]["type"]) == (413, "invalid_request_error")

    run(test)


def test_the_log_holds_a_line_for_every_finished_answer_before_the_client_has_it(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"

    async def test(served: Served) -> None:
        for n in range(1, 6):
            before = time.time()
            await served.ask(seed=n)
            lines = [json.loads(line) for line in log.read_text().splitlines()]
            assert len(lines) == n
            assert before <= lines[-1]["started"] <= lines[-1]["finished"] <= time.time()
            assert lines[-1]["key"] == reply_key(body(seed=n))
            shown = {name: lines[-1][name] for name in ("role", "status", "fault")}
            assert shown == {"role": "planner", "status": 200, "fault": None}

    run(test, log=log)


def test_the_log_says_which_answers_were_faults(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"

    async def test(served: Served) -> None:
        with pytest.raises(openai.RateLimitError):
            await served.plain()
        line = json.loads(log.read_text())
        assert (line["role"], line["status"], line["fault"]) == ("none", 429, "rate_limit")

    run(test, log=log, faults=Faults.parse("rate_limit=1"))


def test_every_answer_takes_its_time_and_none_waits_for_another() -> None:
    async def test(served: Served) -> None:
        started = time.monotonic()
        await asyncio.gather(*(served.ask(seed=seed) for seed in range(30)))
        assert 0.3 * 0.5 <= time.monotonic() - started < 0.3 * 15

    run(test, conditions=Conditions(latency_seconds=0.3, latency_jitter=0.5))


def test_more_requests_than_may_be_under_way_are_refused() -> None:
    async def test(served: Served) -> None:
        asked = (served.ask(seed=seed) for seed in range(10))
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        refused = [one for one in outcomes if isinstance(one, openai.RateLimitError)]
        assert [error.response.headers.get("Retry-After") for error in refused] == ["1"] * 7
        assert (await served.ask(seed=11)).choices
        counts = await served.counts()
        assert (counts["n_requests"], counts["n_replies"], counts["faults"]) == (11, 4, {"over_capacity": 7})

    run(test, conditions=Conditions(latency_seconds=0.3, capacity=3))


def test_a_server_that_is_away_loses_every_connection_and_comes_back() -> None:
    async def test(served: Served) -> None:
        with pytest.raises(openai.APIConnectionError):
            await served.ask()
        while True:
            try:
                assert (await served.ask()).choices
                break
            except openai.APIConnectionError:
                continue
        counts = await served.counts()
        assert (counts["n_requests"], counts["faults"]["away"] >= 1) == (1, True)

    run(test, conditions=Conditions(away=Away(0, 0.2)))


def test_a_poisonous_prompt_is_refused_however_often_it_comes() -> None:
    async def test(served: Served) -> None:
        for seed in (1, 1, 2):
            with pytest.raises(openai.BadRequestError, match="never taken"):
                await served.ask(seed=seed)
        counts = await served.counts()
        assert (counts["n_requests"], counts["n_replies"], counts["faults"]) == (3, 0, {"poison": 3})

    run(test, conditions=Conditions(poison=1))


def test_a_fault_may_be_an_answer_that_never_comes() -> None:
    async def test(served: Served) -> None:
        patient = served.client.with_options(timeout=0.2)
        with pytest.raises(openai.APITimeoutError):
            await patient.chat.completions.create(**body())
        counts = await served.counts()
        assert (counts["n_requests"], counts["n_replies"], counts["faults"]) == (1, 0, {"hang": 1})

    run(test, faults=Faults.parse("hang=1"))


def test_a_quirk_is_in_the_answer_and_is_counted() -> None:
    async def test(served: Served) -> None:
        assert (await served.ask()).choices[0].message.content == '```json\n{"n": "none"}\n```'
        assert (await served.ask("look")).choices[0].message.tool_calls
        counts = await served.counts()
        assert (counts["n_replies"], counts["quirks"]) == (2, {"json_in_fence": 1})

    run(test, quirks=Quirks.parse("json_in_fence"))


def test_what_a_quirk_refuses_is_no_reply_and_is_counted() -> None:
    async def test(served: Served) -> None:
        with pytest.raises(openai.UnprocessableEntityError, match="422"):
            await served.ask(seed=1)
        assert (await served.plain()).choices
        counts = await served.counts()
        assert (counts["n_requests"], counts["n_replies"], counts["quirks"]) == (2, 1, {"refuses_seed": 1})

    run(test, quirks=Quirks.parse("refuses_seed"))


def test_a_quirk_may_send_a_stream_and_what_it_cost_is_counted() -> None:
    async def test(served: Served) -> None:
        async with served.session.post(f"{served.url}/v1/chat/completions", json=body()) as response:
            assert response.headers["Content-Type"].startswith("text/event-stream")
            assert (await response.text()).endswith("data: [DONE]\n\n")
        counts = await served.counts()
        assert (counts["n_replies"], counts["completion_tokens"] > 0) == (1, True)

    run(test, quirks=Quirks.parse("streams_anyway", "no_usage"))


def test_any_other_client_that_offers_functions_gets_a_call_until_it_is_answered() -> None:
    parameters = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    tool = {"type": "function", "function": {"name": "count", "parameters": parameters}}

    async def test(served: Served) -> None:
        (call,) = (await served.plain(tools=[tool])).choices[0].message.tool_calls
        assert call.function.name == "count" and isinstance(json.loads(call.function.arguments)["n"], int)
        answered = [*MESSAGES, {"role": "tool", "tool_call_id": "call_0", "content": "5"}]
        assert (await served.plain(tools=[tool], messages=answered)).choices[0].message.content

    run(test)


@pytest.mark.parametrize(
    "tool", [{}, {"type": "function", "function": {"name": "f", "parameters": {"type": 5}}}]
)
def test_what_is_no_function_is_refused(tool: dict[str, Any]) -> None:
    async def test(served: Served) -> None:
        with pytest.raises(openai.BadRequestError, match=r"function|parameters"):
            await served.plain(tools=[tool])

    run(test)


def test_the_server_says_that_it_is_well() -> None:
    async def test(served: Served) -> None:
        async with served.session.get(f"{served.url}/health") as response:
            assert await response.json() == {"status": "ok"}

    run(test)
