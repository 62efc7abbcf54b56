"""Types that a module defines, as definitions of JSON Schema: enums, models, data classes, typed dictionaries."""

import ast
from collections.abc import Iterator
from typing import Any

from toolmind_assets.stages.catalogs.python_code.annotations import Annotations, Schema
from toolmind_assets.stages.catalogs.python_code.class_fields import add_metadata, default_of
from toolmind_assets.stages.catalogs.python_code.docstrings import parse_docstring
from toolmind_assets.stages.catalogs.python_code.literals import (
    MISSING,
    json_literal,
    keyword_of,
    last_name,
    text_of,
    word_set,
)

_ENUMS = word_set("Enum IntEnum StrEnum Flag IntFlag ReprEnum")
_MODELS = word_set(
    "BaseModel BaseSettings RootModel SQLModel Struct TypedDict NamedTuple GenericModel BaseArgs ArgsSchema"
)
_DECORATORS = word_set("dataclass define frozen attrs attr s mutable")
_EXCEPTIONS = word_set("Exception BaseException ValueError RuntimeError KeyError TypeError")


class Classes:
    """The classes of a module, by name."""

    def __init__(self, nodes: dict[str, ast.ClassDef], constants: dict[str, ast.expr]) -> None:
        self._nodes = nodes
        self._constants = constants

    def is_data(self, node: ast.ClassDef) -> bool:
        """Whether a class describes values and is no place for functions."""
        bases = self._base_names(node)
        return bool(bases & (_ENUMS | _MODELS | _EXCEPTIONS))

    def reference(self, name: str, annotations: Annotations) -> Schema | None:
        """A reference to the definition of a class, which goes into `annotations.used`; None for other names."""
        node = self._nodes.get(name)
        if node is None or not (self.is_data(node) or self._is_record(node)):
            return None
        if name not in annotations.used:
            annotations.used[name] = {}
            annotations.used[name] = self._definition(node, annotations)
        return {"$ref": f"#/$defs/{name}"}

    def member(self, class_name: str, name: str) -> Any:
        """The value of a member of an enum; `MISSING` where there is none."""
        node = self._nodes.get(class_name)
        return dict(self._members(node)).get(name, MISSING) if node else MISSING

    def _is_record(self, node: ast.ClassDef) -> bool:
        if any(last_name(decorator) in _DECORATORS for decorator in node.decorator_list):
            return True
        return any(
            self._is_record(base) for base in self._bases(node) if base is not node and not self._bases(base)
        )

    def _bases(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        return [self._nodes[name] for base in node.bases if (name := last_name(base)) in self._nodes]

    def _base_names(self, node: ast.ClassDef) -> set[str]:
        """Names of all bases, those of bases in the same module too."""
        names: set[str] = set()
        waiting = [node]
        while waiting:
            for base in waiting.pop().bases:
                name = last_name(base)
                if name and name not in names:
                    names.add(name)
                    if name in self._nodes:
                        waiting.append(self._nodes[name])
        return names

    def _definition(self, node: ast.ClassDef, annotations: Annotations) -> Schema:
        bases = self._base_names(node)
        if bases & _ENUMS:
            schema = self._enum(node)
        elif "NamedTuple" in bases:
            fields = self._fields(node, annotations)
            members = [{"title": name, **field} for name, (field, _) in fields.items()]
            n_required = sum(is_required for _, is_required in fields.values())
            schema = {
                "type": "array",
                "prefixItems": members,
                "minItems": n_required,
                "maxItems": len(members),
            }
        else:
            fields = self._fields(node, annotations)
            required = [name for name, (_, is_required) in fields.items() if is_required]
            properties = {name: field for name, (field, _) in fields.items()}
            schema = {
                "type": "object",
                "properties": properties,
                **({"required": required} if required else {}),
            }
        description = parse_docstring(ast.get_docstring(node)).description
        return {**schema, **({"description": description} if description else {})}

    def _enum(self, node: ast.ClassDef) -> Schema:
        values = [value for _, value in self._members(node) if value is not MISSING]
        unique = list(dict.fromkeys(value for value in values if isinstance(value, (str, int, float))))
        if not unique or len(values) < len(list(self._members(node))):
            return {}
        if all(isinstance(value, str) for value in unique):
            return {"type": "string", "enum": unique}
        is_integer = all(isinstance(value, int) and not isinstance(value, bool) for value in unique)
        return {**({"type": "integer"} if is_integer else {}), "enum": unique}

    def _members(self, node: ast.ClassDef) -> Iterator[tuple[str, Any]]:
        """Members of an enum, in order; `auto()` counts, or is the name where members are texts."""
        is_text = bool(self._base_names(node) & {"StrEnum", "str"})
        count = 0
        for statement in node.body:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
                continue
            name = statement.targets[0].id
            if name.startswith("_"):
                continue
            count += 1
            if last_name(statement.value) == "auto":
                yield name, name.lower() if is_text else count
                continue
            value = json_literal(statement.value, self._constants)
            yield name, value[0] if isinstance(value, list) and value else value

    def _fields(self, node: ast.ClassDef, annotations: Annotations) -> dict[str, tuple[Schema, bool]]:
        """Fields by name, each with whether it is required; those of bases in the same module first."""
        fields: dict[str, tuple[Schema, bool]] = {}
        for owner in self._lineage(node):
            described = parse_docstring(ast.get_docstring(owner)).parameters
            is_total = not any(
                word.arg == "total" and json_literal(word.value) is False for word in owner.keywords
            )
            for statement in owner.body:
                if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                    continue
                name = statement.target.id
                if (
                    name.startswith("_")
                    or name == "model_config"
                    or last_name(statement.annotation) == "ClassVar"
                ):
                    continue
                alias, field = self._field(name, statement, annotations, is_total)
                if name in described and described[name].description:
                    field[0].setdefault("description", described[name].description)
                fields[alias] = field
        return fields

    def _lineage(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        """The class behind its bases in the same module."""
        found: list[ast.ClassDef] = []
        waiting = [node]
        while waiting:
            owner = waiting.pop()
            if owner not in found:
                found.append(owner)
                waiting += self._bases(owner)
        return found[::-1]

    def _field(
        self, name: str, statement: ast.AnnAssign, annotations: Annotations, is_total: bool
    ) -> tuple[str, tuple[Schema, bool]]:
        can_be_left_out, default, call = default_of(statement.value)
        schema = annotations.schema(statement.annotation)
        if call is not None:
            add_metadata(schema, call, self._constants)
            name = text_of(keyword_of(call, "alias", "validation_alias")) or name
        value = json_literal(default, self._constants)
        if value is not MISSING and value is not None:
            schema["default"] = value
        marked = last_name(statement.annotation)
        is_required = marked == "Required" or (is_total and marked != "NotRequired" and not can_be_left_out)
        return name, (schema, is_required)
