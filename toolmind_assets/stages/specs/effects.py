"""What a call does to the world: by hints of the publisher, the HTTP method, and the verb of the name."""

import re
from collections.abc import Iterator, Sequence

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.specs.word_splitting import words_of
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set

_VERBS = {
    Effect.READ: """aggregate analyse analyze assess autocomplete browse calculate calc check classify compare compute
        contains convert count crawl decapsulate decode decrypt derive describe detect diff discover display download
        echo encapsulate encode encrypt enumerate estimate evaluate exists explain export extract fetch filter find
        forecast format geocode get grep has head identify infer inspect introspect is list localize locate lookup
        ls measure monitor parse peek ping poll predict preview query rank read receive recognize recommend refine
        render resolve retrieve romanize scan search select show simulate solve sort stat status suggest summarise
        summarize tail test track transcribe translate troubleshoot validate verify view wait watch wc du cat pwd""",
    Effect.CREATE: """accept acquire add allocate append apply assume authenticate backup book broadcast buy checkout
        clone comment compose copy cp create define draft duplicate enroll fork generate import ingest
        init initialize insert instantiate invite issue join log login logon make mint mkdir notify open order pay place
        post provide provision publish purchase push put record register reply request reserve resend respond retweet
        schedule sell send setup share signin signup submit subscribe touch upload vote write""",
    Effect.UPDATE: """abandon ack acknowledge activate adjust adopt advance advertise allow amend announce approve
        archive assign associate attach authorize backtrack ban bind block bypass cd change chgrp chmod chown close
        commit complete configure confirm connect continue deactivate decline decrease demote deny deprecate disable
        disconnect dislike dismiss downvote drain edit enable escalate expand expire extend failover favorite fill
        finalize finish fix flag follow freeze grant hide increase invalidate link lock mark merge modify move mutate
        mute mv override patch pause pin press prioritize promote reactivate reapply reassign reauthorize rebalance
        rebuild recalculate reconcile reconfigure recover recreate redeem redirect reenable refresh regenerate reimage
        reindex reject reload remediate rename renew reopen reorder repair replace replicate reprovision reschedule reset
        resize restart restore resume resync revert revise rollback rotate save seek set shrink sign snooze star suspend
        swap switch switchover sync tag toggle transfer transition unarchive unban unblock undelete undeprecate undo
        unfavorite unflag unfreeze unhide unhold unlike unlock unmark unmonitor unmute unpin unpublish unset unstar
        unsubmit unsuspend untrash update upgrade upsert upvote withdraw""",
    Effect.DELETE: """abort cancel clear deauthorize delete deprovision deregister destroy detach disassociate discard
        dissociate drop erase evict expunge flush forget kill leave logout prune purge remove retire revoke rm rmdir
        terminate trash truncate unassign unbind undeploy unenroll uninstall unfollow unlabel unlink unpeer unregister
        unshare unsubscribe untag wipe""",
    Effect.EXECUTE: """begin call click deliver deploy dispatch distribute drag execute forgot hover initiate install
        invoke launch migrate navigate perform play reboot redeliver redrive reprocess rerequest rerun resubmit retry
        run shutdown signal start stop trigger""",
}
_EFFECT_OF = {verb: effect for effect, verbs in _VERBS.items() for verb in verbs.split()}
_LEADING_VERBS = {
    Effect.CREATE: "build charge deposit exchange forward peer react refund report review",
    Effect.UPDATE: "bundle claim enter exit fund hold label opt redact skip split turn",
    Effect.DELETE: "empty release void",
    Effect.EXECUTE: "end prepare process",
}
_LEADING_EFFECT_OF = {verb: effect for effect, verbs in _LEADING_VERBS.items() for verb in verbs.split()}
"""Words that are as often nouns: verbs only where they stand first, before what the call acts on."""
_OF_NOUNS = word_set(
    "at by count date day detail details for history id info information list name note notes number on point rate"
    "stats status summary time times to type types version versions"
)
"""What follows such a word where it is a noun after all: `release_notes`, `charge_status`."""
_MENDED = word_set(
    "alarm alert bug case comment complaint conflict conversation discussion dispute error feedback finding incident "
    "inquiry issue problem question request task thread ticket violation"
)
"""What is settled where it is resolved; an address, a name or a link is only looked up."""
_MODIFIERS = word_set("admin async batch bulk do force multi partial soft tentatively")
"""Words before a verb that say how much is done at once, by whom, or how."""
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
       is called `create`, and not `create or` something else, nor where a PUT or PATCH begins with a verb that removes.
    3. The verb of the name's last part (`spotify.play`: `play`), then of the last two parts: its first word, in the
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
        is_removed = http_method in ("put", "patch") and _is_called_removal(source_name)
        return Effect.DELETE if is_removed else _EFFECT_OF_METHOD[http_method]
    for effect in _effects_said(_METHOD_PREFIX.sub("", source_name)):
        if not (effect is Effect.READ and is_read_only is False):
            return effect
    if http_method == "post" or (is_read_only is False and not is_destructive):
        return Effect.CREATE
    return Effect.READ if is_read_only is None else Effect.EXECUTE


def _effects_said(name: str) -> Iterator[Effect]:
    """The effects that the verbs of a name have, those first that most likely are its verb."""
    last_part = _last_part(name)
    parts = re.split(r"[./]", name)
    is_sentence = " " in name
    for text in (last_part,) if last_part == name else (last_part, ".".join(parts[-2:])):
        words = _without_modifiers(words_of(text))
        if (leading := _leading_effect(words)) is not None:
            yield leading
        yield from (_EFFECT_OF[word] for word in _by_weight(words, is_sentence) if word in _EFFECT_OF)


def _leading_effect(words: Sequence[str]) -> Effect | None:
    """The effect of a first word that is a verb by what follows it: `release_address`, `log_in`, `resolve_ticket`."""
    if len(words) < 2:
        return None
    first, second = words[:2]
    if first == "resolve" and not _MENDED.isdisjoint(map(singular, words[1:])):
        return Effect.UPDATE
    if first in _LEADING_EFFECT_OF and second not in _OF_NOUNS and words[-1] not in _LAST_VERBS:
        return _LEADING_EFFECT_OF[first]
    return _EFFECT_OF.get(first + second)


def _without_modifiers(words: list[str]) -> list[str]:
    """A name's words from the verb on that a `batch` or an `admin` stands before."""
    start = next((place for place, word in enumerate(words) if word not in _MODIFIERS), 0)
    return words[start:]


def _last_part(source_name: str) -> str:
    """What stands behind the last dot or slash of a name, without the group in front."""
    return _GROUP.sub("", source_name.replace("/", ".").rsplit(".", 1)[-1])


def _is_called_removal(source_name: str) -> bool:
    first = _without_modifiers(words_of(_last_part(source_name)))[:1]
    return bool(first) and _EFFECT_OF.get(first[0]) is Effect.DELETE


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
