"""Tasks to be read, among the figures of the stage."""

from toolmind_assets.model.tasks import PlanStep, Scenario, Task, UserRequest
from toolmind_assets.stages.tasks.task_figures import task_figures
from toolmind_assets.steps.figures import Markdown, Plan


def task(number: int, scenario: Scenario, n_calls: int) -> Task:
    plan = tuple(PlanStep(f"s{place}", "f1", 0, 0, ()) for place in range(n_calls))
    return Task(
        task_id=f"task_{number}",
        shard="sim-0000",
        slot_index=number,
        n_wanted=3,
        scenario=scenario,
        start_function_key="k",
        chain=(),
        plan=plan,
        intent=f"Intent {number}.",
        requests=(UserRequest(f"Goal {number}.", ()),),
        offered_function_ids=(),
        withheld_function_id=None,
        domain="",
        system_text="",
        reference_time="",
        language="en",
        seed=1,
        model="",
        prompt_digest="",
    )


def test_the_first_task_of_each_scenario_is_shown_and_the_longest_plan_is_drawn():
    tasks = [
        task(0, Scenario.CHAINED, 2),
        task(1, Scenario.IRRELEVANT, 0),
        task(2, Scenario.CHAINED, 4),
    ]
    figures = task_figures(tasks, {})
    text, plan = figures["a task of each scenario"], figures["the longest plan (picture)"]
    assert isinstance(text, Markdown) and isinstance(plan, Plan)
    assert "Intent 0." in text.text and "Intent 1." in text.text and "Intent 2." not in text.text
    assert (plan.title, plan.goals, len(plan.lines)) == ("task_2", ["Goal 2."], 4)


def test_where_there_is_no_task_there_is_no_figure():
    assert task_figures([], {}) == {}
