"""Corrections by hand: kept beside the analysis, laid over it, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.services.audit import audit_record
from library.constants import BPM_MAX, BPM_MIN
from library.domain.corrections import TONICS, corrected
from library.domain.keys import BY_CAMELOT
from library.exceptions import TrackStateError
from library.models import Track, TrackCorrection
from library.selectors.track_corrections import corrections_of

if TYPE_CHECKING:
    from accounts.models import User
    from library.domain.keys import MusicalKey

What = TrackCorrection.What
FACTORS = {"double": 2.0, "half": 0.5}
SHIFTS = {"later": 1, "earlier": -1}


def correction_apply(
    *, track: Track, user: User, what: str, do: str, tempo_bpm: float | None, camelot: str
) -> None:
    """Do what a button says: set, double or halve the tempo, set the key, move the bars, undo.

    Raises
    ------
    TrackStateError
        If there is nothing to correct, or the tempo would leave 20 to 400 BPM.
    """
    if do == "undo":
        correction_undo(track=track, user=user, what=what)
    elif what == What.DOWNBEAT and do in SHIFTS:
        correction_downbeat(track=track, user=user, beats=SHIFTS[do])
    elif what == What.KEY and do == "set":
        correction_key(track=track, user=user, key=BY_CAMELOT[camelot])
    elif what == What.TEMPO and do in FACTORS:
        correction_tempo(track=track, user=user, tempo_bpm=FACTORS[do] * (track.tempo_bpm or 0))
    elif what == What.TEMPO and do == "set" and tempo_bpm:
        correction_tempo(track=track, user=user, tempo_bpm=tempo_bpm)
    else:
        text = _("This cannot be corrected that way. Nothing was changed.")
        raise TrackStateError("library.correction.unknown", text)


def correction_tempo(*, track: Track, user: User, tempo_bpm: float) -> None:
    """Say what the tempo is, in beats per minute.

    Raises
    ------
    TrackStateError
        If the song is not measured yet, or no song has such a tempo.
    """
    if not BPM_MIN <= tempo_bpm <= BPM_MAX:
        text = _("A tempo lies between %(least)d and %(most)d beats per minute.")
        limits = {"least": BPM_MIN, "most": BPM_MAX}
        raise TrackStateError("library.correction.tempo", text % limits)
    _save(track, user, What.TEMPO, tempo_bpm=tempo_bpm)


def correction_key(*, track: Track, user: User, key: MusicalKey) -> None:
    """Say what the key is. Raises TrackStateError before the analysis."""
    _save(track, user, What.KEY, key_pitch_class=key.pitch_class, key_mode=key.mode)


@transaction.atomic
def correction_downbeat(*, track: Track, user: User, beats: int) -> None:
    """Move the first beat of every bar by ``beats`` from where it stands, later or earlier.

    Shifts add up; back where it was measured there is no correction left.

    Raises
    ------
    TrackStateError
        If the song is not measured yet, or has no bar lines.
    """
    mine = _measured(track)
    meter = mine.analysis.data["beats"]["meter"] if mine.analysis else 0
    if not meter:
        text = _("No bar lines were found in “%(title)s”, so there are none to move.")
        raise TrackStateError("library.track.no_bars", text % {"title": track.title})
    shift = (corrections_of(mine).shift_beats + beats) % meter
    if shift:
        _save(track, user, What.DOWNBEAT, shift_beats=shift)
    else:
        correction_undo(track=track, user=user, what=What.DOWNBEAT)


@transaction.atomic
def correction_undo(*, track: Track, user: User, what: str) -> None:
    """Let the measurement stand again; without a correction nothing happens."""
    mine = Track.objects.select_for_update().get(pk=track.pk)
    gone, _by_model = mine.corrections.filter(what=what).delete()
    if gone:
        _record("library.correction.undone", mine, user, what)
        _repeat_in_columns(mine)


def measured_columns(track: Track, data: dict[str, Any]) -> dict[str, Any]:
    """Return what lists sort and filter by: the measurement with the corrections of ``track``."""
    found = corrected(data, corrections_of(track))
    tonic = found["key"]["tonic"]
    return {
        "tempo_bpm": found["tempo"]["bpm"] or None,
        "key_pitch_class": TONICS.index(tonic) if tonic else None,
        "key_mode": found["key"]["mode"] if tonic else "",
        "loudness_lufs": found["loudness"]["integrated_lufs"],
    }


@transaction.atomic
def _save(track: Track, user: User, what: str, **said: Any) -> None:
    mine = _measured(track)
    mine.corrections.update_or_create(
        what=what, defaults={**said, "made_by": user, "made_at": Now()}
    )
    _record("library.correction.made", mine, user, what)
    _repeat_in_columns(mine)


def _measured(track: Track) -> Track:
    """Lock the track; one that nobody has measured cannot be corrected."""
    mine = Track.objects.select_for_update(of=("self",)).select_related("analysis").get(pk=track.pk)
    if mine.analysis is None:
        text = _("“%(title)s” is not measured yet. You can correct it as soon as it is.")
        raise TrackStateError("library.track.not_measured", text % {"title": mine.title})
    return mine


def _repeat_in_columns(track: Track) -> None:
    if track.analysis is not None:
        Track.objects.filter(pk=track.pk).update(**measured_columns(track, track.analysis.data))


def _record(action: str, track: Track, user: User, what: str) -> None:
    audit_record(
        action=action,
        actor=user,
        organisation=track.organisation,
        target=track,
        data={"what": str(what)},
    )
