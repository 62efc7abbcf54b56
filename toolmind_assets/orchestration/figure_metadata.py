"""Figures as Dagster shows them: numbers, tables, and pictures behind [Show Markdown]."""

from collections.abc import Mapping

import dagster as dg

from toolmind_assets.reports.pictures import (
    as_markdown,
    draw_bars,
    draw_funnel,
    draw_graph,
    draw_histogram,
    draw_stacked,
)
from toolmind_assets.reports.plan_picture import draw_plan
from toolmind_assets.steps.figures import (
    Bars,
    Drawn,
    Figure,
    Funnel,
    Histogram,
    Markdown,
    Network,
    Place,
    Plan,
    Records,
    Stacked,
)


def metadata_of(figures: Mapping[str, Figure]) -> dict[str, dg.MetadataValue]:
    """Each figure as metadata, under what it is called."""
    return {name: _value(name, figure) for name, figure in figures.items()}


def _value(name: str, figure: Figure) -> dg.MetadataValue:
    match figure:
        case str():
            return dg.MetadataValue.text(figure)
        case int():
            return dg.MetadataValue.int(figure)
        case float():
            return dg.MetadataValue.float(figure)
        case Markdown(text):
            return dg.MetadataValue.md(text)
        case Place(path):
            return dg.MetadataValue.path(path)
        case Records(rows, none):  # Dagster refuses an empty table
            return dg.MetadataValue.table([dg.TableRecord(row) for row in rows or [none]])
        case _:
            return dg.MetadataValue.md(as_markdown(_draw(figure), name.removesuffix(" (picture)")))


def _draw(figure: Drawn) -> bytes:
    match figure:
        case Bars(title, counts, unit):
            return draw_bars(title, counts, unit)
        case Stacked(title, groups, unit):
            return draw_stacked(title, groups, unit)
        case Funnel(title, counts):
            return draw_funnel(title, counts)
        case Histogram(title, values, unit):
            return draw_histogram(title, values, unit)
        case Network(title, graph, highlights):
            return draw_graph(title, graph, highlights)
        case Plan(title, goals, lines):
            return draw_plan(title, goals, lines)
