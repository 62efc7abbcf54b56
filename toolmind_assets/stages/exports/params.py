"""What can be set about exports."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ExportParams(BaseModel):
    """Parameters of the stage `exports`."""

    model_config = ConfigDict(extra="forbid")

    formats: list[str] = Field(
        default=["trl", "llamafactory"],
        description="Formats that a run writes: `trl`, `openai`, `llamafactory`.",
    )
    reasoning: Literal["trained", "left_out"] = Field(
        default="trained",
        description="what the model thought before the trained turn: `trained` like the turn itself, or `left_out`; "
        "no format that is written has a place for what is read and not trained on inside of a turn",
    )
    earlier_reasoning: Literal["none", "since_user", "all"] = Field(
        default="none",
        description="what it thought before the turns that come before, where reasoning is `trained`: `none`, as "
        "the turns were made; `since_user`, that of the turns since the last message of the user; or `all`",
    )
    real_values: Literal["refuse", "count"] = Field(
        default="refuse",
        description="simulated rows that show what may be somebody's (an address, a telephone or card number, a secret "
        "outside of the ranges reserved for examples, that no function's documentation states): `refuse` to write the "
        "files, or `count` them in the dataset card, as those of open sets are",
    )
    title: str = Field(default="Tool-use dialogues", min_length=1, description="Title of the dataset card.")
