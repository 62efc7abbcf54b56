"""The Delta store as a Dagster resource."""

from functools import cache

import dagster as dg

from toolmind_resources.delta.store import DeltaStore


@cache
def _open_store(root: str) -> DeltaStore:
    # One store a root and process: what it read of the tables' logs serves the next run too.
    return DeltaStore(root)


class StoreResource(dg.ConfigurableResource):
    """Where the tables are: `root` is the folder above the stages' folders."""

    root: str

    def store(self) -> DeltaStore:
        """The store of the tables under `root`."""
        return _open_store(self.root)
