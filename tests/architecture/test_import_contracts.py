"""Each import contract is proved once: a violation is planted, and the contract must be broken.

A contract that cannot fail protects nothing: a misspelt module or a wrong wildcard looks "kept".
The product's modules are copied, so nothing is planted in the tree itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.architecture.tree import PACKAGES, ROOT, modules

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS}


@dataclass(frozen=True)
class Violation:
    """A line that must break one contract, in a module that may be new."""

    contract: str
    module: str
    line: str
    also: tuple[str, ...] = ()  # modules that the line needs and that may not exist yet


VIOLATIONS = [
    Violation("stack", "library/planted/__init__.py", "from generation import apps"),
    Violation("stack", "config/jobs/registry.py", "from accounts import models"),
    Violation("stack", "accounts/policies.py", "def f():\n    from library import apps"),
    Violation("inside-an-app", "library/utils.py", ""),
    Violation("inside-an-app", "accounts/policies.py", "from accounts import services"),
    Violation("inside-an-app", "accounts/models/planted.py", "from accounts import selectors"),
    Violation("inside-jobs", "config/jobs/misc.py", ""),
    Violation("inside-jobs", "config/jobs/registry.py", "from config.jobs import services"),
    Violation("pure", "library/analysis/planted.py", "from django.conf import settings"),
    Violation(
        "pure", "rights/domain/planted.py", "import django", also=("rights/domain/__init__.py",)
    ),
    Violation("light-web", "accounts/views/planted.py", "import numpy"),
    Violation(
        "light-web",
        "library/views/planted.py",
        "from library.analysis import planted",
        also=("library/analysis/planted.py=def f():\n    import librosa",),
    ),
    Violation("light-web", "accounts/api/planted.py", "import scipy.signal"),
    Violation("stripe", "accounts/webhooks.py", "import stripe"),
    Violation(
        "weasyprint",
        "rights/tasks/planted.py",
        "import weasyprint",
        also=("rights/tasks/__init__.py",),
    ),
    Violation(
        "shazamio", "rights/tasks/planted.py", "import shazamio", also=("rights/tasks/__init__.py",)
    ),
    Violation("queue", "accounts/services/planted.py", "from django_q.tasks import async_task"),
    Violation("sandbox", "accounts/services/planted.py", "from config import sandbox"),
    Violation("sandbox-knows-nobody", "config/sandbox/planted.py", "from accounts import models"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product's modules and of the contracts."""
    made = tmp_path_factory.mktemp("tree")
    for path in modules():
        target = made / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(ROOT / "pyproject.toml", made / "pyproject.toml")
    return made


def lint(folder: Path, *contracts: str) -> dict[str, str]:
    """Check the contracts and return the verdict of each by name."""
    chosen = [option for contract in contracts for option in ("--contract", contract)]
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    out = subprocess.run(
        [*command, "--no-cache", "--no-logo", *chosen],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "400", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(.+) (KEPT|BROKEN)\b.*$", out.stdout, re.MULTILINE))
    assert verdicts, out.stdout + out.stderr
    return verdicts


def test_every_contract_is_kept(copy: Path):
    assert lint(copy) == dict.fromkeys(NAMES.values(), "KEPT")


def test_every_contract_is_proved():
    assert {violation.contract for violation in VIOLATIONS} == set(NAMES)
    assert set(PACKAGES) == {path.parent.name for path in ROOT.glob("*/apps.py")}


@pytest.mark.parametrize("violation", VIOLATIONS, ids=lambda v: f"{v.contract}: {v.module}")
def test_planted_violation_breaks_the_contract(copy: Path, violation: Violation):
    planted = {}
    for spec in (*violation.also, f"{violation.module}={violation.line}"):
        module, _equals, text = spec.partition("=")
        path = copy / module
        planted[path] = path.read_text() if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((planted[path] or "") + f"\n{text}\n")
    try:
        assert lint(copy, violation.contract) == {NAMES[violation.contract]: "BROKEN"}
    finally:
        for path, before in planted.items():
            if before is None:
                path.unlink()
            else:
                path.write_text(before)
