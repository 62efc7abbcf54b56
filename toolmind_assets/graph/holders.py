"""The fields that share one text, and which of a crowd of them one field meets."""

from bisect import bisect_left
from collections import defaultdict

from toolmind_assets.graph.fields import FunctionField

HOLDERS_AT_HOME = 32
"""Functions with the same text that are looked at in each of namespace, domain and all."""


class Holders:
    """The fields that share one text, by home, each home a ring in the order of function ids."""

    def __init__(self) -> None:
        self._rings: dict[str, list[FunctionField]] = defaultdict(list)
        self._ids: dict[str, list[str]] = {}

    def add(self, field: FunctionField) -> None:
        """Takes a field in; fields come in the order of their functions' ids."""
        for home in _homes(field):
            self._rings[home].append(field)

    def around(
        self, field: FunctionField, limit: int = HOLDERS_AT_HOME
    ) -> dict[tuple[str, str], FunctionField]:
        """Up to `limit` fields of each home of `field`: those whose function ids follow its own.

        Function ids are hashes, so that every field meets another part of a crowd, the same whenever the
        graph is built again.
        """
        found: dict[tuple[str, str], FunctionField] = {}
        for home in _homes(field):
            ring = self._rings.get(home, [])
            if home not in self._ids:
                self._ids[home] = [member.function.function_id for member in ring]
            start = bisect_left(self._ids[home], field.function.function_id)
            for step in range(min(limit, len(ring))):
                member = ring[(start + step) % len(ring)]
                found[member.function.function_id, member.path] = member
        return found


def _homes(field: FunctionField) -> tuple[str, ...]:
    function = field.function
    homes = (f"domain {function.domain.value}", "all")
    return (f"namespace {function.namespace}", *homes) if function.namespace else homes
