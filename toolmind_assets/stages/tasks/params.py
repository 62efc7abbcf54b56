"""What can be set about tasks."""

from pydantic import Field

from toolmind_assets.model.tasks import Scenario
from toolmind_assets.stages.tasks.situation_params import SituationParams


class TaskParams(SituationParams):
    """Parameters of the stage `tasks`."""

    tasks_per_shard: int = Field(default=132, ge=1, le=100_000, description="Tasks wanted of each shard.")
    walk_min: int = Field(
        default=5, ge=1, le=100, description="Fewest functions of a walk (ToolMind 3.1: 5)."
    )
    walk_max: int = Field(
        default=20, ge=1, le=100, description="Most functions of a walk (ToolMind 3.1: 20)."
    )
    value_weight: float = Field(
        default=8,
        gt=0,
        le=1000,
        description="How many times as often a walk takes a link that carries a value (P-R) as one of a shared "
        "parameter (P-P) of the same score (ADR 0014).",
    )
    hub_penalty: float = Field(
        default=1,
        ge=0,
        le=4,
        description="Power of a function's hubness by which the weight of its links is divided; 0 for none (ADR 0014).",
    )
    plan_steps_max: int = Field(
        default=8,
        ge=1,
        le=50,
        description="Most calls of a plan; the rest of the walk is offered but not needed (ADR 0004).",
    )
    required_arguments_max: int = Field(
        default=8, ge=0, le=100, description="Functions that require more arguments are offered, not planned."
    )
    requests_max: int = Field(default=4, ge=1, le=20, description="Most user requests of a task.")
    long_plan_steps_max: int = Field(
        default=16, ge=3, le=100, description="Most calls of a long-horizon plan (ADR 0015)."
    )
    long_requests_max: int = Field(
        default=8, ge=3, le=20, description="Most user requests of a long-horizon task; three at least."
    )
    members_max: int = Field(
        default=3,
        ge=2,
        le=20,
        description="Most members of an earlier list that one planned call is made for.",
    )
    offered_max: int = Field(default=12, ge=1, le=128, description="Most functions offered to the assistant.")
    distractors_min: int = Field(
        default=3, ge=0, le=64, description="Fewest offered functions that no call of the plan needs."
    )
    near_duplicate_distractors: int = Field(
        default=1,
        ge=0,
        le=64,
        description="Most offered functions that are near duplicates of needed ones (`specs/near_duplicates`).",
    )
    linked_distractors: int = Field(
        default=2,
        ge=0,
        le=64,
        description="Most functions offered before the rest of the walk because a link of the graph joins them to a "
        "needed one.",
    )
    attempts: int = Field(
        default=32, ge=1, le=1000, description="Starts tried for a task before its slot is dropped."
    )
    replies_max: int = Field(default=3, ge=1, le=20, description="Replies asked of a role before giving up.")
    planner_temperature: float = Field(default=0.7, ge=0, le=2, description="Sampling of the planner.")
    intent_temperature: float = Field(default=1.0, ge=0, le=2, description="Sampling of the intent writer.")
    reply_tokens_max: int = Field(default=2048, ge=16, le=65_536, description="Tokens of one reply.")
    chained_share: float = Field(default=0.22, ge=0, le=1, description="Share of chained tasks.")
    parallel_share: float = Field(default=0.12, ge=0, le=1, description="Share of parallel tasks.")
    missing_parameter_share: float = Field(
        default=0.12, ge=0, le=1, description="Share with a value left out."
    )
    missing_function_share: float = Field(
        default=0.07, ge=0, le=1, description="Share with a function not offered."
    )
    irrelevant_share: float = Field(
        default=0.06, ge=0, le=1, description="Share whose request no function serves."
    )
    fan_in_share: float = Field(
        default=0.06, ge=0, le=1, description="Share in which several results feed one call."
    )
    fan_out_share: float = Field(
        default=0.1, ge=0, le=1, description="Share in which one result feeds several calls."
    )
    implicit_share: float = Field(
        default=0.12, ge=0, le=1, description="Share whose request leaves calls on the way unsaid (DiGiT-TC)."
    )
    error_recovery_share: float = Field(
        default=0.06, ge=0, le=1, description="Share in which a right call fails at first."
    )
    long_horizon_share: float = Field(
        default=0.07, ge=0, le=1, description="Share of three requests or more over a long plan."
    )

    def shares(self) -> dict[Scenario, float]:
        """The share of each scenario, summing to 1 (equal shares where all are 0)."""
        shares = {scenario: float(getattr(self, f"{scenario.value}_share")) for scenario in Scenario}
        total = sum(shares.values())
        return {name: share / total if total else 1 / len(shares) for name, share in shares.items()}
