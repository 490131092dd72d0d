"""Requirement and lock files name packages exactly, and never the host they came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.architecture.tree import ROOT, name

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS_ALLOWED = ("-r ", "-c ", "--hash=")


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=name)
def test_requirements_are_exact_and_hostless(path: Path):
    for line in path.read_text().splitlines():
        text = line.partition("#")[0].strip().rstrip("\\").strip()
        if text and not text.startswith(OPTIONS_ALLOWED):
            assert "==" in text, line
            assert "://" not in text, line
            assert not text.startswith("-"), line


def test_npm_lock_is_hostless_and_checked_by_hash():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    entries = {key: entry for key, entry in lock["packages"].items() if key}
    assert [key for key, entry in entries.items() if "resolved" in entry] == []
    # What another package brings along inside itself is covered by that one's hash.
    own = {key: entry for key, entry in entries.items() if not entry.get("inBundle")}
    assert [key for key, entry in own.items() if "integrity" not in entry] == []


def test_npm_packages_are_pinned():
    package = json.loads((ROOT / "package.json").read_text())
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert [key for key, version in wanted.items() if not version[:1].isdigit()] == []
