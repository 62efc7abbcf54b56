"""Each form of a catalog, wrong in every place."""

import json
from typing import Any

from hostile_cases.case import GOOD, WRONG, F, case, of

SHAPES = {"In": {"type": "structure", "members": {"a": {"shape": "A"}}}, "A": {"type": "string"}}


def aws(operations: Any, shapes: Any) -> dict[str, Any]:
    return {"metadata": {"serviceFullName": "S"}, "operations": operations, "shapes": shapes}


def discovery(methods: Any, **further: Any) -> dict[str, Any]:
    return {"kind": "discovery#restDescription", "name": "n", "methods": methods, **further}


def toucan(tools: Any, live: Any = None) -> dict[str, Any]:
    about = {"server_name": "s", "server_info_crawled": {"tools": tools}}
    return {"metadata": about | ({"remote_server_response": live} if live else {})}


def words(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "type": "string", "required": False} for name in names]


case(
    "aws: wrong operations",
    "a.json",
    aws({f"Op{n}": wrong for n, wrong in enumerate(WRONG)}, {}),
    "Op7",
    "Op8",
    unknown_form=7,
)
case(
    "aws: wrong inputs",
    "a.json",
    aws(
        {
            f"Op{n}": {
                "name": f"Op{n}",
                "input": wrong,
                "output": wrong,
                "errors": wrong,
                "http": wrong,
                "documentation": wrong,
            }
            for n, wrong in enumerate(WRONG)
        },
        {},
    ),
    *(f"Op{n}" for n in range(7)),
    unresolved_ref=2,
)
case(
    "aws: wrong shapes",
    "a.json",
    aws(
        {f"Op{n}": {"input": {"shape": f"S{n}"}, "output": {"shape": f"S{n}"}} for n in range(9)},
        {f"S{n}": wrong for n, wrong in enumerate(WRONG)},
    ),
    "Op7",
    "Op8",
    unresolved_ref=7,
)
case(
    "aws: wrong members",
    "a.json",
    aws(
        {f"Op{n}": {"input": {"shape": f"S{n}"}} for n in range(9)},
        {
            f"S{n}": {"type": "structure", "members": wrong, "required": wrong}
            for n, wrong in enumerate(WRONG)
        },
    ),
    *(f"Op{n}" for n in range(9)),
)
case(
    "aws: wrong lists and maps",
    "a.json",
    aws(
        {"Op": {"input": {"shape": "In"}}},
        {
            "In": {
                "type": "structure",
                "members": {
                    f"{kind}{n}": {"shape": f"{kind}{n}"}
                    for kind in ("list", "map", "string")
                    for n in range(9)
                },
            },
            **{
                f"{kind}{n}": {
                    "type": kind,
                    "member": wrong,
                    "key": wrong,
                    "value": wrong,
                    "enum": wrong,
                    "min": wrong,
                    "max": wrong,
                    "pattern": wrong,
                }
                for kind in ("list", "map", "string")
                for n, wrong in enumerate(WRONG)
            },
        },
    ),
    unresolved_ref=1,
)
case(
    "aws: shapes in a circle",
    "a.json",
    aws({"Op": {"input": {"shape": "L"}}}, {"L": {"type": "list", "member": {"shape": "L"}}}),
    "Op",
)
case(
    "aws: maps that double 40 times",
    "a.json",
    aws(
        {"Op": {"input": {"shape": "S"}}},
        {
            "S": {"type": "structure", "members": {"m": {"shape": "M0"}}},
            "M40": {"type": "string"},
            **{
                f"M{n}": {"type": "map", "key": {"shape": f"M{n + 1}"}, "value": {"shape": f"M{n + 1}"}}
                for n in range(40)
            },
        },
    ),
    "Op",
)
case(
    "aws: a structure in itself",
    "a.json",
    aws({"Op": {"input": {"shape": "S"}}}, {"S": {"type": "structure", "members": {"s": {"shape": "S"}}}}),
    "Op",
)
case(
    "aws: a shape that is not there",
    "a.json",
    aws({"Op": {"input": {"shape": "None"}}}, {}),
    unresolved_ref=1,
)
case("aws: a file beside a model", "a.json", {"pagination": {"Op": {}}}, unknown_form=1)

case(
    "discovery: wrong methods",
    "a.json",
    discovery({f"m{n}": wrong for n, wrong in enumerate(WRONG)}),
    "m7",
    "m8",
    unknown_form=7,
)
case(
    "discovery: wrong members",
    "a.json",
    discovery(
        {
            f"m{n}": {
                "id": f"m{n}",
                "parameters": wrong,
                "request": wrong,
                "response": wrong,
                "description": wrong,
                "httpMethod": wrong,
                "parameterOrder": wrong,
                "path": wrong,
            }
            for n, wrong in enumerate(WRONG)
        }
    ),
    *(f"m{n}" for n in range(9)),
)
case(
    "discovery: wrong parameters",
    "a.json",
    discovery(
        {
            "m": {
                "parameters": {f"p{n}": wrong for n, wrong in enumerate(WRONG)}
                | {
                    f"q{n}": {
                        "type": wrong,
                        "required": wrong,
                        "enum": wrong,
                        "repeated": wrong,
                        "default": wrong,
                        "minimum": wrong,
                        "location": wrong,
                    }
                    for n, wrong in enumerate(WRONG)
                }
            }
        },
        parameters={f"c{n}": wrong for n, wrong in enumerate(WRONG)},
    ),
    "m",
)
case(
    "discovery: wrong resources",
    "a.json",
    discovery({}, resources={f"r{n}": wrong for n, wrong in enumerate(WRONG)}),
    unknown_form=7,
)
case(
    "discovery: wrong schemas",
    "a.json",
    discovery(
        {f"m{n}": {"request": {"$ref": f"S{n}"}, "response": {"$ref": f"S{n}"}} for n in range(9)},
        schemas={f"S{n}": wrong for n, wrong in enumerate(WRONG)},
    ),
    *(f"m{n}" for n in range(1, 9)),
    unresolved_ref=1,
)
case("discovery: 800 resources deep", "a.json", lambda: _deep_resources(800), too_deep=1)
case("discovery: a directory", "a.json", {"kind": "discovery#directoryList", "items": []}, unknown_form=1)


def _deep_resources(levels: int) -> str:
    return (
        '{"kind": "discovery#restDescription", "resources": '
        + '{"r": {"resources": ' * levels
        + "{}"
        + "}}" * levels
        + "}"
    )


case(
    "mcp: wrong tools",
    "a.json",
    {"result": {"tools": [*WRONG, {"name": "t", "inputSchema": {"type": "object"}}]}},
    "t",
    unknown_form=7,
    missing_name=2,
)
case(
    "mcp: wrong schemas",
    "a.json",
    {
        "result": {
            "tools": [
                {
                    "name": f"t{n}",
                    "description": wrong,
                    "inputSchema": wrong,
                    "outputSchema": wrong,
                    "annotations": wrong,
                    "title": wrong,
                }
                for n, wrong in enumerate(WRONG)
            ]
        }
    },
    *(f"t{n}" for n in range(9)),
)
case("mcp: tools that are no list", "a.json", {"result": {"tools": {"a": 1}}}, unknown_form=1)
case(
    "mcp: an error of a server",
    "a.json",
    {"jsonrpc": "2.0", "id": 1, "error": {"code": -1, "message": "no"}},
    unknown_form=1,
)
case(
    "mcp: a greeting alone", "a.json", {"result": {"protocolVersion": "1", "serverInfo": {}}}, unknown_form=1
)
case(
    "mcp: wrong arguments as Docker lists them",
    "a.json",
    {
        "name": "t",
        "description": "d",
        "arguments": [{"name": wrong, "type": wrong, "desc": wrong, "optional": wrong} for wrong in WRONG],
    },
    "t",
)
case(
    "a crawl: words of a description",
    "a.json",
    toucan(
        [
            {
                "name": "search",
                "description": "Search the web",
                "parameters": words("search", "Search", "the", "web", "Fast", "Results"),
            }
        ]
    ),
    invalid_schema=1,
)
case(
    "a crawl: words alone",
    "a.json",
    toucan(
        [
            {
                "name": "search",
                "description": "Search the web",
                "parameters": words("search", "Search", "the", "web"),
            }
        ]
    ),
    invalid_schema=1,
)
case(
    "a crawl: buttons",
    "a.json",
    toucan(
        [
            {
                "name": "add",
                "description": "Adds it",
                "parameters": words("add", "Adds", "it", "values", "Add", "Item", "deep", "True", "False"),
            }
        ]
    ),
    "add",
    repairs=["parameter_dropped", "type_open"],
)
case(
    "a crawl: nothing",
    "a.json",
    toucan([{"name": "t", "description": "d", "parameters": wrong} for wrong in (None, [], {}, "x", 1)]),
    missing_name=0,
    invalid_schema=5,
)
case("a crawl: wrong tools", "a.json", toucan(WRONG), unknown_form=7, missing_name=2)
case(
    "a crawl: of a server that answered",
    "a.json",
    toucan(
        [{"name": "t", "description": "d", "parameters": words("t", "d")}],
        {"tools": [{"name": "t", "description": "d", "input_schema": {"type": "object"}}]},
    ),
    "t",
)
case(
    "a crawl: listings that are none",
    "a.json",
    {"metadata": {"server_name": 1, "server_info_crawled": {"tools": 3}}},
)

case("openai: wrong lists", "a.json", [{"tools": wrong} for wrong in WRONG], unknown_form=8, missing_name=0)
case("openai: wrappers 90 deep", "a.json", lambda: _wrapped(90), "f")
case(
    "openai: wrappers around nothing",
    "a.json",
    {"type": "function", "function": {"function": {}}},
    missing_name=1,
)
case(
    "openai: definitions as broken text",
    "a.json",
    {"tools": ['{"name": ', "x", "{}"]},
    malformed_json=1,
    unknown_form=1,
    missing_name=1,
)
case(
    "openai: parameters as broken text",
    "a.json",
    {"name": "f", "description": "d", "parameters": '{"type": "object", '},
    "f",
    repairs=["parameters_missing"],
)
case(
    "openai: calls",
    "a.json",
    [
        {"name": "f", "arguments": {"a": 1}},
        {"name": "g", "arguments": "{}"},
        {"name": "h", "arguments": '{"a": 1}'},
        {"type": "function", "function": {"name": "i", "arguments": "{}"}},
    ],
    unknown_form=4,
)
case(
    "anthropic: wrong schemas",
    "a.json",
    [
        {"name": f"f{n}", "description": wrong, "input_schema": wrong, "input_examples": wrong}
        for n, wrong in enumerate(WRONG)
    ],
    *(f"f{n}" for n in range(9)),
)
case(
    "anthropic: wrong tools",
    "a.json",
    {"tools": [*WRONG, {"name": "t", "input_schema": {}}]},
    "t",
    unknown_form=7,
    missing_name=2,
)
case(
    "gemini: wrong declarations",
    "a.json",
    [{"functionDeclarations": [wrong]} for wrong in WRONG],
    unknown_form=7,
    missing_name=2,
)
case(
    "gemini: wrong schemas",
    "a.json",
    {
        "function_declarations": [
            {
                "name": f"f{n}",
                "parameters": {"type": "OBJECT", "properties": {"p": wrong}, "required": wrong},
                "response": wrong,
            }
            for n, wrong in enumerate(WRONG)
        ]
    },
    *(f"f{n}" for n in range(9)),
)
case("rapidapi: wrong APIs", "a.json", {"tool_name": 1, "api_list": WRONG}, unknown_form=7, missing_name=2)
case(
    "rapidapi: wrong parameters",
    "a.json",
    {
        "api_list": [
            {
                "name": f"f{n}",
                "required_parameters": [wrong],
                "optional_parameters": wrong,
                "template_response": wrong,
                "schema": wrong,
                "body": wrong,
                "statuscode": wrong,
                "method": wrong,
                "description": wrong,
            }
            for n, wrong in enumerate(WRONG)
        ]
    },
    *(f"f{n}" for n in range(9)),
)
case(
    "rapidapi: wrong members",
    "a.json",
    {
        "api_list": [
            {
                "name": f"f{n}",
                "required_parameters": [
                    {
                        "name": "p",
                        "type": wrong,
                        "default": wrong,
                        "enum": wrong,
                        "options": wrong,
                        "description": wrong,
                    }
                ],
                "optional_parameters": [{"name": "q", "type": "NUMBER", "default": wrong}, {"name": wrong}],
            }
            for n, wrong in enumerate(WRONG)
        ]
    },
    *(f"f{n}" for n in range(9)),
)
case(
    "rapidapi: a template that is deep",
    "a.json",
    lambda: {
        "api_list": [
            {
                "name": "f",
                "required_parameters": [],
                "optional_parameters": [],
                "template_response": _deep_text(90),
            }
        ]
    },
    "f",
)
case(
    "rows: wrong columns",
    "a.jsonl",
    "\n".join(json.dumps({"tools": wrong, "messages": []}) for wrong in WRONG),
    unknown_form=8,
)
case(
    "rows: columns of broken text",
    "a.jsonl",
    "\n".join(
        json.dumps({"tools": text, "query": "q"})
        for text in ("[", "[1]", "{", '["{"]', "[{}]", "[NaN]", '[{"name": 1}]')
    ),
    malformed_json=4,
    unknown_form=1,
    missing_name=2,
)
case(
    "rows: functions in a broken text",
    "a.jsonl",
    json.dumps(
        {
            "system": 'Use these functions: {"name": "f", "description": "d", "parameters": {',
            "chat": "USER: hi",
        }
    ),
    malformed_json=1,
)
case(
    "rows: a text of a megabyte of brackets",
    "a.jsonl",
    lambda: json.dumps({"system": '{"name": ' * 20_000, "chat": "USER: hi"}),
    unknown_form=1,
)
case(
    "rows: dialogues that hold gold alone",
    "a.jsonl",
    "\n".join(json.dumps({"id": f"simple_{n}", "ground_truth": [{"f": {"a": [1]}}]}) for n in range(3)),
    unknown_form=3,
)
case(
    "rows: tasks that hold gold alone",
    "a.json",
    [{"question": "q", "answers": [{"name": "f", "arguments": {"a": 1}}]}],
    unknown_form=1,
)
case(
    "rows: messages alone",
    "a.jsonl",
    json.dumps({"role": "user", "content": "hi"})
    + "\n"
    + json.dumps({"messages": [{"role": "user", "content": "hi"}]}),
    unknown_form=2,
)
case(
    "bfcl: wrong functions",
    "a.jsonl",
    "\n".join(json.dumps({"id": "x", "function": [wrong]}) for wrong in WRONG),
    unknown_form=7,
    missing_name=2,
)
case(
    "bfcl: wrong types",
    "a.json",
    [
        {
            "name": f"f{n}",
            "description": "d",
            "parameters": {
                "type": "dict",
                "properties": {"p": {"type": wrong, "items": wrong}},
                "required": wrong,
            },
        }
        for n, wrong in enumerate(WRONG)
    ],
    *(f"f{n}" for n in range(9)),
)
case("a key that says OpenAPI in a list of tools", "a.json", {"openapi": "3.0.0", "tools": [F]})
case(
    "two forms at once",
    "a.json",
    {"openapi": "3.0.0", "swagger": "2.0", "tools": [GOOD], "paths": {"/a": {"get": {"operationId": "op"}}}},
    "op",
)


def _wrapped(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = of({})
    for _ in range(levels):
        value = {"function": value}
    return value


def _deep_text(levels: int) -> str:
    return '{"a": ' * levels + '"str"' + "}" * levels


# Python, which is read and never run.

case("python: no Python", "a.py", "def f(:\n", unknown_form=1)
case("python: 2.7", "a.py", "print 'hello'\n", unknown_form=1)
case("python: brackets", "a.py", "x = " + "(" * 5_000 + ")" * 5_000, unknown_form=1)
case(
    "python: a deep expression",
    "a.py",
    lambda: "def f(a: int = " + "-" * 20_000 + "1): ...\n",
    unknown_form=1,
)
case(
    "python: a long sum",
    "a.py",
    lambda: "x = " + "1 + " * 50_000 + "1\ndef f(a: int) -> int: 'd'\n",
    unknown_form=1,
)
case("python: deep attributes", "a.py", lambda: "def f(a: " + "a." * 5_000 + "b): 'd'\n", unknown_form=1)
case(
    "python: deep types",
    "a.py",
    lambda: "def f(a: " + "list[" * 90 + "int" + "]" * 90 + "): 'd'\n",
    schema_too_large=1,
)
case(
    "python: 500 blocks deep",
    "a.py",
    lambda: "".join(" " * n + "if 1:\n" for n in range(500)) + " " * 500 + "pass\n",
    unknown_form=1,
)
case("python: a NUL", "a.py", "def f(a: int): 'd'\0\n", unknown_form=1)
case(
    "python: a number of 10,000 digits", "a.py", "def f(a: int = " + "9" * 10_000 + "): 'd'\n", unknown_form=1
)
case(
    "python: a power that does not end",
    "a.py",
    "def f(a: int = 9 ** 9 ** 9 ** 9, b: str = 'x' * 10 ** 12): 'd'\n",
    "f",
)
case(
    "python: classes in a circle",
    "a.py",
    "class A(B): x: 'B'\nclass B(A): y: 'A'\ndef f(a: A) -> B: 'd'\n",
    "f",
)
case("python: aliases in a circle", "a.py", "A = B | None\nB = A | int\ndef f(a: A) -> B: 'd'\n", "f")
case(
    "python: aliases that double",
    "a.py",
    "A0 = int | str\n"
    + "".join(f"A{n} = dict[A{n - 1}, A{n - 1}] | list[A{n - 1}]\n" for n in range(1, 40))
    + "def f(a: A39): 'd'\n",
    schema_too_large=1,
)
case(
    "python: names that are no text",
    "a.py",
    "@tool(name=1, description=2)\ndef f(a: 1 = 2): 'd'\n@tool('\\ud800')\ndef g(): 'd'\n",
    "f",
    invalid_text=1,
)
case("python: another encoding", "a.py", "# -*- coding: utf-16 -*-\ndef f(a: int): 'd'\n", "f")
case(
    "python: a docstring of a megabyte",
    "a.py",
    lambda: 'def f(a: int):\n    """d\n\n    Args:\n' + "        a: " + "(" * 500_000 + '\n    """\n',
    "f",
)
case("python: nothing in it", "a.py", "import os\n")
