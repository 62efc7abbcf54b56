import base64
import sys
from collections.abc import Callable
from io import BytesIO
from subprocess import run

import networkx as nx
import pytest
from PIL import Image

from toolmind_assets.reports.pictures import (
    PALETTE,
    as_markdown,
    draw_bars,
    draw_funnel,
    draw_graph,
    draw_histogram,
    draw_stacked,
)

pytestmark = pytest.mark.filterwarnings("error")
MAX_BYTES = 60_000
LONG = "a_function_with_a_name_that_never_ends_" * 20
ODD = ("", "   ", LONG, "查询天气", "два 🌦 три", "$x^2$ \\$", "_hidden", "line\nbreak\x00\ud800")


def graph_of(n_nodes: int, *, linked: bool = True, name: str = "get_thing") -> nx.DiGraph:
    graph = nx.DiGraph()
    for index in range(n_nodes):
        graph.add_node(f"f{index}", name=f"{name}_{index}", domain=f"domain{index % 10}")
    for index in range(n_nodes - 1 if linked else 0):
        graph.add_edge(f"f{index}", f"f{index + 1}", kind="P-R" if index % 3 else "P-P")
        graph.add_edge(f"f{index}", f"f{index * 7 % n_nodes}", kind="P-R")
    return graph


ORDINARY: dict[str, Callable[[], bytes]] = {
    "bars": lambda: draw_bars("Bars", [(f"name {index}", index * 97) for index in range(40)], "functions"),
    "funnel": lambda: draw_funnel("Funnel", [(f"step {index}", 900 - index * 70) for index in range(11)]),
    "histogram": lambda: draw_histogram("Lengths", [n * n % 61 for n in range(500)], "turns"),
    "stacked": lambda: draw_stacked(
        "Cost", {f"shard {n}": {f"role {m}": n * m / 7 for m in range(9)} for n in range(30)}, "USD"
    ),
    "graph": lambda: draw_graph("Part", graph_of(40), ["f0"]),
}
DEGENERATE: dict[str, Callable[[], bytes]] = {
    "no bars": lambda: draw_bars("", [], ""),
    "bars of zero": lambda: draw_bars("t", [("a", 0), ("b", 0.0)], "u"),
    "one bar": lambda: draw_bars("t", [("a", 0.00012)], "u"),
    "odd bars": lambda: draw_bars(LONG, [(name, 10**12 + index) for index, name in enumerate(ODD)], LONG),
    "no steps": lambda: draw_funnel("t", []),
    "steps of zero": lambda: draw_funnel("t", [("a", 0), ("b", 0), ("c", 3)]),
    "odd steps": lambda: draw_funnel("t", [(name, 5) for name in ODD]),
    "no values": lambda: draw_histogram("t", [], "u"),
    "one value": lambda: draw_histogram("t", [7], "u"),
    "equal values": lambda: draw_histogram("t", [3] * 9, "u"),
    "far values": lambda: draw_histogram("t", [-4, 0, 10**9], "u"),
    "no groups": lambda: draw_stacked("t", {}, "u"),
    "groups without parts": lambda: draw_stacked("t", {"a": {}, "b": {}}, "u"),
    "groups of zero": lambda: draw_stacked("t", {"a": {"x": 0}, "b": {}}, "u"),
    "odd groups": lambda: draw_stacked("t", {name: dict.fromkeys(ODD, 2.5) for name in ODD}, "u"),
    "no nodes": lambda: draw_graph("t", nx.DiGraph()),
    "one node": lambda: draw_graph("t", graph_of(1)),
    "nodes without edges": lambda: draw_graph("t", graph_of(12, linked=False)),
    "long names": lambda: draw_graph("t", graph_of(5, name=LONG)),
    "foreign names": lambda: draw_graph("t", graph_of(5, name="查询天气$")),
    "bare nodes": lambda: draw_graph("t", nx.DiGraph([("a", "b"), ("b", "b")])),
}


def pixels(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    assert image.format == "PNG"
    return image.convert("RGB")


def n_of(png: bytes, colour: str) -> int:
    rgb = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return sum(count for count, found in pixels(png).getcolors(1 << 24) or [] if found == rgb)


@pytest.mark.parametrize("draw", ORDINARY.values(), ids=ORDINARY)
def test_a_picture_is_the_same_each_time_small_and_on_white(draw: Callable[[], bytes]):
    png = draw()
    assert png == draw()
    assert len(png) <= MAX_BYTES
    assert pixels(png).width == 800
    assert pixels(png).getpixel((0, 0)) == (255, 255, 255)
    assert n_of(png, PALETTE[0]) > 100


@pytest.mark.parametrize("draw", DEGENERATE.values(), ids=DEGENERATE)
def test_what_is_hard_to_draw_gives_a_picture_all_the_same(draw: Callable[[], bytes]):
    assert 80 <= pixels(draw()).height <= 700


@pytest.mark.parametrize("draw", [*ORDINARY.values(), *DEGENERATE.values()], ids=[*ORDINARY, *DEGENERATE])
def test_nothing_is_drawn_over_the_edge_of_the_page(draw: Callable[[], bytes]):
    image = pixels(draw())
    edges = [image.crop(box) for box in ((0, 0, 2, image.height), (798, 0, 800, image.height))]
    assert {colour for edge in edges for _, colour in edge.getcolors() or []} == {(255, 255, 255)}


def test_a_bar_is_as_long_as_its_count():
    half, whole = (n_of(draw_bars("t", [("a", 100), ("b", n)], "u"), PALETTE[0]) for n in (50, 100))
    assert half / whole == pytest.approx(0.75, abs=0.01)


def test_more_than_twenty_bars_are_twenty():
    some, many = (pixels(draw_bars("t", [(str(n), 1) for n in range(size)], "u")) for size in (20, 500))
    assert some.height == many.height


def test_each_part_of_a_stacked_bar_has_its_colour():
    png = draw_stacked("t", {"a": {"added": 3, "changed": 2, "removed": 1}}, "functions")
    added, changed, removed = (n_of(png, colour) for colour in PALETTE[:3])
    assert added > changed > removed > 500


def test_what_a_funnel_loses_is_pale():
    kept, lost = (n_of(draw_funnel("t", [("a", 100), ("b", n)]), "#E4E4E4") for n in (100, 20))
    assert kept < 100 < lost


def test_a_ring_marks_a_highlighted_function():
    graph = graph_of(6)
    assert draw_graph("t", graph, ["f3"]) != draw_graph("t", graph, [])


def test_kinds_of_edges_look_different():
    flows, shared = (nx.DiGraph([("a", "b", {"kind": kind})]) for kind in ("P-R", "P-P"))
    assert pixels(draw_graph("t", flows)).crop((0, 90, 800, 600)) != pixels(draw_graph("t", shared)).crop(
        (0, 90, 800, 600)
    )


def test_markdown_holds_the_whole_picture():
    png = draw_bars("t", [("a", 1)], "u")
    text = as_markdown(png, "bars [of]\nthings")
    head, _, encoded = text.removesuffix(")").partition(",")
    assert head == "![bars of things](data:image/png;base64"
    assert base64.b64decode(encoded) == png


def test_matplotlib_is_imported_only_where_a_picture_is_drawn_and_pyplot_never():
    code = (
        "import sys, toolmind_assets.reports.pictures as pictures; before = 'matplotlib' in sys.modules;"
        "pictures.draw_bars('t', [('a', 1)], 'u');"
        "print(before, 'matplotlib' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "False"]
