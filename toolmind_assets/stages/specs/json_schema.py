"""Any dialect of schema -> JSON Schema 2020-12, each change noted as a repair.

Walks a schema and sets every keyword right on its own. What depends on several keywords of one schema is in
`toolmind_assets.stages.specs.dialects`, references in `toolmind_assets.stages.specs.schema_definitions`.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.pointers import escape
from toolmind_assets.stages.specs import dialects, keywords
from toolmind_assets.stages.specs.describe import clean, is_clean
from toolmind_assets.stages.specs.params import SpecParams
from toolmind_assets.stages.specs.prose import recover
from toolmind_assets.stages.specs.rejection import RejectedError
from toolmind_assets.stages.specs.type_names import JSON_TYPES, read_type

Lookup = Callable[[str], Any]
"""Reference -> what it leads to; None where it leads nowhere."""
Place = tuple[Any, str | int] | str
"""Where a schema stands: a pointer, or the place above and a key. Written out only where a repair names it."""

_KEEPS_BOOLEAN = frozenset({"additionalProperties", "unevaluatedItems", "unevaluatedProperties"})
_DEFINITIONS = frozenset({"$defs", "definitions"})
"""Not kept in their place: what of them is referred to comes back by its reference."""
_SHORTEST_PROSE = 4
"""Characters below which a description states nothing."""
_COMPOSITIONS = frozenset({"$ref", "allOf", "anyOf", "oneOf"})


class SchemaConverter:
    """Converts one schema, without following its references.

    Attributes:
        references: Every reference met so far; they lead to `#/$defs/<name>` now, for the caller to fill.
        n_nodes: Sub-schemas met so far.
        repairs: Every change made so far, where they are listed.
        repair_counts: Where they are not, code -> how many.
    """

    def __init__(
        self,
        hidden: str,
        reads_prose: bool,
        lookup: Lookup,
        name_of: Callable[[str], str],
        params: SpecParams,
        lists_repairs: bool = True,
    ) -> None:
        self._hidden = hidden
        self._reads_prose = reads_prose
        self._lookup = lookup
        self._name_of = name_of
        self._params = params
        self._lists_repairs = lists_repairs
        self._level = 0
        self._said_required: dict[int, list[str]] = {}
        self.references: set[str] = set()
        self.n_nodes = 0
        self.repairs: list[Repair] = []
        self.repair_counts: Counter[str] = Counter()

    def convert(self, schema: Any, place: Place, is_branch: bool = False) -> JsonObject:
        """`schema` as JSON Schema 2020-12.

        Args:
            schema: A schema of any dialect.
            place: Where it stands, for repairs.
            is_branch: It stands in an `allOf` or its like, so that `required` may speak of its siblings.

        Raises:
            RejectedError: there are too many sub-schemas, or too many levels of them.
        """
        self.n_nodes += 1
        if self.n_nodes > self._params.max_schema_nodes:
            raise RejectedError(DropReason.SCHEMA_TOO_LARGE, "more sub-schemas than max_schema_nodes")
        if self._level >= self._params.max_schema_depth:
            raise RejectedError(
                DropReason.TOO_DEEP, f"schemas nested deeper than {self._params.max_schema_depth} levels"
            )
        if not isinstance(schema, dict):
            return self._from_shorthand(schema, place)
        self._level += 1
        node = self._convert(schema, place, is_branch)
        self._level -= 1
        return node

    def _convert(self, schema: JsonObject, place: Place, is_branch: bool) -> JsonObject:
        if isinstance(schema.get("properties"), list):
            schema = self._with_names(schema, place)
        if isinstance(schema.get("items"), list) and _listed(schema.get("prefixItems")):
            self._note("keyword_invalid", (place, "items"), "a list of schemas beside `prefixItems`")
            schema = _without(schema, "items")
        node: JsonObject = {}
        dropped: list[str] = []
        for key, value in schema.items():
            # What most schemas consist of goes first, and without a call.
            if key == "type" and isinstance(value, str) and value in JSON_TYPES:
                node["type"] = value
            elif key == "description" and isinstance(value, str) and is_clean(value):
                node["description"] = value
            elif (handle := _HANDLERS.get(key)) is not None:
                handle(self, node, key, value, place)
            elif key not in dialects.KEYWORDS and key not in _DEFINITIONS:
                dropped.append(key)
        if "required" in schema or "properties" in schema:
            is_open = is_branch or not _COMPOSITIONS.isdisjoint(node)
            said = self._said_required.pop(id(node), [])
            required = self._required(schema, node, place, is_open, said)
            if required or said:
                # Also none at all, where it is stated against what descriptions say: or they would be read again.
                node["required"] = required
        if dropped:
            self._note("keywords_dropped", place, ", ".join(sorted(dropped)))
        if dialects.is_settled(schema, node):
            return node
        return dialects.settle(schema, node, lambda code, detail: self._note(code, place, detail))

    def _note(self, code: str, place: Place, detail: str) -> None:
        if self._lists_repairs:
            self.repairs.append(Repair(code, _pointer(place), detail[:200]))
        else:
            self.repair_counts[code] += 1

    def _with_names(self, schema: JsonObject, place: Place) -> JsonObject:
        """The schema with a list of named `properties` as an object."""
        listed = schema["properties"]
        if not listed or not all(_has_name(member) for member in listed):
            return schema
        self._note("properties_listed", (place, "properties"), "a list of named schemas -> an object")
        return {**schema, "properties": {member["name"]: _without(member, "name") for member in listed}}

    def _from_shorthand(self, schema: Any, place: Place) -> JsonObject:
        """A schema that is written as a type name, a boolean or nothing."""
        read = read_type(schema) if isinstance(schema, str) else None
        if isinstance(schema, bool):
            self._note("boolean_schema", place, str(schema).lower())
            return {} if schema else {"not": {}}
        self._note("schema_not_an_object", place, f"{schema!r:.80} -> {read or {}}")
        return read or {}

    def _reference(self, node: JsonObject, key: str, value: Any, place: Place) -> None:
        if not isinstance(value, str):
            raise RejectedError(
                DropReason.UNRESOLVED_REF, f"{_pointer((place, key))}: {value!r:.120} is no reference"
            )
        self.references.add(value)
        node["$ref"] = f"#/$defs/{self._name_of(value)}"

    def _type(self, node: JsonObject, key: str, value: Any, place: Place) -> None:
        names = value if isinstance(value, list) else [value]
        known = [name for name in names if isinstance(name, str) and name in JSON_TYPES]
        if known and known == names and len(set(known)) == len(known):
            node["type"] = value if isinstance(value, str) or len(known) > 1 else known[0]
            return
        reads = [read_type(name) if isinstance(name, str) else None for name in names]
        if len(reads) == 1 and reads[0] is not None:
            found = reads[0]
        elif not reads or any(read is None or "type" not in read for read in reads):
            found = {}
        else:
            types = [read["type"] for read in reads if read]
            flat = [name for kind in types for name in (kind if isinstance(kind, list) else [kind])]
            found = {"type": list(dict.fromkeys(flat))}
        code = "type_renamed" if found else "type_open"
        self._note(code, (place, key), f"{value!r:.80} -> {found.get('type', 'any')}")
        for keyword, implied in found.items():
            if implied != {}:
                node.setdefault(keyword, implied)

    def _one_schema(self, node: JsonObject, key: str, value: Any, place: Place) -> None:
        if isinstance(value, list) and key == "items":
            self._list_of_schemas(node, "prefixItems", value, place)
        elif isinstance(value, bool) and key in _KEEPS_BOOLEAN:
            node[key] = value
        elif isinstance(value, (dict, bool)) or (isinstance(value, str) and read_type(value) is not None):
            node[key] = self.convert(value, (place, key))
        else:
            self._note("keyword_invalid", (place, key), f"{value!r:.80} is no schema")

    def _list_of_schemas(self, node: JsonObject, key: str, value: Any, place: Place) -> None:
        here = (place, key)
        members = _listed(value)
        if not members or not isinstance(value, list):
            self._note("keyword_invalid", here, f"{value!r:.80} is no list of schemas")
        if members:
            node[key] = [
                self.convert(member, (here, index), is_branch=key != "prefixItems")
                for index, member in enumerate(members)
            ]

    def _named_schemas(self, node: JsonObject, key: str, value: Any, place: Place) -> None:
        place = (place, key)
        if not isinstance(value, dict):
            self._note("keyword_invalid", place, f"{value!r:.80} does not map names to schemas")
            value = {}
        members: JsonObject = {}
        said_required: list[str] = []
        for name, member in value.items():
            here = (place, name)
            if key == "properties" and self._is_left_out(name, member, here):
                continue
            if key == "patternProperties" and keywords.as_pattern(name) is None:
                self._note("keyword_invalid", here, "no regular expression that can be compiled")
                continue
            members[name] = self.convert(member, here)
            if self._reads_prose and key == "properties" and self._read_prose(name, members[name], here):
                said_required.append(name)
        node[key] = members
        if said_required:
            self._said_required[id(node)] = said_required

    def _read_prose(self, name: str, node: JsonObject, place: Place) -> bool:
        """Adds what the description of a property states and its schema does not; whether it calls it required."""
        if len(node.get("description", "")) < _SHORTEST_PROSE:
            return False
        recovered = recover(name, node, node.get("description", ""))
        if recovered.keywords:
            node.update(recovered.keywords)
            self._note("prose_recovered", place, f"{recovered.keywords!r}")
        return recovered.requiredness is True

    def _is_left_out(self, name: str, member: Any, place: Place) -> bool:
        may_be = isinstance(member, dict) and (self._hidden in member or "$ref" in member)
        if may_be and self._hidden and is_flagged(member, self._hidden, self._lookup):
            self._note("property_hidden", place, self._hidden)
            return True
        # A list of names one level too deep; `_required` picks it up.
        return name == "required" and isinstance(member, list)

    def _text(self, node: JsonObject, key: str, value: Any, place: Place) -> None:
        self._put(node, key, value, clean(keywords.VALUES[key](value)) or None, "description_cleaned", place)

    def _value(self, node: JsonObject, key: str, value: Any, place: Place) -> None:
        if isinstance(value, bool) and key in ("exclusiveMinimum", "exclusiveMaximum"):
            return
        right = keywords.as_pattern(value) if key == "pattern" else keywords.VALUES[key](value)
        self._put(node, key, value, right, "keyword_invalid", place)

    def _put(self, node: JsonObject, key: str, value: Any, right: Any, code: str, place: Place) -> None:
        """Puts what is right of a keyword's value, and notes where that is something else."""
        if right is not None:
            node[key] = right
        if right != value or type(right) is not type(value):
            detail = f"{value!r:.80}" if right is None else f"{value!r:.80} -> {right!r:.80}"
            self._note(code, (place, key), detail)

    def _anything(self, node: JsonObject, key: str, value: Any, place: Place) -> None:  # noqa: ARG002
        node[key] = value

    def _required(
        self, schema: JsonObject, node: JsonObject, place: Place, is_open: bool, said: list[str]
    ) -> list[str]:
        """Names of required properties: those listed, then those that say so of themselves.

        Where neither does, those of which the description says so (`said`).
        """
        stated = schema.get("required")
        properties = schema.get("properties")
        members = properties if isinstance(properties, dict) else {}
        if isinstance(members.get("required"), list):
            stated = [*(stated if isinstance(stated, list) else []), *members["required"]]
        if isinstance(stated, str):
            stated = None if stated.lower() in ("true", "false") else [stated]
        listed = stated if isinstance(stated, list) else []
        names = list(dict.fromkeys(name for name in listed if isinstance(name, str)))
        own = [name for name, member in members.items() if _says_required(member) and name not in names]
        if stated is None and not own:
            own = [name for name in said if not _says_optional(members.get(name))]
        if own:
            self._note("required_collected", (place, "required"), ", ".join(sorted(own)))
        names += sorted(own)
        if "properties" in node and not is_open:
            names = [name for name in names if name in node["properties"]]
        if (stated is not None and not isinstance(stated, bool) and not own) and names != stated:
            self._note("required_mended", (place, "required"), f"{stated!r:.80} -> {names!r:.80}")
        return names


_HANDLERS: dict[str, Callable[[SchemaConverter, JsonObject, str, Any, Place], None]] = {
    **dict.fromkeys(("pattern", *keywords.VALUES), SchemaConverter._value),
    **dict.fromkeys(keywords.ONE_SCHEMA, SchemaConverter._one_schema),
    **dict.fromkeys(keywords.MANY_SCHEMAS, SchemaConverter._list_of_schemas),
    **dict.fromkeys(keywords.NAMED_SCHEMAS, SchemaConverter._named_schemas),
    **dict.fromkeys(("const", "default"), SchemaConverter._anything),
    "description": SchemaConverter._text,
    "$ref": SchemaConverter._reference,
    "type": SchemaConverter._type,
}
"""Keyword -> what puts it into a converted schema."""


def _pointer(place: Place) -> str:
    """The RFC 6901 pointer of a place."""
    keys: list[str] = []
    while not isinstance(place, str):
        place, key = place
        keys.append(escape(key))
    return "/".join([place, *reversed(keys)])


def is_flagged(schema: Any, flag: str, lookup: Lookup) -> bool:
    """Whether a schema, or what it refers to, says `flag: true`; what stands beside a reference goes first."""
    for _ in range(8):
        if not isinstance(schema, dict):
            return False
        if isinstance(schema.get(flag), bool):
            return schema[flag]
        schema = lookup(schema["$ref"]) if isinstance(schema.get("$ref"), str) else None
    return False


def _listed(value: Any) -> list[Any]:
    """The members of a list of schemas; one schema alone stands for a list of itself."""
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def _has_name(member: Any) -> bool:
    return isinstance(member, dict) and isinstance(member.get("name"), str)


def _without(mapping: JsonObject, key: str) -> JsonObject:
    return {name: value for name, value in mapping.items() if name != key}


def _says_optional(member: Any) -> bool:
    return isinstance(member, dict) and (member.get("required") is not None or "default" in member)


def _says_required(member: Any) -> bool:
    return isinstance(member, dict) and member.get("required") in (True, "true", "True")
