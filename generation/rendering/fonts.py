"""Which SoundFont there is, and under what licence. Light: nothing here loads one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KNOWN: Mapping[str, str] = {
    "FluidR3_GM.sf2": "MIT",
    "FluidR3_GS.sf2": "MIT",
    "FluidR3Mono_GM.sf3": "MIT",
    "MuseScore_General_Full.sf3": "MIT",
    "MuseScore_General_Lite.sf3": "MIT",
}
"""Files that Tenfold may use as they come, and their licences."""
FOLDERS = (Path("/usr/share/sounds/sf2"), Path("/usr/share/sounds/sf3"))


@dataclass(frozen=True)
class SoundFont:
    """A file of recorded instruments; ``licence`` is empty where nobody has told."""

    path: Path
    name: str
    licence: str


def find_soundfont(chosen: Path | None = None) -> SoundFont | None:
    """Return ``chosen`` if it exists, else the first known font that the system has, else None."""
    candidates = [chosen] if chosen else [folder / name for name in KNOWN for folder in FOLDERS]
    for path in candidates:
        if path.is_file():
            return SoundFont(path, path.stem, KNOWN.get(path.name, ""))
    return None


def sound_sources(soundfont: Path | None) -> str:
    """Say in a sentence whose sounds a song is played with."""
    found = find_soundfont(soundfont) if soundfont else None
    if found is None:
        return "Tenfold's own voices only: no SoundFont is installed (Debian: fluid-soundfont-gm)."
    terms = found.licence or "terms as its owner gave them"
    return f"Tenfold's own voices and the SoundFont {found.name} ({terms})."
