"""What can be set about exports."""

from pydantic import BaseModel, ConfigDict, Field


class ExportParams(BaseModel):
    """Parameters of the stage `exports`."""

    model_config = ConfigDict(extra="forbid")

    formats: list[str] = Field(
        default=["trl", "llamafactory"],
        description="Formats that a run writes: `trl`, `openai`, `llamafactory`.",
    )
    title: str = Field(default="Tool-use dialogues", min_length=1, description="Title of the dataset card.")
