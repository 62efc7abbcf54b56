"""Changes of a plan that say nothing, and work of a plan that the same plan undoes."""

import re
from collections.abc import Hashable, Mapping, Sequence

from toolmind_assets.model.functions import Effect, FunctionSpec, MarkKind
from toolmind_assets.model.ids import compact_json
from toolmind_assets.model.pointers import escape
from toolmind_assets.model.tasks import PlanArgument, PlanStep, ValueKind
from toolmind_assets.stages.specs.effects import effect_of_verb
from toolmind_assets.stages.tasks.argument_fields import ArgumentField, argument_fields
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set
from toolmind_resources.plausible.field_labels import words_of

OPEN_VERBS = word_set(
    "update edit modify change patch put set save replace upsert configure adjust create add make new insert register"
)
"""Verbs that leave open what is brought about: `update_contact` says nothing alone, `archive_contact` does."""
NAMES = word_set("name number email login username title")
"""Last words of parameters that tell which thing is meant where a function requires no identifier."""
OPPOSITES = frozenset(
    frozenset(pair.split("/"))
    for pair in word_set(
        "add/remove attach/detach lock/unlock enable/disable start/stop block/unblock mute/unmute pin/unpin "
        "star/unstar follow/unfollow archive/unarchive activate/deactivate assign/unassign tag/untag bind/unbind "
        "link/unlink connect/disconnect pause/resume subscribe/unsubscribe suspend/unsuspend grant/revoke "
        "associate/disassociate register/deregister join/leave install/uninstall book/cancel open/close"
    )
)
"""Verbs of which one takes back the other."""
_IDENTIFIERS = word_set("id ids uuid guid key arn slug")
_NO_NOUNS = OPEN_VERBS.union(
    *OPPOSITES, _IDENTIFIERS, word_set("delete get list find read fetch retrieve search cancel action")
)
_JOINING = word_set("set change add assign move")
"""Verbs of which a second identifier says what is changed: `set_default_card(customer_id, card_id)`."""
_IDENTIFIES = re.compile(r"\b(?:identif\w+|unique|ids?|arn)\b", re.IGNORECASE)
_NAMES_THING = re.compile(r"\b(?:name of|addressed)\b", re.IGNORECASE)
"""What descriptions say of a parameter that tells which thing is meant; the second where its name names the thing."""
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
"""An argument in a name that is an HTTP path."""


def is_empty_change(step: PlanStep, function: FunctionSpec) -> bool:
    """Whether a call that makes or updates a thing states no more than which thing.

    Not so where the verb alone says what is done (`archive`), where two things are joined (both are identified),
    and where the function takes nothing else. Values that the schema fixes are no content.
    """
    words = _words(function)
    says_how = words[-1:] and words[-1] not in OPEN_VERBS and effect_of_verb(words[-1]) is not None
    if says_how or not OPEN_VERBS.intersection(words):
        return False
    which = _identifying(function)
    stated = {argument.path for argument in step.arguments if argument.kind is not ValueKind.LITERAL}
    takes_more = any(field.path not in which and not field.is_secret for field in argument_fields(function))
    is_joint = len(stated) > 1 and (function.effect is Effect.CREATE or _JOINING.intersection(words))
    return takes_more and stated <= which and not is_joint


def _identifying(function: FunctionSpec) -> frozenset[str]:
    """Paths of the arguments that say which thing is meant: identifiers, or else the first name that is required.

    A bare name beside an identifier is content, and so is what an update may leave out: another owner, a new role.
    """
    marked = {mark["path"] for mark in function.marks if mark["kind"] == MarkKind.IDENTIFIER}
    fields = argument_fields(function)
    if function.effect is Effect.UPDATE:
        fields = tuple(field for field in fields if field.is_required)
    which = frozenset(
        field.path
        for field in fields
        if f"/parameters/properties/{escape(field.path)}" in marked or _is_identifying(field, function)
    )
    names = [field.path for field in fields if NAMES.intersection(words_of(field.name)[-1:])]
    if function.effect is Effect.CREATE:
        return which.difference(names)  # a new thing's name is content
    which = which.difference(path for path in names if len(words_of(path)) == 1)
    return which or frozenset(names[:1])


def _is_identifying(field: ArgumentField, function: FunctionSpec) -> bool:
    words = words_of(field.name)
    if _IDENTIFIERS.intersection(words[-1:]):
        return True
    about = str(field.schema.get("description", "")).split(". ")[0]
    if not field.is_required or not field.is_scalar:
        return False
    names_thing = set(map(singular, words)) <= set(map(singular, _words(function)))
    return bool(_IDENTIFIES.search(about) or (names_thing and _NAMES_THING.search(about)))


def undone_steps(plan: Sequence[PlanStep], functions: Mapping[str, FunctionSpec]) -> list[tuple[str, str]]:
    """Pairs of step ids of which the second undoes the first.

    A deletion undoes a creation of the same noun whose result it reads, at once or by way of calls of that noun;
    one of any noun where the field that it reads names what is deleted; and one whose own arguments say all that
    it says. Other steps of one noun undo each other where their verbs are opposites and one of them is given no
    more than the other.
    """
    nouns = {step.step_id: _noun(functions[step.function_id]) for step in plan}
    about: dict[str, set[str]] = {}
    """Step id -> the creations whose thing its result is about."""
    found: list[tuple[str, str]] = []
    for place, step in enumerate(plan):
        effect = functions[step.function_id].effect
        made = _creations_read(step, about)
        same = {one for one, _ in made if nouns[one] == nouns[step.step_id]}
        about[step.step_id] = {step.step_id} if effect is Effect.CREATE else same
        named = {one for one, words in made if nouns[step.step_id] in words}
        undone = same | named if effect is Effect.DELETE else set[str]()
        undone |= {one.step_id for one in plan[:place] if _turns_back(one, step, functions)}
        found += [(one, step.step_id) for one in sorted(undone)]
    return found


def _creations_read(step: PlanStep, about: Mapping[str, set[str]]) -> list[tuple[str, set[str]]]:
    """Step ids of creations whose thing the references of a step lead to, with the words of the field read.

    A list that another call than the creation returns holds other things too.
    """
    found: list[tuple[str, set[str]]] = []
    for argument in step.references():
        source, path = argument.step_id or "", argument.output_path or ""
        creations = about.get(source, set())
        if source in creations or "[]" not in path:
            words = {singular(word) for word in words_of(path)}
            found += [(one, words) for one in creations]
    return found


def _turns_back(earlier: PlanStep, later: PlanStep, functions: Mapping[str, FunctionSpec]) -> bool:
    first, second = functions[earlier.function_id], functions[later.function_id]
    given, taken = _values(earlier), _values(later)
    if not taken or not given or _noun(first) != _noun(second):
        return False
    if first.effect is Effect.CREATE and second.effect is Effect.DELETE:
        return taken <= given
    if first.effect is Effect.UPDATE and second.effect is Effect.DELETE and taken == given:
        return len(given) > 1  # two things are joined, and parted again
    verbs = {frozenset((one, other)) for one in _words(first) for other in _words(second)}
    return bool(verbs & OPPOSITES) and (taken <= given or given <= taken)


def _values(step: PlanStep) -> set[Hashable]:
    """What a step is given, apart from what its schema fixes."""
    return {_origin(argument) for argument in step.arguments if argument.kind is not ValueKind.LITERAL}


def _origin(argument: PlanArgument) -> Hashable:
    if argument.kind is ValueKind.REFERENCE:
        return argument.step_id, argument.output_path, argument.members
    return compact_json(argument.value)


def _words(function: FunctionSpec) -> tuple[str, ...]:
    """The words of a function's name, without those of arguments in it and of what stands behind `by`."""
    words = words_of(_PLACEHOLDER.sub("", function.source_name))
    is_route = "/" in function.source_name
    return words[: words.index("by")] if "by" in words[1:] and not is_route else words


def _noun(function: FunctionSpec) -> str:
    """The last word of a function's name that is no common verb, in the singular: what the function is about."""
    words = [singular(word) for word in _words(function) if word.isalpha() and len(word) > 1]
    nouns = [word for word in words if word not in _NO_NOUNS] or words
    return nouns[-1] if nouns else ""
