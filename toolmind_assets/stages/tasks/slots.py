"""Which task stands in which slot of a shard: its scenario, and where its walk may start.

Both depend on the slot and the functions alone, never on other slots, so that a refresh which changes one
function leaves all slots that do not touch it as they were.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from toolmind_assets.model.ids import digest, seed_from
from toolmind_assets.model.tasks import CHAINED_KINDS, Scenario
from toolmind_assets.stages.tasks.hashes import hashes_under, key_numbers, rank_numbers, waits
from toolmind_assets.stages.tasks.params import TaskParams

WINDOW = 128
"""Consecutive slots of a shard of which a start stands for one."""
STARTS_EACH = 8
"""Starts of one namespace that a slot tries before it goes on to the next."""
TURNS = 8
"""Shards after which the same starts of a namespace have their turn again: until then they bear no task twice."""
LIFT_MAX = 2.0
"""Most times as often as without the bound that a start is used where other namespaces are held back: with more, the
few starts of a small namespace would bear the same tasks again and again."""
_WINDOW_BITS = np.uint64(64 - 7)


def scenarios_of(n_slots: int, params: TaskParams) -> list[Scenario]:
    """The scenario of each of the first `n_slots` slots, shares met as evenly as whole numbers allow.

    Each slot goes to the scenario that is furthest behind its share (Webster's method), ties to the first.
    """
    shares = params.shares()
    counts = dict.fromkeys(shares, 0)
    scenarios = []
    for _ in range(n_slots):
        chosen = max(shares, key=lambda name: shares[name] / (2 * counts[name] + 1))
        counts[chosen] += 1
        scenarios.append(chosen)
    return scenarios


def slot_seed(shard: str, slot_index: int, run_seed: int) -> int:
    """The seed of everything drawn for a slot."""
    return seed_from("task", shard, slot_index, run_seed)


def walk_seed(shard: str, slot_index: int, run_seed: int, start: str) -> int:
    """The seed of the walk that a slot makes from one of its starts, and of all that follows it."""
    return seed_from(slot_seed(shard, slot_index, run_seed), start)


def turn_of(shard: str) -> int:
    """Which starts have their turn in a shard: the number at the end of its name, else a hash of it, modulo `TURNS`."""
    number = re.search(r"\d+$", shard)
    return (int(number[0]) if number else seed_from("turn", shard)) % TURNS


class Starts:
    """Where walks may start: every start function has its share of the slots, and no shard asks another.

    In each window of `WINDOW` slots of a shard, every start stands for one slot, which hashes its key: that is its
    quota. A slot takes those that stand for it, the least wait first, and where they are fewer than are wanted, then
    any in the order of their wait under the slot's seed. So every start has the same chance, none is drawn twice in
    a window where there are many more starts than slots, and one that comes or goes alters the one slot of each
    window that it stands for, and those of the others that were without a better one.

    Where values are to flow, a slot draws a namespace first, by its share, and then starts in it: what an API bears
    best is no reason to have more of it.
    """

    def __init__(
        self,
        keys: Mapping[str, bool],
        namespaces: Mapping[str, str] | None = None,
        namespace_share_max: float = float("inf"),
    ) -> None:
        """Starts by function key, each with whether a value flows to or from it.

        Args:
            keys: The starts.
            namespaces: The namespace of each function key there is, start or not; empty for none.
            namespace_share_max: Most times its share of all functions that a namespace has of the starts from which
                values flow.
        """
        ordered = sorted(keys)
        self._all = _Pool(ordered)
        self._loose = _Pool([key for key in ordered if not keys[key]])
        linked = [key for key in ordered if keys[key]]
        self._linked = _ByNamespace(linked, namespaces or {}, namespace_share_max)

    def of_slot(self, scenario: Scenario, shard: str, slot: int, run_seed: int, n_starts: int) -> list[str]:
        """The first `n_starts` starts of a slot, in order, those of the scenario's own kind before all others.

        Of a task in which results are passed on, or a function is missed, these are such that a value flows to or
        from them, as long as there are any; of one of independent calls, such that none does, so that both are called.
        """
        seed = slot_seed(shard, slot, run_seed)
        if scenario in _LINKED and self._linked:
            starts = self._linked.of_namespaces(seed, turn_of(shard), n_starts)
        else:
            own = self._loose if scenario in _LOOSE and self._loose else self._all
            window = seed_from("starts", shard, slot // WINDOW, run_seed)
            starts = own.standing(window, slot % WINDOW)[:n_starts]
            if len(starts) < n_starts:
                starts = list(dict.fromkeys([*starts, *own.ranked(seed)]))[:n_starts]
        if len(starts) < n_starts:
            starts = list(dict.fromkeys([*starts, *self._all.ranked(seed)]))[:n_starts]
        return starts


_LINKED = CHAINED_KINDS | {Scenario.MISSING_FUNCTION}
_LOOSE = frozenset({Scenario.SINGLE, Scenario.PARALLEL, Scenario.IRRELEVANT})


class _Pool:
    """Starts of one kind."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._numbers = key_numbers(keys)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def standing(self, seed: int, place: int) -> list[str]:
        """Starts that stand for a place in a window, the least hash first."""
        stood = hashes_under(self._numbers, seed)
        ours = np.flatnonzero((stood >> _WINDOW_BITS) == place)
        return [self._keys[int(one)] for one in ours[np.argsort(stood[ours], kind="stable")].tolist()]

    def in_turn(self, seed: int, turn: int) -> list[str]:
        """All starts, those whose turn it is or comes next first, of the same turn the least hash first."""
        turns = (self._numbers % np.uint64(TURNS)).astype(np.int64)
        order = np.lexsort((hashes_under(self._numbers, seed), (turns - turn) % TURNS))
        return [self._keys[int(one)] for one in order.tolist()]

    def ranked(self, seed: int) -> list[str]:
        """All starts in the order of their hash."""
        return [self._keys[int(one)] for one in rank_numbers(self._numbers, seed, len(self._keys))]


class _ByNamespace:
    """Starts of which a slot draws the namespace first, so that none has more than its share."""

    def __init__(self, keys: Sequence[str], namespaces: Mapping[str, str], share_max: float) -> None:
        pools: dict[str, list[str]] = defaultdict(list)
        for key in keys:
            pools[namespaces.get(key, "")].append(key)
        named = [namespaces.get(key, "") for key in keys]
        weights = namespace_weights(named, namespaces.values(), share_max)
        self._pools = [_Pool(pool) for pool in pools.values()]
        self._numbers = key_numbers(digest("namespace", name) for name in pools)
        self._shares = np.array([weights[name] * len(pool) for name, pool in pools.items()])

    def __bool__(self) -> bool:
        return bool(self._pools)

    def of_namespaces(self, seed: int, turn: int, n_starts: int) -> list[str]:
        """Starts of the namespace that is drawn first, then of the next; of each `STARTS_EACH`, those whose turn it is first."""
        waiting = waits(self._numbers, seed) / self._shares
        starts: list[str] = []
        for place in np.argsort(waiting, kind="stable").tolist():
            starts += self._pools[place].in_turn(seed, turn)[:STARTS_EACH]
            if len(starts) >= n_starts:
                break
        return starts[:n_starts]


def namespace_weights(pool: Sequence[str], everything: Collection[str], share_max: float) -> dict[str, float]:
    """How often starts of each namespace of a pool take part, from 0 to 1, so that none has more than its share.

    The share of a namespace is that of its functions among all, times `share_max`. What one may not have falls to the
    others in proportion to their starts, up to `LIFT_MAX` times as much as without; where they cannot take it all, as
    where most values flow in one API, the rest is everybody's again. What has no namespace is no provider and is not
    held back. Weights are steps of a 32nd, so that one function more rarely moves them.

    Args:
        pool: The namespace of each start.
        everything: The namespace of each function.
        share_max: As above.
    """
    counts, sizes = Counter(pool), Counter(everything)
    n_all = max(1, len(everything))
    shares = {one: count / len(pool) for one, count in counts.items()}
    bounds = {one: share_max * sizes[one] / n_all / share if one else 1.0 for one, share in shares.items()}
    level = _level([(bounds[one], share) for one, share in shares.items()])
    wanted = {one: min(level, bound) for one, bound in bounds.items()}
    top = max(wanted.values(), default=1.0)
    return {one: max(1.0, round(weight / top * 32)) / 32 for one, weight in wanted.items()}


def _level(bounds_and_shares: Sequence[tuple[float, float]]) -> float:
    """The factor by which shares are raised, each up to its bound, so that they make up 1; at most `LIFT_MAX`."""
    given, left = 0.0, 1.0
    for bound, share in sorted(bounds_and_shares):
        level = (1.0 - given) / max(left, 1e-9)
        if level <= bound:
            return min(level, LIFT_MAX)
        given, left = given + bound * share, left - share
    return LIFT_MAX
