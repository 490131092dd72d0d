"""The page of one song: what was measured, in words and in numbers, its files, its likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pgvector.django import CosineDistance

from config.media import signed_url
from library.models import Asset, Track
from library.selectors.track_list import TrackRow, key_of, track_row

if TYPE_CHECKING:
    from accounts.models import Membership, User

TABS = {
    "overview": gettext_lazy("Overview"),
    "structure": gettext_lazy("Structure"),
    "notes": gettext_lazy("Notes"),
    "files": gettext_lazy("Files"),
}
ASPECTS = {
    "overall": gettext_lazy("Overall"),
    "rhythm": gettext_lazy("Rhythm"),
    "harmony": gettext_lazy("Harmony"),
    "timbre": gettext_lazy("Timbre"),
}
ROLES = {
    "intro": gettext_lazy("Intro"),
    "verse": gettext_lazy("Verse"),
    "chorus": gettext_lazy("Chorus"),
    "bridge": gettext_lazy("Bridge"),
    "outro": gettext_lazy("Outro"),
    "whole": gettext_lazy("Whole song"),
}
FILES_FIRST = (Asset.Kind.ORIGINAL,)
NOT_FOR_PEOPLE = (Asset.Kind.PEAKS_OVERVIEW, Asset.Kind.PEAKS_ZOOM)  # <wave-form> draws them
SIMILAR = 8
NOTES_SHOWN = 400
SURE, LIKELY = 0.7, 0.4


@dataclass(frozen=True)
class Fact:
    """A measured value with how sure it is."""

    label: str
    value: str
    certainty: str = ""
    help: str = ""


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


@dataclass(frozen=True)
class FileRow:
    """A stored file of the track."""

    kind: str
    content_type: str
    size_bytes: int
    url: str


@dataclass(frozen=True)
class SimilarRow:
    """Another track and how far away it is: 0 is the same, 2 the opposite."""

    track: TrackRow
    distance: str


@dataclass(frozen=True)
class TrackPage:
    """Everything the page shows."""

    track: Track
    row: TrackRow
    facts: list[Fact]
    scales: list[Fact]
    sections: list[SectionRow]
    chords: list[ChordRow]
    melody: list[NoteRow]
    bass: list[NoteRow]
    files: list[FileRow]
    peaks_url: str
    duration_s: float
    beats_s: list[float]
    downbeats_s: list[float]


def track_page(*, track: Track, user: User) -> TrackPage:
    """Return the page of ``track``, whose analysis, job and assets are at hand."""
    assets = list(track.assets.all())
    track.listed = assets  # type: ignore[attr-defined]
    data: dict[str, Any] = track.analysis.data if track.analysis else {}
    beats = data.get("beats", {})
    downbeats = beats.get("downbeats_s", [])
    return TrackPage(
        track=track,
        row=track_row(track, user),
        facts=_facts(track, data) if data else [],
        scales=_scales(data) if data else [],
        sections=[_section(s, downbeats) for s in data.get("sections", [])],
        chords=[
            ChordRow(chord_name(c["label"]), moment(c["start_s"]), c["start_s"], c["end_s"])
            for c in data.get("chords", [])
        ],
        melody=_notes(data.get("melody", {})),
        bass=_notes(data.get("bass", {})),
        files=[
            _file(asset, track, user)
            for asset in sorted(assets, key=lambda asset: (asset.kind not in FILES_FIRST, asset.pk))
            if asset.kind not in NOT_FOR_PEOPLE
        ],
        peaks_url=_inline(assets, Asset.Kind.PEAKS_OVERVIEW, track, user),
        duration_s=(track.duration_ms or 0) / 1000,
        beats_s=beats.get("beats_s", []),
        downbeats_s=downbeats,
    )


def similar_tracks(
    *, track: Track, membership: Membership, user: User, aspect: str
) -> list[SimilarRow]:
    """Return the organisation's nearest tracks in one aspect, by cosine distance.

    Only analyses of the same revision compare; exact search, for a library is small.
    """
    if track.analysis is None or aspect not in ASPECTS:
        return []
    vector = getattr(track.analysis, aspect)
    if vector is None:
        return []
    found = (
        Track.objects.of(membership.organisation)
        .exclude(pk=track.pk)
        .filter(analysis__revision=track.analysis.revision)
        .annotate(distance=CosineDistance(f"analysis__{aspect}", vector))
        .filter(distance__isnull=False)
        .order_by("distance", "pk")
        .select_related("job")
        .prefetch_related("assets")[:SIMILAR]
    )
    rows = []
    for other in found:
        other.listed = list(other.assets.all())  # type: ignore[attr-defined]
        distance = max(0.0, other.distance)  # type: ignore[attr-defined]
        rows.append(SimilarRow(track_row(other, user), f"{distance:.2f}"))
    return rows


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


def _facts(track: Track, data: dict[str, Any]) -> list[Fact]:
    tempo, beats, key, loudness = (data[k] for k in ("tempo", "beats", "key", "loudness"))
    others = ", ".join(f"{c['bpm']:.0f}" for c in tempo["candidates"][1:4])
    found = key_of(track)
    key_text = f"{found} · {found.camelot}" if found else _("no clear key")
    return [
        Fact(
            _("Tempo"),
            f"{tempo['bpm']:.1f} BPM",
            certainty(tempo["octave_confidence"]),
            _("It could also be felt as %s.") % others if others else "",
        ),
        Fact(_("Metre"), f"{beats['meter']}/4", certainty(beats["downbeat_confidence"])),
        Fact(_("Key"), key_text, certainty(key["confidence"])),
        Fact(_("Loudness"), _level(loudness["integrated_lufs"], "LUFS")),
        Fact(_("True peak"), _level(loudness["true_peak_dbtp"], "dBTP")),
        Fact(_("Loudness range"), _level(loudness["range_lu"], "LU")),
        Fact(_("Swing"), f"{beats['swing']:.2f}", help=_("0.50 is straight, 0.67 a shuffle.")),
        Fact(_("Recording"), f"{track.format}, {track.sample_rate_hz} Hz, {track.channels} ch"),
    ]


def _scales(data: dict[str, Any]) -> list[Fact]:
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


def _section(section: dict[str, Any], downbeats: list[float]) -> SectionRow:
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


def _notes(line: dict[str, Any]) -> list[NoteRow]:
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


def _file(asset: Asset, track: Track, user: User) -> FileRow:
    suffix = asset.key.rpartition(".")[2]
    return FileRow(
        kind=asset.get_kind_display(),
        content_type=asset.content_type,
        size_bytes=asset.size_bytes,
        url=signed_url(
            asset.key,
            user_id=user.pk,
            filename=f"{track.title}.{suffix}",
            content_type=asset.content_type,
        ),
    )


def _inline(assets: list[Asset], kind: Asset.Kind, track: Track, user: User) -> str:
    asset = next((a for a in assets if a.kind == kind), None)
    if asset is None:
        return ""
    return signed_url(
        asset.key,
        user_id=user.pk,
        filename=f"{kind}.json",
        content_type=asset.content_type,
        inline=True,
    )


def _level(value: float | None, unit: str) -> str:
    if value is None:
        return _("silence")
    return f"{value:.1f} {unit}".replace("-", "\N{MINUS SIGN}")
