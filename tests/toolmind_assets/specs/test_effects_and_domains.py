"""Effect and domain follow stated rules."""

from typing import Any

import pytest

from toolmind_assets.model.functions import Domain, Effect
from toolmind_assets.specs.domains import derive_domain
from toolmind_assets.specs.effects import derive_effect


@pytest.mark.parametrize(
    ("name", "more", "effect"),
    [
        ("anything", {"is_read_only": True, "http_method": "delete"}, Effect.READ),
        ("createThing", {"http_method": "get"}, Effect.READ),
        ("thing", {"http_method": "put"}, Effect.UPDATE),
        ("thing", {"http_method": "patch"}, Effect.UPDATE),
        ("thing", {"http_method": "delete"}, Effect.DELETE),
        ("DescribeStream", {"http_method": "post"}, Effect.READ),
        ("thing", {"http_method": "post"}, Effect.CREATE),
        ("spotify.play", {}, Effect.EXECUTE),
        ("get_user", {}, Effect.READ),
        ("createUser", {}, Effect.CREATE),
        ("user.delete", {}, Effect.DELETE),
        ("math.hypot", {}, Effect.READ),
        ("view_and_reset", {"is_read_only": False}, Effect.UPDATE),
        ("thing", {"is_read_only": False}, Effect.EXECUTE),
        ("thing", {"is_read_only": False, "is_destructive": False}, Effect.CREATE),
    ],
)
def test_the_first_rule_that_speaks_decides(name: str, more: dict[str, Any], effect: Effect) -> None:
    assert derive_effect(name, **more) is effect


@pytest.mark.parametrize(
    ("texts", "domain"),
    [
        (("get_weather", "", "Current conditions."), Domain.WEATHER),
        (("get", "trading system", "Gets it."), Domain.FINANCE),
        (("f", "", "Books a hotel room for a flight trip."), Domain.TRAVEL),
        (("listHotels", "Shop", ""), Domain.TRAVEL),
        (("f", "", ""), Domain.OTHER),
    ],
)
def test_keywords_of_the_name_weigh_most(texts: tuple[str, str, str], domain: Domain) -> None:
    assert derive_domain(*texts) is domain
