"""The project's own files, as the architecture tests read them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("config", "accounts", "library", "rights", "generation", "distribution")


def modules(*folders: str) -> list[Path]:
    """Return the Python files of the folders (of the product without folders), by path."""
    names = folders or PACKAGES
    return sorted(path for name in names for path in (ROOT / name).rglob("*.py"))


def written_modules(*folders: str) -> list[Path]:
    """Return the same without migrations, which are generated."""
    return [path for path in modules(*folders) if "migrations" not in path.parts]


def templates() -> list[Path]:
    """Return the product's templates."""
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def name(path: Path) -> str:
    """Return the path as people write it."""
    return path.relative_to(ROOT).as_posix()
