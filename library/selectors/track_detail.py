"""The page of one song: what was measured, in words and in numbers, its files, its likes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, FloatField, When
from django.utils.translation import gettext_lazy
from pgvector.django import CosineDistance

from config.media import signed_url
from library.models import Asset, Track
from library.selectors.playback import file_url
from library.selectors.track_corrections import (
    CorrectionPanel,
    analysis_of,
    correction_panel,
    correctors_of,
)
from library.selectors.track_list import TrackRow, track_row
from library.selectors.track_measured import (
    ChordRow,
    Fact,
    NoteRow,
    SectionRow,
    chord_name,
    facts_of,
    moment,
    note_rows,
    scales_of,
    section_row,
)

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
FILES_FIRST = (Asset.Kind.ORIGINAL,)
NOT_FOR_PEOPLE = (Asset.Kind.PEAKS_OVERVIEW, Asset.Kind.PEAKS_ZOOM)  # <wave-form> draws them
SIMILAR = 8


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
    panel: CorrectionPanel


def track_page(*, track: Track, user: User) -> TrackPage:
    """Return the page of ``track``, whose analysis, job and assets are at hand."""
    assets = list(track.assets.all())
    track.listed = assets  # type: ignore[attr-defined]
    measured: dict[str, Any] = track.analysis.data if track.analysis else {}
    data = analysis_of(track)
    beats = data.get("beats", {})
    downbeats = beats.get("downbeats_s", [])
    return TrackPage(
        track=track,
        row=track_row(track, user),
        facts=facts_of(track, data, measured, correctors_of(track)) if data else [],
        scales=scales_of(data) if data else [],
        sections=[section_row(s, downbeats) for s in data.get("sections", [])],
        chords=[
            ChordRow(chord_name(c["label"]), moment(c["start_s"]), c["start_s"], c["end_s"])
            for c in data.get("chords", [])
        ],
        melody=note_rows(data.get("melody", {})),
        bass=note_rows(data.get("bass", {})),
        files=[
            _file(asset, track, user)
            for asset in sorted(assets, key=lambda asset: (asset.kind not in FILES_FIRST, asset.pk))
            if asset.kind not in NOT_FOR_PEOPLE
        ],
        peaks_url=_inline(assets, Asset.Kind.PEAKS_OVERVIEW, track, user),
        duration_s=(track.duration_ms or 0) / 1000,
        beats_s=beats.get("beats_s", []),
        downbeats_s=downbeats,
        panel=correction_panel(track),
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
        # Conditions have no order in SQL, and vectors of another revision have another length.
        .annotate(
            distance=Case(
                When(
                    analysis__revision=track.analysis.revision,
                    then=CosineDistance(f"analysis__{aspect}", vector),
                ),
                output_field=FloatField(),
            )
        )
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


def _file(asset: Asset, track: Track, user: User) -> FileRow:
    return FileRow(
        kind=asset.get_kind_display(),
        content_type=asset.content_type,
        size_bytes=asset.size_bytes,
        url=file_url(asset, track, user, inline=False),
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
