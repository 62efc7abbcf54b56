"""Spans and metrics of chat calls, by the GenAI names of OpenTelemetry's semantic conventions (development, 1.41).

Nothing is loaded and nothing is measured unless the extra `otel` is installed and the environment says where to.
"""

import os
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatRequest
from toolmind_resources.chat.usage import PaidCall

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

SCOPE = "toolmind"
"""Name of the instrumentation."""
PROVIDER = "openai"
"""Whose API it is: that of all endpoints, whoever serves them."""
VARIABLES = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)
"""Environment variables of which one has to be set."""
_TOKEN_BUCKETS = [4.0**power for power in range(14)]
_SECOND_BUCKETS = [0.01 * 2.0**power for power in range(14)]
_NANOSECONDS = 1_000_000_000


class ObservedCall:
    """One call on its way, made inside of the block; what it came to is said to it."""

    def __init__(self, tell: "Callable[[ObservedCall, str | None], None] | None" = None) -> None:
        """Tells at the end of the block, with the name of its exception if there is one."""
        self._tell = tell
        self.began_at = time.time()
        self.paid: PaidCall | None = None
        self.finish_reason = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tell is not None:
            self._tell(self, None if kind is None else kind.__name__)

    def answered(self, paid: PaidCall, finish_reason: str) -> None:
        """Takes note of the answer: its tokens, how long it took, and why it ended."""
        self.paid = paid
        self.finish_reason = finish_reason


class ChatCalls:
    """Tells of each chat call: a span `chat <model>`, its duration and its tokens."""

    def __init__(self, traces: "TracerProvider", metrics: "MeterProvider") -> None:
        """Tells it to these providers."""
        from opentelemetry.trace import SpanKind

        self._kind = SpanKind.CLIENT
        self._tracer = traces.get_tracer(SCOPE)
        meter = metrics.get_meter(SCOPE)
        self._seconds = meter.create_histogram(
            "gen_ai.client.operation.duration",
            unit="s",
            description="GenAI operation duration.",
            explicit_bucket_boundaries_advisory=_SECOND_BUCKETS,
        )
        self._tokens = meter.create_histogram(
            "gen_ai.client.token.usage",
            unit="{token}",
            description="Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=_TOKEN_BUCKETS,
        )

    def observed(self, endpoint: Endpoint, request: ChatRequest) -> ObservedCall:
        """Tells of the call that is made inside; of its answer alone where there is one, waits before it left out."""
        return ObservedCall(partial(self._tell, endpoint, request))

    def _tell(self, endpoint: Endpoint, request: ChatRequest, call: ObservedCall, fault: str | None) -> None:
        ended = time.time()
        began = ended - call.paid.seconds if call.paid else call.began_at
        common = _common(endpoint, fault)
        attributes = {**common, **_asked(request), **_answered(call)}
        span = self._tracer.start_span(
            f"chat {endpoint.model}",
            kind=self._kind,
            attributes=attributes,
            start_time=int(began * _NANOSECONDS),
        )
        if fault is not None:
            from opentelemetry.trace import Status, StatusCode

            span.set_status(Status(StatusCode.ERROR))
        span.end(int(ended * _NANOSECONDS))
        self._seconds.record(ended - began, common)
        if call.paid is not None:
            self._tokens.record(call.paid.prompt_tokens, {**common, "gen_ai.token.type": "input"})
            self._tokens.record(call.paid.completion_tokens, {**common, "gen_ai.token.type": "output"})


def _common(endpoint: Endpoint, fault: str | None) -> dict[str, str | int]:
    url = urlsplit(endpoint.base_url)
    known: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": PROVIDER,
        "gen_ai.request.model": endpoint.model,
        "server.address": url.hostname or "",
        "server.port": url.port or (443 if url.scheme == "https" else 80),
    }
    return known if fault is None else {**known, "error.type": fault}


def _asked(request: ChatRequest) -> dict[str, Any]:
    return {
        "toolmind.role": request.role,
        "gen_ai.request.max_tokens": request.sampling.max_tokens,
        "gen_ai.request.temperature": request.sampling.temperature,
        "gen_ai.request.seed": request.seed,
        "gen_ai.output.type": "json" if request.response_schema is not None else "text",
    }


def _answered(call: ObservedCall) -> dict[str, Any]:
    if call.paid is None:
        return {}
    return {
        "gen_ai.response.model": call.paid.model,
        "gen_ai.response.finish_reasons": [call.finish_reason],
        "gen_ai.usage.input_tokens": call.paid.prompt_tokens,
        "gen_ai.usage.output_tokens": call.paid.completion_tokens,
    }


def observed_call(endpoint: Endpoint, request: ChatRequest) -> ObservedCall:
    """Tells OpenTelemetry of the call that is made inside, where somebody listens."""
    calls = _calls()
    return ObservedCall() if calls is None else calls.observed(endpoint, request)


def is_listened_to(environment: Mapping[str, str]) -> bool:
    """Whether the environment says where to, and OpenTelemetry is installed."""
    is_off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not is_off and any(environment.get(name) for name in VARIABLES) and _is_installed()


def _is_installed() -> bool:
    return find_spec("opentelemetry") is not None and find_spec("opentelemetry.sdk") is not None


@cache
def _calls() -> ChatCalls | None:
    """Who is told in this process; None where nobody listens."""
    if not is_listened_to(os.environ):
        return None
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or SCOPE})
    traces = TracerProvider(resource=resource)  # it and the other one are flushed by themselves at exit
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    metrics = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())], resource=resource)
    return ChatCalls(traces, metrics)
