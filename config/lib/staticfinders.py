"""Publish the npm files that ``package.json`` lists under ``staticFiles``, and nothing else.

Pointing ``STATICFILES_DIRS`` at a package would also publish its tests, types and sources.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import Warning as CheckWarning
from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from django.core.checks import CheckMessage

PREFIX = "vendor/"


class NpmFinder(BaseFinder):
    """Find ``vendor/<public name>`` in ``node_modules``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        root: Path = settings.BASE_DIR
        self.modules = root / "node_modules"
        listed = json.loads((root / "package.json").read_text())["staticFiles"]
        self.files: dict[str, str] = {PREFIX + public: source for public, source in listed.items()}

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Warn of each listed file that is not installed."""
        return [
            CheckWarning(f"{source} is not installed.", hint="Run bin/run.", id="config.W001")
            for source in self.files.values()
            if not (self.modules / source).is_file()
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the path behind a public name, as the finder protocol wants it."""
        source = self.files.get(path)
        if source is None:
            return []
        found = str(self.modules / source)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Yield every public name with a storage that opens it."""
        for public, source in self.files.items():
            yield public, _OneFileStorage(self.modules, public=public, source=source)


class _OneFileStorage(FileSystemStorage):
    """Opens one file of ``node_modules`` under its public name, for ``collectstatic``."""

    def __init__(self, location: Path, *, public: str, source: str) -> None:
        super().__init__(location=location)
        self.public, self.source = public, source

    def path(self, name: str) -> str:
        return super().path(self.source if name == self.public else name)
