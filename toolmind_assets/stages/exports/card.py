"""The dataset card: what the training set holds, where it comes from, and how to read and rebuild it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import yaml

from toolmind_assets.model.exports import ExportedFile
from toolmind_assets.stages.exports.formats import ExportFormat
from toolmind_assets.stages.exports.params import ExportParams

CARD_FILE = "README.md"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_HUB_LICENCES = {
    "apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "isc", "unlicense", "cc0-1.0", "cc-by-4.0",
    "cc-by-sa-4.0", "mpl-2.0", "odc-by", "pddl",
}  # fmt: skip
_EMBEDDED_NOTE = """> **`embedded` is no language model.** Rows that name it were made by the rule-based simulator that is
> built in: it stands in for a model, so that the pipeline runs and can be tested without one. Its dialogues
> show the form of the data; to train a model, make them with real models."""


_NOBODYS = (
    "every email address, host, telephone number, IP address, autonomous system and card number that its form tells is "
    "set aside for examples, fiction or private networks, or stands in the documentation of the functions; no secret "
    "was found."
)
_EARLIER = {
    "none": "What it thought before earlier turns is left out.",
    "since_user": "What it thought before earlier turns is there since the last message of the user.",
    "all": "What it thought before earlier turns is there too.",
}


@dataclass(frozen=True, slots=True)
class CatalogFact:
    """A catalog with a function among the offered tools: how many it has, how many are offered, and how many called."""

    catalog: str
    source: str
    source_version: str
    licence: str
    n_functions: int
    n_offered: int
    n_called: int


@dataclass(frozen=True, slots=True)
class OpenSetFact:
    """An open set with dialogues in the mixture."""

    name: str
    licence: str
    n_dialogues: int


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the card says; plain values, the same for the same rows.

    Attributes:
        title: Name of the dataset.
        n_samples, n_dialogues, n_tokens: Size of the mixture; tokens are an estimate, without reasoning.
        n_thinking, n_reasoning_tokens: Samples whose turn has reasoning, and the estimated tokens of it.
        languages: BCP 47 tags.
        counts: Axis (`source`, `scenario`, `domain`) -> name -> samples.
        catalogs: Catalogs of the offered functions.
        open_sets: Open sets in the mixture.
        models: `role=model`, for everything that a model wrote.
        funnel: `(what, how many)` from entries to the mixture, in order.
        drops: `(stage, reason, how many)`.
        seed: The run seed.
        parameters_digest: Digest of the configuration that determines rows.
        rebuild: The command that makes the dataset again.
    """

    title: str
    n_samples: int
    n_dialogues: int
    n_tokens: int
    n_thinking: int
    n_reasoning_tokens: int
    languages: Sequence[str]
    counts: Mapping[str, Mapping[str, int]]
    catalogs: Sequence[CatalogFact]
    open_sets: Sequence[OpenSetFact]
    models: Sequence[str]
    funnel: Sequence[tuple[str, int]]
    drops: Sequence[tuple[str, str, int]]
    seed: int
    parameters_digest: str
    rebuild: str = "toolmind run"


def render_card(
    facts: CardFacts,
    formats: Sequence[ExportFormat],
    files: Sequence[ExportedFile],
    params: ExportParams,
    real_values: Mapping[tuple[str, str], int] = MappingProxyType({}),
) -> str:
    """The card as Markdown with the YAML head that Hugging Face reads.

    `real_values` counts dialogues that show what may be somebody's, by source and kind.
    """
    sections = [
        f"---\n{_head(facts, formats)}---\n\n# {facts.title}",
        _summary(facts),
        _formats(formats),
        _reasoning(facts, formats, params),
        *(_counted(axis, facts.counts.get(axis, {})) for axis in ("source", "scenario", "domain")),
        _origins(facts),
        _models(facts.models),
        _reserved(real_values),
        _table("Yield", ("rows", "count"), facts.funnel),
        _table("Dropped on the way", ("stage", "reason", "rows"), sorted(facts.drops)),
        _table(
            "Files",
            ("file", "samples", "bytes", "SHA-256"),
            [(f"`{file.file}`", _dash(file.n_rows), file.n_bytes, f"`{file.file_digest}`") for file in files],
        ),
        _rebuilding(facts),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(facts: CardFacts, formats: Sequence[ExportFormat]) -> str:
    licences = sorted({fact.licence for fact in (*facts.catalogs, *facts.open_sets)})
    named = sorted({licence.lower() if licence.lower() in _HUB_LICENCES else "other" for licence in licences})
    head = {
        "pretty_name": facts.title,
        "license": named or ["other"],
        "language": sorted(facts.languages),
        "task_categories": ["text-generation"],
        "tags": ["function-calling", "tool-use", "synthetic"],
        "size_categories": [next((size for limit, size in _SIZES if facts.n_samples < limit), "n>1M")],
        "configs": [{"config_name": each.name, "data_files": each.file} for each in formats],
    }
    return yaml.safe_dump(head, sort_keys=False, allow_unicode=True)


def _summary(facts: CardFacts) -> str:
    return (
        f"{facts.n_samples:,} training samples for tool calling from {facts.n_dialogues:,} dialogues, about "
        f"{facts.n_tokens:,} tokens (estimated at 4 characters a token). A sample is one assistant turn that "
        "passed every rule and judge, with everything said before it. Turns that did not pass stay in what "
        "comes before, and are never trained on."
    )


def _formats(formats: Sequence[ExportFormat]) -> str:
    parts = [f"### {each.title}\n\nFile: `{each.file}`.\n\n{each.usage}" for each in formats]
    every = (
        "Every file holds every sample. Each row ends with `sample_id`, `dialogue_id`, `message_index` (the "
        "trained turn), `weight`, `source`, `scenario` and `domain`; `toolmind trace SAMPLE_ID` leads from it "
        "back to the catalog entries."
    )
    return "\n\n".join(["## How to read it", every, *parts]) if parts else ""


def _reasoning(facts: CardFacts, formats: Sequence[ExportFormat], params: ExportParams) -> str:
    """How much of it there is, and what of it each file holds; empty where no model said what it thought."""
    if not facts.n_thinking:
        return ""
    amount = (
        f"In {facts.n_thinking:,} of the samples the model thought before the trained turn, some "
        f"{facts.n_reasoning_tokens:,} tokens that the count above leaves out."
    )
    if params.reasoning == "left_out":
        return f"## Reasoning\n\n{amount} The files leave it out (`exports.reasoning`)."
    places = [f"- {each.title}: {' '.join(each.reasoning.split())}" for each in formats]
    return "\n\n".join(["## Reasoning", f"{amount} {_EARLIER[params.earlier_reasoning]}", "\n".join(places)])


def _counted(axis: str, counts: Mapping[str, int]) -> str:
    return _table(f"Samples by {axis}", (axis, "samples"), list(counts.items()))


def _origins(facts: CardFacts) -> str:
    catalogs = _table(
        "Catalogs of the functions",
        ("catalog", "source", "version", "licence", "functions", "offered", "called"),
        [
            (
                *(fact.catalog, fact.source, fact.source_version or "–", fact.licence),
                *(fact.n_functions, fact.n_offered, fact.n_called),
            )
            for fact in sorted(facts.catalogs, key=lambda fact: fact.catalog)
        ],
    )
    open_sets = _table(
        "Open sets",
        ("set", "licence", "dialogues"),
        [
            (fact.name, fact.licence, fact.n_dialogues)
            for fact in sorted(facts.open_sets, key=lambda fact: fact.name)
        ],
    )
    return "\n\n".join(part for part in (catalogs, open_sets) if part)


def _models(models: Sequence[str]) -> str:
    pairs = sorted({tuple(model.partition("=")[::2]) for model in models})
    note = [_EMBEDDED_NOTE] if any(name == "embedded" for _, name in pairs) else []
    table = _table(
        "Models that made the rows", ("role", "model"), [(role, f"`{name}`") for role, name in pairs]
    )
    return "\n\n".join([table, *note]) if table else ""


def _reserved(real_values: Mapping[tuple[str, str], int]) -> str:
    """Whose the addresses and numbers are, and how many dialogues show some that may be anybody's."""
    rows = [(source, kind, count) for (source, kind), count in sorted(real_values.items())]
    if not rows:
        return f"## Addresses and numbers\n\n{_NOBODYS[0].upper()}{_NOBODYS[1:]}"
    table = _table("Addresses and numbers", ("source", "may be real", "dialogues"), rows)
    others = (
        "" if any(source == "simulated" for source, _, _ in rows) else f"Of simulated dialogues: {_NOBODYS}"
    )
    return "\n\n".join(part for part in (table, others) if part)


def _rebuilding(facts: CardFacts) -> str:
    return (
        f"## How to rebuild it\n\n```\n{facts.rebuild}\n```\n\nRun seed `{facts.seed}`, parameters "
        f"`{facts.parameters_digest}`. With the same catalogs, configuration and models that answer the same "
        "way, the files come out byte for byte the same."
    )


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    lines = [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    if not lines:
        return ""
    rule = "|".join(" --- " for _ in columns)
    return "\n".join([f"## {title}\n", f"| {' | '.join(columns)} |", f"|{rule}|", *lines])


def _cell(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else " ".join(value.replace("|", "\\|").split())


def _dash(count: int | None) -> str | int:
    return "–" if count is None else count
