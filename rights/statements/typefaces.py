"""The fonts of statements: static ones, cut from the product's variable font at first use and kept.

They lie in the cache of the data folder, under a name made of everything they depend on; the folder
may be emptied at any time. Nothing is committed twice, and a new release of the font cuts its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import structlog
from django.conf import settings
from django.contrib.staticfiles import finders

FAMILIES = {"latin": "Bricolage", "latin-ext": "Bricolage Ext"}
SOURCES = {"latin": "vendor/bricolage-latin.woff2", "latin-ext": "vendor/bricolage-latin-ext.woff2"}
WEIGHTS = (400, 500, 600, 700)
AT = {"opsz": 12}
"""Letters as they are drawn for small text, at every size: so they look on the screen as well."""
CUTTING = Path(__file__).with_name("cutting.py")
CUTTING_S = 300
log = structlog.get_logger(__name__)


def typefaces() -> dict[str, Path]:
    """Return the fonts by name, ``latin-400`` and so on, cut now if they were not cut before.

    Without the product's font, or where none can be cut, there are none: those of the system stand
    in, and the reason is logged.
    """
    sources = sources_found()
    if not sources:
        log.warning("statement_fonts_missing", wanted=sorted(SOURCES.values()))
        return {}
    names = [f"{name}-{weight}" for name in sources for weight in WEIGHTS]
    folder = settings.VAR_DIR / "cache" / "typefaces" / _key(sources)
    try:
        if not folder.is_dir():
            _cut(sources, folder)
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("statement_fonts_not_cut", why=str(error)[:500])
        return {}
    return {name: folder / f"{name}.ttf" for name in names}


def faces_style(names: list[str]) -> str:
    """Return the rules of a style sheet that give each font its family and weight."""
    rules = []
    for name in names:
        source, _, weight = name.rpartition("-")
        rules.append(
            f'@font-face{{font-family:"{FAMILIES[source]}";font-weight:{weight};'
            f'src:url("font://{name}")}}\n'
        )
    return "".join(rules)


def sources_found() -> dict[str, Path]:
    """Return where the variable fonts of the product lie."""
    found = {}
    for name, path in SOURCES.items():
        for place in (finders.find(path), settings.STATIC_ROOT / path):
            if place and Path(str(place)).is_file():
                found[name] = Path(str(place))
                break
    return found


def _key(sources: dict[str, Path]) -> str:
    """Return a name made of what the fonts are cut from, by what, and where."""
    whole = hashlib.sha256(json.dumps([AT, WEIGHTS, version("fonttools")]).encode())
    whole.update(CUTTING.read_bytes())
    for name, path in sorted(sources.items()):
        whole.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:32]


def _cut(sources: dict[str, Path], folder: Path) -> None:
    """Cut in a folder beside and give it its name when it is whole; who comes second gives way."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix="cutting-"))
    wanted = {
        "sources": {name: str(path) for name, path in sources.items()},
        "at": AT,
        "weights": WEIGHTS,
        "folder": str(beside),
    }
    try:
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", str(CUTTING), json.dumps(wanted)],
            check=True,
            capture_output=True,
            timeout=CUTTING_S,
            env={"HOME": "/nonexistent", "LANG": "C.UTF-8", "PATH": os.defpath},
        )
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():  # or another process was first, with the same bytes
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
