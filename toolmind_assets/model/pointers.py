"""RFC 6901 pointers into JSON values, plain (`/a/b`) and as URI fragments (`#/a/b`)."""

from typing import Any
from urllib.parse import unquote


def escape(key: str | int) -> str:
    """One key as it stands in a pointer."""
    text = str(key)
    return text.replace("~", "~0").replace("/", "~1") if "~" in text or "/" in text else text


def pointer_target(root: Any, reference: str) -> Any:
    """What a URI fragment leads to in `root`; None where it leads nowhere, or out."""
    if not reference.startswith("#/"):
        return root if reference == "#" else None
    place = root
    for part in (unquote(reference) if "%" in reference else reference)[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(place, dict):
            place = place.get(key)
        elif isinstance(place, list) and key.isdecimal() and len(key) < 10 and int(key) < len(place):
            place = place[int(key)]
        else:
            return None
    return place
