"""What becomes of dialogues at an endpoint that fails, or when the process is ended? 500 of them a fault.

.venv/bin/python benchmarks/engine_faults.py [--home HOME] [--dialogues N] [--only NAME ...] [--write FILE]

`toolmind serve-model` is the endpoint, in a process of its own; the stage `simulate_dialogues` asks it over `RoutedChat`,
with a fresh journal for each fault. The embedded model behind it errs nowhere, so that each dialogue that does not
come to its end has met the fault. What the journal says that calls cost is held against what the server counted. Kills
and stops meet a whole `toolmind run`, which is run again to its end. Prints a table, and ends with one line of JSON.
"""

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine_outcomes import CONFIG, Outcome, counts, served, table
from engine_stops import STOPS, stop
from kill_resume import finish, make_project, start_run

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import Task
from toolmind_assets.settings.config import load_settings
from toolmind_assets.settings.context_types import context_codec, encoder_of
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import AGENTS, Simulated, simulate_dialogues
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows
from toolmind_assets.tables.specs import FUNCTIONS
from toolmind_assets.tables.tasks import TASKS
from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.embedded import EmbeddedChat
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge
from toolmind_resources.chat.routed import RoutedChat
from toolmind_resources.delta.store import DeltaStore

PERIOD = "faults"
IN_FLIGHT = 64
DIALOGUES_AT_ONCE = 96
"""More than requests in flight: while one waits for its next try, another takes its place."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong.

    Attributes:
        name: In words.
        served: Options of `toolmind serve-model`.
        reasons: Why dialogues may be dropped.
        settings: Of the endpoint.
        ideal: Name of the fault whose calls a second are the most that can be had; empty where none is compared.
    """

    name: str
    served: Sequence[str] = ()
    reasons: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)
    ideal: str = ""


USELESS = frozenset({"unusable_reply", "unfinished_dialogue"})
FAULTS = (
    Fault("none"),
    Fault("5% status 429", ("--fault", "rate_limit=0.05"), ideal="none"),
    Fault("none, 32 in flight", settings={"in_flight": 32}),
    Fault("at most 32 at once, else 429", ("--capacity", "32"), ideal="none, 32 in flight"),
    Fault("20% status 429", ("--fault", "rate_limit=0.2")),
    Fault("20% status 500", ("--fault", "server_error=0.2")),
    Fault("2% never answered", ("--fault", "hang=0.02"), settings={"timeout_seconds": 5}),
    Fault("5% cut bodies", ("--fault", "truncated_body=0.05")),
    Fault("5% empty content", ("--fault", "empty_content=0.05"), USELESS),
    Fault("10% malformed JSON", ("--fault", "malformed_content=0.1"), USELESS),
    Fault("10% invalid calls", ("--fault", "wrong_tool_name=0.1"), USELESS),
    Fault("2% of prompts always refused", ("--poison", "0.02"), frozenset({"chat_failed"})),
    Fault("away for 30 s", ("--away", "5:30")),
)


def act(
    tasks: Sequence[Task], functions: Mapping[str, FunctionSpec], endpoint: Endpoint, journal: Path
) -> Simulated:
    """The dialogues of tasks, acted out by the model behind an endpoint."""
    extend = encoder_of(context_codec(load_settings().pipeline))
    chats = RoutedChat(
        EmbeddedChat({}), dict.fromkeys(AGENTS, endpoint), lambda: Journal(journal), Budget(), extend
    )
    with chats.charged_to(Charge(PERIOD, "dialogues", "sim-0000")) as chat:
        return asyncio.run(simulate_dialogues(tasks, functions, chat, DialogueParams(), DIALOGUES_AT_ONCE))


def meet(
    fault: Fault, tasks: Sequence[Task], functions: Mapping[str, FunctionSpec], latency: float, folder: Path
) -> Outcome:
    """What comes of one fault."""
    journal = folder / f"{fault.name.replace(' ', '-').replace('%', '')}.sqlite"
    with served(folder, "--latency", str(latency), *fault.served) as port:
        values = {"name": "served", "base_url": f"http://127.0.0.1:{port}/v1", "model": "embedded"}
        values |= {"is_served_here": True, "in_flight": IN_FLIGHT, "timeout_seconds": 60}
        made = act(tasks, functions, Endpoint.model_validate({**values, **fault.settings}), journal)
        counted = counts(port)
    dropped = Counter(drop.reason.value for drop in made.drops)
    paid = Journal(journal).spent(PERIOD)
    differ = paid.tokens - counted["prompt_tokens"] - counted["completion_tokens"]
    is_right = (
        len(made.dialogues) + dropped.total() == len(tasks)
        and dropped.keys() <= fault.reasons
        and not counted["n_repeated"]
        and (paid.calls, differ) == (counted["n_replies"], 0)
    )
    return Outcome(
        fault=fault.name,
        finished=len(made.dialogues),
        dropped=dict(dropped),
        asked=counted["n_requests"],
        replied=counted["n_replies"],
        repeated=counted["n_repeated"],
        counted=paid.calls,
        tokens_differ=differ,
        rate=rate(journal),
        is_right=is_right,
    )


def rate(journal: Path) -> float:
    """Replies a second that the journal holds, between the first and the last tenth of them."""
    with closing(sqlite3.connect(journal)) as connection:
        moments = [at for (at,) in connection.execute("SELECT at FROM calls ORDER BY at")]
    first, last = len(moments) // 10, len(moments) * 9 // 10
    return round((last - first) / (moments[last] - moments[first]), 1) if last > first else 0.0


def load(home: Path, n_dialogues: int) -> tuple[list[Task], dict[str, FunctionSpec]]:
    """Tasks of a home, and its functions."""
    store = DeltaStore(home / "tables")
    functions = {one.function_id: one for one in callable_functions(store.read(FUNCTIONS))}
    return decode_rows(Task, store.read(TASKS))[:n_dialogues], functions


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, help="of a finished run, whose tasks are acted out")
    parser.add_argument("--dialogues", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds that a reply takes")
    parser.add_argument("--only", nargs="*", help="names of faults and stops")
    parser.add_argument("--write", type=Path, help="file for the table")
    options = parser.parse_args()
    wanted = options.only or [*(fault.name for fault in FAULTS), *STOPS]
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = options.home or small_home(folder, options.dialogues)
        tasks, functions = load(home, options.dialogues)
        for fault in FAULTS:
            if fault.name in wanted:
                outcome = meet(fault, tasks, functions, options.latency, folder)
                if ideal := outcomes.get(fault.ideal):
                    outcome = Outcome(**{**asdict(outcome), "share": outcome.rate / ideal.rate})
                outcomes[fault.name] = outcome
                print(outcome, flush=True)
        for signal_name in STOPS:
            if signal_name in wanted:
                outcomes[signal_name] = stop(signal_name, options.dialogues, options.latency, folder)
                print(outcomes[signal_name], flush=True)
    shown = table(list(outcomes.values()))
    print(shown)
    if options.write:
        options.write.write_text(shown + "\n")
    wrong = [outcome.fault for outcome in outcomes.values() if not outcome.is_right]
    print(json.dumps({"faults": len(outcomes), "wrong": wrong}))
    sys.exit(bool(wrong))


def small_home(folder: Path, n_dialogues: int) -> Path:
    """The home of a run with the embedded model that has made so many tasks."""
    project = make_project(folder / "project", "")
    shards = f"shards: {{simulated: 2}}\ntasks: {{tasks_per_shard: {n_dialogues // 2 + 1}, walk_min: 2}}\n"
    (project / "toolmind.yaml").write_text(CONFIG + shards)
    finish(start_run(project))
    return project / "home"


if __name__ == "__main__":
    main()
