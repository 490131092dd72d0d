"""Channel strips: what each part's stem goes through before it is balanced against the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generation.rendering.compressor import Compression
from generation.rendering.equaliser import Band

SOFT = Compression(threshold_db=-14, ratio=3, attack_ms=10, release_ms=120)
FIRM = Compression(threshold_db=-14, ratio=4, attack_ms=4, release_ms=90)
SLOW = Compression(threshold_db=-14, ratio=2, attack_ms=25, release_ms=200)
PUNCHY = Compression(threshold_db=-10, ratio=3, attack_ms=5, release_ms=80)

BEHIND, IN_FRONT, FREE = (-4.0, 0.0), (-0.5, 4.0), (-4.0, 4.0)
"""Where the spectrum may take a part: an accompaniment never up, the lead hardly down; the ends of
the spectrum, where no melody lies, either way."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One part's settings.

    ``lufs`` is the loudness of the finished stem while it sounds, relative to the lead's; ``pan`` runs
    from -1 (left) to 1; ``width`` multiplies the side signal; ``room`` and ``hall`` are the levels of
    the two reverbs in dB below the dry signal (None: dry), ``duck_db`` is what a full kick takes away. No peak
    stands farther than ``crest_db`` above the stem's loudness: the master need not cut it then.
    ``reach_db`` is how far the balance may take the stem down and up.
    """

    lufs: float
    bands: tuple[Band, ...]
    compression: Compression | None = SOFT
    pan: float = 0.0
    width: float = 1.0
    room_db: float | None = None
    hall_db: float | None = None
    duck_db: float = 0.0
    crest_db: float = 13.0
    reach_db: tuple[float, float] = BEHIND
    echoes: bool = False


def _bands(highpass_hz: float, mud_db: float = -2.0, *more: Band) -> tuple[Band, ...]:
    """A high-pass, less of the 300 Hz that piles up in every mix, and what the part needs besides."""
    return (Band("highpass", highpass_hz), Band("peak", 300, mud_db, 1.0), *more)


STRIPS: Mapping[str, Strip] = {
    "Lead": Strip(
        0.0,
        _bands(120, -2.0, Band("peak", 3_000, 1.5, 0.8)),
        width=0.8,
        hall_db=-17,
        room_db=-20,
        echoes=True,
        reach_db=IN_FRONT,
    ),
    "Double": Strip(-5.0, _bands(150), pan=0.25, width=1.2, hall_db=-15),
    "Comp": Strip(-2.0, _bands(120), pan=-0.3, room_db=-17, hall_db=-22),
    "Pad": Strip(-5.0, _bands(140), SLOW, width=1.3, hall_db=-15, duck_db=3.5),
    "Arp": Strip(-6.0, _bands(160), pan=0.35, width=1.2, hall_db=-16),
    "Bass": Strip(
        -4.0,
        (Band("highpass", 34), Band("peak", 300, -1.5, 1.0)),
        FIRM,
        width=0.5,
        duck_db=3.0,
        reach_db=FREE,
    ),
    "Kick": Strip(
        -4.0,
        (Band("highpass", 30), Band("peak", 300, -2.0, 1.0)),
        PUNCHY,
        width=0.0,
        crest_db=8,
        reach_db=FREE,
    ),
    "Snare": Strip(-5.0, _bands(120, -1.5), PUNCHY, room_db=-14, hall_db=-24, crest_db=8),
    "Hats": Strip(-10.0, (Band("highpass", 400),), None, pan=0.15, room_db=-20, reach_db=FREE),
    "Percussion": Strip(-9.0, _bands(180, -1.0), PUNCHY, pan=-0.2, width=1.2, room_db=-16),
    "Effects": Strip(-8.0, _bands(120, 0.0), None, width=1.3, hall_db=-14),
}
OTHER = Strip(-5.0, _bands(120), room_db=-18)


def strip_of(name: str) -> Strip:
    """Return the strip of the part of that name; a part nobody knows gets a plain one."""
    return STRIPS.get(name, OTHER)
