import asyncio
from collections.abc import Sequence

from toolmind_assets.graph.build import build_edges
from toolmind_assets.graph.embedded import RULES
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.model.edges import Edge, EdgeVerdict
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.tables.graph import EDGES
from toolmind_assets.tables.rows import decode_rows, encode_rows
from toolmind_resources.chat.embedded import EmbeddedChat, EmbeddedErrors
from toolmind_resources.chat.model import ChatModel, Role
from toolmind_resources.chat.scripted import ScriptedChat
from toolmind_resources.embed.tfidf import TfidfEmbedder

Shop = dict[str, FunctionSpec]


def build(functions: Sequence[FunctionSpec], chat: ChatModel | None = None) -> tuple[Edge, ...]:
    model = chat or EmbeddedChat(RULES, EmbeddedErrors(judge_unparseable=0))
    return asyncio.run(build_edges(functions, TfidfEmbedder(), model, GraphParams(random_ratio=0)))


def test_edges_come_sorted_and_fit_their_table(shop: Shop) -> None:
    edges = build(list(shop.values()))
    assert len(edges) == 4
    assert list(edges) == sorted(edges, key=lambda edge: edge.edge_id)
    assert tuple(decode_rows(Edge, encode_rows(EDGES, edges))) == edges


def test_the_embedded_model_accepts_what_belongs_together(shop: Shop) -> None:
    assert {edge.verdict for edge in build(list(shop.values()))} == {EdgeVerdict.ACCEPTED}


def test_rejected_links_stay_with_their_reason(shop: Shop) -> None:
    chat = ScriptedChat({Role.EDGE_VALIDATOR: ["no idea"] * 4})
    edges = build(list(shop.values()), chat)
    assert [edge.verdict for edge in edges] == [EdgeVerdict.REJECTED] * 4
    assert all(edge.reason for edge in edges)


def test_no_functions_make_no_edges() -> None:
    assert build([]) == ()
