"""What the graph knows of one function, and of one of its fields."""

from dataclasses import dataclass

from toolmind_assets.model.functions import Domain, Effect
from toolmind_assets.stages.graph.value_classes import ValueClass
from toolmind_assets.stages.graph.value_roles import ValueRole


@dataclass(frozen=True, slots=True)
class FunctionProfile:
    """What a link may know of a function.

    Attributes:
        resource: Words for what the function is about: (`pull`, `request`) of `get_pull_request`.
        function_key: Stays as it is when the function changes.
        api, version: The document that it stands in, without its version, and that version; empty where none is stated.
        route: The template of its route, such as `/boards/{boardId}`; empty where the source has none.
    """

    function_id: str
    name: str
    source_name: str
    description: str
    namespace: str
    domain: Domain
    effect: Effect
    resource: tuple[str, ...]
    function_key: str = ""
    api: str = ""
    version: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class FunctionField:
    """One parameter or one field of the result.

    Attributes:
        function: The function that it belongs to.
        path: Dotted path, `[]` for the members of an array.
        types, format, choices: What it admits; `choices` are the members of an enum as JSON texts. Where no format is
            stated, it is what the pattern starts with, such as `^CH`.
        is_required: The call, or the result, always has it.
        label: Its name as words, led by what it belongs to where the name alone does not say so.
        description: First characters of its description; the label where it has none.
        is_described: It has a description of its own.
        role: What sort of value it is.
        owner: Words for the object above it; the function's resource where there is none.
        has_owner: There is such an object.
        is_about: It belongs to the function's own resource, rather than to something that is only mentioned.
        is_echo: A result field that repeats what the caller of the function said.
        resource, identifier: What it identifies, and which of its identifiers it is (`vpc`, `id`); else empty.
        value_class: The sort of thing in the world that its name, else its description, speaks of.
        is_classed_by_name: The name says so.
        takes_any: As a parameter it takes whatever text, or whatever number, somebody has.
        one_side, other_side: The pairs of opposites of which its words name the one, or the other, a bit each.
        asks_for_new: Its value is yet to be made up.
        is_fixed: It is described as one that no caller sets.
        is_own_login: It is who one is oneself.
        has_stronger: Another parameter of the function identifies the same resource by its id.
        said_kind: What its description says that it is, `id`, `name` or `url`, or empty.
        template: The collections of the resource name that it holds, or empty.
        said_resource: What its description says that it identifies, one word, where its label does not say so.
        said_subtype: All words for what its description says that it identifies, where some tell its subtype; else empty.
        is_bound: It is the end of a range.
        has_id_beside: A name in a result, beside which the same object holds an id of the same resource.
        is_report: It stands in an object that reports what went wrong, or among what does not exist.
        is_crowded: It is one of more than 64 fields of a result, and may be left out.
    """

    function: FunctionProfile
    path: str
    types: tuple[str, ...]
    format: str
    choices: tuple[str, ...]
    is_required: bool
    label: str
    description: str
    is_described: bool
    role: ValueRole
    owner: tuple[str, ...]
    has_owner: bool
    is_about: bool
    is_echo: bool = False
    resource: str = ""
    identifier: str = ""
    value_class: ValueClass = ValueClass.NOTHING
    is_classed_by_name: bool = False
    takes_any: bool = False
    one_side: int = 0
    other_side: int = 0
    asks_for_new: bool = False
    is_fixed: bool = False
    is_own_login: bool = False
    has_stronger: bool = False
    said_kind: str = ""
    template: tuple[str, ...] = ()
    is_crowded: bool = False
    said_resource: str = ""
    said_subtype: tuple[str, ...] = ()
    is_report: bool = False
    is_bound: bool = False
    has_id_beside: bool = False

    @property
    def depth(self) -> int:
        """Objects and arrays that lie above it."""
        return depth_of(self.path)

    @property
    def is_listed(self) -> bool:
        """It is, or lies within, the member of an array."""
        return "[]" in self.path


@dataclass(frozen=True, slots=True)
class FunctionFields:
    """A function with the fields that links may use."""

    function: FunctionProfile
    inputs: tuple[FunctionField, ...]
    outputs: tuple[FunctionField, ...]


def depth_of(path: str) -> int:
    """Objects and arrays that lie above the value at a path."""
    return path.count(".") + path.count("[]")


def parent_of(path: str) -> str:
    """The path of the object that holds the value at a path; empty at the top."""
    return path.rpartition(".")[0]
