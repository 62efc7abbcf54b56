"""What can be set about dialogues."""

from pydantic import BaseModel, ConfigDict, Field


class DialogueParams(BaseModel):
    """Parameters of the stage `dialogues`."""

    model_config = ConfigDict(extra="forbid")

    messages_max: int = Field(
        default=80, ge=2, le=1000, description="Messages after which a dialogue is given up."
    )
    seconds_max: float = Field(
        default=3600,
        gt=0,
        le=604_800,
        description="Seconds after which a dialogue is given up; replies that come later are kept, and used when "
        "failed rows are made again.",
    )
    replies_max: int = Field(
        default=3, ge=1, le=20, description="Replies asked of an agent until one is usable."
    )
    assistant_temperature: float = Field(
        default=0.7, ge=0, le=2, description="Sampling of the assistant agent."
    )
    user_temperature: float = Field(default=1.0, ge=0, le=2, description="Sampling of the user agent.")
    tool_temperature: float = Field(default=0.7, ge=0, le=2, description="Sampling of the tool agent.")
    reply_tokens_max: int = Field(default=2048, ge=16, le=65_536, description="Tokens of one reply.")
