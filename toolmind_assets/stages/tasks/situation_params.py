"""What can be set about the situations of tasks: time, language, persona and policy."""

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field, field_validator

from toolmind_assets.errors import wrong_setting


class SituationParams(BaseModel):
    """Parameters of who speaks, when, in which language, and by which rules the assistant works."""

    model_config = ConfigDict(extra="forbid")

    system_text: str = Field(
        default="You are a helpful assistant. Use the functions that you are given when they serve the user's "
        "request, ask when something that you need is missing, and say so when no function fits.",
        description="How the system message of every dialogue begins; the rules of its policy, its date and its "
        "language follow.",
    )
    reference_time: str = Field(
        default="2025-06-02T09:00:00Z",
        description="From when on dialogues take place; ISO 8601. Now, in every dialogue, where `days_spread` is 0.",
    )
    days_spread: int = Field(
        default=364,
        ge=0,
        le=36_500,
        description="Days from `reference_time` on over which dialogues are spread, each in a time zone of its "
        "person's country (ADR 0026).",
    )
    language: str = Field(
        default="en", description="BCP 47 tag of the dialogues' language where `languages` names none."
    )
    languages: dict[str, float] = Field(
        default={},
        description="Shares of dialogues by language: BCP 47 tags and weights, such as `{en: 4, de: 1}`.",
    )
    relative_date_share: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of the near dates that an English-speaking user tells as `tomorrow` or `this coming Friday`.",
    )
    tone_share: float = Field(
        default=0.7, ge=0, le=1, description="Share of policies that say how the assistant speaks."
    )
    confirmation_share: float = Field(
        default=0.3, ge=0, le=1, description="Share of policies by which some calls wait for the user's yes."
    )
    refusal_share: float = Field(
        default=0.3,
        ge=0,
        le=1,
        description="Share of policies that forbid something which the task does not need.",
    )
    limit_share: float = Field(
        default=0.3, ge=0, le=1, description="Share of policies with a limit that the plan keeps."
    )

    @field_validator("reference_time")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        try:
            dt.datetime.fromisoformat(value)
        except ValueError as error:
            raise wrong_setting(f"reference_time {value!r} is no time in ISO 8601") from error
        return value

    @field_validator("languages")
    @classmethod
    def _are_shares(cls, value: dict[str, float]) -> dict[str, float]:
        if any(share < 0 for share in value.values()) or (value and not sum(value.values())):
            raise wrong_setting("languages wants weights that are not negative, and one above 0")
        return value
