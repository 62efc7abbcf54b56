"""References that turn, multiply or lead out."""

import json

from hostile_cases.case import (
    CASES,
    Case,
    case,
    of,
    openapi,
    schemas,
    to,
)

case("a reference to itself", "a.json", openapi(to("A"), **schemas(A=to("A"))), "op")
case("a circle of references", "a.json", openapi(to("A"), **schemas(A=to("B"), B=to("C"), C=to("A"))), "op")
case(
    "a circle of compositions",
    "a.json",
    openapi(to("A"), **schemas(A={"allOf": [to("B")]}, B={"anyOf": [to("A"), {"type": "null"}]})),
    "op",
    repairs=["circle_cut"],
)
case(
    "10,000 references in a chain",
    "a.json",
    lambda: openapi(
        to("A0"), **schemas(**{f"A{n}": to(f"A{n + 1}") for n in range(10_000)}, A10000={"type": "string"})
    ),
    "op",
)
case(
    "10,000 schemas in a chain",
    "a.json",
    lambda: openapi(
        to("A0"),
        **schemas(
            **{f"A{n}": {"type": "object", "properties": {"next": to(f"A{n + 1}")}} for n in range(10_000)},
            A10000={},
        ),
    ),
    "op",
    repairs=["definition_cut"],
)
case(
    "allOf that doubles 40 times",
    "a.json",
    openapi(
        to("A0"),
        **schemas(
            **{f"A{n}": {"allOf": [to(f"A{n + 1}"), to(f"A{n + 1}")]} for n in range(40)},
            A40={"type": "object"},
        ),
    ),
    "op",
)
case(
    "a body of allOf that doubles 40 times",
    "a.json",
    {
        "openapi": "3.0.3",
        "paths": {
            "/a": {
                "post": {
                    "operationId": "op",
                    "requestBody": {"content": {"application/json": {"schema": to("A0")}}},
                }
            }
        },
        **schemas(
            **{f"A{n}": {"allOf": [to(f"A{n + 1}"), to(f"A{n + 1}")]} for n in range(40)},
            A40={"type": "object", "properties": {"x": {}}},
        ),
    },
    "op",
)
case(
    "a body of two circles",
    "a.json",
    {
        "openapi": "3.0.3",
        "paths": {
            "/a": {
                "post": {
                    "operationId": "op",
                    "requestBody": {
                        "content": {"application/json": {"schema": {"allOf": [to("A"), to("B")]}}}
                    },
                }
            }
        },
        **schemas(A={"allOf": [to("B")]}, B={"allOf": [to("A")]}),
    },
    "op",
)
case(
    "anyOf that doubles 40 times",
    "a.json",
    openapi(
        to("A0"),
        **schemas(**{f"A{n}": {"anyOf": [to(f"A{n + 1}"), to(f"A{n + 1}")]} for n in range(40)}, A40={}),
    ),
    "op",
)
case(
    "a body that is 2,000 allOf deep by reference",
    "a.json",
    lambda: {
        "openapi": "3.0.3",
        "paths": {
            "/a": {
                "post": {
                    "operationId": "op",
                    "requestBody": {"content": {"application/json": {"schema": to("A0")}}},
                }
            }
        },
        **schemas(
            **{f"A{n}": {"allOf": [to(f"A{n + 1}")]} for n in range(2_000)},
            A2000={"type": "object", "properties": {"x": {}}},
        ),
    },
    "op",
)
for _label, _reference in {
    "above the folder": "../../etc/passwd",
    "to a file": "file:///etc/passwd",
    "to an absolute path": "/etc/passwd",
    "to a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
    "to a host": "https://example.com/schema.json#/a",
    "to nothing": "#/components/schemas/None",
    "to a fragment": "#nothing",
    "to another scheme": "javascript:alert(1)",
    "to an absurd place": "#/tags/" + "9" * 5_000,
    "to a NUL": "a\0b.json",
}.items():
    case(f"a reference {_label}", "a.json", openapi({"$ref": _reference}, tags=[]), unresolved_ref=1)
    case(f"a function's reference {_label}", "a.json", of({"p": {"$ref": _reference}}), unresolved_ref=1)
case("a reference that is no text", "a.json", openapi({"$ref": ["#/a"]}), unresolved_ref=1)
case("a reference that is null", "a.json", of({"p": {"$ref": None}}), unresolved_ref=1)
case(
    "references of parameters in a circle",
    "a.json",
    {
        "openapi": "3.0.3",
        "paths": {"/a": {"get": {"operationId": "op", "parameters": [{"$ref": "#/p"}]}}},
        "p": {"$ref": "#/p"},
    },
    unresolved_ref=1,
)
case(
    "a path that refers to itself",
    "a.json",
    {"openapi": "3.0.3", "paths": {"/a": {"$ref": "#/paths/~1a"}}},
    unresolved_ref=1,
)
case("files that refer to each other", "a.json", openapi({"$ref": "b.yaml"}), "op")
CASES[-1] = Case(
    "files that refer to each other",
    lambda folder: (
        (folder / "a.json").write_text(json.dumps(openapi({"$ref": "b.yaml"}))),
        (folder / "b.yaml").write_text("{$ref: c.yaml}"),
        (folder / "c.yaml").write_text("{$ref: b.yaml}"),
    ),
    {},
    ("op",),
)
case(
    "a pointer that dives into a schema",
    "a.json",
    openapi({"$ref": "#/paths/~1a/post/requestBody/content/application~1json/schema"}),
    "op",
)
