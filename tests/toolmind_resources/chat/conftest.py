"""Endpoints with wishes of their own, on loopback."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiohttp import web

from toolmind_resources.chat.endpoint import Endpoint

Answer = tuple[int, Any]
Answers = Callable[[dict[str, Any]], Answer | None]


def completion(content: str | None, finish: str = "stop", **message: Any) -> Answer:
    """Status and body of a reply."""
    choice = {"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    return 200, {"model": "m", "choices": [choice], "usage": usage}


class WishfulEndpoint:
    """Answers each request as `answers` says, else with `{"sum": 5}`, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: Answers = lambda body: None
        self.models: Answer = (404, {})
        self.keys: list[str | None] = []
        self.bodies: list[dict[str, Any]] = []
        self.n_paid = 0
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._runner = self._wait(self._start())
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/v1"

    def endpoint(self, **settings: Any) -> Endpoint:
        """It, as settings name it."""
        values = {"name": "main", "base_url": self.url, "model": "m", "retries": 0, "timeout_seconds": 5}
        return Endpoint.model_validate({**values, **settings})

    def stop(self) -> None:
        """Closes it."""
        self._wait(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _start(self) -> web.AppRunner:
        application = web.Application()
        application.router.add_post("/v1/chat/completions", self._complete)
        application.router.add_get("/v1/models", self._list)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    async def _list(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization"))
        status, listed = self.models
        return web.json_response(listed, status=status)

    async def _complete(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization"))
        body = await request.json()
        self.bodies.append(body)
        status, answer = self.answers(body) or completion(json.dumps({"sum": 5}))
        self.n_paid += status == 200
        return web.json_response(answer, status=status)


@pytest.fixture
def wishful() -> Iterator[WishfulEndpoint]:
    """An endpoint that answers everything until it is told otherwise."""
    served = WishfulEndpoint()
    yield served
    served.stop()
