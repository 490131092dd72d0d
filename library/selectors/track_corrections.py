"""What people corrected, and what is true of a song then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from library.domain.corrections import Corrections, corrected
from library.domain.keys import ALL, MusicalKey
from library.models import TrackCorrection
from library.selectors.track_list import key_of

if TYPE_CHECKING:
    from library.models import Track

What = TrackCorrection.What


def corrections_of(track: Track) -> Corrections:
    """Return the corrections of a track, fresh unless they were prefetched."""
    said = {row.what: row for row in track.corrections.all()}
    tempo, key, downbeat = (said.get(what) for what in (What.TEMPO, What.KEY, What.DOWNBEAT))
    found = None
    if key is not None and key.key_pitch_class is not None:
        found = MusicalKey(key.key_pitch_class, key.key_mode)
    return Corrections(
        tempo_bpm=tempo.tempo_bpm if tempo else None,
        key=found,
        shift_beats=(downbeat.shift_beats or 0) if downbeat else 0,
    )


def analysis_of(track: Track) -> dict[str, Any]:
    """Return what is known of the song: the measurement with the corrections over it, or {}."""
    return corrected(track.analysis.data, corrections_of(track)) if track.analysis else {}


def correctors_of(track: Track) -> dict[str, str]:
    """Return who corrected what; "" for a person who has left."""
    rows = track.corrections.all()
    return {row.what: row.made_by.display_name if row.made_by else "" for row in rows}


@dataclass(frozen=True)
class CorrectionPanel:
    """What the forms show: the present values, the choices, and what can be taken back."""

    is_measured: bool
    bpm: str
    key: str
    keys: list[tuple[str, str]]
    has_bars: bool
    undo: list[tuple[str, str, str]]
    """What, its name, who corrected it."""


def correction_panel(track: Track) -> CorrectionPanel:
    """Return what can be corrected about ``track``."""
    data = analysis_of(track)
    key = key_of(track)
    names = dict(What.choices)
    return CorrectionPanel(
        is_measured=bool(data),
        bpm=f"{track.tempo_bpm:.2f}".rstrip("0").rstrip(".") if track.tempo_bpm else "",
        key=key.camelot if key else "",
        keys=[(key.camelot, f"{key} · {key.camelot}") for key in ALL],
        has_bars=bool(data.get("beats", {}).get("downbeats_s")),
        undo=[(what, str(names[what]), who) for what, who in correctors_of(track).items()],
    )
