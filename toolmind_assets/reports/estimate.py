"""What a run would ask of its endpoints, before it asks anything: `toolmind run --dry-run`.

Whatever is due is made in memory, a sample of it where it is much, by the embedded model in place of the
endpoints, and every request that an endpoint would have got is counted with the prompt that it would have got.
A reply that is already kept is used and costs nothing. The number of calls follows from the catalogs and the
configuration; for the tokens of a call the averages of the endpoint's own replies are taken once there are
enough of them.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolmind_assets.settings.catalog_folder import find_catalogs
from toolmind_assets.settings.chat_models import embedded_chat
from toolmind_assets.settings.config import Settings
from toolmind_assets.settings.removal import stray_catalogs
from toolmind_assets.settings.surroundings import Surroundings, is_free, params_of
from toolmind_assets.steps.rehearsal import Rehearsal, Rehearsed
from toolmind_assets.steps.step import Partitions, Step
from toolmind_assets.steps.work import Glance, Work
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.chat.reading.reply_reader import read_reply
from toolmind_resources.chat.request_form import reply_key, request_body
from toolmind_resources.chat.tokens import completion_tokens_of, prompt_tokens_of
from toolmind_resources.chat.wire import parse_reply
from toolmind_resources.delta.store import DeltaStore

SAMPLE = 128
"""Rows, such as tasks, of shards that are alike which are made for the estimate; all of them where there are no more."""
MAX_SHARDS = 32
"""Shards that are alike of which a part is made."""
MIN_MEASURED_CALLS = 20
"""Calls of a role from which on their average tokens are taken for measured."""


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
            return read_reply(parse_reply(kept), request)
        reply = await self.embedded.complete(request)
        self.counts[request.role].add(_Count(1, prompt_tokens_of(body), completion_tokens_of(reply)))
        return reply

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        """Nothing: an estimate goes on whatever it reads."""

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        """Nothing: an estimate forgets no reply."""


def estimate_calls(settings: Settings, store: DeltaStore) -> list[Estimate]:
    """What each role that an endpoint plays would be asked, in the order of the roles; nothing is written.

    Args:
        settings: The settings of the run.
        store: Tables with everything up to date that asks no endpoint before shards.
    """
    journal = Journal(settings.journal) if settings.journal.is_file() else None
    estimating = _Estimating(settings, Glance(store), journal)
    is_corpus_due = estimating.count_corpus()
    estimating.count_shards(is_corpus_due)
    return _estimates(settings, estimating.total, journal)


class _Estimating:
    """Makes what is due in memory, samples of it, and counts what would be asked for all of it."""

    def __init__(self, settings: Settings, store: Glance, journal: Journal | None) -> None:
        self.total: defaultdict[Role, _Count] = defaultdict(_Count)
        self._settings = settings
        self._store = store
        self._journal = journal
        gone = stray_catalogs(store, settings.pipeline, find_catalogs(settings))
        self._tables = Rehearsed(store, gone=gone)
        self._shared: dict[str, Any] = {}

    def count_corpus(self) -> bool:
        """Counts what is made before any shard, all of it; returns whether anything of it is due."""
        is_due = False
        for step in self._settings.pipeline.of_corpus:
            work = self._work(step)
            is_due = is_due or work.is_due(self._store, None)
            if is_due:
                counts, _ = self._made(work, None, None)
                _add(self.total, counts, 1)
        return is_due

    def count_shards(self, is_corpus_due: bool) -> None:
        """Counts what shards would ask: of each a part, of many shards that are alike only some."""
        for (_, steps), shards in self._due_shards(is_corpus_due).items():
            counts: defaultdict[Role, _Count] = defaultdict(_Count)
            looked_at = _spread(shards, MAX_SHARDS)
            for shard in looked_at:
                self._count_shard(steps, shard, math.ceil(SAMPLE / len(looked_at)), counts)
            _add(self.total, counts, len(shards) / len(looked_at))

    def _due_shards(self, is_corpus_due: bool) -> dict[tuple[str, tuple[Step[Any], ...]], list[str]]:
        """Whose shards, and the steps from the first on that is due -> shards, of those that ask an endpoint.

        A step that is due makes all that follows it due. Sets differ in their size, and so do their shards.
        """
        settings = self._settings
        found: defaultdict[tuple[str, tuple[Step[Any], ...]], list[str]] = defaultdict(list)
        for shard in settings.config.all_shards:
            kind = settings.config.kind_of(shard)
            steps = settings.pipeline.of_shards(kind)
            due = [place for place, step in enumerate(steps) if self._work(step).is_due(self._store, shard)]
            if is_corpus_due and kind is Partitions.SIMULATED:
                due = [0]
            if due and not all(is_free(settings, step) for step in steps[due[0] :]):
                whose = Surroundings(settings).open_set(shard).name if kind is Partitions.OPEN else ""
                found[whose, steps[due[0] :]].append(shard)
        return found

    def _count_shard(
        self, steps: Sequence[Step[Any]], shard: str, sample: int, counts: defaultdict[Role, _Count]
    ) -> None:
        """Adds what a shard would ask to the counts: what a part of it asks, and as much for the rest."""
        share = 1.0
        for step in steps:
            asked, choices = self._made(self._work(step), shard, sample)
            for n_chosen, n_all in choices:
                share *= n_chosen / n_all if n_all else 1
            _add(counts, asked, 1 / share)

    def _made(
        self, work: Work, partition: str | None, sample: int | None
    ) -> tuple[Mapping[Role, _Count], list[tuple[int, int]]]:
        """What making a partition in memory would ask, and what it chose of what it could make."""
        chat = _CountingChat(self._settings, embedded_chat(self._settings), self._journal)
        rehearsal = Rehearsal(self._tables, chat, sample, self._shared)
        _, choices = rehearsal.make(work, partition)
        return chat.counts, choices

    def _work(self, step: Step[Any]) -> Work:
        settings = self._settings
        return Work(step, params_of(settings, step), Surroundings(settings, is_free=True), settings.pipeline)


def _spread(shards: Sequence[str], n: int) -> list[str]:
    """At most `n` of the shards, at even distances."""
    n_chosen = min(n, len(shards))
    return [shards[place * len(shards) // n_chosen] for place in range(n_chosen)]


def _add(total: defaultdict[Role, _Count], counts: Mapping[Role, _Count], factor: float) -> None:
    for role, count in counts.items():
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
