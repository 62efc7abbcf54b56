"""What names and descriptions say of a call as a whole: who makes it, and what its result is for."""

import re
from dataclasses import dataclass

import numpy as np

from toolmind_assets.model.functions import Effect
from toolmind_assets.stages.graph.columns import Bools, Columns
from toolmind_assets.stages.graph.field import FunctionProfile
from toolmind_assets.stages.graph.lexicon import COMMON_GROUND, IDENTIFIERS, PREPOSITIONS, VERBS
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_resources.language.word_sets import word_set

ACCOUNTS = word_set(
    "analytic audit count diagnostic history insight log metric report stat statistic summary telemetry timeline trace "
    "trail trend usage"
)
"""Words for an account of what happened: it is read, and hardly acted on."""
OVER = word_set(
    "archived cancelled canceled closed completed deleted ended expired finished former inactive past removed revoked "
    "terminated trash trashed"
)
"""Words for things of which the time is over."""
REVIVALS = word_set("delete expunge purge recover reopen restore revive unarchive undelete")
"""Verbs of what is still done with such things."""
EDITS = word_set("alter change edit modify patch put rename replace revise set update")
"""Verbs of calls that change what a thing holds."""
PROCESSES = word_set("action build deployment execution export import job operation process query run scan")
"""Words for what takes its time."""
_NAMES = IDENTIFIERS | {"code", "key", "name", "number"}
"""Words for what a thing is called by."""
_BY_MACHINES = re.compile(
    r"(?i)\b(?:called|invoked|used|sent|made|issued|polled)\s+(?:only\s+|internally\s+)*by\s+(?:an?\s+|the\s+)?(?:\w+\s+){0,2}"
    r"(?:workers?|agents?|platform|backend|scheduler|daemon|runners?|provider|gateway|crawler)\b"
    r"|\b(?:for\s+)?internal(?:ly)?\s+(?:use|used|usage)\b"
    r"|\b(?:webhook|callback)s?\s+(?:handler|receiver|endpoint\s+(?:for|that\s+receives))\b|\bheartbeats?\b"
    r"|\b(?:your|the)\s+(?:server|endpoint|application|app|service)\s+(?:will\s+)?receives?\b"
)
_CHECK = re.compile(r"(?i)^\W*(?:checks?|tests?|verif(?:y|ies)|determines?)\s+(?:if|whether)\b")
_HANDLER = re.compile(r"^on(?=[A-Z_])|^(?:handle|receive)(?=[A-Z_])|(?:[cC]allback|[hH]eartbeat)$")


@dataclass(frozen=True, slots=True)
class CallTraits:
    """Traits of some functions, each of shape (n,).

    Attributes:
        is_machine: A platform or a worker makes the call, and no person.
        is_account: It gives a report, a log or figures of what happened.
        is_over: It gives things of which the time is over.
        is_revival: It is what is done with those.
        is_edit: It changes what a thing holds, and does nothing else with it.
        is_check: It only says whether something is there.
        is_member: Of each field: it stands in the member of a list itself.
        is_header: Of each field: it is a header of the request that no standard knows, and means no thing.
        is_process: Of each field: it names what takes its time, such as a job, which is set going and looked after.
        is_ground: Of each label: it speaks of what errands turn around.
    """

    is_machine: Bools
    is_account: Bools
    is_over: Bools
    is_revival: Bools
    is_edit: Bools
    is_check: Bools
    is_member: Bools
    is_header: Bools
    is_process: Bools
    is_ground: Bools

    @classmethod
    def of(cls, columns: Columns) -> "CallTraits":
        """The traits of the functions of some columns."""
        rows = [_traits(profile) for profile in columns.profiles]
        table = np.array(rows, dtype=bool).reshape(len(rows), 6)
        members = np.array([is_member(path) for path in columns.pools.paths], dtype=bool)
        ground = [is_ground(label) for label in columns.pools.labels]
        process = [not PROCESSES.isdisjoint(resource.split()[-1:]) for resource in columns.pools.resources]
        return cls(
            *table.T,
            is_member=members[columns.fields.path],
            is_header=np.array([path[:2].lower() == "x-" for path in columns.pools.paths], dtype=bool)[
                columns.fields.path
            ],
            is_process=np.array(process, dtype=bool)[columns.fields.resource],
            is_ground=np.array(ground, dtype=bool),
        )


def _traits(function: FunctionProfile) -> tuple[bool, ...]:
    words = split_words(function.source_name)
    return (
        bool(_HANDLER.search(function.source_name) or _BY_MACHINES.search(function.description)),
        function.effect is Effect.READ and gives_account(words),
        not OVER.isdisjoint(words[1:]),
        not REVIVALS.isdisjoint(words),
        not EDITS.isdisjoint(words),
        function.effect is Effect.READ and bool(_CHECK.match(function.description)),
    )


def is_ground(label: str) -> bool:
    """Whether a name speaks of what errands turn around: a `city` or a `hotel code`, and not a `hotel unit`."""
    words = label.split()
    named = words[:-1] if words[-1:] and words[-1] in _NAMES else words
    return named[-1:] != [] and named[-1] in COMMON_GROUND


def is_member(path: str) -> bool:
    """Whether a value is, or stands right in, the member of a list: `items[].id`, and not `items[].owner.id`."""
    _, bracket, rest = path.rpartition("[]")
    return bool(bracket) and rest.count(".") <= 1


def gives_account(words: tuple[str, ...]) -> bool:
    """Whether a function of this name gives an account: its last noun before a preposition says so."""
    end = next((at for at, word in enumerate(words) if at and word in PREPOSITIONS), len(words))
    nouns = [word for word in words[min(1, len(words) - 1) : end] if word not in VERBS and word != "id"]
    return bool(nouns) and nouns[-1] in ACCOUNTS
