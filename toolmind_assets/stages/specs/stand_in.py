"""What the embedded model answers as spec completer: told from names alone, by stated rules.

A stand-in: the sentences are plain, and the results are the usual fields of such a call. Nothing but what the
function itself says is looked at, so that the same function is always completed the same way.
"""

import random
import re
from typing import Any

from toolmind_assets.model.functions import Effect
from toolmind_assets.model.ids import JsonObject, compact_json
from toolmind_assets.stages.specs import roles
from toolmind_assets.stages.specs.completion import SpecContext
from toolmind_assets.stages.specs.effects import effect_of_verb
from toolmind_assets.stages.specs.gaps import Gap, Keys, Missing
from toolmind_assets.stages.specs.keywords import is_of_type
from toolmind_assets.stages.specs.word_splitting import words_of
from toolmind_resources.chat.embedded import EMBEDDED, EmbeddedErrors, Rule
from toolmind_resources.chat.model import ChatReply, ChatRequest, Role
from toolmind_resources.errors import ChatError
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set

_HTTP_NAME = re.compile(r"[A-Z]+ (/.*)")
_VERB_OF = {
    Effect.READ: "get",
    Effect.CREATE: "create",
    Effect.UPDATE: "update",
    Effect.DELETE: "delete",
    Effect.EXECUTE: "run",
}
_PREPOSITIONS = word_set(
    """
    about after at before between by for from in into of on per since to using via with
    """
)
_FILLERS = word_set("a all an and any api my new or the v")
_LISTING = word_set("browse filter find list query scan search")
_TELLING = word_set("check exists has is validate verify")
_COMPUTING = word_set(
    """
    calc calculate compute convert count decode estimate evaluate measure parse predict solve
    """
)
_NOUNS = word_set("stat status")
"""Words that rules of effects take for verbs, and that hardly are in a sentence."""
_THIRD = {"is": "checks", "has": "checks", "exists": "checks", "ls": "lists", "cat": "reads"}

_IDENTIFIERS = word_set("arn email guid handle id isbn key name sku slug token uri url username uuid")
_WHOLE = word_set(
    """
    age count day days height hour hours index level limit max minutes month number offset page pages
    port quantity rank seconds size skip timeout top total width year years
    """
)
_NUMBERS = word_set(
    """
    amount angle area balance cost distance height lat latitude length lng lon longitude mass percent
    percentage price probability radius rate ratio score speed temperature threshold value velocity
    volume weight
    """
)
_MOST = word_set("max maximum per")
_FLAGS = word_set(
    """
    active allow archived deleted disable enable enabled exclude force has include is recursive show use
    verbose
    """
)
_OBJECTS = word_set(
    """
    attributes body config configuration data filter metadata object options params payload properties
    settings
    """
)


def complete_spec(request: ChatRequest, generator: random.Random, errors: EmbeddedErrors) -> ChatReply:
    """Everything that is missing as JSON, or at the configured rate prose that holds none.

    Raises:
        ChatError: the request carries no `SpecContext`.
    """
    context = request.context
    if not isinstance(context, SpecContext):
        raise ChatError(f"the spec completer needs a SpecContext, not {type(context).__name__}")
    if generator.random() < errors.spec_unparseable:
        return ChatReply("The specification looks complete to me.", model=EMBEDDED)
    reply: JsonObject = {}
    fields: dict[str, JsonObject] = {}
    for gap in context.gaps:
        if gap.missing is Missing.RETURNS:
            reply["returns"] = guess_returns(context.name, context.effect, context.parameters)
        elif not gap.keys:
            reply["description"] = describe_function(context.name, context.effect)
        else:
            said = _describe_gap(context, gap)
            fields.setdefault(gap.field, {"pointer": gap.field}).update(said)
    if fields:
        reply["fields"] = list(fields.values())
    return ChatReply(compact_json(reply), model=EMBEDDED)


def _describe_gap(context: SpecContext, gap: Gap) -> JsonObject:
    name, owner = _names_of(gap.keys)
    if gap.missing is Missing.TYPE:
        return {"type": guess_type(name, _node_at(context, gap.keys), is_member=gap.keys[-1] == "items")}
    return {"description": describe_field(name, owner or " ".join(resource_of(context.name)))}


def _names_of(keys: Keys) -> tuple[str, str]:
    """The name of a field, of the array where it is a member, and of the field around it."""
    names = [
        str(keys[place + 1])
        for place, key in enumerate(keys[:-1])
        if key in ("properties", "$defs") and place > 0
    ]
    return (names[-1] if names else ""), " ".join(_singulars(words_of(names[-2]))) if len(names) > 1 else ""


def _node_at(context: SpecContext, keys: Keys) -> JsonObject:
    node: Any = {"parameters": context.parameters, "returns": context.returns}
    for key in keys:
        node = node[key]
    return node


def _verb_and_rest(name: str, effect: Effect) -> tuple[str, list[str]]:
    """The verb of a function's name, or one for its effect, and the other words: (`list`, [`orders`])."""
    if http := _HTTP_NAME.fullmatch(name):
        return _of_path(http.group(1), effect)
    parts = [words for part in name.replace("/", ".").split(".") if (words := _telling_words(part))]
    words = parts[-1] if parts else []
    place = next(
        (place for place, word in enumerate(words) if word not in _NOUNS and effect_of_verb(word)), None
    )
    if place is None:
        return _VERB_OF[effect], words
    rest = [*words[:place], *words[place + 1 :]]
    return words[place], rest or (parts[-2] if len(parts) > 1 else [])


def _of_path(path: str, effect: Effect) -> tuple[str, list[str]]:
    segments = [segment for segment in path.split("/") if segment]
    is_one = bool(segments) and segments[-1].startswith("{")
    nouns = [word for part in segments if not part.startswith("{") for word in _telling_words(part)]
    keys = _telling_words(segments[-1]) if is_one else []
    verb = "list" if effect is Effect.READ and not is_one and _is_plural(nouns[-1:]) else _VERB_OF[effect]
    nouns = _singulars(nouns[-1:]) if is_one or effect is Effect.CREATE else nouns[-1:]
    return verb, [*nouns, *(["by", *keys] if keys else [])]


def _telling_words(text: str) -> list[str]:
    words = words_of(text)
    return [word for word in words if word not in _FILLERS] or words


def describe_function(name: str, effect: Effect) -> str:
    """One sentence: the verb in the third person and what it acts on."""
    verb, rest = _verb_and_rest(name, effect)
    return f"{_third_person(verb).capitalize()} the {' '.join(rest)}.".replace(" the .", ".")


def _third_person(verb: str) -> str:
    if verb in _THIRD:
        return _THIRD[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}s"


def describe_field(name: str, owner: str) -> str:
    """One sentence that says what a value is, by the words of its name and of what it belongs to."""
    words = _telling_words(name) or ["value"]
    last, rest = words[-1], " ".join(words[:-1])
    of_owner = f" of the {owner}" if owner and not set(owner.split()) & set(words) else ""
    of_rest = f" of the {rest}" if rest else of_owner
    if words[0] in ("is", "has"):
        return f"Whether {owner or 'it'} {words[0]} {' '.join(words[1:])}.".replace(" .", ".")
    if words[0] in _FLAGS and len(words) > 1 and effect_of_verb(words[0]) is None:
        return f"Whether to {' '.join(words)}."
    if last in ("id", "uuid", "guid", "arn"):
        return f"Identifier{of_rest}."
    if words[0] in _MOST or (last in ("limit", "size") and (not rest or "page" in words)):
        return "Most results to return."
    if last in ("offset", "cursor") or words == ["page"]:
        return "Where in the results to start."
    if last in ("count", "number", "total", "num") and rest:
        return f"Number of {rest}."
    if last in ("at", "on") and rest:
        return f"When it was {rest}."
    if last in ("date", "time", "url", "name", "email"):
        return f"{last.upper() if last == 'url' else last.capitalize()}{of_rest}."
    return f"{' '.join(words).capitalize()}{of_owner}."


def guess_type(name: str, node: JsonObject, is_member: bool = False) -> str:
    """A type name: that of the default or first example, else what the last word of the name suggests."""
    stated = [node[key] for key in ("default",) if key in node] + list(node.get("examples", ()))[:1]
    for value in stated:
        for kind in ("boolean", "integer", "number", "string", "array", "object"):
            if is_of_type(value, kind):
                return kind
    words = _telling_words(name)
    if is_member:
        words = _singulars(words)
    last = words[-1] if words else ""
    if words and (words[0] in _FLAGS or last in _FLAGS):
        return "boolean"
    if words and words[0] in _MOST:
        return "integer"
    if last in ("after", "before", "since", "until"):
        return "datetime"
    if last in ("date", "datetime", "time", "timestamp", "at"):
        return "date" if last == "date" else "datetime" if len(words) > 1 or last != "time" else "string"
    for kind, known in (("integer", _WHOLE), ("number", _NUMBERS), ("object", _OBJECTS)):
        if last in known:
            return kind
    return "string[]" if not is_member and _is_plural(words) else "string"


def _is_plural(words: list[str]) -> bool:
    return bool(words) and words[-1] != _singulars(words)[-1]


def _singulars(words: list[str]) -> list[str]:
    """The words, the last of them singular."""
    return [*words[:-1], singular(words[-1])] if words else words


def resource_of(name: str) -> list[str]:
    """The words, two at most, for the one thing that a function is about: [`order`] of `list_orders_by_day`."""
    _, rest = _verb_and_rest(name, Effect.READ)
    end = next((place for place, word in enumerate(rest) if word in _PREPOSITIONS and place), len(rest))
    return _singulars(rest[:end][-2:])


def guess_returns(name: str, effect: Effect, parameters: JsonObject) -> JsonObject:
    """The usual fields of what such a call gives back, by its verb, its effect and what it is about."""
    verb, rest = _verb_and_rest(name, effect)
    words = resource_of(name) or ["result"]
    noun = "_".join(words)
    if verb in _TELLING:
        return _object(
            {noun if rest else "result": ("boolean", f"Whether the {' '.join(words)} is as asked for.")}
        )
    taken = list(parameters.get("properties", {}).values())
    if verb in _COMPUTING or (taken and all(field.get("type") in ("integer", "number") for field in taken)):
        kind = "integer" if verb == "count" else "string" if verb in ("decode", "parse") else "number"
        return _object({noun: (kind, f"The {' '.join(words)} that was asked for.")})
    key = (f"{noun}_id", ("string", f"Identifier of the {' '.join(words)}."))
    if effect is Effect.READ and (verb in _LISTING or _is_plural(rest[-1:])):
        members = _object(dict([key, ("name", ("string", f"Name of the {' '.join(words)}."))]))
        listed = {"type": "array", "description": f"The {' '.join(words)} entries found.", "items": members}
        total = {"type": "integer", "description": "Number of entries found."}
        several = "_".join([*words[:-1], rest[-1]]) if _is_plural(rest[-1:]) else f"{noun}_list"
        return {"type": "object", "properties": {several: listed, "total": total}}
    said: dict[str, tuple[str, str]] = dict([key])
    if effect is Effect.READ:
        echoed = [
            field for field in parameters.get("properties", {}) if words_of(field)[-1:] not in ([], ["id"])
        ]
        said["name"] = ("string", f"Name of the {' '.join(words)}.")
        for field in [field for field in echoed if words_of(field)[-1] in _IDENTIFIERS][:3]:
            said.setdefault(field, ("string", describe_field(field, " ".join(words))))
    elif effect is Effect.DELETE:
        said["deleted"] = ("boolean", f"Whether the {' '.join(words)} was removed.")
    else:
        said["status"] = ("string", f"State of the {' '.join(words)} after the call.")
        if effect is not Effect.EXECUTE:
            done = "created_at" if effect is Effect.CREATE else "updated_at"
            said[done] = ("date-time", f"When the {' '.join(words)} was {done.removesuffix('_at')}.")
    return _object(said)


def _object(fields: dict[str, tuple[str, str]]) -> JsonObject:
    properties: JsonObject = {}
    for name, (kind, text) in fields.items():
        is_time = kind == "date-time"
        format_ = {"format": kind} if is_time else {}
        properties[name] = {"type": "string" if is_time else kind, **format_, "description": text}
    return {"type": "object", "properties": properties}


RULES: dict[Role, Rule] = {roles.SPEC_COMPLETER: complete_spec}
"""What the embedded model answers in each role of this stage."""
