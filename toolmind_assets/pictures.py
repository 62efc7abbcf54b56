"""Counts, lengths and a part of the function graph as PNG pictures, for the metadata of assets.

A picture is laid out in pixels on a white page, in the one font that matplotlib brings along, so that the same
input gives the same bytes; characters that this font lacks become a box. matplotlib takes seconds to import and
is imported where a picture is drawn. Which picture an asset shows is said at the edge of its stage.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Literal

import networkx as nx

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Colours that the colour-blind tell apart (Okabe and Ito, 2008), on white and beside each other."""
MAX_BARS = 20
MAX_BINS = 25
_BLUE, _REST, _LOST, _RULE, _INK, _FAINT = (PALETTE[0], "#A8A8A8", "#E4E4E4", "#DDDDDD", "#222222", "#666666")
_WIDTH, _MARGIN, _TOP, _ROW = 800, 16, 58, 22
_LABEL_ROOM, _COLOURS = 300, 48
_GRAPH_HEIGHT = 600
_DOT = 6
_FLOW = "P-R"
_DARK = {"#0072B2", "#009E73", "#D55E00"}
"""Colours of the palette on which white is read."""
_Point = tuple[float, float]
_Box = tuple[float, float, float, float]
_Align = Literal["left", "center", "right"]


class _Page:
    """A white page with a title, drawn on in pixels from its top left corner."""

    def __init__(self, title: str, subtitle: str) -> None:
        import matplotlib
        from matplotlib.figure import Figure
        from matplotlib.font_manager import FontProperties
        from matplotlib.ft2font import FT2Font

        font = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
        self._glyphs = FT2Font(str(font))
        self._font = FontProperties(fname=str(font))
        self.figure = Figure(dpi=100, facecolor="white")
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.axis("off")
        self.write(_MARGIN, 20, title, size=13)
        self.write(_MARGIN, 41, subtitle, colour=_FAINT)

    def png(self, height: float) -> bytes:
        """The page cut at this height, in few enough colours to be small."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image

        self.figure.set_size_inches(_WIDTH / 100, height / 100)
        self.axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        image = Image.frombuffer("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba())).convert("RGB")
        file = BytesIO()
        image.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        return file.getvalue()

    def width_of(self, line: str, size: float = 9) -> float:
        """How wide a line is that was fitted."""
        self._glyphs.set_size(size, 100)
        self._glyphs.set_text(line)
        return self._glyphs.get_width_height()[0] / 64

    def fitted(self, text: str, room: float = _WIDTH - 2 * _MARGIN, size: float = 9) -> str:
        """The text as one line, cut in its middle where it is too long: the ends of names tell them apart."""
        line = " ".join(text.split())[:300] or "-"
        line = "".join(character if self._has(character) else "\N{WHITE SQUARE}" for character in line)
        cut, n_kept = line, len(line)
        while n_kept > 1 and self.width_of(cut, size) > room:
            n_kept -= 1
            cut = f"{line[: n_kept - n_kept // 2]}…{line[len(line) - n_kept // 2 :]}"
        return cut

    def _has(self, character: str) -> bool:
        return character.isprintable() and self._glyphs.get_char_index(ord(character)) != 0

    def write(
        self, x: float, y: float, text: str, align: _Align = "left", size: float = 9, colour: str = _INK
    ) -> None:
        """One line of text around the height `y`; what lies under it is washed out."""
        from matplotlib.patheffects import withStroke

        font = self._font.copy()
        font.set_size(size)
        line = self.fitted(text, size=size).replace("$", r"\$")
        halo = [] if colour == "white" else [withStroke(linewidth=2, foreground="#FFFFFFB0")]
        written = self.axes.text(x, y, line, color=colour, fontproperties=font, zorder=3)
        written.set(ha=align, va="center_baseline", path_effects=halo)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle; `x` and `y` are its top left corner."""
        from matplotlib.patches import Rectangle

        self.axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, linewidth=0))

    def rule(self, x: Sequence[float], y: Sequence[float], colour: str = _RULE, dashes: str = "-") -> None:
        """A thin line."""
        self.axes.plot(x, y, color=colour, linewidth=1, linestyle=dashes, zorder=0.5)

    def labels(self, names: Iterable[str], y: float) -> float:
        """Names under each other, one a row from `y`; returns where what stands beside them begins."""
        lines = [self.fitted(name, _LABEL_ROOM) for name in names]
        x = _MARGIN + max(map(self.width_of, lines)) + 10
        for index, line in enumerate(lines):
            self.write(x - 10, y + _ROW * (index + 0.5), line, "right")
        return x

    def legend(self, entries: Iterable[tuple[str, str]], y: float) -> float:
        """Names with their colours, as many a row as there is room for; returns where the rows end."""
        x = _MARGIN
        for name, colour in entries:
            line = self.fitted(name, 200)
            width = 16 + self.width_of(line) + 18
            if x > _MARGIN and x + width > _WIDTH:
                x, y = _MARGIN, y + 20
            self.box(x, y + 4, 11, 11, colour)
            self.write(x + 16, y + 10, line)
            x += width
        return y + 28

    def link(self, start: _Point, end: _Point, is_flow: bool) -> None:
        """A solid arrow for a value that flows, pale dashes for what is shared."""
        style = (
            {"arrowstyle": "-|>", "color": "#777777"} if is_flow else {"arrowstyle": "-", "color": "#C4C4C4"}
        )
        more = {"linestyle": "-" if is_flow else (0, (4, 3)), "connectionstyle": "arc3,rad=0.08"}
        more |= {"shrinkA": 5, "shrinkB": 5, "linewidth": 0.9, "mutation_scale": 9}
        self.axes.annotate("", xy=end, xytext=start, arrowprops={**style, **more}, zorder=1)

    def dot(self, place: _Point, colour: str, edge: str) -> None:
        """A disc with an edge."""
        self.axes.plot(*([one] for one in place), "o", ms=9, mew=1.8, mfc=colour, mec=edge, zorder=2)

    def nothing(self) -> bytes:
        """The page where there is nothing to draw."""
        self.write(_MARGIN, _TOP + 16, "nothing to show")
        return self.png(_TOP + 40)


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
    page = _Page(title, f"{unit}, {_number(sum(count for _, count in counts))} in all")
    if not counts:
        return page.nothing()
    numbers: dict[str, float] = {}
    for name, count in counts:
        numbers[name] = numbers.get(name, 0) + count
    return _bars(
        page, _gathered({name: {unit: numbers[name]} for name in numbers}, {unit: unit}), {unit: _BLUE}, _TOP
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
    page = _Page(title, f"{unit}, {_number(sum(totals.values()))} in all")
    if not totals:
        return page.nothing()
    shown = _folded(totals, len(PALETTE))
    colours = _coloured(shown)
    y = page.legend(colours.items(), _TOP - 6)
    return _bars(page, _gathered(groups, shown), colours, y)


def draw_funnel(title: str, steps: Sequence[tuple[str, int]]) -> bytes:
    """What is left after each step, and as a share of the first and of the one before; pale is what was lost.

    A step that holds more than the one it is compared with is shown as its multiple.
    """
    page = _Page(title, "in each line: what is left, of the first line, of the line before")
    if not steps:
        return page.nothing()
    x = page.labels((name for name, _ in steps), _TOP)
    columns = (_WIDTH - _MARGIN - 140, _WIDTH - _MARGIN - 70, _WIDTH - _MARGIN)
    widest = max(page.width_of(_number(count)) for _, count in steps)
    scale = (columns[0] - widest - 16 - x) / (max(count for _, count in steps) or 1)
    before = steps[0][1]
    for index, (_, count) in enumerate(steps):
        y = _TOP + _ROW * index
        page.box(x, y + 3, scale * before, _ROW - 6, _LOST)
        page.box(x, y + 3, scale * count, _ROW - 6, _BLUE)
        shares = ("", "") if index == 0 else (_share(count, steps[0][1]), _share(count, before))
        for right, text in zip(columns, (_number(count), *shares), strict=True):
            if text:
                page.write(right, y + _ROW / 2, text, "right")
        before = count
    return page.png(_TOP + _ROW * len(steps) + _MARGIN)


def draw_histogram(title: str, values: Iterable[int], unit: str) -> bytes:
    """How often each value occurs, neighbours together where there are more than 25; the median is marked."""
    numbers = sorted(values)
    if not numbers:
        return _Page(title, unit).nothing()
    low, high, middle = numbers[0], numbers[-1], median(numbers)
    page = _Page(title, f"{unit}: {_number(low)} to {_number(high)}, median {_number(middle)}")
    step = -(-(high - low + 1) // MAX_BINS)
    bins = Counter((number - low) // step for number in numbers)
    n_bins = max((high - low) // step + 1, 8)
    top, bottom = _TOP + 14, 340
    highest = max(bins.values())
    for count in sorted({0, highest // 2, highest}):
        y = bottom - (bottom - top) * count / highest
        page.rule((_MARGIN + 50, _WIDTH - _MARGIN), (y, y))
        page.write(_MARGIN + 44, y, _number(count), "right", size=8, colour=_FAINT)
    left, width = _MARGIN + 50, (_WIDTH - 2 * _MARGIN - 50) / n_bins
    for index, count in sorted(bins.items()):
        size = (bottom - top) * count / highest
        page.box(left + width * index + 1, bottom - size, width - 2, size, _BLUE)
    every = -(-n_bins // 13)
    for index in range(0, (high - low) // step + 1, every):
        first = low + step * index
        name = _number(first) if step == 1 else f"{_number(first)}–{_number(first + step - 1)}"
        page.write(left + width * (index + 0.5), bottom + 14, name, "center", size=8)
    x = left + width * ((middle - low) / step + 0.5 / step)
    page.rule((x, x), (top - 14, bottom), _INK, "--")
    page.write(x + 5, top - 8, f"median {_number(middle)}", size=8)
    return page.png(bottom + 30)


def draw_graph(title: str, graph: nx.DiGraph, highlights: Collection[str] = ()) -> bytes:
    """Functions as dots in the colour of their domain, and the links among them; for up to some 40 functions.

    Args:
        title: Which part of the graph it is.
        graph: Nodes with `name` and `domain`, edges with `kind` ("P-R" or "P-P"), as `interesting_part` has them.
        highlights: Nodes that get a ring.
    """
    n_flows = sum(kind == _FLOW for _, _, kind in graph.edges(data="kind"))
    n_shared = graph.number_of_edges() - n_flows
    page = _Page(
        title,
        f"{len(graph)} functions; arrows: a result fills a parameter ({n_flows} P-R); "
        f"dashes: the same parameter ({n_shared} P-P)",
    )
    if not graph:
        return page.nothing()
    domains = {node: str(domain or "-") for node, domain in graph.nodes(data="domain")}
    shown = _folded(dict(Counter(domains.values()).most_common()), len(PALETTE))
    colours = _coloured(shown)
    top = page.legend(colours.items(), _TOP - 6)
    places = _places(graph, top + 10)
    for source, target, kind in sorted(graph.edges(data="kind"), key=lambda edge: edge[2] == _FLOW):
        if source != target:
            page.link(places[source], places[target], kind == _FLOW)
    for node, place in places.items():
        page.dot(place, colours[shown[domains[node]]], _INK if node in highlights else "white")
    names = {node: str(name or node) for node, name in graph.nodes(data="name")}
    for text, x, y in _beside(page, names, places):
        page.write(x, y, text, size=8)
    return page.png(_GRAPH_HEIGHT)


def _places(graph: nx.DiGraph, top: float) -> dict[str, _Point]:
    """Where each node stands, spread over the page below `top`; the same for the same graph."""
    layout = nx.spring_layout(graph.to_undirected(), seed=0, iterations=200, method="force")
    return dict(
        zip(
            layout,
            zip(
                _spread([x for x, _ in layout.values()], 70, _WIDTH - 70),
                _spread([y for _, y in layout.values()], top + 14, _GRAPH_HEIGHT - 30),
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
    page: _Page, names: Mapping[str, str], places: Mapping[str, _Point]
) -> Iterator[tuple[str, float, float]]:
    """Each node's name, cut, with its left end and middle: on the side of the node that is least taken."""
    taken = [(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in places.values()]
    for node, (x, y) in places.items():
        text = page.fitted(names[node], 150, size=8)
        width = page.width_of(text, size=8)
        spots = [
            (min(max(left, 4), _WIDTH - 4 - width), middle)
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


def _overlap(one: _Box, other: _Box) -> float:
    """Area that two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0) * max(height, 0)


def _bars(
    page: _Page, groups: Mapping[str, Mapping[str, float]], colours: Mapping[str, str], y: float
) -> bytes:
    """The page with a bar for each group from `y` down, its total beside it, its parts written where they fit."""
    totals = {name: sum(parts.values()) for name, parts in groups.items()}
    x = page.labels(totals, y)
    widest = max(page.width_of(_number(total)) for total in totals.values())
    scale = (_WIDTH - _MARGIN - 6 - widest - x) / (max(totals.values()) or 1)
    for name, parts in groups.items():
        end = x
        for part, colour in colours.items():
            size, text = scale * parts.get(part, 0), _number(parts.get(part, 0))
            page.box(end, y + 3, size, _ROW - 6, colour)
            if len(colours) > 1 and page.width_of(text, size=8) + 8 < size:
                ink = "white" if colour in _DARK else _INK
                page.write(end + size / 2, y + _ROW / 2, text, "center", size=8, colour=ink)
            end += size
        page.write(end + 6, y + _ROW / 2, _number(totals[name]))
        y += _ROW
    return page.png(y + _MARGIN)


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
    return {name: colour if name in shown else _REST for name, colour in zip(names, PALETTE, strict=False)}


def _number(number: float) -> str:
    """A number with as many places as its size asks for."""
    if number == int(number) or abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:,.2f}" if abs(number) >= 1 else f"{number:.3g}"


def _share(count: int, whole: int) -> str:
    """A count as per cent of another, or as its multiple where it is more."""
    if whole == 0:
        return "–"
    return f"{count / whole:.1%}" if count <= whole else f"×{count / whole:,.1f}"
