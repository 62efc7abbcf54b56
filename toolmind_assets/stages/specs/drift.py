"""What became of the functions since they were folded last: added, changed, removed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

FunctionVersion = tuple[str, str, str]
"""A function's key, which stays when it changes, its digest, which does not, and its name."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Names of the functions that differ from those before, sorted.

    Attributes:
        added: Their key is there for the first time.
        changed: Their key was there, with other content.
        removed: Their key is gone.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def compare_functions(before: Iterable[FunctionVersion], after: Iterable[FunctionVersion]) -> Drift:
    """The drift from the functions before to those after.

    Functions may share a key: a source that states one name twice, with other content. Of such a key that
    stays, a version that comes or goes is a change; versions that stay are none.
    """
    old, new = _by_key(before), _by_key(after)
    stays = old.keys() & new.keys()
    return Drift(
        added=_names(new[key] for key in new.keys() - stays),
        changed=_names(_changed(old[key], new[key]) for key in stays),
        removed=_names(old[key] for key in old.keys() - stays),
    )


@dataclass(frozen=True, slots=True)
class DriftCount:
    """How many functions one version of the table changed.

    Attributes:
        version: Delta version.
        added, changed, removed: Functions, as `Drift` tells them.
    """

    version: int
    added: int
    changed: int
    removed: int


def drift_history(versions: Iterable[tuple[int, Iterable[FunctionVersion]]]) -> Iterator[DriftCount]:
    """What each version changed of the one before, oldest first; versions that changed nothing are left out.

    Args:
        versions: Delta versions with their functions, oldest first. The first is what the second is compared
            with, and gives no count. Two are held at a time.
    """
    before: list[FunctionVersion] | None = None
    for version, functions in versions:
        after = list(functions)
        if before is not None:
            drift = compare_functions(before, after)
            count = DriftCount(version, len(drift.added), len(drift.changed), len(drift.removed))
            if count.added or count.changed or count.removed:
                yield count
        before = after


def drift_bars(history: Iterable[DriftCount]) -> dict[str, dict[str, float]]:
    """The history as groups of bars, newest first: version -> what -> functions; what did not happen is left out."""
    groups = {
        f"version {count.version}": {"added": count.added, "changed": count.changed, "removed": count.removed}
        for count in history
    }
    return {
        name: {what: float(number) for what, number in parts.items() if number}
        for name, parts in reversed(groups.items())
    }


def _by_key(functions: Iterable[FunctionVersion]) -> dict[str, dict[str, str]]:
    """Key -> digest -> name."""
    versions: dict[str, dict[str, str]] = {}
    for key, function_digest, name in functions:
        versions.setdefault(key, {})[function_digest] = name
    return versions


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> Mapping[str, str]:
    """The versions that came; where none did, those that went."""
    came = {content: name for content, name in new.items() if content not in old}
    return came or {content: name for content, name in old.items() if content not in new}


def _names(versions: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(sorted(name for names in versions for name in names.values()))
