"""Functions that are nearly the same as others."""

from dataclasses import dataclass
from enum import StrEnum


class NearDuplicateKind(StrEnum):
    """How a function comes to be nearly the same as its representative."""

    REPRESENTATIVE = "representative"
    """It stands for the cluster."""
    VERSION = "version"
    """The same function of the same API, as the same source has it once more."""
    MIRROR = "mirror"
    """The same words and parameters, published elsewhere."""
    REWORDING = "rewording"
    """The same name and parameters, described in other words."""
    RENAMED = "renamed"
    """The same description and parameters, under a name that says more or less."""


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """One function that has near duplicates, and the function that stands for them.

    Attributes:
        function_id: The function.
        cluster_id: Hashes the representative; shared by all that it stands for.
        representative_function_id: The function that stands for the cluster.
        is_representative: Whether it is that function itself.
        kind: How it comes to be nearly the same.
        name_similarity, description_similarity, parameter_similarity: With the representative, 0 to 1.
    """

    function_id: str
    cluster_id: str
    representative_function_id: str
    is_representative: bool
    kind: NearDuplicateKind
    name_similarity: float
    description_similarity: float
    parameter_similarity: float
