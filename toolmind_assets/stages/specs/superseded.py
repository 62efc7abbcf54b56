"""Versions of one API: the newest released one stands for the others."""

from collections import defaultdict
from collections.abc import Iterable

from toolmind_assets.model.api_versions import api_document, document_of, unversioned
from toolmind_assets.model.drops import Drop, DropReason

LEAST_COMMON = 1 / 3
"""Share of a document's functions that a version of the same API has too: one that has fewer is another API, or other data."""

Document = tuple[str, str]
"""Catalog and file."""


def superseded_documents(entries: Iterable[tuple[str, str, str]]) -> dict[Document, str]:
    """The documents of which a newer version is there, each with the file of the newest one.

    Args:
        entries: Catalog, location and name as found of functions.
    """
    names: dict[Document, set[str]] = defaultdict(set)
    for catalog, location, name in entries:
        names[catalog, document_of(location)].add(unversioned(name))
    families: dict[tuple[str, str], list[str]] = defaultdict(list)
    for catalog, document in names:
        families[catalog, api_document(document).api].append(document)
    found = {}
    for (catalog, _), documents in families.items():
        newest = max(documents, key=lambda document: (api_document(document).rank, document))
        others = {document: names[catalog, document] for document in documents if document != newest}
        for document, own in others.items():
            if len(own & names[catalog, newest]) >= LEAST_COMMON * len(own):
                found[catalog, document] = newest
    return found


def older_version_drop(catalog: str, entry_id: str, location: str, newest: str) -> Drop:
    """The drop of an entry for which one in the file `newest` stands."""
    return Drop(
        stage="specs",
        partition=catalog,
        subject_id=entry_id,
        parent_ids=(entry_id,),
        reason=DropReason.OLDER_VERSION,
        detail=f"{location}: {newest} is a newer version of the same API",
    )
