"""The JSON that a reply holds, where JSON was asked for.

First the text itself. Then what stands in code fences, whatever their label, and what stands anywhere: of
several values the last one that fits the schema counts, one in a fence before one outside, for models repeat
the form, or an example, before they answer. Only where no value fits is one repaired (`json_repairs.py`), and
must fit. What stands there whole and does not fit is handed on: it may be an error, or the role says best what
is wrong with it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from toolmind_resources.chat.offered_form import RESULT_KEY
from toolmind_resources.chat.plain_parameters import is_plain
from toolmind_resources.chat.reading.json_repairs import repaired
from toolmind_resources.chat.reading.mending import Mending
from toolmind_resources.chat.reading.strict_values import MISSING, Region, compact, json_regions, whole_value

_FENCE_OPENS = re.compile(r"(?:```|~~~)[ \t]*[\w+.-]*\s*\Z")
_FENCE_CLOSES = re.compile(r"```|~~~")
_SCALAR_IN_FENCE = re.compile(r"(?:```|~~~)[ \t]*[\w+.-]*\s(.*?)(?:```|~~~)\s*", re.S)
_ERROR_KEY = "error"
"""A member by which an object is an error, and none that stands around a result."""
_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}


@dataclass(frozen=True, slots=True)
class ReadJson:
    """The JSON text of a reply, and what was put right in it."""

    text: str
    mended: tuple[Mending, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A part of a text, its value, or MISSING where it is broken, and what was taken off around it."""

    text: str
    value: Any
    mended: tuple[Mending, ...] = ()


def is_clean_json(text: str, schema: Mapping[str, Any]) -> bool:
    """Whether the text is JSON of the schema's type as it stands: all that a clean reply costs."""
    value = whole_value(text)
    is_wrapped = isinstance(value, dict) and len(value) == 1 and _is_wrapped(schema)
    is_text = isinstance(value, str)
    return value is not MISSING and not is_wrapped and not is_text and _is_of_type(value, schema)


def json_in(text: str, schema: Mapping[str, Any]) -> ReadJson | None:
    """The JSON that answers a request for `schema`; None where the text holds none that could be read."""
    fits = _fit_of(schema)
    found = _found_in(text.strip().removeprefix("\ufeff").strip())
    whole = [one for one in found if one.value is not MISSING]
    is_wrapped = _is_wrapped(schema)
    best = _best(whole, fits, is_wrapped) or _best(list(_repaired(found)), fits, is_wrapped)
    best = best or _unfitting(whole, schema, is_wrapped)
    return ReadJson(best.text, best.mended) if best else None


def _is_wrapped(schema: Mapping[str, Any]) -> bool:
    """Whether the result was asked for within an object."""
    return bool(schema) and not is_plain(schema)


def _unfitting(whole: Sequence[_Found], schema: Mapping[str, Any], is_wrapped: bool) -> _Found | None:
    """What is handed on where nothing fits: a list amid words, as a reference, only where one was asked for."""
    kept = (
        one
        for one in reversed(whole)
        if Mending.TEXT_AROUND not in one.mended
        or isinstance(one.value, dict)
        or _is_of_type(one.value, schema)
    )
    best = next(kept, None)
    return next(_forms_of(best, is_wrapped)) if best else None


def _best(found: Sequence[_Found], fits: Callable[[Any], bool], is_wrapped: bool) -> _Found | None:
    forms = (form for one in reversed(found) for form in _forms_of(one, is_wrapped))
    return next((form for form in forms if fits(form.value)), None)


def _forms_of(one: _Found, is_wrapped: bool) -> Iterator[_Found]:
    """The value itself, its only member, which comes first where it was asked for, and what it encodes."""
    value = one.value
    member = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else None
    if member and member[0] == _ERROR_KEY:
        member = None
    inner = _Found(compact(member[1]), member[1], (*one.mended, Mending.JSON_UNWRAPPED)) if member else None
    if inner and member and is_wrapped and member[0] == RESULT_KEY:
        yield inner
    yield one
    if inner:
        yield inner
    if isinstance(value, str) and (decoded := whole_value(value)) is not MISSING:
        yield from _forms_of(_Found(value.strip(), decoded, (*one.mended, Mending.JSON_TWICE)), is_wrapped)


def _found_in(text: str) -> list[_Found]:
    """What stands in the text, the more likely ones last."""
    whole = whole_value(text)
    if whole is not MISSING:
        return [_Found(text, whole)]
    found = [_region_in(text, region) for region in json_regions(text)]
    fence = _SCALAR_IN_FENCE.fullmatch(text)
    if fence is not None and (value := whole_value(fence[1])) is not MISSING:
        found.append(_Found(fence[1].strip(), value, (Mending.CODE_FENCE,)))
    return sorted(found, key=lambda one: Mending.CODE_FENCE in one.mended)


def _region_in(text: str, region: Region) -> _Found:
    before, inner, after = text[: region.start], text[region.start : region.end], text[region.end :]
    fence = _FENCE_OPENS.search(before)
    if fence is None:
        mended = (Mending.TEXT_AROUND,) if (before + after).strip() else ()
        return _Found(inner, region.value, mended)
    inside = _FENCE_CLOSES.search(inner) if region.value is MISSING else None
    if inside is not None:
        inner, after = inner[: inside.start()], inner[inside.end() :] + after
    else:
        after = _FENCE_CLOSES.sub("", after, count=1)
    is_all = not (before[: fence.start()] + after).strip()
    return _Found(inner, region.value, (Mending.CODE_FENCE, *(() if is_all else (Mending.TEXT_AROUND,))))


def _repaired(found: Sequence[_Found]) -> Iterator[_Found]:
    for one in found:
        if one.value is MISSING and (value := _closed(one.text)) is not MISSING:
            yield _Found(compact(value), value, (*one.mended, Mending.JSON_REPAIRED))


def _closed(text: str) -> Any:
    """The value that a broken text means, up to its end or to the last bracket that closes."""
    value = repaired(text)
    last = max(text.rfind("}"), text.rfind("]")) + 1
    return repaired(text[:last]) if value is MISSING and 0 < last < len(text) else value


def _fit_of(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Whether a value fits a schema; where that is none, whether it has its type.

    Where anything fits, a text that encodes an object or a list is meant to be that.
    """
    if not schema:
        return lambda value: not (isinstance(value, str) and isinstance(whole_value(value), dict | list))
    try:
        validator = jsonschema_rs.Draft202012Validator(dict(schema), retriever=_refuse_reference)
    except ValueError:
        return lambda value: _is_of_type(value, schema)

    def fits(value: Any) -> bool:
        try:
            return validator.is_valid(value)
        except ValueError:  # half a surrogate pair
            return False

    return fits


def _refuse_reference(uri: str) -> Any:
    raise ValueError(f"{uri} is not part of the schema")


def _is_of_type(value: Any, schema: Mapping[str, Any]) -> bool:
    wanted = schema.get("type")
    kind = _TYPES.get(type(value), "null")
    return wanted is None or kind in wanted or (kind == "number" and "integer" in wanted)
