"""One adapter an open set; `ADAPTERS` lists them."""

from toolmind_assets.opensets.adapters.glaive import GLAIVE

ADAPTERS = (GLAIVE,)
