"""What `dagster dev -m toolmind_assets.definitions` loads: the project that the environment points to."""

from toolmind_assets.orchestration.code_location import build_defs
from toolmind_assets.settings.config import load_settings

defs = build_defs(load_settings())
