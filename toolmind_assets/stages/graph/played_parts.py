"""Who plays a part: an `assignee` is one of the users of a service that keeps no list of assignees, and `to` takes mail addresses."""

import numpy as np

from toolmind_assets.stages.graph.columns import NONE, Bools, Columns, Ints, Places
from toolmind_assets.stages.graph.lexicon import ADDRESSED, PARTS, PEOPLE, STATES, WORLDLY

_MAIL = "email"


class PlayedParts:
    """Tells of pairs of fields of some columns whether the one names somebody by the part that they play."""

    def __init__(self, columns: Columns) -> None:
        fields, functions = columns.fields, columns.functions
        self._fields = fields
        resources = [resource.split()[-1:] for resource in columns.pools.resources]
        labels = [label.split() for label in columns.pools.labels]
        self._is_person = _are(resources, PEOPLE)[fields.resource]
        self._is_part = _are(resources, PARTS)[fields.resource]
        self._is_addressed = _are(resources, ADDRESSED | PEOPLE)[fields.resource]
        self._is_strong = np.array([kind in ("id", "uuid") for kind in columns.pools.kinds], dtype=bool)[
            fields.identifier
        ]
        kinds = np.array([kind == _MAIL for kind in columns.pools.kinds], dtype=bool)[fields.identifier]
        self._is_mail = kinds | (
            (fields.key == NONE) & _are([one[-1:] for one in labels], {_MAIL})[fields.label]
        )
        self._is_mail_of = kinds
        self._is_called_part = (
            _are(labels, PARTS) & np.array([len(one) == 1 for one in labels], dtype=bool)
        )[fields.label]
        worldly = _are([one[-1:] for one in labels], WORLDLY | STATES)
        self._is_thing = ~worldly[fields.label]
        self._homes = functions.namespace[fields.function].astype(np.int64) << 32
        heads = functions.resource_head.astype(np.int64) & 0xFFFFFFFF
        self._managed = np.unique(functions.namespace.astype(np.int64) << 32 | heads)

    def are_same_person(self, sources: Places, targets: Places) -> Bools:
        """Whether an identifier of somebody fills one of whoever plays a part, or a mail address one to write to."""
        part = self._is_part[targets] & ~self._is_managed(targets, self._fields.resource_head[targets])
        other = self._is_part[sources] & ~self._is_managed(sources, self._fields.resource_head[sources])
        is_by_id = self._is_strong[sources] & self._is_strong[targets]
        is_by_id &= (self._is_person[sources] & part) | (other & self._is_person[targets])
        is_mail = self._is_mail[sources] & self._is_mail_of[targets] & self._is_addressed[targets]
        return is_by_id | is_mail

    def are_given_by_id(self, sources: Places, targets: Places, are_called_alike: Bools) -> Bools:
        """Whether a thing that a parameter merely names, such as `channel` or `assignee`, is one that the source identifies.

        Things that a service manages are told apart by their ids; a country or a status is not.
        """
        fields = self._fields
        head = fields.resource_head[sources]
        is_named = are_called_alike | (self._is_person[sources] & self._is_called_part[targets])
        is_named &= self._is_strong[sources] & (fields.key[targets] == NONE) & self._is_thing[targets]
        return is_named & self._is_managed(targets, head)

    def _is_managed(self, places: Places, heads: Ints) -> Bools:
        """Whether some function of a field's namespace is about the resources with these last words."""
        wanted = self._homes[places] | heads.astype(np.int64) & 0xFFFFFFFF
        return np.isin(wanted, self._managed) & (heads != NONE)


def _are(words: list[list[str]], among: frozenset[str] | set[str]) -> Bools:
    """Whether each of some lists of words has one that is among others."""
    return np.array([not among.isdisjoint(one) for one in words], dtype=bool)
