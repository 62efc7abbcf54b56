import json

from toolmind_assets.model.drops import DropReason
from toolmind_assets.stages.catalogs.read import read_catalog
from toolmind_assets.stages.catalogs.sources import CatalogParams, CatalogSource
from toolmind_resources.files.folder import FoundFile

FUNCTIONS = [
    {"name": name, "description": "d", "parameters": {"type": "object"}}
    for name in ("get_a", "get_b", "del_a")
]


def read(**lists):
    content = json.dumps(FUNCTIONS).encode()
    source = CatalogSource(name="c", path="c.json", **lists)
    made = read_catalog(source, [FoundFile("c.json", len(content), content)], CatalogParams())
    names = [json.loads(function.raw_json)["name"] for function in made.functions]
    return sorted(names), [drop.reason for drop in made.drops]


def test_an_allow_list_drops_every_other_function_with_its_reason():
    assert read(allow=("get_*",)) == (["get_a", "get_b"], [DropReason.FILTERED])


def test_a_denial_wins_over_an_allowance():
    assert read(allow=("get_*",), deny=("*_b",)) == (["get_a"], [DropReason.FILTERED] * 2)


def test_without_lists_every_function_is_kept():
    assert read() == (["del_a", "get_a", "get_b"], [])
