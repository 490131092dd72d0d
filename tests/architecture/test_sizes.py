"""Small rooms: short files, short functions, names that say what is inside."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.architecture.tree import ROOT, name, written_modules

if TYPE_CHECKING:
    from pathlib import Path

FILE_LINES = 300
FILE_LINES_HARD = 500
FUNCTION_LINES = 60
PARAMETERS = 8
REFUSED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "tools"}

# Longer than FILE_LINES, and why that is better than cutting it in two.
LONGER: dict[str, str] = {
    "config/settings.py": "one settings file; its own limit is 400 (test_settings)",
}

FILES = tuple(
    written_modules(
        *(["config", "accounts", "library", "rights", "generation", "distribution", "bin", "tests"])
    )
)
"""Looked at in one case each: four thousand of their own took longer to report than to decide."""


@cache
def functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Return every function of the product; parsing it all costs seconds."""
    return [
        (name(path), node)
        for path in written_modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_files_are_short():
    lines = {path: len(path.read_text().splitlines()) for path in FILES}
    hard = [f"{name(path)} has {count}" for path, count in lines.items() if count > FILE_LINES_HARD]
    assert hard == [], "split it into a package named by nouns"
    long = [
        f"{name(path)} has {count}"
        for path, count in lines.items()
        if count >= FILE_LINES
        and path.relative_to(ROOT).parts[0] != "tests"
        and name(path) not in LONGER
    ]
    assert long == [], "split it, or justify it in LONGER"


def test_justified_files_are_still_long():
    assert [p for p in LONGER if len((ROOT / p).read_text().splitlines()) < FILE_LINES] == []


def test_functions_are_short():
    long = [
        f"{path}:{node.lineno} {node.name} has {length} lines"
        for path, node in functions()
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert long == []


def test_functions_take_few_parameters():
    wide = [
        f"{path}:{node.lineno} {node.name} takes {count}"
        for path, node in functions()
        if (count := parameter_count(node.args)) > PARAMETERS
    ]
    assert wide == [], "pass a frozen dataclass"


def parameter_count(arguments: ast.arguments) -> int:
    """Count the parameters without self and cls."""
    named = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([each for each in named if each not in {"self", "cls"}])


def test_names_say_what_is_inside():
    empty = [
        name(path)
        for path in FILES
        if REFUSED_NAMES
        & {part.removesuffix(".py").removeprefix("test_") for part in path.relative_to(ROOT).parts}
    ]
    assert empty == [], "name the module by the noun that it holds"


def test_modules_say_what_they_are_for():
    silent = [
        name(path)
        for path in FILES
        if (text := path.read_text()).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == [], "the first line of a module is its docstring"


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=name(path)) for path in sorted(ROOT.glob("*/README.md"))]
)
def test_readme_of_an_app_fits_one_screen(path: Path):
    assert len(path.read_text().splitlines()) <= 40
