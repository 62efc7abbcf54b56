"""Each role's model: an endpoint where the configuration names one, else the embedded model."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from toolmind_resources.chat.background import BACKGROUND
from toolmind_resources.chat.budget import Budget
from toolmind_resources.chat.client import EndpointClient
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.endpoint_memory import EndpointMemory
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import Charge, ChatModel, ChatReply, ChatRequest, Role
from toolmind_resources.chat.negotiated import NegotiatedClient, Question
from toolmind_resources.chat.negotiation import Negotiation
from toolmind_resources.chat.openai import Extend, OpenAIChat
from toolmind_resources.chat.purchase import Terms
from toolmind_resources.chat.shared_client import client_of
from toolmind_resources.chat.trial import Trial


class RoutedChat:
    """Asks, for each role, the model that the configuration names for it."""

    def __init__(
        self,
        embedded: ChatModel,
        endpoints: Mapping[Role, Endpoint],
        open_journal: Callable[[], Journal],
        budget: Budget,
        extend: Extend,
        memory: EndpointMemory | None = None,
    ) -> None:
        """Nothing is asked yet.

        Args:
            embedded: Plays the roles that no endpoint plays.
            endpoints: Who plays the others.
            open_journal: Opens the journal of paid calls.
            budget: Most of one period.
            extend: What a `toolmind serve-model` is sent beside a request.
            memory: What was found out about endpoints; None: nothing outlives this object.
        """
        self._embedded = embedded
        self._endpoints = dict(endpoints)
        self._open_journal = open_journal
        self._budget = budget
        self._extend = extend
        self._memory = memory
        self._under_way: dict[str, asyncio.Event] = {}
        self._trials = {role: Trial(role, endpoint.where) for role, endpoint in self._endpoints.items()}

    def model_name(self, role: Role) -> str:
        """Name of the role's model."""
        endpoint = self._endpoints.get(role)
        return self._embedded.model_name(role) if endpoint is None else endpoint.model

    @contextmanager
    def charged_to(self, charge: Charge) -> Iterator[ChatModel]:
        """A chat model whose paid calls are charged to `charge`; left well, it pins the replies that it used."""
        if not self._endpoints:
            yield self._embedded
            return
        terms = Terms(self._journal, self._budget, charge, self._under_way)
        models = {
            role: OpenAIChat(
                endpoint, self._client_of(endpoint, terms), terms, self._trials[role], self._extend
            )
            for role, endpoint in self._endpoints.items()
        }
        try:
            yield _ByRole(self._embedded, models)
        finally:
            if counts := terms.readings.taken():
                self._journal.add_readings(charge, counts)
        if not charge.is_added:
            self._journal.keep_only(charge)

    @cached_property
    def _journal(self) -> Journal:
        return self._open_journal()

    def _client_of(self, endpoint: Endpoint, terms: Terms) -> NegotiatedClient:
        shared = self._negotiated[endpoint.name]
        return NegotiatedClient(shared.client, shared.prober, shared.negotiation, Question(endpoint, terms))

    @cached_property
    def _negotiated(self) -> "dict[str, _Shared]":
        endpoints = {endpoint.name: endpoint for endpoint in self._endpoints.values()}
        return {name: _Shared(endpoint, self._memory) for name, endpoint in endpoints.items()}


class _Shared:
    """What all who ask one endpoint share."""

    def __init__(self, endpoint: Endpoint, memory: EndpointMemory | None) -> None:
        self.client = client_of(endpoint)
        self.prober = EndpointClient(endpoint.model_copy(update={"retries": 0}))
        self.negotiation = Negotiation(endpoint, memory)
        for client in (self.client, self.prober):
            BACKGROUND.close_at_exit(client.close)


class _ByRole:
    """One chat model over those of the roles."""

    def __init__(self, embedded: ChatModel, models: Mapping[Role, ChatModel]) -> None:
        self._embedded = embedded
        self._models = models

    def model_name(self, role: Role) -> str:
        return self._models.get(role, self._embedded).model_name(role)

    async def complete(self, request: ChatRequest) -> ChatReply:
        return await self._models.get(request.role, self._embedded).complete(request)

    def rate(self, request: ChatRequest, reply: ChatReply, fault: str) -> None:
        self._models.get(request.role, self._embedded).rate(request, reply, fault)

    def give_up(self, requests: Sequence[ChatRequest]) -> None:
        for request in requests:
            self._models.get(request.role, self._embedded).give_up([request])
