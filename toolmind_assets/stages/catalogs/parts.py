"""What references of a document lead to: in the document itself, or in another file of the same catalog.

A reference into another file is a relative URL, with or without a fragment. It is followed inside of the folder or
archive that the document lies in, and nowhere else: never to a host, a hidden file, or out. Such files are read by
their name from whoever found the catalog's files; nothing is opened here.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from toolmind_assets.model.ids import parse_stored_json, stored_json
from toolmind_assets.stages.catalogs.documents import is_deeper_than, split_documents
from toolmind_assets.stages.catalogs.readers.entry import References
from toolmind_resources.files.found import FoundFile, is_absolute, name_beside

FileNamed = Callable[[str], FoundFile | None]
"""Name -> the file of that name in the folder or archive of the catalog; None where there is none."""
MAX_KEPT_BYTES = 32 << 20
"""Of the files that documents refer to so much, as text, stays parsed for the next document."""
MAX_READ_BYTES = 1 << 30
"""So many bytes of files may be referred to by the documents of a catalog, counted once a document, ..."""
READ_RATIO = 64
"""... and so many more for each byte of the documents: what is to be done grows with the catalog, and no faster."""
_LOCAL = "#"
_SAFE = "/:@!$&'()*+,;=~"


class Parts:
    """The files of one catalog as parts of its documents.

    Attributes:
        names: The files that were asked for and are there.
    """

    def __init__(self, file_named: FileNamed | None, max_file_bytes: int) -> None:
        self._file_named = file_named
        self._max_bytes = max_file_bytes
        self._kept: dict[str, tuple[int, Any]] = {}
        self._left_bytes = MAX_READ_BYTES
        self.names: set[str] = set()

    def allow(self, n_bytes: int) -> None:
        """Counts a document, for which some more may be read."""
        self._left_bytes += READ_RATIO * n_bytes

    def value(self, name: str) -> Any:
        """The value of a file; None where there is no such file, or none that holds one JSON value."""
        found = self._kept.pop(name, None) or self._read(name)
        self._left_bytes -= found[0]
        if self._left_bytes < 0:
            return None
        self._kept[name] = found  # the last one used goes last
        while len(self._kept) > 1 and sum(n_bytes for n_bytes, _ in self._kept.values()) > MAX_KEPT_BYTES:
            self._kept.pop(next(iter(self._kept)))
        return found[1]

    def _read(self, name: str) -> tuple[int, Any]:
        file = self._file_named(name) if self._file_named and self._left_bytes > 0 else None
        if file is None or file.content is None or len(file.content) > self._max_bytes:
            return 0, None
        self.names.add(name)
        try:
            first = next(split_documents(name, file.content.decode("utf-8-sig")))
        except UnicodeDecodeError:
            return len(file.content), None
        return len(file.content), None if first.line else first.value


class DocumentReferences:
    """The references of one document.

    Args:
        references: How they are written.
        value: The document.
        file: Name of its file.
        is_whole: Whether it is all that its file holds, so that other files can refer back to it.
        parts: The catalog's files.
        max_depth: What is nested deeper leads nowhere.
    """

    def __init__(
        self,
        references: References,
        value: Any,
        file: str,
        is_whole: bool,
        parts: Parts,
        max_depth: int,
    ) -> None:
        self._references = references
        self._value = value
        self._file = file
        self._is_whole = is_whole
        self._parts = parts
        self._max_depth = max_depth
        self._values: dict[str, Any] = {}
        self._spelled: dict[tuple[str, str], str] = {}

    def in_text(self, text: str) -> Iterator[str]:
        """The references in a JSON text of the document."""
        return map(parse_stored_json, set(self._references.pattern.findall(text)))

    def learn(self, reference: str) -> None:
        """Takes the way in which the document itself writes a reference for its name."""
        if (place := self._place(self._file, reference)) is not None:
            known = self._spelled.get(place)
            self._spelled[place] = min(known, reference, key=_length_first) if known else reference

    def target(self, reference: str) -> str | None:
        """The JSON of what a reference leads to, its own references as the document would write them.

        None where it leads nowhere, or to what cannot be stored: text that is no Unicode, too many levels.
        """
        place = self._place(self._file, reference)
        value, fragment = (self._file_value(place[0]), place[1]) if place else (self._value, reference)
        found = self._references.target(value, fragment)
        if found is None or is_deeper_than(found, self._max_depth):
            return None
        try:
            text = stored_json(found)
        except UnicodeEncodeError:
            return None
        return self._rewritten(text, place[0]) if place else text

    def expand(self) -> Any:
        """The document, with what stands in other files at the places where its entries are looked for."""
        expand = self._references.expand
        if expand is None:
            return self._value
        return expand(self._value, self._followed, self._learn_all)

    def _learn_all(self) -> None:
        try:
            for reference in self.in_text(stored_json(self._value)):
                self.learn(reference)
        except (UnicodeEncodeError, RecursionError):
            return  # entries that hold such text, or so many levels, are dropped when they are kept

    def _followed(self, reference: str) -> Any:
        if self._place(self._file, reference) is None:
            return self._references.target(self._value, reference)
        text = self.target(reference)
        return None if text is None else parse_stored_json(text)

    def _place(self, file: str, reference: str) -> tuple[str, str] | None:
        """File and fragment that a reference in `file` leads to; None where it leads not into another file."""
        if self._references.expand is None or reference.startswith(_LOCAL):
            return None
        path, _, fragment = reference.partition(_LOCAL)
        name = name_beside(file, path)
        return None if name is None else (name, _LOCAL if fragment == "/" else _LOCAL + fragment)

    def _file_value(self, file: str) -> Any:
        if file == self._file and self._is_whole:
            return self._value
        if file not in self._values:
            self._values[file] = self._parts.value(file)
        return self._values[file]

    def _rewritten(self, text: str, file: str) -> str:
        """A JSON text of another file with its references as the document writes them."""

        def rewrite(found: re.Match[str]) -> str:
            reference = parse_stored_json(found[1])
            return found[0].replace(found[1], stored_json(self._seen_from_here(file, reference)))

        return self._references.pattern.sub(rewrite, text)

    def _seen_from_here(self, file: str, reference: str) -> str:
        place = (file, reference) if reference.startswith(_LOCAL) else self._place(file, reference)
        if place is None:
            # It leads nowhere, and keeps saying where it wanted to go.
            folder = file.rpartition("!/")[2].rpartition("/")[0]
            return reference if is_absolute(reference) else f"/{folder}/{reference}"
        if place in self._spelled:
            return self._spelled[place]
        name, fragment = place
        if name == self._file and self._is_whole:
            return fragment
        return self._relative(name) + (fragment if fragment != _LOCAL else "")

    def _relative(self, name: str) -> str:
        """The relative URL from the document's file to another one of its folder or archive."""
        here = self._file.rpartition("!/")[2].split("/")[:-1]
        there = name.rpartition("!/")[2].split("/")
        common = 0
        while common < min(len(here), len(there) - 1) and here[common] == there[common]:
            common += 1
        return quote("/".join([*[".."] * (len(here) - common), *there[common:]]), safe=_SAFE)


def _length_first(text: str) -> tuple[int, str]:
    return len(text), text
