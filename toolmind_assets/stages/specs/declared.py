"""What an entry declares of its function, whatever the catalog form; the schemas still in their dialect."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.pointers import pointer_target
from toolmind_assets.stages.specs import dialects
from toolmind_assets.stages.specs.json_schema import Lookup
from toolmind_assets.stages.specs.type_names import is_optional

_PLACEHOLDER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Declared:
    """A function as its entry declares it.

    Attributes:
        source_name: Name as found.
        namespace: API, server or class; may be empty.
        description: Plain text.
        parameters, returns: Schemas of any dialect; None where there is none.
        is_self_contained: References in a schema lead into that schema, and not into its document.
        repairs: Changes made on the way here.
        marks: Parameters by name that serve the transport or authenticate, with which of the two.
        http_method: Of an HTTP operation, in lower case.
        http_path: Of an HTTP operation, parameters in braces.
        is_read_only, is_destructive, is_idempotent: Hints of the publisher.
        is_deprecated: Whether the publisher advises against it.
    """

    source_name: str
    namespace: str
    description: str
    parameters: Any
    returns: Any
    is_self_contained: bool = True
    repairs: tuple[Repair, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    http_method: str = ""
    http_path: str = ""
    is_read_only: bool | None = None
    is_destructive: bool = True
    is_idempotent: bool | None = None
    is_deprecated: bool = False

    @property
    def subject(self) -> str:
        """What tells which resource the function is about."""
        return self.http_path or self.source_name

    @property
    def subject_of_result(self) -> str:
        """The same for what comes back: below `/invoices/{id}/payments` an `id` is that of a payment."""
        return _PLACEHOLDER.sub("{}", self.http_path) or self.source_name


@dataclass(frozen=True, slots=True)
class Form:
    """How the entries of a catalog form declare their functions.

    Attributes:
        declare: An entry as found, and what a reference of its document leads to -> what it declares.
        lookup: How references inside of schemas are followed, given what those of the document lead to: the
            target as a schema of some dialect.
    """

    declare: Callable[[JsonObject, Lookup], Declared]
    lookup: Callable[[Lookup], Lookup] = lambda components: components


class Hints(NamedTuple):
    """What a publisher says of a function's effect, as MCP has it."""

    is_read_only: bool | None = None
    is_destructive: bool = True
    is_idempotent: bool | None = None


def read_hints(annotations: Any) -> Hints:
    """The hints in the `annotations` of a tool; what is no plain yes or no says nothing."""
    stated = annotations if isinstance(annotations, dict) else {}
    read_only, idempotent = stated.get("readOnlyHint"), stated.get("idempotentHint")
    return Hints(
        read_only if isinstance(read_only, bool) else None,
        stated.get("destructiveHint") is not False,
        idempotent if isinstance(idempotent, bool) else None,
    )


def as_object_schema(found: Any, repairs: list[Repair], path: str) -> JsonObject:
    """A schema of an object, from a schema or from a map or list of named schemas; repairs are added.

    In a plain map, as function lists of the xLAM kind have it, whatever has no default and does not call
    itself optional is required.
    """
    if isinstance(found, list) and found and all(isinstance(member, dict) for member in found):
        return {"type": "object", "properties": found}
    if not isinstance(found, dict):
        repairs.append(Repair("parameters_missing", path, f"{found!r:.80} -> no parameters"))
        return {"type": "object", "properties": {}}
    if dialects.is_schema(found) or not all(isinstance(member, (dict, str)) for member in found.values()):
        return found
    repairs.append(Repair("properties_wrapped", path, "a map of names to schemas -> an object"))
    required = [
        name
        for name, member in found.items()
        if isinstance(member, dict)
        and "default" not in member
        and member.get("required") is None
        and not is_optional(stated_text(member.get("type")))
    ]
    return {"type": "object", "properties": found, "required": sorted(required)}


def pointer_lookup(root: Any) -> Lookup:
    """Follows references as JSON pointers into `root`."""
    return partial(pointer_target, root)


def stated_text(value: Any) -> str:
    """The text that a value is, or the empty string."""
    return value if isinstance(value, str) else ""
