"""What `dagster dev -m toolmind_assets.definitions` loads."""

from toolmind_assets.orchestration.code_location import defs

__all__ = ["defs"]
