"""How far functions come to be used: offered, called, or neither."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from toolmind_assets.model.functions import FunctionSpec


class Use(StrEnum):
    """How far a function came."""

    CALLED = "called"
    """A call of it was made, or planned, whichever was asked about."""
    NEVER_CALLED = "never_called"
    """It was offered, and no call of it was made."""
    NEVER_OFFERED = "never_offered"
    """No assistant saw it, though a call of it could be made."""
    UNCALLABLE = "uncallable"
    """No chat can give what a call of it takes, or no person makes it."""


@dataclass(frozen=True, slots=True)
class FunctionUse:
    """One function and its use.

    Attributes:
        function_id, name: The function.
        catalogs: Where it was found, sorted.
        namespace: API, server or class that it belongs to; may be empty.
        use: How far it came.
        reason: Why no call of it can be planned; empty where one can.
    """

    function_id: str
    name: str
    catalogs: tuple[str, ...]
    namespace: str
    use: Use
    reason: str


def function_uses(
    functions: Iterable[FunctionSpec],
    offered: Collection[str],
    called: Collection[str],
    reason_of: Callable[[FunctionSpec], str] = lambda _: "",
) -> list[FunctionUse]:
    """The use of each function, by name.

    Args:
        functions: All that there are.
        offered, called: Ids of functions that an assistant saw, and of those that were called.
        reason_of: Why no call of a function can be planned; empty where one can. What was called is not asked about.
    """
    uses = []
    for function in functions:
        one = function.function_id
        reason = "" if one in called else reason_of(function)
        use = Use.CALLED if one in called else Use.UNCALLABLE if reason else _unused(one in offered)
        catalogs = tuple(sorted({source.catalog for source in function.sources}))
        uses.append(FunctionUse(one, function.name, catalogs, function.namespace, use, reason))
    return sorted(uses, key=lambda use: use.name)


def _unused(is_offered: bool) -> Use:
    return Use.NEVER_CALLED if is_offered else Use.NEVER_OFFERED


def counts_by_catalog(uses: Iterable[FunctionUse]) -> dict[str, Mapping[Use, int]]:
    """Catalog -> functions of each use, catalogs sorted; a function of several catalogs counts in each."""
    counts: dict[str, Counter[Use]] = defaultdict(Counter)
    for use in uses:
        for catalog in use.catalogs or ("",):
            counts[catalog][use.use] += 1
    return {catalog: {use: counts[catalog][use] for use in Use} for catalog in sorted(counts)}
