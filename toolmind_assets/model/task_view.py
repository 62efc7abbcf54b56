"""A task rendered to be read by a person, as Markdown."""

from collections.abc import Iterator, Mapping

from toolmind_assets.model.plan_lines import PlanLine, plan_lines, plan_tree, shown_value
from toolmind_assets.model.situations import Situation
from toolmind_assets.model.tasks import FactKind, Task, UserFact


def render_task(task: Task, names: Mapping[str, str]) -> str:
    """Markdown of the whole task: who wants what and why, request by request, and the plan drawn as a tree.

    Args:
        task: What to render.
        names: Function id -> name.
    """
    lines = plan_lines(task, names)
    sections = [f"## {task.intent}", _head(task), _situation(task.situation), _policy(task.situation)]
    sections.append("\n".join(_requests(task, lines)))
    sections.append(f"```text\n{plan_tree(lines)}\n```" if lines else "*No call is right.*")
    sections.append(_offered(task, names))
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(task: Task) -> str:
    zone = f" ({task.situation.time_zone})" if task.situation.time_zone else ""
    facts = [task.scenario.value, task.domain, task.language, f"{task.reference_time}{zone}"]
    return f"**{task.task_id}** · " + " · ".join(fact for fact in facts if fact)


def _situation(situation: Situation) -> str:
    """Who speaks, how, and why; empty where nothing is said of it."""
    persona = situation.persona
    name = f"**{persona.name}**" if persona.name else ""
    who = ", ".join(part for part in (name, persona.occupation, persona.locale) if part)
    manner = persona.of_themselves
    told = [f"{who}. {manner}".rstrip() if who else manner, situation.text]
    return "\n\n".join(part for part in told if part)


def _policy(situation: Situation) -> str:
    """The rules of the assistant, each with what it is about."""
    rules = [f"- {rule.kind.value}: {rule.text}" for rule in situation.policy]
    return "\n".join(["The assistant's rules:", "", *rules]) if rules else ""


def _requests(task: Task, lines: list[PlanLine]) -> Iterator[str]:
    for index, request in enumerate(task.requests):
        yield f"{index + 1}. {request.goal}"
        said = [fact for fact in request.known() if not fact.is_withheld]
        asked = [fact for fact in request.known() if fact.is_withheld]
        unknown = [fact for fact in request.facts if fact.kind is FactKind.UNKNOWN]
        for what, facts in (("says", said), ("says when asked", asked), ("does not know", unknown)):
            if facts:
                yield f"   - {what}: {'; '.join(map(_fact, facts))}"
        calls = [str(line.number) for line in lines if line.request_index == index]
        yield f"   - calls: {', '.join(calls)}" if calls else "   - no call"


def _fact(fact: UserFact) -> str:
    if fact.kind is FactKind.UNKNOWN:
        return fact.label
    meant = f" (that is {shown_value(fact.value)})" if fact.expression is not None else ""
    return f"{fact.label} {shown_value(fact.said)}{meant}"


def _offered(task: Task, names: Mapping[str, str]) -> str:
    left_out = task.withheld_function_id
    missing = f"; needed and not offered: {names.get(left_out, left_out)}" if left_out else ""
    return f"Functions offered: {len(task.offered_function_ids)}{missing}"
