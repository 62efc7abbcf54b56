"""The two shapes that are planned as wholes: several results for one call, and one result for several calls."""

from collections.abc import Sequence
from itertools import permutations

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Effect
from toolmind_assets.model.tasks import ChoiceKind, PlanArgument
from toolmind_assets.stages.tasks.builder import Tie
from toolmind_assets.stages.tasks.goals import TRIED, GoalGrowth

SOURCES_TRIED = 8
"""Functions that are looked at for one call that several results are to feed."""
TARGETS_MAX = 4
"""Most different calls that one result feeds at once."""


def fan_in(growth: GoalGrowth, sinks: Sequence[str]) -> bool:
    """Whether the plan now begins with calls of which the last takes values from two others.

    Both sources only look something up, so that they serve the one question, or the one change, at the end.
    """
    for sink in sinks[:TRIED]:
        sources = growth.in_order(_feeding(growth, sink))[:SOURCES_TRIED]
        for first, second in permutations(sources, 2):
            if (
                growth.add(first, Tie.NONE)
                and growth.add(second, Tie.FREE)
                and growth.add(sink, Tie.RESULT, sources_min=2)
            ):
                return True
            growth.cut(0)
    return False


def fan_out(growth: GoalGrowth, sources: Sequence[str]) -> bool:
    """Whether the plan now begins with a call, and two or more different ones that its result feeds."""
    wanted = 2 + int(growth.chance("targets") * (TARGETS_MAX - 1))
    for source in sources[:TRIED]:
        targets = _fed(growth, source)
        if len(targets) > 1 and growth.open(source):
            source_id, n_before = growth.steps[-1].step_id, len(growth.steps)
            for target in targets[:TRIED]:
                if len(growth.steps) - n_before < wanted:
                    growth.add(target, Tie.RESULT, source_id=source_id)
            if len(growth.steps) - n_before > 1:
                return True
        growth.cut(0)
    return False


def for_each(growth: GoalGrowth, sources: Sequence[str]) -> bool:
    """Whether the plan now begins with a call that finds several things, and one that looks at a thing found."""
    for source in sources[:TRIED]:
        if not growth.open(source):
            continue
        source_id = growth.steps[-1].step_id
        for target in _fed(growth, source):
            is_read = growth.context.functions[target].effect is Effect.READ
            if is_read and growth.add(target, Tie.RESULT, source_id=source_id):
                if all(map(_is_one_of_several, growth.steps[-1].references())):
                    growth.closed.add(growth.steps[-1].step_id)
                    return True
                growth.cut(len(growth.steps) - 1)
        growth.cut(0)
    return False


def _is_one_of_several(argument: PlanArgument) -> bool:
    is_only = argument.choice is not None and argument.choice.kind is ChoiceKind.ONLY
    return "[]" in (argument.output_path or "") and not is_only


def _feeding(growth: GoalGrowth, sink: str) -> list[str]:
    """Functions that only read and whose results feed another."""
    context = growth.context
    return [
        one
        for one in context.graph.predecessors(sink)
        if one != sink and context.functions[one].effect is Effect.READ and _flows(growth, one, sink)
    ]


def _fed(growth: GoalGrowth, source: str) -> list[str]:
    """Functions that a result feeds, the likeliest first."""
    links = [
        link
        for link in growth.context.graph.successors(source)
        if link.kind is EdgeKind.RESULT_TO_PARAMETER and link.target_id != source
    ]
    return growth.in_order([link.target_id for link in links], [link.weight for link in links])


def _flows(growth: GoalGrowth, source: str, target: str) -> bool:
    edges = growth.context.graph.edges_between(source, target)
    return bool(edges) and edges[0].kind is EdgeKind.RESULT_TO_PARAMETER
