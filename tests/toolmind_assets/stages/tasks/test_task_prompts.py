"""What planner and intent writer are shown: everything they need, and nothing that they must not know."""

import asyncio
import re
from typing import Any

import pytest

from toolmind_assets.model.choices import choice_words
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.tasks import FactKind, Scenario
from toolmind_assets.stages.tasks.circumstances import person_words
from toolmind_assets.stages.tasks.intent_outline import ON_THE_WAY, IntentContext
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_assets.stages.tasks.planner import PlannerContext
from toolmind_assets.stages.tasks.sample import sample_tasks
from toolmind_assets.stages.tasks.sampling_context import SamplingContext
from toolmind_assets.stages.tasks.stand_in import RULES
from toolmind_resources.chat.embedded import EmbeddedChat
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role

PARAMS = TaskParams(
    tasks_per_shard=40,
    walk_min=3,
    walk_max=6,
    reference_time="2031-05-06T07:08:09Z",
    days_spread=0,
    language="pt-BR",
)


class Listening(EmbeddedChat):
    """The embedded model, which keeps the requests that it was asked."""

    def __init__(self, errors: Any) -> None:
        super().__init__(RULES, errors)
        self.requests: list[ChatRequest] = []

    async def complete(self, request: ChatRequest) -> ChatReply:
        self.requests.append(request)
        return await super().complete(request)


@pytest.fixture(scope="module")
def requests(make: Any) -> list[ChatRequest]:
    chat = Listening(make.no_errors)
    context = SamplingContext.of(list(make.functions().values()), make.edges())
    asyncio.run(sample_tasks(context, "sim-0000", 1, chat, PARAMS))
    return chat.requests


def asked_of(requests: list[ChatRequest], role: Role) -> list[tuple[str, Any]]:
    asked = [(one.messages[0].content or "", one.context) for one in requests if one.role is role]
    assert len(asked) >= 15
    assert all(len(one.messages) == 1 and one.response_schema and not one.tools for one in requests)
    return asked


def test_no_field_is_left_unfilled_and_the_time_is_told(requests: list[ChatRequest]) -> None:
    for request in requests:
        text = request.messages[0].content or ""
        assert not re.search(r"\$\w", text)
        assert PARAMS.reference_time in text


def test_the_planner_sees_every_call_every_flow_and_the_schema_of_every_wanted_value(
    requests: list[ChatRequest],
) -> None:
    for text, context in asked_of(requests, Role("planner")):
        assert isinstance(context, PlannerContext)
        for step in context.skeleton.steps:
            function = context.functions[step.function_id]
            assert f"{step.step_id}: {function.name}: {function.description}" in text
            for argument in step.arguments:
                if argument.step_id:
                    assert f"`{argument.path}` from the result of {argument.step_id}" in text
        for step_id, path in context.skeleton.user_places():
            assert re.search(
                rf'- {step_id} `{re.escape(path)}`( \(not this itself, but the [^\n]*\))?: {{"type":', text
            )


def test_the_intent_writer_sees_what_is_wanted_request_by_request_and_the_labels_of_the_values(
    requests: list[ChatRequest],
) -> None:
    for text, context in asked_of(requests, Role("intent_writer")):
        assert isinstance(context, IntentContext)
        assert "pt-BR" in text
        assert f"exactly {len(context.requests)} " in text
        assert person_words(context.circumstances) in text and context.circumstances.persona.name in text
        sections = re.split(r"^Request \d+:$", text, flags=re.MULTILINE)[1:]
        assert len(sections) == len(context.requests)
        for section, steps, facts in zip(sections, context.requests, context.facts, strict=True):
            for step in steps:
                assert (context.functions[step.function_id].description in section) is not step.is_implicit
                assert f"each of the first {step.members_max}" in section or step.members_max == 1
            assert all(fact.label in section for fact in facts)


def test_the_intent_writer_sees_which_wish_feeds_which_and_what_is_chosen(
    requests: list[ChatRequest],
) -> None:
    n_fed = n_chosen = 0
    for text, context in asked_of(requests, Role("intent_writer")):
        names = {step.step_id: name for name, step in context.wishes().items()}
        for name, step in context.wishes().items():
            assert f"  {name}. {context.functions[step.function_id].description}" in text
            for argument in step.references():
                source = names.get(argument.step_id or "")
                assert (f"what {source} gives" if source else ON_THE_WAY) in text
                n_fed += source is not None
        for choice in (one.choice for step in context.steps() for one in step.references()):
            assert choice is None or choice_words(choice) in text
            n_chosen += choice is not None
    assert n_fed >= 10 and n_chosen >= 5


def test_the_intent_writer_sees_no_function_name_no_schema_and_no_value_that_waits(
    requests: list[ChatRequest],
) -> None:
    n_waiting = 0
    for text, context in asked_of(requests, Role("intent_writer")):
        assert not any(function.name in text for function in context.functions.values())
        assert '"type"' not in text
        for fact in (fact for facts in context.facts for fact in facts):
            assert fact.is_withheld or fact.kind is FactKind.UNKNOWN or compact_json(fact.said) in text
            assert not fact.is_withheld or compact_json(fact.value) not in text
            n_waiting += fact.is_withheld
    assert n_waiting >= 3


def test_neither_is_told_the_scenario(requests: list[ChatRequest]) -> None:
    for request in requests:
        text = request.messages[0].content or ""
        assert not any(scenario.value in text for scenario in Scenario)
        assert not re.search(r"withheld|unavailable|only if asked", text, re.IGNORECASE)
