"""What a function's name says: what it does, and to what."""

import re
from functools import lru_cache

from toolmind_assets.model.functions import FunctionSpec
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set
from toolmind_resources.plausible.field_labels import words_of
from toolmind_resources.plausible.phrases import infinitive

_FILLERS = word_set(
    """
    a all an and any api app at backend batch bulk by current each every for from id ids in info into list many me
    multi multiple my new of on one or single the to v web with
    brief compact detailed extended full lite short simple
    """
)
"""Words that say neither what is done nor to what; the last ones say at what length a thing is told."""
_PART_END = re.compile(r"[./:\s]+")
_CANONICAL = {
    **dict.fromkeys(("update", "put", "patch", "modify", "edit", "change", "replace", "set"), "update"),
    **dict.fromkeys(("create", "add", "new", "post", "insert", "register", "make"), "create"),
    **dict.fromkeys(("delete", "remove", "destroy", "drop", "erase", "purge"), "delete"),
}
"""Verbs that programmers use for one another."""
OPPOSITES = frozenset(
    frozenset(pair.split("/"))
    for pair in [
        "create/delete",
        "add/delete",
        "create/cancel",
        "book/cancel",
        "place/cancel",
        "schedule/cancel",
        "start/stop",
        "start/cancel",
        "open/close",
        "lock/unlock",
        "enable/disable",
        "activate/deactivate",
        "archive/unarchive",
        "archive/restore",
        "follow/unfollow",
        "block/unblock",
        "mute/unmute",
        "like/unlike",
        "star/unstar",
        "subscribe/unsubscribe",
        "attach/detach",
        "assign/unassign",
        "pin/unpin",
        "grant/revoke",
        "login/logout",
        "join/leave",
        "connect/disconnect",
        "mount/unmount",
        "publish/unpublish",
        "suspend/resume",
        "pause/resume",
        "hide/show",
        "tag/untag",
        "associate/disassociate",
        "invite/revoke",
        "deploy/undeploy",
        "install/uninstall",
        "approve/reject",
        "accept/reject",
        "allow/deny",
        "encrypt/decrypt",
        "encode/decode",
    ]
)
"""Pairs of verbs of which the second takes back the first."""


_SMALL = word_set(
    "a an and are as at be by for from in into is it its of on one or that the this to with your"
)
_DEEDS = frozenset(word for pair in OPPOSITES for word in pair)
_SURE = word_set(
    """
    add archive assign attach calculate cancel compute convert create delete deploy describe detach disable edit enable
    execute fetch find generate get grant insert invite lookup make modify publish put read remove rename replace restore
    retrieve revoke search send set unarchive unassign unlock update upload validate verify
    """
)
"""Words that say what is done wherever they stand in a name; others may name a thing, as `order` and `tag` do."""


@lru_cache(maxsize=50_000)
def verbs_of(function: FunctionSpec) -> frozenset[str]:
    """What a function's name says is done, of synonyms always the same one."""
    deeds = (word for word, is_deed in _told(function.source_name) if is_deed)
    return frozenset(_CANONICAL.get(word, word) for word in deeds)


@lru_cache(maxsize=50_000)
def nouns_of(function: FunctionSpec) -> tuple[str, ...]:
    """What a function's name is about, in the singular and in its order: of `orders.items.list` order and item."""
    words = (word for word, is_deed in _told(function.source_name) if not is_deed and word not in _FILLERS)
    return tuple(dict.fromkeys(singular(word) for word in words if len(word) > 1))


def _told(name: str) -> list[tuple[str, bool]]:
    """The words of a name, each with whether it says what is done.

    So does a verb that begins the name, or the last of its parts that dots or slashes divide, and a sure one anywhere.
    """
    parts = [words for part in _PART_END.split(name) if (words := words_of(part))]
    told = [(word, word in _SURE) for words in parts[:-1] for word in words]
    for place, word in enumerate(parts[-1] if parts else ()):
        is_verb = place == 0 and (infinitive(word) == word or word in _DEEDS)
        told.append((word, is_verb or word in _SURE))
    return [(word, is_deed) for word, is_deed in told if not word.isdigit()]


@lru_cache(maxsize=50_000)
def said_by(function: FunctionSpec) -> frozenset[str]:
    """The telling words of the first sentence of a description, verbs in the infinitive, all in the singular."""
    sentence = re.split(r"[.;\n]", function.description.strip(), maxsplit=1)[0].lower()
    words = (word for word in re.findall(r"[a-z]+", sentence) if word not in _SMALL)
    return frozenset(infinitive(word) or singular(word) for word in words)


def are_opposite(one: FunctionSpec, other: FunctionSpec) -> bool:
    """Whether the names of two functions say the contrary of the same thing, which one may name in more words."""
    ours, theirs = set(nouns_of(one)), set(nouns_of(other))
    if not ours or not theirs or not (ours <= theirs or theirs <= ours):
        return False
    return any(frozenset((a, b)) in OPPOSITES for a in verbs_of(one) for b in verbs_of(other) if a != b)
