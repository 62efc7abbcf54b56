"""What a written intent must not do: lose a goal, give the plan away, tell what nobody knows, or leave a choice open.

Each check says what is wrong in words that the writer is told when asked again; nothing for what is right.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from toolmind_assets.model.choices import choice_words
from toolmind_assets.model.functions import FunctionSpec
from toolmind_assets.model.paths import leaves
from toolmind_assets.model.tasks import Choice, ChoiceKind, FactKind, PlanStep, UserFact, ValueKind
from toolmind_assets.stages.tasks.intent_outline import IntentContext
from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.field_labels import words_of

COPIED_WORDS = 6
"""Words in a row that nobody takes from a text by chance, while five are often the plain name of a thing."""
_NUMBERED = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?:(?=(?:[\w-]*?\d){3})|(?=[\w-]*[A-Z]))[A-Za-z0-9][\w-]{3,}")
"""A word with three digits, or with capitals and digits, as identifiers, dates and amounts are, and `24-hour` is not."""
_PLAIN = frozenset(["a", "an", "and", "any", "as", "at", "by", "for", "from", "get", "give", "have", "in", "is", "it", "its", "list", "me", "my", "new", "of", "on", "one", "or", "see", "set", "show", "that", "the", "their", "them", "then", "these", "this", "those", "to", "want", "wants", "which", "with", "you", "your"])  # fmt: skip
"""Words that say nothing of what is wanted."""
_SAID_BY = {
    ChoiceKind.ONLY: (),
    ChoiceKind.NEWEST: (
        "newest",
        "latest",
        "most recent",
        "last",
        "recently",
        "just",
        "freshest",
        "youngest",
    ),
    ChoiceKind.OLDEST: ("oldest", "earliest", "first", "longest ago", "soonest", "next"),
    ChoiceKind.HIGHEST: (
        *(
            "highest",
            "most",
            "biggest",
            "largest",
            "greatest",
            "longest",
            "maximum",
            "top",
            "best",
            "heaviest",
        ),
        *(
            "tallest",
            "hottest",
            "busiest",
            "fastest",
            "furthest",
            "farthest",
            "dearest",
            "priciest",
            "oldest",
        ),
    ),
    ChoiceKind.LOWEST: (
        *("lowest", "least", "cheapest", "smallest", "shortest", "minimum", "fewest", "worst", "lightest"),
        *("coldest", "quietest", "slowest", "nearest", "closest", "youngest"),
    ),
}
"""Words of which one tells that a choice was made; an only one needs none."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer wrote.

    Attributes:
        situation: Why the requests belong together.
        intent: The goal in the first person.
        goals: One for each request.
        covers: The names of the wishes that each goal covers, as the writer says.
    """

    situation: str
    intent: str
    goals: tuple[str, ...]
    covers: tuple[frozenset[str], ...]

    def texts(self) -> tuple[str, ...]:
        """All that the person could say."""
        return (self.situation, self.intent, *self.goals)


def missing_texts(written: Written, context: IntentContext) -> Iterator[str]:
    """A goal for each request, an intent and a situation are wanted."""
    wanted, given = len(context.requests), len(written.goals)
    if given != wanted:
        yield f"{given} goals for {wanted} requests"
    if not all(written.goals):
        yield "a goal is empty"
    if not written.intent:
        yield "the intent is empty"
    if not written.situation:
        yield "the situation is empty"


def lost_goals(written: Written, context: IntentContext) -> Iterator[str]:
    """Each wish is covered by the goal of its request, as the writer says, or as a word that they share shows."""
    for name, step in context.wishes().items():
        place = step.request_index
        goal, covered = written.goals[place], written.covers[place]
        if name not in covered and not _shares_a_word(goal, context.functions[step.function_id]):
            yield f"the goal of request {place + 1} says nothing of {name}"


def _shares_a_word(goal: str, function: FunctionSpec) -> bool:
    told = _content({*words_of(function.source_name), *_words(function.description)})
    return bool(_content(_words(goal)) & told)


def _content(words: Iterable[str]) -> set[str]:
    return {singular(word) for word in words if word not in _PLAIN and len(word) > 2}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def told_names(written: Written, context: IntentContext) -> Iterator[str]:
    """No function, field or code of the plan is named as it stands in a catalog."""
    for name in sorted(set(_names(context))):
        if reads_as_code(name) and any(_stands_in(name, text) for text in written.texts()):
            yield f"it gives away the name {name!r}"


def _names(context: IntentContext) -> Iterator[str]:
    said = {str(fact.said) for request in context.facts for fact in request}
    for step in context.steps():
        function = context.functions[step.function_id]
        yield from (function.source_name, function.name)
        for argument in step.arguments:
            yield from re.split(r"[.\[\]]+", argument.path)
            yield from re.split(r"[.\[\]]+", argument.output_path or "")
            if argument.kind is ValueKind.LITERAL and isinstance(argument.value, str):
                yield argument.value
        yield from (code for code in enum_codes(function) if code not in said)


@lru_cache(maxsize=4_096)
def enum_codes(function: FunctionSpec) -> tuple[str, ...]:
    """The texts of a function's enums that read as code: `IN_PROGRESS`, `lastUpdated`."""
    found = (leaf for root in (function.parameters, function.returns or {}) for leaf in leaves(root))
    return tuple(
        value
        for path, value in found
        if ".enum[" in f".{path}" and isinstance(value, str) and reads_as_code(value)
    )


def reads_as_code(name: str) -> bool:
    """Whether a name could not be an ordinary word: it has an underscore, a dot between letters, or a capital inside."""
    return bool(re.search(r"_|[a-z][A-Z]|\w\.\w", name))


def _stands_in(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def copied_descriptions(written: Written, context: IntentContext) -> Iterator[str]:
    """No description is repeated word for word."""
    said = set().union(*(_runs(text) for text in written.texts()))
    for step in context.steps():
        copied = (run for run in _runs(context.functions[step.function_id].description) if run in said)
        for run in islice(copied, 1):
            yield f"it repeats a description word for word: {' '.join(run)!r}"


def _runs(text: str) -> list[tuple[str, ...]]:
    words = _words(text)
    return [tuple(words[place : place + COPIED_WORDS]) for place in range(len(words) - COPIED_WORDS + 1)]


def told_values(written: Written, context: IntentContext) -> Iterator[str]:
    """No value is told that waits to be asked for, and no identifier, date or amount that nobody has."""
    facts = [fact for request in context.facts for fact in request if fact.kind is FactKind.KNOWN]
    for fact in facts:
        told = str(fact.said)
        if fact.is_withheld and len(told) > 1 and any(_stands_in(told, text) for text in written.texts()):
            yield f"it tells the {fact.label}, which the person states only when asked"
    known = _folded(" ".join([*_given(context), *(str(fact.value) for fact in facts)]))
    for word in dict.fromkeys(word for text in written.texts() for word in _NUMBERED.findall(text)):
        if _folded(word) not in known:
            yield f"it tells {word!r}, which is none of the person's values"


def _given(context: IntentContext) -> Iterator[str]:
    """What may be told beside facts: the time, the person, choices, and what expressions say."""
    around = context.circumstances
    yield from (around.reference_time, around.persona.name, around.persona.occupation)
    yield from (str(fact.said) for request in context.facts for fact in request)
    for step in context.steps():
        yield from (choice_words(choice) for choice in _choices(step))
        yield context.functions[step.function_id].description


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def untold_choices(written: Written, context: IntentContext) -> Iterator[str]:
    """Where one of several is meant, the goal of its request or of an earlier one says which: by value, or by a word for it."""
    known: set[tuple[str | None, str]] = set()
    for place, steps in enumerate(context.requests):
        so_far = " ".join(written.goals[: place + 1])
        stated = {_folded(str(fact.value)) for fact in context.facts[place]}
        for source, choice in ((one.step_id, one.choice) for step in steps for one in step.references()):
            if choice is None or (source, choice_words(choice)) in known:
                continue
            known.add((source, choice_words(choice)))
            if not _is_told(choice, so_far, stated, context.circumstances.language):
                yield f"the goal of request {place + 1} does not say which one is meant: {choice_words(choice)}"


def _choices(step: PlanStep) -> list[Choice]:
    found = (argument.choice for argument in step.references())
    return list({choice_words(choice): choice for choice in found if choice is not None}.values())


def _is_told(choice: Choice, goal: str, stated: set[str], language: str) -> bool:
    if choice.kind is ChoiceKind.MATCH:
        value = _folded(str(choice.value))
        return value in stated or value in _folded(goal)
    words = _SAID_BY[choice.kind]
    if not words or language.partition("-")[0] != "en":
        return True
    return any(re.search(rf"\b{word}\b", goal, re.IGNORECASE) for word in words)


def unsaid_values(steps: Sequence[PlanStep], facts: Sequence[Sequence[UserFact]]) -> Iterator[str]:
    """Each value of the user that a plan needs can be said in the request that needs it, or in an earlier one."""
    for step in steps:
        said = [fact.value for request in facts[: step.request_index + 1] for fact in request]
        for argument in step.arguments:
            if argument.kind is ValueKind.USER and argument.value not in said:
                yield f"nothing says the {argument.path} of {step.step_id}"


CHECKS = (lost_goals, told_names, copied_descriptions, told_values, untold_choices)
"""Checks of what was written where nothing is missing."""


def intent_problems(written: Written, context: IntentContext) -> list[str]:
    """All that is wrong with what was written; where texts are missing, that alone."""
    missing = list(missing_texts(written, context))
    return missing or [problem for check in CHECKS for problem in check(written, context)]
