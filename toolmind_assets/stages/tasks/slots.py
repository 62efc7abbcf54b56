"""Which task stands in which slot of a shard: its scenario, and where its walk may start.

Both depend on the slot and the functions alone, never on other slots, so that a refresh which changes one
function leaves all slots that do not touch it as they were.
"""

from collections.abc import Mapping

import numpy as np

from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import CHAINED_KINDS, Scenario
from toolmind_assets.stages.tasks.hashes import Hashes, hashes_under, key_numbers, rank_numbers
from toolmind_assets.stages.tasks.params import TaskParams

WINDOW = 128
"""Consecutive slots of a shard of which a start stands for one."""
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


class Starts:
    """Where walks may start: every start function has its share of the slots, and no shard asks another.

    In each window of `WINDOW` slots of a shard, every start stands for one slot, which hashes its key: that is its
    quota. A slot takes those that stand for it, the least hash first, and where they are fewer than are wanted, then
    any in the order of their hash under the slot's seed. So every start has the same chance, none is drawn twice in
    a window where there are many more starts than slots, and one that comes or goes alters the one slot of each
    window that it stands for, and those of the others that were without a better one.
    """

    def __init__(self, keys: Mapping[str, bool]) -> None:
        """Starts by function key, each with whether its result can fill a parameter of another function."""
        ordered = sorted(keys)
        carrying = [key for key in ordered if keys[key]]
        self._all = _pool(ordered)
        self._carrying = _pool(carrying) if carrying else self._all

    def of_slot(self, scenario: Scenario, shard: str, slot: int, run_seed: int, n_starts: int) -> list[str]:
        """The first `n_starts` starts of a slot, in order; those of a chained task are such that a value flows from,
        as long as there are any.
        """
        wanted = self._carrying if scenario in CHAINED_KINDS else self._all
        numbers, keys = wanted
        stood = hashes_under(numbers, seed_from("starts", shard, slot // WINDOW, run_seed))
        ours = np.flatnonzero((stood >> _WINDOW_BITS) == slot % WINDOW)
        starts = [keys[place] for place in ours[np.argsort(stood[ours], kind="stable")][:n_starts].tolist()]
        seed = slot_seed(shard, slot, run_seed)
        for pool in (wanted, self._all):
            if len(starts) < n_starts:
                spare = [pool[1][place] for place in rank_numbers(pool[0], seed, n_starts)]
                starts = list(dict.fromkeys([*starts, *spare]))[:n_starts]
        return starts


def _pool(keys: list[str]) -> tuple[Hashes, list[str]]:
    return key_numbers(keys), keys
