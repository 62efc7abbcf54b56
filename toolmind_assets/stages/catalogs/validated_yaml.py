"""YAML texts as validated models, with messages that name file, line and key."""

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from toolmind_assets.errors import ConfigError
from toolmind_assets.stages.catalogs.plain_yaml import compose_yaml, parse_yaml
from toolmind_resources.errors import HIDDEN

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]


def parse_model(kind: type[M], text: str, where: str) -> M:
    """The model that a YAML text states; an empty text states nothing but defaults.

    Args:
        kind: A pydantic model.
        text: YAML.
        where: The file's name, for messages.

    Raises:
        ConfigError: the text is no YAML, or a key is unknown, missing or wrong.
    """
    try:
        content = parse_yaml(text)
        tree = compose_yaml(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where}: {error}") from error
    _refuse_repeated_keys(tree, where)
    try:
        return kind.model_validate({} if content is None else content)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(problem, tree, where) for problem in error.errors())) from error


def _refuse_repeated_keys(node: yaml.Node | None, where: str) -> None:
    """Raises ConfigError for a key that stands twice in one mapping: the first would be lost without a word."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise ConfigError(
                    f"{where}: line {key.start_mark.line + 1}: the key {key.value!r} stands twice"
                )
            seen.add(key.value)
            _refuse_repeated_keys(value, where)
    elif isinstance(node, yaml.SequenceNode):
        for member in node.value:
            _refuse_repeated_keys(member, where)


def _explain(problem: Any, tree: yaml.Node | None, where: str) -> str:
    place = problem["loc"]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    is_shown = problem["type"] != HIDDEN and not isinstance(problem["input"], dict | list)
    found = f" (found {problem['input']!r:.80})" if is_shown else ""
    message = "there is no such key" if problem["type"] == "extra_forbidden" else problem["msg"]
    return f"{where}: line {line_of(tree, place)}: {key or 'the file'}: {message}{found}"


def line_of(node: yaml.Node | None, place: Place) -> int:
    """The line, from 1, of the key or member at `place`, or of the nearest thing above it."""
    line = node.start_mark.line + 1 if node else 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            pair = (node.value[part], node.value[part])
        else:
            pair = None
        if pair is None:
            break
        line, node = pair[0].start_mark.line + 1, pair[1]
    return line
