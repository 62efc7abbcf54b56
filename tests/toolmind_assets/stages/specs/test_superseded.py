"""One version stands for all of an API, and what it stands for is dropped with the reason."""

import pytest

from toolmind_assets.model.api_versions import api_document, unversioned
from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.specs.superseded import older_version_drop, superseded_documents


def superseded(*documents: str, names: str = "get list") -> dict[str, str]:
    """Of documents with the same functions those that another one stands for."""
    entries = [("c", f"{document}#/{name}", name) for document in documents for name in names.split()]
    return {document: newest for (_, document), newest in superseded_documents(entries).items()}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("dns.v1.json", "dns.v2.json"),
        ("dns.v2beta1.json", "dns.v1.json"),
        ("dns.v9.json", "dns.v10.json"),
        ("ec2/2014-09-01/model.json", "ec2/2016-11-15/model.json"),
        ("compute.beta.json", "compute.v1.json"),
        ("api-v71.json", "api.json"),
        ("chat_v1.json", "chat_v2.json"),
    ],
)
def test_the_newest_released_version_of_an_api_stands_for_the_others(older: str, newer: str) -> None:
    assert superseded(older, newer) == superseded(newer, older) == {older: newer}


@pytest.mark.parametrize(
    "documents",
    [("dns.v1.json", "sql.v2.json"), ("2024-report.json", "2025-report.json"), ("rev1.json", "rev2.json")],
)
def test_documents_whose_names_differ_by_more_than_a_version_stay(documents: tuple[str, str]) -> None:
    assert superseded(*documents) == {}


def test_a_version_that_shares_few_functions_with_the_newest_is_no_older_one_of_the_same() -> None:
    entries = [("c", "data.v1.json#/0", "a"), ("c", "data.v1.json#/1", "b"), ("c", "data.v1.json#/2", "c")]
    entries += [("c", "data.v1.json#/3", "d"), ("c", "data.v2.json#/0", "a"), ("c", "data.v2.json#/1", "x")]
    assert superseded_documents(entries) == {}


def test_versions_of_different_catalogs_stand_for_themselves() -> None:
    assert superseded_documents([("one", "a.v1.json#/0", "get"), ("two", "a.v2.json#/0", "get")]) == {}


def test_names_are_compared_without_their_versions() -> None:
    assert unversioned("CreateDistribution2014_05_31") == unversioned("CreateDistribution2020_05_31")
    assert api_document("a/dns.v1beta2.json") == ("a/dns.json", "v1beta2")


def test_a_drop_says_which_document_stands_for_the_entry() -> None:
    drop = older_version_drop("c", "entry_1", "dns.v1.json#/get", "dns.v2.json")
    assert (drop.reason, drop.subject_id, drop.parent_ids) == (
        DropReason.OLDER_VERSION,
        "entry_1",
        ("entry_1",),
    )
    assert "dns.v2.json" in drop.detail
