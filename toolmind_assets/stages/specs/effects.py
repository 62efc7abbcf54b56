"""What a call does to the world: by hints of the publisher, the HTTP method, and the verb of the name."""

import re
from collections.abc import Iterator, Sequence

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.specs.word_splitting import words_of

_VERBS = {
    Effect.READ: """analyze autocomplete browse calculate calc check classify compare compute convert count decode
        decrypt describe detect diff discover display download echo encode encrypt estimate evaluate exists export
        extract fetch filter find forecast format get grep has identify inspect is list locate log lookup ls
        measure monitor parse peek ping predict preview query rank read recognize recommend render resolve retrieve scan
        search select show simulate solve sort stat status suggest summarize tail test track translate validate
        verify view watch wc du cat pwd""",
    Effect.CREATE: """accept add allocate append apply authenticate backup book buy checkout clone comment compose copy
        create draft duplicate enroll fork generate import ingest init insert invite issue join log make mkdir open
        order pay place post provision publish purchase push put record register request reserve resend retweet
        schedule send share submit subscribe touch upload vote write""",
    Effect.UPDATE: """activate adjust approve archive assign associate attach bind block cd change close commit complete
        configure connect deactivate decline deny disable disconnect edit enable fill fix follow increase decrease link
        lock mark merge modify move mute mv patch pause press reject rename reorder replace reset restart restore
        resume rotate save seek set sync switch tag toggle transfer transition unarchive unblock undelete unlock unmute
        update upgrade upsert demote flag pin promote rollback star suspend unflag unmark unpin unstar unsuspend""",
    Effect.DELETE: """abort cancel clear delete deregister destroy detach disassociate discard drop erase kill leave
        logout prune purge remove revoke rm rmdir terminate unassign unbind uninstall unfollow unlink unregister
        unsubscribe untag""",
    Effect.EXECUTE: """begin call click deploy dispatch drag execute hover initiate install invoke launch migrate navigate
        perform play reboot retry run signal start stop trigger""",
}
_EFFECT_OF = {verb: effect for effect, verbs in _VERBS.items() for verb in verbs.split()}
_LAST_VERBS = frozenset(
    ("get", "list", "read", "create", "update", "delete", "patch", "remove", "cancel", "start", "stop")
)
"""Verbs that name an operation where they stand last: `WorkflowRuns_List`, `labels-update`."""
_EFFECT_OF_METHOD = {
    "get": Effect.READ,
    "head": Effect.READ,
    "options": Effect.READ,
    "trace": Effect.READ,
    "put": Effect.UPDATE,
    "patch": Effect.UPDATE,
    "delete": Effect.DELETE,
}


_METHOD_PREFIX = re.compile(r"\A(?:GET|POST)_(?=[A-Z][a-z])")
"""The method in front of the name of an action that a parameter of the request chooses."""
_GROUP = re.compile(r"\A[A-Z]\w*_(?=[A-Z][a-z])")
"""The group in front of a name, as in `DenyAssignments_ListForScope`."""
_IDEMPOTENT_METHODS = frozenset(("get", "head", "options", "trace", "put", "delete"))


def derive_effect(
    source_name: str, http_method: str = "", is_read_only: bool | None = None, is_destructive: bool = True
) -> Effect:
    """The effect of a function; the first rule that speaks decides.

    1. An MCP server's `readOnlyHint: true`: read.
    2. An HTTP method other than POST, which says too little: GET reads, PUT and PATCH update, DELETE deletes;
       but not where one action is listed under several methods (`GET_DeleteRule`, `POST_DeleteRule`), nor where a PUT
       is called `create`, and not `create or` something else.
    3. The verb of the name's last part (`spotify.play`: `play`), then of the whole name: its first word, in the
       third person too (`Gets the user`), else its last word (`WorkflowRuns_List`), else the first verb in it;
       not where the name sounds like reading though the server says that it is not.
    4. POST creates, and so does what the server calls neither read-only nor destructive; what it calls not
       read-only executes; everything else reads, as `math.hypot`.
    """
    if is_read_only:
        return Effect.READ
    if http_method == "put" and _is_called_create(source_name):
        return Effect.CREATE
    if http_method in _EFFECT_OF_METHOD and not _METHOD_PREFIX.match(source_name):
        return _EFFECT_OF_METHOD[http_method]
    source_name = _METHOD_PREFIX.sub("", source_name)
    last_part = _last_part(source_name)
    whole = () if last_part == source_name else words_of(source_name)
    is_sentence = " " in source_name
    for word in (*_by_weight(words_of(last_part), is_sentence), *_by_weight(whole, is_sentence)):
        effect = _EFFECT_OF.get(word)
        if effect and not (effect is Effect.READ and is_read_only is False):
            return effect
    if http_method == "post" or (is_read_only is False and not is_destructive):
        return Effect.CREATE
    return Effect.READ if is_read_only is None else Effect.EXECUTE


def _last_part(source_name: str) -> str:
    """What stands behind the last dot or slash of a name, without the group in front."""
    return _GROUP.sub("", source_name.replace("/", ".").rsplit(".", 1)[-1])


def _is_called_create(source_name: str) -> bool:
    words = words_of(_last_part(source_name))
    return "create" in (words[:1] + words[-1:]) and {"or", "update"}.isdisjoint(words)


def derive_idempotence(
    effect: Effect,
    http_method: str = "",
    idempotent_hint: bool | None = None,
    has_idempotency_key: bool = False,
) -> bool:
    """Whether the same call, made again, changes nothing more; the first rule that speaks decides.

    1. What reads changes nothing.
    2. An MCP server's `idempotentHint`, either way.
    3. A parameter with an idempotency key makes a call repeatable.
    4. RFC 9110: GET, HEAD, OPTIONS, TRACE, PUT and DELETE are idempotent, POST and PATCH are not.
    5. Where nothing is stated: no.
    """
    if effect is Effect.READ:
        return True
    if idempotent_hint is not None:
        return idempotent_hint
    return has_idempotency_key or http_method in _IDEMPOTENT_METHODS


def _by_weight(words: Sequence[str], is_sentence: bool) -> Iterator[str]:
    """The words of a name, those first that most likely are its verb."""
    if not words:
        return
    first = words[0]
    yield first
    if is_sentence and first.endswith("s") and first not in _EFFECT_OF:
        yield first[:-2] if first.endswith(("shes", "ches", "sses")) else first[:-1]
    if words[-1] in _LAST_VERBS:
        yield words[-1]
    yield from words[1:]


def effect_of_verb(word: str) -> Effect | None:
    """What a verb alone says of the effect; None of a word that is no known verb."""
    return _EFFECT_OF.get(word)
