"""How the embedded model plays the intent writer: goals, intent and situation made of what plans and functions say."""

import json
from collections.abc import Sequence
from random import Random

from toolmind_assets.model.choices import choice_words
from toolmind_assets.model.ids import seed_from
from toolmind_assets.model.tasks import PlanStep
from toolmind_assets.stages.tasks.intent_outline import IntentContext
from toolmind_assets.stages.tasks.spoken_wishes import new_choices, telling_fact, wish_of
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors
from toolmind_resources.chat.model import ChatReply, ChatRequest

_AFTERWARDS = (
    ". After that I want to ",
    ". Then I need to ",
    ". Once that is done I would like to ",
    ". And then I have to ",
)
_REASONS = (
    "{who} has to {first} today",
    "Something has come up, and {who} has to {first}",
    "{who} has put this off for a while and now wants to {first}",
    "Somebody has asked {who} to {first}",
    "{who} is tidying things up and wants to {first}",
)
_SINCE = ("because", "since")
_WHO = (
    "my manager", "a colleague", "a customer", "my team", "the accountant", "an auditor", "a friend", "my sister",
    "my brother", "the office", "a client", "our director", "a neighbour", "my assistant", "a supplier", "the landlord",
    "somebody at work", "the new trainee", "our lawyer", "my partner", "the front desk", "a business partner",
)  # fmt: skip
_WHY = (
    "asked me to", "wants it done", "is waiting for it", "keeps asking", "needs it", "told me to see to it",
    "has been on at me about it", "will not go on without it",
)  # fmt: skip
"""Who wants it, and why now: what people say who have nothing else to say of a wish."""
_TOGETHER = "; what this shows is needed to {last}."
_APART = ", and to {last}, all for one and the same purpose."


def write(request: ChatRequest, rng: Random, errors: EmbeddedErrors) -> ChatReply:
    """An intent made of plain words for what the functions do, one goal a request."""
    context = request.context
    assert isinstance(context, IntentContext)
    if rng.random() < errors.intent_unparseable:
        return ChatReply("Sure! Here is what the person wants: to get things done.", model=EMBEDDED)
    salt = rng.getrandbits(63)
    places = range(len(context.requests))
    wished = [_wished(place, context, salt) for place in places]
    goals = [f"{said}{_beside(place, context, salt)}" for place, said in zip(places, wished, strict=True)]
    covered: list[list[str]] = [[] for _ in goals]
    for name, step in context.wishes().items():
        covered[step.request_index].append(name)
    written = {
        "situation": _situation(wished, context, rng),
        "intent": f"I want to {rng.choice(_AFTERWARDS).join(goals)}.",
        "requests": [
            {"goal": f"{goal[:1].upper()}{goal[1:]}", "covers": names}
            for goal, names in zip(goals, covered, strict=True)
        ],
    }
    return ChatReply(json.dumps(written, ensure_ascii=False), model=EMBEDDED)


def _wished(place: int, context: IntentContext, salt: int) -> str:
    """All that a request wants done, in one phrase."""
    steps = context.requests[place]
    wishes = [wish_of(step, context, salt) for step in steps if not step.is_implicit]
    distinct = list(dict.fromkeys(wishes))
    said = _listed(distinct)
    if len(distinct) < len(wishes) and len(distinct) == 1:
        said = f"{said}, {_times(len(wishes))}"
    return said


def _beside(place: int, context: IntentContext, salt: int) -> str:
    """What is added to a wish: which ones are meant on the way, and a reason where it could be anybody's."""
    steps = context.requests[place]
    said = ""
    if not any(_is_particular(step, context) for step in steps):
        said = f", {_reason(Random(seed_from(salt, place)))}"
    untold = (new_choices(step, context)[0 if step.is_implicit else 1 :] for step in steps)
    meant = list(dict.fromkeys(choice_words(choice) for choices in untold for choice in choices))
    return f"{said}: I mean {' and '.join(meant)}" if meant else said


def _is_particular(step: PlanStep, context: IntentContext) -> bool:
    """Whether a wish says something of its own: a value, or which one is meant."""
    if step.is_implicit:
        return False
    return telling_fact(step, context) is not None or bool(new_choices(step, context))


def _reason(rng: Random) -> str:
    """Why a wish is made that could be anybody's."""
    return f"{rng.choice(_SINCE)} {rng.choice(_WHO)} {rng.choice(_WHY)}"


def _listed(wishes: Sequence[str]) -> str:
    if len(wishes) < 3:
        return ", then ".join(wishes)
    return f"{', '.join(wishes[:-1])}, and finally {wishes[-1]}"


def _times(count: int) -> str:
    times = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}.get(count, f"{count} times")
    return f"{times} with different values"


def _situation(goals: Sequence[str], context: IntentContext, rng: Random) -> str:
    """Who has to do what, and how the later goals follow from the earlier ones."""
    persona = context.circumstances.persona
    who = f"{persona.name} ({persona.occupation})" if persona.occupation else persona.name or "somebody"
    reason = rng.choice(_REASONS).format(who=who, first=goals[0])
    reason = f"{reason[:1].upper()}{reason[1:]}"
    if len(goals) == 1:
        return f"{reason}."
    passes_on = any(step.references() for step in context.steps() if step.request_index)
    return reason + (_TOGETHER if passes_on else _APART).format(last=goals[-1])
