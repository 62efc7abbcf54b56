"""Tasks to be read, among the figures of the stage."""

from dataclasses import replace
from typing import Any

from toolmind_assets.model.functions import FunctionSource
from toolmind_assets.model.tasks import PlanStep, Scenario, Task, UserRequest
from toolmind_assets.stages.tasks.task_figures import task_figures
from toolmind_assets.steps.figures import Markdown, Plan, Records


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


def test_each_catalog_has_a_row_of_how_far_its_functions_came(make: Any):
    functions = {
        name: replace(
            make.function(name), function_id=name, sources=(FunctionSource("e", catalog, "", "", "", ""),)
        )
        for name, catalog in (("f1", "desk"), ("f2", "desk"), ("f3", "desk"), ("f4", "shop"))
    }
    one = replace(task(0, Scenario.CHAINED, 1), offered_function_ids=("f1", "f2"))
    figure = task_figures([one], functions)["use of functions"]
    assert isinstance(figure, Records)
    assert figure.rows == [
        {"catalog": "desk", "called": 1, "never called": 1, "never offered": 1, "uncallable": 0},
        {"catalog": "shop", "called": 0, "never called": 0, "never offered": 1, "uncallable": 0},
    ]


def test_where_there_is_no_task_there_is_no_figure():
    assert task_figures([], {}) == {}
