"""The page that a picture is drawn on: a white one, laid out in pixels, in the one font that matplotlib brings along.

The same drawing gives the same bytes; characters that the font lacks become a box. matplotlib takes seconds to
import and is imported where a page is begun. What is drawn is no matter of this module.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text


PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Colours that the colour-blind tell apart (Okabe and Ito, 2008), on white and beside each other."""
BLUE, REST, LOST, RULE, INK, FAINT = (PALETTE[0], "#A8A8A8", "#E4E4E4", "#DDDDDD", "#222222", "#666666")
WIDTH, MARGIN, TOP, ROW = 800, 16, 58, 22
LABEL_ROOM = 300
GRAPH_HEIGHT = 600
DOT = 6
FLOW = "P-R"
DARK = {"#0072B2", "#009E73", "#D55E00"}
"""Colours of the palette on which white is read."""
Point = tuple[float, float]
Box = tuple[float, float, float, float]
Align = Literal["left", "center", "right"]


def _shades() -> list[int]:
    """The colours of a page, each in steps to white for its edges, as red, green and blue in turn."""
    colours = (*PALETTE, REST, INK, FAINT)
    parts = [_rgb(colour) for colour in colours]
    shades = [255 - (255 - part) * level // 8 for rgb in parts for level in range(1, 9) for part in rgb]
    return [*_rgb("#FFFFFF"), *_rgb(LOST), *_rgb(RULE), *shades]


def _rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


class Page:
    """A white page with a title, drawn on in pixels from its top left corner."""

    def __init__(self, title: str, subtitle: str) -> None:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.font_manager import FontProperties
        from matplotlib.ft2font import FT2Font

        font = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
        self._glyphs = FT2Font(str(font))
        self._font = FontProperties(fname=str(font))
        self.figure = Figure(dpi=100, facecolor="white")
        self._canvas = FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.axis("off")
        self.write(MARGIN, 20, title, size=13)
        self.write(MARGIN, 41, subtitle, colour=FAINT)

    def png(self, height: float) -> bytes:
        """The page cut at this height, in few enough colours to be small."""
        from PIL import Image

        self.figure.set_size_inches(WIDTH / 100, height / 100)
        self.axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        canvas = self._canvas
        canvas.draw()
        image = Image.frombuffer("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba())).convert(
            "RGB"
        )
        file = BytesIO()
        known = Image.new("P", (1, 1))
        known.putpalette(_shades())
        image.quantize(palette=known, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        return file.getvalue()

    def width_of(self, line: str, size: float = 9) -> float:
        """How wide a line is that was fitted."""
        renderer = self._canvas.get_renderer()
        return renderer.get_text_width_height_descent(line, self._font_of(size), False)[0]

    def _font_of(self, size: float) -> "FontProperties":
        font = self._font.copy()
        font.set_size(size)
        return font

    def fitted(self, text: str, room: float = WIDTH - 2 * MARGIN, size: float = 9) -> str:
        """The text as one line, cut in its middle where it is too long: the ends of names tell them apart."""
        line = " ".join(text.split())[:300] or "-"
        line = "".join(character if self._has(character) else "\N{WHITE SQUARE}" for character in line)
        if self.width_of(line, size) <= room:
            return line

        def cut(n_kept: int) -> str:
            return f"{line[: n_kept - n_kept // 2]}…{line[len(line) - n_kept // 2 :]}"

        lengths = range(2, len(line))
        return cut(
            max(bisect_right(lengths, room, key=lambda n_kept: self.width_of(cut(n_kept), size)) + 1, 1)
        )

    def _has(self, character: str) -> bool:
        return character.isprintable() and self._glyphs.get_char_index(ord(character)) != 0

    def write(
        self, x: float, y: float, text: str, align: Align = "left", size: float = 9, colour: str = INK
    ) -> "Text":
        """One line of text around the height `y`; `x` is its left end, its middle or its right end."""
        font = self._font_of(size)
        line = self.fitted(text, size=size).replace("$", r"\$")
        written = self.axes.text(x, y, line, color=colour, fontproperties=font, zorder=3)
        written.set(ha=align, va="center_baseline")
        return written

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle; `x` and `y` are its top left corner."""
        from matplotlib.patches import Rectangle

        self.axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, linewidth=0))

    def rule(self, x: Sequence[float], y: Sequence[float], colour: str = RULE, dashes: str = "-") -> None:
        """A thin line."""
        self.axes.plot(x, y, color=colour, linewidth=1, linestyle=dashes, zorder=0.5)

    def labels(self, names: Iterable[str], y: float) -> float:
        """Names under each other, one a row from `y`; returns where what stands beside them begins."""
        lines = [self.fitted(name, LABEL_ROOM) for name in names]
        x = MARGIN + max(map(self.width_of, lines)) + 10
        for index, line in enumerate(lines):
            self.write(x - 10, y + ROW * (index + 0.5), line, "right")
        return x

    def legend(self, entries: Iterable[tuple[str, str]], y: float) -> float:
        """Names with their colours, as many a row as there is room for; returns where the rows end."""
        x = MARGIN
        for name, colour in entries:
            line = self.fitted(name, 200)
            width = 16 + self.width_of(line) + 18
            if x > MARGIN and x + width > WIDTH:
                x, y = MARGIN, y + 20
            self.box(x, y + 4, 11, 11, colour)
            self.write(x + 16, y + 10, line)
            x += width
        return y + 28

    def link(self, start: Point, end: Point, is_flow: bool) -> None:
        """A solid arrow for a value that flows, pale dashes for what is shared."""
        style = (
            {"arrowstyle": "-|>", "color": "#777777"} if is_flow else {"arrowstyle": "-", "color": "#C4C4C4"}
        )
        more = {"linestyle": "-" if is_flow else (0, (4, 3)), "connectionstyle": "arc3,rad=0.08"}
        more |= {"shrinkA": 5, "shrinkB": 5, "linewidth": 0.9, "mutation_scale": 9}
        self.axes.annotate("", xy=end, xytext=start, arrowprops={**style, **more}, zorder=1)

    def dot(self, place: Point, colour: str, edge: str) -> None:
        """A disc with an edge."""
        self.axes.plot(*([one] for one in place), "o", ms=9, mew=1.8, mfc=colour, mec=edge, zorder=2)

    def nothing(self) -> bytes:
        """The page where there is nothing to draw."""
        self.write(MARGIN, TOP + 16, "nothing to show")
        return self.png(TOP + 40)
