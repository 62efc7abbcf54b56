"""What becomes of a `toolmind run` that a signal meets within its dialogues, for `engine_faults.py`."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from engine_outcomes import CONFIG, Outcome, counts, served
from kill_resume import finish, make_project, replies, start_run

from toolmind_assets.tables.dialogues import DIALOGUES, DIALOGUES_DROPPED
from toolmind_assets.tables.tasks import TASKS
from toolmind_resources.chat.journal import Journal
from toolmind_resources.delta.store import DeltaStore

STOPS = {"SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM, "kill -9": signal.SIGKILL}
SETTLED_SECONDS = 0.25
"""A reply that was sent so long before a kill is there to be kept."""
RUN_CONFIG = """\
shards: {{simulated: 2}}
tasks: {{tasks_per_shard: {n_tasks}, walk_min: 2}}
chat:
  models:
    - {{name: served, base_url: "http://127.0.0.1:{port}/v1", model: embedded, is_served_here: true}}
  roles: {{user_agent: served, assistant_agent: served, tool_agent: served}}
"""


def stop(name: str, n_dialogues: int, latency: float, folder: Path) -> Outcome:
    """What comes of a run that a signal meets within its dialogues, and that is run again."""
    log = folder / f"{name.replace(' ', '')}.jsonl"
    with served(folder, "--latency", str(latency), "--log", str(log)) as port:
        settings = RUN_CONFIG.format(port=port, n_tasks=n_dialogues // 2)
        project = make_project(folder / name.replace(" ", ""), "")
        (project / "toolmind.yaml").write_text(CONFIG + settings)
        process = start_run(project)
        while len(replies(log)) < 4 * n_dialogues and process.poll() is None:
            time.sleep(0.1)
        stopped_at = time.time()
        end(process, STOPS[name])
        time.sleep(2 * latency + 0.5)  # what the server is still answering ends
        n_before = len(replies(log))
        finish(start_run(project))
        counted = counts(port)
    before, after = replies(log)[:n_before], replies(log)[n_before:]
    limit = stopped_at - SETTLED_SECONDS if name == "kill -9" else time.time()
    kept = {one["key"] for one in before if one["finished"] <= limit}
    n_repeated = sum(one["key"] in kept for one in after)
    n_paid = paid_calls(project / "home" / "chat" / "journal.sqlite")
    store = DeltaStore(project / "home" / "tables")
    n_tasks, n_made = store.row_count(TASKS), store.row_count(DIALOGUES)
    reasons = store.read(DIALOGUES_DROPPED, columns=["reason"])["reason"].to_list()
    shutil.rmtree(project)
    return Outcome(
        fault=name,
        finished=n_made,
        dropped=dict(Counter(reasons)),
        asked=counted["n_requests"],
        replied=counted["n_replies"],
        repeated=n_repeated,
        counted=n_paid,
        is_right=n_tasks == n_made and not n_repeated and n_paid == counted["n_replies"],
    )


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Ends a run: with its children where it is killed, by one signal to it alone otherwise."""
    if number is signal.SIGKILL:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    output, _ = process.communicate(timeout=120)
    if b"Traceback" in output:
        print(output.decode())


def paid_calls(path: Path) -> int:
    """Calls that a journal holds for paid, over all its periods, those of processes that are gone included."""
    with closing(sqlite3.connect(path)) as connection:
        periods = [period for (period,) in connection.execute("SELECT period FROM totals")]
    return sum(Journal(path).spent(period).calls for period in periods)
