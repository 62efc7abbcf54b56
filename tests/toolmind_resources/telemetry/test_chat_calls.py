"""Spans and metrics of chat calls, told to exporters in memory."""

import sys
from typing import Any

import pytest

from toolmind_resources.chat.endpoint import Endpoint
from toolmind_resources.chat.model import ChatMessage, ChatRequest, Role, Sampling
from toolmind_resources.chat.usage import PaidCall
from toolmind_resources.errors import ChatError
from toolmind_resources.telemetry import chat_calls
from toolmind_resources.telemetry.chat_calls import ChatCalls, is_listened_to, observed_call

pytest.importorskip("opentelemetry.sdk")
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

ENDPOINT = Endpoint(name="main", base_url="http://models.example.com:8000/v1", model="m")
REQUEST = ChatRequest(Role("planner"), (ChatMessage("user", "Plan."),), sampling=Sampling(0.5, 100), seed=3)
PAID = PaidCall(Role("planner"), "m", prompt_tokens=7, completion_tokens=3, seconds=2.0)
COMMON = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "m",
    "server.address": "models.example.com",
    "server.port": 8000,
}


class Listener:
    """Exporters in memory, and what they were told."""

    def __init__(self) -> None:
        self._spans, self._metrics = InMemorySpanExporter(), InMemoryMetricReader()
        traces = TracerProvider()
        traces.add_span_processor(SimpleSpanProcessor(self._spans))
        self.calls = ChatCalls(traces, MeterProvider([self._metrics]))

    @property
    def span(self) -> Any:
        (span,) = self._spans.get_finished_spans()
        return span

    @property
    def points(self) -> dict[str, list[tuple[dict[str, Any], float]]]:
        """Metric -> attributes and sum of each of its points."""
        data = self._metrics.get_metrics_data()
        assert data is not None
        metrics = data.resource_metrics[0].scope_metrics[0].metrics
        return {
            metric.name: [(dict(point.attributes or {}), point.sum) for point in metric.data.data_points]  # pyright: ignore[reportAttributeAccessIssue]
            for metric in metrics
        }


@pytest.fixture
def listener() -> Listener:
    return Listener()


def test_an_answered_call_is_a_span_with_the_names_of_the_conventions(listener: Listener) -> None:
    with listener.calls.observed(ENDPOINT, REQUEST) as call:
        call.answered(PAID, "stop")
    assert listener.span.name == "chat m"
    assert dict(listener.span.attributes) == {
        **COMMON,
        "toolmind.role": "planner",
        "gen_ai.request.max_tokens": 100,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.seed": 3,
        "gen_ai.output.type": "text",
        "gen_ai.response.model": "m",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 7,
        "gen_ai.usage.output_tokens": 3,
    }
    assert (listener.span.end_time - listener.span.start_time) / 1e9 == pytest.approx(2.0, abs=0.01)
    assert listener.span.status.is_unset


def test_its_tokens_and_its_duration_are_measured(listener: Listener) -> None:
    with listener.calls.observed(ENDPOINT, REQUEST) as call:
        call.answered(PAID, "stop")
    assert listener.points["gen_ai.client.token.usage"] == [
        ({**COMMON, "gen_ai.token.type": "input"}, 7),
        ({**COMMON, "gen_ai.token.type": "output"}, 3),
    ]
    assert listener.points["gen_ai.client.operation.duration"] == [(COMMON, pytest.approx(2.0, abs=0.01))]


def test_a_call_that_failed_tells_why_and_has_no_tokens(listener: Listener) -> None:
    with pytest.raises(ChatError), listener.calls.observed(ENDPOINT, REQUEST):
        raise ChatError("refused")
    assert listener.span.attributes["error.type"] == "ChatError"
    assert not listener.span.status.is_ok
    assert list(listener.points) == ["gen_ai.client.operation.duration"]


@pytest.mark.parametrize(
    ("environment", "is_on"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "mine"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_somebody_listens_where_the_environment_says_so(environment: dict[str, str], is_on: bool) -> None:
    assert is_listened_to(environment) is is_on


def test_nobody_is_told_and_nothing_is_loaded_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in chat_calls.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    chat_calls._calls.cache_clear()
    with observed_call(ENDPOINT, REQUEST) as call:
        call.answered(PAID, "stop")
    assert chat_calls._calls() is None
