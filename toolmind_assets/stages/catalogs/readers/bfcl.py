"""The BFCL dialect: task rows with a list `function`, and bare function docs with a `response`.

The definitions differ from OpenAI's in their type names (`dict`, `float`, `String`, `HashMap`), which
normalising understands in every form; so the two forms share their entries.
"""

from typing import Any

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.stages.catalogs.readers import openai
from toolmind_assets.stages.catalogs.readers.entry import Reader


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` is a row with an id and functions, or a function whose types are Python's."""
    if isinstance(value.get("function"), list):
        return "id" in value
    parameters = value.get("parameters")
    is_dict = isinstance(parameters, dict) and parameters.get("type") == "dict"
    return "name" in value and (is_dict or ("response" in value and "parameters" in value))


READER = Reader(CatalogForm.BFCL, recognises, openai.entries)
