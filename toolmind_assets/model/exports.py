"""Exported files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One exported file.

    Attributes:
        format: Name of the export format, or `card` for the dataset card.
        file: Path below the folder of the exports, with forward slashes.
        n_rows: Samples in the file, or None for a file without samples.
        n_bytes: Its size.
        file_digest: SHA-256 of its bytes.
    """

    format: str
    file: str
    n_rows: int | None
    n_bytes: int
    file_digest: str
