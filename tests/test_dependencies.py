"""What is imported is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

HOME = Path(__file__).parents[1]
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))


def imported(*folders: str) -> set[str]:
    """The distributions whose modules the Python files of some folders import."""
    ours = {"detente", *(path.stem for path in HOME.glob("*/*.py"))}
    modules = set()
    for path in (p for folder in folders for p in (HOME / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                modules.add(node.module.split(".")[0])
    packages = packages_distributions()
    return {packages.get(m, [m])[0].lower().replace("_", "-") for m in modules - ours - sys.stdlib_module_names}


def declared(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", requirement)[0].lower() for requirement in requirements}


def test_the_package_declares_what_it_imports_and_nothing_else() -> None:
    extras = [one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra]
    assert imported("src") == declared([*PROJECT["project"]["dependencies"], *extras])


def test_tests_and_benchmarks_import_what_the_developers_group_declares() -> None:
    known = declared([*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]])
    assert imported("tests", "benchmarks", "tools") <= known
