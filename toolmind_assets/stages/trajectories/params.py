"""The knobs of judging."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class TrajectoryParams(BaseModel):
    """How dialogues and turns are judged, and which turns become samples."""

    model_config = ConfigDict(extra="forbid")

    n_votes: int = Field(
        default=1,
        ge=1,
        le=15,
        description="votes of a judge on each subject; a strict majority passes (ToolMind section 3.3 is silent)",
    )
    judge_temperature: float = Field(
        default=0.0,
        ge=0,
        le=2,
        description="sampling temperature of judges; above 0 where votes are to differ",
    )
    judge_max_tokens: int = Field(default=512, ge=16, description="tokens that a judge may answer with")
    accepts_unverifiable_values: bool = Field(
        default=True,
        description="a turn passes although a rule cannot verify a value that it words, computes or knows; "
        "a judge that cannot be understood never passes a turn",
    )
    min_text_words: int = Field(
        default=3,
        ge=0,
        description="a turn without calls and with fewer words is kept out of training, such as 'Sure!'",
    )
    reasoning: Literal["any", "required", "forbidden"] = Field(
        default="any",
        description="turns that become samples: `required` drops those before which the model said nothing of what "
        "it thought, `forbidden` those before which it did; no judge is asked about them",
    )
    judges_see_reasoning: bool = Field(
        default=False,
        description="judges read what the assistant thought too; off, they judge what a user could see",
    )
    concurrency: int = Field(default=64, ge=1, le=4096, description="requests to judges at the same time")
