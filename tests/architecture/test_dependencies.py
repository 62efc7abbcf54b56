"""What is imported is declared, and what is declared is used."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("toolmind_assets", "toolmind_resources")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PROGRAMS = {"dagster-webserver"}
"""Dependencies that are started, and imported by none of ours."""
FOR_DEVELOPERS = ("build", "dev")
"""Extras that the packages themselves import nothing of."""

SHARED = {
    "opentelemetry.exporter": "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry.sdk": "opentelemetry-sdk",
    "opentelemetry": "opentelemetry-api",
}
"""Packages whose modules several distributions bring, the longer name first."""


def _names(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in requirements}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported() -> dict[str, str]:
    """Distribution of every third-party import of both packages -> a file that it stands in."""
    found: dict[str, str] = {}
    for package in OURS:
        for file in sorted((ROOT / package).rglob("*.py")):
            for module in _modules(ast.parse(file.read_text("utf-8"))):
                top = next(
                    (name for name in SHARED if f"{module}.".startswith(f"{name}.")), module.partition(".")[0]
                )
                if top not in sys.stdlib_module_names and top not in OURS:
                    found.setdefault(top, file.relative_to(ROOT).as_posix())
    known = packages_distributions()
    return {_normal(SHARED.get(top) or known.get(top, [top])[0]): file for top, file in found.items()}


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_every_import_is_declared_by_name_and_not_left_to_another_dependency():
    extras = PROJECT["optional-dependencies"]
    declared = _names(PROJECT["dependencies"]).union(
        *(_names(extras[extra]) for extra in extras if extra not in FOR_DEVELOPERS)
    )
    assert {name: file for name, file in _imported().items() if name not in declared} == {}


def test_every_dependency_is_imported_or_a_program():
    extras = PROJECT["optional-dependencies"]
    optional = set().union(*(_names(extras[extra]) for extra in extras if extra not in FOR_DEVELOPERS))
    declared = _names(PROJECT["dependencies"])
    assert (declared | optional) - _imported().keys() - PROGRAMS == set()
    assert declared & optional == set()


def test_developers_have_all_extras():
    extras = PROJECT["optional-dependencies"]
    for extra in extras:
        assert _names(extras[extra]) <= _names(extras["dev"]), extra


def test_every_dependency_is_pinned_and_says_what_for():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("dependencies = [") + 1
    block = lines[start : lines.index("]", start)]
    assert [line for line in block if "#" not in line] == []
    for requirements, lock in (
        (PROJECT["dependencies"], "requirements.txt"),
        (_dev(), "requirements-dev.txt"),
    ):
        pinned = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", (ROOT / lock).read_text(), re.MULTILINE))
        assert _names(requirements) - set(map(_normal, pinned)) == set(), lock


def _dev() -> list[str]:
    return [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
