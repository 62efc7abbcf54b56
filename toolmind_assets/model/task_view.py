"""A task rendered to be read by a person, as Markdown."""

from collections.abc import Iterator, Mapping

from toolmind_assets.model.plan_lines import PlanLine, plan_lines, plan_tree, shown_value
from toolmind_assets.model.tasks import Task, UserFact


def render_task(task: Task, names: Mapping[str, str]) -> str:
    """Markdown of the whole task: who wants what and why, request by request, and the plan drawn as a tree.

    Args:
        task: What to render.
        names: Function id -> name.
    """
    lines = plan_lines(task, names)
    sections = [f"## {task.intent}", _head(task), "\n".join(_requests(task, lines))]
    sections.append(f"```text\n{plan_tree(lines)}\n```" if lines else "*No call is right.*")
    sections.append(_offered(task, names))
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(task: Task) -> str:
    facts = [task.scenario.value, task.domain, task.language, task.reference_time]
    return f"**{task.task_id}** · " + " · ".join(fact for fact in facts if fact)


def _requests(task: Task, lines: list[PlanLine]) -> Iterator[str]:
    for index, request in enumerate(task.requests):
        yield f"{index + 1}. {request.goal}"
        said = [fact for fact in request.facts if not fact.is_withheld]
        asked = [fact for fact in request.facts if fact.is_withheld]
        for what, facts in (("says", said), ("says when asked", asked)):
            if facts:
                yield f"   - {what}: {'; '.join(map(_fact, facts))}"
        calls = [str(line.number) for line in lines if line.request_index == index]
        yield f"   - calls: {', '.join(calls)}" if calls else "   - no call"


def _fact(fact: UserFact) -> str:
    return f"{fact.label} {shown_value(fact.value)}"


def _offered(task: Task, names: Mapping[str, str]) -> str:
    left_out = task.withheld_function_id
    missing = f"; needed and not offered: {names.get(left_out, left_out)}" if left_out else ""
    return f"Functions offered: {len(task.offered_function_ids)}{missing}"
