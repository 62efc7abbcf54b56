"""TF-IDF vectors, without weights, network or key. Deterministic.

The vocabulary is that of the texts given in one call, so only vectors of the same call can be compared.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack

from toolmind_resources.errors import EmbedError


class TfidfEmbedder:
    """Character n-grams inside words (which forgive spelling) joined with whole words (which do not)."""

    def __init__(self, min_chars: int = 3, max_chars: int = 5, word_weight: float = 0.5) -> None:
        """Settings.

        Args:
            min_chars: Shortest n-gram.
            max_chars: Longest n-gram.
            word_weight: Share of whole words in the similarity, 0 to 1; n-grams have the rest.
        """
        self._chars = (min_chars, max_chars)
        self._word_weight = word_weight

    @property
    def name(self) -> str:
        """`tfidf` with its settings."""
        return f"tfidf-char{self._chars[0]}-{self._chars[1]}-word{self._word_weight:g}"

    def embed(self, texts: Sequence[str]) -> csr_matrix:
        """Unit vectors of the texts; a text without features has the zero vector.

        Raises:
            EmbedError: the library is not installed.
        """
        if not any(character.isalnum() for text in texts for character in text):
            return csr_matrix((len(texts), 1), dtype=np.float32)
        # Importing scikit-learn costs seconds, which commands that embed nothing need not spend.
        try:
            from sklearn.feature_extraction.text import TfidfVectorizer
            from sklearn.preprocessing import normalize
        except ImportError as error:
            raise EmbedError(
                'embedder.kind tfidf wants its library: pip install "toolmind-assets[tfidf]"'
            ) from error

        words = TfidfVectorizer(token_pattern=r"\w+")
        ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=self._chars)
        parts = [
            words.fit_transform(texts) * np.sqrt(self._word_weight),
            ngrams.fit_transform(texts) * np.sqrt(1 - self._word_weight),
        ]
        return csr_matrix(normalize(hstack(parts, format="csr"), copy=False), dtype=np.float32)
