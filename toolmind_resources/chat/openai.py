"""A chat model behind an OpenAI-compatible endpoint, with every reply kept before it is read.

The order of things: look the reply up; reserve what it may cost; ask; store the raw reply and what it cost;
only then read it. A process that is ended anywhere in between repeats no call whose reply had arrived.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.chat.budget import Budget, Cost
from toolmind_resources.chat.client import Answer, EndpointClient
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, ChatReply, ChatRequest, Role
from toolmind_resources.chat.reservations import Reservation
from toolmind_resources.chat.tokens import completion_tokens_of, prompt_tokens_of
from toolmind_resources.chat.usage import PaidCall
from toolmind_resources.chat.wire import parse_reply, reply_key, request_body
from toolmind_resources.errors import BudgetError, ChatError, EndpointError, UnansweredError

PROMPT_SAFETY = 2
"""How many times the estimated prompt tokens are reserved: no tokenizer makes twice as many of usual text."""
FAILED_PERIODS = 2
"""Periods after which a request that is never answered is given up, so that a step can come to its end."""
WAIT_SECONDS = 0.05
"""Time between two looks whether calls under way have left enough of the budget."""

Extend = Callable[[ChatRequest], Mapping[str, Any]]
"""What a `toolmind serve-model` is sent beside the body."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Who pays for calls, and from what.

    Attributes:
        journal: Keeps the replies and what they cost.
        budget: Most of one period.
        charge: Whom the calls are charged to.
        under_way: Keys of the calls that this process is waiting for; equal requests wait for the first.
    """

    journal: Journal
    budget: Budget
    charge: Charge
    under_way: dict[str, asyncio.Event]


class OpenAIChat:
    """Asks one endpoint, at most once for the same request."""

    def __init__(self, endpoint: Endpoint, client: EndpointClient, terms: Terms, extend: Extend) -> None:
        self._endpoint = endpoint
        self._client = client
        self._terms = terms
        self._extend = extend

    def model_name(self, role: Role) -> str:  # noqa: ARG002 (one endpoint has one model)
        """The model's name: wherever it is served, its replies are taken for the same."""
        return self._endpoint.model

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The kept reply to the same request, or the endpoint's, which is kept from then on.

        Raises:
            ChatError: the endpoint refuses this request.
            EndpointError: the endpoint cannot be used.
            BudgetError: the call would pass the budget.
        """
        return parse_reply(await BACKGROUND.run(self._raw_reply(request)))

    async def _raw_reply(self, request: ChatRequest) -> bytes:
        terms = self._terms
        body = request_body(request, self._endpoint)
        key = reply_key(body)
        while (first := terms.under_way.get(key)) is not None:
            await first.wait()
        kept = terms.journal.find(key, terms.charge)
        if kept is not None:
            return kept
        terms.under_way[key] = asyncio.Event()
        try:
            return await self._bought(request, body, key)
        finally:
            terms.under_way.pop(key).set()

    async def _bought(self, request: ChatRequest, body: Mapping[str, Any], key: str) -> bytes:
        """The endpoint's answer, stored with what it cost."""
        journal, max_tokens = self._terms.journal, request.sampling.max_tokens
        reservations = [await self._reserve(body, max_tokens)]

        async def count_unread() -> None:
            """What came and cannot be read was paid all the same, and the next try wants a place of its own."""
            tokens = prompt_tokens_of(body), max_tokens
            journal.forfeit(reservations.pop(), self._call(request.role, tokens))
            reservations.append(await self._reserve(body, max_tokens))

        try:
            answer = await self._answer(request, body, key, count_unread)
            call = self._paid(request.role, body, answer)
            raw = journal.settle(reservations[0], key, answer.raw, call)
            reservations.clear()
            return raw
        finally:
            for reservation in reservations:
                journal.release(reservation)

    async def _answer(
        self,
        request: ChatRequest,
        body: Mapping[str, Any],
        key: str,
        on_unread: Callable[[], Awaitable[None]],
    ) -> Answer:
        """The endpoint's answer, or an error that says whose fault it is.

        A refusal is the endpoint's while it has answered nothing in this period, a silence while it answers
        nothing else; each is the request's own from the second period on in which it came.
        """
        journal, period = self._terms.journal, self._terms.charge.period
        extension = self._extend(request) if self._endpoint.is_served_here else None
        try:
            return await self._client.ask(body, extension, on_unread)
        except UnansweredError as error:
            if journal.add_failure(key, period) < FAILED_PERIODS:
                raise
            raise ChatError(f"{error}, as in an earlier run") from None
        except ChatError as error:
            if journal.has_replies_of(self._endpoint.model, period):
                raise
            if journal.add_failure(key, period) >= FAILED_PERIODS:
                raise
            words = f"{error}. It has answered nothing else in this run, so a setting may be wrong"
            raise EndpointError(words) from None

    async def _reserve(self, body: Mapping[str, Any], max_tokens: int) -> Reservation:
        """A place in the budget; waits while calls under way may leave one."""
        prompt_tokens = PROMPT_SAFETY * prompt_tokens_of(body)
        cost = Cost(1, prompt_tokens + max_tokens, self._endpoint.usd(prompt_tokens, max_tokens))
        while not BACKGROUND.is_ending:
            answer = self._terms.journal.reserve(self._terms.charge, cost, self._terms.budget)
            if isinstance(answer, Reservation):
                return answer
            if not answer.may_fit_later:
                raise BudgetError(answer.message)
            await asyncio.sleep(WAIT_SECONDS)
        raise EndpointError("the process ends; nothing more is asked")

    def _paid(self, role: Role, body: Mapping[str, Any], answer: Answer) -> PaidCall:
        """What the call cost; tokens that the endpoint does not count are estimated."""
        reply = parse_reply(answer.raw)
        prompt_tokens, completion_tokens = reply.prompt_tokens, reply.completion_tokens
        if prompt_tokens is None:
            prompt_tokens = prompt_tokens_of(body)
        if completion_tokens is None:
            completion_tokens = completion_tokens_of(reply)
        call = self._call(role, (prompt_tokens, completion_tokens))
        return replace(call, seconds=answer.seconds, n_attempts=answer.n_attempts)

    def _call(self, role: Role, tokens: tuple[int, int]) -> PaidCall:
        return PaidCall(role, self._endpoint.model, *tokens, usd=self._endpoint.usd(*tokens))
