"""Texts that are none, or too deep, or too large; YAML."""

import json
import random

from hostile_cases.case import (
    F,
    case,
    function,
    nested,
    of,
)

case("an empty file", "a.json", b"", malformed_json=1)
case("blanks alone", "a.yaml", b" \n\t \n", malformed_json=1)
case("a byte order mark alone", "a.json", b"\xef\xbb\xbf", malformed_json=1)
case("a byte order mark before a function", "a.json", b"\xef\xbb\xbf" + json.dumps(F).encode(), "f")
case("UTF-16", "a.json", json.dumps(F).encode("utf-16"), unreadable_file=1)
case("UTF-16 without a mark", "a.json", json.dumps(F).encode("utf-16-le"), malformed_json=1)
case("UTF-32", "a.json", json.dumps(F).encode("utf-32"), unreadable_file=1)
case("latin-1", "a.json", '{"name": "café"}'.encode("latin-1"), unreadable_file=1)
case("NUL bytes", "a.json", b"\0" * 4096, malformed_json=1)
case("a NUL byte within", "a.json", json.dumps(F).encode()[:-1] + b"\0}", malformed_json=1)
case("random bytes", "a.json", random.Random(7).randbytes(4096), unreadable_file=1)
case("cut off", "a.json", json.dumps([F, F])[:-20], malformed_json=1)
case("cut off in a line", "a.jsonl", json.dumps(F) + "\n" + json.dumps(F)[:-20], "f", malformed_json=1)
case("several values", "a.json", json.dumps(F) * 3, malformed_json=1)
case("a page of HTML", "a.json", "<!DOCTYPE html><html><body>404</body></html>", unknown_form=1)
case(
    "a lone surrogate in a description", "a.json", json.dumps({**F, "description": "\ud800"}), invalid_text=1
)
case("a lone surrogate in a name", "a.json", json.dumps({**F, "name": "\udfff"}), invalid_text=1)
case("a lone surrogate in a key", "a.json", json.dumps(of({"\ud800": {}})), invalid_text=1)
case("a lone surrogate as bytes", "a.json", '{"name": "\ud800"}', unreadable_file=1)
case("NaN", "a.json", '{"name": "f", "description": "d", "parameters": {"default": NaN}}', malformed_json=1)
case("Infinity", "a.json", '{"name": "f", "parameters": {"maximum": -Infinity}}', malformed_json=1)
case("a number too large", "a.json", '{"name": "f", "description": "d", "x": 1e999}', malformed_json=1)
case("an integer of 10,000 digits", "a.json", '{"name": "f", "x": ' + "9" * 10_000 + "}", malformed_json=1)
case(
    "integers beyond 64 bits",
    "a.json",
    of({"n": {"type": "integer", "maximum": 10**30, "default": 10**25}}),
    "f",
)
case(
    "a key that stands twice",
    "a.json",
    '{"name": "e", "name": "f", "description": "d", "parameters": {}}',
    "f",
)
case("a key of a megabyte", "a.json", lambda: of({"k" * 1_000_000: {"type": "string"}}), "f")
case("a text of four megabytes", "a.json", lambda: {**F, "description": "word " * 800_000}, "f")
case("control characters", "a.json", {**F, "description": "a\u0000b\u001b[31mc\u202e"}, "f")


case("a million brackets", "a.json", b"[" * 1_000_000, too_deep=1)
case("a thousand levels", "a.json", '{"a":' * 1_000 + "1" + "}" * 1_000, unknown_form=1)
case("schemas 70 levels deep", "a.json", of({"p": nested(70, {})}), too_deep=1)
case(
    "schemas 61 levels deep, as text",
    "a.json",
    function(json.dumps(of({"p": nested(90, {})})["parameters"])),
    too_deep=1,
)
case("an example 200 levels deep", "a.json", of({"p": {"example": nested(200, 1)}}), too_deep=1)
case(
    "a million members",
    "a.json",
    lambda: function({"type": "object", "properties": {}, "examples": [0] * 1_000_000}),
    "f",
)
case(
    "an enum of 200,000",
    "a.json",
    lambda: of({"p": {"type": "string", "enum": [str(n) for n in range(200_000)]}}),
    "f",
)
case(
    "an enum of mixed kinds",
    "a.json",
    lambda: of({"p": {"enum": [n if n % 2 else str(n) for n in range(50_000)]}}),
    "f",
)
case(
    "100,000 parameters",
    "a.json",
    lambda: of({f"p{n}": {"type": "string"} for n in range(100_000)}),
    schema_too_large=1,
)
case(
    "100,000 branches",
    "a.json",
    lambda: of({"p": {"anyOf": [{"const": n} for n in range(100_000)]}}),
    schema_too_large=1,
)
case("100,000 required", "a.json", lambda: of({"p": {}}, required=[f"p{n}" for n in range(100_000)]), "f")
case("100,000 types", "a.json", lambda: of({"p": {"type": ["string"] * 100_000}}), "f")
case("100,000 entries of nothing", "a.json", lambda: [None] * 20_000, unknown_form=20_000)
case("a file too large", "a.json", lambda: b'["' + b"x" * (65 << 20), file_too_large=1)


BOMB = "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))])
MERGES = "\n".join(
    [
        "a0: &a0 {k: v}",
        *(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]\n  k{n}: v" for n in range(1, 10)),
    ]
)
case("a billion laughs", "a.yaml", BOMB, malformed_json=1)
case("merges of merges", "a.yaml", MERGES, malformed_json=1)
case("an alias to itself", "a.yaml", "a: &a [*a]", too_deep=1)
case("a mapping that merges itself", "a.yaml", "a: &a\n  <<: *a\n", unknown_form=1)
case("10,000 brackets of YAML", "a.yaml", "[" * 10_000, too_deep=1)
case("indented 500 levels", "a.yaml", "\n".join(" " * n + "a:" for n in range(500)), too_deep=1)
case(
    "a tag that runs Python",
    "a.yaml",
    "!!python/object/apply:os.system ['touch /tmp/toolmind-pwned']",
    malformed_json=1,
)
case("a tag of its own", "a.yaml", "name: !x f", malformed_json=1)
case("a scalar that is not what its tag says", "a.yaml", "a: !!float ''", malformed_json=1)
case("two documents", "a.yaml", "a: 1\n---\nb: 2\n", malformed_json=1)
case("tabs", "a.yaml", "a:\n\t- b", malformed_json=1)
case("an anchor without an end", "a.yaml", "a: &", malformed_json=1)
case(
    "keys that are no text",
    "a.yaml",
    "openapi: 3.0.0\npaths: {/a: {get: {operationId: f, responses: {200: {}, null: {}, [x]: {}}}}}",
    malformed_json=1,
)
case("a YAML of one word", "a.yaml", "word", unknown_form=1)
case("infinity in YAML", "a.yaml", "name: f\ndescription: d\nparameters: {maximum: .inf}", "f")
