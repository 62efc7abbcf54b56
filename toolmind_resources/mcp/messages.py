"""JSON-RPC messages of MCP: told from noise, and matched with what was asked. No I/O.

Whatever carries the messages hands the text of each to `Replies`, and asks it what has come.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from toolmind_resources.mcp.configured_server import McpError
from toolmind_resources.mcp.redaction import Secrets

METHOD_NOT_FOUND = -32601
UNSUPPORTED_VERSION = -32022
MAX_DEPTH = 200
"""Deepest answer that is read; no catalog may be deeper, whatever its limit."""


class RefusedError(McpError):
    """The server answered a request with an error.

    Attributes:
        code: Code of that error, where it is a number.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles both arguments."""
        return (RefusedError, (str(self), self.code))


class Connection(Protocol):
    """What the session speaks through."""

    async def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The result of a request; RefusedError or another McpError where there is none."""
        ...

    async def notify(self, method: str) -> None:
        """Tells the server something that it does not answer."""
        ...

    def agree(self, version: str) -> None:
        """Takes note of the protocol revision that was agreed on."""
        ...

    @property
    def noise(self) -> str:
        """What is to be said of lines that were no messages, for the end of an error's message."""
        ...

    @property
    def last_words(self) -> str:
        """What the server wrote beside its messages at last."""
        ...


class Lines:
    """Splits a stream of bytes into lines of limited length."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._begun = bytearray()

    def feed(self, content: bytes) -> Iterator[bytes]:
        """The lines that `content` completes, without their ends.

        Raises:
            McpError: a line is longer than the limit.
        """
        *whole, begun = content.split(b"\n")
        for line in whole:
            self._extend(line)
            ended = bytes(self._begun)
            self._begun.clear()
            yield ended.removesuffix(b"\r")
        self._extend(begun)

    def _extend(self, content: bytes) -> None:
        if len(self._begun) + len(content) > self._max_bytes:
            self._begun.clear()
            raise McpError(
                f"it wrote a line of more than {self._max_bytes:,} bytes; raise max_message_bytes if that is right"
            )
        self._begun += content


class Replies:
    """What a server has sent, in the light of what it was asked; what is no message is skipped."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._n_asked = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self._last_noise = ""

    def ask(self, method: str, params: dict[str, Any]) -> tuple[int, bytes]:
        """A request with a new id: the id, and the text to send."""
        self._n_asked += 1
        request = {"jsonrpc": "2.0", "id": self._n_asked, "method": method, "params": params}
        return self._n_asked, encode(request)

    def take(self, text: bytes) -> Iterator[bytes]:
        """Reads one line or body; what comes back is to be sent: answers to what the server asked.

        Raises:
            McpError: it answers a request that was never sent.
        """
        messages = _parse(text)
        if not messages:
            self._note_noise(text)
        for message in messages:
            if "method" in message:
                yield from _answer_to(message)
            elif "result" in message or "error" in message:
                self._keep(message)

    def answer(self, number: int, method: str) -> dict[str, Any] | None:
        """The result of request `number`; None while it has not come.

        Raises:
            RefusedError: the server answered with an error.
            McpError: the answer is no object.
        """
        message = self._answers.pop(number, None)
        if message is None:
            return None
        if message.get("error") is not None:
            raise self._refusal(message["error"], method)
        result = message.get("result")
        if not isinstance(result, dict):
            raise McpError(f"its answer to {method} is no object, but {type(result).__name__}")
        if _is_deeper(result, MAX_DEPTH):
            raise McpError(f"its answer to {method} is nested deeper than {MAX_DEPTH} levels")
        return self._secrets.hide_in(result)

    @property
    def noise(self) -> str:
        """What is to be said of skipped lines, for the end of a message; empty where there were none."""
        if not self._last_noise:
            return ""
        return f"; what it wrote beside MCP messages ended with: {self._last_noise}"

    def _keep(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        if number is None and "error" in message:
            raise self._refusal(message["error"], "a message that it could not read")
        if type(number) is not int or not 1 <= number <= self._n_asked:
            shown = self._secrets.excerpt(json.dumps(number), 60)
            raise McpError(f"it answered a request with the id {shown}, and none was sent")
        self._answers[number] = message

    def _refusal(self, error: Any, method: str) -> RefusedError:
        found = error if isinstance(error, dict) else {"message": error}
        code = found.get("code")
        words = self._secrets.excerpt(str(found.get("message")))
        number = code if type(code) is int else None
        shown = "an error" if number is None else f"error {number}"
        return RefusedError(f"it answered {method} with {shown}: {words}", number)

    def _note_noise(self, text: bytes) -> None:
        if text.strip():
            self._last_noise = self._secrets.excerpt(text.decode("utf-8", "replace"), 120)


def encode(message: dict[str, Any]) -> bytes:
    """A message as one line, without its end."""
    return json.dumps(message, separators=(",", ":")).encode()


def _parse(text: bytes) -> list[dict[str, Any]]:
    """The messages in `text`, one or a batch; none where it is no JSON-RPC."""
    text = text.removeprefix(b"\xef\xbb\xbf").strip()
    if text[:1] not in (b"{", b"["):
        return []
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return []
    values = value if isinstance(value, list) else [value]
    return [found for found in values if isinstance(found, dict) and found.get("jsonrpc") == "2.0"]


def _is_deeper(value: Any, depth: int) -> bool:
    """Whether objects and arrays are nested deeper; level by level, since a recursion would end first."""
    level = [value]
    for _ in range(depth + 1):
        level = [member for found in level for member in _members(found)]
        if not level:
            return False
    return True


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _answer_to(message: dict[str, Any]) -> Iterator[bytes]:
    """What a server that asks us is told: that we live, and that we can nothing else."""
    if "id" not in message:
        return
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
    if message["method"] == "ping":
        reply["result"] = {}
    else:
        reply["error"] = {"code": METHOD_NOT_FOUND, "message": "this client only lists tools"}
    yield encode(reply)
