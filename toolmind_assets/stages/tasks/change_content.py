"""What a change brings about: `update a contact` says nothing yet, `give the contact a new phone number` does."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.paths import format_path, parse_path
from toolmind_assets.model.schemas import schemas_at
from toolmind_assets.stages.tasks.argument_fields import ArgumentField, all_fields, is_identifier
from toolmind_assets.stages.tasks.sayable_values import is_sayable, is_worth_saying
from toolmind_resources.language.word_sets import word_set
from toolmind_resources.plausible.field_labels import words_of

PARTS_MAX = 3
"""Arguments that may be stated together so that one of them can be: an object that requires more is left alone."""
_OPEN_UPDATES = word_set("update edit modify change patch put set save replace upsert configure adjust")
"""Verbs of changes that leave open what is changed; `archive` and `rename` do not."""
_JOINING = word_set("set change add assign move put")
"""Verbs of which a second identifier says what is changed: `set_default_card(customer_id, card_id)`."""
_NAMES = word_set("name number email login username title")
_TELLING = word_set(
    "status state title name description note notes comment text message body content amount price quantity date time due "
    "start end deadline email address phone priority role label subject summary reason location city color value"
)
"""Words of what people change first."""


def content_for(
    function: FunctionSpec, wanted: Sequence[ArgumentField]
) -> tuple[tuple[ArgumentField, ...], ...] | None:
    """What a call that creates or changes something may state besides the wanted arguments, so that it has content.

    Groups of arguments of which one is to be added, those that people think of first; none where the call has content,
    or needs none; None where it has none and nobody could say any.
    """
    if function.effect not in (Effect.CREATE, Effect.UPDATE):
        return ()
    which = identifying(function)
    if any(field.path not in which and not field.fixed for field in wanted):
        return ()
    taken = {field.path for field in wanted}
    groups = [group for group in _content_groups(function) if not taken.intersection(f.path for f in group)]
    if groups:
        best = min(map(_rank, groups))
        return tuple(group for group in groups if _rank(group) == best)
    return None if _needs_content(function, len(taken & which)) else ()


@lru_cache(maxsize=20_000)
def identifying(function: FunctionSpec) -> frozenset[str]:
    """Paths of the arguments that say which thing is meant: identifiers, or in a change without any the first name."""
    paths = frozenset(field.path for field in all_fields(function) if is_identifier(field))
    required = [field for field in all_fields(function) if field.is_required]
    is_told = any(field.path in paths for field in required) or len(all_fields(function)) == 1
    if function.effect is Effect.CREATE or is_told:
        return paths
    names = (
        field.path for field in required if words_of(field.name)[-1:] and words_of(field.name)[-1] in _NAMES
    )
    first = next(names, None)
    return paths if first is None else paths | {first}


def _needs_content(function: FunctionSpec, n_identified: int) -> bool:
    """Whether a call without content says nothing: not where its verb, or the second thing that it names, says it."""
    verbs = frozenset(words_of(function.source_name.rsplit(".", 1)[-1]))
    if n_identified > 1 and (function.effect is Effect.CREATE or verbs & _JOINING):
        return False
    if function.effect is Effect.UPDATE:
        return bool(verbs & _OPEN_UPDATES)
    which = identifying(function)
    return any(field.path not in which for field in all_fields(function))


@lru_cache(maxsize=20_000)
def _content_groups(function: FunctionSpec) -> tuple[tuple[ArgumentField, ...], ...]:
    """Each optional argument that can be stated, with what an optional object around it requires beside it."""
    return tuple(_groups(function))


def _groups(function: FunctionSpec) -> Iterator[tuple[ArgumentField, ...]]:
    fields = {field.path: field for field in all_fields(function)}
    for field in fields.values():
        if (
            field.is_required
            or not (field.is_scalar or field.is_list)
            or not is_worth_saying(field, function)
        ):
            continue
        beside = _required_beside(function, field.path)
        group = [field, *(fields[path] for path in beside if path in fields and not fields[path].is_required)]
        is_whole = all(path in fields for path in beside) and not any(one.is_whole for one in group)
        if is_whole and len(group) <= PARTS_MAX and all(map(is_sayable, group)):
            yield tuple(group)


def _required_beside(function: FunctionSpec, path: str) -> list[str]:
    """Paths of what every object on the way to an argument requires besides; what is in a list is out of reach."""
    keys = parse_path(path)
    found: list[str] = []
    for depth in range(1, len(keys)):
        if keys[depth] is None or keys[depth - 1] is None:
            return [""]
        for schema in schemas_at(function.parameters, format_path(keys[:depth])):
            found += [format_path((*keys[:depth], key)) for key in schema.get("required", ())]
    return [one for one in dict.fromkeys(found) if one != path and not path.startswith(f"{one}.")]


def _rank(group: Sequence[ArgumentField]) -> tuple[int, int, int]:
    """What comes first: what stands by itself, people change most, and is said in few arguments; lists are last."""
    first, depth = group[0], len(parse_path(group[0].path))
    if first.is_list or first.schema.get("type") == "boolean":
        return depth, 2, len(group)
    return depth, (0 if _TELLING.intersection(words_of(first.name)) else 1), len(group)
