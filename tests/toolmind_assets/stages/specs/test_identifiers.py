"""Which resource a field identifies, and how."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.stages.specs.identifiers import identify
from toolmind_assets.stages.specs.resources import resource_of


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("VpcId", ""),
        ("vpc_id", "anything"),
        ("VPCId", ""),
        ("VpcIds", ""),
        ("vpcIDs", ""),
        ("vpc-id", ""),
        ("sourceVpcId", ""),
        ("filter.vpcId", ""),
        ("Id", "Vpc"),
        ("id", "#/components/schemas/Vpc"),
        ("id", "VpcResponse"),
        ("id", "/v1/vpcs/{id}"),
        ("id", "/vpcs/{id}/subnets/{subnetId}"),
        ("id", "getVpc"),
        ("id", "DescribeVpcs"),
        ("id", "vpcs.get"),
        ("id", "get_vpc_by_id"),
        ("id", "GoogleCloudNetV1beta1Vpc"),
    ],
)
def test_one_resource_in_all_its_spellings(name: str, owner: str) -> None:
    assert identify(name, owner, "", {}) == ("vpc", "id")


@pytest.mark.parametrize(
    ("one", "many"),
    [("getMovie", "listMovies"), ("/cookies/{id}", "cookie"), ("alias", "ListAliases"), ("DescribeCaches", "Cache"),
     ("createBus", "/buses"), ("gas", "gases"), ("canvas", "canvases"), ("getPerson", "listPeople"), ("Index", "indices")],
)  # fmt: skip
def test_one_and_many_are_one_resource(one: str, many: str) -> None:
    found = identify("id", one, "", {})
    assert found is not None
    assert identify("id", many, "", {}) == found


@pytest.mark.parametrize(
    ("name", "owner", "found"),
    [
        ("user_group_id", "", ("user group", "id")),
        ("InstanceIds", "", ("instance", "id")),
        ("roleArn", "", ("role", "arn")),
        ("bucketName", "", ("bucket", "name")),
        ("name", "CreateBucket", ("bucket", "name")),
        ("uuid", "Report", ("report", "uuid")),
        ("username", "", ("user", "name")),
        ("accountNumber", "", ("account", "number")),
        ("country_code", "", ("country", "code")),
        ("issueKey", "", ("issue", "key")),
        ("recipient_email", "", ("recipient", "email")),
        ("external_id", "Customer", ("customer", "external id")),
        ("parent_id", "Folder", ("folder", "id")),
        ("order_id", "", ("order", "id")),
        ("recoveryVaultResourceId", "", ("recovery vault", "id")),
    ],
)
def test_resources_and_kinds_of_identifiers(name: str, owner: str, found: tuple[str, str]) -> None:
    assert identify(name, owner, "", {"type": "string"}) == found


@pytest.mark.parametrize(
    "name",
    [
        "valid",
        "paid",
        "grid",
        "humid",
        "id",
        "name",
        "key",
        "status",
        "requestId",
        "first_name",
        "display_name",
        "zip_code",
        "status_code",
        "page_number",
        "phone_number",
        "api_key",
        "sort_by_id",
        "exclude_ids",
        "object_id",
        "number",
        "video",
        "raid",
        "keyword",
    ],
)
def test_what_identifies_nothing(name: str) -> None:
    assert identify(name, "", "", {}) is None


def test_the_source_of_a_job_is_no_job() -> None:
    assert identify("source_id", "Job", "", {}) is None
    assert identify("source_job_id", "", "", {}) == ("job", "id")


def test_the_type_has_its_say() -> None:
    assert identify("user_id", "", "", {"type": "boolean"}) is None
    assert identify("user_ids", "", "", {"type": "array", "items": {"type": "object"}}) is None
    assert identify("user_ids", "", "", {"type": "array", "items": {"type": "string"}}) == ("user", "id")


@pytest.mark.parametrize(
    ("owner", "resource"),
    [
        ("listUsers", "user"),
        ("users.list", "user"),
        ("ListUsersResponse", "user"),
        ("GetUser2020_05_31", "user"),
        ("/api/v2/users/search", "user"),
        ("/v2/account_stages/{id}.json", "account stage"),
        ("check-if-user-follows-playlist", ""),
        ("removeTagsFromProfileUsingDELETE", "tag"),
        ("", ""),
        ("get", ""),
    ],
)
def test_resource_of_an_owner(owner: str, resource: str) -> None:
    assert resource_of(owner) == resource


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_never_raises(name: str, owner: str, description: str) -> None:
    schema: dict[str, Any] = {"type": "string"}
    found = identify(name, owner, description, schema)
    assert found is None or (found.resource and found.identifier and found.resource == found.resource.lower())
