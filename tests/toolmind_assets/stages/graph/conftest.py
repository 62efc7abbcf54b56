"""Tiny functions for the tests of the graph, as fixtures: test folders are no packages."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from toolmind_assets.model.edges import Edge, EdgeKind, EdgeVerdict
from toolmind_assets.model.functions import Domain, Effect, FunctionSource, FunctionSpec
from toolmind_assets.model.ids import JsonObject, digest, make_id
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.graph.build import Found, build_edges, find_links
from toolmind_assets.stages.graph.coherence import Coherence, Coherences
from toolmind_assets.stages.graph.columns import Columns, columns_of, pair_columns
from toolmind_assets.stages.graph.evidence import Agreement
from toolmind_assets.stages.graph.field import FunctionField
from toolmind_assets.stages.graph.field_reader import fields_of
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.scoring import Compatibility, Scorer
from toolmind_assets.stages.graph.similarity import embed_pools
from toolmind_assets.stages.graph.stand_in import RULES
from toolmind_assets.stages.graph.validator import EdgeContext
from toolmind_assets.tables.rows import decode_rows
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.model import ChatModel
from toolmind_resources.embed.hashed import HashedEmbedder

STRING = {"type": "string"}
FOUND_ONLY = GraphParams(random_ratio=0)
Ends = tuple[str, str, str, str]
"""Source function, its path, target function, its path."""


@dataclass(frozen=True)
class Link:
    """One pair of fields with all that its score is made of, by name."""

    kind: EdgeKind
    source: FunctionField
    target: FunctionField
    factors: SimpleNamespace
    evidence: SimpleNamespace
    agreement: float
    compatibility: float
    score: float
    context: EdgeContext


@dataclass(frozen=True)
class Graph:
    """Edges with the names of the functions that they join."""

    edges: tuple[Edge, ...]
    names: dict[str, str]

    def ends(self, kind: str = "P-R", verdict: str = "accepted") -> set[Ends]:
        """Ends of the edges of a kind, with a verdict."""
        chosen = [edge for edge in self.edges if edge.kind == kind and edge.verdict == verdict]
        return {self.ends_of(edge) for edge in chosen}

    def ends_of(self, edge: Edge) -> Ends:
        """Ends of one edge."""
        source, target = self.names[edge.source_function_id], self.names[edge.target_function_id]
        return source, edge.output_path, target, edge.input_path

    def accepted(self) -> list[Edge]:
        """The edges that may be walked."""
        return [edge for edge in self.edges if edge.verdict is EdgeVerdict.ACCEPTED]

    def scores(self) -> dict[tuple[str, Ends], float]:
        """Score of each edge by its kind and ends."""
        return {(edge.kind.value, self.ends_of(edge)): edge.score for edge in self.edges}


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
    marks: tuple[JsonObject, ...] = (),
    identifiers: dict[str, tuple[str, str]] | None = None,
    definitions: JsonObject | None = None,
    route: str = "",
) -> FunctionSpec:
    """A function of a shop that requires all its parameters unless told otherwise.

    Args:
        identifiers: Pointers of fields to resource and identifier, as marks state them.
        definitions: What `#/$defs/` refers to, in parameters and in the result.
        route: Template of the route under which an OpenAPI document has it.
    """
    takes = takes or {}
    shared = {"$defs": definitions} if definitions else {}
    parameters = {
        "type": "object",
        "properties": takes,
        "required": list(takes if required is None else required),
        **shared,
    }
    returns = None if gives is None else {"type": "object", "properties": gives, **shared}
    stated_marks = [
        {"path": path, "kind": "identifier", "resource": resource, "value": value}
        for path, (resource, value) in (identifiers or {}).items()
    ]
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
        marks=(*marks, *stated_marks),
        sources=(FunctionSource("entry", "test", f"api.json#/paths/{escape(route)}/get", "test", "1", "MIT"),)
        if route
        else (),
    )


def field_at(function: FunctionSpec, path: str, *, is_input: bool) -> FunctionField:
    """A parameter or result field of a function, by its path."""
    found = fields_of(function, GraphParams())
    return next(field for field in (found.inputs if is_input else found.outputs) if field.path == path)


def weigh_link(
    source: FunctionSpec, output_path: str, target: FunctionSpec, input_path: str, kind: str = "P-R"
) -> Link:
    """What one pair of fields comes to, whether or not it would be found."""
    kind_ = EdgeKind(kind)
    given = field_at(source, output_path, is_input=kind_ is EdgeKind.SHARED_PARAMETER)
    taken = field_at(target, input_path, is_input=True)
    columns = pair_columns(given, taken)
    scorer = Scorer(columns, embed_pools(HashedEmbedder(), columns.pools.labels, columns.pools.descriptions))
    ours, theirs = np.array([0]), np.array([1])
    agreement = scorer.evidence.weigh(ours, theirs)
    compatibility = scorer.compatibilities.weigh(kind_, ours, theirs)
    factors = {
        name: round(float(getattr(compatibility, name)[0]), 4) for name in Compatibility.__dataclass_fields__
    }
    said = {name: round(float(getattr(agreement, name)[0]), 4) for name in Agreement.__dataclass_fields__}
    return Link(
        kind=kind_,
        source=given,
        target=taken,
        factors=SimpleNamespace(**factors),
        evidence=SimpleNamespace(**said),
        agreement=round(float(agreement.value[0]), 4),
        compatibility=round(float(compatibility.value[0]), 4),
        score=round(float(scorer.score(kind_, ours, theirs)[0]), 4),
        context=EdgeContext(
            kind_, given, taken, fields_of(source, GraphParams()), fields_of(target, GraphParams())
        ),
    )


def columns_by_key(functions: Iterable[FunctionSpec]) -> Columns:
    """The columns of some functions, in the order in which they are linked."""
    return columns_of(fields_of(function, GraphParams()) for function in by_key(functions))


def weigh_sense(
    functions: Sequence[FunctionSpec], source: str, output_path: str, target: str, input_path: str, kind: str
) -> SimpleNamespace:
    """The factors of coherence of one link among some functions, by name, and what they come to as `value`."""
    columns, kind_ = columns_by_key(functions), EdgeKind(kind)
    paths = [columns.pools.paths[path] for path in columns.fields.path]
    names = [columns.profiles[place].source_name for place in columns.fields.function]
    places = {
        (name, path, bool(is_input)): place
        for place, (name, path, is_input) in enumerate(
            zip(names, paths, columns.fields.is_input, strict=True)
        )
    }
    given = places[source, output_path, kind_ is EdgeKind.SHARED_PARAMETER]
    taken = places[target, input_path, True]
    found = Coherences(columns).weigh(kind_, np.array([given]), np.array([taken]))
    names_of_factors = (*Coherence.__dataclass_fields__, "value")
    return SimpleNamespace(**{name: round(float(getattr(found, name)[0]), 4) for name in names_of_factors})


def by_key(functions: Iterable[FunctionSpec]) -> list[FunctionSpec]:
    """Functions in the order in which they are linked."""
    return sorted(functions, key=lambda function: (function.function_key, function.function_id))


def find_graph(
    functions: Sequence[FunctionSpec], params: GraphParams = FOUND_ONLY, chat: ChatModel | None = None
) -> Graph:
    """The edges of some functions; the embedded model, without its mistakes, is the validator unless told."""
    model = chat or EmbeddedChat(RULES, EmbeddedErrors(judge_unparseable=0))
    frame = asyncio.run(build_edges(by_key(functions), HashedEmbedder(), model, params))
    return Graph(
        tuple(decode_rows(Edge, frame)), {function.function_id: function.name for function in functions}
    )


@pytest.fixture(scope="session")
def make_function() -> Callable[..., FunctionSpec]:
    """Builds a function spec from names and schemas."""
    return build_function


@pytest.fixture(scope="session")
def field() -> Callable[..., FunctionField]:
    """Finds a field of a function."""
    return field_at


@pytest.fixture(scope="session")
def link() -> Callable[..., Link]:
    """Weighs a link between two paths."""
    return weigh_link


@pytest.fixture(scope="session")
def columns() -> Callable[..., Columns]:
    """Makes the columns of some functions."""
    return columns_by_key


@pytest.fixture(scope="session")
def sense() -> Callable[..., SimpleNamespace]:
    """Weighs whether the two calls of a link among some functions belong together."""
    return weigh_sense


@pytest.fixture(scope="session")
def find() -> Callable[..., Graph]:
    """Builds the graph of some functions, given in any order; by default nothing is drawn."""
    return find_graph


@pytest.fixture(scope="session")
def find_raw() -> Callable[..., Found]:
    """Finds the candidate links of some functions, with their columns."""

    def found(functions: Sequence[FunctionSpec], params: GraphParams = FOUND_ONLY) -> Found:
        return find_links(by_key(functions), HashedEmbedder(), params)

    return found


@pytest.fixture(scope="session")
def shop() -> dict[str, FunctionSpec]:
    """Four functions of a shop, by name: orders of a customer, one order, a customer, and a deletion."""
    order = {"type": "object", "properties": {"id": STRING, "note": STRING}, "required": ["id"]}
    customer = {"type": "object", "properties": {"id": STRING}, "required": ["id"]}
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
