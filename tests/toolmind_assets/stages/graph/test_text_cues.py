import pytest

from toolmind_assets.stages.graph.text_cues import (
    are_apart,
    asks_for_new,
    is_comparison,
    is_fixed,
    is_operation,
    lead_of,
    own_template,
    said_kind,
    said_subtype,
    said_thing,
    sides_of,
    template_of,
)


@pytest.mark.parametrize(
    ("name", "description", "is_new"),
    [
        ("newName", "", True),
        ("news", "", False),
        ("name", "The new name for the bill scenario.", True),
        ("name", "Required. A name for the rule that you create.", True),
        ("name", "The name to give the copy.", True),
        ("name", "The name of the bill scenario.", False),
        ("description", "What the newest version changes.", False),
    ],
)
def test_a_name_or_a_description_asks_for_something_new(name: str, description: str, is_new: bool) -> None:
    assert asks_for_new(name, description) is is_new


@pytest.mark.parametrize(
    ("description", "fixed"),
    [
        ("Immutable. The name of the key.", True),
        ("Optional. Output only. When it was made.", True),
        ("Read-only identifier.", True),
        ("The immutable id of the message to retrieve.", False),
        ("", False),
    ],
)
def test_what_no_caller_sets_says_so_at_its_beginning(description: str, fixed: bool) -> None:
    assert is_fixed(description) is fixed


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("User name of the user", "name"),
        ("The identifier, no name", "id"),
        ("A city", ""),
        ("[Output Only] URL of the zone by name", "url"),
        ("A list of URLs to the disks", "url"),
        ("Fully-qualified URI of the image", "url"),
        ("Output only. [Output Only] The VM instance resource URL (e.g. https)", "url"),
        ("A URL to the machine. Give a full URL or a partial URL.", "url"),
        ("The URL map name", "name"),
        ("Name of the URL", "name"),
        ("Name of the image, which its URL ends in", "name"),
        ("Name of the image, or its full URL", ""),
        ("URL or name of the image", ""),
    ],
)
def test_a_description_speaks_of_a_kind_of_identifier(description: str, kind: str) -> None:
    assert said_kind(description) == kind


@pytest.mark.parametrize(
    ("name", "compares"),
    [("size__gte", True), ("tag__n", True), ("parent__id", False), ("__n", False), ("n", False)],
)
def test_operators_of_filters_stand_behind_two_underscores(name: str, compares: bool) -> None:
    assert is_comparison(name) is compares


@pytest.mark.parametrize(
    ("pattern", "lead"),
    [
        ("^CH[0-9a-f]{32}$", "^CH"),
        ("^arn:aws[a-z-]*:sqs", "^arn:aws"),
        ("^CH|WH", ""),
        ("^[A-Z]{2}", ""),
        ("^sku?[0-9]", ""),
        ("CH[0-9]", ""),
        (None, ""),
    ],
)
def test_a_pattern_says_what_values_start_with(pattern: str | None, lead: str) -> None:
    assert lead_of({"pattern": pattern}) == lead


def test_opposites_share_a_bit_on_two_sides() -> None:
    source, destination = sides_of(("source", "endpoint")), sides_of(("destination", "endpoint"))
    assert source[0] & destination[1]
    assert not source[1] & destination[0]
    assert sides_of(("endpoint",)) == (0, 0)


@pytest.mark.parametrize(
    ("schema", "description", "template"),
    [
        ({"pattern": "^projects/[^/]+/topics/[^/]+$"}, "", ("projects", "topics")),
        ({}, "Format: `projects/{project}/topics/{topic}`.", ("projects", "topics")),
        ({}, "Resource name, for example `organizations/123/rules/abc`", ("organizations", "rules")),
        ({"pattern": "^[a-z]+$"}, "", ()),
        ({}, "Either yes/no or neither.", ()),
    ],
)
def test_resource_names_tell_their_collections(
    schema: dict[str, str], description: str, template: tuple[str, ...]
) -> None:
    assert template_of(schema, description) == template


def test_the_name_of_what_a_method_is_about_lies_in_its_collections() -> None:
    assert own_template("pubsub.projects.topics.get", "topic") == ("projects", "topics")
    assert own_template("pubsub.projects.topics.get", "operation") == ()
    assert own_template("get_topic", "topic") == ()


@pytest.mark.parametrize(
    ("paths", "is_one"),
    [
        (("name", "done", "response.id"), True),
        (("name", "done", "error.code", "metadata"), True),
        (("name", "done"), False),
        (("name", "response.done"), False),
        (("operation.name", "operation.done", "operation.error"), False),
    ],
)
def test_a_long_running_operation_is_known_by_its_fields(paths: tuple[str, ...], is_one: bool) -> None:
    assert is_operation(paths) is is_one


@pytest.mark.parametrize(
    ("description", "thing", "sort"),
    [
        (
            "The identifier for a media analysis job.",
            ("media", "analysis", "job"),
            ("media", "analysis", "job"),
        ),
        (
            "The ARN of the new trusted token issuer",
            ("new", "trusted", "token", "issuer"),
            ("token", "issuer"),
        ),
        ("Identifier for this course assigned by the service.", ("course",), ()),
        ("Relative name of the module within the application.", ("module",), ()),
        ("The ID of the existing job", ("existing", "job"), ()),
        ("The name of the quick response", ("quick",), ()),
        ("The name for the bill", (), ()),
        ("The ID of the specified object", (), ()),
        ("", (), ()),
    ],
)
def test_a_description_names_a_thing_and_perhaps_its_sort(
    description: str, thing: tuple[str, ...], sort: tuple[str, ...]
) -> None:
    assert (said_thing(description), said_subtype(description)) == (thing, sort)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (("media", "analysis", "job"), ("face", "detection", "job"), True),
        (("media", "analysis", "job"), ("analysis", "job"), False),
        (("media", "analysis", "job"), ("face", "detection", "model"), False),
        ((), ("face", "detection", "job"), False),
    ],
)
def test_two_sorts_of_a_thing_share_its_word_alone(
    one: tuple[str, ...], other: tuple[str, ...], apart: bool
) -> None:
    assert are_apart(one, other) is apart
    assert are_apart(other, one) is apart
