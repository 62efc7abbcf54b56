"""How situations are played: who the user is, what is not known, dates told as `tomorrow`, and policies that want a yes."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from toolmind_assets.model.dialogues import CallStatus, Dialogue, Message, Speaker, ToolCall
from toolmind_assets.model.situations import Persona, PolicyRule, RuleKind, Situation
from toolmind_assets.model.tasks import FactKind, Scenario, Task, UserFact, UserRequest
from toolmind_assets.stages.dialogues.agents import ask_assistant, ask_user
from toolmind_assets.stages.dialogues.contexts import AssistantContext, Execution, UserContext
from toolmind_assets.stages.dialogues.params import DialogueParams
from toolmind_assets.stages.dialogues.simulate import Simulated, simulate_dialogues
from toolmind_assets.stages.dialogues.stand_in import RULES
from toolmind_resources.chat.embedded import EmbeddedChat

ASKED = "Shall I go ahead?"
CONFIRM = Situation(policy=(PolicyRule("confirm", RuleKind.CONFIRMATION, "Ask.", {"effects": ["update"]}),))


def act(make: Any, task: Task) -> Simulated:
    functions = {function.function_id: function for function in make.functions().values()}
    chat = EmbeddedChat(RULES, make.no_errors)
    return asyncio.run(simulate_dialogues([task], functions, chat, DialogueParams()))


def answer(make: Any, task: Task, *messages: Message) -> str:
    request = ask_user(UserContext(task, messages), 1, DialogueParams())
    reply = asyncio.run(EmbeddedChat(RULES, make.no_errors).complete(request))
    return json.loads(reply.content or "")["message"]


def said(dialogue: Dialogue, role: Speaker) -> list[str]:
    return [message.content or "" for message in dialogue.messages if message.role is role]


@pytest.fixture
def refund(make: Any) -> Task:
    """One request for two refunds at once, and a look at the order before them."""
    steps = [
        make.step(f"s{n}", "refund_payment", make.user("order_id", f"W-{n}"), make.user("amount", 10 * n))
        for n in (1, 2)
    ]
    facts = [
        UserFact(step.step_id, one.path, one.path, one.value, False)
        for step in steps
        for one in step.arguments
    ]
    return make.task(
        Scenario.PARALLEL,
        tuple(steps),
        (UserRequest("Have two payments back", tuple(facts)),),
        ("refund_payment",),
    )


def test_calls_for_which_a_policy_wants_a_yes_are_asked_about_once_and_made_after_it(
    make: Any, refund: Task
) -> None:
    effect = make.functions()["refund_payment"].effect.value
    rule = replace(CONFIRM.policy[0], parameters={"effects": [effect]})
    (dialogue,) = act(make, replace(refund, situation=Situation(policy=(rule,)))).dialogues
    asked = [n for n, message in enumerate(dialogue.messages) if ASKED in (message.content or "")]
    called = [n for n, message in enumerate(dialogue.messages) if message.tool_calls]
    assert len(asked) == 1 and called and asked[0] < called[0]
    assert dialogue.messages[asked[0] + 1].role is Speaker.USER
    assert re.search("yes|sure", dialogue.messages[asked[0] + 1].content or "", re.IGNORECASE)


def test_calls_of_another_effect_are_made_unasked(make: Any, refund: Task) -> None:
    rule = replace(CONFIRM.policy[0], parameters={"effects": ["delete"]})
    assert make.functions()["refund_payment"].effect.value != "delete"
    for situation in (Situation(), Situation(policy=(rule,))):
        (dialogue,) = act(make, replace(refund, situation=situation)).dialogues
        assert not any(ASKED in text for text in said(dialogue, Speaker.ASSISTANT))


def test_the_same_wish_made_again_is_asked_about_again(make: Any, refund: Task) -> None:
    effect = make.functions()["refund_payment"].effect.value
    first, second = refund.plan
    twice = replace(
        refund,
        plan=(first, replace(second, request_index=1)),
        requests=(
            UserRequest("Have one payment back", refund.requests[0].facts[:2]),
            UserRequest("Have another payment back", refund.requests[0].facts[2:]),
        ),
        situation=Situation(policy=(replace(CONFIRM.policy[0], parameters={"effects": [effect]}),)),
    )
    (dialogue,) = act(make, twice).dialogues
    assert sum(ASKED in text for text in said(dialogue, Speaker.ASSISTANT)) == 2


def test_a_user_who_is_asked_for_what_only_results_tell_does_not_know_it(make: Any) -> None:
    unknown = UserFact("s2", "customer_id", "customer ID", None, False, FactKind.UNKNOWN)
    task = replace(make.tasks()["chained"], requests=(UserRequest("See my orders", (unknown,)),))
    opening = Message(Speaker.USER, "Can you help me see my orders?")
    assert re.search(
        "don't|No idea", answer(make, task, opening, Message(Speaker.ASSISTANT, "What is the customer ID?"))
    )
    told = Message(Speaker.ASSISTANT, "The customer ID is C-1. Anything else?")
    assert answer(make, task, opening, told) == ""


def test_a_date_is_told_by_its_expression_and_its_value_comes_from_the_user(make: Any) -> None:
    fact = UserFact("s1", "email", "day", "2025-06-03", False, expression="tomorrow")
    made = make.task(
        Scenario.CHAINED,
        (make.step("s1", "find_customer", make.user("email", "2025-06-03")),),
        (UserRequest("Find who comes", (fact,)),),
        ("find_customer",),
    )
    task = replace(made, system_text="It is Monday, 2025-06-02T09:00:00+02:00 (Europe/Paris).")
    acted = act(make, task)
    opening = said(acted.dialogues[0], Speaker.USER)[0]
    assert "tomorrow" in opening and "2025-06-03" not in opening
    (row,) = acted.arguments
    assert (row.value, row.source_kind.value, row.transform) == ("2025-06-03", "user", "relative")


def test_a_value_that_the_goal_tells_is_not_told_twice(make: Any) -> None:
    (request, *later) = make.tasks()["chained"].requests
    told = replace(request, goal="See the orders of ada@example.com")
    task = replace(make.tasks()["chained"], requests=(told, *later))
    assert answer(make, task).count("ada@example.com") == 1


def test_the_user_agent_is_told_who_it_is_how_a_date_is_said_and_what_is_not_known(make: Any) -> None:
    told = (
        UserFact("s1", "day", "day", "2031-05-07", False, expression="tomorrow"),
        UserFact("s1", "customer_id", "customer ID", None, False, FactKind.UNKNOWN),
    )
    task = replace(
        make.tasks()["chained"],
        requests=(UserRequest("See my orders", told),),
        situation=Situation(Persona("Ada Byron", "Surveyor", ("Like order.",), "en_GB"), "Ada moves house."),
    )
    text = ask_user(UserContext(task, ()), 1, DialogueParams()).messages[0].content or ""
    assert 'You are Ada Byron, Surveyor. You would say of yourself: "I like order."\nAda moves house.' in text
    assert '   - day: say "tomorrow" (that is "2031-05-07")' in text
    assert "   - customer ID: you do not know it" in text


def test_what_was_found_before_a_question_is_told_with_it(make: Any, refund: Task) -> None:
    look = make.step("s0", "get_order", make.user("order_id", "W-1"))
    facts = (UserFact("s0", "order_id", "order ID", "W-1", False), *refund.requests[0].facts)
    rule = replace(
        CONFIRM.policy[0], parameters={"effects": [make.functions()["refund_payment"].effect.value]}
    )
    task = replace(
        refund,
        plan=(look, *(replace(step, group=1) for step in refund.plan)),
        requests=(UserRequest("Look at the order, then have two payments back", facts),),
        offered_function_ids=(look.function_id, *refund.offered_function_ids),
        situation=Situation(policy=(rule,)),
    )
    (dialogue,) = act(make, task).dialogues
    (question,) = [text for text in said(dialogue, Speaker.ASSISTANT) if ASKED in text]
    result = json.loads(said(dialogue, Speaker.TOOL)[0])
    assert str(result["carrier"]) in question


def test_who_asks_again_for_what_is_done_is_told_what_the_results_say(make: Any, refund: Task) -> None:
    offered = {function.name: function for function in make.functions().values()}
    calls = [ToolCall(f"c{n}", "refund_payment", {"order_id": f"W-{n}", "amount": 10 * n}) for n in (1, 2)]
    done = [
        Execution(2, n, call, refund.plan[n].function_id, f"s{n + 1}", CallStatus.OK, {"refund_id": f"R-{n}"})
        for n, call in enumerate(calls)
    ]
    messages = (
        Message(Speaker.USER, "Have two payments back"),
        Message(Speaker.USER, "Please do as I asked."),
    )
    context = AssistantContext(refund, offered, messages, tuple(done))
    replies = [
        asyncio.run(
            EmbeddedChat(RULES, make.no_errors).complete(ask_assistant(context, seed, DialogueParams()))
        )
        for seed in range(8)
    ]
    assert all("R-1" in (reply.content or "") and not reply.tool_calls for reply in replies)
