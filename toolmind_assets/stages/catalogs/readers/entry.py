"""What a reader of one catalog form gives: entries, and how to recognise the form."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from toolmind_assets.model.drops import DropReason
from toolmind_assets.model.functions import CatalogForm


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a catalog.

    Attributes:
        pointer: Where it stands in its document (RFC 6901).
        name: The function's name; None where the entry names none.
        value: The entry as found, as a JSON object; None where it is no object.
        problem: What is wrong where `value` is None.
        reason: Why it is dropped where `value` is None.
        found: What stands there where `value` is None, to be shown with the reason.
    """

    pointer: str
    name: str | None
    value: dict[str, Any] | None
    problem: str = ""
    reason: DropReason = DropReason.UNKNOWN_FORM
    found: Any = None


@dataclass(frozen=True, slots=True)
class References:
    """How entries of a form refer to other parts of their document.

    Attributes:
        pattern: Finds references in JSON without spaces; its one group is the JSON text of a reference.
        target: What a reference leads to in a document; None where it leads nowhere.
        expand: A document whose references may also lead into other files, with what stands there put into the
            places where entries are looked for; given the document, what a reference leads to, and what is to be
            called before the first one is followed. None where references stay in the document.
    """

    pattern: re.Pattern[str]
    target: Callable[[dict[str, Any], str], Any]
    expand: Callable[[dict[str, Any], Callable[[str], Any], Callable[[], None]], dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """How one catalog form is recognised and taken apart.

    Attributes:
        form: The form.
        recognises: Whether a JSON object is written in this form.
        entries: The entries of such an object, in order; it gives one for each, also where it is broken.
        references: How entries refer to other parts of the object; None where each stands for itself.
    """

    form: CatalogForm
    recognises: Callable[[dict[str, Any]], bool]
    entries: Callable[[dict[str, Any]], Iterator[Entry]]
    references: References | None = None


def name_in(value: Any) -> str | None:
    """The name that a function definition gives itself, without blanks around it, or None."""
    name = value.get("name") if isinstance(value, dict) else None
    return (name.strip() or None) if isinstance(name, str) else None
