"""Dialogues whose replies are known beforehand, and the two clients that walk them for `engine.py`.

The dialogues are those of the stage `simulate_dialogues`, acted out once with the embedded model that errs nowhere.
From then on its replies are kept, and either client asks an endpoint for them, in a process of its own:

- `engine`: the stage itself over `RoutedChat`, with its journal;
- `bare`: the official client with its aiohttp transport and raw responses, which sends the same bodies, the next
  one when the reply to the one before is there, and keeps nothing.

.venv/bin/python benchmarks/engine_walks.py FOLDER {engine,bare} --port 8000 --in-flight 64 --dialogues 200
"""

import argparse
import asyncio
import gc
import json
import pickle
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from engine_endpoint import messages_digest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import Task
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import AGENTS, simulate_dialogues
from toolmind_assets.stages.dialogues.stand_in import RULES
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS
from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.chat.request_form import request_body
from toolmind_resources.chat.routed import RoutedChat
from toolmind_resources.chat.served import write_completion
from toolmind_resources.delta.store import DeltaStore

MODEL = "recorded"
BATCH = 1_000
"""Dialogues of one call of the stage, as those of a shard are."""

Body = Mapping[str, Any]
Walk = Sequence[Sequence[Body]]
"""One dialogue: bodies that are sent together, after the replies to those before them."""


@dataclass(frozen=True)
class Walks:
    """Tasks with the functions that they offer, and what each dialogue asks."""

    tasks: Sequence[Task]
    functions: Mapping[str, FunctionSpec]
    walks: Sequence[Walk]


class _Recorder:
    """The embedded model, whose requests and replies are kept."""

    def __init__(self) -> None:
        self._chat = EmbeddedChat(RULES, EmbeddedErrors(**dict.fromkeys(EmbeddedErrors.model_fields, 0)))
        self._n_open = 0
        self.walk: list[list[Body]] = []
        self.replies: dict[bytes, bytes] = {}

    def model_name(self, role: Role) -> str:
        return self._chat.model_name(role)

    async def complete(self, request: ChatRequest) -> ChatReply:
        body = request_body(request, _endpoint(1, 1))
        if not self._n_open:
            self.walk.append([])
        self.walk[-1].append(body)
        self._n_open += 1
        await asyncio.sleep(0)  # what is asked together is begun meanwhile
        self._n_open -= 1
        reply = await self._chat.complete(request)
        raw = json.dumps(write_completion(reply, MODEL, "0" * 24, body)).encode()
        self.replies.setdefault(messages_digest(body["messages"]), raw)
        return reply

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        """Nothing: it errs nowhere."""

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        """Nothing: it errs nowhere."""


def record(home: Path, n_dialogues: int, folder: Path) -> float:
    """Keeps dialogues on the tasks of a home in `folder`; how many calls the mean one takes.

    A dialogue is left out in which the same messages are answered otherwise than in one before.
    """
    store = DeltaStore(home / "tables")
    functions = {one.function_id: one for one in callable_functions(store.read(FUNCTIONS))}
    tasks, walks, replies = [], [], {}
    for task in decode_rows(Task, store.read(TASKS))[: n_dialogues * 2]:
        recorder = _Recorder()
        made = asyncio.run(simulate_dialogues([task], functions, recorder, DialogueParams(), 1))
        is_told = all(replies.get(key, raw) == raw for key, raw in recorder.replies.items())
        if made.dialogues and not made.candidates and is_told and len(tasks) < n_dialogues:
            tasks.append(task)
            walks.append(recorder.walk)
            replies |= recorder.replies
    offered = {key for task in tasks for key in task.offered_function_ids}
    planned = {step.function_id for task in tasks for step in task.plan}
    known = {key: function for key, function in functions.items() if key in offered | planned}
    (folder / "walks.pickle").write_bytes(pickle.dumps(Walks(tasks, known, walks)))
    (folder / "replies.pickle").write_bytes(pickle.dumps(replies))
    return sum(len(group) for walk in walks for group in walk) / len(walks)


def _endpoint(port: int, in_flight: int) -> Endpoint:
    url = f"http://127.0.0.1:{port}/v1"
    return Endpoint(name="recorded", base_url=url, model=MODEL, in_flight=in_flight, timeout_seconds=60)


def _more_tasks(tasks: Sequence[Task], first: int) -> Iterator[Task]:
    """The tasks over and over, each time with other seeds and ids."""
    number = first
    while True:
        task = tasks[number % len(tasks)]
        yield replace(task, task_id=f"{task.task_id}-{number}", seed=task.seed + 1 + number)
        number += 1


def walk_by_engine(walks: Walks, options: argparse.Namespace) -> int:
    """Acts the dialogues out; how many came to nothing."""
    with_roles = dict.fromkeys(AGENTS, _endpoint(options.port, options.in_flight))
    budget = Budget(calls=10**9) if options.limited else Budget()
    journal = options.folder / options.journal
    chats = RoutedChat(EmbeddedChat({}), with_roles, lambda: Journal(journal), budget, lambda _: {})
    tasks = islice(_more_tasks(walks.tasks, options.first), options.dialogues)
    n_dropped = 0
    while batch := list(islice(tasks, BATCH)):
        with chats.charged_to(Charge("engine", "dialogues", str(options.first))) as chat:
            n_dropped += asyncio.run(_acted_out(batch, walks.functions, chat, options.in_flight))
    return n_dropped


async def _acted_out(
    tasks: Sequence[Task], functions: Mapping[str, FunctionSpec], chat: ChatModel, in_flight: int
) -> int:
    made = await simulate_dialogues(tasks, functions, chat, DialogueParams(), in_flight)
    return len(made.drops)


async def walk_barely(walks: Walks, options: argparse.Namespace) -> int:
    """Sends the bodies of the dialogues; none comes to nothing."""
    from openai import AsyncOpenAI, DefaultAioHttpClient

    client = AsyncOpenAI(
        base_url=f"http://127.0.0.1:{options.port}/v1", api_key="none", http_client=DefaultAioHttpClient()
    )
    free = asyncio.Semaphore(options.in_flight)
    asking = client.chat.completions.with_raw_response

    async def ask(body: Body, number: int) -> None:
        async with free:
            answer = await asking.create(**{**body, "seed": (body["seed"] + number) % (1 << 63)})
        assert answer.content

    async def walk(number: int) -> None:
        for group in walks.walks[number % len(walks.walks)]:
            await asyncio.gather(*(ask(body, number) for body in group))

    numbers = range(options.first, options.first + options.dialogues)
    await map_concurrently(walk, numbers, options.in_flight)
    await client.close()
    return 0


def _import_late_ones() -> None:
    """What either client loads when it first needs it, and what is no cost of a call."""
    import openai  # noqa: F401

    import toolmind_resources.chat.connection  # noqa: F401
    from toolmind_resources.language.plurals import singular

    singular("words")


def _peak_mib() -> float:
    """The most memory that this process ever held, which `getrusage` tells of its parent as well."""
    (line,) = (
        line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    return round(int(line.split()[1]) / 1024, 1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("client", choices=("engine", "bare"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--in-flight", type=int, required=True)
    parser.add_argument("--dialogues", type=int, required=True)
    parser.add_argument("--first", type=int, default=0, help="number of the first dialogue")
    parser.add_argument("--journal", default="journal.sqlite", help="file of the journal")
    parser.add_argument("--limited", action="store_true", help="with a budget that is never reached")
    parser.add_argument("--profile", type=Path, help="file for cProfile's figures of the main thread")
    options = parser.parse_args()
    walks = pickle.loads((options.folder / "walks.pickle").read_bytes())
    _import_late_ones()
    gc.freeze()
    before, resident = resource.getrusage(resource.RUSAGE_SELF), _peak_mib()
    if options.client == "engine":
        n_dropped = walk_by_engine(walks, options)
    else:
        n_dropped = asyncio.run(walk_barely(walks, options))
    after = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "cpu_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                "peak_mib": _peak_mib(),
                "grown_mib": round(_peak_mib() - resident, 1),
                "n_dropped": n_dropped,
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
