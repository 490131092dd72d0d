"""What was measured in a song, in words and figures that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from library.domain.corrections import TONICS
from library.domain.keys import MusicalKey
from library.selectors.track_list import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from library.models import Track

ROLES = {
    "intro": gettext_lazy("Intro"),
    "verse": gettext_lazy("Verse"),
    "chorus": gettext_lazy("Chorus"),
    "bridge": gettext_lazy("Bridge"),
    "outro": gettext_lazy("Outro"),
    "whole": gettext_lazy("Whole song"),
}
NOTES_SHOWN = 400
SURE, LIKELY = 0.7, 0.4


@dataclass(frozen=True)
class Fact:
    """A measured value with how sure it is."""

    label: str
    value: str
    certainty: str = ""
    help: str = ""
    is_corrected: bool = False


@dataclass(frozen=True)
class SectionRow:
    """A stretch of the form."""

    label: str
    role: str
    start: str
    end: str
    start_s: float
    end_s: float
    bars: int
    loudness: str


@dataclass(frozen=True)
class ChordRow:
    """A chord and when it sounds."""

    label: str
    start: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class NoteRow:
    """A note of a melody or bass line."""

    start: str
    start_s: float
    name: str
    length_ms: int
    velocity: int


def moment(seconds: float) -> str:
    """Return ``1:05.2`` for 65.23 s."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def note_name(pitch: int) -> str:
    """Return ``A4`` for MIDI number 69 (the octave number of ISO 16)."""
    names = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"


def chord_name(label: str) -> str:
    """Return ``F♯m`` for ``F#:min``, ``C`` for ``C:maj``; ``N`` is no chord."""
    root, _colon, quality = label.partition(":")
    if root == "N":
        return _("none")
    return root.replace("#", "♯") + ("m" if quality == "min" else "")


def certainty(confidence: float | None) -> str:
    """Return how sure a measurement is, in a word."""
    if confidence is None:
        return ""
    if confidence >= SURE:
        return _("sure")
    return _("likely") if confidence >= LIKELY else _("a guess")


def facts_of(
    track: Track, data: dict[str, Any], measured: dict[str, Any], said: Mapping[str, str]
) -> list[Fact]:
    """Return the values of ``track`` with how sure they are.

    ``data`` holds them with corrections, ``measured`` without; ``said`` tells who corrected what.
    """
    tempo, beats, key, loudness = (data[k] for k in ("tempo", "beats", "key", "loudness"))
    others = ", ".join(f"{c['bpm']:.0f}" for c in tempo["candidates"][1:4])
    found = key_of(track)
    key_text = f"{found} · {found.camelot}" if found else _("no clear key")
    facts = {
        "tempo": Fact(
            _("Tempo"),
            f"{tempo['bpm']:.1f} BPM",
            certainty(tempo["octave_confidence"]),
            _("It could also be felt as %s.") % others if others else "",
        ),
        "downbeat": Fact(
            _("Metre"), f"{beats['meter']}/4", certainty(beats["downbeat_confidence"])
        ),
        "key": Fact(_("Key"), key_text, certainty(key["confidence"])),
    }
    was = {
        "tempo": f"{measured['tempo']['bpm']:.1f} BPM",
        "downbeat": _("other bar lines"),
        "key": _measured_key(measured["key"]),
    }
    for what, who in said.items():
        facts[what] = Fact(
            facts[what].label,
            facts[what].value,
            _("corrected by %s") % who if who else _("corrected by hand"),
            _("Measured: %s.") % was[what],
            is_corrected=True,
        )
    return [
        *facts.values(),
        Fact(_("Loudness"), _level(loudness["integrated_lufs"], "LUFS")),
        Fact(_("True peak"), _level(loudness["true_peak_dbtp"], "dBTP")),
        Fact(_("Loudness range"), _level(loudness["range_lu"], "LU")),
        Fact(_("Swing"), f"{beats['swing']:.2f}", help=_("0.50 is straight, 0.67 a shuffle.")),
        Fact(_("Recording"), f"{track.format}, {track.sample_rate_hz} Hz, {track.channels} ch"),
    ]


def scales_of(data: dict[str, Any]) -> list[Fact]:
    """Return the descriptors and complexities, each from 0 to 100."""
    described, complexity = data["descriptors"], data["complexity"]
    names = {
        "energy": _("Energy"),
        "danceability": _("Danceability"),
        "valence": _("Brightness of mood"),
        "arousal": _("Arousal"),
        "acousticness": _("Acousticness"),
        "vocal_presence": _("Vocals"),
    }
    parts = {
        "harmonic": _("Harmonic complexity"),
        "rhythmic": _("Rhythmic complexity"),
        "timbral": _("Timbral complexity"),
        "structural": _("Structural complexity"),
    }
    scales = [(label, described[name]) for name, label in names.items()]
    scales += [(label, complexity[name]) for name, label in parts.items()]
    return [Fact(label, f"{round(100 * value)}") for label, value in scales]


def section_row(section: dict[str, Any], downbeats: list[float]) -> SectionRow:
    """Put one stretch of the form into words; ``downbeats`` (seconds) count its bars."""
    start, end = section["start_s"], section["end_s"]
    return SectionRow(
        label=section["label"],
        role=str(ROLES.get(section["role"], section["role"])),
        start=moment(start),
        end=moment(end),
        start_s=start,
        end_s=end,
        bars=sum(start - 0.05 <= bar < end - 0.05 for bar in downbeats),
        loudness=_level(section["loudness_lufs"], "LUFS"),
    )


def note_rows(line: dict[str, Any]) -> list[NoteRow]:
    """Return the first notes of a line."""
    return [
        NoteRow(
            start=moment(note["start_s"]),
            start_s=note["start_s"],
            name=note_name(note["pitch"]),
            length_ms=round(1000 * (note["end_s"] - note["start_s"])),
            velocity=note["velocity"],
        )
        for note in line.get("notes", [])[:NOTES_SHOWN]
    ]


def _measured_key(key: dict[str, Any]) -> str:
    if not key["tonic"]:
        return _("no clear key")
    return str(MusicalKey(TONICS.index(key["tonic"]), key["mode"]))


def _level(value: float | None, unit: str) -> str:
    if value is None:
        return _("silence")
    return f"{value:.1f} {unit}".replace("-", "\N{MINUS SIGN}")
