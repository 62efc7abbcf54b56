"""Would a person want this? Draws plans of sampled tasks for blind reading, and counts what readers said.

`draw CATALOGS...` normalises, links and samples catalogs in any form with the embedded model and nothing
configured; `draw --home FOLDER` takes the tasks of a run instead. Plans of some scenarios are drawn at random,
half of them with six calls or more, at most so many a namespace. It writes sheets that show a reader goals,
calls and where each value comes from, as JSON lines and as text; what else is known goes to a key file elsewhere.
It prints what can be counted of all tasks without reading. `figures` prints that alone. `count LABELS.csv...`
prints mean scores and shares of zeros with 95% intervals, and how far a second reader agrees; the columns are
`id,score,reason`. `table LABELS.csv...` joins scores and keys to one CSV to keep. Each ends with one line of JSON.
"""

import argparse
import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from link_sheets import write_sheet
from plan_figures import CONNECTED, figures_of
from plan_readings import KEPT_COLUMNS, LONG_CALLS, count_scores, kept_plans, length_group, read_scores
from plan_samples import SampledTasks, read_home, sample_catalogs
from plan_texts import plan_row, render_plan

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import Scenario, Task
from toolmind_assets.stages.tasks.params import TaskParams

Functions = Mapping[str, FunctionSpec]


def draw_plans(
    tasks: Iterable[Task], functions: Functions, n_plans: int, per_namespace: int, seed: int
) -> list[Task]:
    """Plans of two calls or more, half of them long where there are that many, short and long ones mixed.

    The namespace of a plan is that of its first call, and gives at most so many. A plan has its place by itself:
    others that come or go do not move it.
    """
    ordered = sorted(
        (task for task in tasks if len(task.plan) > 1), key=lambda task: _place(task, seed, "drawn")
    )
    taken: Counter[str] = Counter()
    drawn: list[Task] = []

    def take(wanted: Iterable[Task], up_to: int) -> None:
        for task in wanted:
            namespace = functions[task.plan[0].function_id].namespace
            if len(drawn) < up_to and taken[namespace] < per_namespace:
                taken[namespace] += 1
                drawn.append(task)

    long = [task for task in ordered if len(task.plan) >= LONG_CALLS]
    take(long, n_plans // 2)
    halved = {task.task_id for task in drawn}
    take((task for task in ordered if len(task.plan) < LONG_CALLS), n_plans)
    take((task for task in long if task.task_id not in halved), n_plans)
    # Long plans are fewer, so that more of them are drawn from far behind: the sheet has an order of its own.
    return sorted(drawn, key=lambda task: _place(task, seed, "shown"))


def _place(task: Task, seed: int, what: str) -> str:
    return hashlib.sha256(json.dumps([seed, what, task.task_id]).encode()).hexdigest()


def plan_sheet(
    drawn: Sequence[Task], functions: Functions, name: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of a blind sheet of this name, and those of its key."""
    ids = [f"{name}_{place:03}" for place in range(1, len(drawn) + 1)]
    shown = [plan_row(row_id, task, functions) for row_id, task in zip(ids, drawn, strict=True)]
    keys = [_key(row_id, task, functions) for row_id, task in zip(ids, drawn, strict=True)]
    return shown, keys


def _key(row_id: str, task: Task, functions: Functions) -> dict[str, Any]:
    called = [functions[step.function_id] for step in task.plan]
    return {
        "id": row_id,
        "task_id": task.task_id,
        "shard": task.shard,
        "slot_index": task.slot_index,
        "scenario": task.scenario.value,
        "calls": len(task.plan),
        "namespaces": list(dict.fromkeys(function.namespace for function in called)),
        "functions": [function.source_name for function in called],
    }


def _sampled(given: argparse.Namespace) -> SampledTasks:
    if given.home is not None:
        return read_home(given.home)
    return sample_catalogs(given.catalogs, given.work, given.shards, given.run_seed, given.params)


def _figures(given: argparse.Namespace, sampled: SampledTasks | None = None) -> dict[str, Any]:
    sampled = sampled or _sampled(given)
    figures = figures_of(sampled.tasks, sampled.functions)
    for name, found in figures.items():
        rows = found[:8] if isinstance(found, list) else [found]
        for row in rows:
            print(f"{name:18} {json.dumps(row, ensure_ascii=False)}")
    return {**figures, "dropped": dict(sampled.dropped)}


def _draw(given: argparse.Namespace) -> dict[str, Any]:
    sampled = _sampled(given)
    figures = _figures(given, sampled)
    wanted = [task for task in sampled.tasks if task.scenario.value in given.scenarios]
    drawn = draw_plans(wanted, sampled.functions, given.plans, given.per_namespace, given.seed)
    size = -(-len(drawn) // len(given.names))
    for place, name in enumerate(given.names):
        shown, keys = plan_sheet(drawn[place * size : (place + 1) * size], sampled.functions, name)
        write_sheet(name, shown, keys, (given.out, given.keys), render_plan)
        print(f"{len(shown):4} plans -> {given.out / name}.txt")
    return {
        "seed": given.seed,
        "plans": len(drawn),
        "lengths": dict(Counter(length_group(len(task.plan)) for task in drawn)),
        "scenarios": dict(Counter(task.scenario.value for task in drawn)),
        "figures": figures,
    }


def _read_keys(paths: Iterable[Path]) -> dict[str, dict[str, Any]]:
    """Id of a plan -> its row, of key files."""
    rows = (json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return {row["id"]: row for row in rows}


def _scores(sheets: Iterable[Path]) -> dict[str, int]:
    return {row_id: score for sheet in sheets for row_id, score in read_scores(sheet).items()}


def _count(given: argparse.Namespace) -> dict[str, Any]:
    counted = count_scores(_scores(given.labels), _scores(given.second), _read_keys(given.key))
    for name, found in counted["groups"].items():
        score, zeros = found["score"], found["zeros"]
        spread = f"mean {score['mean']:.2f} [{score['low']:.2f}, {score['high']:.2f}]"
        none = f"zeros {zeros['share']:6.1%} [{zeros['low']:.1%}, {zeros['high']:.1%}]"
        print(f"{name:16} {score['n']:4}  {spread}  {none}")
    print(f"agreement {counted['agreement']}")
    return counted


def _table(given: argparse.Namespace) -> dict[str, Any]:
    rows = kept_plans(given.labels, _read_keys(given.key))
    with given.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, KEPT_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return {"rows": len(rows), "out": given.out.name}


def _add_drawing(commands: Any) -> None:
    drawing = commands.add_parser("draw", help="sheets for readers, their keys, and what can be counted")
    figures = commands.add_parser("figures", help="what can be counted alone")
    for command in (drawing, figures):
        command.add_argument("catalogs", nargs="*")
        command.add_argument("--home", type=Path, help="folder of `toolmind run`, instead of catalogs")
        command.add_argument("--work", type=Path, help="folder for what is made of the catalogs")
        command.add_argument("--shards", type=int, default=10, help="that are sampled")
        command.add_argument("--run-seed", type=int, default=0, help="of the tasks")
        command.add_argument(
            "--params",
            type=TaskParams.model_validate_json,
            default=TaskParams(),
            help="of the stage `tasks`, as JSON: '{\"walk_max\": 12}'",
        )
    scenarios = [scenario.value for scenario in CONNECTED]
    drawing.add_argument("--scenarios", nargs="+", choices=list(map(str, Scenario)), default=scenarios)
    drawing.add_argument("--plans", type=int, default=100)
    drawing.add_argument("--per-namespace", type=int, default=10)
    drawing.add_argument("--seed", type=int, default=1, help="of what is drawn")
    drawing.add_argument(
        "--names", nargs="+", default=["plans"], help="of the sheets that share what is drawn"
    )
    drawing.add_argument("--out", type=Path, required=True, help="folder for what readers see")
    drawing.add_argument("--keys", type=Path, required=True, help="folder for what they must not see")
    drawing.set_defaults(do=_draw)
    figures.set_defaults(do=_figures)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    _add_drawing(commands)
    counting = commands.add_parser("count", help="means, zeros and agreement of judged sheets")
    counting.add_argument("--second", nargs="*", type=Path, default=[], help="sheets of another reader")
    counting.set_defaults(do=_count)
    keeping = commands.add_parser("table", help="plans, scores and reasons in one CSV")
    keeping.add_argument("--out", type=Path, required=True)
    keeping.set_defaults(do=_table)
    for command in (counting, keeping):
        command.add_argument("labels", nargs="+", type=Path)
        command.add_argument("--key", nargs="+", type=Path, required=True, help="key files of these sheets")
    return parser


def main() -> None:
    parser = _parser()
    given = parser.parse_args()
    if "catalogs" in given and given.home is None and not (given.catalogs and given.work):
        parser.error("give catalogs and --work, or --home")
    print(json.dumps({"benchmark": "plan_sheets", **given.do(given)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
