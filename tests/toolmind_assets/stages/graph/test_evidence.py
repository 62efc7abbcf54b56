from collections.abc import Callable
from typing import Any

import pytest

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph import evidence as rules

Make = Callable[..., FunctionSpec]
Link = Callable[..., Any]
STRING, NUMBER = {"type": "string"}, {"type": "number"}
MEASURED = ("net_price", "flight_duration", "trip_distance", "body_mass", "room_temperature", "wind_speed")


def identifiers(
    make: Make,
    link: Link,
    given: tuple[str, str],
    taken: tuple[str, str],
    names: tuple[str, str] = ("a", "a"),
) -> Any:
    """A link between two marked identifiers, each a resource and a kind."""
    ours, theirs = names
    source = make("give", {}, {ours: STRING}, identifiers={f"/returns/properties/{ours}": given})
    target = make("take", {theirs: STRING}, identifiers={f"/parameters/properties/{theirs}": taken})
    return link(source, ours, target, theirs)


def plain(make: Make, link: Link, given: dict[str, Any], taken: dict[str, Any]) -> Any:
    """A link between the one result field and the one parameter."""
    return link(make("give", {}, given), next(iter(given)), make("take", taken), next(iter(taken)))


def test_the_same_identifier_of_the_same_resource_is_the_same_value(make_function: Make, link: Link) -> None:
    found = identifiers(make_function, link, ("vpc", "id"), ("vpc", "id"), ("VpcId", "network"))
    assert found.agreement == found.evidence.identifier == rules.SAME_IDENTIFIER


@pytest.mark.parametrize("pair", [("db cluster", "cluster"), ("cluster", "db cluster")])
def test_a_resource_that_is_said_more_closely_may_be_the_same(
    make_function: Make, link: Link, pair: tuple[str, str]
) -> None:
    found = identifiers(make_function, link, (pair[0], "id"), (pair[1], "id"))
    assert found.agreement == pytest.approx(rules.NARROWER)


def test_the_id_of_a_mere_resource_may_be_that_of_anything(make_function: Make, link: Link) -> None:
    found = identifiers(make_function, link, ("resource", "id"), ("resource", "id"))
    assert found.agreement == pytest.approx(rules.OF_ANYTHING)


def test_two_sorts_of_one_resource_are_two_resources(make_function: Make, link: Link) -> None:
    found = identifiers(make_function, link, ("db cluster", "id"), ("cache cluster", "id"))
    assert found.agreement == pytest.approx(rules.OTHER_IDENTIFIER)


def test_another_kind_of_identifier_is_another_value_however_alike_the_names(
    make_function: Make, link: Link
) -> None:
    found = identifiers(make_function, link, ("cluster", "arn"), ("cluster", "name"))
    assert found.agreement == pytest.approx(rules.OTHER_IDENTIFIER)


def test_identifiers_of_two_resources_agree_by_their_texts_but_less(make_function: Make, link: Link) -> None:
    found = identifiers(make_function, link, ("user", "id"), ("receiver", "id"))
    said = found.evidence
    assert said.identifier == rules.UNLIKE
    texts = rules.NAME * said.name + rules.DESCRIPTION * said.description
    texts += rules.MENTION * said.mention + rules.VALUE_CLASS * said.value_class
    assert found.agreement == pytest.approx(rules.OTHER_RESOURCE * texts, abs=1e-3)
    assert found.agreement < 0.5


def test_plain_texts_that_are_called_after_a_resource_are_its_members(
    make_function: Make, link: Link
) -> None:
    stocks = {"type": "array", "items": STRING}
    target = make_function(
        "quote", {"symbol": STRING}, identifiers={"/parameters/properties/symbol": ("stock", "symbol")}
    )
    found = link(make_function("list_all", {}, {"stock_list": stocks}), "stock_list[]", target, "symbol")
    assert found.agreement == pytest.approx(rules.NAMED_AFTER)
    other = link(make_function("list_all", {}, {"bond_list": stocks}), "bond_list[]", target, "symbol")
    assert other.evidence.identifier == -1


def test_an_identifier_and_a_field_without_a_mark_agree_by_their_texts(
    make_function: Make, link: Link
) -> None:
    source = make_function("give", {}, {"vpc_id": STRING})
    target = make_function(
        "take", {"vpc_id": STRING}, identifiers={"/parameters/properties/vpc_id": ("vpc", "id")}
    )
    found = link(source, "vpc_id", target, "vpc_id")
    assert (found.evidence.identifier, found.agreement) == (-1, 1)


def test_a_name_whose_words_stand_in_the_other_description_speaks_for_a_link(
    make_function: Make, link: Link
) -> None:
    told = {"type": "string", "description": "Where the parcel was delivered"}
    silent = {"type": "string", "description": "Whatever"}
    named = plain(make_function, link, {"spot": told}, {"delivered_parcel": STRING})
    unnamed = plain(make_function, link, {"spot": silent}, {"delivered_parcel": STRING})
    assert named.evidence.mention == 0.5
    assert unnamed.evidence.mention == 0
    assert named.agreement > unnamed.agreement


def test_a_word_that_says_little_is_little_of_a_mention(make_function: Make, link: Link) -> None:
    told = {"type": "string", "description": "The id of it"}
    other = {"type": "string", "description": "The parcel of it"}
    weak = plain(make_function, link, {"spot": told}, {"parcel_id": STRING})
    strong = plain(make_function, link, {"spot": other}, {"parcel_id": STRING})
    assert weak.evidence.mention < strong.evidence.mention


def test_values_of_one_class_agree_less_where_only_a_description_says_so(
    make_function: Make, link: Link
) -> None:
    told = {"type": "number", "description": "The price of it"}
    named = plain(make_function, link, {"monthly_payment": NUMBER}, {"price": NUMBER})
    said = plain(make_function, link, {"monthly_payment": NUMBER}, {"much": told})
    none = plain(make_function, link, {"monthly_payment": NUMBER}, {"city": NUMBER})
    assert named.evidence.value_class == rules.SAME_CLASS
    assert said.evidence.value_class == pytest.approx(rules.SAME_CLASS_SAID)
    assert none.evidence.value_class == 0


@pytest.mark.parametrize(
    ("given", "taken", "value_class"),
    [
        ({"monthly_payment": NUMBER}, {"number": NUMBER}, rules.ANY_NUMBER),
        *(({name: NUMBER}, {"number": NUMBER}, rules.ANY_NUMBER) for name in MEASURED),
        ({"frobs": NUMBER}, {"number": NUMBER}, rules.ANY_ELSE),
        ({"film_lyric": STRING}, {"input_string": STRING}, rules.ANY_TEXT),
        ({"city": STRING}, {"input_string": STRING}, rules.ANY_ELSE),
        ({"city": STRING}, {"frob": STRING}, 0),
    ],
)
def test_a_parameter_that_takes_anything_takes_what_was_measured_or_written(
    make_function: Make, link: Link, given: dict[str, Any], taken: dict[str, Any], value_class: float
) -> None:
    found = plain(make_function, link, given, taken)
    assert found.evidence.value_class == pytest.approx(value_class)


def test_fields_that_say_the_same_agree_wholly_and_fields_that_share_nothing_not_at_all(
    make_function: Make, link: Link
) -> None:
    assert plain(make_function, link, {"wing": STRING}, {"wing": STRING}).agreement == 1
    assert plain(make_function, link, {"wing": STRING}, {"spoon": STRING}).agreement == 0


def test_the_weights_of_the_evidence_sum_to_one() -> None:
    assert pytest.approx(1) == rules.NAME + rules.DESCRIPTION + rules.MENTION + rules.VALUE_CLASS


@pytest.mark.parametrize(
    ("functions", "said", "agreement"),
    [
        (("give", "take"), ("The network to use", "Cloud of the tenant"), rules.NAMED_ALIKE),
        (("give", "take"), ("The network to use", "The network to use"), rules.SAME_IDENTIFIER),
        (("give", "take"), ("", "Cloud of the tenant"), rules.NAMED_ALIKE),
        (("get_vpc", "take"), ("", "Cloud of the tenant"), rules.SAME_IDENTIFIER),
        (("get_vpc", "take"), ("Number of hops", "Cloud of the tenant"), rules.NAMED_ALIKE),
    ],
)
def test_what_is_only_called_alike_agrees_less(
    make_function: Make, link: Link, functions: tuple[str, str], said: tuple[str, str], agreement: float
) -> None:
    (giver, taker), (given, taken) = functions, said
    marks = [{f"/{side}/properties/vpc_id": ("vpc", "id")} for side in ("returns", "parameters")]
    source = make_function(giver, {}, {"vpc_id": {**STRING, "description": given}}, identifiers=marks[0])
    target = make_function(taker, {"vpc_id": {**STRING, "description": taken}}, identifiers=marks[1])
    assert link(source, "vpc_id", target, "vpc_id").agreement == pytest.approx(agreement)
