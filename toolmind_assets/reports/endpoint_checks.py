"""What the command line finds out about the endpoints of a configuration before anything else is paid there."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from toolmind_assets.settings.chat_models import endpoint_memory
from toolmind_assets.settings.config import Settings
from toolmind_assets.stages.dialogues.roles import ASSISTANT_AGENT
from toolmind_resources.chat.dialect import JsonForm
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.endpoint_memory import KnownEndpoint
from toolmind_resources.chat.journal import Journal
from toolmind_resources.chat.model import CHECK_ROLE, Charge, Role
from toolmind_resources.chat.purchase import Terms
from toolmind_resources.errors import EndpointError

TOOL_ROLES = (ASSISTANT_AGENT,)
"""Roles that are offered tools."""
CONTEXT_TOKENS = 16_384
"""What the longest prompts of usual dialogues and their replies take: functions on offer, turns, thoughts."""

Say = Callable[[str], None]


class EndpointChecks:
    """The check of all endpoints that play a role, once; what was checked within a day is only told."""

    def __init__(self, settings: Settings, period: str, say: Say) -> None:
        """Checks nothing yet.

        Args:
            settings: The settings of the project.
            period: What the budget is for that pays for the questions.
            say: Told a line for each endpoint.
        """
        self._settings = settings
        self._period = period
        self._say = say
        self._memory = endpoint_memory(settings)
        self._is_done = False

    def __call__(self) -> None:
        """Checks, unless that was done.

        Raises:
            EndpointError: an endpoint cannot be used.
            BudgetError: the questions would pass the budget.
        """
        if self._is_done:
            return
        self._is_done = True
        roles: dict[str, list[Role]] = {}
        endpoints = self._settings.config.chat.endpoints
        for role, endpoint in endpoints.items():
            roles.setdefault(endpoint.name, []).append(role)
        checked = {one.name: one for one in endpoints.values() if one.is_checked and not one.is_served_here}
        if checked:
            asyncio.run(self._check_all([(one, roles[name]) for name, one in checked.items()]))

    async def _check_all(self, asked: list[tuple[Endpoint, list[Role]]]) -> None:
        results = await asyncio.gather(*(self._check(*one) for one in asked), return_exceptions=True)
        for (endpoint, _), result in zip(asked, results, strict=True):
            if isinstance(result, str):
                self._say(f"{endpoint.name}: {result}")
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _check(self, endpoint: Endpoint, roles: list[Role]) -> str:
        """The line of one endpoint."""
        from toolmind_resources.chat.endpoint_check import EndpointCheck, is_fresh

        known, with_tools = self._memory.find(endpoint), not set(TOOL_ROLES).isdisjoint(roles)
        if known is not None and is_fresh(known, time.time(), with_tools=with_tools):
            return f"{_line(endpoint, known)} (checked {_moment(known)})"
        journal = Journal(self._settings.journal)
        charge = Charge(self._period, CHECK_ROLE)
        terms = Terms(journal, self._settings.config.budget, charge, {})
        try:
            check = EndpointCheck(endpoint, terms, self._memory, self._say)
            return _line(endpoint, await check.run(with_tools=with_tools))
        except EndpointError as error:
            if known is None or not known.checked_at or error.refusal is not None:
                raise
            return f"{error}\nIt was checked {_moment(known)}; kept replies are used, and the run stops where others are due"
        finally:
            journal.unpin(CHECK_ROLE, "")  # no row rests on the answers


def _line(endpoint: Endpoint, known: KnownEndpoint) -> str:
    """What is known of an endpoint, in one line."""
    forms = {JsonForm.NONE: "JSON by the prompt alone"}
    parts = [f"answers in {known.seconds:.1f} s"]
    if known.tokens_per_second:
        parts[0] += f" ({known.tokens_per_second:,.0f} tokens/s)"
    parts.append(forms.get(known.dialect.json_form, f"JSON by {known.dialect.json_form.value}"))
    if known.has_offered_tools:
        parts.append(
            "calls tools" if known.calls_tools else "may call tools (it thought for too long to tell)"
        )
    parts.append("thinks" if known.thinks else "shows no thoughts")
    if known.context_tokens is not None:
        is_short = known.context_tokens < CONTEXT_TOKENS
        room = (
            f", less than the {CONTEXT_TOKENS:,} of long dialogues, which it will refuse" if is_short else ""
        )
        parts.append(f"context of {known.context_tokens:,} tokens{room}")
    return f"{endpoint.where}: {', '.join(parts)}"


def _moment(known: KnownEndpoint) -> str:
    return f"{datetime.fromtimestamp(known.checked_at, UTC):%Y-%m-%d %H:%M} UTC"
