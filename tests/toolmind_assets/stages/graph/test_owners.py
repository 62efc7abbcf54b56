from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.stages.graph.build import Found
from toolmind_assets.stages.graph.factors import OTHER_SUBTYPE

Make = Callable[..., FunctionSpec]
Link = Callable[..., Any]
STRING = {"type": "string"}


def identifies(
    make: Make, name: str, resource: str, *, is_given: bool, description: str = ""
) -> FunctionSpec:
    """A function with one field `key`, marked as the id of a resource."""
    field = {"key": {**STRING, "description": description}}
    pointer = f"/{'returns' if is_given else 'parameters'}/properties/key"
    takes, gives = ({}, field) if is_given else (field, None)
    return make(name, takes, gives, identifiers={pointer: (resource, "id")})


def owner_factor(
    make: Make, link: Link, given: tuple[str, str], taken: tuple[str, str], resource: str
) -> float:
    """The factor of a link between functions and descriptions that share nothing but the resource."""
    source = identifies(make, given[0], resource, is_given=True, description=given[1])
    target = identifies(make, taken[0], resource, is_given=False, description=taken[1])
    return link(source, "key", target, "key").factors.owner


@pytest.mark.parametrize(
    ("giver", "taker", "factor"),
    [
        ("create_fax_application", "delete_call_application", OTHER_SUBTYPE),
        ("create_fax_application", "delete_fax_application", 1.0),
        ("create_application", "delete_call_application", 1.0),
    ],
)
def test_functions_about_two_sorts_of_a_resource_share_no_identifier(
    make_function: Make, link: Link, giver: str, taker: str, factor: float
) -> None:
    assert owner_factor(make_function, link, (giver, ""), (taker, ""), "application") == factor


@pytest.mark.parametrize(
    ("given", "taken", "factor"),
    [
        ("Identifier for a media analysis job", "Identifier for the face detection job", OTHER_SUBTYPE),
        ("Identifier for a media analysis job", "Identifier for the analysis job", 1.0),
        ("Identifier for a media analysis job", "Identifier for the job", 1.0),
        ("Identifier for a media analysis job", "Identifier for the face detection model", 1.0),
    ],
)
def test_two_sorts_are_told_apart_by_what_is_said_of_them(
    make_function: Make, link: Link, given: str, taken: str, factor: float
) -> None:
    assert owner_factor(make_function, link, ("get_it", given), ("take_it", taken), "job") == factor


def test_names_that_tell_the_sort_count_more_than_what_is_said(make_function: Make, link: Link) -> None:
    subtypes = ("give", "The ARN of the media analysis job"), ("take", "The ARN of the face detection job")
    assert owner_factor(make_function, link, *subtypes, "rekognition job") == 1.0


@pytest.mark.parametrize(
    ("giver", "taker", "factor"),
    [
        ("start_person_tracking", "get_content_moderation", OTHER_SUBTYPE),
        ("start_person_tracking", "get_person_tracking", 1.0),
        ("start_person_tracking", "get_job", 1.0),
        ("create_job", "get_content_moderation", 1.0),
    ],
)
def test_a_job_of_one_thing_is_no_job_of_another(
    make_function: Make, link: Link, giver: str, taker: str, factor: float
) -> None:
    assert owner_factor(make_function, link, (giver, ""), (taker, ""), "job") == factor


def test_an_order_is_an_order_whatever_the_functions_are_about(make_function: Make, link: Link) -> None:
    sides = ("start_person_tracking", ""), ("get_content_moderation", "")
    assert owner_factor(make_function, link, *sides, "order") == 1.0


def is_apart(found: Found, giver: str, taker: str) -> bool:
    """Whether the one result field of a function is of another sort than the one parameter of another."""
    columns = found.columns
    names = [columns.profiles[function].source_name for function in columns.fields.function]
    source, target = (
        next(
            place
            for place, one in enumerate(names)
            if one == name and columns.fields.is_input[place] == is_input
        )
        for name, is_input in ((giver, False), (taker, True))
    )
    weighed = found.scorer.compatibilities.weigh(
        EdgeKind.RESULT_TO_PARAMETER, np.array([source]), np.array([target])
    )
    assert weighed.owner[0] in (1, OTHER_SUBTYPE)
    return bool(weighed.owner[0] == OTHER_SUBTYPE)


def test_a_sort_that_is_managed_apart_is_no_plain_one(
    make_function: Make, find_raw: Callable[..., Found]
) -> None:
    functions = [
        identifies(make_function, "list_vocabularies", "vocabulary", is_given=True),
        identifies(make_function, "list_medical_vocabularies", "vocabulary", is_given=True),
        identifies(make_function, "get_vocabulary", "vocabulary", is_given=False),
        identifies(make_function, "get_medical_vocabulary", "vocabulary", is_given=False),
    ]
    found = find_raw(functions)
    assert is_apart(found, "list_vocabularies", "get_medical_vocabulary")
    assert is_apart(found, "list_medical_vocabularies", "get_vocabulary")
    assert not is_apart(found, "list_vocabularies", "get_vocabulary")
    alone = find_raw(functions[1:3])
    assert not is_apart(alone, "list_medical_vocabularies", "get_vocabulary")
