"""YAML as JSON with other punctuation: the values that JSON knows, and nothing that runs or explodes."""

import math
import re
from typing import Any

import yaml

MAX_VALUES = 2_000_000
"""Values that a document may hold once its aliases are written out."""
MAX_MERGED_KEYS = 100_000
"""Keys that the merges (`<<`) of one mapping may bring."""
MAX_LEVELS = 400
"""Levels of nesting that a document may have."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_Loader):
    """Loads plain scalars as JSON would: dates, times, `yes` and `007` stay text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way of configuring a loader

    def flatten_mapping(self, node: Any) -> None:
        """Applies merges as usual, but bounded: a few lines of nested merges multiply without end."""
        super().flatten_mapping(node)
        if len(node.value) > MAX_MERGED_KEYS:
            raise yaml.constructor.ConstructorError(None, None, "merges bring too many keys", node.start_mark)


_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile("<<$"), ["<"])
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("(true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile("(~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789")
)
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$"),
    list("-+0123456789"),
)


def compose_yaml(text: str) -> yaml.Node | None:
    """The tree of a document, whose nodes know their lines; None where it is empty."""
    return yaml.compose(text, Loader=_PlainLoader)


def parse_yaml(text: str) -> Any:
    """The JSON value that a YAML document stands for, aliases written out, keys as text.

    Raises:
        ValueError: no YAML, several documents, values that JSON does not know, or too many of them.
        RecursionError: nested too deep.
    """
    try:
        _check_nesting(text)
        loaded = yaml.load(text, Loader=_PlainLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        raise ValueError(f"no valid YAML{place}: {getattr(error, 'problem', None) or error}") from error
    except (TypeError, AttributeError, LookupError, OverflowError) as error:
        # A scalar that an explicit tag declares to be what it is not, such as `!!float ''`.
        raise ValueError(f"no valid YAML: {error}") from error
    return _Plain().value(loaded, 0)


def _check_nesting(text: str) -> None:
    """Stops before the loader's own recursion, which is not guarded in C."""
    level = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            if level > MAX_LEVELS:
                raise RecursionError(f"nested deeper than {MAX_LEVELS} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1


class _Plain:
    """Writes aliases out, counting what that makes."""

    def __init__(self) -> None:
        self._count = 0

    def value(self, found: Any, level: int) -> Any:
        """`found` as a JSON value that shares no parts."""
        self._count += 1
        if self._count > MAX_VALUES:
            raise ValueError(f"aliases write out to more than {MAX_VALUES:,} values")
        if level > MAX_LEVELS:
            raise RecursionError(f"nested deeper than {MAX_LEVELS} levels")
        if isinstance(found, dict):
            return {_key(key): self.value(member, level + 1) for key, member in found.items()}
        if isinstance(found, list):
            return [self.value(member, level + 1) for member in found]
        if found is None or isinstance(found, (str, bool, int)):
            return found
        if isinstance(found, float) and math.isfinite(found):
            return found
        raise ValueError(f"JSON knows no value of kind {type(found).__name__}")


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return key if isinstance(key, str) else str(key)
