"""Typed contexts as JSON, for a `serve-model` that knows the same types. No I/O.

A JSON object is a mapping with text keys, and every JSON array begins with the name of what it stands for:

    ["tuple", 1, 2]    ["list"]    ["set", "a"]    ["map", [["s1", "city"], "Oslo"], ...]
    ["Effect", "read"]             ["UserFact", {"step_id": "s1", ...}]

Names that come over the wire are looked up among the registered types; nothing is ever imported by one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

EXTENSION = "toolmind_context"
"""Field of a request's body in which a client of ours states role and context; no part of the OpenAI form."""
LIST, TUPLE, SET, MAP = "list", "tuple", "set", "map"
_PLAIN = frozenset({type(None), bool, int, float, str})
"""Types that stay as they are; looked up in place, for most of a context is such leaves."""


class ContextCodec:
    """Turns values into JSON and back: `decode(encode(value)) == value`.

    Knows the registered dataclasses and enums, mappings, lists, tuples, frozensets and JSON's own scalars. Of a
    dataclass the fields that its constructor takes are sent; those that it derives are derived anew.
    """

    def __init__(self, types: Iterable[type]) -> None:
        """Registers dataclasses and `StrEnum`s under their class names.

        Raises:
            ValueError: a type is neither, or two have one name.
        """
        self._encoders: dict[type, Callable[[Any], Any]] = {
            dict: self._encode_mapping,
            list: lambda members: [LIST, *self._encode_members(members)],
            tuple: lambda members: [TUPLE, *self._encode_members(members)],
            frozenset: lambda members: [SET, *self._encode_members(members)],
        }
        self._decoders: dict[str, Callable[[list[Any]], Any]] = {
            LIST: self._decode_members,
            TUPLE: lambda members: tuple(self._decode_members(members)),
            SET: lambda members: frozenset(self._decode_members(members)),
            MAP: lambda pairs: {self.decode(key): self.decode(value) for key, value in pairs},
        }
        for one in types:
            self._register(one)

    def _register(self, one: type) -> None:
        name = one.__name__
        if name in self._decoders:
            raise ValueError(f"the name {name!r} is taken; two registered types need two names")
        if is_dataclass(one):
            self._encoders[one] = self._dataclass_encoder(one)
            self._decoders[name] = self._dataclass_decoder(one)
        elif issubclass(one, StrEnum):
            self._encoders[one] = lambda member: [name, member.value]
            self._decoders[name] = lambda arguments: one(_only(arguments))
        else:
            raise ValueError(f"{name} is neither a dataclass nor a StrEnum")

    def encode(self, value: Any) -> Any:
        """The value as what `json.dumps` takes.

        Raises:
            ValueError: a type in it is not registered.
        """
        kind = type(value)
        if kind in _PLAIN:
            return value
        encoder = self._encoders.get(kind)
        if encoder is not None:
            return encoder(value)
        if isinstance(value, Mapping):
            return self._encode_mapping(value)
        raise ValueError(f"the type {kind.__name__} is not registered for contexts")

    def decode(self, value: Any) -> Any:
        """The value that was encoded.

        Raises:
            ValueError: it names a type that is not registered, or does not fit the type that it names.
        """
        if type(value) is dict:
            return self._decode_object(value)
        if type(value) is not list:
            return value
        name = value[0] if value else None
        decoder = self._decoders.get(name) if isinstance(name, str) else None
        if decoder is None:
            raise ValueError(
                f"there is no type {name!r} of contexts here; are client and server of one version?"
            )
        try:
            return decoder(value[1:])
        except (TypeError, AttributeError) as error:
            raise ValueError(f"what came does not fit the type {name!r} of contexts: {error}") from error

    def _encode_mapping(self, mapping: Mapping[Any, Any]) -> Any:
        if all(type(key) is str for key in mapping):
            return {
                key: value if type(value) in _PLAIN else self.encode(value) for key, value in mapping.items()
            }
        return [MAP, *([self.encode(key), self.encode(value)] for key, value in mapping.items())]

    def _encode_members(self, members: Iterable[Any]) -> list[Any]:
        return [member if type(member) in _PLAIN else self.encode(member) for member in members]

    def _decode_members(self, members: list[Any]) -> list[Any]:
        return [member if type(member) in _PLAIN else self.decode(member) for member in members]

    def _decode_object(self, members: dict[str, Any]) -> dict[str, Any]:
        return {
            name: member if type(member) in _PLAIN else self.decode(member)
            for name, member in members.items()
        }

    def _dataclass_encoder(self, one: type) -> Callable[[Any], Any]:
        name, taken = one.__name__, [field.name for field in fields(one) if field.init]
        return lambda value: [name, {field: self.encode(getattr(value, field)) for field in taken}]

    def _dataclass_decoder(self, one: type) -> Callable[[list[Any]], Any]:
        return lambda arguments: one(**self._decode_object(_only(arguments)))


def _only(arguments: list[Any]) -> Any:
    (argument,) = arguments
    return argument
