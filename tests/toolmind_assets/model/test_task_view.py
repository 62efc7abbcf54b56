"""Tasks and their plans for readers."""

from dataclasses import replace

from toolmind_assets.model.plan_lines import PlanInput, plan_lines, plan_tree
from toolmind_assets.model.situations import Persona, PolicyRule, RuleKind, Situation
from toolmind_assets.model.task_view import render_task
from toolmind_assets.model.tasks import (
    Choice,
    ChoiceKind,
    FactKind,
    Fault,
    Members,
    PlanArgument,
    PlanStep,
    Scenario,
    Task,
    UserFact,
    UserRequest,
    ValueKind,
)

NAMES = {"f1": "list_orders", "f2": "get_order", "f3": "cancel_order", "f4": "send_mail"}


def said(path: str, value: object) -> PlanArgument:
    return PlanArgument(path, ValueKind.USER, value)


def found(path: str, step_id: str, output_path: str, **more) -> PlanArgument:
    return PlanArgument(path, ValueKind.REFERENCE, step_id=step_id, output_path=output_path, **more)


NEWEST = Choice(ChoiceKind.NEWEST, "orders[].created_at", label="created at")
PLAN = (
    PlanStep("s1", "f1", 0, 0, (PlanArgument("limit", ValueKind.LITERAL, 5), said("status", "open"))),
    PlanStep("s2", "f2", 0, 1, (found("id", "s1", "orders[].id", choice=NEWEST),), is_implicit=True),
    PlanStep("s3", "f3", 1, 0, (found("id", "s1", "orders[].id", members=Members.EACH),), members_max=3),
    PlanStep(
        "s4", "f4", 1, 1, (said("text", "Sorry"), found("to", "s2", "buyer.email")), fault=Fault.TIMEOUT
    ),
)
TASK = Task(
    task_id="task_1",
    shard="sim-0000",
    slot_index=0,
    n_wanted=1,
    scenario=Scenario.LONG_HORIZON,
    start_function_key="k",
    chain=("f1", "f2"),
    plan=PLAN,
    intent="I want to see to my orders.",
    requests=(
        UserRequest("Look at my newest order.", (UserFact("s1", "status", "order status", "open", False),)),
        UserRequest("Cancel the others.", (UserFact("s4", "text", "text", "Sorry", True),)),
    ),
    offered_function_ids=("f1", "f2", "f3", "f4"),
    withheld_function_id=None,
    domain="commerce",
    system_text="",
    reference_time="2025-06-02T09:00:00Z",
    language="en",
    seed=1,
    model="",
    prompt_digest="",
)


def test_a_task_shows_who_wants_what_and_the_plan_as_a_tree():
    assert (
        render_task(TASK, NAMES)
        == """## I want to see to my orders.

**task_1** · long_horizon · commerce · en · 2025-06-02T09:00:00Z

1. Look at my newest order.
   - says: order status "open"
   - calls: 1, 2
2. Cancel the others.
   - says when asked: text "Sorry"
   - calls: 3, 4

```text
1 list_orders
│    status = "open"  (said)
│    limit = 5
├─ 2 get_order  (unasked)
│  │    id ← 1: orders[].id, the one created last
│  └─ 4 send_mail  (fails once: timeout)
│          to ← 2: buyer.email
│          text = "Sorry"  (said when asked)
└─ 3 cancel_order  (for each, at most 3)
        id ← 1: orders[].id, one after the other
```

Functions offered: 4
"""
    )


def test_the_situation_shows_who_speaks_why_and_by_which_rules_the_assistant_works():
    persona = Persona("Ann Miller", "Accountant", ("Like it short.",), "en_GB")
    rule = PolicyRule("ask", RuleKind.CONFIRMATION, "Ask before you delete something.")
    situation = Situation(persona, "The month is closed, and two orders are late.", "Europe/London", (rule,))
    shown = render_task(replace(TASK, situation=situation), NAMES)
    assert "2025-06-02T09:00:00Z (Europe/London)" in shown
    assert "**Ann Miller**, Accountant, en_GB. I like it short.\n\nThe month is closed" in shown
    assert "The assistant's rules:\n\n- confirmation: Ask before you delete something.\n\n1. " in shown


def test_what_is_said_in_other_words_shows_both_and_what_is_not_known_has_no_value():
    facts = (
        UserFact("s1", "status", "ship date", "2025-06-06", False, expression="this Friday"),
        UserFact("s2", "id", "order ID", None, False, FactKind.UNKNOWN),
    )
    shown = render_task(replace(TASK, requests=(UserRequest("Look.", facts), TASK.requests[1])), NAMES)
    assert '- says: ship date "this Friday" (that is "2025-06-06")' in shown
    assert "- does not know: order ID\n" in shown
    assert '(said as "this Friday")' in shown


def test_a_task_without_a_plan_says_that_no_call_is_right():
    shown = render_task(replace(TASK, plan=(), withheld_function_id="f3"), NAMES)
    assert "*No call is right.*" in shown and "- no call" in shown
    assert "needed and not offered: cancel_order" in shown


def test_every_call_stands_in_the_tree_once_below_the_last_one_that_it_waits_for():
    both = PlanStep("s5", "f4", 1, 2, (found("a", "s1", "x"), found("b", "s3", "y")))
    tree = plan_tree(plan_lines(replace(TASK, plan=(*PLAN, both)), NAMES)).splitlines()
    calls = [line for line in tree if "─ " in line or line[0].isdigit()]
    assert [line.strip("│├└─ ").split()[0] for line in calls] == ["1", "2", "4", "3", "5"]
    assert calls[-1].startswith("   └─ 5")


def test_a_long_value_is_cut_and_a_function_without_a_name_is_shown_by_its_id():
    long = replace(TASK, plan=(PlanStep("s1", "f9", 0, 0, (said("text", "x" * 500),)),))
    (line,) = plan_lines(long, NAMES)
    assert line.name == "f9"
    assert line.inputs == (PlanInput(ValueKind.USER, f'text = "{"x" * 58}…  (said)'),)


def test_all_members_and_a_choice_among_them_are_told_in_words():
    steps = (
        PLAN[0],
        PlanStep("s2", "f2", 0, 1, (found("ids", "s1", "orders[].id", members=Members.ALL),)),
    )
    line = plan_lines(replace(TASK, plan=steps), NAMES)[1]
    assert line.inputs == (PlanInput(ValueKind.REFERENCE, "ids ← 1: orders[].id, all of them", 1),)
