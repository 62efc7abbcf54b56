import asyncio
import datetime
import json
import socket
import ssl
import subprocess
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from toolmind_resources.chat import retry_rules
from toolmind_resources.chat.client import Answer, EndpointClient
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.wire import parse_reply
from toolmind_resources.errors import ChatError, EndpointError, ToolMindError

KEY = 'sk-very/secret"key'
BODY = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
SOON = {"Retry-After-Ms": "1"}

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


def completion(content: str | None = "hi", **message: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}}
    return {"model": "m", "choices": [{**choice, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}


def says(value: Any, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, headers=SOON if status >= 429 else {})


def refuses(status: int, message: str = "no") -> web.Response:
    return says({"error": {"message": message}}, status)


class Server:
    """A loopback endpoint that answers by `respond`, and keeps every body that it was sent."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.n_running = 0
        self.most_running = 0
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.json())
        self.keys.append(request.headers["Authorization"])
        self.n_running += 1
        self.most_running = max(self.most_running, self.n_running)
        try:
            return await self.respond(request)
        finally:
            self.n_running -= 1


@asynccontextmanager
async def serving(respond: Respond, context: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(respond)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"{'https://localhost' if context else 'http://127.0.0.1'}:{port}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def client_of(url: str, **settings: Any) -> AsyncIterator[EndpointClient]:
    values = {"name": "e", "base_url": url, "model": "m", "api_key_env": "E_KEY", "timeout_seconds": 5}
    client = EndpointClient(Endpoint.model_validate({**values, **settings}))
    try:
        yield client
    finally:
        await client.close()


def one_after_another(*responses: Callable[[web.Request], web.StreamResponse]) -> Respond:
    """Answers with each in turn, and with the last from then on."""
    left = list(responses)

    async def respond(request: web.Request) -> web.StreamResponse:
        return (left.pop(0) if len(left) > 1 else left[0])(request)

    return respond


def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def cut_short(request: web.Request) -> web.StreamResponse:
    """The first half of a completion, of which the whole length was announced."""
    raw = json.dumps(completion()).encode()
    assert request.transport is not None
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    request.transport.write(head.encode() + raw[:20])  # pyright: ignore[reportAttributeAccessIssue]
    request.transport.close()
    return web.Response()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in the environment, and no waits worth the name."""
    monkeypatch.setenv("E_KEY", KEY)
    monkeypatch.setattr(retry_rules, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(retry_rules, "LONGEST_WAIT_SECONDS", 0.002)


def wait_tenths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits a tenth of a second before each further try: a hundred of them are noticed."""
    monkeypatch.setattr(retry_rules, "FIRST_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(retry_rules, "LONGEST_WAIT_SECONDS", 0.1)


def ask(respond: Respond, **settings: Any) -> tuple[Answer, Server]:
    async def run() -> tuple[Answer, Server]:
        async with serving(respond) as server, client_of(server.url, **settings) as client:
            return await client.ask(BODY), server

    return asyncio.run(run())


def error_of(url_or_respond: str | Respond, **settings: Any) -> ToolMindError:
    """The error that asking once ends in; it shows no key, nor is one reached from it."""

    async def run() -> None:
        if isinstance(url_or_respond, str):
            async with client_of(url_or_respond, **settings) as client:
                await client.ask(BODY)
        else:
            async with serving(url_or_respond) as server, client_of(server.url, **settings) as client:
                await client.ask(BODY)

    with pytest.raises(ToolMindError) as caught:
        asyncio.run(run())
    hold_no_key(caught.value)
    return caught.value


def hold_no_key(error: BaseException) -> None:
    shown = "".join(traceback.format_exception(error))
    assert "sk-very" not in shown
    assert error.__cause__ is None
    assert error.__context__ is None


def test_the_answer_comes_back_byte_for_byte():
    raw = b' {"choices": [{"message": {"content": "h\xc3\xa9", "tool_calls": null}}],\n "x": 1.50}'
    answer, server = ask(one_after_another(lambda _: web.Response(body=raw, content_type="application/json")))
    assert answer.raw == raw
    assert answer.n_attempts == 1
    assert 0 < answer.seconds < 5
    assert server.bodies == [BODY]
    assert server.keys == [f"Bearer {KEY}"]


def test_tool_calls_arrive_and_the_extension_is_sent_beside_the_body():
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}

    async def run() -> tuple[Answer, Server]:
        respond = one_after_another(lambda _: says(completion(None, tool_calls=[call])))
        async with serving(respond) as server, client_of(server.url, api_key_env=None) as client:
            return await client.ask(BODY, {"toolmind": {"seed": 1}}), server

    answer, server = asyncio.run(run())
    assert parse_reply(answer.raw).tool_calls[0].arguments_json == '{"a":1}'
    assert server.bodies == [{**BODY, "toolmind": {"seed": 1}}]
    assert server.keys == ["Bearer none"]


def test_no_more_requests_than_in_flight_run_at_once():
    arrived = asyncio.Event()

    async def run() -> Server:
        async def respond(request: web.Request) -> web.StreamResponse:
            if server.n_running == 3:
                arrived.set()
            await asyncio.wait_for(arrived.wait(), 5)
            return says(completion())

        async with serving(respond) as server, client_of(server.url, in_flight=3) as client:
            await asyncio.gather(*(client.ask(BODY) for _ in range(10)))
            return server

    server = asyncio.run(run())
    assert (len(server.bodies), server.most_running) == (10, 3)


@pytest.mark.parametrize(
    "first",
    [
        lambda _: refuses(429),
        lambda _: refuses(500),
        lambda _: refuses(503),
        hang_up,
        cut_short,
        lambda _: web.Response(body=b'{"choices": [{"mess', content_type="application/json"),
        lambda _: web.Response(body=b"", content_type="application/json"),
        lambda _: says({"error": {"message": "upstream failed"}}),
        lambda _: says(completion(None, tool_calls=[{"function": {"arguments": "{}"}}])),
    ],
    ids=["429", "500", "503", "dropped", "truncated", "broken", "empty", "error-in-200", "nameless-call"],
)
def test_what_may_pass_is_tried_again(first: Callable[[web.Request], web.StreamResponse]):
    answer, server = ask(one_after_another(first, first, lambda _: says(completion())))
    assert parse_reply(answer.raw).content == "hi"
    assert answer.n_attempts == len(server.bodies) == 3


def test_retry_after_is_kept():
    slow = web.json_response({}, status=429, headers={"Retry-After": "0.3"})
    answer, _ = ask(one_after_another(lambda _: slow, lambda _: says(completion())))
    assert answer.seconds > 0.3


def test_a_request_that_waits_for_its_next_try_holds_neither_place_nor_budget():
    class Purse:
        def __init__(self) -> None:
            self.events: list[str] = []

        async def reserve(self) -> None:
            self.events.append("reserve")

        async def release(self) -> None:
            self.events.append("release")

        async def count_unread(self) -> None:
            self.events.append("count")

    async def run() -> None:
        other_is_answered = asyncio.Event()

        async def respond(request: web.Request) -> web.StreamResponse:
            is_other = (await request.json())["messages"] == "other"
            if is_other or other_is_answered.is_set():
                return says(completion())
            return web.json_response({}, status=503, headers={"Retry-After": "0.1"})

        purse = Purse()
        async with serving(respond) as server, client_of(server.url, in_flight=1, retries=50) as client:
            waiting = asyncio.create_task(client.ask({"messages": "waiting"}, None, purse))
            while "release" not in purse.events:
                await asyncio.sleep(0.001)
            assert client.load == 1
            await asyncio.wait_for(client.ask({"messages": "other"}), 5)
            other_is_answered.set()
            assert (await waiting).n_attempts > 1
            assert client.load == 0
        assert purse.events == ["reserve", "release"] * (len(purse.events) // 2) + ["reserve"]

    asyncio.run(run())


def test_an_endpoint_that_admits_few_at_once_answers_all_and_soon_is_sent_no_more():
    async def run() -> tuple[int, list[int], list[float]]:
        n_refused, loads = 0, []

        async def respond(request: web.Request) -> web.StreamResponse:
            nonlocal n_refused
            if server.n_running > 4:
                n_refused += 1
                return refuses(429)
            await asyncio.sleep(0.01)
            return says(completion())

        async def ask(number: int) -> Answer:
            loads.append(client.load)
            return await client.ask({"n": number})

        async with serving(respond) as server, client_of(server.url, in_flight=32) as client:
            answers = await asyncio.gather(*(ask(number) for number in range(200)))
            last = asyncio.create_task(client.ask({"n": 200}))
            await asyncio.sleep(0)
            loads.append(client.load)
            await last
            return n_refused, [answer.n_attempts for answer in answers], loads

    n_refused, attempts, loads = asyncio.run(run())
    assert sum(attempts) == 200 + n_refused
    assert loads[1] == 1 / 32
    assert loads[-1] > 1 / 24  # a place counts for more, since there are fewer


@pytest.mark.parametrize(("retries", "n_sent"), [(0, 1), (2, 3), (None, 4)])
def test_whoever_asks_may_want_fewer_tries_than_the_endpoint_has(retries: int | None, n_sent: int):
    async def run() -> int:
        async with (
            serving(one_after_another(lambda _: refuses(500))) as server,
            client_of(server.url, retries=3) as client,
        ):
            with pytest.raises(EndpointError, match="500 to every try"):
                await client.ask(BODY, retries=retries)
            return len(server.bodies)

    assert asyncio.run(run()) == n_sent


def test_a_server_that_says_that_no_further_try_will_help_is_not_asked_again():
    async def run() -> int:
        answer = web.json_response(
            {"error": {"message": "quota"}}, status=429, headers={"x-should-retry": "false"}
        )
        async with serving(one_after_another(lambda _: answer)) as server, client_of(server.url) as client:
            with pytest.raises(EndpointError, match="The server says: quota"):
                await client.ask(BODY)
            return len(server.bodies)

    assert asyncio.run(run()) == 1


def test_a_request_that_always_met_429_is_tried_anew_while_the_endpoint_answers_others():
    async def run() -> Answer:
        other_is_answered = asyncio.Event()
        n_refused = 0

        async def respond(request: web.Request) -> web.StreamResponse:
            nonlocal n_refused
            if (await request.json())["messages"] == "other" or n_refused == 3:
                return says(completion())
            n_refused += 1
            if n_refused == 3:
                await asyncio.wait_for(other_is_answered.wait(), 5)
            return refuses(429)

        async with serving(respond) as server, client_of(server.url, retries=2) as client:
            unlucky = asyncio.create_task(client.ask({"messages": "unlucky"}))
            while n_refused < 3:
                await asyncio.sleep(0)
            await client.ask({"messages": "other"})
            other_is_answered.set()
            return await unlucky

    assert asyncio.run(run()).n_attempts == 4


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "m at {url} answered 401: the key in E_KEY is not accepted"),
        (403, "m at {url} answered 403: the key in E_KEY may not use this model"),
        (402, "402: no credit is left. The server says: the key is *** "),
        (
            404,
            "404: the model or the path is unknown: check model and base_url. The server says: the key is *** ",
        ),
        (405, "405: the path is unknown"),
        (429, "429: too many requests, or the quota is used up"),
        (500, "500 to every try: the key is *** sk; nothing else was answered"),
        (307, "307: the address has moved: check base_url"),
    ],
)
def test_a_status_that_concerns_the_endpoint_is_its_error_and_shows_no_key(status: int, message: str):
    url = ""

    async def respond(request: web.Request) -> web.StreamResponse:
        nonlocal url
        url = f"http://{request.host}/v1"
        answer = refuses(status, f"the key is {KEY} sk")
        answer.headers["Location"] = request.path  # which a redirect names
        return answer

    error = error_of(respond, retries=2)
    assert isinstance(error, EndpointError)
    assert message.format(url=url) in f"{error} "


def test_a_missing_key_is_told_from_a_wrong_one(monkeypatch: pytest.MonkeyPatch):
    respond = one_after_another(lambda _: refuses(401))
    assert "name the key's variable in api_key_env" in str(error_of(respond, api_key_env=None))
    monkeypatch.setenv("E_KEY", "sk-very\u2026")
    assert "E_KEY holds characters that no key can have" in str(error_of(respond))
    monkeypatch.setenv("E_KEY", " ")
    error = error_of(respond)
    assert isinstance(error, EndpointError)
    assert "set the environment variable E_KEY" in str(error)


@pytest.mark.parametrize("status", [400, 413, 422, 418])
def test_a_refused_request_is_its_own_error_with_the_servers_words_cut(status: int):
    error = error_of(one_after_another(lambda _: refuses(status, f"{KEY} is long: " + "x" * 400)))
    assert isinstance(error, ChatError)
    assert f"answered {status}: it refuses this request: *** is long: xxx" in str(error)
    assert len(str(error)) < 400


def test_the_key_is_masked_in_a_reply():
    answer, _ = ask(one_after_another(lambda _: says(completion(f"your key is {KEY}!"))))
    assert parse_reply(answer.raw).content == "your key is ***!"


def test_a_short_key_is_no_secret(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("E_KEY", "model")
    answer, _ = ask(one_after_another(lambda _: says(completion("a model"))))
    assert parse_reply(answer.raw).content == "a model"


def test_a_web_page_is_no_endpoint_and_asked_for_once():
    page = "<!DOCTYPE html><html><body>Welcome</body></html>"

    async def run() -> int:
        respond = one_after_another(lambda _: web.Response(text=page, content_type="text/html"))
        async with serving(respond) as server, client_of(server.url) as client:
            with pytest.raises(
                EndpointError, match="sent an HTML page: check base_url, which usually ends in /v1"
            ):
                await client.ask(BODY)
            return len(server.bodies)

    assert asyncio.run(run()) == 1


def test_an_answer_that_never_can_be_read_is_asked_for_three_times():
    async def run() -> int:
        respond = one_after_another(lambda _: says({"error": {"message": "no such thing"}}))
        async with serving(respond) as server, client_of(server.url) as client:
            with pytest.raises(ChatError, match="sent, 3 times, an error: no such thing"):
                await client.ask(BODY)
            return len(server.bodies)

    assert asyncio.run(run()) == 3


@pytest.mark.parametrize(
    "fault", [lambda _: refuses(500), hang_up, cut_short, lambda _: web.Response(body=b"{")]
)
def test_one_request_that_fails_among_good_ones_is_its_own_error_and_all_failing_is_the_endpoints(
    fault: Callable[[web.Request], web.StreamResponse],
):
    async def run() -> None:
        is_down = False

        async def respond(request: web.Request) -> web.StreamResponse:
            is_bad = is_down or (await request.json())["messages"] == "bad"
            return fault(request) if is_bad else says(completion())

        async with serving(respond) as server, client_of(server.url, retries=4) as client:
            bad = [asyncio.create_task(client.ask({"messages": "bad"})) for _ in range(4)]
            while not all(task.done() for task in bad):
                await client.ask({"messages": "good"})
            answers = await asyncio.gather(*bad, return_exceptions=True)
            assert [type(answer) for answer in answers] == [ChatError] * 4
            is_down = True
            with pytest.raises(EndpointError, match="nothing else was answered"):
                await client.ask(BODY)

    asyncio.run(run())


def test_an_answer_that_dribbles_is_late_however_steadily_its_bytes_come():
    async def respond(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        while request.transport is not None and not request.transport.is_closing():
            await stream.write(b" ")
            await asyncio.sleep(0.05)
        return stream

    started = time.monotonic()
    error = error_of(respond, timeout_seconds=0.3, retries=1)
    assert time.monotonic() - started < 4
    assert isinstance(error, EndpointError)
    assert "did not answer within 0.3 s in any try; nothing else was answered" in str(error)


def test_an_address_where_nothing_listens_is_told_after_two_retries(monkeypatch: pytest.MonkeyPatch):
    wait_tenths(monkeypatch)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        started = time.monotonic()
        error = error_of(url, retries=100)
        assert time.monotonic() - started < 5
    assert isinstance(error, EndpointError)
    assert f"cannot reach m at {url} (Connect call failed" in str(error)
    assert "is the server running, and base_url right?" in str(error)


def test_a_host_that_no_name_server_knows_is_told(monkeypatch: pytest.MonkeyPatch):
    def unknown(*asked: Any, **more: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = error_of("http://nowhere.invalid/v1", retries=1)
    assert isinstance(error, EndpointError)
    assert "cannot reach m at http://nowhere.invalid/v1 (Name or service not known)" in str(error)


def test_a_server_that_speaks_no_http_is_told():
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        await writer.drain()
        writer.close()

    async def run() -> None:
        async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            async with client_of(url, retries=1) as client:
                await client.ask(BODY)

    with pytest.raises(EndpointError, match="never arrived whole"):
        asyncio.run(run())


def certificate(authority: trustme.CA, days: int) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    now = datetime.datetime.now(datetime.UTC)
    begin, end = now - datetime.timedelta(days=3), now + datetime.timedelta(days=days)
    authority.issue_cert("localhost", not_before=begin, not_after=end).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("days", "is_trusted", "message"),
    [(1, True, None), (-1, True, "certificate has expired"), (1, False, "unable to get local issuer")],
)
def test_a_certificate_has_to_be_valid_and_trusted(
    days: int, is_trusted: bool, message: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    authority = trustme.CA()
    trusted = authority if is_trusted else trustme.CA()
    trusted.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    wait_tenths(monkeypatch)

    async def run() -> None:
        served = serving(one_after_another(lambda _: says(completion())), certificate(authority, days))
        async with asyncio.timeout(5), served as server, client_of(server.url, retries=100) as client:
            if message is None:
                assert (await client.ask(BODY)).n_attempts == 1
                return
            with pytest.raises(EndpointError) as caught:
                await client.ask(BODY)
            assert f"the certificate of m at {server.url} is not accepted ({message}" in str(caught.value)
            hold_no_key(caught.value)

    asyncio.run(run())


def test_the_http_library_is_loaded_when_it_is_needed():
    code = "import sys, toolmind_resources.chat.client; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
