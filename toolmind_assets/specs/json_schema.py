"""Any dialect of schema -> JSON Schema 2020-12, each change noted as a repair.

Walks a schema and sets every keyword right on its own. What depends on several keywords of one schema is in
`toolmind_assets.specs.dialects`, references in `toolmind_assets.specs.definitions`.
"""

from collections.abc import Callable
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.specs import dialects, keywords
from toolmind_assets.specs.describe import clean
from toolmind_assets.specs.rejection import RejectedError
from toolmind_assets.specs.type_names import JSON_TYPES, read_type

Lookup = Callable[[str], Any]
"""Reference -> what it leads to; None where it leads nowhere."""

_KEEPS_BOOLEAN = frozenset({"additionalProperties", "unevaluatedItems", "unevaluatedProperties"})
_DEFINITIONS = frozenset({"$defs", "definitions"})
"""Not kept in their place: what of them is referred to comes back by its reference."""
_COMPOSITIONS = frozenset({"$ref", "allOf", "anyOf", "oneOf"})


def escape(key: str | int) -> str:
    """One key as it stands in an RFC 6901 pointer."""
    return str(key).replace("~", "~0").replace("/", "~1")


class SchemaConverter:
    """Converts the schemas of one function's parameters, or of its result.

    Attributes:
        references: Every local reference met so far; they stay as they are, for the caller to follow.
        repairs: Every change made so far.
    """

    def __init__(self, hidden: str, lookup: Lookup, max_nodes: int) -> None:
        self._hidden = hidden
        self._lookup = lookup
        self._nodes_left = max_nodes
        self.references: set[str] = set()
        self.repairs: list[Repair] = []

    def convert(self, schema: Any, path: str, is_branch: bool = False) -> JsonObject:
        """`schema` as JSON Schema 2020-12.

        Args:
            schema: A schema of any dialect.
            path: Its RFC 6901 pointer, for repairs.
            is_branch: It stands in an `allOf` or its like, so that `required` may speak of its siblings.

        Raises:
            RejectedError: there are too many sub-schemas, or a reference leads out of the document.
        """
        self._nodes_left -= 1
        if self._nodes_left < 0:
            raise RejectedError(DropReason.INVALID_SCHEMA, "more sub-schemas than max_schema_nodes")
        if not isinstance(schema, dict):
            return self._from_shorthand(schema, path)
        schema = self._with_names(schema, path)
        node: JsonObject = {}
        dropped: list[str] = []
        for key, value in schema.items():
            if not self._keyword(node, key, value, path):
                dropped.append(key)
        required = self._required(schema, node, path, is_branch or bool(_COMPOSITIONS & schema.keys()))
        if required:
            node["required"] = required
        if dropped:
            self._note("keywords_dropped", path, ", ".join(sorted(dropped)))
        return dialects.settle(schema, node, lambda code, detail: self._note(code, path, detail))

    def _note(self, code: str, path: str, detail: str) -> None:
        self.repairs.append(Repair(code, path, detail[:200]))

    def _with_names(self, schema: JsonObject, path: str) -> JsonObject:
        """The schema with a list of named `properties` as an object."""
        listed = schema.get("properties")
        if not isinstance(listed, list) or not listed or not all(_has_name(member) for member in listed):
            return schema
        self._note("properties_listed", f"{path}/properties", "a list of named schemas -> an object")
        return {**schema, "properties": {member["name"]: _without(member, "name") for member in listed}}

    def _from_shorthand(self, schema: Any, path: str) -> JsonObject:
        """A schema that is written as a type name, a boolean or nothing."""
        read = read_type(schema) if isinstance(schema, str) else None
        if isinstance(schema, bool):
            self._note("boolean_schema", path, str(schema).lower())
            return {} if schema else {"not": {}}
        self._note("schema_not_an_object", path, f"{schema!r:.80} -> {read or {}}")
        return read or {}

    def _keyword(self, node: JsonObject, key: str, value: Any, path: str) -> bool:
        """Puts the keyword into `node` if it is one; says whether it was dealt with."""
        here = f"{path}/{escape(key)}"
        if key == "$ref":
            self._reference(node, value, here)
        elif key == "type":
            self._type(node, value, here)
        elif key in keywords.NAMED_SCHEMAS:
            self._named_schemas(node, key, value, here)
        elif key in keywords.MANY_SCHEMAS or (key == "items" and isinstance(value, list)):
            self._list_of_schemas(node, "prefixItems" if key == "items" else key, value, here)
        elif key in keywords.ONE_SCHEMA:
            self._one_schema(node, key, value, here)
        elif key == "pattern" or key in keywords.VALUES:
            self._value(node, key, value, here)
        elif key in ("const", "default"):
            node[key] = value
        else:
            return key in dialects.KEYWORDS or key in _DEFINITIONS
        return True

    def _reference(self, node: JsonObject, value: Any, path: str) -> None:
        if not isinstance(value, str) or not value.startswith("#"):
            raise RejectedError(
                DropReason.UNRESOLVED_REF, f"{path}: {value!r:.120} leads out of the document"
            )
        self.references.add(value)
        node["$ref"] = value

    def _type(self, node: JsonObject, value: Any, path: str) -> None:
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
        self._note(code, path, f"{value!r:.80} -> {found.get('type', 'any')}")
        for keyword, implied in found.items():
            if implied != {}:
                node.setdefault(keyword, implied)

    def _one_schema(self, node: JsonObject, key: str, value: Any, path: str) -> None:
        if isinstance(value, bool) and key in _KEEPS_BOOLEAN:
            node[key] = value
        elif isinstance(value, (dict, bool)) or (isinstance(value, str) and read_type(value) is not None):
            node[key] = self.convert(value, path)
        else:
            self._note("keyword_invalid", path, f"{value!r:.80} is no schema")

    def _list_of_schemas(self, node: JsonObject, key: str, value: Any, path: str) -> None:
        members = value if isinstance(value, list) else [value] if isinstance(value, dict) else []
        if not members or not isinstance(value, list):
            self._note("keyword_invalid", path, f"{value!r:.80} is no list of schemas")
        if members:
            node[key] = [
                self.convert(member, f"{path}/{index}", is_branch=key != "prefixItems")
                for index, member in enumerate(members)
            ]

    def _named_schemas(self, node: JsonObject, key: str, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            self._note("keyword_invalid", path, f"{value!r:.80} does not map names to schemas")
            value = {}
        members: JsonObject = {}
        for name, member in value.items():
            here = f"{path}/{escape(name)}"
            if key == "properties" and self._is_left_out(name, member, here):
                continue
            if key == "patternProperties" and keywords.as_pattern(name) is None:
                self._note("keyword_invalid", here, "no regular expression that can be compiled")
                continue
            members[name] = self.convert(member, here)
        node[key] = members

    def _is_left_out(self, name: str, member: Any, path: str) -> bool:
        if self._hidden and is_flagged(member, self._hidden, self._lookup):
            self._note("property_hidden", path, self._hidden)
            return True
        # A list of names one level too deep; `_required` picks it up.
        return name == "required" and isinstance(member, list)

    def _value(self, node: JsonObject, key: str, value: Any, path: str) -> None:
        if isinstance(value, bool) and key in ("exclusiveMinimum", "exclusiveMaximum"):
            return
        right = keywords.as_pattern(value) if key == "pattern" else keywords.VALUES[key](value)
        if key == "description":
            right = clean(right)
        if right is not None:
            node[key] = right
        if right != value or type(right) is not type(value):
            code = "description_cleaned" if key == "description" else "keyword_invalid"
            self._note(
                code, path, f"{value!r:.80} -> {right!r:.80}" if right is not None else f"{value!r:.80}"
            )

    def _required(self, schema: JsonObject, node: JsonObject, path: str, is_open: bool) -> list[str]:
        """Names of required properties: those listed, then those that say so of themselves."""
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
        if own:
            self._note("required_collected", f"{path}/required", ", ".join(sorted(own)))
        names += sorted(own)
        if "properties" in node and not is_open:
            names = [name for name in names if name in node["properties"]]
        if (stated is not None and not isinstance(stated, bool) and not own) and names != stated:
            self._note("required_mended", f"{path}/required", f"{stated!r:.80} -> {names!r:.80}")
        return names


def is_flagged(schema: Any, flag: str, lookup: Lookup) -> bool:
    """Whether a schema, or what it refers to, says `flag: true`; what stands beside a reference goes first."""
    for _ in range(8):
        if not isinstance(schema, dict):
            return False
        if isinstance(schema.get(flag), bool):
            return schema[flag]
        schema = lookup(schema["$ref"]) if isinstance(schema.get("$ref"), str) else None
    return False


def _has_name(member: Any) -> bool:
    return isinstance(member, dict) and isinstance(member.get("name"), str)


def _without(mapping: JsonObject, key: str) -> JsonObject:
    return {name: value for name, value in mapping.items() if name != key}


def _says_required(member: Any) -> bool:
    return isinstance(member, dict) and member.get("required") in (True, "true", "True")
