"""What the endpoint of the engine's benchmark counts."""

import asyncio
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
MESSAGES = [{"role": "user", "content": "hello"}]


@pytest.fixture
def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("engine_endpoint", BENCHMARKS / "engine_endpoint.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


async def answers(
    module: ModuleType, seeds: list[int], messages: Any = MESSAGES
) -> tuple[list[bytes], dict[str, Any]]:
    """What the endpoint says to each of some requests, one after another, and what it has counted then."""
    endpoint = module.CountingEndpoint({module.messages_digest(MESSAGES): b'"hi"'}, 0.0, False)
    server = await asyncio.start_server(endpoint.handle, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    heard = []
    for seed in seeds:
        raw = json.dumps({"messages": messages, "seed": seed}).encode()
        writer.write(b"POST /v1 HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw)
        head = await reader.readuntil(b"\r\n\r\n")
        heard.append(await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])))
    writer.close()
    server.close()
    return heard, endpoint.counts()


def test_an_answered_request_that_comes_again_is_counted(module: ModuleType) -> None:
    heard, counted = asyncio.run(answers(module, [1, 2, 1]))
    assert heard == [b'"hi"'] * 3
    assert (counted["n_asked"], counted["n_answered"], len(counted["again"])) == (3, 3, 1)


def test_messages_of_no_known_dialogue_are_refused_and_counted(module: ModuleType) -> None:
    heard, counted = asyncio.run(answers(module, [1], [{"role": "user", "content": "bye"}]))
    assert b"no known dialogue" in heard[0]
    assert (counted["n_unknown"], counted["n_answered"]) == (1, 0)


def test_the_order_of_fields_is_no_matter_of_messages(module: ModuleType) -> None:
    turned = [dict(reversed(message.items())) for message in MESSAGES]
    assert module.messages_digest(turned) == module.messages_digest(MESSAGES)
