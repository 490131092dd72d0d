"""The long-term spectra of the songs that a new one is to come near to, each measured once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from config.lib import blobs
from generation.models import SourceSpectrum
from library.models import Asset
from library.transcode.files import read_sound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from library.models import Track

    Spectrum = tuple[float, ...]

REVISION = "1"
EXCERPT_S = 240
AT_ONCE = 2
"""Threads that read and measure: both work outside the interpreter's lock."""


def spectra_of(tracks: Sequence[Track]) -> dict[str, Spectrum]:
    """Return the spectra of some tracks by ``audio_sha256``; () of one without a master."""
    rows = SourceSpectrum.objects.filter(
        revision=REVISION, audio_sha256__in=[track.audio_sha256 for track in tracks]
    )
    found: dict[str, Spectrum] = {row.audio_sha256: tuple(row.levels_db) for row in rows}
    missing = {t.audio_sha256: t for t in tracks if t.audio_sha256 not in found}
    for audio_sha256, levels in _measured(missing).items():
        found[audio_sha256] = levels
        if levels:
            SourceSpectrum.objects.get_or_create(
                audio_sha256=audio_sha256,
                revision=REVISION,
                defaults={"levels_db": list(levels)},
            )
    return found


def audio_of(track: Track) -> tuple[NDArray[np.float32], int]:
    """Return the master of a track, (frames, channels), and its rate in Hz."""
    return _read(track.assets.get(kind=Asset.Kind.MASTER).key)


def _measured(tracks: dict[str, Track]) -> dict[str, Spectrum]:
    if not tracks:
        return {}
    # Of ten known songs none is measured, and it loads half of what makes sound.
    from generation.rendering.spectrum import long_term_spectrum  # noqa: PLC0415

    keys = dict(
        Asset.objects.filter(track__in=tracks.values(), kind=Asset.Kind.MASTER).values_list(
            "track", "key"
        )
    )
    work = partial(_spectrum, long_term_spectrum)
    with ThreadPoolExecutor(AT_ONCE) as hands:
        made = hands.map(work, (keys.get(track.pk) for track in tracks.values()))
        return dict(zip(tracks, made, strict=True))


def _spectrum(measure: Callable[[NDArray[np.float32], int], Spectrum], key: str | None) -> Spectrum:
    if key is None:
        return ()
    try:
        samples, rate = _read(key)
    except FileNotFoundError:
        return ()
    return measure(samples[: round(EXCERPT_S * rate)], rate)


def _read(key: str) -> tuple[NDArray[np.float32], int]:
    with blobs.open_blob(key) as stream:
        return read_sound(stream)
