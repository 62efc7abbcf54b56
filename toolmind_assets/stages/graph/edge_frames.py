"""Candidates and verdicts as rows of `graph/edges`, made without a Python object a row: there may be millions."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from toolmind_assets.model.edges import EdgeKind, EdgeVerdict, edge_id_of_json
from toolmind_assets.model.ids import canonical_json
from toolmind_assets.stages.graph.candidates import Candidates
from toolmind_assets.stages.graph.coherence import Coherence
from toolmind_assets.stages.graph.columns import Columns
from toolmind_assets.stages.graph.edge_verdicts import COHERENCE_BELOW, VALUE_BELOW, least_score
from toolmind_assets.stages.graph.evidence import Agreement
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.scoring import Compatibility, Scorer
from toolmind_assets.stages.graph.validator import Judgement
from toolmind_assets.tables.graph import EDGES

ROWS_AT_ONCE = 250_000
_COLUMNS = [column.name for column in EDGES.columns]
_KEYS = {"role": "carrier"}
"""Names of evidence -> its key in `evidence_json`, where readers of the table know it by another."""
_JUDGED = ("transitivity", "coherence", "reason", "model", "prompt_digest")


def frame_edges(
    columns: Columns,
    scorer: Scorer,
    candidates: Sequence[Candidates],
    judged: Sequence[Mapping[int, Judgement]],
    params: GraphParams,
) -> Iterator[pl.DataFrame]:
    """Rows of `graph/edges`, some at a time: those of one kind together, by target function and path."""
    ids = pl.Series([profile.function_id for profile in columns.profiles], dtype=pl.String)
    paths = pl.Series(columns.pools.paths, dtype=pl.String)
    for links, answers in zip(candidates, judged, strict=True):
        order = np.lexsort((links.sources, links.targets))
        for start in range(0, len(order), ROWS_AT_ONCE):
            places = order[start : start + ROWS_AT_ONCE]
            yield _frame(columns, scorer, links, places, answers, params, ids, paths)


def _frame(
    columns: Columns,
    scorer: Scorer,
    links: Candidates,
    places: np.ndarray,
    answers: Mapping[int, Judgement],
    params: GraphParams,
    ids: pl.Series,
    paths: pl.Series,
) -> pl.DataFrame:
    sources, targets = links.sources[places], links.targets[places]
    functions, field_paths = columns.fields.function, columns.fields.path
    if params.formula != "evidence" and links.kind is EdgeKind.RESULT_TO_PARAMETER:
        said = {"agreement": _rounded(links.score[places], 4), "compatibility": 1.0, "evidence_json": "{}"}
    else:
        agreement = scorer.evidence.weigh(sources, targets)
        compatibility = scorer.compatibilities.weigh(links.kind, sources, targets)
        coherence = scorer.coherences.weigh(links.kind, sources, targets)
        said = {
            "agreement": _rounded(agreement.value, 4),
            "compatibility": _rounded(compatibility.value, 4),
            "evidence_json": _evidence_json(agreement, compatibility, coherence),
        }
    frame = pl.DataFrame(
        {
            "kind": pl.repeat(links.kind.value, len(places), dtype=pl.String, eager=True),
            "source_function_id": ids.gather(functions[sources]),
            "output_path": paths.gather(field_paths[sources]),
            "target_function_id": ids.gather(functions[targets]),
            "input_path": paths.gather(field_paths[targets]),
            "score": _rounded(links.score[places], 4),
            "coherence_score": _rounded(links.coherence[places], 4),
            **said,
            "is_random": links.is_random[places],
        }
    )
    frame = frame.with_columns(_edge_ids(frame), *_answers(places, answers))
    return frame.with_columns(**_verdicts(links.kind, params)).select(_COLUMNS)


def _rounded(values: np.ndarray, digits: int) -> np.ndarray:
    return np.round(values.astype(np.float64), digits)


def _edge_ids(frame: pl.DataFrame) -> pl.Series:
    ends = frame.select("kind", "source_function_id", "output_path", "target_function_id", "input_path")
    texts = {text for column in ends.iter_columns() for text in column.unique()}
    written = {text: canonical_json(text) for text in texts}  # once: a path stands in thousands of links
    return pl.Series(
        "edge_id",
        [edge_id_of_json(*map(written.__getitem__, row)) for row in ends.iter_rows()],
        dtype=pl.String,
    )


def _answers(places: np.ndarray, answers: Mapping[int, Judgement]) -> list[pl.Series]:
    """Columns of what the validator said, null where it was not asked."""
    found = [answers.get(place) for place in places.tolist()]
    kinds = {"transitivity": pl.Int64, "coherence": pl.Int64}
    return [
        pl.Series(
            name,
            [None if one is None else getattr(one, name) for one in found],
            dtype=kinds.get(name, pl.String),
        )
        for name in _JUDGED
    ]


def _verdicts(kind: EdgeKind, params: GraphParams) -> dict[str, pl.Expr]:
    """The verdict, of the validator where it was asked and else of the rules, and the reason of a rejection."""
    least = least_score(kind, params)
    is_right = pl.col("score") >= least
    is_coherent = pl.col("coherence_score") >= params.min_coherence_score
    by_rule = (
        pl.when(~is_right)
        .then(pl.lit(VALUE_BELOW.format(least=least)))
        .when(~is_coherent)
        .then(pl.lit(COHERENCE_BELOW.format(least=params.min_coherence_score)))
        .otherwise(pl.lit(""))
    )
    reason = pl.coalesce(pl.col("reason"), by_rule)
    accepted, rejected = pl.lit(EdgeVerdict.ACCEPTED.value), pl.lit(EdgeVerdict.REJECTED.value)
    return {
        "reason": reason,
        "verdict": pl.when(reason == "").then(accepted).otherwise(rejected),
        "model": pl.col("model").fill_null(""),
        "prompt_digest": pl.col("prompt_digest").fill_null(""),
    }


def _evidence_json(agreement: Agreement, compatibility: Compatibility, coherence: Coherence) -> pl.Series:
    """JSON of the evidence that speaks for a link, and of the factors that speak against it, 2 places."""
    said = {name: (getattr(agreement, name), 0.0) for name in Agreement.__dataclass_fields__}
    factors = {name: (getattr(compatibility, name), 1.0) for name in Compatibility.__dataclass_fields__}
    factors |= {name: (getattr(coherence, name), 1.0) for name in Coherence.__dataclass_fields__}
    values = pl.DataFrame({name: _rounded(value, 2) for name, (value, _) in (said | factors).items()})
    members = [
        pl.when((pl.col(name) != neutral) & (pl.col(name) >= 0)).then(
            pl.format('"{}":{}', pl.lit(_KEYS.get(name, name)), pl.col(name))
        )
        for name, (_, neutral) in (said | factors).items()
    ]
    joined = pl.concat_str(members, separator=",", ignore_nulls=True)
    return values.select((pl.lit("{") + joined + pl.lit("}")).alias("evidence_json")).to_series()
