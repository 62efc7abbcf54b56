"""What a function's name says: what it does, and to what."""

from functools import lru_cache

from toolmind_assets.model.functions import FunctionSpec
from toolmind_resources.language.plurals import singular
from toolmind_resources.plausible.field_labels import words_of
from toolmind_resources.plausible.phrases import infinitive

_FILLERS = frozenset(
    [
        "a",
        "all",
        "an",
        "and",
        "any",
        "api",
        "app",
        "at",
        "batch",
        "bulk",
        "by",
        "current",
        "each",
        "every",
        "for",
        "from",
        "id",
        "ids",
        "in",
        "info",
        "into",
        "list",
        "many",
        "me",
        "multi",
        "multiple",
        "my",
        "new",
        "of",
        "on",
        "one",
        "or",
        "single",
        "the",
        "to",
        "v",
        "with",
        "web",
        "backend",
    ]
)
"""Words that say neither what is done nor to what."""
_CANONICAL = {
    **dict.fromkeys(("update", "put", "patch", "modify", "edit", "change", "set"), "update"),
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


@lru_cache(maxsize=50_000)
def verbs_of(function: FunctionSpec) -> frozenset[str]:
    """What a function's name says is done, in the infinitive, of synonyms always the same one."""
    found = (infinitive(word) or word for word in words_of(function.source_name))
    return frozenset(_CANONICAL.get(word, word) for word in found if infinitive(word) or word in _EXTRA_VERBS)


_EXTRA_VERBS = frozenset(word for pair in OPPOSITES for word in pair)


@lru_cache(maxsize=50_000)
def nouns_of(function: FunctionSpec) -> tuple[str, ...]:
    """What a function's name is about, in the singular and in its order: of `orders.items.list` order and item."""
    return nouns_in(function.source_name)


@lru_cache(maxsize=50_000)
def nouns_in(name: str) -> tuple[str, ...]:
    """The words of a name that are neither verbs nor fillers, in the singular and in their order."""
    words = (singular(word) for word in words_of(name) if not word.isdigit())
    named = (word for word in words if word not in _FILLERS and len(word) > 1)
    return tuple(dict.fromkeys(word for word in named if not infinitive(word) and word not in _EXTRA_VERBS))


def are_opposite(one: FunctionSpec, other: FunctionSpec) -> bool:
    """Whether the names of two functions say the contrary of the same thing, which one may name in more words."""
    ours, theirs = set(nouns_of(one)), set(nouns_of(other))
    if not ours or not theirs or not (ours <= theirs or theirs <= ours):
        return False
    return any(frozenset((a, b)) in OPPOSITES for a in verbs_of(one) for b in verbs_of(other) if a != b)
