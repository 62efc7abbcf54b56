"""What a `toolmind serve-model` is sent of the typed contexts: the types that they are made of, as JSON."""

from toolmind_assets.model.dialogues import CallStatus, Dialogue, Message, Speaker, StopReason, ToolCall
from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Domain, Effect, FunctionSource, FunctionSpec
from toolmind_assets.model.ids import JsonObject
from toolmind_assets.model.tasks import (
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
from toolmind_assets.model.verdicts import Outcome, Severity, SubjectKind
from toolmind_assets.stages.dialogues.contexts import AssistantContext, Execution, ToolContext, UserContext
from toolmind_assets.stages.graph.field import FunctionField, FunctionProfile
from toolmind_assets.stages.graph.validator import EdgeContext
from toolmind_assets.stages.graph.value_classes import ValueClass
from toolmind_assets.stages.graph.value_roles import ValueRole
from toolmind_assets.stages.specs.completion import SpecContext
from toolmind_assets.stages.specs.gaps import Gap, Missing
from toolmind_assets.stages.tasks.arguments import ArgumentField
from toolmind_assets.stages.tasks.drafts import Draft
from toolmind_assets.stages.tasks.writers import IntentContext, PlannerContext
from toolmind_assets.stages.trajectories.judges import JudgeContext
from toolmind_assets.stages.trajectories.rule import Finding
from toolmind_resources.chat.context_json import EXTENSION, ContextCodec
from toolmind_resources.chat.model import ChatRequest

CONTEXTS = (
    SpecContext,
    EdgeContext,
    PlannerContext,
    IntentContext,
    UserContext,
    AssistantContext,
    ToolContext,
    JudgeContext,
)
"""What the roles know."""
PARTS = (
    *(ArgumentField, Dialogue, Draft, Execution, Finding, FunctionField, FunctionProfile, FunctionSource),
    *(FunctionSpec, Gap, Message, Missing, PlanArgument, PlanStep, Task, ToolCall, UserFact, UserRequest),
    *(CallStatus, ValueRole, Domain, EdgeKind, Effect, Outcome, Scenario, Severity, Speaker, StopReason),
    *(Fault, Members, SubjectKind, ValueClass, ValueKind),
)
"""What contexts are made of."""
CODEC = ContextCodec((*CONTEXTS, *PARTS))
"""Contexts to JSON and back; a request can build these types and no other."""


def encode_context(request: ChatRequest) -> JsonObject:
    """The field that a request to a `toolmind serve-model` has beside those of the OpenAI form."""
    return {EXTENSION: {"role": request.role.value, "context": CODEC.encode(request.context)}}
