import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_assets.model.schemas import fits
from toolmind_resources.plausible.real_values import real_values
from toolmind_resources.plausible.reserved_ranges import TEST_CARDS
from toolmind_resources.plausible.values import plausible

TRIES = 8
"""Draws until one fits: what the callers grant."""

NAMES = st.sampled_from(
    ["id", "city", "email", "count", "start_date", "price", "userName", "x", "tags", "名"]
)
STRINGS = st.one_of(
    st.just({"type": "string"}),
    st.sampled_from(["date", "date-time", "email", "uri", "uuid", "ipv4", "time", "hostname", "unheard-of"]).map(
        lambda form: {"type": "string", "format": form}
    ),
    st.tuples(st.integers(0, 5), st.integers(5, 30)).map(
        lambda ends: {"type": "string", "minLength": ends[0], "maxLength": ends[1]}
    ),
    st.sampled_from(["^[A-Z]{3}$", r"^\d{4}-\d{2}$", "^(red|blue)+$", "^a[bc]?d*$"]).map(
        lambda pattern: {"type": "string", "pattern": pattern}
    ),
)  # fmt: skip
NUMBERS = st.tuples(st.sampled_from(["integer", "number"]), st.integers(-50, 50), st.integers(0, 1000)).map(
    lambda n: {"type": n[0], "minimum": n[1], "maximum": n[1] + n[2]}
)
SCALARS = st.one_of(
    STRINGS,
    NUMBERS,
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}, {"const": 3}, {}]),
    st.lists(st.one_of(st.text(max_size=4), st.integers()), min_size=1, max_size=4, unique_by=repr).map(
        lambda values: {"enum": values}
    ),
)


def _objects(members: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    properties = st.dictionaries(NAMES, members, max_size=4)
    return properties.flatmap(
        lambda made: (
            st.lists(st.sampled_from(sorted(made)), unique=True).map(
                lambda required: {
                    "type": "object",
                    "properties": made,
                    "required": required,
                    "additionalProperties": False,
                }
            )
            if made
            else st.just({"type": "object"})
        )
    )


SCHEMAS = st.recursive(
    SCALARS,
    lambda members: st.one_of(
        _objects(members),
        members.map(lambda member: {"type": "array", "items": member, "maxItems": 3}),
        st.lists(members, min_size=1, max_size=3).map(lambda options: {"anyOf": options}),
    ),
    max_leaves=6,
)


@settings(max_examples=150)
@given(SCHEMAS, NAMES, st.integers(0, 2**32))
def test_a_value_fits_its_schema_within_a_few_draws(schema: dict[str, Any], name: str, seed: int) -> None:
    rng = random.Random(seed)
    drawn = [plausible(schema, rng, name=name) for _ in range(TRIES)]
    assert any(fits(schema, value) for value in drawn), drawn


def test_nearly_every_single_draw_of_a_plain_schema_fits() -> None:
    schema = {
        "type": "object",
        "properties": {
            "when": {"type": "string", "format": "date"},
            "n": {"type": "integer", "minimum": 1, "maximum": 9},
            "kind": {"enum": ["a", "b"]},
            "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        },
        "required": ["when", "n", "kind"],
    }
    drawn = [plausible(schema, random.Random(seed)) for seed in range(200)]
    assert sum(fits(schema, value) for value in drawn) >= 198


@given(SCHEMAS, st.integers(0, 2**32))
def test_the_same_seed_draws_the_same_value(schema: dict[str, Any], seed: int) -> None:
    first, second = (plausible(schema, random.Random(seed), name="city") for _ in range(2))
    assert repr(first) == repr(second)


def test_only_required_members_are_made_where_no_optional_share_is_wanted() -> None:
    schema = {"properties": {"a": {"const": 1}, "b": {"const": 2}}, "required": ["b"]}
    assert plausible(schema, random.Random(1), optional_share=0.0) == {"b": 2}
    assert plausible(schema, random.Random(1), optional_share=1.0) == {"a": 1, "b": 2}


def test_references_are_looked_up_in_the_root_and_recursion_ends() -> None:
    node = {"properties": {"next": {"$ref": "#/$defs/node"}, "id": {"type": "integer"}}, "required": ["next"]}
    root = {"$defs": {"node": node}, "$ref": "#/$defs/node"}
    value, depth = plausible(root, random.Random(3)), 0
    while isinstance(value, dict) and "next" in value:
        value, depth = value["next"], depth + 1
    assert 1 <= depth <= 40


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "(?P<unclosed"},
        {"type": "string", "pattern": r"^\p{L}+$"},
        {"$ref": "#/$defs/missing"},
        {"type": "array", "items": {"enum": [1]}, "minItems": 5, "uniqueItems": True},
        {"type": "object", "properties": {"a": True}, "required": ["a", "b"]},
        {"enum": []},
        {"type": []},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"anyOf": []},
    ],
)
def test_a_schema_that_nothing_or_little_fits_gives_a_value_and_no_exception(schema: dict[str, Any]) -> None:
    plausible(schema, random.Random(5), name="id")


def test_an_example_of_the_schema_is_preferred_to_an_invention() -> None:
    assert plausible({"type": "string", "examples": ["lucy"]}, random.Random(1), name="slug") == "lucy"


def test_an_id_has_the_form_of_its_example_and_tells_one_thing_from_another() -> None:
    schema = {"type": "string", "examples": ["vpc-0e9801d129EXAMPLE", "vpc-1a2b3c4d"]}
    drawn = {plausible(schema, random.Random(seed), name="VpcId") for seed in range(20)}
    assert all(re.fullmatch(r"vpc-(\de\d{4}d\d{3}EXAMPLE|[0-9a-f]{8})", text) for text in drawn), drawn
    assert len(drawn) > 15


def test_an_id_that_its_description_gives_as_an_example_lends_its_form() -> None:
    schema = {"type": "string", "description": "The order, such as `ord_20417`."}
    drawn = {plausible(schema, random.Random(seed), name="order_id") for seed in range(20)}
    assert all(re.fullmatch(r"ord_\d{5}", text) for text in drawn) and len(drawn) > 15


def test_an_example_whose_pattern_no_other_fits_is_taken_as_it_is() -> None:
    schema = {"type": "string", "examples": ["a-1"], "pattern": "^a-1$"}
    assert plausible(schema, random.Random(2), name="id") == "a-1"


@pytest.mark.parametrize(
    "name",
    ["email", "phone", "faxNumber", "ipAddress", "ip", "ipv6", "cidr", "website", "host", "cardNumber", "asn", "macAddress",
     "arn", "password", "apiToken", "access_key_id", "webhookUrl", "ssn", "accountNumber"],
)  # fmt: skip
def test_what_is_made_up_is_nobodys(name: str) -> None:
    made = [plausible({"type": "string"}, random.Random(seed), name=name) for seed in range(60)]
    assert not [value for text in made for value in real_values(text)], made


@pytest.mark.parametrize("form", ["email", "uri", "hostname", "ipv4", "ipv6", "iri", "idn-email"])
def test_what_is_made_up_for_a_format_is_nobodys(form: str) -> None:
    schema = {"type": "string", "format": form}
    made = [plausible(schema, random.Random(seed), name="x") for seed in range(30)]
    assert not [value for text in made for value in real_values(text)], made
    assert all(fits(schema, text) for text in made)


def test_two_words_of_a_name_that_stand_together_say_more_than_one() -> None:
    assert plausible({"type": "string"}, random.Random(1), name="creditCardNumber") in TEST_CARDS
    assert plausible({"type": "string"}, random.Random(1), name="cardId") not in TEST_CARDS


def test_an_example_or_a_member_that_is_somebodys_is_not_taken_where_another_can_be() -> None:
    schema = {"type": "string", "format": "email", "examples": ["john@appwrite.io"]}
    assert str(plausible(schema, random.Random(1), name="email")).partition("@")[2].startswith("example.")
    hosts = {"enum": ["https://api.acme.com", "https://api.example.com"]}
    assert {plausible(hosts, random.Random(seed)) for seed in range(9)} == {"https://api.example.com"}
    assert plausible({"enum": ["https://api.acme.com"]}, random.Random(1)) == "https://api.acme.com"
    told = {"type": "string", "description": "A site, such as `acme.com`."}
    assert plausible(told, random.Random(1), name="site") != "acme.com"
