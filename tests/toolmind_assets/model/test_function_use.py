from dataclasses import replace
from typing import Any

from toolmind_assets.model.function_use import Use, counts_by_catalog, function_uses
from toolmind_assets.model.functions import FunctionSource, FunctionSpec


def test_every_function_is_called_or_says_how_far_it_came(make: Any) -> None:
    called, seen, far, closed = (make.function(name) for name in ("a_called", "b_seen", "c_far", "d_closed"))
    uses = function_uses(
        [closed, far, seen, called],
        offered={called.function_id, seen.function_id},
        called={called.function_id},
        reason_of=lambda function: "no reason for calling it" * (function.name in ("d_closed", "a_called")),
    )
    assert [(use.name, use.use) for use in uses] == [
        ("a_called", Use.CALLED),
        ("b_seen", Use.NEVER_CALLED),
        ("c_far", Use.NEVER_OFFERED),
        ("d_closed", Use.UNCALLABLE),
    ]
    assert [use.reason for use in uses] == ["", "", "", "no reason for calling it"]


def found_in(function: FunctionSpec, *catalogs: str) -> FunctionSpec:
    sources = tuple(FunctionSource("e", catalog, "", "", "", "") for catalog in catalogs)
    return replace(function, sources=sources)


def test_a_function_of_two_catalogs_counts_in_both(make: Any) -> None:
    functions = [found_in(make.function("one"), "shop", "bank"), found_in(make.function("two"), "shop")]
    counts = counts_by_catalog(function_uses(functions, offered=(), called={functions[0].function_id}))
    assert list(counts) == ["bank", "shop"]
    assert counts["bank"][Use.CALLED] == 1 and counts["bank"][Use.NEVER_OFFERED] == 0
    assert counts["shop"][Use.CALLED] == counts["shop"][Use.NEVER_OFFERED] == 1
