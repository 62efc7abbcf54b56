"""The resource that a type, a path or a function is about: `vpc` of `Vpc`, `/vpcs/{id}` and `DescribeVpcs`."""

import re
from functools import lru_cache

from toolmind_assets.stages.specs.word_splitting import name_words
from toolmind_resources.language.plurals import singular
from toolmind_resources.language.word_sets import word_set

MAX_RESOURCE_WORDS = 4
"""A longer name is a sentence."""
PREPOSITIONS = word_set("by for of in on with to from at per and or as using via where which when if whether")
_VERBS = word_set(
    "abandon accept acknowledge acquire activate add advertise allow amend analyze announce apply approve "
    "archive assign associate assume attach authorize ban batch begin broadcast bulk bypass calculate "
    "call cancel change check claim clear clone close complete configure confirm connect continue convert "
    "copy count create deactivate deauthorize define delete deliver demote deny deploy deprecate "
    "deprovision deregister describe destroy detach disable disassociate disconnect dismiss dispatch "
    "dissociate distribute download downvote duplicate edit enable end enroll enumerate escalate evict "
    "execute expand expire explain export expunge extend failover fetch fill finalize find finish forget "
    "freeze generate geocode get give grant hide import increase index infer initialize initiate insert "
    "inspect instantiate introspect invalidate invite invoke join kill launch leave link list load lock "
    "lookup make mark merge modify move mutate notify obtain open override patch pause perform ping poll "
    "post predict prepare preview prioritize promote provide provision publish pull purchase purge push "
    "put query reactivate read reassign reauthorize rebalance rebuild receive reconcile reconfigure "
    "recover recreate redeem redeliver redirect redrive reenable refresh regenerate register reimage "
    "reindex reject release reload remediate remove rename renew reopen repair replace replicate reply "
    "report reprocess reprovision request rerun reschedule reset resize resolve respond restart restore "
    "resubmit resume resync retire retrieve retry revert revise revoke rotate run save schedule search "
    "select sell send set share show shrink sign signal snooze sort start stop submit subscribe suspend "
    "swap switch switchover sync tag terminate track transcribe transfer trigger troubleshoot truncate "
    "try unarchive unassign unban undelete undeploy undeprecate unenroll unfreeze unhide unlabel unlink "
    "unlock unmonitor unpeer unpin unpublish unregister unset unshare unstar unsubmit unsubscribe "
    "unsuspend untag untrash update upgrade upload upsert upvote use validate verify view watch wipe "
    "withdraw write"
)
_SHELLS = word_set(
    "response responses request requests output input result results info information detail details dto item items data "
    "model object payload params parameters body summary summaries list resp res reply entity record spec "
    "schema type resource resources full base basic extended partial read write create update patch "
    "envelope wrapper view ref reference limited lite mini compact simple properties attributes api v1 v2 v3 v4 beta alpha internal public async by id ids"
)
"""Words around the name of a type or function that do not name its resource."""
_CORE_VERBS = word_set(
    "get list create update delete patch put post describe fetch retrieve remove add set find"
)
_ONLY_VERBS = _CORE_VERBS | word_set(
    "search query call invoke run execute check login logout lookup validate verify send"
)
"""Verbs that alone name no resource, unlike `report` or `share`."""
_FRAMES = word_set("all api app rest http https www public internal v1 v2 v3")
"""Words in front of the names of types and functions that say where they are served."""
_DATED = re.compile(r"[-_]?\d{4}[-_]\d\d[-_]\d\d\Z")
"""The version of an interface behind a name, as in `GetInvalidation2020_05_31`."""
_VERSION = re.compile(r"v\d+(?:p\d+)?(?:(?:alpha|beta)\d*)?\Z")
_EXTENSION = re.compile(r"\.(?:json|xml)\Z")
_SEGMENT_NOISE = re.compile(r"\A(?:v\d+(?:[.-]\w+)?|api|rest|public|admin|beta|latest|\{[^}]*\}|:\w+|)\Z")


@lru_cache(maxsize=100_000)
def resource_of(owner: str, name: str = "") -> str:
    """The resource that a type, a path or a function is about; empty where it names none."""
    if owner.startswith("#"):
        owner = owner.rsplit("/", 1)[-1]
    if "/" in owner:
        owner = _segment(owner, name)
    parts = _DATED.sub("", owner).replace(":", ".").split(".")
    words = name_words(parts[-1])
    if len(parts) > 1 and words and all(word in _VERBS or word in _SHELLS for word in words):
        words = name_words(parts[-2])
    return joined(_core(words))


def _segment(path: str, name: str) -> str:
    """The literal segment that `{name}` hangs on, else the last one."""
    plain = _EXTENSION.sub("", path.split("?", 1)[0].strip("/").split(" ")[-1])
    segments = plain.split("/")
    if f"{{{name}}}" in segments:
        segments = segments[: segments.index(f"{{{name}}}")]
    literal = [segment for segment in segments if not _SEGMENT_NOISE.match(segment)]
    nouns = [
        segment for segment in literal if name_words(segment)[:1] and name_words(segment)[0] not in _VERBS
    ]
    return nouns[-1] if nouns else ""


def _core(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the thing: without verbs in front, shells behind, and what follows a preposition."""
    words = _after_version(words)
    inner = max((place for place, word in enumerate(words[:-1]) if word in _CORE_VERBS), default=0)
    words = words[inner:]
    if len(words) > 1 and words[0] in _VERBS:
        words = words[1:]
        while len(words) > 1 and words[0] in ("all", "my", "the", "a", "an", "new", "or", "batch"):
            words = words[1:]
    cut = next((place for place, word in enumerate(words) if word in PREPOSITIONS and place), len(words))
    words = words[:cut]
    while words and (
        words[-1].rstrip("0123456789") in _SHELLS or (len(words) > 1 and words[-1] in _CORE_VERBS)
    ):
        words = words[:-1]
    while len(words) > 1 and words[0] in _FRAMES:
        words = words[1:]
    if (
        not words
        or len(words) > MAX_RESOURCE_WORDS
        or words[0] in PREPOSITIONS
        or (len(words) == 1 and words[0] in _ONLY_VERBS)
    ):
        return ()
    return words


def _after_version(words: tuple[str, ...]) -> tuple[str, ...]:
    """What stands behind a version, as in `GoogleCloudVisionV1p1beta1WebEntity`."""
    last = max((place for place, word in enumerate(words[:-1]) if _VERSION.match(word)), default=-1)
    return words[last + 1 :]


def joined(words: tuple[str, ...]) -> str:
    """Words with a blank between them, the last one singular."""
    return " ".join((*words[:-1], singular(words[-1]))) if words else ""
