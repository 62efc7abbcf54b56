"""An endpoint that is asked in the form that it takes."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from toolmind_resources.chat.budget import Cost
from toolmind_resources.chat.client import Answer, Payment
from toolmind_resources.chat.dialect import Dialect, Feature, JsonForm
from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import CHECK_ROLE, ChatMessage, ChatRequest, Sampling
from toolmind_resources.chat.negotiation import Negotiation, is_about_form
from toolmind_resources.chat.purchase import Purchase, Terms
from toolmind_resources.chat.request_form import reply_key, request_body
from toolmind_resources.chat.shared_client import AskingClient
from toolmind_resources.chat.tokens import completion_tokens_of, prompt_tokens_of
from toolmind_resources.chat.usage import PaidCall
from toolmind_resources.chat.wire import parse_reply
from toolmind_resources.errors import ChatError, EndpointError, Refusal, ToolMindError

CHECK_TOKENS = 256
"""Room for the reply to one."""
FORMS_MAX = 8
"""Most forms in which one request is sent."""
PROMPT_SAFETY = 2
"""How many times the estimated prompt tokens are reserved, as for any request."""

JSON_QUESTION = ChatRequest(
    CHECK_ROLE,
    (
        ChatMessage("system", "You answer with JSON alone."),
        ChatMessage("assistant", "What do you want to know?"),
        ChatMessage("user", "What is the sum of 2 and 3?"),
        ChatMessage("user", 'Answer with a JSON object such as {"sum": 0}.'),
    ),
    response_schema={"type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"]},
    sampling=Sampling(0.5, CHECK_TOKENS),
    seed=(1 << 62) + 1,
)
"""The short question, which holds what endpoints refuse: a schema, a large seed, a temperature, the system's role, and
roles that do not take turns."""


class NegotiatedClient:
    """Asks an endpoint in the form that it takes; what it refuses is found out, and the request sent once more.

    Which reply belongs to which request is no matter of the form: the body is that of `request_body`.
    """

    def __init__(
        self, client: AskingClient, prober: AskingClient, negotiation: Negotiation, question: "Question"
    ) -> None:
        """Knows what the negotiation knows.

        Args:
            client: Asks.
            prober: Asks short questions; best without retries.
            negotiation: What is known, which all charges share.
            question: The short question, paid by the charge.
        """
        self._client = client
        self._prober = prober
        self._negotiation = negotiation
        self._question = question

    async def ask(
        self,
        body: Mapping[str, Any],
        extension: Mapping[str, Any] | None = None,
        payment: Payment | None = None,
    ) -> Answer:
        """The endpoint's answer to `body`, as `EndpointClient.ask` gives it.

        Raises:
            ChatError: this request cannot be answered, in whatever form.
            EndpointError: the endpoint cannot be used, or the process ends.
            BudgetError: a short question would pass the budget.
        """
        own: list[Feature] = []
        while True:
            known = self._negotiation.dialect
            sent = known.without_all(own).adapted(body)
            try:
                answer = await self._answer(sent, extension, payment)
            except (ChatError, EndpointError) as error:
                if error.refusal is None or len(own) == FORMS_MAX:
                    raise
                own += await self._culprits(known, own, body, error.refusal)
                if self._negotiation.dialect.without_all(own).adapted(body) == sent:
                    raise
            else:
                self._negotiation.note_answer(known, own, body)
                return answer

    async def _answer(
        self, sent: Mapping[str, Any], extension: Mapping[str, Any] | None, payment: Payment | None
    ) -> Answer:
        """The answer; while the endpoint has answered nothing, what it refuses by name is not tried again."""
        if self._negotiation.is_unknown:
            try:
                return await self._prober.ask(sent, extension, payment)
            except EndpointError as error:
                refusal = error.refusal
                if refusal is not None and Dialect().named_in(refusal.text, sent) is not None:
                    raise
                # Nobody at home, or a stumble: the client has patience.
        return await self._client.ask(sent, extension, payment)

    async def _culprits(
        self, known: Dialect, own: list[Feature], body: Mapping[str, Any], refusal: Refusal
    ) -> list[Feature]:
        """What the request is to do without beyond what it does already; nothing where others have learnt meanwhile."""
        negotiation, question = self._negotiation, self._question
        async with negotiation.lock:
            if negotiation.dialect != known:
                return []
            used = known.without_all(own)

            async def probe(dialect: Dialect) -> Refusal | None:
                return await question.refusal(dialect, self._prober, self._client)

            found = await negotiation.culprit(used, body, refusal, question.body, probe)
            return [] if found is None else [found]


class Question:
    """A short question to an endpoint, paid by a charge.

    Attributes:
        body: It, before it is put into a form.
        answer: The answer to it, once there was one.
        error: Why there was none the last time.
    """

    def __init__(self, endpoint: Endpoint, terms: Terms, request: ChatRequest = JSON_QUESTION) -> None:
        """Nothing is asked yet."""
        self.body = request_body(request, endpoint)
        self.answer: Answer | None = None
        self.error: ToolMindError | None = None
        self._endpoint = endpoint
        self._terms = terms
        self._room = request.sampling.max_tokens + endpoint.reasoning_tokens

    async def refusal(self, dialect: Dialect, prober: AskingClient, patient: AskingClient) -> Refusal | None:
        """Why it is refused in this form, or None where it is answered.

        Args:
            dialect: The form.
            prober: Is asked first.
            patient: Is asked where that one has met no refusal, but nobody at home.

        Raises:
            ToolMindError: it was not answered, and that has nothing to do with the form.
        """
        try:
            self.answer = await self._bought(prober, dialect)
        except (ChatError, EndpointError) as error:
            self.error = error
            if (refusal := error.refusal) is not None:
                if not is_about_form(refusal, dialect.named_in(refusal.text, self.body)):
                    raise
                return refusal
            self.answer = await self._bought(patient, dialect)
        return self._emptiness(dialect, self.answer)

    def _emptiness(self, dialect: Dialect, answer: Answer) -> Refusal | None:
        """An answer that is empty because of the form of JSON: some servers' grammars and thoughts exclude each other."""
        reply = parse_reply(answer.raw)
        has_format = (
            "response_format" in dialect.adapted(self.body) and dialect.json_form is not JsonForm.NONE
        )
        is_empty = not (reply.content or "").strip() and not reply.tool_calls
        is_over = reply.finish_reason == "stop" or bool(reply.content)
        return (
            Refusal(200, "an empty answer to response_format")
            if has_format and is_empty and is_over
            else None
        )

    async def _bought(self, client: AskingClient, dialect: Dialect) -> Answer:
        """The answer, which stands in the books."""
        body = dialect.adapted(self.body)
        n_prompt, n_reserved = prompt_tokens_of(body), PROMPT_SAFETY * prompt_tokens_of(body)
        cost = Cost(1, n_reserved + self._room, self._endpoint.usd(n_reserved, self._room))
        purchase = Purchase(self._terms, cost, unread=self._call(n_prompt, self._room))
        try:
            answer = await client.ask(body, None, purchase)
            reply = parse_reply(answer.raw)
            call = self._call(
                n_prompt if reply.prompt_tokens is None else reply.prompt_tokens,
                completion_tokens_of(reply) if reply.completion_tokens is None else reply.completion_tokens,
            )
            paid = replace(call, seconds=answer.seconds, n_attempts=answer.n_attempts)
            # Each time is another question: an old answer tells nothing of the endpoint as it is now.
            await purchase.settle(reply_key({**body, "asked_at": time.time()}), answer.raw, paid)
            return answer
        finally:
            await purchase.end()

    def _call(self, prompt_tokens: int, completion_tokens: int) -> PaidCall:
        usd = self._endpoint.usd(prompt_tokens, completion_tokens)
        return PaidCall(CHECK_ROLE, self._endpoint.model, prompt_tokens, completion_tokens, usd=usd)
