"""Parameters of several places gathered into one object: names kept apart, bodies flattened, marks noted.

Members of an object stand in no order: neither their names nor the list of the required ones hangs on it.
"""

from collections.abc import Collection, Iterable
from typing import Any

from toolmind_assets.model.functions import Repair
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.stages.specs.json_schema import Lookup, is_flagged

_MAX_LEVELS = 64
"""References that are followed from a body into what it is composed of."""


class ParameterList:
    """The parameters of one operation, added one by one.

    Args:
        lookup: What a reference inside of a schema leads to: a schema.

    Attributes:
        properties: The schema of each parameter.
        required: Names of those that have to be given.
        repairs: What was changed on the way.
        marks: Parameters by name that serve the transport or authenticate, with which of the two.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._flat: dict[str, JsonObject | None] = {}
        self.properties: JsonObject = {}
        self.required: list[str] = []
        self.repairs: list[Repair] = []
        self.marks: list[tuple[str, str]] = []

    def schema(self) -> JsonObject:
        """All parameters as one schema."""
        found: JsonObject = {"type": "object", "properties": self.properties}
        return {**found, "required": self.required} if self.required else found

    def add(self, name: str, place: str, schema: Any, is_required: bool, mark: str = "") -> None:
        """Adds a parameter; under a name of its own where one from another place has its name."""
        unique = self._unique(name, place, self.properties)
        if place != "body" and is_flagged(schema, "readOnly", self._lookup):
            # A component that is read-only in bodies is still what a path or a query asks for.
            schema = {**schema, "readOnly": False}
        self.properties[unique] = schema
        if is_required:
            self.required.append(unique)
        if mark:
            self.marks.append((unique, mark))

    def add_members(self, members: JsonObject, required: Iterable[Any]) -> None:
        """Adds the members of an object in a body; one whose own name is free keeps it.

        Args:
            members: The schema of each.
            required: Names of those that have to be given, in the order in which they are to be listed.
        """
        taken = {*self.properties, *members}
        names = {name: name for name in members}
        for name in sorted(members.keys() & self.properties.keys()):
            names[name] = self._unique(name, "body", taken)
            taken.add(names[name])
        self.properties |= {names[name]: schema for name, schema in members.items()}
        stated = dict.fromkeys(name for name in required if isinstance(name, str))
        self.required += [names[name] for name in stated if name in names]

    def add_body(self, schema: Any, is_required: bool | None, description: Any = None) -> None:
        """Adds the members of an object, or the whole body where it is something else.

        Args:
            schema: Of the body.
            is_required: Whether a body has to be sent; None where nothing says so: then members that the schema
                requires are, and a whole body is not.
            description: Of a whole body.
        """
        flat = self._flatten(schema, 0)
        if flat is None or not flat["properties"]:
            described = {"description": description} if isinstance(description, str) and description else {}
            whole = schema if isinstance(schema, dict) else {}
            self.add("body", "body", {**described, **whole}, is_required is True)
            return
        self.add_members(flat["properties"], () if is_required is False else flat["required"])

    def note(self, code: str, detail: str) -> None:
        """Notes a change."""
        self.repairs.append(Repair(code, "/parameters", detail))

    def _unique(self, name: str, place: str, taken: Collection[str]) -> str:
        """The name, with its place behind it as often as others have it."""
        unique = name
        while unique in taken:
            unique += f"_{place}"
        if unique != name:
            self.note("name_clash", f"{place} parameter {name!r:.60} -> {unique!r:.60}")
        return unique

    def _flatten(self, schema: Any, level: int) -> JsonObject | None:
        """`properties` and `required` of an object schema, `allOf` merged.

        None where it is a union, turns in a circle, or refers on and on.
        """
        if not isinstance(schema, dict):
            return None
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference not in self._flat:
                self._flat[reference] = None  # what comes back here turns in a circle
                target = self._lookup(reference) if level < _MAX_LEVELS else None
                self._flat[reference] = self._flatten(target, level + 1)
            return self._flat[reference]
        if any(key in schema for key in ("anyOf", "oneOf")) or schema.get("type", "object") != "object":
            return None
        own, required = schema.get("properties"), schema.get("required")
        flat: JsonObject = {
            "properties": dict(own) if isinstance(own, dict) else {},
            "required": [name for name in required if isinstance(name, str)]
            if isinstance(required, list)
            else [],
        }
        for part in schema["allOf"] if isinstance(schema.get("allOf"), list) else []:
            merged = self._flatten(part, level)
            if merged is None:
                return None
            flat["properties"] = {**merged["properties"], **flat["properties"]}
            flat["required"] = list(dict.fromkeys([*flat["required"], *merged["required"]]))
        return flat
