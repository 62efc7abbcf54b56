"""Near duplicates among distinct functions: versions of an API, mirrors, re-published sets.

A function is compared with those that stand for others, best first, and joins the one that it is most alike, or
stands for itself; so every member of a cluster is alike its representative, two representatives are never alike,
and clustering representatives again merges nothing. What two functions have in common is told from the two
alone, no weight depends on the rest. The rule and its figures are in docs/adr/0011-names-and-identity.md.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from sys import intern

import polars as pl

from toolmind_assets.model.ids import make_id
from toolmind_assets.model.near_duplicates import NearDuplicateKind
from toolmind_assets.stages.specs.likeness import (
    ClusterParams,
    Match,
    Profile,
    match_functions,
    shortened,
    telling_content,
)
from toolmind_assets.stages.specs.profiles import (
    PROFILE_COLUMNS,
    description_words,
    name_words,
    service_words,
    version_of,
)

CLUSTER_SCHEMA = pl.Schema(
    {
        "function_id": pl.String,
        "cluster_id": pl.String,
        "representative_function_id": pl.String,
        "is_representative": pl.Boolean,
        "kind": pl.String,
        "name_similarity": pl.Float64,
        "description_similarity": pl.Float64,
        "parameter_similarity": pl.Float64,
    }
)
_PERMISSIVE = ("apache", "bsd", "cc-by-3", "cc-by-4", "cc0", "isc", "mit", "unlicense", "zlib")
_Rank = tuple[int, bool, list[int], bool, list[int], list[int], bool, int, int, str]


def cluster_functions(profiles: pl.DataFrame, params: ClusterParams | None = None) -> pl.DataFrame:
    """The functions that have near duplicates, sorted by id; a function that has none is not in it.

    Representatives are found best first: the most complete (described, with result, all parameters typed), then
    the newest version, then a permissive licence, then the most parameters and words, then the least id.

    Args:
        profiles: `PROFILE_COLUMNS` of functions with different ids.
        params: Thresholds.

    Returns:
        Columns of `CLUSTER_SCHEMA`; similarities are with the representative, 0 to 1, in four places.
    """
    params = params or ClusterParams()
    leaders = _Leaders(params)
    members: dict[str, tuple[str, Match]] = {}
    for profile in _ranked(_with_company(profiles.select(PROFILE_COLUMNS))):
        found = leaders.nearest(profile)
        if found is None:
            leaders.add(profile)
        else:
            members[profile.function_id] = (found[0].function_id, found[1])
    stands_alone = Match(NearDuplicateKind.REPRESENTATIVE, 1.0, 1.0, 1.0)
    standing = {leader: (leader, stands_alone) for leader, _ in members.values()}
    rows = [
        (
            function_id,
            make_id("cluster", leader),
            leader,
            function_id == leader,
            match.kind.value,
            *(round(number, 4) for number in (match.name, match.description, match.parameters)),
        )
        for function_id, (leader, match) in sorted((members | standing).items())
    ]
    return pl.DataFrame(rows, schema=CLUSTER_SCHEMA, orient="row")


def without_near_duplicates(functions: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """The rows of functions that stand for themselves or for others, in order."""
    stood_for = clusters.filter(~pl.col("is_representative"))
    return functions.join(stood_for, on="function_id", how="anti", maintain_order="left")


@dataclass(slots=True)
class _Leaders:
    """Functions that stand for themselves so far, by what others are found by."""

    params: ClusterParams
    _by_name: dict[tuple[object, ...], list[Profile]] = field(default_factory=dict)
    _equal: dict[tuple[object, ...], Profile] = field(default_factory=dict)
    _by_content: dict[tuple[object, ...], list[Profile]] = field(default_factory=dict)

    def add(self, profile: Profile) -> None:
        """Takes a function up that is none of the others."""
        self._equal.setdefault(_all_of(profile), profile)
        keys = [
            (name, word)
            for name in {profile.name, profile.short_name}
            for word in (*(profile.service or ("",)), "*")
        ]
        for key in keys:
            self._append(self._by_name, key, profile)
        if (content := telling_content(profile, self.params)) is not None:
            self._append(self._by_content, content, profile)

    def nearest(self, profile: Profile) -> tuple[Profile, Match] | None:
        """The function among them that this one is most alike, the better one of several."""
        best: tuple[Profile, Match] | None = None
        for other in self._candidates(profile):
            match = match_functions(profile, other, self.params)
            if match is not None and (best is None or match.total > best[1].total):
                best = (other, match)
        return best

    def _candidates(self, profile: Profile) -> Iterator[Profile]:
        if (equal := self._equal.get(_all_of(profile))) is not None:
            yield equal
        words = (*sorted(profile.service), "") if profile.service else ("*",)
        seen: set[str] = set()
        for name in dict.fromkeys((profile.name, profile.short_name)):
            for word in words:
                for other in self._by_name.get((name, word), ()):
                    if other.function_id not in seen:
                        seen.add(other.function_id)
                        yield other
        if (content := telling_content(profile, self.params)) is not None:
            yield from self._by_content.get(content, ())

    def _append(
        self, index: dict[tuple[object, ...], list[Profile]], key: tuple[object, ...], profile: Profile
    ) -> None:
        found = index.setdefault(key, [])
        if len(found) < self.params.max_compared:
            found.append(profile)


def _all_of(profile: Profile) -> tuple[object, ...]:
    return profile.name, profile.service, profile.words, profile.typed


def _with_company(profiles: pl.DataFrame) -> pl.DataFrame:
    """The functions that share a name, or description and parameters, with another; with these as columns."""
    rows = list(profiles.select("source_name", "namespace").iter_rows())
    names = [name_words(source_name) for source_name, _ in rows]
    services = [service_words(namespace) for _, namespace in rows]
    shorts = [shortened(name, service) for name, service in zip(names, services, strict=True)]
    counts = Counter(name for pair in zip(names, shorts, strict=True) for name in {*pair})
    words = description_words(profiles["description"])
    enriched = profiles.with_columns(
        words,
        name_words=pl.Series(names, dtype=pl.List(pl.String)),
        short_words=pl.Series(shorts, dtype=pl.List(pl.String)),
        service_words=pl.Series([sorted(service) for service in services], dtype=pl.List(pl.String)),
        shares_name=pl.Series(
            [counts[name] > 1 or counts[short] > 1 for name, short in zip(names, shorts, strict=True)],
            dtype=pl.Boolean,
        ),
    )
    shares_content = pl.struct("words", "parameters").hash().is_duplicated()
    return enriched.filter(pl.col("shares_name") | shares_content)


def _ranked(profiles: pl.DataFrame) -> Iterable[Profile]:
    """The functions, best first."""
    ranks = [
        (_rank(*row), place)
        for place, row in enumerate(
            profiles.select(
                "function_id",
                "source_name",
                "namespace",
                "location",
                "source_version",
                "licence",
                "has_returns",
                n_words=pl.col("words").list.len(),
                n_parameters=pl.col("parameters").list.len(),
                has_untyped=pl.col("parameters").list.eval(pl.element().str.ends_with(":")).list.any(),
            ).iter_rows()
        )
    ]
    ranks.sort()
    ordered = profiles[[place for _, place in ranks]].select(
        "function_id", "name_words", "short_words", "service_words", "source", "words", "parameters"
    )
    for function_id, name, short, service, source, words, parameters in ordered.iter_rows():
        yield Profile(
            function_id,
            tuple(name),
            tuple(short),
            frozenset(service),
            source,
            frozenset(map(intern, words)),
            frozenset(intern(_plain_name(parameter)) for parameter in parameters),
            frozenset(intern(_plain_name(parameter) + _plain_type(parameter)) for parameter in parameters),
        )


def _plain_name(parameter: str) -> str:
    """The name of a parameter, `pageSize` as `page_size`."""
    name = parameter.rpartition(":")[0]
    return "".join(character for character in name if character.isalnum() or character == ".").lower() or name


def _plain_type(parameter: str) -> str:
    """The type of a parameter, null or not, whole number or not: sources say these without care."""
    stated = parameter.rpartition(":")[2].replace("integer", "number").split("|")
    return ":" + "|".join(sorted({name for name in stated if name != "null"}))


def _rank(
    function_id: str,
    source_name: str,
    namespace: str,
    location: str,
    source_version: str,
    licence: str,
    has_returns: bool,
    n_words: int,
    n_parameters: int,
    has_untyped: bool,
) -> _Rank:
    """Smaller for better."""
    is_released, stated, is_current, documented, published = version_of(
        source_name, namespace, location, source_version
    )
    return (
        -(has_returns + (n_words > 0) + (not has_untyped)),
        not is_released,
        _descending(stated),
        not is_current,
        _descending(documented),
        _descending(published),
        not licence.lower().startswith(_PERMISSIVE),
        -n_parameters,
        -n_words,
        function_id,
    )


def _descending(numbers: tuple[int, ...]) -> list[int]:
    """Numbers that sort the other way round; a longer version is newer than the one that it begins with."""
    return [*(-number for number in numbers), 1]
