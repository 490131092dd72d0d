"""Every template compiles: a misspelt tag in a rare page is found here, not by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.template.loader import get_template

from tests.architecture.tree import ROOT, name, templates

if TYPE_CHECKING:
    from pathlib import Path

FILES = [pytest.param(path, id=name(path)) for path in templates()]


def test_there_are_templates():
    assert len(FILES) > 5


@pytest.mark.parametrize("path", FILES)
def test_template_compiles(path: Path):
    get_template(path.relative_to(ROOT / "templates").as_posix())
