"""One model at several addresses, which share the load."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from toolmind_resources.chat.client import Answer, EndpointClient, Payment
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.errors import EndpointError, StoppedError

REST_SECONDS = 30.0
"""How long an address is asked last after it could not be used."""


class AskingClient(Protocol):
    """Asks one address."""

    @property
    def load(self) -> float:
        """Requests under way or waiting, for each place that there is."""
        ...

    async def ask(
        self,
        body: Mapping[str, Any],
        extension: Mapping[str, Any] | None = None,
        payment: Payment | None = None,
        retries: int | None = None,
    ) -> Answer:
        """Its answer to `body`."""
        ...

    async def close(self) -> None:
        """Closes the connections."""
        ...


class SharedClient:
    """Asks whichever address has the most room; one that cannot be used is passed over, as long as another can be."""

    def __init__(self, clients: Sequence[AskingClient]) -> None:
        """Shares the load.

        Args:
            clients: One for each address; one at least.
        """
        self._clients = tuple(clients)
        self._rests_until = [0.0] * len(self._clients)

    @property
    def load(self) -> float:
        """Requests under way or waiting, for each place of the address that has the most room."""
        return min(client.load for client in self._clients)

    async def ask(
        self,
        body: Mapping[str, Any],
        extension: Mapping[str, Any] | None = None,
        payment: Payment | None = None,
        retries: int | None = None,
    ) -> Answer:
        """The answer of one address.

        Raises:
            ChatError: this request cannot be answered.
            EndpointError: no address can be used, or the process ends.
        """
        left = list(range(len(self._clients)))
        while True:
            place = min(left, key=self._rank)
            try:
                return await self._clients[place].ask(body, extension, payment, retries)
            except EndpointError as error:
                left.remove(place)
                if not left or isinstance(error, StoppedError):
                    raise
                self._rests_until[place] = asyncio.get_running_loop().time() + REST_SECONDS

    async def close(self) -> None:
        """Closes the connections."""
        await asyncio.gather(*(client.close() for client in self._clients))

    def _rank(self, place: int) -> tuple[bool, float]:
        is_resting = self._rests_until[place] > asyncio.get_running_loop().time()
        return is_resting, self._clients[place].load


def client_of(endpoint: Endpoint) -> AskingClient:
    """What asks an endpoint at all its addresses."""
    alone = endpoint.model_copy(update={"replicas": []})
    urls = [endpoint.base_url, *endpoint.replicas]
    clients = [EndpointClient(alone.model_copy(update={"base_url": url})) for url in urls]
    return SharedClient(clients) if endpoint.replicas else clients[0]
