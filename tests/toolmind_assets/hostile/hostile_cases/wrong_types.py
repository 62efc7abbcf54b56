"""Wrong types, names, patterns and prose."""

from hostile_cases.case import (
    WRONG,
    F,
    case,
    function,
    of,
)

case(
    "values that are no catalog",
    "a.json",
    [None, True, 0, 1.5, "text", [], [[]], {}, {"a": 1}],
    unknown_form=9,
)
case(
    "names that are none", "a.json", [{**F, "name": name} for name in WRONG if name != "text"], missing_name=8
)
case("names of blanks", "a.json", [{**F, "name": name} for name in ("", " ", "\n\t")], missing_name=3)
case("a name of 10,000 characters", "a.json", {**F, "name": "n" * 10_000}, name_too_long=1)
case(
    "parameters that are no schema",
    "a.json",
    [function(wrong, f"f{n}") for n, wrong in enumerate(WRONG) if not isinstance(wrong, dict)],
    *(f"f{n}" for n in range(7)),
)
case("parameters that are an array", "a.json", function({"type": "array", "items": {}}), invalid_schema=1)
case(
    "properties that are no object",
    "a.json",
    [function({"type": "object", "properties": wrong}, f"f{n}") for n, wrong in enumerate(WRONG)],
    *(f"f{n}" for n in range(9)),
)
case(
    "types that are none",
    "a.json",
    [of({"p": {"type": wrong}}) | {"name": f"f{n}"} for n, wrong in enumerate(WRONG)],
    *(f"f{n}" for n in range(9)),
)
case(
    "keywords whose values are wrong",
    "a.json",
    [
        of(
            {
                "p": dict.fromkeys(
                    (
                        "enum",
                        "items",
                        "required",
                        "pattern",
                        "minimum",
                        "format",
                        "allOf",
                        "anyOf",
                        "not",
                        "default",
                        "examples",
                        "nullable",
                        "dependentRequired",
                        "additionalProperties",
                        "minLength",
                        "patternProperties",
                        "const",
                        "title",
                        "description",
                        "deprecated",
                    ),
                    wrong,
                )
            }
        )
        | {"name": f"f{n}"}
        for n, wrong in enumerate(WRONG)
    ],
    *(f"f{n}" for n in range(9)),
)
case(
    "descriptions that are no text",
    "a.json",
    [{**F, "name": f"f{n}", "description": wrong} for n, wrong in enumerate(WRONG)],
    *(f"f{n}" for n in range(9)),
)
case(
    "responses that are no schema",
    "a.json",
    [{**F, "name": f"f{n}", "response": wrong} for n, wrong in enumerate(WRONG)],
    *(f"f{n}" for n in range(9)),
)
case(
    "members that have names of Python and JavaScript",
    "a.json",
    of(
        {
            name: {"type": "string"}
            for name in (
                "__proto__",
                "constructor",
                "__class__",
                "$defs",
                "properties",
                "required",
                "$ref",
                "type",
                "definitions",
                "additionalProperties",
            )
        }
    ),
    "f",
)
case(
    "a property `$ref` that is a schema",
    "a.json",
    of({"$ref": {"type": "string"}, "items": {"$ref": "#/properties/$ref"}}),
    "f",
)
case(
    "names of control characters",
    "a.json",
    [{**F, "name": "a\u0000b"}, {**F, "name": "\u202egnp.exe"}],
    "a_b",
    "gnp_exe",
)
case(
    "names that no endpoint takes",
    "a.json",
    [{**F, "name": name} for name in ("../../etc", "a b", "π", "🦊")],
    "etc",
    "a_b",
    "function_4122672f",
    "function_60373866",
)
case(
    "patterns that backtrack",
    "a.json",
    of(
        {
            "p": {
                "type": "string",
                "pattern": "(a+)+$",
                "default": "a" * 50 + "!",
                "examples": ["a" * 50 + "!"],
                "description": "e.g. " + "a" * 50 + "!",
            }
        }
    ),
    "f",
)
case(
    "a pattern that is none",
    "a.json",
    of({"p": {"type": "string", "pattern": "(?<=a+)("}}),
    "f",
    repairs=["keyword_invalid"],
)
case(
    "a pattern of a megabyte",
    "a.json",
    lambda: of({"p": {"pattern": "(a|" * 200_000 + "b" + ")" * 200_000}}),
    "f",
    repairs=["keyword_invalid"],
)
case(
    "a pattern that expands",
    "a.json",
    of({"p": {"pattern": "((((a{100}){100}){100}){100}){100}"}}),
    "f",
    repairs=["keyword_invalid"],
)
case(
    "10,000 patterns of properties",
    "a.json",
    lambda: of({"p": {"patternProperties": {f"^a{n}(b|c)*$": {} for n in range(10_000)}}}),
    "f",
)
case(
    "prose that repeats",
    "a.json",
    lambda: of({"p": {"type": "string", "description": "one of " + "'a', " * 100_000}}),
    "f",
)
case(
    "prose of brackets",
    "a.json",
    lambda: of({"p": {"description": "(" * 100_000 + "default: " * 50_000}}),
    "f",
)
case("prose of markup", "a.json", lambda: {**F, "description": "<" * 200_000 + "<p " * 100_000}, "f")
case("prose of one word", "a.json", lambda: of({"p": {"description": "x" * 500_000}}), "f")
case(
    "prose of digits",
    "a.json",
    lambda: of(
        {"p": {"type": "integer", "description": "between " + "1" * 100_000 + " and " + "2" * 100_000}}
    ),
    "f",
)
case(
    "prose of spaces",
    "a.json",
    lambda: {
        **F,
        "description": " ".join(["a"] * 3) + " " * 300_000 + "b",
        "parameters": of({"p": {"description": "a" + " " * 300_000 + "b. Default" + " " * 300_000 + "is"}})[
            "parameters"
        ],
    },
    "f",
)

for _form, _head in (("openapi", {"openapi": "3.0.3"}), ("swagger", {"swagger": "2.0"})):
    for _n, _wrong in enumerate(WRONG):
        _is_map = isinstance(_wrong, dict)
        _is_empty = not _wrong and not _is_map
        case(
            f"{_form}: paths are {_wrong!r}",
            "a.json",
            {**_head, "paths": _wrong},
            **({} if _is_map or _is_empty else {"unknown_form": 1}),
            **({"unknown_form": 1} if _wrong == {"a": 1} else {}),
        )
    case(
        f"{_form}: wrong paths",
        "a.json",
        {**_head, "paths": {f"/{n}": wrong for n, wrong in enumerate(WRONG)}},
        unknown_form=7,
    )
    case(
        f"{_form}: wrong operations",
        "a.json",
        {**_head, "paths": {f"/{n}": {"get": wrong} for n, wrong in enumerate(WRONG)}},
        "get_7",
        "get_8",
        unknown_form=7,
    )
    case(
        f"{_form}: wrong members of operations",
        "a.json",
        {
            **_head,
            "info": [],
            "paths": {
                f"/{n}": {
                    "parameters": wrong,
                    "get": {
                        "operationId": f"f{n}",
                        "parameters": wrong,
                        "requestBody": wrong,
                        "responses": wrong,
                        "summary": wrong,
                        "description": wrong,
                        "tags": wrong,
                        "deprecated": wrong,
                    },
                }
                for n, wrong in enumerate(WRONG)
            },
        },
        *(f"f{n}" for n in range(9)),
    )
    case(
        f"{_form}: wrong parameters",
        "a.json",
        {
            **_head,
            "paths": {
                "/a": {
                    "get": {
                        "operationId": "op",
                        "parameters": [
                            *WRONG,
                            *({"name": "p", "in": wrong} for wrong in WRONG),
                            *({"name": wrong, "in": "query"} for wrong in WRONG),
                            *(
                                {
                                    "name": f"q{n}",
                                    "in": "query",
                                    "schema": wrong,
                                    "content": wrong,
                                    "type": wrong,
                                    "items": wrong,
                                }
                                for n, wrong in enumerate(WRONG)
                            ),
                            *(
                                {"name": f"b{n}", "in": "body", "schema": wrong}
                                for n, wrong in enumerate(WRONG)
                            ),
                        ],
                    }
                }
            },
        },
        "op",
    )
    case(
        f"{_form}: wrong answers",
        "a.json",
        {
            **_head,
            "paths": {
                f"/{n}": {
                    "get": {
                        "operationId": f"f{n}",
                        "responses": {
                            "200": wrong,
                            "201": {"content": wrong, "schema": wrong},
                            "2XX": {"content": {"application/json": wrong}},
                            "default": {"content": {"a": {"schema": wrong}}},
                        },
                    }
                }
                for n, wrong in enumerate(WRONG)
            },
        },
        *(f"f{n}" for n in range(9)),
    )
case(
    "openapi: a version that is none",
    "a.json",
    {"openapi": "9.0", "paths": {"/a": {"get": {}}}},
    unknown_form=1,
)
case("swagger: version 1", "a.json", {"swagger": "1.2", "apis": []}, unknown_form=1)
