"""How the steps of a plan are cut into the user's requests, which may be made at once, and which several times."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.tasks import ChoiceKind, Members, PlanArgument, PlanStep
from toolmind_assets.stages.tasks.choice_options import list_path

JOINED_SHARE = 0.15
"""How often a request is about two goals."""


def in_requests(
    steps: Sequence[PlanStep],
    goals: Mapping[str, int],
    rng: random.Random,
    requests_max: int,
    requests_min: int = 1,
) -> list[PlanStep]:
    """The steps with their requests: one goal a request, now and then two.

    Goals are cut, the last ones first, while otherwise fewer than `requests_min` requests would come about.

    Args:
        steps: In the order of their goals.
        goals: Step id -> the goal that it serves.
        rng: Decides which goals share a request.
        requests_max, requests_min: Most requests, and fewest where there are as many steps.
    """
    begins = [n for n in range(1, len(steps)) if goals[steps[n].step_id] != goals[steps[n - 1].step_id]]
    inside = [n for n in range(len(steps) - 1, 0, -1) if n not in begins]
    n_spare = len(begins) - (requests_min - 1)
    if n_spare > 0:
        joined = [n for n in begins if rng.random() < JOINED_SHARE][:n_spare]
        begins = [n for n in begins if n not in joined]
    else:
        begins = sorted([*begins, *inside[:-n_spare]])
    begins = begins[: requests_max - 1]
    return [replace(step, request_index=sum(one <= n for one in begins)) for n, step in enumerate(steps)]


def grouped(steps: Sequence[PlanStep], functions: Mapping[str, FunctionSpec]) -> list[PlanStep]:
    """The steps with their group: calls of one group may be made at once.

    A step comes after those of its request that it refers to. One that changes something comes after all
    before it, and all that follow come after it, save for calls of one and the same function.
    """
    done: list[PlanStep] = []
    for step in steps:
        sources = step.source_ids()
        after = [
            earlier.group
            for earlier in done
            if earlier.request_index == step.request_index
            and (earlier.step_id in sources or _must_wait(earlier.function_id, step.function_id, functions))
        ]
        done.append(replace(step, group=max(after, default=-1) + 1))
    return done


def _must_wait(earlier: str, later: str, functions: Mapping[str, FunctionSpec]) -> bool:
    changes = {functions[earlier].effect, functions[later].effect} != {Effect.READ}
    return changes and earlier != later


def iterated(
    steps: Sequence[PlanStep],
    functions: Mapping[str, FunctionSpec],
    rng: random.Random,
    share: float,
    members_max: int,
) -> list[PlanStep]:
    """The steps, of which a share of those that could be are carried out for several members of a list.

    That could be: a step that only reads, whose references all lead through one list of one result, and whose
    own result nothing needs, for nobody could say which of them is meant; nor does another step mean one of them.
    """
    read = set().union(*(step.source_ids() for step in steps)) if steps else set()
    meant = Counter(one for step in steps for one in _lists(step))
    made = []
    for step in steps:
        is_last = step.step_id not in read and functions[step.function_id].effect is Effect.READ
        is_alone = all(meant[one] == 1 for one in _lists(step))
        if is_last and is_alone and _reads_one_list(step) and rng.random() < share:
            arguments = tuple(
                replace(argument, members=Members.EACH, choice=None)
                if argument in step.references()
                else argument
                for argument in step.arguments
            )
            step = replace(step, arguments=arguments, members_max=rng.randint(2, members_max))
        made.append(step)
    return made


def _lists(step: PlanStep) -> frozenset[tuple[str | None, str]]:
    """The lists that the references of a step lead through, each by the step that returns it and its path."""
    return frozenset((one.step_id, list_of(one)) for one in step.references() if list_of(one))


def _reads_one_list(step: PlanStep) -> bool:
    references = step.references()
    return len({(one.step_id, list_of(one)) for one in references}) == 1 and all(
        one.members is Members.ONE and list_of(one) and not _is_alone(one) for one in references
    )


def _is_alone(argument: PlanArgument) -> bool:
    return argument.choice is not None and argument.choice.kind is ChoiceKind.ONLY


def list_of(argument: PlanArgument) -> str:
    """The path of the innermost list that a reference leads through, up to its `[]`; empty without any."""
    return list_path(argument.output_path or "")
