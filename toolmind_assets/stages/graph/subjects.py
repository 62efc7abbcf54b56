"""What a call acts on: the innermost of the things that it needs named, and which of these only hold the others.

A thing is a subject by its words: the resource of an identifier, or what a parameter of the route is called. Of
`/boards/{boardId}/items/{itemId}` the item is acted on, and the board holds it.
"""

import re
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from toolmind_assets.stages.graph.call_words import name_words
from toolmind_assets.stages.graph.columns import NONE, Bools, Columns, Ints, Places
from toolmind_assets.stages.graph.field_reader import WEAK_KINDS
from toolmind_assets.stages.graph.name_words import name_stems

HOLDS = 0.8
"""Share of the functions that need the one thing and need the other too, from which the other holds it."""
_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Subjects:
    """What the functions of some columns act on.

    Attributes:
        of_field: The subject that each field names, `NONE` where it names none.
        of_function: The subject that each function acts on, `NONE` where it needs none named.
        is_own: Of each field: its function is called after what it names.
        is_head: The same, and that is what its function is about, rather than something of it.
        is_about: Of each function: it is about what it acts on, rather than about something below it.
        is_holder: Of each parameter: it names what holds that which its function acts on.
        is_renamed: Of each parameter: it is what the thing is called, which its function needs named apart from that.
        given: Functions and the subjects that their results name, in one number, sorted.
        needed: The same of the subjects that they need named.
    """

    of_field: Ints
    of_function: Ints
    is_own: Bools
    is_head: Bools
    is_about: Bools
    is_holder: Bools
    is_renamed: Bools
    given: Ints
    needed: Ints

    @classmethod
    def of(cls, columns: Columns) -> "Subjects":
        """The subjects of some columns."""
        fields = columns.fields
        place = _places_in_routes(columns)
        subject, words = _subjects(columns, place != NONE)
        needed = np.flatnonzero(fields.is_input & (fields.is_required | (place != NONE)) & (subject != NONE))
        home = columns.functions.namespace[fields.function[needed]].astype(np.int64)
        _, things = np.unique(home << 32 | subject[needed], return_inverse=True)
        calls = fields.function[needed]
        shape = (len(columns.profiles), int(things.max(initial=-1)) + 1)
        needs = csr_matrix((np.ones(len(needed), np.float32), (calls, things)), shape=shape)
        needs.data[:] = 1
        both = csr_matrix(needs.T @ needs)
        counts = both.diagonal().astype(np.int64)
        innermost = _innermost(calls, place[needed], counts[things])
        main = np.full(len(columns.profiles), NONE, dtype=np.int64)
        main[calls[innermost]] = things[innermost]
        own = np.full(len(columns.profiles), NONE, dtype=np.int64)
        own[calls[innermost]] = subject[needed[innermost]]
        is_holder = np.zeros(len(fields), dtype=bool)
        inner = main[calls]
        shared = np.asarray(both[things, inner]).ravel() if len(needed) else np.empty(0)
        is_holder[needed] = (things != inner) & (shared >= HOLDS * counts[inner])
        given = np.flatnonzero(~fields.is_input & (subject != NONE))
        return cls(
            of_field=subject,
            of_function=own,
            is_own=_are_named(columns, words, subject),
            is_head=_are_heads(columns, words, subject),
            is_about=_are_about(columns, words, own),
            is_holder=is_holder,
            is_renamed=_are_renamed(columns, subject, needed, place),
            given=np.unique(packed(fields.function[given], subject[given])),
            needed=np.unique(packed(calls, subject[needed])),
        )

    def is_given(self, functions: Places, subjects: Ints) -> Bools:
        """Whether the result of each of some functions names the subject at its place."""
        return _among(self.given, functions, subjects)

    def is_needed(self, functions: Places, subjects: Ints) -> Bools:
        """Whether each of some functions needs the subject at its place named."""
        return _among(self.needed, functions, subjects)


def _among(known: Ints, functions: Places, subjects: Ints) -> Bools:
    wanted = packed(functions, subjects)
    if not len(known):
        return np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return (known[at] == wanted) & (subjects != NONE)


def packed(functions: Ints, subjects: Ints) -> Ints:
    """Function and subject in one number."""
    return functions.astype(np.int64) << 32 | subjects.astype(np.int64) & 0xFFFFFFFF


def _places_in_routes(columns: Columns) -> Ints:
    """Of each parameter how far back it stands in the route of its function, `NONE` where it does not."""
    fields, paths = columns.fields, columns.pools.paths
    found = np.full(len(fields), NONE, dtype=np.int64)
    starts = np.searchsorted(fields.function, np.arange(len(columns.profiles) + 1))
    for number, profile in enumerate(columns.profiles):
        names = _PARAMETER.findall(profile.route)
        if not names:
            continue
        places = {name: place for place, name in enumerate(names)}
        for field in range(starts[number], starts[number + 1]):
            if fields.is_input[field]:
                found[field] = places.get(paths[fields.path[field]], NONE)
    return found


def _subjects(columns: Columns, is_routed: Bools) -> tuple[Ints, list[str]]:
    """The subject of each field, by the number of its words, and these words."""
    fields, pools = columns.fields, columns.pools
    numbers: dict[str, int] = {}
    of_resource = np.array([numbers.setdefault(one, len(numbers)) for one in pools.resources], dtype=np.int64)
    of_label = np.array([numbers.setdefault(one, len(numbers)) for one in pools.labels], dtype=np.int64)
    named = np.where(fields.key != NONE, of_resource[fields.resource], of_label[fields.label])
    known = np.unique(of_resource[fields.resource[fields.key != NONE]])
    is_named = (fields.key != NONE) | is_routed | np.isin(named, known)
    return np.where(is_named, named, NONE), list(numbers)


def _are_renamed(columns: Columns, subjects: Ints, needed: Places, place: Ints) -> Bools:
    """Whether needed parameters outside of the route are weak names of what another needed parameter names as well."""
    fields = columns.fields
    weak = np.array([kind in WEAK_KINDS for kind in columns.pools.kinds], dtype=bool)
    pairs, at, counts = np.unique(
        packed(fields.function[needed], subjects[needed]), return_inverse=True, return_counts=True
    )
    is_weak = weak[fields.identifier[needed]] & (place[needed] == NONE)
    n_strong = np.bincount(at, ~is_weak, minlength=len(pairs))
    found = np.zeros(len(fields), dtype=bool)
    found[needed] = is_weak & (counts[at] > 1) & (n_strong[at] > 0)
    return found


def _are_heads(columns: Columns, words: list[str], subjects: Ints) -> Bools:
    """Whether what the functions of the fields are about, and the subjects of these, end in one word."""
    numbers = {word: number for number, word in enumerate(columns.pools.words)}
    last = np.array([numbers.get(one.rpartition(" ")[2], NONE) for one in words] or [NONE])
    heads = columns.functions.resource_head[columns.fields.function]
    return (subjects != NONE) & (heads == last[subjects]) & (heads != NONE)


def _are_named(columns: Columns, words: list[str], subjects: Ints) -> Bools:
    """Whether all words of the subjects of the fields stand in the names of their functions."""
    found = np.zeros(len(subjects), dtype=bool)
    some = np.flatnonzero(subjects != NONE)
    pairs, places = np.unique(packed(columns.fields.function[some], subjects[some]), return_inverse=True)
    called = [name_words(profile) for profile in columns.profiles]
    stems = [name_stems(one) for one in words]
    named = [stems[pair & 0xFFFFFFFF] <= called[pair >> 32] for pair in pairs.tolist()]
    found[some] = np.array(named, dtype=bool)[places]
    return found


def _are_about(columns: Columns, words: list[str], subjects: Ints) -> Bools:
    """Whether functions are about the subjects that they act on."""
    subject_words = [frozenset(one.split()) for one in words]
    about = [
        subject != NONE and profile.resource[-1:] != () and profile.resource[-1] in subject_words[subject]
        for profile, subject in zip(columns.profiles, subjects.tolist(), strict=True)
    ]
    return np.array(about, dtype=bool)


def _innermost(calls: Ints, place: Ints, counts: Ints) -> Ints:
    """Of each function the place of the thing that stands last in its route, else of that which the fewest take."""
    order = np.lexsort((-np.arange(len(calls)), counts, -place, calls))
    return order[np.flatnonzero(np.diff(calls[order], prepend=NONE))]
