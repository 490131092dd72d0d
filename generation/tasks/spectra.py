"""The long-term spectra of the songs that a new one is to come near to, each measured once.

The analysis holds them. Songs analysed before it did are measured here, and that is kept.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from config.lib import blobs
from generation.models import SourceSpectrum
from library.analysis.revision import LONG_TERM_REVISION
from library.models import Asset
from library.transcode.files import read_sound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from library.analysis.types import LongTerm
    from library.models import Track

    Spectrum = tuple[float, ...]

AT_ONCE = 2
"""Threads that read and measure: both work outside the interpreter's lock."""


def spectra_of(tracks: Sequence[Track]) -> dict[str, Spectrum]:
    """Return the spectra of some tracks by ``audio_sha256``.

    () of one whose analysis holds none and that has no master to measure.
    """
    found = {track.audio_sha256: _analysed(track) for track in tracks}
    missing = {t.audio_sha256: t for t in tracks if not found[t.audio_sha256]}
    return found | _kept(missing) if missing else found


def _analysed(track: Track) -> Spectrum:
    """Return what the analysis measured; () where it did not, or not as it is measured now."""
    said = track.analysis.data.get("long_term") if track.analysis else None
    return tuple(said["levels_db"]) if said and said["revision"] == LONG_TERM_REVISION else ()


def _kept(tracks: dict[str, Track]) -> dict[str, Spectrum]:
    """Return what was measured here before, and measure the rest."""
    rows = SourceSpectrum.objects.filter(revision=LONG_TERM_REVISION, audio_sha256__in=tracks)
    found: dict[str, Spectrum] = {row.audio_sha256: tuple(row.levels_db) for row in rows}
    rest = {digest: track for digest, track in tracks.items() if digest not in found}
    for audio_sha256, levels in _measured(rest).items():
        found[audio_sha256] = levels
        if levels:
            SourceSpectrum.objects.get_or_create(
                audio_sha256=audio_sha256,
                revision=LONG_TERM_REVISION,
                defaults={"levels_db": list(levels)},
            )
    return found


def audio_of(track: Track) -> tuple[NDArray[np.float32], int]:
    """Return the master of a track, (frames, channels), and its rate in Hz."""
    return _read(track.assets.get(kind=Asset.Kind.MASTER).key)


def _measured(tracks: dict[str, Track]) -> dict[str, Spectrum]:
    if not tracks:
        return {}
    # Of ten known songs none is measured, and it loads scipy.
    from library.analysis.long_term import describe_long_term  # noqa: PLC0415

    keys = dict(
        Asset.objects.filter(track__in=tracks.values(), kind=Asset.Kind.MASTER).values_list(
            "track", "key"
        )
    )
    work = partial(_spectrum, describe_long_term)
    with ThreadPoolExecutor(AT_ONCE) as hands:
        made = hands.map(work, (keys.get(track.pk) for track in tracks.values()))
        return dict(zip(tracks, made, strict=True))


def _spectrum(measure: Callable[[NDArray[np.float32], int], LongTerm], key: str | None) -> Spectrum:
    if key is None:
        return ()
    try:
        samples, rate = _read(key)
    except FileNotFoundError:
        return ()
    return measure(samples, rate).levels_db


def _read(key: str) -> tuple[NDArray[np.float32], int]:
    with blobs.open_blob(key) as stream:
        return read_sound(stream)
