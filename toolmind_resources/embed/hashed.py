"""Hashed words: the default embedder, without weights, network, key or corpus.

A text's vector is a function of that text alone, so that it is the same among other texts, on any machine, and
in any version of the libraries: words are hashed with BLAKE2, and a component is the root of a ratio of two sums
that floats hold exactly.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from scipy.sparse import csr_matrix

from toolmind_resources.embed.tokenizer import STOP_WORDS, WEAK_WORDS, chunks_of, split_chunk

BITS = 20
"""Columns are 2 to this power: of 50,000 words in use, one in twenty shares its column with another."""
WEAK_SHARE = 0.5
"""What a weak word counts, in squares, beside 1 for any other; a power of two, so that sums of it are exact."""

_Word = tuple[int, float]
"""Column of a word, and the square that it adds to the component of that column."""


class HashedEmbedder:
    """Words in 2**20 columns; the square of a component is the word's share of the text.

    A word counts as often as it stands there, so that its component grows with the root of that. Of words such as
    `id` and `value` it takes two to count as much as one other. Stop words count only where a text has no
    other: a parameter may be called `from`.
    """

    @property
    def name(self) -> str:
        """`hashed` with its settings."""
        return f"hashed-{BITS}-weak{WEAK_SHARE:g}"

    def embed(self, texts: Sequence[str]) -> csr_matrix:
        """Unit vectors of the texts; a text without words has the zero vector."""
        known: dict[str, tuple[_Word, ...]] = {}
        columns: list[int] = []
        squares: list[float] = []
        ends = [0]
        for text in texts:
            words: list[_Word] = []
            for chunk in chunks_of(text):
                if chunk not in known:
                    known[chunk] = tuple(_word(word) for word in split_chunk(chunk))
                words += known[chunk]
            said = [word for word in words if word[1]] or [(column, 1.0) for column, _ in words]
            columns += [column for column, _ in said]
            squares += [square for _, square in said]
            ends.append(len(columns))
        return _unit_rows(np.array(columns, np.int32), np.array(squares), np.array(ends))


def _word(word: str) -> _Word:
    """A word's column and square; the square of a stop word is 0."""
    column = int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little")
    if word in STOP_WORDS:
        return column % 2**BITS, 0.0
    return column % 2**BITS, WEAK_SHARE if word in WEAK_WORDS or word.isdecimal() else 1.0


def _unit_rows(columns: np.ndarray, squares: np.ndarray, ends: np.ndarray) -> csr_matrix:
    """One row a text: the root of each column's share of the squares, columns in order."""
    rows = csr_matrix((squares, columns, ends), shape=(len(ends) - 1, 2**BITS))
    rows.sum_duplicates()
    totals = np.repeat(np.asarray(rows.sum(axis=1)).ravel(), np.diff(rows.indptr))
    components = np.sqrt(rows.data / totals).astype(np.float32)
    return csr_matrix((components, rows.indices, rows.indptr), shape=rows.shape)
