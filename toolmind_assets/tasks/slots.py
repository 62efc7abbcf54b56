"""Which task stands in which slot of a shard: its scenario, and where its walk may start.

Both depend on the slot and the functions alone, never on other slots, so that a refresh which changes one
function leaves all slots that do not touch it as they were.
"""

import numpy as np

from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import Scenario
from toolmind_assets.tasks.params import TaskParams


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


def rank_by_hash(keys: list[str], seed: int, n_best: int) -> list[str]:
    """The `n_best` keys of the smallest hash under `seed`, in order (rendezvous hashing).

    Adding or removing one key changes the result only where that key is, or would be, among the best.
    """
    if not keys:
        return []
    hashes = _mix(np.array([int(key[-16:], 16) for key in keys], dtype=np.uint64) ^ np.uint64(seed))
    best = np.argsort(hashes, kind="stable")[:n_best]
    return [keys[place] for place in best]


def _mix(values: np.ndarray) -> np.ndarray:
    """The finaliser of SplitMix64, which spreads every bit over all bits."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def slot_seed(shard: str, slot_index: int, run_seed: int) -> int:
    """The seed of everything drawn for a slot."""
    return seed_from("task", shard, slot_index, run_seed)
