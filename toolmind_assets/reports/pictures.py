"""Counts, lengths and a part of the function graph as PNG pictures, for the metadata of assets.

The same input gives the same bytes. Which picture an asset shows is said at the edge of its stage.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from statistics import median

import networkx as nx

from toolmind_assets.reports.picture_page import (
    BLUE,
    DARK,
    DOT,
    FAINT,
    FLOW,
    GRAPH_HEIGHT,
    INK,
    LOST,
    MARGIN,
    PALETTE,
    REST,
    ROW,
    TOP,
    WIDTH,
    Box,
    Page,
    Point,
)

MAX_BARS = 20
MAX_BINS = 25


def as_markdown(png: bytes, alt: str) -> str:
    """Markdown that shows a picture without a file."""
    text = "".join(character for character in " ".join(alt.split()) if character not in r"[]\`")
    return f"![{text}](data:image/png;base64,{b64encode(png).decode()})"


def draw_bars(title: str, counts: Sequence[tuple[str, float]], unit: str) -> bytes:
    """A bar for each count, in the order given; of more than 20 the smallest are one bar.

    Args:
        title: What is counted.
        counts: Names and numbers of 0 or more.
        unit: What one of the numbers is.
    """
    page = Page(title, f"{unit}, {_number(sum(count for _, count in counts))} in all")
    if not counts:
        return page.nothing()
    numbers: dict[str, float] = {}
    for name, count in counts:
        numbers[name] = numbers.get(name, 0) + count
    return _bars(
        page, _gathered({name: {unit: numbers[name]} for name in numbers}, {unit: unit}), {unit: BLUE}, TOP
    )


def draw_stacked(title: str, groups: Mapping[str, Mapping[str, float]], unit: str) -> bytes:
    """A bar for each group, in the order given, cut into its parts; small groups and parts are put together.

    Args:
        title: What is counted.
        groups: Name of the group -> name of the part -> number of 0 or more.
        unit: What one of the numbers is.
    """
    totals: dict[str, float] = {}
    for parts in groups.values():
        for part, number in parts.items():
            totals[part] = totals.get(part, 0) + number
    page = Page(title, f"{unit}, {_number(sum(totals.values()))} in all")
    if not totals:
        return page.nothing()
    shown = _folded(totals, len(PALETTE))
    colours = _coloured(shown)
    y = page.legend(colours.items(), TOP - 6)
    return _bars(page, _gathered(groups, shown), colours, y)


def draw_funnel(title: str, steps: Sequence[tuple[str, int]]) -> bytes:
    """What is left after each step, and as a share of the first and of the one before; pale is what was lost.

    A step that holds more than the one it is compared with is shown as its multiple.
    """
    page = Page(title, "what is left after each step; pale: what was lost in it")
    if not steps:
        return page.nothing()
    x = page.labels((name for name, _ in steps), TOP)
    columns = (WIDTH - MARGIN - 215, WIDTH - MARGIN - 135, WIDTH - MARGIN)
    for right, text in zip(columns[1:], ("of the first", "of the one before"), strict=True):
        page.write(right, 41, text, "right", colour=FAINT)
    widest = max(page.width_of(_number(count)) for _, count in steps)
    scale = (columns[0] - widest - 16 - x) / (max(count for _, count in steps) or 1)
    before = steps[0][1]
    for index, (_, count) in enumerate(steps):
        y = TOP + ROW * index
        page.box(x, y + 3, scale * before, ROW - 6, LOST)
        page.box(x, y + 3, scale * count, ROW - 6, BLUE)
        shares = ("", "") if index == 0 else (_share(count, steps[0][1]), _share(count, before))
        for right, text in zip(columns, (_number(count), *shares), strict=True):
            if text:
                page.write(right, y + ROW / 2, text, "right")
        before = count
    return page.png(TOP + ROW * len(steps) + MARGIN)


def draw_histogram(title: str, values: Iterable[int], unit: str) -> bytes:
    """How often each value occurs, neighbours together where there are more than 25; the median is marked."""
    numbers = sorted(values)
    if not numbers:
        return Page(title, unit).nothing()
    low, high, middle = numbers[0], numbers[-1], median(numbers)
    page = Page(title, f"{unit}: {_number(low)} to {_number(high)}, median {_number(middle)}")
    step = -(-(high - low + 1) // MAX_BINS)
    bins = Counter((number - low) // step for number in numbers)
    n_bins = max((high - low) // step + 1, 8)
    top, bottom = TOP + 14, 340
    highest = max(bins.values())
    for count in sorted({0, highest // 2, highest}):
        y = bottom - (bottom - top) * count / highest
        page.rule((MARGIN + 50, WIDTH - MARGIN), (y, y))
        page.write(MARGIN + 44, y, _number(count), "right", size=8, colour=FAINT)
    left, width = MARGIN + 50, (WIDTH - 2 * MARGIN - 50) / n_bins
    for index, count in sorted(bins.items()):
        size = (bottom - top) * count / highest
        page.box(left + width * index + 1, bottom - size, width - 2, size, BLUE)
    names = [_bin_name(first, step) for first in range(low, high + 1, step)]
    widest = max(page.width_of(name, size=8) for name in names)
    for index in range(0, len(names), int(widest / width) + 1):
        x = min(left + width * (index + 0.5), WIDTH - 4 - widest / 2)
        page.write(x, bottom + 14, names[index], "center", size=8)
    x = left + width * ((middle - low) / step + 0.5 / step)
    page.rule((x, x), (top - 14, bottom), INK, "--")
    page.write(x + 5, top - 8, f"median {_number(middle)}", size=8)
    return page.png(bottom + 30)


def draw_graph(title: str, graph: nx.DiGraph, highlights: Collection[str] = ()) -> bytes:
    """Functions as dots in the colour of their domain, and the links among them; for up to some 40 functions.

    Args:
        title: Which part of the graph it is.
        graph: Nodes with `name` and `domain`, edges with `kind` ("P-R" or "P-P"), as `interesting_part` has them.
        highlights: Nodes that get a ring.
    """
    from matplotlib.patheffects import withStroke

    n_flows = sum(kind == FLOW for _, _, kind in graph.edges(data="kind"))
    n_shared = graph.number_of_edges() - n_flows
    n_links = graph.graph.get("n_links", graph.number_of_edges())
    page = Page(
        title,
        f"{len(graph)} functions, {graph.number_of_edges()} of their {n_links} links; "
        f"arrow: a result fills a parameter ({n_flows}); dashed: a shared parameter ({n_shared})",
    )
    if not graph:
        return page.nothing()
    domains = {node: str(domain or "-") for node, domain in graph.nodes(data="domain")}
    shown = _folded(dict(Counter(domains.values()).most_common()), len(PALETTE))
    colours = _coloured(shown)
    top = page.legend(colours.items(), TOP - 6)
    places = _places(graph, top + 10)
    for source, target, kind in sorted(graph.edges(data="kind"), key=lambda edge: edge[2] == FLOW):
        if source != target:
            page.link(places[source], places[target], kind == FLOW)
    for node, place in places.items():
        page.dot(place, colours[shown[domains[node]]], INK if node in highlights else "white")
    names = {node: str(name or node) for node, name in graph.nodes(data="name")}
    for text, x, y in _beside(page, names, places):
        page.write(x, y, text, size=8).set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    return page.png(GRAPH_HEIGHT)


def _places(graph: nx.DiGraph, top: float) -> dict[str, Point]:
    """Where each node stands, spread over the page below `top`; the same for the same graph."""
    layout = nx.spring_layout(graph.to_undirected(), seed=0, iterations=200, method="force")
    return dict(
        zip(
            layout,
            zip(
                _spread([x for x, _ in layout.values()], 70, WIDTH - 70),
                _spread([y for _, y in layout.values()], top + 14, GRAPH_HEIGHT - 30),
                strict=True,
            ),
            strict=True,
        )
    )


def _spread(values: Sequence[float], low: float, high: float) -> list[float]:
    """Values drawn out from `low` to `high`; half way where they are all the same."""
    least, most = min(values), max(values)
    if most == least:
        return [(low + high) / 2] * len(values)
    return [low + (high - low) * float((value - least) / (most - least)) for value in values]


def _beside(
    page: Page, names: Mapping[str, str], places: Mapping[str, Point]
) -> Iterator[tuple[str, float, float]]:
    """Each node's name, cut, with its left end and middle: on the side of the node that is least taken."""
    taken = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in places.values()]
    for node, (x, y) in places.items():
        text = page.fitted(names[node], 150, size=8)
        width = page.width_of(text, size=8)
        spots = [
            (min(max(left, 4), WIDTH - 4 - width), middle)
            for left, middle in (
                (x + 9, y),
                (x - width / 2, y + 14),
                (x - width / 2, y - 14),
                (x - 9 - width, y),
                (x + 6, y + 12),
                (x + 6, y - 12),
                (x - 6 - width, y + 12),
                (x - 6 - width, y - 12),
            )
        ]
        boxes = [(left, middle - 6, left + width, middle + 6) for left, middle in spots]
        overlaps = [sum(_overlap(box, other) for other in taken) for box in boxes]
        best = overlaps.index(min(overlaps))
        taken.append(boxes[best])
        yield text, *spots[best]


def _overlap(one: Box, other: Box) -> float:
    """Area that two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0) * max(height, 0)


def _bars(
    page: Page, groups: Mapping[str, Mapping[str, float]], colours: Mapping[str, str], y: float
) -> bytes:
    """The page with a bar for each group from `y` down, its total beside it, its parts written where they fit."""
    totals = {name: sum(parts.values()) for name, parts in groups.items()}
    x = page.labels(totals, y)
    widest = max(page.width_of(_number(total)) for total in totals.values())
    scale = (WIDTH - MARGIN - 6 - widest - x) / (max(totals.values()) or 1)
    for name, parts in groups.items():
        end = x
        for part, colour in colours.items():
            size, text = scale * parts.get(part, 0), _number(parts.get(part, 0))
            page.box(end, y + 3, size, ROW - 6, colour)
            if len(colours) > 1 and page.width_of(text, size=8) + 8 < size:
                ink = "white" if colour in DARK else INK
                page.write(end + size / 2, y + ROW / 2, text, "center", size=8, colour=ink)
            end += size
        page.write(end + 6, y + ROW / 2, _number(totals[name]))
        y += ROW
    return page.png(y + MARGIN)


def _gathered(
    groups: Mapping[str, Mapping[str, float]], parts: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """The groups, the smallest as one where there are too many, with each part under the name it is shown by."""
    shown = _folded({name: sum(group.values()) for name, group in groups.items()}, MAX_BARS)
    gathered: dict[str, dict[str, float]] = {name: {} for name in shown.values()}
    for name, under in shown.items():
        for part, number in groups[name].items():
            gathered[under][parts[part]] = gathered[under].get(parts[part], 0) + number
    return gathered


def _folded(totals: Mapping[str, float], n_names: int) -> dict[str, str]:
    """Each name -> the name that it is shown under: its own, or one for the smallest where there are too many."""
    if len(totals) <= n_names:
        return {name: name for name in totals}
    largest = set(sorted(totals, key=lambda name: -totals[name])[: n_names - 1])
    rest = f"{len(totals) - len(largest)} others"
    kept = {name: name for name in totals if name in largest}
    return kept | {name: rest for name in totals if name not in largest}


def _coloured(shown: Mapping[str, str]) -> dict[str, str]:
    """A colour for each shown name; what stands for several is grey."""
    names = list(dict.fromkeys(shown.values()))
    return {name: colour if name in shown else REST for name, colour in zip(names, PALETTE, strict=False)}


def _number(number: float) -> str:
    """A number with as many places as its size asks for."""
    if number == int(number) or abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:,.2f}" if abs(number) >= 1 else f"{number:.3g}"


def _bin_name(first: int, step: int) -> str:
    """The values that a bar of a histogram counts."""
    return _number(first) if step == 1 else f"{_number(first)}–{_number(first + step - 1)}"


def _share(count: int, whole: int) -> str:
    """A count as per cent of another, or as its multiple where it is more."""
    if whole == 0:
        return "–"
    return f"{count / whole:.1%}" if count <= whole else f"×{count / whole:,.1f}"
