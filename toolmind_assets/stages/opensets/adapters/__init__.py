"""One adapter an open set; `ADAPTERS` lists them."""

from toolmind_assets.stages.opensets.adapters.glaive import GLAIVE
from toolmind_assets.stages.opensets.adapters.toolace import TOOLACE
from toolmind_assets.stages.opensets.adapters.xlam import XLAM

ADAPTERS = (GLAIVE, TOOLACE, XLAM)
