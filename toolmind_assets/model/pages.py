"""One message as a page on which values can be found: text without gaps, with the edges of its words."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from toolmind_assets.model.dialogues import ValueSource
from toolmind_assets.model.paths import child_path
from toolmind_assets.model.spellings import words_of

MAX_HITS = 200
"""Places of one text in one page that are tried: bounds the work on hostile repetition."""
MAX_RESULT_LEAVES = 20_000
"""Scalars of one result that are indexed, in order."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one message says: text without gaps, word edges, and which leaf begins where."""

    kind: ValueSource
    message_index: int
    raw: str
    text: str
    edges: frozenset[int]
    leaf_starts: tuple[int, ...]
    leaf_paths: tuple[str, ...]

    def find(self, needle: str) -> Iterator[int]:
        """Offsets at which `needle` stands as whole words."""
        offset = self.text.find(needle)
        for _ in range(MAX_HITS):
            if offset < 0:
                return
            if offset in self.edges and offset + len(needle) in self.edges:
                yield offset
            offset = self.text.find(needle, offset + 1)

    def path_at(self, offset: int) -> str | None:
        """Path of the leaf that covers `offset`; None for running text."""
        if not self.leaf_starts:
            return None
        return self.leaf_paths[bisect_right(self.leaf_starts, offset) - 1]


def _squeeze(text: str) -> tuple[str, frozenset[int]]:
    words = words_of(text)
    return "".join(words), frozenset(accumulate(map(len, words), initial=0))


_squeeze_once = lru_cache(maxsize=512)(_squeeze)
"""For system texts and descriptions, which stand in many dialogues."""


def text_page(kind: ValueSource, index: int, text: str) -> Page:
    """The page of running text that `kind` said in message `index`."""
    is_shared = kind in (ValueSource.SYSTEM, ValueSource.CONSTANT)
    squeezed, edges = (_squeeze_once if is_shared else _squeeze)(text)
    return Page(kind, index, text, squeezed, edges, (), ())


def result_texts(result: Any) -> Iterator[tuple[str, str]]:
    """`(path, text)` of every scalar and of every distinct key that is no mere word, in order."""
    seen: set[str] = set()
    pending: list[tuple[str, Any]] = [("", result)]
    for _ in range(MAX_RESULT_LEAVES):
        if not pending:
            return
        path, value = pending.pop()
        if isinstance(value, dict):
            members = [(child_path(path, key), key, member) for key, member in value.items()]
            for place, key, _member in members:
                if key not in seen:
                    seen.add(key)
                    yield place, key
            pending += [(place, member) for place, _key, member in reversed(members)]
        elif isinstance(value, list):
            places = [(child_path(path, position), member) for position, member in enumerate(value)]
            pending += reversed(places)
        elif value is not None and not isinstance(value, bool):
            yield path, str(value)


def result_page(index: int, texts: list[tuple[str, str]]) -> Page:
    """The page of a result, of which `texts` are the scalars by path."""
    words: list[str] = []
    starts: list[int] = []
    length = 0
    for _, text in texts:
        starts.append(length)
        leaf = [*words_of(text), "\0"]
        words += leaf
        length += sum(map(len, leaf))
    edges = frozenset(accumulate(map(len, words), initial=0))
    raw = "\n".join(text for _, text in texts)
    return Page(
        ValueSource.RESULT, index, raw, "".join(words), edges, tuple(starts), tuple(path for path, _ in texts)
    )
