"""Files of a catalog -> its entries as found. Nothing is lost: an entry is a raw function or a drop."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from toolmind_assets.model.drops import Drop, DropReason
from toolmind_assets.model.functions import CatalogFile, RawComponent, RawFunction
from toolmind_assets.model.ids import compact_json, make_id, stored_json
from toolmind_assets.stages.catalogs.documents import Document, Problem, is_deeper_than, split_documents
from toolmind_assets.stages.catalogs.parts import DocumentReferences, FileNamed, Parts
from toolmind_assets.stages.catalogs.readers import READERS
from toolmind_assets.stages.catalogs.readers.entry import Entry, Reader
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_resources.files.found import Breach, FoundFile

_REASONS = {
    **{breach: DropReason(breach.value) for breach in Breach if breach is not Breach.UNREADABLE},
    Breach.UNREADABLE: DropReason.UNREADABLE_FILE,
}
"""Limit that a file breaks -> the reason of its dropped row."""
MAX_UNKNOWN = 20_000
"""Files of no known form that are held until it is clear whether another one refers to them, of some 2 KB each."""


@dataclass(frozen=True, slots=True)
class CatalogRead:
    """What a catalog, or a file of it, holds; the entries of all `files` are the `functions` and the `drops`."""

    files: tuple[CatalogFile, ...]
    functions: tuple[RawFunction, ...]
    components: tuple[RawComponent, ...]
    drops: tuple[Drop, ...]


def read_catalog(
    source: CatalogSource,
    files: Iterable[FoundFile],
    params: CatalogParams,
    file_named: FileNamed | None = None,
) -> CatalogRead:
    """The entries of a catalog's files, kept as found, in order.

    What cannot be read is dropped with its reason: a whole file (counted as one entry) that is unreadable,
    too large, not UTF-8 or no known form; a line that is no JSON; an entry without a name, with a name that
    is too long, nested too deep, or with text that is no Unicode.

    Documents may refer to other files of their folder or archive, which are had by `file_named`. A file of no known
    form that another one refers to is a part of that one: it is listed, without a form and without entries.
    """
    reads = list(read_catalog_files(source, files, params, file_named))
    return CatalogRead(
        files=tuple(file for read in reads for file in read.files),
        functions=tuple(function for read in reads for function in read.functions),
        components=tuple(component for read in reads for component in read.components),
        drops=tuple(drop for read in reads for drop in read.drops),
    )


def read_catalog_files(
    source: CatalogSource,
    files: Iterable[FoundFile],
    params: CatalogParams,
    file_named: FileNamed | None = None,
) -> Iterator[CatalogRead]:
    """What `read_catalog` gives, file by file, so that no more than one has to be held.

    Files of no known form come last, for a document may still refer to them.
    """
    parts = Parts(file_named, params.max_file_bytes)
    unknown: list[CatalogRead] = []
    for file in files:
        reading = _FileReading(source, file, params, parts)
        row = reading.read()
        read = CatalogRead((row,), tuple(reading.functions), tuple(reading.components), tuple(reading.drops))
        if file_named is not None and _may_be_part(read) and len(unknown) < MAX_UNKNOWN:
            unknown.append(read)
        else:
            yield read
    for read in unknown:
        (row,) = read.files
        yield CatalogRead((replace(row, n_entries=0),), (), (), ()) if row.file in parts.names else read


def _may_be_part(read: CatalogRead) -> bool:
    """Whether a file holds one JSON value, which is of no form."""
    (row,) = read.files
    return not row.form and [drop.reason for drop in read.drops] == [DropReason.UNKNOWN_FORM]


class _FileReading:
    """Reads one file; what it holds gathers in `functions` and `drops`."""

    def __init__(self, source: CatalogSource, file: FoundFile, params: CatalogParams, parts: Parts) -> None:
        self._source = source
        self._file = file
        self._params = params
        self._parts = parts
        self._form = ""
        self.functions: list[RawFunction] = []
        self.components: list[RawComponent] = []
        self.drops: list[Drop] = []

    def read(self) -> CatalogFile:
        """The file's row; to be called once."""
        content = self._file.content
        if content is None:
            reason = _REASONS[self._file.breach or Breach.UNREADABLE]
            self._drop(self._file.name, Problem(reason, self._file.problem or "not read"), "")
        else:
            self._read_text(content)
        return CatalogFile(
            catalog=self._source.name,
            file=self._file.name,
            form=self._form,
            n_bytes=self._file.n_bytes,
            file_digest="" if content is None else hashlib.sha256(content).hexdigest(),
            n_entries=len(self.functions) + len(self.drops),
            source=self._source.source or self._source.name,
            source_version=self._source.source_version,
            licence=self._source.licence,
        )

    def _read_text(self, content: bytes) -> None:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            problem = Problem(DropReason.UNREADABLE_FILE, f"not UTF-8: byte {error.start} is {error.reason}")
            self._drop(self._file.name, problem, content[:2000].decode("utf-8", "backslashreplace"))
            return
        self._parts.allow(len(content))
        for document in split_documents(self._file.name, text):
            self._read_document(document)

    def _read_document(self, document: Document) -> None:
        place = f"{self._file.name}:{document.line}" if document.line else self._file.name
        if document.problem:
            self._drop(place, document.problem, document.text)
        elif isinstance(document.value, list) and document.value:
            for index, member in enumerate(document.value):
                self._read_value(place, f"/{index}", member)
        else:
            self._read_value(place, "", document.value, is_whole=not document.line)

    def _read_value(self, place: str, pointer: str, value: Any, is_whole: bool = False) -> None:
        location = f"{place}#{pointer}" if pointer else place
        reader = _reader_of(value, self._source)
        if reader is None:
            problem = Problem(DropReason.UNKNOWN_FORM, _describe(value, self._source))
            self._drop(location, problem, _text_of(value))
            return
        self._form = self._form or reader.form.value
        n_before = len(self.functions)
        references = None
        if reader.references:
            references = DocumentReferences(
                reader.references, value, self._file.name, is_whole, self._parts, self._params.max_depth
            )
            value = references.expand()
        for entry in reader.entries(value):
            self._keep(location, f"{place}#{pointer}{entry.pointer}", entry, reader)
        if references:
            self._keep_components(
                location, [function.raw_json for function in self.functions[n_before:]], references
            )

    def _keep(self, document: str, location: str, entry: Entry, reader: Reader) -> None:
        problem = _problem_of(entry, self._source, self._params)
        if problem is None:
            try:
                raw_json = stored_json(entry.value)
                location.encode()
            except UnicodeEncodeError as error:
                problem = Problem(DropReason.INVALID_TEXT, f"no valid Unicode: {error.reason}")
            else:
                self.functions.append(self._raw_function(document, location, reader, raw_json))
                return
        self._drop(location, problem, _text_of(entry.found if entry.value is None else entry.value))

    def _keep_components(self, document: str, texts: list[str], references: DocumentReferences) -> None:
        """Keeps, once each, what the entries refer to, directly or not; what cannot be stored leads nowhere."""
        level = {found for text in texts for found in references.in_text(text)}
        seen = set(level)
        while level:
            # Level by level and sorted: how a reference into another file is written hangs on what was met before.
            found: set[str] = set()
            for reference in sorted(level):
                references.learn(reference)
            for reference in sorted(level):
                if (raw_json := references.target(reference)) is not None:
                    self.components.append(RawComponent(self._source.name, document, reference, raw_json))
                    found.update(references.in_text(raw_json))
            level = found - seen
            seen |= level

    def _raw_function(self, document: str, location: str, reader: Reader, raw_json: str) -> RawFunction:
        return RawFunction(
            entry_id=make_id("entry", self._source.name, location),
            catalog=self._source.name,
            document=document,
            location=location,
            form=reader.form,
            raw_json=raw_json,
            source=self._source.source or self._source.name,
            source_version=self._source.source_version,
            licence=self._source.licence,
            entry_digest=hashlib.sha256(raw_json.encode()).hexdigest(),
        )

    def _drop(self, location: str, problem: Problem, raw: str) -> None:
        self.drops.append(
            Drop(
                stage="catalogs",
                partition=self._source.name,
                subject_id=make_id("entry", self._source.name, location),
                parent_ids=(),
                reason=problem.reason,
                detail=_clean(f"{location}: {problem.detail}"),
                raw=_clean(raw[: self._params.raw_chars]),
            )
        )


def _reader_of(value: Any, source: CatalogSource) -> Reader | None:
    if not isinstance(value, dict):
        return None
    asked = [reader for reader in READERS if source.form in (None, reader.form)]
    return next((reader for reader in asked if reader.recognises(value)), None)


def _problem_of(entry: Entry, source: CatalogSource, params: CatalogParams) -> Problem | None:
    """What is wrong with an entry, the first thing only."""
    if entry.value is None:
        return Problem(entry.reason, entry.problem)
    if is_deeper_than(entry.value, params.max_depth):
        return Problem(DropReason.TOO_DEEP, f"nested deeper than {params.max_depth} levels")
    if entry.name is None:
        return Problem(DropReason.MISSING_NAME, "the entry has no name, or none that is text")
    if len(entry.name) > params.max_name_chars:
        detail = f"a name of {len(entry.name):,} characters, the limit is {params.max_name_chars:,}"
        return Problem(DropReason.NAME_TOO_LONG, detail)
    if not source.admits(entry.name):
        return Problem(
            DropReason.FILTERED, f"{entry.name!r} is excluded by the allow or deny list of the catalog"
        )
    return None


def _describe(value: Any, source: CatalogSource) -> str:
    """What was found in place of a known form."""
    if not isinstance(value, dict):
        shown = f" {value!r:.60}" if isinstance(value, (str, int, float)) else ""
        found = "an empty list" if value == [] else f"{type(value).__name__}{shown}"
        return f"no catalog form: found {found} where an object was expected"
    if isinstance(value.get("swagger"), str):
        return f"Swagger {value['swagger']:.10} is no form that is read; convert it to Swagger 2 or OpenAPI 3"
    expected = "of no catalog form that is known" if source.form is None else f"not of form {source.form}"
    return f"{expected}: an object with the keys {[key[:40] for key in sorted(value)[:8]]}"


def _text_of(value: Any) -> str:
    try:
        return compact_json(value)
    except (RecursionError, ValueError):
        return ""


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
