"""What a run would ask of its endpoints, before it asks anything: `toolmind run --dry-run`.

Whatever is due is made in memory, a sample of it where it is much, by the embedded model in place of the
endpoints, and every request that an endpoint would have got is counted with the prompt that it would have got.
A reply that is already kept is used and costs nothing. The number of calls follows from the catalogs and the
configuration; for the tokens of a call the averages of the endpoint's own replies are taken once there are
enough of them.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

from toolmind_assets.model.dialogues import Dialogue
from toolmind_assets.model.edges import Edge
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.near_duplicates import NearDuplicate
from toolmind_assets.model.tasks import Task
from toolmind_assets.settings.catalog_folder import find_catalogs
from toolmind_assets.settings.chat_models import embedded_chat, embedder_of
from toolmind_assets.settings.config import EmbedderSection, Settings
from toolmind_assets.stages.dialogues.simulate import simulate_dialogues
from toolmind_assets.stages.graph.build import build_edges
from toolmind_assets.stages.specs.completed import CONTENT_COLUMNS, apply_completions, plan_completions
from toolmind_assets.stages.specs.completion import Completer
from toolmind_assets.stages.specs.duplicates import fold_frame
from toolmind_assets.stages.specs.gaps import SpecContent
from toolmind_assets.stages.tasks.sample import sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.trajectories.trajectory import trajectory_of
from toolmind_assets.stages.trajectories.turn_filter import judge_trajectories
from toolmind_assets.tables import (
    COMPLETIONS,
    DIALOGUES,
    EDGES,
    FUNCTIONS,
    NEAR_DUPLICATES,
    NORMALIZED,
    OPEN_DIALOGUES,
    TASKS,
)
from toolmind_assets.tables.functions import callable_functions
from toolmind_assets.tables.rows import decode_rows, encode_rows
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.chat.tokens import completion_tokens_of, prompt_tokens_of
from toolmind_resources.chat.wire import parse_reply, reply_key, request_body
from toolmind_resources.delta.store import DeltaStore

SAMPLE = 128
"""Tasks, or dialogues to judge, that are acted out for the estimate; all of them where there are no more."""
MIN_MEASURED_CALLS = 20
"""Calls of a role from which on their average tokens are taken for measured."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Due:
    """What would be made.

    Attributes:
        completions: Where an endpoint would complete functions, the settings digest of rows that would stay.
        graph: Whether the graph would.
        tasks, dialogues, verdicts: The shards by the first step of theirs that is due.
    """

    completions: str | None
    graph: bool
    tasks: Sequence[str]
    dialogues: Sequence[str]
    verdicts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one role would be asked.

    Attributes:
        role, model: Who would be asked.
        n_calls: Calls.
        prompt_tokens, completion_tokens: Tokens of all calls.
        usd: Their price; 0 where none is stated.
        n_measured: Calls that the tokens of a call were measured on; 0 where the embedded model's stand in.
    """

    role: Role
    model: str
    n_calls: int
    prompt_tokens: int
    completion_tokens: int
    usd: float
    n_measured: int


@dataclass(slots=True)
class _Count:
    n_calls: float = 0
    prompt_tokens: float = 0
    completion_tokens: float = 0

    def add(self, other: "_Count", factor: float = 1) -> None:
        self.n_calls += factor * other.n_calls
        self.prompt_tokens += factor * other.prompt_tokens
        self.completion_tokens += factor * other.completion_tokens


@dataclass(slots=True)
class _CountingChat:
    """The embedded model, or a kept reply, in place of the endpoints; counts what these would be asked."""

    settings: Settings
    embedded: ChatModel
    journal: Journal | None
    counts: defaultdict[Role, _Count] = field(default_factory=lambda: defaultdict(_Count))

    def model_name(self, role: Role) -> str:
        endpoint = self.settings.config.chat.endpoint_of(role)
        return self.embedded.model_name(role) if endpoint is None else endpoint.model

    async def complete(self, request: ChatRequest) -> ChatReply:
        endpoint = self.settings.config.chat.endpoint_of(request.role)
        if endpoint is None:
            return await self.embedded.complete(request)
        body = request_body(request, endpoint)
        kept = self.journal.peek(reply_key(body)) if self.journal else None
        if kept is not None:
            return parse_reply(kept)
        reply = await self.embedded.complete(request)
        self.counts[request.role].add(_Count(1, prompt_tokens_of(body), completion_tokens_of(reply)))
        return reply


def estimate_calls(settings: Settings, store: DeltaStore, due: Due) -> list[Estimate]:
    """What each role that an endpoint plays would be asked, in the order of the roles; nothing is written.

    Args:
        settings: The settings of the run.
        store: Tables with catalogs, functions and open dialogues up to date.
        due: What would be made.
    """
    journal = Journal(settings.journal) if settings.journal.is_file() else None
    total: defaultdict[Role, _Count] = defaultdict(_Count)
    if due.completions is None:
        functions = store.read(FUNCTIONS)
    else:
        functions = asyncio.run(_completed_functions(settings, store, journal, due.completions, total))
    work = _Work(settings, store, callable_functions(functions), journal)
    edges = asyncio.run(work.edges(total)) if due.graph else decode_rows(Edge, store.read(EDGES))
    near_duplicates = decode_rows(NearDuplicate, store.read(NEAR_DUPLICATES))
    context = SamplingContext.of(work.functions, edges, near_duplicates)
    asyncio.run(work.all_steps(context, due.tasks, total))
    asyncio.run(work.from_tasks(context.functions, due.dialogues, total))
    asyncio.run(work.judged(due.verdicts, total))
    return _estimates(settings, total, journal)


async def _completed_functions(
    settings: Settings,
    store: DeltaStore,
    journal: Journal | None,
    settings_digest: str,
    total: Mapping[Role, _Count],
) -> pl.DataFrame:
    """The functions as they would be once an endpoint has completed them; all of them are asked about."""
    config, catalogs = settings.config, list(find_catalogs(settings))
    chat = _CountingChat(settings, embedded_chat(config), journal)
    specs = store.read(NORMALIZED).filter(pl.col("catalog").is_in(catalogs))
    plan = plan_completions(specs.select(CONTENT_COLUMNS), store.read(COMPLETIONS), settings_digest)
    completer = Completer(chat, config.specs, config.specs, settings_digest)
    made = await completer.complete(decode_rows(SpecContent, plan.rest))
    _add(total, chat, 1)
    completions = pl.concat([plan.kept, encode_rows(COMPLETIONS, made.completions)])
    return apply_completions(fold_frame(specs), completions)


@dataclass(frozen=True, slots=True)
class _Work:
    """Makes samples of what is due, in memory."""

    settings: Settings
    store: DeltaStore
    functions: Sequence[FunctionSpec]
    journal: Journal | None

    def _chat(self) -> _CountingChat:
        return _CountingChat(self.settings, embedded_chat(self.settings.config), self.journal)

    async def edges(self, total: Mapping[Role, _Count]) -> Sequence[Edge]:
        """All edges; every candidate that is found without an endpoint is asked about: nothing is sampled."""
        config, chat = self.settings.config, self._chat()
        is_paid = config.embedder.kind == "openai"  # never an endpoint: embeddings cost too
        section = EmbedderSection() if is_paid else config.embedder
        embedder = embedder_of(section, self.settings.vectors)
        ordered = sorted(self.functions, key=lambda function: (function.function_key, function.function_id))
        edges = await build_edges(ordered, embedder, chat, config.graph)
        _add(total, chat, 1)
        return decode_rows(Edge, edges)

    async def all_steps(
        self, context: SamplingContext, shards: Sequence[str], total: Mapping[Role, _Count]
    ) -> None:
        """Shards whose tasks are due: tasks, dialogues and verdicts of a sample of their slots."""
        config, chat = self.settings.config, self._chat()
        n_slots = config.tasks.tasks_per_shard
        places = [(shard, slot) for shard in shards for slot in range(n_slots)]
        chosen = spread(places, SAMPLE)
        tasks: list[Task] = []
        for shard in dict.fromkeys(shard for shard, _ in chosen):
            slots = [slot for name, slot in chosen if name == shard]
            tasks += (await sample_tasks(context, shard, config.seed, chat, config.tasks, slots=slots)).tasks
        await self._acted(tasks, context.functions, chat)
        _add(total, chat, len(places) / len(chosen) if chosen else 0)

    async def from_tasks(
        self, functions: Mapping[str, FunctionSpec], shards: Sequence[str], total: Mapping[Role, _Count]
    ) -> None:
        """Shards whose tasks stand: dialogues and verdicts of a sample of them."""
        chat = self._chat()
        tasks = decode_rows(Task, self.store.read(TASKS, list(shards))) if shards else []
        chosen = spread(tasks, SAMPLE)
        await self._acted(chosen, functions, chat)
        _add(total, chat, len(tasks) / len(chosen) if chosen else 0)

    async def judged(self, shards: Sequence[str], total: Mapping[Role, _Count]) -> None:
        """Shards whose dialogues stand, of either kind: verdicts of a sample of them."""
        chat = self._chat()
        dialogues: list[Dialogue] = []
        for table in (DIALOGUES, OPEN_DIALOGUES) if shards else ():
            dialogues += decode_rows(Dialogue, self.store.read(table, list(shards)))
        chosen = spread(dialogues, SAMPLE)
        tasks = decode_rows(Task, self.store.read(TASKS, list(shards))) if chosen else []
        await self._judge(chosen, tasks, chat)
        _add(total, chat, len(dialogues) / len(chosen) if chosen else 0)

    async def _acted(
        self, tasks: Sequence[Task], functions: Mapping[str, FunctionSpec], chat: ChatModel
    ) -> None:
        simulated = await simulate_dialogues(tasks, functions, chat, self.settings.config.dialogues)
        await self._judge(simulated.dialogues, tasks, chat)

    async def _judge(self, dialogues: Sequence[Dialogue], tasks: Sequence[Task], chat: ChatModel) -> None:
        returns = {
            function.name: function.returns for function in self.functions if function.returns is not None
        }
        trajectories = [
            trajectory_of(dialogue, returns if dialogue.task_id else {}) for dialogue in dialogues
        ]
        by_id = {task.task_id: task for task in tasks}
        await judge_trajectories(trajectories, by_id, chat, self.settings.config.trajectories)


def spread(values: Sequence[T], n: int) -> list[T]:
    """At most `n` of the values in their order, drawn the same way each time; all where there are no more."""
    if len(values) <= n:
        return list(values)
    return [values[place] for place in sorted(random.Random(n).sample(range(len(values)), n))]


def _add(total: Mapping[Role, _Count], chat: _CountingChat, factor: float) -> None:
    for role, count in chat.counts.items():
        total[role].add(count, factor)


def _estimates(settings: Settings, total: Mapping[Role, _Count], journal: Journal | None) -> list[Estimate]:
    averages = journal.averages() if journal else {}
    estimates = []
    for role, endpoint in settings.config.chat.endpoints.items():
        count = total.get(role, _Count())
        average = averages.get((role, endpoint.model))
        prompt, completion = count.prompt_tokens, count.completion_tokens
        n_measured = average.n_calls if average else 0
        if average and n_measured >= MIN_MEASURED_CALLS:
            prompt = count.n_calls * average.prompt_tokens
            completion = count.n_calls * average.completion_tokens
        else:
            n_measured = 0
        estimates.append(
            Estimate(
                role=role,
                model=endpoint.model,
                n_calls=round(count.n_calls),
                prompt_tokens=round(prompt),
                completion_tokens=round(completion),
                usd=endpoint.usd(round(prompt), round(completion)),
                n_measured=n_measured,
            )
        )
    return estimates
