"""Where a value was said: the search that judges, open sets and simulated dialogues share.

Everything said is kept as pages (one a message) of lower-case letters and digits without what stands
between them, together with the places where a word or a number begins or ends. A value is found where its own
letters and digits stand between two such places, so that `#W-606` is found in "order w 606" but not in
"W6061". Numbers, dates, times and counts have several spellings, and each is looked for.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from toolmind_assets.model.dialogues import Message, Speaker, ValueSource
from toolmind_assets.model.pages import Page, result_page, result_texts, text_page
from toolmind_assets.model.paths import leaves, parse_path
from toolmind_assets.model.relative_days import days_told
from toolmind_assets.model.schemas import resolve
from toolmind_assets.model.spellings import Spelling, date_of, number_key, numbers_in, spellings, words_of
from toolmind_assets.model.strict_json import JSON_DECODER
from toolmind_resources.language.plurals import singular

_DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")
_CLOCK = re.compile(r"\d\d?:\d\d(?::\d\d)?")
_MOMENT = re.compile(rf"{_DAY.pattern}(?:T\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?")
MAX_PARTS = 24
"""Words of a value up to which it is looked for word by word."""
MAX_FOLDED = 1_000
"""Characters of a value up to which its spelling does not matter where a schema names it."""


class Transform(StrEnum):
    """How what was said became the value."""

    VERBATIM = "verbatim"
    """Letter by letter."""
    CASE = "case"
    """But for upper and lower case."""
    FORMAT = "format"
    """But for punctuation, spaces and accents."""
    NUMBER = "number"
    """The same number, written otherwise."""
    DATE = "date"
    """The same day, written otherwise."""
    TIME = "time"
    """The same time of day, written otherwise."""
    RELATIVE = "relative"
    """The same day, told by the user relative to the date of the system text."""
    JOINED = "joined"
    """Every word of it was said, not together."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One place that a value may come from.

    Attributes:
        kind: Who said it; `inferred` where only the assistant did, or only its words were said apart.
        message_index: The message that says it, or None for a schema.
        path: Concrete dotted path in a tool result, else None.
        transform: How it was said.
    """

    kind: ValueSource
    message_index: int | None
    path: str | None
    transform: Transform


def parse_result(text: str | None) -> Any:
    """The JSON value of a tool result; the text itself where it is no JSON object or array."""
    stripped = (text or "").strip()
    if stripped[:1] in ("{", "["):
        try:
            return JSON_DECODER.decode(stripped)
        except (ValueError, RecursionError):
            return text
    return text


class Sources:
    """Everything said so far in a dialogue, message by message."""

    def __init__(self) -> None:
        self._pages: list[Page] = []
        self._weak: list[Page] = []
        self._numbers: dict[str, list[tuple[Page, str | None]]] = {}
        self._today: dt.date | None = None
        self._days: dict[dt.date, list[int]] = {}
        self._moments: list[Page] = []

    def add_message(self, index: int, message: Message) -> None:
        """Adds what one message says; what the assistant says and calls counts as inferred."""
        if message.role is Speaker.TOOL:
            self.add_result(index, parse_result(message.content))
            return
        if message.role is Speaker.ASSISTANT:
            said = [message.content or ""]
            for call in message.tool_calls:
                given = call.arguments
                said += [given] if isinstance(given, str) else [str(value) for _, value in leaves(given)]
            self._weak.append(text_page(ValueSource.INFERRED, index, "\n".join(said)))
            return
        text = message.content or ""
        if message.role is Speaker.SYSTEM:
            self._today = _day_in(text)
            # A clock is a source of dates and times, and of no count, amount or code.
            self._moments += [text_page(ValueSource.SYSTEM, index, one) for one in _MOMENT.findall(text)]
            self.add_text(ValueSource.SYSTEM, index, _MOMENT.sub(" ", text))
            return
        self.add_text(ValueSource.USER, index, text)
        for day in days_told(text, self._today) if self._today else ():
            self._days.setdefault(day, []).append(index)

    def add_text(self, kind: ValueSource, index: int, text: str) -> None:
        """Adds running text that `kind` said in message `index`."""
        page = text_page(kind, index, text)
        self._pages.append(page)
        for key in numbers_in(text):
            self._numbers.setdefault(key, []).append((page, None))

    def add_result(self, index: int, result: Any) -> None:
        """Adds the parsed result that tool message `index` gave: a JSON value, or running text."""
        if isinstance(result, str) or result is None:
            self.add_text(ValueSource.RESULT, index, result or "")
            return
        texts = list(result_texts(result))
        page = result_page(index, texts)
        self._pages.append(page)
        for path, text in texts:
            for key in numbers_in(text):
                self._numbers.setdefault(key, []).append((page, path))

    def locate(self, value: Any) -> tuple[Origin, ...]:
        """Every place where a scalar was said, in the order of the messages; empty if nowhere.

        What somebody else said comes first; the assistant's own words count only where nobody else said
        it, and words said apart only where it was said nowhere as a whole.
        """
        if isinstance(value, (list, dict)) or value is None or isinstance(value, bool):
            return ()
        text = str(value)
        written = spellings(value)
        is_number = isinstance(value, (int, float))
        return (
            (is_number and self._number(value))
            or self._whole(self._pages, text, written)
            or self._number(value)
            or (_is_dated(text) and self._whole(self._moments, text, written))
            or self._relative_day(text)
            or self._whole(self._weak, text, written)
            or self._apart(text)
        )

    def says(self, words: Iterable[str], kind: ValueSource | None = None) -> bool:
        """Whether anybody but the assistant, or only `kind`, says one of `words` (lower case, no gaps)."""
        pages = [page for page in self._pages if kind in (None, page.kind)]
        return any(True for word in words for page in pages for _ in page.find(word))

    def beside(self, word: str) -> Iterator[tuple[str, str]]:
        """The digits that stand directly before and after each place where `word` was said."""
        for page in self._pages:
            for offset in page.find(word):
                before = re.search(r"\d*\Z", page.text[max(0, offset - 8) : offset])
                after = re.match(r"\d*", page.text[offset + len(word) : offset + len(word) + 8])
                yield (before.group() if before else ""), (after.group() if after else "")

    def _whole(self, pages: list[Page], text: str, written: tuple[Spelling, ...]) -> tuple[Origin, ...]:
        found = [origin for page in pages if (origin := _on_page(page, text, written))]
        return tuple(found)

    def _number(self, value: Any) -> tuple[Origin, ...]:
        key = number_key(value)
        places = self._numbers.get(key, []) if key else []
        return tuple(
            dict.fromkeys(
                Origin(page.kind, page.message_index, path, Transform.NUMBER) for page, path in places
            )
        )

    def _relative_day(self, text: str) -> tuple[Origin, ...]:
        day = _day_in(text)
        told = self._days.get(day, ()) if day else ()
        return tuple(Origin(ValueSource.USER, index, None, Transform.RELATIVE) for index in told)

    def _apart(self, text: str) -> tuple[Origin, ...]:
        parts = [part for part in re.split(r"[\W_]+", text) if part]
        if not 1 <= len(parts) <= MAX_PARTS or not all(self._says_part(part) for part in parts):
            return ()
        return (Origin(ValueSource.INFERRED, None, None, Transform.JOINED),)

    def _says_part(self, part: str) -> bool:
        word = "".join(words_of(part))
        one = singular(word)
        return self.says((word, one, one + "s", one + "es"))


def _is_dated(text: str) -> bool:
    """Whether a value is a date or a time of day."""
    return bool(date_of(text) or _CLOCK.fullmatch(text))


def _day_in(text: str) -> dt.date | None:
    """The first day that a text names in ISO 8601; None for none, and for one that no calendar has."""
    match = _DAY.search(text)
    try:
        return dt.date.fromisoformat(match.group()) if match else None
    except ValueError:
        return None


def _on_page(page: Page, text: str, written: tuple[Spelling, ...]) -> Origin | None:
    for spelling in written:
        for offset in page.find(spelling.text):
            if not spelling.fits(page.text, offset):
                continue
            transform = Transform(spelling.transform)
            if transform is Transform.FORMAT:
                transform = _closest(text, page.raw)
            return Origin(page.kind, page.message_index, page.path_at(offset), transform)
    return None


def _closest(text: str, raw: str) -> Transform:
    if text in raw:
        return Transform.VERBATIM
    return Transform.CASE if text.casefold() in raw.casefold() else Transform.FORMAT


def schema_at(parameters: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """The schema of the argument at a concrete dotted path; empty where the parameters do not state it."""
    node = _resolved(parameters, parameters)
    for key in parse_path(path):
        properties = node.get("properties")
        inner = node.get("items")
        if isinstance(key, str):
            inner = properties.get(key) if isinstance(properties, dict) else None
            inner = node.get("additionalProperties") if inner is None else inner
        node = _resolved(inner, parameters)
    return node


def _resolved(node: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """`node` with its references followed; empty where what somebody wrote is no schema."""
    try:
        return resolve(node, root)
    except (AttributeError, TypeError, RecursionError):
        return {}


def locate_in_schema(schema: Mapping[str, Any], value: Any) -> tuple[Origin, ...]:
    """Where the parameter's own schema names a scalar: its enum, its default, its examples or description."""
    if isinstance(value, bool):
        return (Origin(ValueSource.ENUM, None, None, Transform.VERBATIM),)
    if _names(schema.get("enum"), value) or _names([schema.get("const")], value):
        return (Origin(ValueSource.ENUM, None, None, Transform.VERBATIM),)
    if _names([schema.get("default")], value):
        return (Origin(ValueSource.DEFAULT, None, None, Transform.VERBATIM),)
    examples = [schema.get("example"), *_as_list(schema.get("examples"))]
    said = "\n".join(map(str, [schema.get("description", ""), *examples]))
    origin = _on_page(text_page(ValueSource.CONSTANT, 0, said), str(value), spellings(value))
    return (Origin(ValueSource.CONSTANT, None, None, origin.transform),) if origin else ()


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(values: Any, value: Any) -> bool:
    folded = _folded(value)
    return any(member is not None and _folded(member) == folded for member in _as_list(values))


def _folded(value: Any) -> str:
    """A scalar as text in one form; beyond `MAX_FOLDED` as it is, for runs of accents take time in the square."""
    text = str(value)
    return unicodedata.normalize("NFKC", text).casefold() if len(text) <= MAX_FOLDED else text
