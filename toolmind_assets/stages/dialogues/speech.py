"""How the embedded agents put values and results into words."""

from collections.abc import Sequence
from typing import Any

from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.field_labels import label_of, words_of

_TELLING = frozenset(
    [
        "name",
        "title",
        "status",
        "total",
        "count",
        "amount",
        "price",
        "result",
        "value",
        "message",
        "email",
        "balance",
        "label",
    ]
)
_TECHNICAL = frozenset(
    [
        "created",
        "updated",
        "modified",
        "at",
        "timestamp",
        "url",
        "uri",
        "link",
        "token",
        "version",
        "etag",
        "kind",
        "offset",
        "limit",
    ]
)
NOTHING = "Nothing else came back."
"""What is said of an empty result."""
LONGEST = 120
"""Characters of a text that is still read out."""


def say_value(value: Any) -> str:
    """A value as a person writes it; every scalar in it stands there letter by letter."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _listed([say_value(member) for member in value]) if value else "none"
    if isinstance(value, dict):
        return ", ".join(f"{label_of(key)} {say_value(member)}" for key, member in value.items()) or "nothing"
    if value is None:
        return "none"
    text = str(value)
    return f'"{text}"' if isinstance(value, str) and (len(text.split()) > 3 or not text.strip()) else text


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]


def say_facts(facts: Sequence[tuple[str, Any]]) -> str:
    """`(label, value)` pairs in a sentence; empty for none."""
    if not facts:
        return ""
    if len(facts) > 3:
        return (
            "Here are the details: "
            + "; ".join(f"{label}: {say_value(value)}" for label, value in facts)
            + "."
        )
    return _sentence(_listed([_fact(label, value) for label, value in facts]))


def _fact(label: str, value: Any) -> str:
    if isinstance(value, bool):
        return f"{label}: {say_value(value)}"
    is_many = isinstance(value, list) and len(value) > 1
    if not is_many and label.endswith("s") and singular(label.split()[-1]) != label.split()[-1]:
        return f"{label}: {say_value(value)}"
    return f"the {label} {'are' if is_many else 'is'} {say_value(value)}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")


def say_result(result: Any, name: str = "result") -> str:
    """What a result says, in a sentence; the first values of it where it says much."""
    if isinstance(result, dict):
        spoken = _spoken_fields(result, name)
        return _sentence(_listed(spoken)) if spoken else NOTHING
    if isinstance(result, list):
        return _sentence(_say_list("entries", result)) if result else "There is nothing to show."
    return f"The {name} is {say_value(result)}." if result is not None else NOTHING


def _spoken_fields(result: dict[str, Any], name: str) -> list[str]:
    scalars = [
        _fact(label_of(key, name), value)
        for key, value in sorted(result.items(), key=_rank)
        if not isinstance(value, dict | list) and value is not None and len(str(value)) <= LONGEST
    ][:3]
    if len(scalars) >= 2:
        return scalars
    for key, value in result.items():
        if isinstance(value, list) and value:
            return [*scalars, _say_list(label_of(key), value)]
        if isinstance(value, dict) and value and len(scalars) < 3:
            scalars += _spoken_fields(value, key)[:2]
    return scalars[:3]


def _rank(field: tuple[str, Any]) -> int:
    """Where a field comes in what is told: what a person asks for first, technicalities last."""
    words = frozenset(words_of(field[0]))
    return 0 if words & _TELLING else 2 if words & _TECHNICAL else 1


def _say_list(label: str, values: list[Any]) -> str:
    first = values[0]
    noun = label if len(values) > 1 else " ".join([*label.split()[:-1], singular(label.split()[-1])])
    count = f"there are {len(values)} {noun}" if len(values) > 1 else f"there is 1 {noun}"
    if isinstance(first, dict):
        spoken = _spoken_fields(first, noun.split()[-1])[:2]
        return f"{count}; for the first one {_listed(spoken)}" if spoken else count
    return f"{count}: {_listed([say_value(value) for value in values[:5]])}"
