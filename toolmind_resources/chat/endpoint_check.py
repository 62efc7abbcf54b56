"""The check of an endpoint before a run: it answers, in which form, how fast, and whether it calls tools.

Two or three short questions, which are paid and stand in the books; their outcome is remembered for a day.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from toolmind_resources.chat.asking import WORDS, example_of
from toolmind_resources.chat.client import EndpointClient
from toolmind_resources.chat.dialect import Dialect
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.endpoint_memory import EndpointMemory, KnownEndpoint
from toolmind_resources.chat.model import CHECK_ROLE, ChatMessage, ChatReply, ChatRequest, Sampling
from toolmind_resources.chat.model_list import ModelList, listed_models
from toolmind_resources.chat.negotiated import JSON_QUESTION, Question
from toolmind_resources.chat.negotiation import Negotiation, Tell, find_form
from toolmind_resources.chat.purchase import Terms
from toolmind_resources.chat.reading.reply_reader import read_reply
from toolmind_resources.chat.wire import parse_reply
from toolmind_resources.errors import ChatError, EndpointError, Refusal, ToolMindError

FRESH_SECONDS = 86_400
"""For how long a check counts."""
RETRIES = 2
"""Further tries of a question that met nobody at home."""
TOOL_TRIES = 2
"""How often a tool is offered until one is called."""

_TEMPERATURE = {
    "type": "function",
    "function": {
        "name": "get_temperature",
        "description": "The temperature in a city right now, in degrees Celsius.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}},
            "required": ["city"],
        },
    },
}
TOOL_QUESTION = ChatRequest(
    CHECK_ROLE,
    (
        ChatMessage("system", "You find out what you do not know by calling functions."),
        ChatMessage("user", "How warm is it in Lisbon right now? Call the function to find out."),
    ),
    tools=(_TEMPERATURE,),
    sampling=Sampling(0.5, 512),
    seed=1,
)
"""A question that can't be answered without the one tool that is offered."""

_WITHOUT_CHECK = "To go on without this check: `is_checked: false` at the model"
_LOOK_ADVICE = "Look at how the server was started, or at the account with its provider; or name another model for this role."
_TOOL_ADVICE = (
    "Start vLLM with `--enable-auto-tool-choice --tool-call-parser ...`, SGLang with `--tool-call-parser ...`, "
    "llama.cpp with `--jinja`; with Ollama take a model whose template knows tools; or name another model for this "
    f"role. {_WITHOUT_CHECK}"
)


def is_fresh(known: KnownEndpoint | None, now: float, *, with_tools: bool) -> bool:
    """Whether a check still counts, at `now`, in seconds since 1970."""
    if known is None or now - known.checked_at > FRESH_SECONDS:
        return False
    return known.has_offered_tools or not with_tools


class EndpointCheck:
    """Checks one endpoint; for use in one event loop."""

    def __init__(
        self,
        endpoint: Endpoint,
        terms: Terms,
        memory: EndpointMemory,
        tell: Tell,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Asks nothing yet.

        Args:
            endpoint: The endpoint.
            terms: Who pays.
            memory: Where it is remembered.
            tell: Told how the endpoint wants its requests, where that has changed.
            clock: Seconds since 1970.
        """
        self._endpoint = endpoint
        self._terms = terms
        self._negotiation = Negotiation(endpoint, memory, tell)
        self._memory = memory
        self._clock = clock
        self._prober = EndpointClient(endpoint.model_copy(update={"retries": 0}))
        self._patient = EndpointClient(
            endpoint.model_copy(update={"retries": min(RETRIES, endpoint.retries)})
        )
        self._models = ModelList()

    async def run(self, *, with_tools: bool) -> KnownEndpoint:
        """What is known of the endpoint afterwards, and remembered.

        Args:
            with_tools: Whether a role that calls tools is played there.

        Raises:
            EndpointError: it cannot be used.
            BudgetError: the questions would pass the budget.
        """
        import_module("toolmind_resources.chat.connection")  # takes a second, which is not the endpoint's
        try:
            self._models = await listed_models(self._endpoint)
            return await self._run(with_tools)
        finally:
            for client in (self._prober, self._patient):
                await client.close()

    async def _run(self, with_tools: bool) -> KnownEndpoint:
        dialect, reply, seconds = await self._answered(self._endpoint.dialect, JSON_QUESTION)
        thoughts, calls_tools = reply.reasoning, None
        if with_tools:
            dialect, calls_tools, more = await self._offer_tools(dialect)
            thoughts = thoughts or more
        n_tokens = reply.completion_tokens
        self._negotiation.learn(
            dialect,
            checked_at=self._clock(),
            seconds=seconds,
            tokens_per_second=n_tokens / seconds if n_tokens and seconds else None,
            thinks=bool(thoughts),
            has_offered_tools=with_tools,
            calls_tools=calls_tools,
            context_tokens=self._models.context_of(self._endpoint.model),
        )
        return self._memory.find(self._endpoint) or KnownEndpoint(dialect=dialect)

    async def _offer_tools(self, dialect: Dialect) -> tuple[Dialect, bool | None, str | None]:
        """The form in which tools are taken, whether one was called (None: it thought too long), and its thoughts.

        Raises:
            EndpointError: none was called.
        """
        reply = ChatReply(None)
        for place in range(TOOL_TRIES):
            question = replace(TOOL_QUESTION, seed=TOOL_QUESTION.seed + place)
            try:
                dialect, reply, _ = await self._answered(dialect, question)
            except EndpointError as error:
                if error.refusal is None:
                    raise
                raise EndpointError(
                    f"{error}\nIt refuses a request that offers a tool. {_TOOL_ADVICE}"
                ) from None
            if any(call.name == "get_temperature" for call in reply.tool_calls):
                return dialect, True, reply.reasoning
            if reply.finish_reason == "length":
                return dialect, None, reply.reasoning
        why = f": {WORDS[reply.problem]}" if reply.problem else ": it seems to ignore `tools`"
        advice = f"{_LOOK_ADVICE} {_WITHOUT_CHECK}" if reply.problem else _TOOL_ADVICE
        raise EndpointError(
            f"{self._endpoint.where} was offered a tool that the question cannot be answered without, {TOOL_TRIES} "
            f"times, and did not call it{why}. {example_of(reply)}\n{advice}"
        )

    async def _answered(self, start: Dialect, request: ChatRequest) -> tuple[Dialect, ChatReply, float]:
        """The form in which the endpoint answers a question, its reply, and how long that took, in seconds."""
        question = Question(self._endpoint, self._terms, request)

        async def probe(dialect: Dialect) -> Refusal | None:
            return await question.refusal(dialect, self._prober, self._patient)

        try:
            found = await find_form(start, question.body, probe, self._endpoint.settled)
        except EndpointError as error:
            raise self._with_names(error) from None
        except ChatError as error:
            raise EndpointError(f"{error}, to a short question\n{_LOOK_ADVICE}") from None
        if found is None or question.answer is None:
            raise _unfit(question.error)
        return found, read_reply(parse_reply(question.answer.raw), request), question.answer.seconds

    def _with_names(self, error: EndpointError) -> EndpointError:
        """The error with the models that there are, where this one is not among them."""
        if error.refusal is None or error.refusal.status != 404 or not self._models.names:
            return error
        named = EndpointError(f"{error}\nIts models: {self._patient.redact(self._models.shown)}")
        named.refusal = error.refusal
        return named


def _unfit(error: ToolMindError | None) -> EndpointError:
    """The last refusal of an endpoint that answers a short question in no form."""
    unfit = EndpointError(f"{error}. So it says to a short question too, in whatever form")
    unfit.refusal = error.refusal if error else None
    return unfit
