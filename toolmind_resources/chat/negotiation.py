"""How an endpoint wants its requests, found out from what it refuses, and remembered.

A short question that holds everything which endpoints refuse is asked in ever plainer forms until one is answered.
Refusals that name what they refuse lead there straight. Where they do not, the plainest form is tried: if it is
refused too, it is no matter of the form. Else single features are left out, one after the other, those that are
refused most often first; where none of them alone is the reason, the plainest form it is.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from toolmind_resources.chat.dialect import Dialect, Feature
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.endpoint_memory import EndpointMemory, KnownEndpoint
from toolmind_resources.errors import Refusal

PROBES_MAX = 9
"""Most questions that are asked to find a form."""

Probe = Callable[[Dialect], Awaitable[Refusal | None]]
"""Asks the short question in a form: the refusal, or None where it is answered."""
Tell = Callable[[str], None]
"""Is told in words what was found out."""

_FORM_STATUSES = (400, 415, 422)
"""Statuses of refusals that may concern the form of a request whatever they say; so may those from 500 on."""
_NO_FORMAT = (Feature.RESPONSE_FORMAT, Feature.RESPONSE_FORMAT)
"""Two steps: from a schema to an object, and on to nothing."""
_ORDER = (
    _NO_FORMAT,
    *((Feature.SYSTEM,), (Feature.ALTERNATION,)),
    *((Feature.MAX_TOKENS,), (Feature.SEED,), (Feature.TEMPERATURE,)),
)
"""What is left out where a refusal names nothing."""
ASKED_FEATURES = frozenset(feature for features in _ORDER for feature in features) - {Feature.ALTERNATION}
"""What the short question holds: a request that is refused for one of these, while it is answered, is at fault itself.

Of turns it holds but some of the ways in which they can be wrong.
"""


def is_about_form(refusal: Refusal, named: Feature | None) -> bool:
    """Whether a refusal may concern how a request is put, and not what it says or who asks."""
    return named is not None or refusal.status in _FORM_STATUSES or refusal.status >= 500


async def find_form(
    start: Dialect, body: Mapping[str, Any], probe: Probe, fixed: Collection[Feature] = ()
) -> Dialect | None:
    """The first form in which the short question is answered; None where none is.

    Args:
        start: The form to begin with.
        body: The question, as it is before it is put into a form.
        probe: Asks it.
        fixed: Features that are not to be left out, since somebody has set them by hand.
    """
    return await _Search(body, probe, frozenset(fixed)).find(start)


class _Search:
    def __init__(self, body: Mapping[str, Any], probe: Probe, fixed: frozenset[Feature]) -> None:
        self._body = body
        self._ask = probe
        self._fixed = fixed
        self._n_left = PROBES_MAX

    async def find(self, start: Dialect) -> Dialect | None:
        dialect = start
        while (refusal := await self._refusal(dialect)) is not None:
            named = dialect.named_in(refusal.text, self._body)
            if named is None or named in self._fixed:
                return await self._find_by_leaving_out(dialect, is_steady=refusal.status < 500)
            dialect = dialect.without(named)
        return dialect

    async def _find_by_leaving_out(self, dialect: Dialect, *, is_steady: bool) -> Dialect | None:
        """As `find`, where refusals name nothing; some servers fail now and then, whatever the form."""
        ways = [one for one in _ORDER if not self._fixed.intersection(one)]
        plainest = dialect.without_all(name for one in ways for name in one if name is not Feature.MAX_TOKENS)
        if await self._refusal(plainest) is not None:
            renamed = plainest.without(Feature.MAX_TOKENS)
            if Feature.MAX_TOKENS in self._fixed or await self._refusal(renamed) is not None:
                return None
            plainest = renamed
        if not is_steady and await self._refusal(dialect) is None:
            return dialect
        for one in ways:
            form = dialect.without_all(one)
            if form.adapted(self._body) != dialect.adapted(self._body) and await self._refusal(form) is None:
                return await self._with_objects(dialect, form) if one == _NO_FORMAT else form
        return plainest

    async def _with_objects(self, dialect: Dialect, form: Dialect) -> Dialect:
        """The form with `json_object` where that is taken, else without a response format."""
        objects = dialect.without(Feature.RESPONSE_FORMAT)
        return objects if objects != form and await self._refusal(objects) is None else form

    async def _refusal(self, dialect: Dialect) -> Refusal | None:
        if not self._n_left:
            return Refusal(0, "no more is asked")
        self._n_left -= 1
        return await self._ask(dialect)


class Negotiation:
    """What one process knows of how an endpoint wants its requests; for use in one event loop.

    Attributes:
        dialect: How it wants them, as far as that is known.
        lock: Held by whoever finds out more.
    """

    def __init__(self, endpoint: Endpoint, memory: EndpointMemory | None, tell: Tell | None = None) -> None:
        """Knows what was remembered.

        Args:
            endpoint: The endpoint.
            memory: Where it stands from process to process; None: nowhere.
            tell: Told what was found out; None: it is logged.
        """
        known = None if memory is None else memory.find(endpoint)
        self.dialect = endpoint.dialect if known is None else known.dialect
        self.lock = asyncio.Lock()
        self._endpoint = endpoint
        self._memory = memory
        self._tell = tell or logging.getLogger(__name__).warning
        self._is_remembered = known is not None
        self._is_asked = False
        self._has_tried_turns = False
        self._answered: set[frozenset[str]] = set()

    @property
    def is_unknown(self) -> bool:
        """Whether the endpoint has answered nothing in this process, and a request that it refuses is tried again."""
        return not self._answered and self._endpoint.retries > 0

    def note_answer(self, known: Dialect, left_out: Sequence[Feature], body: Mapping[str, Any]) -> None:
        """Takes note of a request that was answered, in the form known then and without some features more."""
        if not left_out:
            self._answered.add(frozenset(body))
        elif more := [feature for feature in left_out if feature not in ASKED_FEATURES]:
            self.learn(known.without_all(more))

    async def culprit(
        self,
        used: Dialect,
        body: Mapping[str, Any],
        refusal: Refusal,
        question: Mapping[str, Any],
        probe: Probe,
    ) -> Feature | None:
        """What a request that was refused is to do without; None where nothing is known, or the dialect has changed.

        The first refusal of a process has the short question asked: what is refused there too is refused
        of every request.

        Args:
            used: The form in which the request was refused.
            body: The request, as it is before it is put into a form.
            refusal: What was said.
            question: The short question.
            probe: Asks it.
        """
        named = used.named_in(refusal.text, body)
        if named in self._endpoint.settled or not is_about_form(refusal, named):
            return None
        if not self._is_asked and frozenset(body) not in self._answered:
            before = self.dialect
            await self._ask(question, probe)
            if self.dialect != before:
                return None
        if named is None and not self._has_tried_turns and Feature.ALTERNATION not in self._endpoint.settled:
            self._has_tried_turns = True
            return Feature.ALTERNATION
        return named

    def learn(self, dialect: Dialect, **facts: Any) -> None:
        """Keeps a form, and what else was found out with it; says so where it is another one than before."""
        is_new, self.dialect = dialect != self.dialect, dialect
        known = (self._memory and self._memory.find(self._endpoint)) or KnownEndpoint()
        if self._memory is not None:
            self._memory.keep(self._endpoint, known.model_copy(update={"dialect": dialect, **facts}))
        if is_new:
            self._tell(self._words)

    async def _ask(self, question: Mapping[str, Any], probe: Probe) -> None:
        """Finds a form by the short question; one that was remembered is forgotten where it is refused."""
        self._is_asked = True
        start, fixed = self.dialect, self._endpoint.settled
        if self._is_remembered and start != self._endpoint.dialect:
            if await probe(start) is None:
                return
            start = self._endpoint.dialect
        found = await find_form(start, question, probe, fixed)
        if found is not None and found != self.dialect:
            self.learn(found)

    @property
    def _words(self) -> str:
        where = self._endpoint.where
        if not (words := self.dialect.words):
            return f"{where} takes requests as they are"
        place = f"; remembered in {self._memory.path}" if self._memory else ""
        return f"{where} {words}{place}. To set it by hand: {self.dialect.settings}"
