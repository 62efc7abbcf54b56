"""What to do where rows are dropped, by reason, and of what a run says at its end of those it dropped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from toolmind_assets.model.drops import LOST_REPLIES, NO_REPLY, DropReason
from toolmind_assets.tables.drops import holds_drops
from toolmind_resources.delta.store import DeltaStore
from toolmind_resources.delta.table import Table

RETRY = "toolmind run --retry-failed"
SHOWN_CHARACTERS = 160
"""Most of a detail that is shown as an example."""
_MODEL = "look at the example: another model for this role (`chat.roles`), then " + RETRY

ADVICE = {
    DropReason.CHAT_FAILED: f"look at the server, then {RETRY}",
    DropReason.UNUSABLE_REPLY: _MODEL,
    DropReason.CUT_OFF: "give replies more room (`reply_tokens_max` of the stage, `reasoning_tokens` of the model), "
    f"then {RETRY}",
    DropReason.CONTENT_FILTER: f"the endpoint filters what is said: another model for this role, then {RETRY}",
    DropReason.TOO_SLOW: f"the endpoint answers slowly: fewer requests at once (`in_flight` of the model), then {RETRY}",
    DropReason.DEAD_END: "the functions are too few or too loosely linked for walks and plans: lower `tasks.walk_min`, "
    "or bring more functions",
    DropReason.INVALID_PLAN: "the planner's values fit no parameters: another model for the role planner",
    DropReason.INVALID_INTENT: "the requests give away what they must not: another model for the role intent_writer",
    DropReason.FUNCTION_GONE: "functions went after tasks were sampled: run again, and tasks are sampled anew",
    DropReason.UNFINISHED_DIALOGUE: "dialogues run into their limit of turns: `dialogues.messages_max`, or another model",
    DropReason.DIALOGUE_FAILED: "read some in `toolmind preview`: the assistant's model, an endpoint that passes over "
    "`tools`, or a judge that is too strict",
    DropReason.TURN_FAILED: "read some in `toolmind preview`: the assistant's model, or a judge that is too strict",
    DropReason.TURN_UNVERIFIABLE: "the judges gave no verdict that could be used: look at the example, then "
    + RETRY,
    DropReason.UNFORESEEN: "a defect of ours: report the example, please",
    DropReason.UNREADABLE_FILE: "look at the file that the example names",
    DropReason.UNKNOWN_FORM: "no form of catalogs that is known: docs/catalogs.md has them",
}
"""What to do about rows that are dropped for a reason; nothing where that is in order."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows that one stage dropped for one reason.

    Attributes:
        stage, reason: Of which and why.
        n_rows: How many.
        example: The detail of one of them, shortened.
        is_lost: Whether replies were missing or of no use, so that asking anew may help.
    """

    stage: str
    reason: DropReason
    n_rows: int
    example: str
    is_lost: bool

    @property
    def advice(self) -> str:
        """What to do about it; empty where it is in order."""
        if self.is_lost and self.reason not in LOST_REPLIES:
            return f"replies were missing or of no use: look at the example, then {RETRY}"
        return ADVICE.get(self.reason, "")


def dropped_rows(store: DeltaStore, tables: Iterable[Table]) -> list[Dropped]:
    """What was dropped, by stage in the order of the tables, in each the most frequent reason first."""
    return [found for table in tables if holds_drops(table) for found in _dropped_in(store, table)]


def most_frequent(dropped: Sequence[Dropped], stages: Sequence[str]) -> Dropped | None:
    """What most rows of some stages were dropped for, among what something can be done about."""
    found = [one for one in dropped if one.stage in stages and one.advice]
    return max(found, key=lambda one: one.n_rows, default=None)


def _dropped_in(store: DeltaStore, table: Table) -> list[Dropped]:
    rows = store.read(table, columns=["stage", "reason", "detail"])
    is_lost = pl.col("detail").str.contains(NO_REPLY, literal=True) | pl.col("reason").is_in(
        [reason.value for reason in LOST_REPLIES]
    )
    grouped = (
        rows.with_columns(is_lost.alias("is_lost"))
        .group_by("stage", "reason")
        .agg(pl.len(), pl.col("detail").sort_by("is_lost", descending=True).first(), pl.col("is_lost").any())
        .sort("len", "reason", descending=[True, False])
    )
    return [
        Dropped(stage, DropReason(reason), n_rows, _shortened(detail), lost)
        for stage, reason, n_rows, detail, lost in grouped.iter_rows()
    ]


def _shortened(detail: str) -> str:
    words = " ".join(detail.split())
    return words if len(words) <= SHOWN_CHARACTERS else f"{words[:SHOWN_CHARACTERS]}..."
