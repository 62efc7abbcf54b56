"""Table of the stage `exports`: what was written where."""

import polars as pl

from toolmind_resources.delta.table import Column, Frames, Law, Table


def _exports_hold_every_sample(frames: Frames) -> list[str]:
    samples = frames["mixture/samples"].height
    return [
        f"{file}: {n_rows} rows, {samples} samples in the mixture"
        for file, n_rows in frames["exports/manifests"].select("file", "n_rows").iter_rows()
        if n_rows is not None and n_rows != samples
    ]


MANIFESTS = Table(
    name="exports/manifests",
    row="one exported file",
    columns=(
        Column("format", pl.String, "export format, or `card` for the dataset card"),
        Column("file", pl.String, "path below the folder of the exports"),
        Column("n_rows", pl.Int64, "samples in the file; null for a file without samples", is_nullable=True),
        Column("n_bytes", pl.Int64, "size", unit="bytes"),
        Column("file_digest", pl.String, "SHA-256 of the bytes"),
    ),
    key=("format", "file"),
    laws=(
        Law(
            "exports_conserved",
            "every file of samples holds every sample of the mixture",
            ("mixture/samples", "exports/manifests"),
            _exports_hold_every_sample,
        ),
    ),
)
