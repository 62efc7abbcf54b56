"""What the embedded model answers as edge validator: scores by stated rules over the evidence in view.

The evidence is what the prompt shows: both functions with their names, descriptions, types, effects and namespaces. The
scores that found the link are not looked at.
"""

import random
from functools import lru_cache

import numpy as np

from toolmind_assets.model.edges import EdgeKind
from toolmind_assets.model.functions import Effect
from toolmind_assets.model.ids import compact_json
from toolmind_assets.stages.graph import lexicon, roles
from toolmind_assets.stages.graph.coherence import Coherence, Coherences
from toolmind_assets.stages.graph.columns import Columns, columns_of
from toolmind_assets.stages.graph.factor_tables import type_factor
from toolmind_assets.stages.graph.field import FunctionField
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_assets.stages.graph.text_cues import URL_KIND
from toolmind_assets.stages.graph.validator import EdgeContext
from toolmind_assets.stages.graph.value_roles import ValueRole
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors, Rule
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.errors import ChatError
from toolmind_resources.language.word_sets import word_set

LINKING = frozenset({ValueRole.IDENTIFIER, ValueRole.VALUE, ValueRole.NUMBER})
"""Roles of values that tie two calls together in either kind of link."""

_STOP_WORDS = lexicon.FILLERS | lexicon.PREPOSITIONS
_STOP_WORDS |= word_set(
    """
    and are available based be can certain detail different given if information is it name not number other provided
    related result return returned specific specified that this type used user value various which
    """
)
_UNITS = word_set(
    """
    celsius centimeter cm degree day dollar euro fahrenheit foot gallon gram hour inch kelvin kg kilogram
    kilometer km liter meter mile millisecond minute month ounce percent percentage pound second week year
    """
)


def score_edge(request: ChatRequest, generator: random.Random, errors: EmbeddedErrors) -> ChatReply:
    """The scores as JSON, or at the configured rate prose that holds none.

    Raises:
        ChatError: the request carries no `EdgeContext`.
    """
    context = request.context
    if not isinstance(context, EdgeContext):
        raise ChatError(f"the edge validator needs an EdgeContext, not {type(context).__name__}")
    if generator.random() < errors.judge_unparseable:
        return ChatReply("These two functions seem to go well together.", model=EMBEDDED)
    transitivity, why_value = score_transitivity(context)
    coherence, why_story = score_coherence(context)
    reason = f"{why_value}; {why_story}"
    return ChatReply(
        compact_json({"reason": reason, "transitivity": transitivity, "coherence": coherence}), model=EMBEDDED
    )


def score_transitivity(context: EdgeContext) -> tuple[int, str]:
    """0 to 9, and why: whether the value of the first field is a right value for the second.

    Rules in order: excluded types; sorts of value that nobody passes on; values that are only mentioned, and parts
    of what is written that may be left out; identifiers of another API; then the words of both names, less where
    units differ, more where the descriptions agree.
    """
    source, target = context.source, context.target
    if type_factor(source.types, target.types) == 0:
        return 0, "the types exclude each other"
    if poor := _poor_role(context):
        return 3, f"a {poor.value} is hardly passed on"
    if context.kind is EdgeKind.RESULT_TO_PARAMETER and (doubt := _doubt(source, target)):
        return doubt
    if _is_foreign_identifier(source, target):
        return 2, "an identifier of another API"
    score, reason = _compare_labels(source, target)
    if _units_differ(source.description, target.description):
        return min(score, 4), "the units differ"
    agreement = _agreement(source, target)
    if agreement is not None and agreement >= 0.5:
        score += 1
    elif agreement == 0 and source.role is ValueRole.NUMBER:
        score, reason = score - 2, f"{reason}, described differently"
    return min(score, 9), reason


def _poor_role(context: EdgeContext) -> ValueRole | None:
    allowed = LINKING | (
        {ValueRole.CREDENTIAL} if context.kind is EdgeKind.RESULT_TO_PARAMETER else {ValueRole.PROSE}
    )
    return next((end.role for end in (context.source, context.target) if end.role not in allowed), None)


def _doubt(source: FunctionField, target: FunctionField) -> tuple[int, str] | None:
    """Why a value that looks right is hardly passed on, with the score."""
    if _is_mere_mention(source, target):
        return 4, "a value that is only mentioned"
    if not target.is_required and target.function.effect in (Effect.CREATE, Effect.UPDATE):
        return 5, "what is written may hold it, or not"
    if source.role in (ValueRole.VALUE, ValueRole.NUMBER) and target.function.effect is Effect.CREATE:
        return 4, "what is new has contents of its own"
    is_told = source.role is target.role is ValueRole.IDENTIFIER or URL_KIND in (
        source.said_kind,
        target.said_kind,
    )
    if is_told and source.said_kind and target.said_kind not in ("", source.said_kind):
        return 4, f"one is described as {source.said_kind}, the other as {target.said_kind}"
    return None


def _is_mere_mention(source: FunctionField, target: FunctionField) -> bool:
    """Whether a value that identifies nothing belongs to something else than what the target's function is about."""
    if ValueRole.IDENTIFIER in (source.role, target.role) or not source.has_owner or source.depth < 2:
        return False
    return set(source.owner).isdisjoint((*target.function.resource, *target.owner))


def _is_foreign_identifier(source: FunctionField, target: FunctionField) -> bool:
    is_local = {ValueRole.IDENTIFIER, ValueRole.CREDENTIAL} & {source.role, target.role}
    ours, theirs = source.function.namespace, target.function.namespace
    return bool(is_local and ours and theirs and ours != theirs)


def _compare_labels(source: FunctionField, target: FunctionField) -> tuple[int, str]:
    ours, theirs = source.label.split(), target.label.split()
    if ours == theirs:
        return 8, "the same name"
    if _without_name(source) == _without_name(target):
        return 7, "the name of the same thing"
    if not ours or not theirs or ours[-1] != theirs[-1]:
        shared = bool(set(ours) & set(theirs))
        return (4, "related names") if shared else (1, "different names")
    if len(ours) > 1 < len(theirs) and ours[-2] != theirs[-2]:
        return 3, "the same sort of value of different things"
    if set(ours) <= set(theirs) or set(theirs) <= set(ours):
        resources = {*source.function.resource, *target.function.resource}
        is_of_resource = set(ours) ^ set(theirs) <= resources
        return (6 if is_of_resource else 5), "one name specifies the other"
    return 4, "both names specify the same"


def _without_name(field: FunctionField) -> tuple[str, ...]:
    """`team_name` and `team` ask for the same value; the bare `name` of a team is what it is called."""
    label = tuple(field.label.split())
    if field.identifier == "name":
        return label[:-1]
    return label[:-1] if len(label) > 1 and label[-1] == "name" and label[:-1] != field.owner else label


def _units_differ(ours: str, theirs: str) -> bool:
    first, second = _content(ours) & _UNITS, _content(theirs) & _UNITS
    return bool(first and second and not first & second)


def score_coherence(context: EdgeContext) -> tuple[int, str]:
    """0 to 9, and why: whether one person, after one goal, makes both calls in this order.

    By the factors of `coherence`, as far as the two functions alone tell them; what only the rest of their API shows,
    such as what it holds in what, is not in view.
    """
    columns = columns_of([context.giver, context.taker])
    source, target = _place(columns, 0, context.source), _place(columns, 1, context.target)
    found = Coherences(columns).weigh(context.kind, np.array([source]), np.array([target]))
    worst = min(Coherence.__dataclass_fields__, key=lambda name: float(getattr(found, name)[0]))
    score = round(9 * float(found.value[0]) + 1e-6)
    return score, f"the {worst} speaks against it" if score < 9 else "a natural next step"


def _place(columns: Columns, function: int, field: FunctionField) -> int:
    """Where a field stands in the columns of two functions; two fields at one path are a parameter and a result."""
    is_path = np.array([columns.pools.paths[path] == field.path for path in columns.fields.path])
    places = np.flatnonzero(is_path & (columns.fields.function == function))
    return int(next(place for place in places if columns.field(int(place)) == field))


def _agreement(source: FunctionField, target: FunctionField) -> float | None:
    """The share of words that both descriptions have, or None where one side has no description."""
    if not (source.is_described and target.is_described):
        return None
    return _overlap(_content(source.description), _content(target.description))


@lru_cache(maxsize=50_000)
def _content(text: str) -> frozenset[str]:
    return frozenset(word for word in split_words(text) if word not in _STOP_WORDS and len(word) > 1)


def _overlap(ours: frozenset[str], theirs: frozenset[str]) -> float:
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


RULES: dict[Role, Rule] = {roles.EDGE_VALIDATOR: score_edge}
"""The embedded model's rules of this stage."""
