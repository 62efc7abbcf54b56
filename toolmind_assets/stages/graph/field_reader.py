"""Functions as the graph sees them: their parameters and result fields, named by what they belong to."""

from collections.abc import Iterable
from typing import NamedTuple

from toolmind_assets.model.functions import FunctionSpec, MarkKind
from toolmind_assets.model.ids import JsonObject, canonical_json
from toolmind_assets.model.schemas import types_of
from toolmind_assets.stages.graph.field import (
    FunctionField,
    FunctionFields,
    FunctionProfile,
    depth_of,
    parent_of,
)
from toolmind_assets.stages.graph.field_names import (
    is_report,
    label_of,
    owner_words,
    resource_words,
    split_dotted,
    type_words,
    without_fillers,
    without_form,
)
from toolmind_assets.stages.graph.leaves import Leaf, leaves_of
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.text_cues import (
    BOUNDS,
    LOGINS,
    OPERATIONS,
    asks_for_new,
    is_fixed,
    is_operation,
    lead_of,
    own_template,
    said_kind,
    said_resource,
    said_subtype,
    said_thing,
    sides_of,
    template_of,
)
from toolmind_assets.stages.graph.value_classes import class_of_name, class_of_text, takes_any
from toolmind_assets.stages.graph.value_roles import ValueRole, role_of

DESCRIPTION_CHARS = 240
"""Characters of a field's description that are compared: what it is stands at the beginning."""
MANY_FIELDS = 64
"""A result with more fields is of a type that many functions share."""
MAX_CHOICES = 5_000
"""Members up to which an enum is compared, and then as a whole: parts of two equal ones may have nothing in common."""
_PATHS = "#/paths/"
"""What leads to a route in the location of an operation."""
_UNLINKED = frozenset((MarkKind.PAGINATION, MarkKind.AUTH, MarkKind.TRANSPORT, MarkKind.IDEMPOTENCY))
"""Marks of what no result fills: a page token goes back to where it came from, and nowhere else."""


def profile_of(spec: FunctionSpec) -> FunctionProfile:
    """A function without its fields."""
    return FunctionProfile(
        function_id=spec.function_id,
        name=spec.name,
        source_name=spec.source_name,
        description=spec.description,
        namespace=spec.namespace,
        domain=spec.domain,
        effect=spec.effect,
        resource=resource_words(spec.source_name),
        function_key=spec.function_key,
        route=route_of(spec),
    )


def route_of(spec: FunctionSpec) -> str:
    """The template of a function's route, by where it stands in an OpenAPI document; empty elsewhere."""
    location = spec.sources[0].location if spec.sources else ""
    _, _, place = location.partition(_PATHS)
    return place.partition("/")[0].replace("~1", "/").replace("~0", "~")


def fields_of(spec: FunctionSpec, params: GraphParams) -> FunctionFields:
    """The parameters and result fields of a function, the most telling first, bounded in number.

    Left out is what a mark of the spec says belongs to paging, to the transport, or to who calls.
    """
    function = profile_of(spec)
    returned = leaves_of(spec.returns, "/returns")
    reader = _Reader(
        function, _Marks(spec.marks), gives_operation=is_operation(leaf.path for leaf in returned)
    )
    taken = [reader.name(leaf) for leaf in leaves_of(spec.parameters, "/parameters")]
    with_id = frozenset(parent_of(leaf.path) for leaf in returned if leaf.name.lower() == "id")
    given = [_told_apart(reader.name(leaf), with_id) for leaf in returned]
    own = frozenset(named.label for named in taken)
    strong = frozenset(named.resource for named in taken if named.is_strong)
    identified = frozenset((parent_of(named.leaf.path), named.resource) for named in given if named.is_strong)
    return FunctionFields(
        function=function,
        inputs=tuple(reader.parameter(named, strong) for named in _most_telling(taken, params.max_inputs)),
        outputs=tuple(
            reader.result(named, own, identified, is_crowded=len(given) > MANY_FIELDS)
            for named in _most_telling(given, params.max_outputs)
        ),
    )


class _Marks:
    """What the marks of a spec say of its fields, by pointer."""

    def __init__(self, marks: Iterable[JsonObject]) -> None:
        self._unlinked = {mark["path"] for mark in marks if mark["kind"] in _UNLINKED}
        self._identifiers = {
            mark["path"]: (mark.get("resource", ""), mark.get("value", ""))
            for mark in marks
            if mark["kind"] == MarkKind.IDENTIFIER
        }

    def is_linkable(self, leaf: Leaf) -> bool:
        return leaf.pointer not in self._unlinked

    def identifier(self, leaf: Leaf) -> tuple[str, str]:
        """Resource and identifier that a leaf holds, or two empty texts; members of an array are marked as it is.

        The `id` of a `RouteResponse` is that of a route; a `routeResponseId` says that it is not.
        """
        resource, identifier = self._identifiers.get(leaf.pointer, ("", ""))
        is_of_owner = len(split_words(leaf.name)) == 1
        return without_fillers(resource) if is_of_owner else resource, identifier


WEAK_KINDS = frozenset(("name", "slug", "handle", "email"))
"""Kinds of identifiers that a resource is given anew."""


class _Named(NamedTuple):
    """A leaf with what it is called and carries: all that decides whether it is looked at."""

    leaf: Leaf
    is_linkable: bool
    types: tuple[str, ...]
    role: ValueRole
    owner: tuple[str, ...]
    has_owner: bool
    label: str
    resource: str
    identifier: str

    @property
    def is_strong(self) -> bool:
        """It identifies a resource by what that resource keeps."""
        return bool(self.identifier) and self.identifier not in WEAK_KINDS


_ROLE_ORDER = {role: place for place, role in enumerate(ValueRole)}


def _most_telling(named: list[_Named], limit: int) -> list[_Named]:
    linkable = [one for one in named if one.is_linkable]
    if len(linkable) <= limit:
        return linkable
    return sorted(linkable, key=_telling_order)[:limit]


def _telling_order(named: _Named) -> tuple[bool, int, int, str]:
    path = named.leaf.path
    return not named.leaf.is_required, _ROLE_ORDER[named.role], depth_of(path), path


def _told_apart(named: _Named, with_id: frozenset[str]) -> _Named:
    """A `uid` beside an `id` is another identifier of the same thing; `with_id` are the paths of objects with an `id`."""
    if (
        named.leaf.name.lower() != "uid"
        or named.identifier != "id"
        or parent_of(named.leaf.path) not in with_id
    ):
        return named
    return named._replace(identifier="uid", label=f"{named.resource} uid")


class _Reader:
    """Reads the fields of one function."""

    def __init__(self, function: FunctionProfile, marks: _Marks, *, gives_operation: bool) -> None:
        self._function, self._marks, self._gives_operation = function, marks, gives_operation
        self._is_login = not LOGINS.isdisjoint(split_words(function.source_name))

    def name(self, leaf: Leaf) -> _Named:
        """What a leaf is called, carries and belongs to."""
        resource, identifier = self._marks.identifier(leaf)
        name, key = split_dotted(leaf.name)
        is_bare = bool(identifier) and len(split_words(name)) == 1
        owner_type = leaf.owner_type
        if leaf.whole_type and not type_words(owner_type):
            # What a mere `Entity` gives to all that take it in is theirs.
            owner_type = leaf.whole_type
            if is_bare:
                resource = " ".join(type_words(owner_type)) or resource
        if is_bare and key:
            resource = " ".join(key)  # of `filter.issue.id` it is the issue's
        if is_bare:
            # A bare `id` or `name` is that of what its description says, whatever it stands in.
            description = leaf.description[:DESCRIPTION_CHARS]
            said = said_resource(description, f"{resource} {identifier}")
            resource = said or self._spelled(without_form(resource, said_thing(description)))
        types = types_of(leaf.schema)
        is_member = leaf.path.endswith("[]")
        role = role_of(
            name, leaf.owner, types, leaf.schema, is_identifier=bool(identifier), is_member=is_member
        )
        # What opens every call alike belongs to nothing that a function is about.
        is_owned = role is not ValueRole.CREDENTIAL
        stated = (key or owner_words(leaf.owner) or type_words(owner_type)) if is_owned else ()
        owner = stated or (self._function.resource if is_owned else ())
        label = label_of(name, owner, resource, identifier)
        is_linkable = self._marks.is_linkable(leaf)
        return _Named(leaf, is_linkable, types, role, owner, bool(stated), label, resource, identifier)

    def _spelled(self, resource: str) -> str:
        """A resource in the words of the function that is about it: an `mxedge` is its `mx edge`."""
        own = self._function.resource
        return " ".join(own) if resource.replace(" ", "") == "".join(own) else resource

    def parameter(self, named: _Named, strong: frozenset[str]) -> FunctionField:
        """The field of a parameter, given the resources that a parameter of the function identifies by their id."""
        return self._field(named, has_stronger=named.identifier in WEAK_KINDS and named.resource in strong)

    def result(
        self,
        named: _Named,
        own_labels: frozenset[str],
        identified: frozenset[tuple[str, str]],
        *,
        is_crowded: bool,
    ) -> FunctionField:
        """The field of a result.

        Args:
            own_labels: Labels of all parameters of the function.
            identified: Paths of objects with the resources that they hold an id of.
            is_crowded: The result has very many fields.
        """
        beside = (parent_of(named.leaf.path), named.resource)
        return self._field(
            named,
            is_echo=named.label in own_labels,
            is_crowded=is_crowded and not named.leaf.is_required,
            has_id_beside=named.identifier in WEAK_KINDS and beside in identified,
        )

    def _field(self, named: _Named, **flags: bool) -> FunctionField:
        leaf, label = named.leaf, named.label
        description = " ".join(leaf.description[: 2 * DESCRIPTION_CHARS].split())[:DESCRIPTION_CHARS]
        by_name = class_of_name(label)
        one_side, other_side = sides_of((*split_words(leaf.name), *named.owner))
        return FunctionField(
            function=self._function,
            path=leaf.path,
            types=named.types,
            format=str(leaf.schema.get("format", "")) or lead_of(leaf.schema),
            choices=_choices(leaf.schema.get("enum")),
            is_required=leaf.is_required,
            label=label,
            description=description or label,
            is_described=bool(description),
            role=named.role,
            owner=named.owner,
            has_owner=named.has_owner,
            is_about=not set(label.split()).isdisjoint(self._function.resource),
            resource=named.resource,
            identifier=named.identifier,
            value_class=by_name or class_of_text(description),
            is_classed_by_name=bool(by_name),
            takes_any=takes_any(label, named.types),
            one_side=one_side,
            other_side=other_side,
            asks_for_new=asks_for_new(leaf.name, leaf.description),
            is_fixed=is_fixed(description),
            is_own_login=self._is_login,
            said_kind=said_kind(description),
            template=self._template(named),
            said_resource=said_resource(description, label),
            said_subtype=said_subtype(description),
            is_report=is_report(leaf.path),
            is_bound=not BOUNDS.isdisjoint(split_words(leaf.name)),
            **flags,
        )

    def _template(self, named: _Named) -> tuple[str, ...]:
        template = template_of(named.leaf.schema, named.leaf.description)
        if template or named.identifier != "name" or named.leaf.name != "name":
            return template
        if self._gives_operation and named.leaf.path == "name":
            return OPERATIONS
        return own_template(self._function.source_name, named.resource)


def _choices(members: object) -> tuple[str, ...]:
    """The members of an enum as JSON texts, sorted; none where there is no enum, or one too long to be compared.

    Without `null`, which no call hands on; `1.0` is `1`.
    """
    if not isinstance(members, list) or len(members) > MAX_CHOICES:
        return ()
    return tuple(sorted({_choice(member) for member in members if member is not None}))


def _choice(member: object) -> str:
    if isinstance(member, float) and member.is_integer():
        return canonical_json(int(member))
    return canonical_json(member)
