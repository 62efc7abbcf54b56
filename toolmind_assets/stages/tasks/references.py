"""Values of earlier results that an argument can be filled with, and the choice among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.tasks import Members, PlanStep
from toolmind_assets.stages.tasks.flows import flow_problem


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of an earlier result that can fill an argument; the better the score, the likelier it is meant."""

    score: float
    step_id: str
    output_path: str
    members: Members


def fitting_reference(
    reference: Reference,
    steps: Sequence[PlanStep],
    functions: Mapping[str, FunctionSpec],
    function_id: str,
    path: str,
) -> Reference | None:
    """The reference, or None where what it reads cannot fill the argument at a path of a function."""
    source = next(step for step in steps if step.step_id == reference.step_id)
    problem = flow_problem(
        functions[source.function_id],
        reference.output_path,
        functions[function_id],
        path,
        reference.members,
    )
    return None if problem else reference


def best_references(found: Mapping[str, Sequence[Reference]], source_id: str) -> dict[str, Reference]:
    """The best reference of each argument, those to `source_id` before all others."""
    return {path: min(ones, key=lambda one: one.step_id != source_id) for path, ones in found.items()}


def spread_references(found: Mapping[str, Sequence[Reference]]) -> dict[str, Reference]:
    """A reference of each argument, to as many different steps as can be had; the least choice first."""
    chosen: dict[str, Reference] = {}
    for path in sorted(found, key=lambda path: len({one.step_id for one in found[path]})):
        taken = {one.step_id for one in chosen.values()}
        chosen[path] = min(found[path], key=lambda one: one.step_id in taken)
    return chosen
