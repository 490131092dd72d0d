"""Sections, layers, keys, tempi, sizes and shares as people say them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from library.domain.keys import MusicalKey
from library.selectors.track_list import MINUS, clock
from rights.domain.allocation import allocate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise

    from generation.models import Version

PPM_PER_PERCENT = 10_000
ROLES: dict[str, tuple[str, _StrPromise]] = {
    "intro": ("I", gettext_lazy("Intro")),
    "verse": ("V", gettext_lazy("Verse")),
    "pre": ("P", gettext_lazy("Pre-chorus")),
    "chorus": ("C", gettext_lazy("Chorus")),
    "bridge": ("B", gettext_lazy("Bridge")),
    "outro": ("O", gettext_lazy("Outro")),
}
"""The letter that a narrow section keeps, and its name."""
LAYERS: dict[str, _StrPromise] = {
    "melody": gettext_lazy("Melody"),
    "harmony": gettext_lazy("Harmony"),
    "drums": gettext_lazy("Drums"),
    "bass": gettext_lazy("Bass"),
    "accompaniment": gettext_lazy("Accompaniment"),
    "form": gettext_lazy("Form"),
    "sound": gettext_lazy("Sound"),
}
"""In the order in which a listener would ask for them."""


def role_of(section: str) -> str:
    """Return the role that a section's name begins with: ``chorus`` for ``chorus 2``."""
    return section.replace("-", " ").replace("_", " ").split(" ", 1)[0].lower()


def role_name(section: str) -> str:
    """Return the name of a section's role; what nobody named stays as it is."""
    known = ROLES.get(role_of(section))
    return str(known[1]) if known else section


def role_letter(section: str) -> str:
    """Return the letter of a section's role."""
    known = ROLES.get(role_of(section))
    return known[0] if known else section[:1].upper()


def layer_name(layer: str) -> str:
    """Return the name of a layer."""
    return str(LAYERS[layer]) if layer in LAYERS else layer


def key_text(version: Version) -> str:
    """Return "A minor", or nothing before the version is ready."""
    if version.key_pitch_class is None:
        return ""
    return str(MusicalKey(version.key_pitch_class, version.key_mode))


def tempo_text(version: Version) -> str:
    """Return "128 BPM"; a tempo that is no whole number keeps one decimal."""
    if version.tempo_bpm is None:
        return ""
    return _("%(bpm)s BPM") % {"bpm": bpm_text(version.tempo_bpm)}


def bpm_text(bpm: float) -> str:
    """Return beats per minute with at most one decimal, with a point in every language."""
    return f"{bpm:.1f}".removesuffix(".0")


def facts_text(version: Version) -> str:
    """Return length, tempo and key on one line, as far as they are known."""
    parts = (clock(version.duration_ms), tempo_text(version), key_text(version))
    return " · ".join(part for part in parts if part)


def decibels_text(value: float | None) -> str:
    """Return a level with one decimal and a true minus sign; nothing for what is not known."""
    return "" if value is None else f"{value:.1f}".replace("-", MINUS)


def percent_text(ppm: int, *, places: int = 1) -> str:
    """Return parts per million in percent, as the reader writes numbers: "6.7"."""
    step = 10 ** (4 - places)
    rounded = (ppm + step // 2) // step
    return str(formats.number_format(rounded / 10**places, decimal_pos=places))


def apart_text(ppm: int) -> str:
    """Return how far two shares are apart, in points: "+0.08", "±0.00" for what rounds to nothing."""
    text = percent_text(abs(ppm), places=2)
    if text == percent_text(0, places=2):
        return f"±{text}"
    return f"{MINUS if ppm < 0 else '+'}{text}"


def whole_percents(shares: Mapping[str, int], keys: Sequence[str]) -> tuple[int, ...]:
    """Return the shares of ``keys`` in whole percents that add up to 100, by largest remainder."""
    amounts = allocate(100, {key: shares.get(key, 0) for key in keys}).amounts
    return tuple(amounts[key] for key in keys)
