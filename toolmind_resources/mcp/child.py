"""A process that is started with a clean environment, watched, and ended with all that it started.

It stands in a process group of its own, which is killed as a whole. What leaves the group by itself (a daemon)
is out of reach.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from toolmind_resources.mcp.configured_server import McpError

_STDIN, _STDOUT = 0, 1


def clean_environment(folder: Path, path: str | None = None) -> dict[str, str]:
    """The variables that every child gets, and no others of ours; makes the empty folders that they name.

    Args:
        folder: Where home and temporary files go.
        path: Folders of programs, where ours are not to be the only ones.
    """
    home, temporary = folder / "home", folder / "tmp"
    for made in (home, temporary):
        made.mkdir(parents=True, exist_ok=True)
    own_path = os.environ.get("PATH", os.defpath)
    return {
        "PATH": f"{path}{os.pathsep}{own_path}" if path else own_path,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TMPDIR": str(temporary),
    }


class ChildProcess(asyncio.SubprocessProtocol):
    """A process and what it writes.

    Attributes:
        has_ended: Set when the process is gone.
        has_closed_output: Set when nothing more can come from its stdout.
        has_closed_stderr: Set when nothing more can come from its stderr.
    """

    def __init__(self, on_output: Callable[[bytes], None], on_stderr: Callable[[bytes], None]) -> None:
        self._on_output = on_output
        self._on_stderr = on_stderr
        self._transport: asyncio.SubprocessTransport | None = None
        self.has_ended = asyncio.Event()
        self.has_closed_output = asyncio.Event()
        self.has_closed_stderr = asyncio.Event()

    async def start(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        """Starts `command` in `folder`, with the variables of `environment` alone.

        Raises:
            McpError: it cannot be started.
        """
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: self, *command, env=dict(environment), cwd=folder, start_new_session=True
            )
        except FileNotFoundError as error:
            raise McpError(
                f"there is no program {command[0]!r}; install it, or correct the command"
            ) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error.__class__.__name__
            raise McpError(f"the program {command[0]!r} cannot be started: {reason}") from error

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Called by the event loop."""
        (self._on_output if fd == _STDOUT else self._on_stderr)(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 (named by asyncio)
        """Called by the event loop."""
        if fd != _STDIN:
            (self.has_closed_output if fd == _STDOUT else self.has_closed_stderr).set()

    def process_exited(self) -> None:
        """Called by the event loop."""
        self.has_ended.set()

    @property
    def exit_code(self) -> int | None:
        """What the process ended with; negative for a signal, None while it runs."""
        return self._running.get_returncode()

    @property
    def how_it_ended(self) -> str:
        """`exit code 1`, `signal SIGKILL`."""
        code = self.exit_code
        if code is not None and code < 0:
            with suppress(ValueError):
                return f"signal {signal.Signals(-code).name}"
        return f"exit code {code}"

    def write(self, content: bytes) -> None:
        """Sends `content` to its stdin; what cannot be sent any more is dropped."""
        stdin = self._stdin
        if stdin is not None and not stdin.is_closing():
            stdin.write(content)

    async def stop(self, seconds: float) -> None:
        """Ends it and its group: stdin is closed, then SIGTERM, then SIGKILL, with `seconds` between them."""
        if self._transport is None:
            return  # It could not be started.
        try:
            if self._stdin is not None:
                self._stdin.close()
            if not await self._ends_within(seconds):
                self._signal(signal.SIGTERM)
                await self._ends_within(seconds)
        finally:
            # Also when it has ended by itself: others of its group may not have.
            self._signal(signal.SIGKILL)
            await self._ends_within(seconds)
            self._running.close()

    async def _ends_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.has_ended.wait(), seconds)
        return self.has_ended.is_set()

    def _signal(self, number: signal.Signals) -> None:
        # The group has the id of the process, which started it.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._running.get_pid(), number)

    @property
    def _running(self) -> asyncio.SubprocessTransport:
        if self._transport is None:
            raise McpError("a process that was never started was used; report this")
        return self._transport

    @property
    def _stdin(self) -> asyncio.WriteTransport | None:
        return cast(Any, self._running.get_pipe_transport(_STDIN))
