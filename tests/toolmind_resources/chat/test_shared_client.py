import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web

from toolmind_resources.chat.client import Answer, Payment
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatReply
from toolmind_resources.chat.shared_client import SharedClient, client_of
from toolmind_resources.errors import ChatError, EndpointError, ToolMindError


class Address:
    """Answers with its name once it may, or fails."""

    def __init__(self, name: str, error: ToolMindError | None = None) -> None:
        self.name = name
        self.error = error
        self.n_asked = 0
        self.n_running = 0
        self.is_closed = False

    @property
    def load(self) -> float:
        return self.n_running / 4

    async def ask(
        self,
        body: Mapping[str, Any],
        extension: Mapping[str, Any] | None = None,
        payment: Payment | None = None,
        retries: int | None = None,
    ) -> Answer:
        self.n_asked += 1
        self.n_running += 1
        await asyncio.sleep(0)
        self.n_running -= 1
        if self.error is not None:
            raise self.error
        return Answer(self.name.encode(), ChatReply(self.name), 0.0, 1)

    async def close(self) -> None:
        self.is_closed = True


async def ask_all(client: SharedClient, n_requests: int) -> set[str | None]:
    answers = await asyncio.gather(*(client.ask({"n": number}) for number in range(n_requests)))
    return {answer.reply.content for answer in answers}


def test_the_load_is_shared_evenly() -> None:
    addresses = [Address("a"), Address("b"), Address("c")]
    assert asyncio.run(ask_all(SharedClient(addresses), 12)) == {"a", "b", "c"}
    assert [address.n_asked for address in addresses] == [4, 4, 4]


def test_an_address_that_cannot_be_used_is_passed_over_and_rests() -> None:
    gone, other = Address("a", EndpointError("cannot reach a")), Address("b")

    async def run() -> None:
        client = SharedClient([gone, other])
        for _ in range(3):
            assert await ask_all(client, 1) == {"b"}
        assert gone.n_asked == 1
        other.error = EndpointError("cannot reach b")
        with pytest.raises(EndpointError, match="cannot reach a"):
            await client.ask({})
        assert gone.n_asked == 2

    asyncio.run(run())


def test_a_refusal_of_one_request_is_not_taken_elsewhere() -> None:
    first, second = Address("a", ChatError("too long")), Address("b")
    with pytest.raises(ChatError, match="too long"):
        asyncio.run(SharedClient([first, second]).ask({}))
    assert second.n_asked == 0


def test_closing_closes_every_address() -> None:
    addresses = [Address("a"), Address("b")]
    asyncio.run(SharedClient(addresses).close())
    assert all(address.is_closed for address in addresses)


class Served:
    """A loopback endpoint that counts what it is asked."""

    def __init__(self) -> None:
        self.n_asked = 0

    async def answer(self, _: web.Request) -> web.Response:
        self.n_asked += 1
        await asyncio.sleep(0.01)
        return web.json_response({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]})

    async def start(self) -> tuple[web.AppRunner, str]:
        """What is to be cleaned up, and the address."""
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self.answer)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/v1"


def test_an_endpoint_with_replicas_is_asked_at_each_address() -> None:
    servers = [Served(), Served()]

    async def run() -> None:
        (first, url), (second, other) = [await server.start() for server in servers]
        client = client_of(Endpoint(name="e", base_url=url, replicas=[other], model="m"))
        await asyncio.gather(*(client.ask({"n": number}) for number in range(8)))
        await client.close()
        for runner in (first, second):
            await runner.cleanup()

    asyncio.run(run())
    assert [server.n_asked for server in servers] == [4, 4]


def test_an_address_of_a_replica_is_checked_as_the_first_one_is() -> None:
    with pytest.raises(ValueError, match="has to begin with http"):
        Endpoint(name="e", base_url="http://a/v1", replicas=["b"], model="m")
