"""One adapter an open set; `ADAPTERS` lists them."""

from toolmind_assets.opensets.adapters.glaive import GLAIVE
from toolmind_assets.opensets.adapters.toolace import TOOLACE
from toolmind_assets.opensets.adapters.xlam import XLAM

ADAPTERS = (GLAIVE, TOOLACE, XLAM)
