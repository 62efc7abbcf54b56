"""Tiny functions for the tests of the graph, as fixtures: test folders are no packages."""

from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.graph.candidates import Candidate
from toolmind_assets.graph.compatibility import compare_fields
from toolmind_assets.graph.fields import FunctionField, fields_of
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Domain, Effect, FunctionSpec
from toolmind_assets.model.ids import digest, make_id

STRING = {"type": "string"}
INTEGER = {"type": "integer"}


def build_function(
    name: str,
    takes: dict[str, Any] | None = None,
    gives: dict[str, Any] | None = None,
    *,
    namespace: str = "shop",
    description: str = "",
    effect: Effect = Effect.READ,
    domain: Domain = Domain.COMMERCE,
    required: tuple[str, ...] | None = None,
) -> FunctionSpec:
    takes = takes or {}
    parameters = {
        "type": "object",
        "properties": takes,
        "required": list(takes if required is None else required),
    }
    returns = None if gives is None else {"type": "object", "properties": gives}
    key, content = digest(namespace, name), digest(parameters, returns)
    return FunctionSpec(
        function_id=make_id("function", key, content),
        function_key=key,
        function_digest=content,
        name=name.replace(".", "_"),
        source_name=name,
        namespace=namespace,
        description=description,
        parameters=parameters,
        returns=returns,
        effect=effect,
        domain=domain,
        source="test",
        source_version="1",
        licence="MIT",
    )


def input_of(function: FunctionSpec, path: str) -> FunctionField:
    return next(field for field in fields_of(function, GraphParams()).inputs if field.path == path)


def output_of(function: FunctionSpec, path: str) -> FunctionField:
    return next(field for field in fields_of(function, GraphParams()).outputs if field.path == path)


def build_link(
    source: FunctionSpec, output_path: str, target: FunctionSpec, input_path: str, kind: str = "P-R"
) -> Candidate:
    kind_ = EdgeKind(kind)
    given = (
        output_of(source, output_path)
        if kind_ is EdgeKind.RESULT_TO_PARAMETER
        else input_of(source, output_path)
    )
    taken = input_of(target, input_path)
    return Candidate(kind_, given, taken, 1.0, compare_fields(kind_, given, taken))


@pytest.fixture(scope="session")
def make_function() -> Callable[..., FunctionSpec]:
    """Builds a function spec from names and schemas."""
    return build_function


@pytest.fixture(scope="session")
def link() -> Callable[..., Candidate]:
    """Builds a candidate between two paths, with similarity 1."""
    return build_link


@pytest.fixture(scope="session")
def shop() -> dict[str, FunctionSpec]:
    """Four functions of a shop, by name: orders of a customer, one order, a customer, and a deletion."""
    order = {"type": "object", "properties": {"id": STRING, "note": STRING}}
    customer = {"type": "object", "properties": {"id": STRING}}
    functions = (
        build_function(
            "list_orders",
            {"customer_id": {"type": "string", "description": "Identifier of the customer"}},
            {"orders": {"type": "array", "items": order}},
            description="Lists the orders of a customer",
        ),
        build_function(
            "get_order",
            {"order_id": STRING},
            {"total": {"type": "number"}},
            description="One order by its id",
        ),
        build_function("find_customer", {"email": STRING}, {"customer": customer}),
        build_function("delete_order", {"order_id": STRING}, {"order_id": STRING}, effect=Effect.DELETE),
    )
    return {function.name: function for function in functions}
