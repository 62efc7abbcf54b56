"""How many calls and prompt tokens does a sample cost? The tasks of a home, acted out and judged, every request counted.

.venv/bin/python benchmarks/sample_cost.py [HOME] [--tasks N] [--against FILE]

HOME is a folder that `toolmind run` has filled (`.toolmind` by default). Its tasks are acted out and judged anew by the
embedded model, and of each request the prompt is counted as an endpoint would get it. `--against` names a file with the last
line that another version of this benchmark printed, for ratios: a version of the project is measured in a checkout of its own,
on the same home. Prints a table by role, and ends with one line of JSON.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from toolmind_assets.model.tasks import Task
from toolmind_assets.settings.chat_models import embedded_chat
from toolmind_assets.settings.config import load_settings
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import simulate_dialogues
from toolmind_assets.stages.trajectories.params import TrajectoryParams
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import judge_trajectories
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.chat.request_form import request_body
from toolmind_resources.chat.tokens import prompt_tokens_of
from toolmind_resources.delta.store import DeltaStore

ENDPOINT = Endpoint(name="counted", base_url="http://127.0.0.1:1/v1", model="counted")
"""Nobody is there: what would be sent to it is counted."""


class CountingChat:
    """A chat model whose requests are counted as an endpoint would get them."""

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat
        self.calls: Counter[str] = Counter()
        self.prompt_tokens: Counter[str] = Counter()

    def model_name(self, role: Role) -> str:
        """Name of the model behind it."""
        return self._chat.model_name(role)

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The reply of the model behind it."""
        self.calls[request.role] += 1
        self.prompt_tokens[request.role] += prompt_tokens_of(request_body(request, ENDPOINT))
        return await self._chat.complete(request)

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        """Tells the model behind it."""
        self._chat.rate(request, reply, fault)

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        """Tells the model behind it."""
        self._chat.give_up(requests)


def measure(home: Path, n_tasks: int) -> dict[str, object]:
    """Calls, prompt tokens and samples of some tasks of a home."""
    store, chat = DeltaStore(home / "tables"), CountingChat(embedded_chat(load_settings()))
    functions = {function.function_id: function for function in callable_functions(store.read(FUNCTIONS))}
    tasks = decode_rows(Task, store.read(TASKS))[:n_tasks]
    made = asyncio.run(simulate_dialogues(tasks, functions, chat, DialogueParams()))
    returns = {one.name: one.returns for one in functions.values() if one.returns is not None}
    trajectories = [trajectory_of(dialogue, returns) for dialogue in made.dialogues]
    by_id = {task.task_id: task for task in tasks}
    judged = asyncio.run(judge_trajectories(trajectories, by_id, chat, TrajectoryParams()))
    return {
        "tasks": len(tasks),
        "dialogues": len(made.dialogues),
        "samples": len(judged.samples),
        "calls": dict(chat.calls),
        "prompt_tokens": dict(chat.prompt_tokens),
    }


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", nargs="?", type=Path, default=Path(".toolmind"))
    parser.add_argument("--tasks", type=int, default=1_000_000, help="most tasks")
    parser.add_argument("--against", type=Path, help="file with the last line of another version")
    given = parser.parse_args()
    found = measure(given.home, given.tasks)
    n_samples = int(str(found["samples"]))
    other = json.loads(given.against.read_text().splitlines()[-1]) if given.against else None
    if other and other["tasks"] != found["tasks"]:
        parser.error(f"{given.against} is of {other['tasks']} tasks, this is of {found['tasks']}")
    for what in ("calls", "prompt_tokens"):
        counts = found[what]
        assert isinstance(counts, dict)
        for role, count in counts.items():
            print(f"{what:14} {role:16} {count:12,} {count / n_samples:10.2f} a sample")
        a_sample = sum(counts.values()) / n_samples
        found[f"{what}_a_sample"] = round(a_sample, 3)
        if other:
            ratio = a_sample / (sum(other[what].values()) / other["samples"])
            found[f"{what}_ratio"] = round(ratio, 3)
            print(
                f"{what:14} {'all':16} {sum(counts.values()):12,} {a_sample:10.2f} a sample, ratio {ratio:.3f}"
            )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
