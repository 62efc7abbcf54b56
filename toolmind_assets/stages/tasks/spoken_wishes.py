"""A planned step as a wish in plain words: what is to be done, with which one, for what."""

import random
import re
from collections.abc import Sequence

from toolmind_assets.model.choices import choice_words
from toolmind_assets.model.functions import Effect
from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import (
    Choice,
    ChoiceKind,
    FactKind,
    Members,
    PlanStep,
    UserFact,
)
from toolmind_assets.stages.tasks.intent_checks import reads_as_code
from toolmind_assets.stages.tasks.intent_outline import IntentContext, thing_of
from toolmind_resources.plausible.plain_speech import plain_goal

_COUNTS = {2: "two", 3: "three", 4: "four", 5: "five"}
_LONGEST = 40
"""Characters of a value that is still told in passing."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
_ARTICLE = "(?:the|a|an|this|my)"
_BARE = rf"^|{'|'.join(f'(?<= {word} )' for word in ('of', 'for', 'in', 'to', 'from', 'on', 'at', 'with'))}"
"""Where a noun stands without an article and with no word before that belongs to it."""
_ENDS_THERE = r"$|,| (?:and|as|at|by|called|for|from|in|of|on|or|then|to|whose|with)\b"
"""What follows a noun that is no part of a longer name, as `user` is in `user status`."""
_PLACES = frozenset(
    ["address", "area", "city", "country", "location", "place", "region", "state", "town", "venue"]
)
_TOPICS = frozenset(["keyword", "keywords", "query", "search", "subject", "term", "text", "theme", "topic"])
_NAMES = frozenset(["name", "title"])
_STATES = frozenset(["state", "status"])
_ENDS = frozenset(["destination", "target", "to"])
_STARTS = frozenset(["from", "origin", "source", "start"])


def wish_of(step: PlanStep, context: IntentContext, salt: int) -> str:
    """What a person wants by a step, as an infinitive phrase without `to`; one function is asked for by one verb.

    Args:
        step: A step that is asked for.
        context: The plan around it.
        salt: What the choice of the verb hashes beside the function.
    """
    function = context.functions[step.function_id]
    goal = plain_goal(function.source_name, function.description)
    verb = random.Random(seed_from(salt, function.function_key)).choice(goal.verbs)
    text = _object(goal.object, step, context)
    fact = telling_fact(step, context)
    if fact is None:
        return f"{verb} {text}"
    is_renamed = function.effect is Effect.UPDATE and len(step.arguments) > 1
    return f"{verb} {_with_fact(text, fact, is_renamed)}"


def _object(text: str, step: PlanStep, context: IntentContext) -> str:
    """What it is done to, with the one that is meant where one of several is, or as `that order` where it was found."""
    asked = {one.step_id for one in context.wishes().values()}
    new = new_choices(step, context)[:1]
    for argument in sorted(step.references(), key=lambda one: one.choice not in new):
        thing = thing_of(argument, step, context)
        if argument.choice is not None:
            words = chosen_words(argument.choice, thing) if argument.choice in new else f"that {thing}"
            return _placed(text, thing, words)
        if argument.members is Members.EACH:
            count = _COUNTS.get(step.members_max, str(step.members_max))
            return f"{text} for each of the first {count} found"
        if argument.step_id in asked:
            return _placed(text, thing, f"that {thing}")
    return text


def new_choices(step: PlanStep, context: IntentContext) -> list[Choice]:
    """The choices that a step has to say, since nothing before it says them.

    What is asked for speaks first; what goes unsaid has to be told beside it where no wish of the request tells it.
    """
    steps = sorted(context.steps(), key=lambda one: (one.request_index, one.is_implicit))
    said: set[tuple[str | None, Choice | None]] = set()
    for earlier in steps:
        meant = [(one.step_id, one.choice) for one in earlier.references()]
        if earlier.step_id == step.step_id:
            return [
                choice for source, choice in dict.fromkeys(meant) if choice and (source, choice) not in said
            ]
        said.update(meant)
    return []


def chosen_words(choice: Choice, thing: str) -> str:
    """What a person calls the chosen thing: `the order created last`, `the office called Berlin`, `the open order`."""
    last = choice.label.split()[-1].lower() if choice.label else ""
    if choice.kind is ChoiceKind.MATCH and last in _NAMES:
        return f"the {thing} called {choice.value}"
    if choice.kind is ChoiceKind.MATCH and last in _STATES and isinstance(choice.value, str):
        return f"the {choice.value} {thing}"
    return choice_words(choice).replace("one", thing, 1)


def _placed(text: str, thing: str, words: str) -> str:
    """The object with the words in place of the thing: `see the order` and `the order created last` are one object.

    Beside an object that is another thing they are added.
    """
    for named in dict.fromkeys((thing, thing.split()[-1])):
        noun = re.compile(
            rf"(?:\b{_ARTICLE} (?:[\w-]+ )?|{_BARE}){re.escape(named)}(?={_ENDS_THERE})", re.IGNORECASE
        )
        said, count = noun.subn(lambda _: words, text, count=1)
        if count:
            return said
    return f"{text} for {words}"


def telling_fact(step: PlanStep, context: IntentContext) -> UserFact | None:
    """The fact of a step that a person would tell in the same breath: a short plain text, places and names first."""
    chosen = {argument.path for argument in step.references() if argument.choice is not None}
    facts = [
        fact
        for fact in context.facts[step.request_index]
        if fact.step_id == step.step_id and fact.path not in chosen and _is_short(fact)
    ]
    return min(facts, key=_rank, default=None)


def _is_short(fact: UserFact) -> bool:
    said = fact.said
    return (
        fact.kind is FactKind.KNOWN
        and not fact.is_withheld
        and isinstance(said, str)
        and 1 < len(said) <= _LONGEST
        and not said.endswith(".")
        and not _MOMENT.match(said)
        and not reads_as_code(said)
    )


def _rank(fact: UserFact) -> int:
    last = fact.label.split()[-1].lower()
    groups: Sequence[frozenset[str]] = (_PLACES, _NAMES, _TOPICS, _ENDS | _STARTS)
    return next((place for place, group in enumerate(groups) if last in group), len(groups))


def _with_fact(text: str, fact: UserFact, is_renamed: bool) -> str:
    """The object with a value in it, as a person adds one: `see the order W-1`, `in Oslo`, `with Budget as the title`."""
    *before, last = fact.label.split()
    thing = " ".join(before)
    if last in _NAMES and is_renamed:
        return f"{text} with {fact.said} as the new {last}"
    is_of_another = last in _NAMES and before and before[-1] not in text.split()
    if before and (is_of_another or last in ("ID", "UUID", "number")):
        return _placed(text, thing, f"the {thing} {fact.said}")
    return f"{text} {_in_passing(fact, last.lower())}"


def _in_passing(fact: UserFact, last: str) -> str:
    said = str(fact.said)
    if last in _PLACES:
        return f"in {said}"
    if last in _NAMES:
        return f"called {said}"
    if last in _TOPICS:
        return f"about {said}"
    if last in _ENDS:
        return f"to {said}"
    if last in _STARTS:
        return f"from {said}"
    return f"with {said} as the {fact.label}"
