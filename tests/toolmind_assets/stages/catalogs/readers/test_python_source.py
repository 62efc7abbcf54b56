"""Typed Python functions are read from source that is never executed."""

import json
from textwrap import dedent
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolmind_assets.stages.catalogs.readers.python_source import entries


def read(source: str) -> dict[str, dict[str, Any]]:
    """Pointer -> the function that stands there."""
    found = {entry.pointer: entry for entry in entries(dedent(source), "shop")}
    assert [entry.problem for entry in found.values() if entry.problem] == []
    return {pointer: entry.value or {} for pointer, entry in found.items()}


def parameter(annotation: str, before: str = "", default: str = "") -> Any:
    """The schema of the one parameter of a function, with its definitions beside it."""
    tail = f" = {default}" if default else ""
    parameters = read(f"{dedent(before)}\ndef f(x: {annotation}{tail}): ...")["/f"]["parameters"]
    schema = parameters["properties"]["x"]
    return {**schema, "$defs": parameters["$defs"]} if "$defs" in parameters else schema


def test_public_functions_and_methods_are_read_and_others_are_not() -> None:
    source = """
        class Shop:
            def __init__(self, name: str): ...
            async def find(self, word: str): ...
            @staticmethod
            def open(day: int): ...
            @classmethod
            def load(cls, path: str): ...
            @property
            def size(self) -> int: ...
            def _secret(self): ...
        class _Hidden:
            def run(self): ...
        def top(a): ...
        def _private(): ...
        if True:
            def behind(b): ...
    """
    found = read(source)
    assert list(found) == ["/Shop/find", "/Shop/open", "/Shop/load", "/top", "/behind"]
    assert found["/Shop/find"]["namespace"] == "Shop"
    assert found["/top"]["namespace"] == "shop"
    names = {key: list(value["parameters"]["properties"]) for key, value in found.items()}
    assert names == {
        "/Shop/find": ["word"],
        "/Shop/open": ["day"],
        "/Shop/load": ["path"],
        "/top": ["a"],
        "/behind": ["b"],
    }


def test_where_functions_are_decorated_as_tools_only_those_are_read() -> None:
    source = '''
        def make_server():
            @mcp.tool(name="search_docs", description="Finds.", annotations=ToolAnnotations(readOnlyHint=True))
            async def search(query: str, ctx: Context[S, None] | None = None) -> str:
                """Not this."""
        @function_tool
        def weather(city: str, run: RunContextWrapper[Any], n: int = 3): "Tells it."
        def other(): ...
    '''
    found = read(source)
    assert {value["name"]: value["description"] for value in found.values()} == {
        "search_docs": "Finds.",
        "weather": "Tells it.",
    }
    assert found["/search"]["annotations"] == {"readOnlyHint": True}
    assert list(found["/search"]["parameters"]["properties"]) == ["query"]
    assert found["/weather"]["parameters"]["required"] == ["city"]


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", {"type": "string"}),
        ("'int'", {"type": "integer"}),
        ("float | None", {"type": ["number", "null"]}),
        ("Optional[bool]", {"type": ["boolean", "null"]}),
        ("Union[int, str]", {"type": ["integer", "string"]}),
        ("list[str] | int", {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "integer"}]}),
        ("Optional[str | None]", {"type": ["string", "null"]}),
        ("Literal['a', 'b']", {"type": "string", "enum": ["a", "b"]}),
        ("Literal[1, 'a', None]", {"enum": [1, "a", None]}),
        ("dict[str, list[int]]", {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}}),
        ("set[str]", {"type": "array", "uniqueItems": True, "items": {"type": "string"}}),
        ("tuple[int, ...]", {"type": "array", "items": {"type": "integer"}}),
        ("tuple[int, str]", {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2, "maxItems": 2}),
        ("Annotated[str, 'The city']", {"type": "string", "description": "The city"}),
        ("Annotated[int, Field(ge=1, le=9, description='n')]", {"type": "integer", "minimum": 1, "maximum": 9, "description": "n"}),
        ("Annotated[list[int], Field(min_length=2)]", {"type": "array", "items": {"type": "integer"}, "minItems": 2}),
        ("datetime.datetime", {"type": "string", "format": "date-time"}),
        ("date", {"type": "string", "format": "date"}),
        ("uuid.UUID", {"type": "string", "format": "uuid"}),
        ("Decimal", {"type": "number"}),
        ("Path", {"type": "string", "format": "path"}),
        ("bytes", {"type": "string", "contentEncoding": "base64"}),
        ("Any", {}),
        ("pd.DataFrame", {"title": "DataFrame"}),
    ],
)  # fmt: skip
def test_annotations_are_schemas(annotation: str, schema: dict[str, Any]) -> None:
    assert parameter(annotation) == schema


@pytest.mark.parametrize(
    ("before", "annotation", "schema"),
    [
        ("UserId = NewType('UserId', int)", "UserId", {"type": "integer"}),
        ("Names: TypeAlias = list[str]", "Names", {"type": "array", "items": {"type": "string"}}),
        ("Json = dict[str, 'Json'] | str", "Json", {"type": ["object", "string"]}),
        (
            "class Color(str, Enum):\n    RED = 'red'\n    BLUE = 'blue'",
            "Color",
            {"$ref": "#/$defs/Color", "$defs": {"Color": {"type": "string", "enum": ["red", "blue"]}}},
        ),
        (
            "class Opts(TypedDict, total=False):\n    a: Required[int]\n    b: str",
            "Opts",
            {
                "$ref": "#/$defs/Opts",
                "$defs": {"Opts": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "required": ["a"]}},
            },
        ),
        (
            "@dataclass\nclass Node:\n    label: str\n    parts: list['Node'] = field(default_factory=list)",
            "Node",
            {
                "$ref": "#/$defs/Node",
                "$defs": {
                    "Node": {
                        "type": "object",
                        "properties": {"label": {"type": "string"}, "parts": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
                        "required": ["label"],
                    }
                },
            },
        ),
        (
            "class Base(BaseModel):\n    id: int\nclass Pet(Base):\n    age: int = Field(3, ge=0)",
            "Pet",
            {
                "$ref": "#/$defs/Pet",
                "$defs": {
                    "Pet": {
                        "type": "object",
                        "properties": {"id": {"type": "integer"}, "age": {"type": "integer", "minimum": 0, "default": 3}},
                        "required": ["id"],
                    }
                },
            },
        ),
        (
            "class P(NamedTuple):\n    x: float\n    y: float = 0.5",
            "P",
            {
                "$ref": "#/$defs/P",
                "$defs": {
                    "P": {
                        "type": "array",
                        "prefixItems": [{"title": "x", "type": "number"}, {"title": "y", "type": "number", "default": 0.5}],
                        "minItems": 1,
                        "maxItems": 2,
                    }
                },
            },
        ),
    ],
)  # fmt: skip
def test_types_of_the_same_file_are_read(before: str, annotation: str, schema: dict[str, Any]) -> None:
    assert parameter(annotation, before) == schema


def test_defaults_that_are_literals_or_constants_are_kept() -> None:
    source = """
        LIMIT = 10
        class Mode(Enum):
            FAST = 'fast'
        def f(a, b: int = LIMIT, c: Mode = Mode.FAST, d: int | None = None, e: str = None, g=now(), h=True, *, i, j: float = -1.5): ...
    """
    parameters = read(source)["/f"]["parameters"]
    defaults = {
        name: schema["default"] for name, schema in parameters["properties"].items() if "default" in schema
    }
    assert defaults == {"b": 10, "c": "fast", "d": None, "h": True, "j": -1.5}
    assert parameters["required"] == ["a", "i"]
    assert parameters["properties"]["h"]["type"] == "boolean"


def test_further_keyword_arguments_are_stated() -> None:
    source = """
        class More(TypedDict):
            size: int
        def any(a: int, *rest: str, **more): ...
        def typed(**more: int): ...
        def named(**more: Unpack[More]): ...
    """
    found = {key: value["parameters"] for key, value in read(source).items()}
    assert found["/any"]["additionalProperties"] is True
    assert list(found["/any"]["properties"]) == ["a"]
    assert found["/typed"]["additionalProperties"] == {"type": "integer"}
    assert found["/named"]["required"] == ["size"]


def test_what_a_framework_hands_in_is_left_out() -> None:
    source = """
        def f(a: str, ctx, context: str, state: Annotated[dict, InjectedState], user: User = Depends(me), rt: ToolRuntime = None): ...
    """
    assert list(read(source)["/f"]["parameters"]["properties"]) == ["a", "context"]


@pytest.mark.parametrize(
    "docstring",
    [
        """Finds it.

        More.

        Args:
            a (int): The first
                of all.
            b (list[str], optional): The second.

        Returns:
            str: What was found.
        """,
        """Finds it.

        More.

        Parameters
        ----------
        a : int
            The first
            of all.
        b : list of str, optional
            The second.

        Returns
        -------
        str
            What was found.
        """,
        """Finds it.

        More.

        :param int a: The first
            of all.
        :param b: The second.
        :type b: list[str]
        :returns: What was found.
        :rtype: str
        """,
    ],
    ids=["google", "numpy", "sphinx"],
)
def test_docstrings_describe_and_type_what_is_not_annotated(docstring: str) -> None:
    source = f'def f(a, b=None):\n    """{docstring}"""'
    [entry] = entries(source)
    value = entry.value or {}
    assert value["description"] == "Finds it.\n\nMore."
    a, b = value["parameters"]["properties"].values()
    assert (a["type"], a["description"].split()) == ("integer", ["The", "first", "of", "all."])
    assert b == {"type": "array", "items": {"type": "string"}, "description": "The second."}
    assert value["returns"] == {"type": "string", "description": "What was found."}


def test_returns_come_from_the_annotation_first() -> None:
    source = '''
        def f() -> dict[str, int]:
            """F.

            Returns:
                dict: Counts by word.
            """
        def nothing() -> None: ...
        async def many() -> AsyncIterator[int]: ...
    '''
    found = read(source)
    counts = {"type": "object", "additionalProperties": {"type": "integer"}, "description": "Counts by word."}
    assert found["/f"]["returns"] == counts
    assert "returns" not in found["/nothing"]
    assert found["/many"]["returns"] == {"type": "array", "items": {"type": "integer"}}


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "def f(): pass\0",
        "(" * 5000,
        "-" * 100_000 + "1",
        "a = " + "1+" * 50_000 + "1",
        "def f(x: " + "A|" * 20_000 + "int): ...",
        "def f(x: " + "list[" * 90 + "int" + "]" * 90 + "): ...",
        "A0 = dict[str, int]\n"
        + "".join(f"A{n + 1} = tuple[A{n}, A{n}]\n" for n in range(40))
        + "def f(x: A40): ...",
        "x = 1\n" * 1_000_000,
    ],
    ids=["syntax", "null", "parentheses", "signs", "sum", "union", "generics", "aliases", "huge"],
)
def test_hostile_source_is_a_problem_and_no_exception(source: str) -> None:
    [entry] = entries(source)
    assert entry.value is None
    assert entry.problem


@pytest.mark.parametrize(
    "source",
    [
        "A = list[A]\nB = dict[str, C]\nC = list[B]\ndef f(x: A, y: C): ...",
        "class A(A):\n    x: A\ndef f(a: A): ...",
        "@dataclass\nclass A(B):\n    x: 'A'\nclass B(A): ...\ndef f(a: A): ...",
        "def f(x=1e999, y=0x" + "f" * 9000 + "): ...",
        "import os; os._exit(3)\ndef f(x: os._exit(3) = os._exit(3)): '\\d'",
        "class E(Enum):\n    A = object()\ndef f(x: E = E.B, y: Literal[E.A] = 1): ...",
    ],
)
def test_cycles_and_values_that_json_cannot_hold_cost_nothing_else(source: str) -> None:
    [entry] = entries(source)
    assert entry.problem == ""
    json.dumps(entry.value, allow_nan=False)


WORDS = st.sampled_from(
    [
        "def f",
        "class A",
        "(",
        ")",
        ":",
        "\n",
        "\n    ",
        "self",
        "x",
        ": int",
        ": A",
        ": 'A'",
        " = ",
        "1",
        "None",
        ",",
        "*",
        "**k",
        "->",
        "list[",
        "]",
        "",
        "Union[",
        "Literal[",
        "'a'",
        "@tool",
        "@dataclass",
        "Annotated[",
        "Field(",
        "ge=1",
        "...",
        "async ",
        '"""Args:\n  x (int): y\n"""',
        "pass",
        "Enum",
        "B = A",
        "BaseModel",
    ]
)


@given(st.one_of(st.text(max_size=100), st.lists(WORDS, max_size=40).map("".join)))
def test_never_raises(source: str) -> None:
    assert all(entry.problem or json.dumps(entry.value) for entry in entries(source))


ANNOTATIONS = st.recursive(
    st.sampled_from(["int", "str", "A", "B", "T", "None", "Any", "'A'", "date", "Color", "X"]),
    lambda inner: st.one_of(
        inner.map("list[{}]".format),
        st.tuples(inner, inner).map(lambda pair: f"dict[{pair[0]}, {pair[1]}]"),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]} | {pair[1]}".replace("'A' | 'A'", "A")),
        st.tuples(inner, inner).map(lambda pair: f"tuple[{pair[0]}, {pair[1]}]"),
        inner.map("Annotated[{}, Field(ge=1, min_length=2, description='d')]".format),
        inner.map("Optional[{}]".format),
    ),
    max_leaves=8,
)


@given(ANNOTATIONS)
def test_schemas_are_valid_json_schema(annotation: str) -> None:
    before = "class Color(Enum):\n    R = 1\n    G = 'g'\n@dataclass\nclass A:\n    a: 'B'\nB = list[A]\nT = B | None\n"
    [entry] = entries(f"{before}def f(x: {annotation}) -> {annotation}: ...")
    value = entry.value or {}
    for schema in (value["parameters"], value.get("returns", {})):
        jsonschema_rs.meta.validate(schema)
        jsonschema_rs.Draft202012Validator(schema)
