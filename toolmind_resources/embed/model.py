"""What a text embedder is. No I/O."""

from collections.abc import Sequence
from typing import Protocol

from scipy.sparse import csr_matrix


class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product is their similarity."""

    @property
    def name(self) -> str:
        """Name of the model with its settings; it is part of every edge's digest."""
        ...

    def embed(self, texts: Sequence[str]) -> csr_matrix:
        """Vectors of shape (len(texts), d), each of L2 norm 1 (or 0 for a text without features).

        Raises:
            EmbedError: the embedder could not be reached, or its answer does not fit.
        """
        ...
