"""What an edit did, in a few words: "Chorus 2 written anew", "120 → 128 BPM"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.selectors.words import bpm_text, role_name
from library.domain.keys import MusicalKey
from library.selectors.track_list import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.utils.functional import _StrPromise

    from generation.models import Version

LAYERS: dict[str, _StrPromise] = {
    "melody": gettext_lazy("Melody"),
    "motif": gettext_lazy("Melody"),
    "harmony": gettext_lazy("Chords"),
    "comp": gettext_lazy("Chord instrument"),
    "pad": gettext_lazy("Pads"),
    "arp": gettext_lazy("Broken chords"),
    "bass": gettext_lazy("Bass"),
    "drums": gettext_lazy("Drums"),
}
"""The layers that can be written anew, in the order in which they are offered."""
ENERGIES = (
    (0.2, gettext_lazy("calm")),
    (0.4, gettext_lazy("easy")),
    (0.6, gettext_lazy("middling")),
    (0.8, gettext_lazy("lively")),
    (1.01, gettext_lazy("full")),
)
"""The words among which a creator chooses, each up to its limit."""


def version_label(version: Version) -> str:
    """Return what a version is, next to its number: "Composed", or what its edit changed."""
    if version.parent_id is None:
        return _("Composed from the ten")
    return edit_label(version.edit, version.parent)


def edit_label(edit: Mapping[str, Any], parent: Version | None) -> str:
    """Return an edit of ``parent`` in a few words."""
    words = EDITS.get(str(edit.get("kind", "")))
    return words(edit, parent) if words else _("Changed")


def energy_word(energy: float) -> str:
    """Return how full a song is asked to be, in one word."""
    return str(next(word for limit, word in ENERGIES if energy < limit))


def section_name(parent: Version | None, index: int) -> str:
    """Return the name of a section of ``parent``, counted where its role comes more than once."""
    sections = parent.figures.get("sections", []) if parent is not None else []
    roles = [str(section.get("role", "")) for section in sections]
    if index >= len(roles):
        return _("Section %(number)s") % {"number": index + 1}
    name = role_name(roles[index])
    if roles.count(roles[index]) == 1:
        return name
    return f"{name} {roles[: index + 1].count(roles[index])}"


def section_role(parent: Version | None, index: int) -> str:
    """Return the name of a section's role, as it stands within a sentence."""
    sections = parent.figures.get("sections", []) if parent is not None else []
    role = str(sections[index].get("role", "")) if index < len(sections) else ""
    return role_name(role).lower()


def layer_label(layer: str) -> str:
    """Return the name of a layer that can be written anew."""
    return str(LAYERS.get(layer, layer))


def _section(edit: Mapping[str, Any], parent: Version | None) -> str:
    index = int(edit.get("section", 0))
    if edit.get("everywhere"):
        return _("Every %(section)s written anew") % {"section": section_role(parent, index)}
    name = section_name(parent, index)
    return _("%(section)s written anew") % {"section": name}


def _layer(edit: Mapping[str, Any], parent: Version | None) -> str:
    return _("%(layer)s written anew") % {"layer": layer_label(str(edit.get("layer", "")))}


def _tempo(edit: Mapping[str, Any], parent: Version | None) -> str:
    to = bpm_text(float(edit["bpm"]))
    if parent is None or parent.tempo_bpm is None:
        return _("%(bpm)s BPM") % {"bpm": to}
    return _("%(old)s → %(new)s BPM") % {"old": bpm_text(parent.tempo_bpm), "new": to}


def _key(edit: Mapping[str, Any], parent: Version | None) -> str:
    mode = edit.get("mode") or (parent.key_mode if parent is not None else "major")
    to = str(MusicalKey(int(edit["tonic"]), str(mode)))
    if parent is None or parent.key_pitch_class is None:
        return to
    old = MusicalKey(parent.key_pitch_class, parent.key_mode)
    return _("%(old)s → %(new)s") % {"old": old, "new": to}


def _energy(edit: Mapping[str, Any], parent: Version | None) -> str:
    return _("Energy: %(word)s") % {"word": energy_word(float(edit["energy"]))}


def _length(edit: Mapping[str, Any], parent: Version | None) -> str:
    to = clock(round(float(edit["seconds"]) * 1000))
    if parent is None or parent.duration_ms is None:
        return _("Length %(new)s") % {"new": to}
    return _("Length %(old)s → %(new)s") % {"old": clock(parent.duration_ms), "new": to}


def _extend(edit: Mapping[str, Any], parent: Version | None) -> str:
    names = {"section": role_name(str(edit["role"])), "bars": int(edit["bars"])}
    return _("%(section)s: %(bars)s bars longer") % names


def _reweigh(edit: Mapping[str, Any], parent: Version | None) -> str:
    return _("Influences changed")


EDITS: Mapping[str, Callable[[Mapping[str, Any], Version | None], str]] = {
    "reroll_section": _section,
    "reroll_layer": _layer,
    "tempo": _tempo,
    "key": _key,
    "energy": _energy,
    "length": _length,
    "extend": _extend,
    "reweigh": _reweigh,
}
