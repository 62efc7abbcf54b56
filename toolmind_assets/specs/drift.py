"""What became of the functions since they were folded last: added, changed, removed."""

from collections.abc import Iterable, Mapping
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
