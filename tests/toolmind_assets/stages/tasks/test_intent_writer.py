"""The intent writer says what is wanted in a person's words, and is told what is wrong with them."""

import asyncio
import json
from typing import Any

import pytest

from toolmind_assets.model.situations import Persona
from toolmind_assets.model.tasks import UserFact
from toolmind_assets.stages.tasks.circumstances import Circumstances, person_words
from toolmind_assets.stages.tasks.intent_outline import IntentContext
from toolmind_assets.stages.tasks.intent_writer import WrittenIntent, write_intent
from toolmind_assets.stages.tasks.params import TaskParams
from toolmind_resources.chat.asking import Unused
from toolmind_resources.chat.model import Role
from toolmind_resources.chat.scripted import ScriptedChat

PARAMS = TaskParams()
FACT = UserFact("s1", "email", "email", "ada@example.com", False)


@pytest.fixture
def functions(make: Any) -> dict[str, Any]:
    return {function.function_id: function for function in make.functions().values()}


def intent(*goals: str, intent: str = "I want my orders.", situation: str = "Ada moves house.") -> str:
    requests = [{"goal": goal, "covers": ["1a"]} for goal in goals]
    return json.dumps({"situation": situation, "intent": intent, "requests": requests})


def write(
    make: Any, functions: dict[str, Any], replies: list[str]
) -> tuple[WrittenIntent | Unused, ScriptedChat]:
    chat = ScriptedChat({Role("intent_writer"): replies})
    step = make.step("s1", "find_customer", make.user("email", "ada@example.com"))
    context = IntentContext(((step,),), ((FACT,),), functions)
    return asyncio.run(write_intent(context, chat, 1, PARAMS)), chat


def test_an_intent_carries_its_situation_and_one_goal_a_request_with_its_facts(
    make: Any, functions: dict[str, Any]
) -> None:
    written, _ = write(make, functions, [intent(" See my orders ")])
    assert isinstance(written, WrittenIntent)
    assert (written.situation, written.intent) == ("Ada moves house.", "I want my orders.")
    assert [(request.goal, request.facts) for request in written.requests] == [("See my orders", (FACT,))]


@pytest.mark.parametrize(
    "useless",
    ["", "Sure! Here it is.", "[1]", intent(), intent("a", "b"), intent("  "), intent("a", intent=""),
     intent("a", situation=" "), intent("Use find_customer for me"), intent("a", intent="Call find_customer."),
     intent("a").replace('"covers": ["1a"]', '"covers": 1')],
)  # fmt: skip
def test_an_intent_of_no_use_is_told_what_is_wrong_and_written_again_or_given_up(
    make: Any, functions: dict[str, Any], useless: str
) -> None:
    written, chat = write(make, functions, [useless, intent("See my orders")])
    assert isinstance(written, WrittenIntent)
    first, second = chat.requests
    assert first.seed != second.seed
    again = (second.messages[0].content or "").removeprefix(first.messages[0].content or "")
    assert "could not be used" in again and "\n- " in again
    unused, chat = write(make, functions, [useless] * 9)
    assert isinstance(unused, Unused) and unused.last.reason
    assert [rejected.reply.content for rejected in unused.rejected] == [useless] * PARAMS.replies_max


def test_the_names_of_covered_wishes_may_be_written_otherwise(make: Any, functions: dict[str, Any]) -> None:
    reply = intent("Know what is under way").replace('"1a"', '" 1A."')
    written, _ = write(make, functions, [reply])
    assert isinstance(written, WrittenIntent)


def test_a_writer_is_told_of_its_last_reply_alone(make: Any, functions: dict[str, Any]) -> None:
    _, chat = write(make, functions, [intent("Use find_customer"), intent("  "), intent("See my orders")])
    assert "find_customer" in (chat.requests[1].messages[0].content or "")
    assert "find_customer" not in (chat.requests[2].messages[0].content or "")


def test_a_person_is_told_by_name_occupation_country_and_traits() -> None:
    around = Circumstances(Persona("Ada Byron", "Surveyor", ("Like order.", "Worry about things."), "en_GB"))
    assert person_words(around) == (
        'Ada Byron, Surveyor (GB). Of themselves they would say: "I like order. I worry about things."'
    )
    assert person_words(Circumstances()) == "somebody."
