"""A chat model behind an OpenAI-compatible endpoint, with every reply kept before it is read.

The order of things: look the reply up; wait for a place at the endpoint; reserve what the reply may cost;
ask; store the raw reply and what it cost; only then read it. A process that is ended anywhere in between
repeats no call whose reply had arrived.

Places come before budget: whoever holds budget is being answered, and waits for neither. Were budget held in
the queue for a place, then who has the place and wants more budget would wait for the queue, and it for them.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.chat.budget import Cost
from toolmind_resources.chat.client import Answer
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.journal_thread import JOURNAL_THREAD
from toolmind_resources.chat.model import ChatReply, ChatRequest, ReplyProblem, Role
from toolmind_resources.chat.negotiated import NegotiatedClient
from toolmind_resources.chat.offered_form import restored
from toolmind_resources.chat.purchase import Purchase, Terms
from toolmind_resources.chat.reading.reply_reader import read_reply
from toolmind_resources.chat.readings import Reading
from toolmind_resources.chat.request_form import reply_key, request_body
from toolmind_resources.chat.tokens import completion_tokens_of, prompt_tokens_of
from toolmind_resources.chat.trial import Trial
from toolmind_resources.chat.usage import PaidCall
from toolmind_resources.chat.wire import parse_reply
from toolmind_resources.errors import ChatError, EndpointError, UnansweredError, UselessRoleError
from toolmind_resources.telemetry.chat_calls import observed_call

PROMPT_SAFETY = 2
"""How many times the estimated prompt tokens are reserved: no tokenizer makes twice as many of usual text."""
FAILED_PERIODS = 2
"""Periods after which a request that is never answered is given up, so that a step can come to its end."""

ROOM = 4
"""How many times the room of a reply that was cut off the next one is given."""

Extend = Callable[[ChatRequest], Mapping[str, Any]]
"""What a `toolmind serve-model` is sent beside the body."""


class OpenAIChat:
    """Asks one endpoint, at most once for the same request."""

    def __init__(
        self, endpoint: Endpoint, client: NegotiatedClient, terms: Terms, trial: Trial, extend: Extend
    ) -> None:
        self._endpoint = endpoint
        self._client = client
        self._terms = terms
        self._trial = trial
        self._extend = extend
        self._unanswered: UnansweredError | None = None

    def model_name(self, role: Role) -> str:  # noqa: ARG002 (one endpoint has one model)
        """The model's name: wherever it is served, its replies are taken for the same."""
        return self._endpoint.model

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The kept reply to the same request, or the endpoint's, which is kept from then on.

        One that was cut off is asked for once more, with more room. Once a request was never answered, nor any other
        meanwhile, nothing more is asked.

        Raises:
            ChatError: the endpoint refuses this request.
            EndpointError: the endpoint cannot be used, or never answers the role usably.
            BudgetError: the call would pass the budget.
        """
        await self._begin()
        try:
            if self._unanswered is not None:
                raise UnansweredError(str(self._unanswered))
            reply = await self._read(request)
            if reply.problem is not ReplyProblem.CUT_OFF:
                return reply
            with suppress(ChatError):  # so much room may be refused
                reply = await self._read(_with_room(request))
            return reply
        except ChatError as error:
            self._trial.note_refusal(str(error))
            raise
        except UnansweredError as error:
            self._unanswered = self._unanswered or error
            raise
        finally:
            self._trial.end()

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        """Takes note of whether the reply was of use."""
        self._trial.rate(request, reply, fault)
        if fault:
            self._count(request.role, Reading.UNUSABLE)

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        """Has the replies to these requests forgotten where rows are made again."""
        keys = [self._key(one) for request in requests for one in (request, _with_room(request))]
        if keys:
            self._terms.journal.give_up(keys)

    async def _begin(self) -> None:
        """Waits for leave to ask; replies that stop the run are given up, or they would stop the next one, too."""
        try:
            await self._trial.begin()
        except UselessRoleError:
            self.give_up(self._trial.useless_taken())
            raise

    async def _read(self, request: ChatRequest) -> ChatReply:
        reply = read_reply(await BACKGROUND.run(self._reply(request)), request)
        if reply.mended:
            self._count(request.role, Reading.MENDED)
        return restored(reply, request)

    def _count(self, role: Role, what: Reading) -> None:
        self._terms.readings.count(role, self._endpoint.model, what)

    def _key(self, request: ChatRequest) -> str:
        return reply_key(request_body(request, self._endpoint))

    async def _reply(self, request: ChatRequest) -> ChatReply:
        terms = self._terms
        body = request_body(request, self._endpoint)
        key = reply_key(body)
        while (first := terms.under_way.get(key)) is not None:
            await first.wait()
        terms.under_way[key] = asyncio.Event()
        try:
            kept = await JOURNAL_THREAD.run(
                lambda: terms.journal.find(key, terms.charge), terms.journal.grouped
            )
            if kept is None:
                return await self._bought(request, body, key)
            self._count(request.role, Reading.KEPT)
            return parse_reply(kept)
        finally:
            terms.under_way.pop(key).set()

    async def _bought(self, request: ChatRequest, body: Mapping[str, Any], key: str) -> ChatReply:
        """The endpoint's answer, stored with what it cost."""
        purchase = self._purchase(request, body)
        try:
            with observed_call(self._endpoint, request) as call:
                answer = await self._answer(request, body, key, purchase)
                paid = self._paid(request.role, body, answer)
                call.answered(paid, answer.reply.finish_reason)
            stored = await purchase.settle(key, answer.raw, paid)
            return answer.reply if stored is answer.raw else parse_reply(stored)
        finally:
            await purchase.end()

    async def _answer(
        self, request: ChatRequest, body: Mapping[str, Any], key: str, purchase: Purchase
    ) -> Answer:
        """The endpoint's answer, or an error that says whose fault it is.

        A refusal is the endpoint's while it has answered nothing in this period, a silence while it answers
        nothing else; each is the request's own from the second period on in which it came.
        """
        journal, period = self._terms.journal, self._terms.charge.period
        extension = self._extend(request) if self._endpoint.is_served_here else None
        try:
            return await self._client.ask(body, extension, purchase)
        except UnansweredError as error:
            if await JOURNAL_THREAD.run(lambda: journal.add_failure(key, period)) < FAILED_PERIODS:
                raise
            raise ChatError(f"{error}, as in an earlier run") from None
        except ChatError as error:
            if await JOURNAL_THREAD.run(lambda: journal.add_failure(key, period)) >= FAILED_PERIODS:
                raise
            if await JOURNAL_THREAD.run(lambda: journal.has_replies_of(self._endpoint.model, period)):
                raise
            words = f"{error}. It has answered nothing else in this run, so a setting may be wrong"
            raise EndpointError(words) from None

    def _purchase(self, request: ChatRequest, body: Mapping[str, Any]) -> Purchase:
        """What pays for the request, once it is its turn."""
        n_prompt, max_tokens = (
            prompt_tokens_of(body),
            request.sampling.max_tokens + self._endpoint.reasoning_tokens,
        )
        n_reserved = PROMPT_SAFETY * n_prompt
        cost = Cost(1, n_reserved + max_tokens, self._endpoint.usd(n_reserved, max_tokens))
        return Purchase(self._terms, cost, unread=self._call(request.role, (n_prompt, max_tokens)))

    def _paid(self, role: Role, body: Mapping[str, Any], answer: Answer) -> PaidCall:
        """What the call cost; tokens that the endpoint does not count are estimated."""
        reply = answer.reply
        prompt_tokens, completion_tokens = reply.prompt_tokens, reply.completion_tokens
        if prompt_tokens is None:
            prompt_tokens = prompt_tokens_of(body)
        if completion_tokens is None:
            completion_tokens = completion_tokens_of(reply)
        call = self._call(role, (prompt_tokens, completion_tokens))
        return replace(call, seconds=answer.seconds, n_attempts=answer.n_attempts)

    def _call(self, role: Role, tokens: tuple[int, int]) -> PaidCall:
        return PaidCall(role, self._endpoint.model, *tokens, usd=self._endpoint.usd(*tokens))


def _with_room(request: ChatRequest) -> ChatRequest:
    sampling = replace(request.sampling, max_tokens=ROOM * request.sampling.max_tokens)
    return replace(request, sampling=sampling)
