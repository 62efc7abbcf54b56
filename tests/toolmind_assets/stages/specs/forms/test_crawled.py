"""Tools crawled from pages: the page's words go, and what cannot be told from them is dropped with its reason."""

from collections.abc import Callable
from typing import Any

import pytest

Normalize = Callable[[Any], Any]
"""Document -> specs, drops."""


def server(*tools: Any) -> dict[str, Any]:
    return {"metadata": {"server_name": "S", "server_info_crawled": {"tools": list(tools)}}}


def tool(name: str, description: str, *names: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    listed = [{"name": each, "required": each in required, "type": "string"} for each in names]
    return {"name": name, "description": description, "parameters": listed}


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (tool("getPark", "Get a park", "getPark", "code"), {"code": {}}),
        (tool("GetTable", "Retrieve a table", "GetTable", "Retrieve", "a", "table", "name"), {"name": {}}),
        (tool("list", "List from the store", "from", "to"), {"from": {}, "to": {}}),
        (tool("f", "Some text", "tags", "Add", "Item"), {"tags": {"type": "array", "items": {}}}),
        (tool("f", "Some text", "all", "True", "False", "n"), {"all": {"type": "boolean"}, "n": {}}),
        (tool("f", "Some text", "g", "x"), {"x": {}}),
    ],
)
def test_words_of_the_page_are_no_parameters(normalize: Normalize, found: Any, kept: Any) -> None:
    ((spec, _), _) = normalize(server(found, tool("g", "Another", "y")))
    assert spec.parameters["properties"] == kept
    assert "type_open" in {repair.code for repair in spec.repairs}


@pytest.mark.parametrize(
    "found",
    [
        tool("f", "Does it"),
        tool("f", "Does it", "f"),
        tool("clear", "Clear it", "clear", "Clear", "it"),
        tool("f", "Deploy Server S Try in Playground f", "Get", "incidents", "from", "pageSize"),
    ],
)
def test_a_page_that_does_not_show_the_parameters_drops_the_tool(normalize: Normalize, found: Any) -> None:
    ((), (drop,)) = normalize(server(found))
    assert drop.reason == "invalid_schema" and "crawled page" in drop.detail


def test_required_ones_stay_required_and_the_text_of_buttons_is_no_description(normalize: Normalize) -> None:
    text = "Deploy Server S @a/b Try in Playground"
    ((spec,), _) = normalize(server(tool("f", text, "f", "Name", "x", required=("Name",))))
    assert spec.parameters["required"] == ["Name"] and list(spec.parameters["properties"]) == ["Name", "x"]
    assert (spec.description, spec.namespace) == ("", "S")


def test_a_tool_of_a_server_that_was_asked_keeps_its_schema(normalize: Normalize) -> None:
    schema = {"type": "object", "properties": {}}
    live = {"metadata": {"remote_server_response": {"tools": [{"name": "f", "input_schema": schema}]}}}
    ((spec,), drops) = normalize(live)
    assert spec.parameters == schema and drops == ()
