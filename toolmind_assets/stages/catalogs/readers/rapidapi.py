"""RapidAPI entries as ToolBench has them: an `api_list`, of a tool or of an instruction, or one API bare."""

from collections.abc import Iterator
from typing import Any

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader
from toolmind_assets.stages.catalogs.readers.functions import function_name

_PARAMETERS = ("required_parameters", "optional_parameters")


def recognises(value: dict[str, Any]) -> bool:
    """Whether `value` has an `api_list`, or is an API whose required and optional parameters stand apart."""
    return isinstance(value.get("api_list"), list) or _is_api(value)


def entries(value: dict[str, Any]) -> Iterator[Entry]:
    """Each API as `{tool, about, api}`: the tool that it belongs to, and what is said of that."""
    if not isinstance(value.get("api_list"), list):
        yield _entry("", value, value)
        return
    for index, api in enumerate(value["api_list"]):
        pointer = f"/api_list/{index}"
        if isinstance(api, dict):
            yield _entry(pointer, api, value)
        else:
            yield Entry(pointer, None, None, f"an API is an object, found {type(api).__name__}", found=api)


def _entry(pointer: str, api: dict[str, Any], holder: dict[str, Any]) -> Entry:
    tool = api.get("tool_name") or holder.get("tool_name") or holder.get("title") or ""
    about = holder.get("tool_description") or ""
    return Entry(pointer, function_name(api), {"tool": tool, "about": about, "api": api})


def _is_api(value: dict[str, Any]) -> bool:
    return function_name(value) is not None and all(isinstance(value.get(key), list) for key in _PARAMETERS)


READER = Reader(CatalogForm.RAPIDAPI, recognises, entries)
