"""Single-turn prompts through the engine, as other engines take them: no tools, no dialogue, one reply a prompt.

.venv/bin/python benchmarks/engine_single_turn.py --base-url http://127.0.0.1:8000/v1 --prompts 2000 --in-flight 64

The way of a request is that of a run: journal, adaptive limit, reader of replies. Each text is a line of
`answers.jsonl` in HOME, beside the journal; without HOME both are gone afterwards. Ends with one line of JSON:

- `rows`: replies with words in them;
- `seconds`: from the first request to the last row;
- `cpu_ms_per_call`: user and system time of this process in these seconds, all threads, over the prompts;
- `peak_mib`: the most memory that the process ever held.
"""

import argparse
import asyncio
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from toolmind_resources.chat.asking import Unusable, Used, ask
from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.embedded import EmbeddedChat
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import (
    Charge,
    ChatMessage,
    ChatModel,
    ChatReply,
    ChatRequest,
    Role,
    Sampling,
)
from toolmind_resources.chat.routed import RoutedChat

WRITER = Role("writer")
TOKENS_MAX = 64
"""Room for one reply."""


def prompts(n: int) -> list[str]:
    """So many prompts, no two of them the same."""
    return [f"Task {number}: write one sentence about item number {number}." for number in range(n)]


async def write_answers(chat: ChatModel, asked: Sequence[str], in_flight: int, file: TextIO) -> int:
    """Writes a line of JSON for each prompt that is answered, as answers come; how many there are."""

    async def answer(prompt: str) -> bool:
        request = ChatRequest(
            WRITER, (ChatMessage("user", prompt),), sampling=Sampling(max_tokens=TOKENS_MAX)
        )
        found = await ask(chat, request, _text)
        if isinstance(found, Used):
            file.write(json.dumps({"prompt": prompt, "answer": found.value}) + "\n")
        return isinstance(found, Used)

    return sum(await map_concurrently(answer, asked, in_flight))


def _text(reply: ChatReply) -> str | Unusable:
    return reply.content or Unusable("the reply has no words", reply)


def measure(home: Path, options: argparse.Namespace) -> dict[str, Any]:
    """What asking all prompts came to."""
    endpoint = Endpoint(
        name="measured",
        base_url=options.base_url,
        model=options.model,
        in_flight=options.in_flight,
        timeout_seconds=options.timeout,
    )
    chats = RoutedChat(
        EmbeddedChat({}), {WRITER: endpoint}, lambda: Journal(home / "journal.sqlite"), Budget(), lambda _: {}
    )
    charge = Charge("single-turn", "prompts")
    with (home / "answers.jsonl").open("w") as file, chats.charged_to(charge) as chat:
        began, used = time.perf_counter(), _cpu_seconds()
        n_rows = asyncio.run(write_answers(chat, prompts(options.prompts), options.in_flight, file))
        seconds, used = time.perf_counter() - began, _cpu_seconds() - used
    return {
        "rows": n_rows,
        "seconds": round(seconds, 3),
        "cpu_ms_per_call": round(1000 * used / options.prompts, 3),
        "peak_mib": round(_peak_mib(), 1),
    }


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak_mib() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--model", default="mock")
    parser.add_argument("--prompts", type=int, default=2_000)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one reply")
    parser.add_argument("--home", type=Path, help="an existing folder; what is answered in it stays answered")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(options.home or Path(folder), options)))


if __name__ == "__main__":
    main()
