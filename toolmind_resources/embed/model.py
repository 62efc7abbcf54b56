"""What a text embedder is. No I/O."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Vectors: TypeAlias = csr_matrix | NDArray[np.float32]
"""One row a text, float32: sparse where words are counted, dense where a model embeds."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product is their similarity."""

    @property
    def name(self) -> str:
        """Name of the model with its settings; it is part of every edge's digest."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), d), each of L2 norm 1 (or 0 for a text without features).

        Raises:
            EmbedError: the embedder could not be reached, or its answer does not fit.
        """
        ...
