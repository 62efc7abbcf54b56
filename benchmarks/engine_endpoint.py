"""An endpoint that answers dialogues known beforehand after a fixed wait, and counts: what `engine.py` asks.

It is as cheap as an endpoint can be, so that on a machine of two cores it is never what is waited for: no framework,
and replies written before the first request came. A reply is found by the messages, so that a dialogue may be
walked any number of times with other seeds; the seed tells whether a request was answered before.

.venv/bin/python benchmarks/engine_endpoint.py REPLIES.pickle --latency 0.2
"""

import argparse
import asyncio
import hashlib
import json
import pickle
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

SLOW_EVERY, SLOW_FACTOR = 20, 5
"""With a tail, one of so many requests takes so many times as long."""
BACKLOG = 1024


def messages_digest(messages: Sequence[Mapping[str, Any]]) -> bytes:
    """What a reply is found by."""
    return hashlib.blake2b(orjson.dumps(messages, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


class CountingEndpoint:
    """Counts requests and answers, each with its moment."""

    def __init__(self, replies: Mapping[bytes, bytes], latency_seconds: float, has_tail: bool) -> None:
        self._responses = {key: _response(200, raw) for key, raw in replies.items()}
        self._latency = latency_seconds
        self._has_tail = has_tail
        self._asked_at: list[tuple[float, int]] = []
        self._answered_at: dict[int, float] = {}
        self._moments: list[float] = []
        self._n_unknown = self._n_running = self._most_running = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection, one request after another."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(await self._answer(head, reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, head: bytes, reader: asyncio.StreamReader) -> bytes:
        if head.startswith(b"GET"):
            return _response(200, json.dumps(self.counts()).encode())
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = orjson.loads(await reader.readexactly(length))
        self._asked_at.append((time.time(), body["seed"]))
        response = self._responses.get(messages_digest(body["messages"]))
        if response is None:
            self._n_unknown += 1
            return _response(400, b'{"error": {"message": "these messages are of no known dialogue"}}')
        self._n_running += 1
        self._most_running = max(self._most_running, self._n_running)
        await asyncio.sleep(self._seconds_of(body["seed"]))
        self._n_running -= 1
        self._moments.append(time.time())
        self._answered_at.setdefault(body["seed"], self._moments[-1])
        return response

    def _seconds_of(self, seed: int) -> float:
        is_slow = self._has_tail and seed % SLOW_EVERY == 0
        return self._latency * (SLOW_FACTOR if is_slow else 1)

    def counts(self) -> dict[str, Any]:
        """What was asked and answered so far; `again` holds when answered requests were asked once more.

        `rate` is in answers a second, between the first and the last tenth of them.
        """
        again = [
            (self._answered_at[seed], at)
            for at, seed in self._asked_at
            if self._answered_at.get(seed, at) < at
        ]
        return {
            "n_asked": len(self._asked_at),
            "n_answered": len(self._moments),
            "n_unknown": self._n_unknown,
            "most_running": self._most_running,
            "rate": _rate(self._moments),
            "again": again,
        }


def _rate(moments: Sequence[float]) -> float:
    first, last = len(moments) // 10, len(moments) * 9 // 10
    return (last - first) / (moments[last] - moments[first]) if last > first else 0.0


def _response(status: int, raw: bytes) -> bytes:
    head = f"HTTP/1.1 {status} .\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    return head.encode() + raw


async def _serve(endpoint: CountingEndpoint) -> None:
    server = await asyncio.start_server(endpoint.handle, "127.0.0.1", 0, backlog=BACKLOG, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("replies", type=Path, help="pickled mapping of digests to bodies")
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--tail", action="store_true")
    options = parser.parse_args()
    replies = pickle.loads(options.replies.read_bytes())
    asyncio.run(_serve(CountingEndpoint(replies, options.latency, options.tail)))


if __name__ == "__main__":
    main()
