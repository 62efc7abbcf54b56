"""Whether one person would want a call after those before it: rules that tell a plan from a tour.

That values flow is proven elsewhere. Here a step is judged by what the calls before it did, and to which thing. Every
rule has a name, and a step that breaks one is not added.
"""

from collections.abc import Callable, Mapping

from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.paths import parse_path
from toolmind_assets.model.tasks import PlanStep, ValueKind
from toolmind_assets.stages.tasks.argument_fields import argument_fields, is_identifier
from toolmind_assets.stages.tasks.callability import is_made_by_platform
from toolmind_assets.stages.tasks.deeds import are_opposite, nouns_of, said_by, verbs_of
from toolmind_assets.stages.tasks.story import Story
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set
from toolmind_resources.plausible.field_labels import words_of

SAME_PLACE_MAX = 3
"""Most calls that hang on one and the same value and on nothing else: to look at a thing, to act on it, and to note it.
With more, the value is all that holds the plan together."""
SHARED_ONLY_MAX = 2
"""Most calls on end that have only a value in common which the user knew before, so that nothing is passed on."""
OWN_KEYS_MAX = 2
"""Most keys of a path in the answer to a change at which what was changed itself stands: `id`, or `job.id`."""
IDLE_READS_MAX = 3
"""Most reads on end whose results nothing needs: a person asks a few questions, and no inventory."""
STARTED = word_set(
    "attempt build crawl deployment execution export import job operation query report run scan simulation"
)
"""Things that go on by themselves once they are made, so that looking at them afterwards makes sense."""
_ID_WORDS = word_set("arn id key slug uuid")


def broken_rule(story: Story, step: PlanStep) -> str:
    """The name of the first rule that a step after the story breaks; empty if it makes sense there."""
    return next((name for name, breaks in RULES.items() if breaks(story, step)), "")


def _undoes(story: Story, step: PlanStep) -> bool:
    """It removes what an earlier call made, or takes back what one did."""
    function = story.function(step)
    if function.effect is Effect.DELETE and any(
        one.effect in (Effect.CREATE, Effect.UPDATE) for one in story.sources(step)
    ):
        return True
    return any(are_opposite(story.function(one), function) for one in story.steps)


def _removes_what_was_worked_on(story: Story, step: PlanStep) -> bool:
    """It removes a thing on which an earlier call changed or made something."""
    found = story.found(step)
    if story.function(step).effect is not Effect.DELETE or not found:
        return False
    return any(
        story.function(one).effect is not Effect.READ and found & story.found(one) for one in story.steps
    )


def _mixes_things(story: Story, step: PlanStep) -> bool:
    """It names one thing by ids out of results that know nothing of each other: a session of mine, and another user."""
    if story.function(step).effect in (Effect.CREATE, Effect.EXECUTE):
        return False
    fields = {field.path: field for field in argument_fields(story.function(step))}
    read = {
        one.step_id
        for one in step.references()
        if one.step_id and one.path in fields and is_identifier(fields[one.path])
    }
    sources = [one for one in story.steps if one.step_id in read]
    return any(
        one.step_id not in story.before(other) and not story.places(one) & story.places(other)
        for place, other in enumerate(sources)
        for one in sources[:place]
    )


def _asks_too_late(story: Story, step: PlanStep) -> bool:
    """It looks up with the details of an earlier change what that change had to know before."""
    if story.function(step).effect is not Effect.READ:
        return False
    steps = {one.step_id: one for one in story.steps}
    for step_id, path in story.known(step):
        function = story.function(steps[step_id])
        detail = next((one for one in argument_fields(function) if one.path == path), None)
        if function.effect is not Effect.READ and detail is not None and not is_identifier(detail):
            return True
    return False


def _after_deletion(story: Story, step: PlanStep) -> bool:
    """It is about what an earlier call removed, or what was found by it, or about another of the same kind."""
    nouns = set(nouns_of(story.function(step)))
    removals = [one for one in story.steps if story.function(one).effect is Effect.DELETE]
    gone = frozenset().union(*(story.objects(one) for one in removals))
    before = story.before(step)
    if gone & story.found(step) or any(
        gone & story.found(one) for one in story.steps if one.step_id in before
    ):
        return True
    kinds = [set(nouns_of(story.function(one))) for one in removals]
    return any(nouns >= kind for kind in kinds if kind)


def _same_again(story: Story, step: PlanStep) -> bool:
    """It is an earlier call once more: the same function, a near duplicate, or one that does the same by its name."""
    ours = story.function(step)
    alike = story.alike.get(ours.function_id, ())
    earlier = [story.function(one) for one in story.steps]
    return any(
        one.function_id == ours.function_id or one.function_id in alike or _does_the_same(one, ours)
        for one in earlier
    )


def _does_the_same(one: FunctionSpec, other: FunctionSpec) -> bool:
    """Whether two functions of one API do the same by their names, or say the same."""
    if one.namespace != other.namespace or one.effect is not other.effect:
        return False
    if len(said_by(one)) > 1 and said_by(one) == said_by(other):
        return True
    nouns = set(nouns_of(one))
    if not nouns or nouns != set(nouns_of(other)):
        return False
    if one.effect is not Effect.READ:
        return verbs_of(one) == verbs_of(other)
    required = [{field.path for field in argument_fields(each) if field.is_required} for each in (one, other)]
    return required[0] == required[1] or (_names_one(one) and _names_one(other))


def _names_one(function: FunctionSpec) -> bool:
    """Whether a call says by an id which one of what it is about is meant."""
    nouns = set(nouns_of(function))
    ids = (field for field in argument_fields(function) if field.is_required and is_identifier(field))
    owners = [{singular(word) for word in words_of(field.name)} - _ID_WORDS for field in ids]
    return any(not owner or not nouns.isdisjoint(owner) for owner in owners)


def _reads_what_was_written(story: Story, step: PlanStep) -> bool:
    """It looks at what a change just returned; what goes on by itself may be looked at."""
    function = story.function(step)
    sources = story.sources(step)
    if function.effect is not Effect.READ or not sources:
        return False
    written = all(one.effect not in (Effect.READ, Effect.EXECUTE) for one in sources)
    return written and STARTED.isdisjoint(nouns_of(function))


def _copies(story: Story, step: PlanStep) -> bool:
    """It makes a thing out of the details of another of its kind, or changes one that was only just made."""
    function = story.function(step)
    alike = [one for one in story.sources(step) if set(nouns_of(one)) == set(nouns_of(function))]
    is_copy = function.effect is Effect.CREATE and "create" in verbs_of(function) and bool(alike)
    return is_copy or (function.effect is Effect.UPDATE and any(one.effect is Effect.CREATE for one in alike))


def _uses_a_side_effect(story: Story, step: PlanStep) -> bool:
    """It is about something that the answer to a change tells besides, deep inside."""
    steps = {one.step_id: one for one in story.steps}
    return any(
        story.function(steps[one.step_id]).effect in (Effect.CREATE, Effect.UPDATE, Effect.DELETE)
        and len([key for key in parse_path(one.output_path or "") if isinstance(key, str)]) > OWN_KEYS_MAX
        for one in story.carried(step)
        if one.step_id
    )


def _knows_the_thing_but_not_its_place(story: Story, step: PlanStep) -> bool:
    """It finds within what it is made, and takes from the user the id of what is in there."""
    if not step.references() or story.carried(step):
        return False
    fields = {field.path: field for field in argument_fields(story.function(step))}
    stated = [one.path for one in step.arguments if one.kind is ValueKind.USER]
    own = [path for path in stated if (step.step_id, path) not in story.shared and path in fields]
    return any(fields[path].is_required and is_identifier(fields[path]) for path in own)


def _backwards(story: Story, step: PlanStep) -> bool:
    """It looks at, or makes, the kind of thing that was changed; or lists the kind of which one was looked at or made."""
    function = story.function(step)
    nouns = set(nouns_of(function))
    if function.effect not in (Effect.READ, Effect.CREATE) or not nouns:
        return False
    alike = [one for one in map(story.function, story.steps) if set(nouns_of(one)) == nouns]
    if any(one.effect in (Effect.UPDATE, Effect.DELETE) for one in alike):
        return True
    is_list = function.effect is Effect.READ and not _names_one(function)
    return is_list and any(one.effect is Effect.CREATE or _names_one(one) for one in alike)


def _looks_too_late(story: Story, step: PlanStep) -> bool:
    """It looks at a thing on which an earlier call already acted, or inside of which one already looked."""
    function = story.function(step)
    if function.effect is not Effect.READ or not _names_one(function):
        return False
    places, details = story.objects(step) or story.found(step), story.details(step)
    nouns, read = set(nouns_of(function)), {place[0] for place in places}
    if not any(set(nouns_of(story.function(one))) == nouns for one in story.steps if one.step_id in read):
        places = frozenset()
    for one in story.steps:
        is_used = story.function(one).effect is not Effect.READ
        used = story.found(one) | story.known(one) if is_used else story.found(one) - story.objects(one)
        if (places | details) & used or (is_used and any(place[0] == one.step_id for place in details)):
            return True
    return False


def _second_deletion(story: Story, step: PlanStep) -> bool:
    """It removes something after another removal."""
    if story.function(step).effect is not Effect.DELETE:
        return False
    return any(story.function(one).effect is Effect.DELETE for one in story.steps)


def _tour(story: Story, step: PlanStep) -> bool:
    """It is one more of the calls that only share a value."""
    places = story.places(step)
    if not places:
        return False
    alike = [one for one in story.steps if story.places(one) == places]
    if len(alike) >= SAME_PLACE_MAX:
        return True
    if story.carried(step):
        return False
    return len(list(story.trailing(lambda one: not story.carried(one)))) > SHARED_ONLY_MAX


def _idle_read(story: Story, step: PlanStep) -> bool:
    """It is one more read on end of which nothing comes."""
    if story.function(step).effect is not Effect.READ:
        return False
    needed = step.source_ids().union(*(one.source_ids() for one in story.steps))

    def is_idle(one: PlanStep) -> bool:
        return story.function(one).effect is Effect.READ and one.step_id not in needed

    return len(list(story.trailing(is_idle))) >= IDLE_READS_MAX


def _made_by_platform(story: Story, step: PlanStep) -> bool:
    """A platform or a worker makes such a call."""
    return is_made_by_platform(story.function(step))


RULES: Mapping[str, Callable[[Story, PlanStep], bool]] = {
    "made_by_platform": _made_by_platform,
    "same_again": _same_again,
    "undoes": _undoes,
    "removes_what_was_worked_on": _removes_what_was_worked_on,
    "mixes_things": _mixes_things,
    "asks_too_late": _asks_too_late,
    "after_deletion": _after_deletion,
    "second_deletion": _second_deletion,
    "reads_what_was_written": _reads_what_was_written,
    "copies": _copies,
    "uses_a_side_effect": _uses_a_side_effect,
    "knows_the_thing_but_not_its_place": _knows_the_thing_but_not_its_place,
    "backwards": _backwards,
    "looks_too_late": _looks_too_late,
    "tour": _tour,
    "idle_read": _idle_read,
}
