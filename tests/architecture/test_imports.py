"""What may import what. import-linter holds the same directions as contracts in pyproject.toml."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import networkx
import pytest

from toolmind_assets.stages.registry import STAGES as REGISTERED

ROOT = Path(__file__).parents[2]
STAGES = tuple(stage.name for stage in REGISTERED)
DAGSTER_ROOMS = ("toolmind_assets.orchestration", "toolmind_assets.definitions")
DAGSTER_FILES = ("toolmind_resources.delta.resource", "toolmind_resources.delta.io_manager")
WITHOUT_IO = (
    "toolmind_resources.chat.model",
    "toolmind_resources.chat.asking",
    "toolmind_resources.chat.reading",
    "toolmind_resources.chat.prompt",
    "toolmind_resources.chat.embedded",
    "toolmind_resources.chat.scripted",
    "toolmind_resources.chat.concurrency",
    "toolmind_resources.chat.reading",
    "toolmind_resources.chat.context_json",
    "toolmind_resources.chat.tokens",
    "toolmind_resources.chat.usage",
    "toolmind_resources.chat.role_usage",
    "toolmind_resources.embed.model",
    "toolmind_resources.delta.table",
    "toolmind_resources.errors",
    "toolmind_resources.language",
    "toolmind_resources.files.found",
    "toolmind_resources.mcp.configured_server",
    "toolmind_resources.plausible",
)
IMPORT_WITHOUT_DAGSTER = """
import importlib, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0].startswith("dagster"):
            raise ModuleNotFoundError(f"{name} is blocked", name=name)

sys.meta_path.insert(0, Blocked())
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception as error:
        print(f"{name}: {error!r}")
"""


def _modules(*packages: str) -> dict[str, Path]:
    """Module name -> file, of the packages' modules."""
    files = [file for package in packages for file in sorted((ROOT / package).rglob("*.py"))]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


@cache
def _imports(file: Path) -> tuple[tuple[str, str], ...]:
    """`(module, name)` of every import in a file, those inside functions too; the name may be empty."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found += ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            found += ((alias.name, "") for alias in node.names)
    return tuple(found)


def _is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _targets(file: Path) -> list[str]:
    """Every module that a file imports, `from package import module` spelled out."""
    wholes = [(module, f"{module}.{name}") for module, name in _imports(file)]
    return [whole if _is_module(whole) else module for module, whole in wholes]


@cache
def _is_module(name: str) -> bool:
    """Whether a name is that of a module of ours, or of a package."""
    path = ROOT / Path(*name.split("."))
    return name.startswith("toolmind_") and (path.is_dir() or path.with_suffix(".py").is_file())


MODULES = _modules("toolmind_assets", "toolmind_resources")
EDGE_MODULES = {name for name in MODULES if any(_is_in(name, room) for room in DAGSTER_ROOMS + DAGSTER_FILES)}
STAGE_LOGIC = sorted(
    name for name in MODULES if any(_is_in(name, f"toolmind_assets.stages.{stage}") for stage in STAGES)
)


def test_every_module_but_the_edges_is_imported_with_dagster_absent():
    names = sorted(set(MODULES) - EDGE_MODULES)
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT_DAGSTER, *names], capture_output=True, text=True, cwd=ROOT
    )
    assert (done.stdout, done.returncode) == ("", 0), done.stdout + done.stderr


def test_the_block_of_dagster_is_real():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT_DAGSTER, "toolmind_assets.definitions"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert "dagster is blocked" in done.stdout


def test_dagster_stands_only_in_files_that_are_named_for_it():
    """Also inside of functions, where an import test would not see it."""
    found = [
        name
        for name, file in MODULES.items()
        if name not in EDGE_MODULES and any(target.startswith("dagster") for target in _targets(file))
    ]
    assert found == []


def test_resources_never_import_assets():
    found = [
        name
        for name in MODULES
        if _is_in(name, "toolmind_resources")
        and any(_is_in(target, "toolmind_assets") for target in _targets(MODULES[name]))
    ]
    assert found == []


def test_the_logic_of_stages_imports_only_what_has_no_io():
    found = [
        (name, module, imported)
        for name in STAGE_LOGIC
        for module, imported in _imports(MODULES[name])
        if module.startswith("toolmind_resources")
        and not any(_is_in(module, pure) or f"{module}.{imported}" == pure for pure in WITHOUT_IO)
    ]
    assert found == []


def test_the_logic_of_a_stage_sees_of_the_assets_only_its_own_stage_and_what_lies_below():
    below = (
        "toolmind_assets.steps",
        "toolmind_assets.tables",
        "toolmind_assets.model",
        "toolmind_assets.errors",
    )
    found = [
        (name, target)
        for name in STAGE_LOGIC
        for target in _targets(MODULES[name])
        if _is_in(target, "toolmind_assets")
        and not any(_is_in(target, seen) for seen in (*below, ".".join(name.split(".")[:3])))
    ]
    assert found == []


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another_not_even_at_its_edge(stage: str):
    others = [f"toolmind_assets.stages.{other}" for other in STAGES if other != stage]
    found = [
        (name, target)
        for name in MODULES
        if _is_in(name, f"toolmind_assets.stages.{stage}")
        for target in _targets(MODULES[name])
        if any(_is_in(target, other) for other in others)
    ]
    assert found == []


def test_every_folder_of_the_stages_is_a_known_stage():
    folders = {path.parent.name for path in (ROOT / "toolmind_assets/stages").glob("*/__init__.py")}
    assert folders == set(STAGES) == {name.split(".")[2] for name in STAGE_LOGIC}


def test_nothing_stands_at_the_root_of_the_assets_but_the_entrances_and_the_errors():
    names = {path.name for path in (ROOT / "toolmind_assets").glob("*.py")}
    assert names == {"__init__.py", "cli.py", "definitions.py", "errors.py"}


def test_no_modules_import_each_other_in_a_circle():
    graph = networkx.DiGraph()
    for name, file in MODULES.items():
        graph.add_edges_from(
            (name, target) for target in _targets(file) if target in MODULES and target != name
        )
    circles = [sorted(circle) for circle in networkx.strongly_connected_components(graph) if len(circle) > 1]
    assert circles == []


def _read_on_import(file: Path) -> bool:
    """Whether the settings are loaded while the module is imported: outside of its functions."""
    waiting: list[ast.AST] = [ast.parse(file.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load_settings":
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False


def test_settings_are_read_on_import_by_what_dagster_loads_alone():
    assert [name for name, file in MODULES.items() if _read_on_import(file)] == [
        "toolmind_assets.definitions"
    ]
