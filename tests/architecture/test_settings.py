"""Settings: one short file, every variable documented, the tests' own differences few."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT

SETTINGS = ROOT / "config/settings.py"
READ = sorted(set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', SETTINGS.read_text())))
PAGE = (ROOT / "docs/reference/settings.md").read_text()
DOCUMENTED = [
    variable
    for row in re.findall(r"^\| (`[A-Z0-9_]+`[^|]*)\|", PAGE, re.MULTILINE)
    for variable in re.findall(r"`([A-Z0-9_]+)`", row)
]


def test_some_variables_are_read():
    assert "SECRET_KEY" in READ


@pytest.mark.parametrize("variable", READ)
def test_variable_is_documented(variable: str):
    assert variable in DOCUMENTED, f"give {variable} a row in docs/reference/settings.md"


def test_no_variable_is_documented_twice():
    assert sorted(DOCUMENTED) == sorted(set(DOCUMENTED))


def test_documented_variables_are_read_somewhere():
    read = "\n".join(
        path.read_text()
        for folder in ("config", "bin", "library", "generation")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    assert [variable for variable in DOCUMENTED if variable not in read] == []


def test_settings_are_shorter_than_four_hundred_lines():
    assert len(SETTINGS.read_text().splitlines()) < 400, "move a block's making to its own module"


def test_settings_of_the_tests_are_at_most_twenty_lines():
    lines = (ROOT / "tests/settings.py").read_text().splitlines()
    code = [line for line in lines if line.strip()]
    assert len(code) <= 20, "tests run with the product's settings, or they prove little"
