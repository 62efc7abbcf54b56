"""What a person could say to mean one member of a list that a function returns.

The fields beside the wanted one, in the members of the innermost list, tell: a name, a date, a state, an amount. What
stands deeper than an object inside of a member, or in a list of its own, nobody would think of.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.schemas import SchemaField, schema_fields, schemas_at
from toolmind_assets.model.tasks import Choice, ChoiceKind
from toolmind_assets.stages.tasks.argument_fields import is_identifying
from toolmind_assets.stages.tasks.telling_fields import (
    Telling,
    is_bare,
    is_form_of_address,
    is_of_party,
    is_of_person,
    is_own_name,
    is_party,
    is_unique,
    telling_of,
)
from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.field_labels import label_of, spoken, words_of

NESTING_MAX = 2
"""Keys from a member to a field that tells it: `name`, `owner.login`."""
WEIGHTS = {Telling.NAME: 8.0, Telling.MOMENT: 3.0, Telling.SORT: 2.0, Telling.STATE: 2.0, Telling.AMOUNT: 2.0}
"""How often it is told in which way where all are there: people call a thing by its name before all else."""
OF_ANOTHER = 0.2
"""How much less often by the name of something beside the thing, such as its supplier, or by what has a longer name."""
ASIDE = 0.15
"""How much less often by a name in an object of its own, beside the wanted value: it is that of another thing, such as
the sender of a message. What else stands there tells nobody which message is meant."""
ABOVE = 0.5
"""How much less often by what stands above the object that the wanted value is in."""
_JOINTS = frozenset({"by", "for", "in", "of", "from", "to", "with"})
_KINDS = {
    Telling.NAME: ((ChoiceKind.MATCH, 1.0),),
    Telling.SORT: ((ChoiceKind.MATCH, 1.0),),
    Telling.STATE: ((ChoiceKind.MATCH, 1.0),),
    Telling.MOMENT: ((ChoiceKind.NEWEST, 0.7), (ChoiceKind.OLDEST, 0.3)),
    Telling.AMOUNT: ((ChoiceKind.HIGHEST, 0.5), (ChoiceKind.LOWEST, 0.5)),
}
"""The choices that each way of telling makes, and how often each is meant: of things with dates mostly the newest."""


@dataclass(frozen=True, slots=True)
class ChoiceOption:
    """One way to tell a member.

    Attributes:
        choice: The choice; a match without its value.
        weight: How often it is taken, beside others.
        telling: How the field tells; None for the only one.
        field: The field that tells; None for the only one.
        owner: What the member is called.
    """

    choice: Choice
    weight: float
    telling: Telling | None = None
    field: SchemaField | None = None
    owner: str = ""


def list_path(path: str) -> str:
    """The path of the innermost list that a path leads through, up to its `[]`; empty without any."""
    return path[: path.rfind("[]") + 2] if "[]" in path else ""


def given_names(paths: Iterable[str]) -> frozenset[str]:
    """The last names of the arguments at some paths, as words in lower case: what `choice_options` takes."""
    names = (next((key for key in reversed(parse_path(path)) if isinstance(key, str)), "") for path in paths)
    return frozenset(map(_spaced, names))


@lru_cache(maxsize=20_000)
def choice_options(
    function: FunctionSpec, output_path: str, given: frozenset[str]
) -> tuple[ChoiceOption, ...]:
    """The ways to tell the member of a list whose value is wanted, in the order of the schema; empty for none.

    A field that the call was given is the same in every member and tells none. Where what no two things share was given,
    there is only one. The wanted value itself tells none either: who can say it need not find it. None is told where
    members of some kind lack the wanted value.

    Args:
        function: The function that returns the list.
        output_path: Path of the wanted value in its result.
        given: What the call is given, as `given_names` has it.
    """
    listed = list_path(output_path)
    wanted = output_path.removeprefix(listed).removeprefix(".")
    members = _members(function, listed)
    if not all(schemas_at(member, wanted) for member in members):
        return ()
    fields = _shared_fields(members)
    owner = _owner(function, listed)
    if _holds_one(function, listed) or any(_names_one(field, owner, given) for field in fields):
        return (ChoiceOption(Choice(ChoiceKind.ONLY), 1.0),)
    is_person = any(is_of_person(field) for field in fields)
    by_way: dict[Telling, list[ChoiceOption]] = defaultdict(list)
    for field in fields:
        telling = telling_of(field)
        nearness = _nearness(field.path, wanted)
        if telling is None or _spaced(field.name) in given or field.path == wanted:
            continue
        if is_person and is_form_of_address(field):
            continue
        if nearness > ASIDE or (telling is Telling.NAME and is_party(field.owner)):
            by_way[telling] += _options_of(field, telling, listed, owner, nearness)
    return tuple(option for way, options in by_way.items() for option in _balanced(options, WEIGHTS[way]))


def _spaced(name: str) -> str:
    return " ".join(words_of(name))


def _members(function: FunctionSpec, listed: str) -> list[JsonObject]:
    """The schemas that members of the list may have, each with the definitions that it refers to."""
    returns = function.returns or {}
    definitions = {"$defs": returns["$defs"]} if "$defs" in returns else {}
    return [{**member, **definitions} for member in schemas_at(returns, listed)]


def _shared_fields(members: Sequence[JsonObject]) -> list[SchemaField]:
    """The fields, near and plain, that a member has whatever branch of a union it is of."""
    fields = [schema_fields(member, max_depth=NESTING_MAX) for member in members]
    shared = set.intersection(*({field.path for field in some} for some in fields)) if fields else set()
    return [
        field
        for field in (fields[0] if fields else ())
        if field.path in shared and field.path and "[]" not in field.path
    ]


def _holds_one(function: FunctionSpec, listed: str) -> bool:
    lists = schemas_at(function.returns or {}, listed.removesuffix("[]"))
    return bool(lists) and all(one.get("maxItems") == 1 for one in lists)


def _names_one(field: SchemaField, owner: str, given: frozenset[str]) -> bool:
    """Whether no two members have the same of a field, and the call was given it; of a bare `id` nobody knows whose."""
    if _spaced(field.name) not in given or "." in field.path or not is_own_name(field, owner):
        return False
    names_kind = singular((words_of(owner) or ("",))[-1]) in words_of(field.name)
    return is_unique(field) or (is_identifying(field.name) and names_kind)


def _owner(function: FunctionSpec, listed: str) -> str:
    """What the members are called: by the list, or where that has no name by the function, up to its `by` or `for`."""
    keys = [key for key in parse_path(listed) if isinstance(key, str)]
    if keys:
        return keys[-1]
    words = words_of(function.source_name.rsplit(".", 1)[-1])
    return "_".join(takewhile(lambda word: word not in _JOINTS, words))


def _nearness(path: str, wanted: str) -> float:
    """How near a field stands to the wanted value: in the same object, in the member around it, or elsewhere."""
    parent, other = path.rpartition(".")[0], wanted.rpartition(".")[0]
    return 1.0 if parent == other else ABOVE if not parent else ASIDE


def _options_of(
    field: SchemaField, telling: Telling, listed: str, owner: str, nearness: float
) -> Iterator[ChoiceOption]:
    parent = field.path.rpartition(".")[0]
    is_own = is_own_name(field, parent or owner) if telling is Telling.NAME else is_bare(field)
    if telling is Telling.NAME and not is_own and not is_of_party(field):
        return
    weight = nearness * (1.0 if is_own or telling is Telling.MOMENT else OF_ANOTHER)
    label = _label(field.name, parent.rpartition(".")[2])
    for kind, share in _KINDS[telling]:
        choice = Choice(kind, f"{listed}.{field.path}", label=label)
        yield ChoiceOption(choice, weight * share, telling, field, parent.rpartition(".")[2] or owner)


def _label(name: str, owner: str) -> str:
    """What a person calls a field of a thing, or of the object `owner` inside of it."""
    told, around = label_of(name), spoken(words_of(owner))
    return told if not around or set(around.split()) & set(told.split()) else f"{around} {told}"


def _balanced(options: list[ChoiceOption], weight: float) -> list[ChoiceOption]:
    """The options of one way of telling with its weight divided among them, so that many fields weigh no more."""
    total, most = sum(one.weight for one in options), max((one.weight for one in options), default=0.0)
    return [replace(one, weight=weight * most * one.weight / total) for one in options]
