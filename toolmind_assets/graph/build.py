"""The function graph: candidates found, then validated."""

from collections.abc import Sequence

from toolmind_assets.graph.candidates import Candidate, find_candidates
from toolmind_assets.graph.params import GraphParams
from toolmind_assets.graph.validator import load_validator_prompt, validate_candidate
from toolmind_assets.model.edges import Edge
from toolmind_assets.model.functions import FunctionSpec
from toolmind_resources.chat.concurrency import map_concurrently
from toolmind_resources.chat.model import ChatModel
from toolmind_resources.embed.model import Embedder


async def build_edges(
    functions: Sequence[FunctionSpec],
    embedder: Embedder,
    chat: ChatModel,
    params: GraphParams,
    in_flight: int = 64,
) -> tuple[Edge, ...]:
    """Every candidate link with its verdict, sorted by edge id; rejected ones stay, marked.

    Raises:
        EmbedError: the texts could not be embedded.
        EndpointError, BudgetError: the validator can be asked no more.
    """
    prompt = load_validator_prompt()

    async def validate(candidate: Candidate) -> Edge:
        return await validate_candidate(candidate, chat, prompt, params)

    candidates = find_candidates(functions, embedder, params)
    return tuple(await map_concurrently(validate, candidates, in_flight))
