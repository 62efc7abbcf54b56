"""Functions as the graph sees them: their parameters and result fields, named by what they belong to."""

from collections.abc import Iterable

from toolmind_assets.model.api_versions import ApiDocument, api_document, document_of
from toolmind_assets.model.functions import Effect, FunctionSpec
from toolmind_assets.model.ids import canonical_json
from toolmind_assets.model.schemas import types_of
from toolmind_assets.stages.graph.field import (
    FunctionField,
    FunctionFields,
    FunctionProfile,
    parent_of,
)
from toolmind_assets.stages.graph.field_names import (
    is_base,
    is_report,
    label_of,
    owner_words,
    resource_words,
    split_dotted,
    type_words,
    without_form,
)
from toolmind_assets.stages.graph.leaves import Leaf, leaves_of
from toolmind_assets.stages.graph.name_words import split_words
from toolmind_assets.stages.graph.named_leaves import WEAK_KINDS, Marks, NamedLeaf, most_telling, told_apart
from toolmind_assets.stages.graph.params import GraphParams
from toolmind_assets.stages.graph.text_cues import (
    BOUNDS,
    LOGINS,
    OPERATIONS,
    asks_for_new,
    is_fixed,
    is_mailed_to,
    is_operation,
    lead_of,
    own_template,
    said_kind,
    said_resource,
    said_subtype,
    said_thing,
    sides_of,
    subtype_sides,
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


def profile_of(spec: FunctionSpec) -> FunctionProfile:
    """A function without its fields."""
    document = api_document(document_of(spec.sources[0].location)) if spec.sources else ApiDocument("", "")
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
        api=f"{spec.sources[0].catalog}:{document.api}" if spec.sources else "",
        version=document.version,
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
        function, Marks(spec.marks), gives_operation=is_operation(leaf.path for leaf in returned)
    )
    taken = reader.name_all(leaves_of(spec.parameters, "/parameters"))
    with_id = frozenset(parent_of(leaf.path) for leaf in returned if leaf.name.lower() == "id")
    given = [told_apart(named, with_id) for named in reader.name_all(returned)]
    own = _repeated_labels(function, taken)
    strong = frozenset(
        named.resource if named.is_strong else named.label for named in taken if named.is_telling
    )
    identified = frozenset((parent_of(named.leaf.path), named.resource) for named in given if named.is_strong)
    return FunctionFields(
        function=function,
        inputs=tuple(reader.parameter(named, strong) for named in most_telling(taken, params.max_inputs)),
        outputs=tuple(
            reader.result(named, own, identified, is_crowded=len(given) > MANY_FIELDS)
            for named in most_telling(given, params.max_outputs)
        ),
    )


def _repeated_labels(function: FunctionProfile, taken: Iterable[NamedLeaf]) -> frozenset[str]:
    """Labels of what a result only repeats: what every caller says, and what a call writes.

    A parameter that may be left out of a call that reads is a filter, so that the call is where such values come from.
    What identifies the thing that a call makes is given by whoever makes it, unless the caller has to say it.
    """
    if function.effect is Effect.READ:
        return frozenset(named.label for named in taken if named.leaf.is_required)
    own = function.resource[-1:] if function.effect is Effect.CREATE else ()
    return frozenset(
        named.label
        for named in taken
        if named.leaf.is_required or not (named.is_strong and own == tuple(named.resource.split()[-1:]))
    )


class _Reader:
    """Reads the fields of one function."""

    def __init__(self, function: FunctionProfile, marks: Marks, *, gives_operation: bool) -> None:
        self._function, self._marks, self._gives_operation = function, marks, gives_operation
        self._is_login = not LOGINS.isdisjoint(split_words(function.source_name))

    def name_all(self, leaves: list[Leaf]) -> list[NamedLeaf]:
        """What each leaf of a schema is called, carries and belongs to."""
        words = ((parent_of(leaf.path), split_words(leaf.name)) for leaf in leaves)
        beside = frozenset((parent, *found[-2:]) for parent, found in words if len(found) > 1)
        return [self._name(leaf, beside) for leaf in leaves]

    def _name(self, leaf: Leaf, beside: frozenset[tuple[str, ...]]) -> NamedLeaf:
        """What a leaf is called, given the paths of objects with the last two words of the names in them."""
        resource, identifier = self._marks.identifier(leaf)
        name, key = split_dotted(leaf.name)
        is_bare = bool(identifier) and len(split_words(name)) == 1
        owner_type = leaf.owner_type
        if leaf.whole_type and is_base(owner_type):
            # What a mere `Entity` gives to all that take it in is theirs.
            owner_type = leaf.whole_type
            if is_bare:
                resource = " ".join(type_words(owner_type)) or resource
        if is_bare and key:
            resource = " ".join(key)  # of `filter.issue.id` it is the issue's
        if is_bare:
            # A bare `id` or `name` is that of what its description says, whatever it stands in, unless that has
            # a field of its own beside it.
            description = leaf.description[:DESCRIPTION_CHARS]
            said = said_resource(description, f"{resource} {identifier}")
            said = "" if (parent_of(leaf.path), said, identifier) in beside else said
            resource = said or self._spelled(without_form(resource, said_thing(description)))
        elif not identifier and is_mailed_to(name, leaf.description, leaf.schema):
            resource, identifier = split_words(name)[-1], "email"
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
        return NamedLeaf(leaf, is_linkable, types, role, owner, bool(stated), label, resource, identifier)

    def _spelled(self, resource: str) -> str:
        """A resource in the words of the function that is about it: an `mxedge` is its `mx edge`."""
        own = self._function.resource
        return " ".join(own) if resource.replace(" ", "") == "".join(own) else resource

    def parameter(self, named: NamedLeaf, strong: frozenset[str]) -> FunctionField:
        """The field of a parameter, given the resources that a parameter of the function identifies by their id."""
        return self._field(named, has_stronger=named.identifier in WEAK_KINDS and named.resource in strong)

    def result(
        self,
        named: NamedLeaf,
        own_labels: frozenset[str],
        identified: frozenset[tuple[str, str]],
        *,
        is_crowded: bool,
    ) -> FunctionField:
        """The field of a result.

        Args:
            own_labels: Labels of the parameters that the result repeats.
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

    def _field(self, named: NamedLeaf, **flags: bool) -> FunctionField:
        leaf, label = named.leaf, named.label
        description = " ".join(leaf.description[: 2 * DESCRIPTION_CHARS].split())[:DESCRIPTION_CHARS]
        by_name = class_of_name(label)
        one_side, other_side = self._sides(named, description)
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
            is_about=not set(split_words(label)).isdisjoint(self._function.resource),
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

    def _sides(self, named: NamedLeaf, description: str) -> tuple[int, int]:
        """The sides of opposites that name, owner and, of an identifier, description and function tell."""
        one, other = sides_of((*split_words(named.leaf.name), *named.owner))
        if not named.identifier:
            return one, other
        is_own = named.resource.split()[-1:] == list(self._function.resource[-1:])
        around = (*said_thing(description), *(self._function.resource if is_own else ()))
        own, opposite = subtype_sides(around)
        return one | own, other | opposite

    def _template(self, named: NamedLeaf) -> tuple[str, ...]:
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
