"""Calls that may be made side by side."""

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.tasks.sampling_context import SamplingContext


def are_siblings(function_id: str, other: str, context: SamplingContext) -> bool:
    """Whether both functions only read, and take the same parameter, or both none."""
    one, two = context.functions[function_id], context.functions[other]
    edges = context.graph.edges_between(function_id, other)
    are_bare = not one.parameters.get("properties") and not two.parameters.get("properties")
    share = are_bare or any(edge.kind is EdgeKind.SHARED_PARAMETER for edge in edges)
    return share and {one.effect, two.effect} == {Effect.READ}
