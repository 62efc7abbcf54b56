"""Effect and domain follow stated rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.model.functions import Domain, Effect
from toolmind_assets.stages.specs.domains import derive_domain
from toolmind_assets.stages.specs.effects import derive_effect, derive_idempotence


@pytest.mark.parametrize(
    ("name", "more", "effect"),
    [
        ("anything", {"is_read_only": True, "http_method": "delete"}, Effect.READ),
        ("createThing", {"http_method": "get"}, Effect.READ),
        ("thing", {"http_method": "put"}, Effect.UPDATE),
        ("CreateVault", {"http_method": "put"}, Effect.CREATE),
        ("Vaults_Create", {"http_method": "put"}, Effect.CREATE),
        ("Vaults_CreateOrUpdate", {"http_method": "put"}, Effect.UPDATE),
        ("created_vaults", {"http_method": "put"}, Effect.UPDATE),
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
        (("f", "", "Inverts matrices."), Domain.MATHEMATICS),
        (("f", "", ""), Domain.OTHER),
    ],
)
def test_keywords_of_the_name_weigh_most(texts: tuple[str, str, str], domain: Domain) -> None:
    assert derive_domain(*texts) is domain


@pytest.mark.parametrize(
    ("name", "method", "effect"),
    [
        ("WorkflowRuns_List", "", Effect.READ),
        ("DenyAssignments_ListForScope", "", Effect.READ),
        ("labels-update", "", Effect.UPDATE),
        ("Gets the user", "", Effect.READ),
        ("GET_DeleteRule", "get", Effect.DELETE),
        ("POST_DescribeRules", "post", Effect.READ),
        ("UntagResource", "", Effect.DELETE),
        ("AssociateVpc", "", Effect.UPDATE),
        ("BatchDeleteRules", "put", Effect.DELETE),
        ("AdminConfirmSignUp", "", Effect.UPDATE),
        ("compute.images.deprecate", "post", Effect.UPDATE),
        ("events.calendarView.event.snoozeReminder", "post", Effect.UPDATE),
        ("log_out", "", Effect.DELETE),
    ],
)
def test_verbs_are_found_where_publishers_put_them(name: str, method: str, effect: Effect) -> None:
    assert derive_effect(name, method) is effect


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("AuthorizeSecurityGroupIngress", Effect.UPDATE),
        ("ReleaseAddress", Effect.DELETE),
        ("release_notes", Effect.READ),
        ("fund_account", Effect.UPDATE),
        ("fund_details", Effect.READ),
        ("resolve_ticket", Effect.UPDATE),
        ("resolve_open_issues", Effect.UPDATE),
        ("resolve_hostname", Effect.READ),
        ("cp", Effect.CREATE),
        ("latest_exchange_rate", Effect.READ),
        ("exchange_code_for_token", Effect.CREATE),
    ],
)
def test_a_word_that_is_a_noun_too_is_a_verb_by_what_follows_it(name: str, effect: Effect) -> None:
    assert derive_effect(name) is effect


@pytest.mark.parametrize(
    ("effect", "more", "is_idempotent"),
    [
        (Effect.READ, {"http_method": "post"}, True),
        (Effect.READ, {"idempotent_hint": False}, True),
        (Effect.UPDATE, {"idempotent_hint": True}, True),
        (Effect.UPDATE, {"idempotent_hint": False, "http_method": "put"}, False),
        (Effect.CREATE, {"has_idempotency_key": True, "http_method": "post"}, True),
        (Effect.UPDATE, {"http_method": "put"}, True),
        (Effect.DELETE, {"http_method": "delete"}, True),
        (Effect.UPDATE, {"http_method": "patch"}, False),
        (Effect.CREATE, {}, False),
        (Effect.DELETE, {}, False),
    ],
)
def test_idempotence_is_what_is_stated(effect: Effect, more: dict[str, Any], is_idempotent: bool) -> None:
    assert derive_idempotence(effect, **more) is is_idempotent


@pytest.mark.parametrize(
    ("texts", "domain"),
    [
        (("firebaserules.projects.rulesets.get", "", "Gets a ruleset."), Domain.OTHER),
        (("FailoverGroups_Update", "", ""), Domain.CLOUD),
        (("searchMovies", "", ""), Domain.MEDIA),
        (("policies_list", "", "Lists insurance policies."), Domain.FINANCE),
    ],
)
def test_words_that_any_api_uses_of_itself_are_no_keywords(
    texts: tuple[str, str, str], domain: Domain
) -> None:
    assert derive_domain(*texts) is domain


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=200))
def test_never_raises(name: str, namespace: str, description: str) -> None:
    assert derive_domain(name, namespace, description) in Domain
    assert derive_effect(name) in Effect
