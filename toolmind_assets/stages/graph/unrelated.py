"""How alike an embedder finds texts that have nothing to do with each other: from there similarities are counted.

Embedders that count shared words give such texts 0. Dense ones do not: the median of short texts is .1 with one model
and .8 with the next, and thresholds would mean something else with each. The texts stand here, so that what counts
as nothing is a property of the embedder alone, and no score moves with the catalogs.
"""

from itertools import combinations

import numpy as np

from toolmind_resources.embed.model import Embedder

NAMES = (
    "invoice id", "latitude", "song title", "blood type", "retry count", "subnet", "shoe size", "passport number",
    "wind speed", "shard key", "recipe name", "expires at", "hotel rating", "branch", "currency code", "volume",
    "player", "is archived", "font colour", "departure gate",
)  # fmt: skip
"""Names of fields of which no two mean nearly the same."""
DESCRIPTIONS = (
    "The address at which the parcel was left.",
    "Whether logs are compressed before they are stored.",
    "Highest temperature of the day in degrees Celsius.",
    "A list of ingredients, in the order in which they are added.",
    "ISO 4217 code of the money that the buyer pays with.",
    "How many replicas of the database are kept.",
    "Name of the person who scored the winning goal.",
    "Text that is shown when the page is being loaded.",
    "Unix time after which the token opens nothing any more.",
    "The seats of the theatre that are still free.",
    "Public key with which the webhook is signed.",
    "Distance from the centre of the galaxy in light years.",
    "Chords of the refrain, written for a guitar.",
    "Reasons for which the doctor advises against the drug.",
    "Path of the folder that the build writes to.",
    "Which breed the dog belongs to.",
)
"""Descriptions of fields of which no two mean nearly the same."""


def floor_of(embedder: Embedder, texts: tuple[str, ...]) -> float:
    """The median cosine of all pairs of unrelated texts, 0 to below 1; 0 of an embedder that counts shared words.

    Raises:
        EmbedError: the texts could not be embedded.
    """
    vectors = embedder.embed(texts)
    if not isinstance(vectors, np.ndarray):
        return 0.0
    products = vectors @ vectors.T
    median = float(np.median([products[pair] for pair in combinations(range(len(texts)), 2)]))
    return min(max(median, 0.0), 0.99)
