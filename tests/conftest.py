"""Tiny functions, links and tasks for the tests of several stages, as one fixture: test folders are no packages."""

import gc
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from toolmind_assets.model.edges import Edge, EdgeKind, EdgeVerdict
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec
from toolmind_assets.model.ids import digest, make_id
from toolmind_assets.model.tasks import (
    Choice,
    ChoiceKind,
    Fault,
    Members,
    PlanArgument,
    PlanStep,
    Scenario,
    Task,
    UserFact,
    UserRequest,
    ValueKind,
)
from toolmind_resources.chat.embedded import EmbeddedErrors

settings.register_profile("steady", deadline=None)
settings.load_profile("steady")
"""A busy machine is no reason to fail."""

RUN_FIXTURES = {"empty_project", "made_project", "odd_project", "project", "story"}
"""What tests use that call the command line, which may make everything from catalogs to exports."""


def _weight(item: pytest.Item) -> int:
    """How long a test may take: 0 for minutes, 3 for next to nothing."""
    if item.get_closest_marker("browser"):
        return 0
    if item.get_closest_marker("slow"):
        return 1
    return 2 if RUN_FIXTURES.intersection(getattr(item, "fixturenames", ())) else 3


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as cores; one more for slow tests alone, since those of browser and daemon wait most of their minutes."""
    return (os.cpu_count() or 1) + (config.option.markexpr == "slow")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where slow tests alone are wanted, files without any are not loaded, which costs more than most tests."""
    is_test = collection_path.name.startswith("test_") and collection_path.suffix == ".py"
    if config.option.markexpr == "slow" and is_test:
        return b"mark.slow" not in collection_path.read_bytes() or None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, those of most long tests foremost, so that no worker is left alone with one at the end."""
    files: dict[object, list[int]] = {}
    for item in items:
        files.setdefault(item.path, []).append(_weight(item))
    rank = {path: (min(weights), -sum(weight < 3 for weight in weights)) for path, weights in files.items()}
    items.sort(key=lambda item: rank[item.path])


def pytest_collection_finish() -> None:
    """What was loaded stays: looking through all of it again and again for garbage took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(autouse=True)
def _knows_no_instance_of_an_earlier_test() -> Iterator[None]:
    """Definitions ask the instance of Dagster that was entered last, which may be one that is gone.

    Contexts of sensors and schedules enter one of their own and leave it only as `with build_..._context()`; the
    copy that is made of them where resources are passed as arguments never does, until it is garbage.
    """
    module = sys.modules.get("dagster._core.storage.defs_state.base")
    with module.set_defs_state_storage(None) if module else nullcontext():
        yield


STRING = {"type": "string"}
OBJECT = {"type": "object"}
ORDER = {"type": "object", "properties": {"order_id": STRING, "total": {"type": "number"}}, "required": ["order_id", "total"]}  # fmt: skip


class Make:
    """Builders of model values, and a small shop beside a weather service."""

    no_errors = EmbeddedErrors(**dict.fromkeys(EmbeddedErrors.model_fields, 0.0))

    @staticmethod
    def function(
        name: str,
        takes: dict[str, Any] | None = None,
        gives: dict[str, Any] | None = None,
        *,
        required: tuple[str, ...] | None = None,
        description: str = "",
        effect: Effect = Effect.READ,
        domain: Domain = Domain.COMMERCE,
    ) -> FunctionSpec:
        takes = takes or {}
        wanted = list(takes if required is None else required)
        parameters = {"type": "object", "properties": takes, "required": wanted}
        returns = gives and {"type": "object", "properties": gives, "required": list(gives)}
        key, content = digest(name), digest(name, parameters, returns)
        return FunctionSpec(
            function_id=make_id("fn", key, content),
            function_key=key,
            function_digest=content,
            name=name,
            source_name=name,
            namespace=domain.value,
            description=description,
            parameters=parameters,
            returns=returns,
            effect=effect,
            domain=domain,
            source="test",
            source_version="1",
            licence="MIT",
        )

    @staticmethod
    def edge(
        source: FunctionSpec,
        output: str,
        target: FunctionSpec,
        into: str,
        kind: str = "P-R",
        score: float = 0.9,
    ) -> Edge:
        return Edge(
            edge_id=make_id("edge", kind, source.name, output, target.name, into),
            kind=EdgeKind(kind),
            source_function_id=source.function_id,
            output_path=output,
            target_function_id=target.function_id,
            input_path=into,
            score=score,
            agreement=score,
            compatibility=1.0,
            coherence_score=1.0,
            evidence={},
            transitivity=9,
            coherence=9,
            is_random=False,
            verdict=EdgeVerdict.ACCEPTED,
            reason="",
            model="",
            prompt_digest="",
        )

    def functions(self) -> dict[str, FunctionSpec]:
        """Eight functions of a shop, three of a weather service, by name."""
        weather = {"domain": Domain.WEATHER}
        made = (
            self.function("find_customer", {"email": STRING}, {"customer_id": STRING}, description="Finds a customer by e-mail address."),
            self.function("list_orders", {"customer_id": STRING}, {"orders": {"type": "array", "minItems": 1, "items": ORDER}}, description="Lists the orders of a customer."),
            self.function("get_order", {"order_id": STRING}, {"order_id": STRING, "carrier": STRING}, description="Gets one order."),
            self.function("track_parcel", {"carrier": STRING, "order_id": STRING}, {"place": STRING}, description="Tracks the parcel of an order."),
            self.function("refund_payment", {"order_id": STRING, "amount": {"type": "number"}}, description="Refunds the payment of an order.", effect=Effect.UPDATE),
            self.function("add_comment", {"order_id": STRING, "text": STRING}, description="Adds a comment to an order.", effect=Effect.CREATE),
            self.function("rate_delivery", {"carrier": STRING, "order_id": STRING, "verdict": STRING}, {"rating_id": STRING}, description="Rates the delivery of an order.", effect=Effect.CREATE),
            self.function("list_shops", {"city": STRING}, {"shops": {"type": "array", "items": STRING}}, description="Lists the shops of a city."),
            self.function("get_forecast", {"city": STRING}, {"forecast": STRING}, description="Gets the forecast of a city.", **weather),
            self.function("get_wind", {"city": STRING}, {"wind": {"type": "number"}}, description="Gets the wind speed of a city.", **weather),
            self.function("get_tides", {"coast": STRING}, {"high": STRING}, description="Gets the tides of a coast.", **weather),
        )  # fmt: skip
        return {function.name: function for function in made}

    def edges(self) -> list[Edge]:
        """How values flow through the shop, and which functions take the same city."""
        by_name = self.functions()
        flows = (
            ("find_customer", "customer_id", "list_orders", "customer_id", "P-R"),
            ("list_orders", "orders[].order_id", "get_order", "order_id", "P-R"),
            ("list_orders", "orders[].order_id", "refund_payment", "order_id", "P-R"),
            ("get_order", "carrier", "track_parcel", "carrier", "P-R"),
            ("get_order", "order_id", "track_parcel", "order_id", "P-R"),
            ("get_order", "carrier", "rate_delivery", "carrier", "P-R"),
            ("list_orders", "orders[].order_id", "rate_delivery", "order_id", "P-R"),
            ("get_order", "order_id", "add_comment", "order_id", "P-P"),
            ("get_forecast", "city", "get_wind", "city", "P-P"),
            ("get_wind", "city", "get_forecast", "city", "P-P"),
            ("get_wind", "city", "list_shops", "city", "P-P"),
        )
        return [self.edge(by_name[s], out, by_name[t], into, kind) for s, out, t, into, kind in flows]

    @staticmethod
    def user(path: str, value: Any) -> PlanArgument:
        return PlanArgument(path, ValueKind.USER, value)

    dearest = Choice(ChoiceKind.HIGHEST, "orders[].total", label="total")

    @staticmethod
    def reference(path: str, step_id: str, output_path: str, choice: Choice | None = None) -> PlanArgument:
        return PlanArgument(
            path, ValueKind.REFERENCE, step_id=step_id, output_path=output_path, choice=choice
        )

    @staticmethod
    def each(path: str, step_id: str, output_path: str) -> PlanArgument:
        return PlanArgument(path, ValueKind.REFERENCE, None, step_id, output_path, Members.EACH)

    def step(
        self,
        step_id: str,
        name: str,
        *arguments: PlanArgument,
        request: int = 0,
        group: int = 0,
        members_max: int = 1,
        is_implicit: bool = False,
        fault: Fault | None = None,
    ) -> PlanStep:
        function_id = self.functions()[name].function_id
        return PlanStep(step_id, function_id, request, group, arguments, members_max, is_implicit, fault)

    def task(
        self,
        scenario: Scenario,
        plan: tuple[PlanStep, ...],
        requests: tuple[UserRequest, ...],
        offered: tuple[str, ...],
        withheld: str | None = None,
    ) -> Task:
        by_name = self.functions()
        return Task(
            task_id=make_id("task", scenario.value, [request.goal for request in requests]),
            shard="sim-0000",
            slot_index=0,
            n_wanted=5,
            scenario=scenario,
            start_function_key="",
            chain=(),
            plan=plan,
            intent="SECRET-INTENT: I want my parcel.",
            requests=requests,
            offered_function_ids=tuple(by_name[name].function_id for name in offered),
            withheld_function_id=by_name[withheld].function_id if withheld else None,
            domain="commerce",
            system_text="You work for a shop.",
            reference_time="2025-06-02T09:00:00Z",
            language="en",
            seed=7,
            model="test",
            prompt_digest="",
        )

    def tasks(self) -> dict[str, Task]:
        """One task of each scenario, by scenario."""
        email = UserFact("s1", "email", "email address", "ada@example.com", False)
        order = UserFact("s1", "order_id", "order ID", "W-6041", True)
        cities = [UserFact(f"s{n}", "city", "city", city, False) for n, city in ((1, "Oslo"), (2, "Lisbon"))]
        made = (
            self.task(
                Scenario.CHAINED,
                (
                    self.step("s1", "find_customer", self.user("email", "ada@example.com")),
                    self.step("s2", "list_orders", self.reference("customer_id", "s1", "customer_id"), group=1),
                    self.step("s3", "get_order", self.reference("order_id", "s2", "orders[].order_id", self.dearest), request=1),
                ),
                (UserRequest("See what I have ordered", (email,)), UserRequest("Look at the first order", ())),
                ("get_order", "find_customer", "get_tides", "list_orders"),
            ),
            self.task(
                Scenario.PARALLEL,
                tuple(self.step(f.step_id, "get_forecast", self.user("city", f.value)) for f in cities),
                (UserRequest("Know the weather in two cities", tuple(cities)),),
                ("get_forecast", "get_tides"),
            ),
            self.task(
                Scenario.MISSING_PARAMETER,
                (self.step("s1", "get_order", self.user("order_id", "W-6041")),),
                (UserRequest("Look at an order", (order,)),),
                ("get_order", "get_tides"),
            ),
            self.task(
                Scenario.MISSING_FUNCTION,
                (self.step("s1", "find_customer", self.user("email", "ada@example.com")),),
                (UserRequest("Find my account", (email,)), UserRequest("Have my payment back", ())),
                ("find_customer", "get_order"),
                withheld="refund_payment",
            ),
            self.task(
                Scenario.IRRELEVANT,
                (),
                (UserRequest("Have my payment back", ()),),
                ("get_forecast", "get_wind"),
                withheld="refund_payment",
            ),
            self.task(
                Scenario.SINGLE,
                (self.step("s1", "get_tides", self.user("coast", "Algarve")),),
                (UserRequest("Know when the water is high", (UserFact("s1", "coast", "coast", "Algarve", False),)),),
                ("get_tides", "get_wind", "list_shops"),
            ),
            *self._tasks_that_pass_results_on(),
        )  # fmt: skip
        return {task.scenario.value: task for task in made}

    def _tasks_that_pass_results_on(self) -> tuple[Task, ...]:
        email = UserFact("s1", "email", "email address", "ada@example.com", False)
        find = self.step("s1", "find_customer", self.user("email", "ada@example.com"))
        orders = self.step("s2", "list_orders", self.reference("customer_id", "s1", "customer_id"), group=1)
        order = self.reference("order_id", "s2", "orders[].order_id", self.dearest)
        look = self.step("s3", "get_order", order, request=1)
        carrier = self.reference("carrier", "s3", "carrier")
        rate = self.step("s4", "rate_delivery", carrier, order, self.user("verdict", "swift"), request=2)
        verdict = UserFact("s4", "verdict", "verdict", "swift", False)
        track = self.step("s4", "track_parcel", carrier, order, request=2)
        see = UserRequest("See what I have ordered", (email,))
        offered = ("get_order", "find_customer", "get_tides", "list_orders", "rate_delivery", "track_parcel")
        return (
            self.task(
                Scenario.FAN_IN,
                (find, orders, look, rate),
                (see, UserRequest("Look at the first order", ()), UserRequest("Rate how it was brought", (verdict,))),
                offered,
            ),
            self.task(
                Scenario.FAN_OUT,
                (find, orders, self.step("s3", "get_order", self.each("order_id", "s2", "orders[].order_id"), request=1, members_max=3)),
                (see, UserRequest("Look at each of the first three", ())),
                offered,
            ),
            self.task(
                Scenario.IMPLICIT,
                (replace(find, is_implicit=True), replace(orders, is_implicit=True), replace(look, request_index=0, group=2)),
                (UserRequest("Look at my first order", (email,)),),
                offered,
            ),
            self.task(
                Scenario.ERROR_RECOVERY,
                (find, replace(orders, fault=Fault.TIMEOUT), look),
                (see, UserRequest("Look at the first order", ())),
                offered,
            ),
            self.task(
                Scenario.LONG_HORIZON,
                (find, orders, look, track),
                (see, UserRequest("Look at the first order", ()), UserRequest("Know where it is now", ())),
                offered,
            ),
        )  # fmt: skip


@pytest.fixture(scope="session")
def make() -> Make:
    """Builders of functions, links and tasks."""
    return Make()


class EmbeddingServer(ThreadingHTTPServer):
    """Answers every POST on loopback by `respond`, two components a text, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _EmbeddingHandler)
        self.respond: Callable[[dict[str, Any]], tuple[int, str, bytes]] = _lengths
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _EmbeddingHandler(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        self.server.keys.append(self.headers.get("Authorization"))
        status, content_type, body = self.server.respond(asked)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _lengths(asked: dict[str, Any]) -> tuple[int, str, bytes]:
    rows = [
        {"object": "embedding", "index": index, "embedding": [float(len(text)), 2.0]}
        for index, text in enumerate(asked["input"])
    ]
    return 200, "application/json", json.dumps({"object": "list", "model": "m", "data": rows}).encode()


@pytest.fixture
def embedding_server() -> Iterator[EmbeddingServer]:
    """An embedding endpoint on loopback."""
    server = EmbeddingServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
