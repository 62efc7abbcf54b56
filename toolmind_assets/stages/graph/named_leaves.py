"""Leaves of a schema with what they are called and carry: all that decides which of them are looked at."""

from collections.abc import Iterable
from typing import NamedTuple

from toolmind_assets.model.functions import MarkKind
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.stages.graph.field import depth_of, parent_of
from toolmind_assets.stages.graph.field_names import without_fillers
from toolmind_assets.stages.graph.leaves import Leaf
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_assets.stages.graph.value_roles import ValueRole

_UNLINKED = frozenset((MarkKind.PAGINATION, MarkKind.AUTH, MarkKind.TRANSPORT, MarkKind.IDEMPOTENCY))
"""Marks of what no result fills: a page token goes back to where it came from, and nowhere else."""


class Marks:
    """What the marks of a spec say of its fields, by pointer."""

    def __init__(self, marks: Iterable[JsonObject]) -> None:
        self._unlinked = {mark["path"] for mark in marks if mark["kind"] in _UNLINKED}
        self._identifiers = {
            mark["path"]: (mark.get("resource", ""), mark.get("value", ""))
            for mark in marks
            if mark["kind"] == MarkKind.IDENTIFIER
        }

    def is_linkable(self, leaf: Leaf) -> bool:
        """Whether nothing says that a leaf belongs to paging, to the transport, or to who calls."""
        return leaf.pointer not in self._unlinked

    def identifier(self, leaf: Leaf) -> tuple[str, str]:
        """Resource and identifier that a leaf holds, or two empty texts; members of an array are marked as it is.

        The `id` of a `RouteResponse` is that of a route; a `routeResponseId` says that it is not.
        """
        resource, identifier = self._identifiers.get(leaf.pointer, ("", ""))
        is_of_owner = len(split_words(leaf.name)) == 1
        return without_fillers(resource) if is_of_owner else resource, identifier


WEAK_KINDS = frozenset(("name", "slug", "handle", "email"))
"""Kinds of identifiers that a resource is given anew."""


class NamedLeaf(NamedTuple):
    """A leaf with what it is called and carries: all that decides whether it is looked at."""

    leaf: Leaf
    is_linkable: bool
    types: tuple[str, ...]
    role: ValueRole
    owner: tuple[str, ...]
    has_owner: bool
    label: str
    resource: str
    identifier: str

    @property
    def is_strong(self) -> bool:
        """It identifies a resource by what that resource keeps."""
        return bool(self.identifier) and self.identifier not in WEAK_KINDS

    @property
    def is_telling(self) -> bool:
        """It says which thing is meant: by an identifier that stays, or called like the thing, as the `team` of a path."""
        return self.is_strong or (not self.identifier and self.leaf.is_required)


_ROLE_ORDER = {role: place for place, role in enumerate(ValueRole)}


def most_telling(named: list[NamedLeaf], limit: int) -> list[NamedLeaf]:
    """At most so many of those that may be linked, the most telling ones."""
    linkable = [one for one in named if one.is_linkable]
    if len(linkable) <= limit:
        return linkable
    return sorted(linkable, key=_telling_order)[:limit]


def _telling_order(named: NamedLeaf) -> tuple[bool, int, int, str]:
    path = named.leaf.path
    return not named.leaf.is_required, _ROLE_ORDER[named.role], depth_of(path), path


def told_apart(named: NamedLeaf, with_id: frozenset[str]) -> NamedLeaf:
    """A `uid` beside an `id` is another identifier of the same thing; `with_id` are the paths of objects with an `id`."""
    if (
        named.leaf.name.lower() != "uid"
        or named.identifier != "id"
        or parent_of(named.leaf.path) not in with_id
    ):
        return named
    return named._replace(identifier="uid", label=f"{named.resource} uid")
