"""Names that chat endpoints accept, unique over all functions.

The limit is OpenAI's for function names: `[A-Za-z0-9_-]`, at most 64 characters.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from toolmind_assets.model.ids import digest

MAX_CHARS = 64
_ILLEGAL = re.compile(r"[^A-Za-z0-9_-]+")
_HTTP_NAME = re.compile(r"([A-Z]+) /")
_SUFFIX_DIGITS = (6, 12, 20)


def legal_name(source_name: str) -> str:
    """The name with illegal characters replaced; a digest of it where it is too long or nothing is left.

    `GET /v1/users/{id}`, the name of an operation without an id, becomes `get_v1_users_id`.
    """
    text = source_name
    if match := _HTTP_NAME.match(text):
        text = match.group(1).lower() + text[match.end(1) :]
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    name = _ILLEGAL.sub("_", plain).strip("_") or _ILLEGAL.sub("", plain)
    if not name:
        return f"function_{digest(source_name)[:8]}"
    if len(name) > MAX_CHARS:
        return f"{name[: MAX_CHARS - 9]}_{digest(source_name)[:8]}"
    return name


def unique_names(bases: Mapping[str, str]) -> dict[str, str]:
    """Function id -> a name of its own: its base, with digits of the id where functions share the base.

    All that share a base get the suffix, so that none of them changes its name when another comes first.
    """
    names = dict(bases)
    for digits in _SUFFIX_DIGITS:
        counts = Counter(names.values())
        shared = [function_id for function_id, name in names.items() if counts[name] > 1]
        if not shared:
            break
        for function_id in shared:
            suffix = function_id.rsplit("_", 1)[-1][:digits]
            names[function_id] = f"{bases[function_id][: MAX_CHARS - 1 - len(suffix)]}_{suffix}"
    return names
