"""Draws that hash what is drawn: whatever else there is to draw from, a key keeps its number under a seed."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Floats = NDArray[np.float64]


def key_numbers(keys: Iterable[str]) -> Hashes:
    """The last 64 bits of each key, which ends in hex digits of a digest."""
    return np.array([int(key[-16:], 16) for key in keys], dtype=np.uint64)


def hashes_under(numbers: Hashes, seed: int) -> Hashes:
    """A hash of each number under a seed of 63 bits: the finaliser of SplitMix64, which spreads every bit over all."""
    values = numbers ^ np.uint64(seed)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def waits(numbers: Hashes, seed: int) -> Floats:
    """Exponential waiting times of mean 1, one a number.

    Divided by weights, the least of them falls on each number with a chance in proportion to its weight
    (weighted rendezvous hashing): another number alters the choice only where it wins, or won.
    """
    spread = (hashes_under(numbers, seed) >> np.uint64(11)).astype(np.float64)
    return -np.log((spread + 0.5) * 2.0**-53)


def rank_numbers(numbers: Hashes, seed: int, n_best: int) -> list[int]:
    """Places of the `n_best` numbers of the smallest hash under `seed`, in order (rendezvous hashing)."""
    hashes = hashes_under(numbers, seed)
    if n_best < len(hashes):
        near = np.argpartition(hashes, n_best)[:n_best]
        return near[np.argsort(hashes[near], kind="stable")].tolist()
    return np.argsort(hashes, kind="stable").tolist()


def rank_by_hash(keys: Sequence[str], seed: int, n_best: int) -> list[str]:
    """The `n_best` keys of the smallest hash under `seed`, in order.

    Adding or removing one key changes the result only where that key is, or would be, among the best.
    """
    return [keys[place] for place in rank_numbers(key_numbers(keys), seed, n_best)]
