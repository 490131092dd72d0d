"""Recognise by our own index: few keys find who it could be, all landmarks say whether it is.

First at the speed at which the sound came, from the fingerprint that its analysis made; only when
that names nobody surely are its landmarks hashed and asked for at six other speeds. The sound itself
is heard for those that come without landmarks: never analysed, or before landmarks were kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import soxr

from library.analysis.fingerprint import (
    SPEEDS,
    find_landmarks,
    hash_landmarks,
    reference_fingerprint,
)
from library.analysis.spectra import HOP, RATE_HZ, SIZE, magnitude_stft
from rights.recognition.index_keys import INDEX_REVISION, evenly, index_keys
from rights.recognition.index_rows import Question
from rights.recognition.packing import unpack_landmarks
from rights.recognition.types import Hit, Outcome
from rights.recognition.verification import Agreement, compare

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from library.analysis.types import Fingerprint, Landmarks
    from rights.recognition.index_rows import Index, Vote
    from rights.recognition.types import JSON, Sound

MOST_KEYS = 1_500
"""Looked up at the first speed; of longer songs evenly chosen ones."""
MOST_KEYS_PER_SPEED = 400
SURE_LANDMARKS = 150
"""Per window. Fewer agree at a speed that is 1.5 % off; at the right speed it is never so few."""
MOST_VERIFIED = 5
"""Recordings whose landmarks are read for one question."""
PPM = 1_000_000


@dataclass(frozen=True)
class _Found:
    vote: Vote
    agreement: Agreement

    @property
    def is_sure(self) -> bool:
        """Whether no other speed can be the right one."""
        agreement = self.agreement
        return (
            agreement.agreeing == agreement.windows
            and agreement.score >= SURE_LANDMARKS * agreement.agreeing
        )


class LocalIndex:
    """The recogniser ``index``: recordings confirmed before, label deliveries, base catalogue."""

    name = "index"
    revision = INDEX_REVISION

    def __init__(self, index: Index) -> None:
        self._index = index

    def recognise(self, sound: Sound) -> Outcome:
        """Name the recordings that the sound agrees with, the best first.

        ``score_ppm`` of a hit is the share of the sound's windows of twelve seconds that agree.
        """
        started = time.perf_counter()
        hits = self._hits(self._find(sound))
        return Outcome(
            self.name,
            "hit" if hits else "miss",
            hits,
            seconds=round(time.perf_counter() - started, 4),
            raw={"revision": self.revision},
        )

    def _find(self, sound: Sound) -> list[_Found]:
        as_it_is = sound.fingerprint or reference_fingerprint(landmarks_of(*sound.pcm()))
        found = self._ask({1.0: as_it_is}, MOST_KEYS)
        if found and found[0].is_sure:
            return found
        landmarks = as_it_is.landmarks or landmarks_of(*sound.pcm())
        others = {speed: hash_landmarks(landmarks, speed) for speed in SPEEDS if speed != 1.0}
        return _best_of([*found, *self._ask(others, MOST_KEYS_PER_SPEED)])

    def _ask(self, queries: dict[float, Fingerprint], most_keys: int) -> list[_Found]:
        """Return what the index proposes for the queries and their landmarks confirm."""
        questions = []
        for speed, query in queries.items():
            chosen = evenly(index_keys(query), most_keys)
            questions.append(Question(speed, chosen.keys.tolist(), chosen.frames.tolist()))
        votes = self._index.votes(questions)
        confirmed: list[_Found] = []
        read: dict[int, Fingerprint] = {}
        for vote in votes:
            if vote.fingerprint not in read:
                if len(read) == MOST_VERIFIED:
                    continue
                read[vote.fingerprint] = unpack_landmarks(self._index.landmarks(vote.fingerprint))
            agreement = compare(queries[vote.speed], vote.speed, read[vote.fingerprint], vote.shift)
            if agreement.is_match:
                confirmed.append(_Found(vote, agreement))
        return _best_of(confirmed)

    def _hits(self, found: list[_Found]) -> tuple[Hit, ...]:
        """Return one hit for each recording; a recording may be known by several sounds."""
        hits: dict[str, Hit] = {}
        for each in found:
            known = self._index.recording(each.vote.fingerprint)
            agreement = each.agreement
            evidence: dict[str, JSON] = {
                "recording": str(known.recording),
                "fingerprint": known.fingerprint,
                "source": known.source,
                "votes": each.vote.votes,
                "landmarks": agreement.score,
                "windows": agreement.windows,
                "windows_agreeing": agreement.agreeing,
                "offset_s": round(agreement.offset_s, 2),
                "speed": round(agreement.speed, 4),
            }
            hits.setdefault(
                known.isrc,
                Hit(
                    isrc=known.isrc,
                    title=known.title,
                    artist=known.artist,
                    apple_music_id=known.apple_music_id,
                    label=known.label,
                    album=known.album,
                    score_ppm=round(PPM * agreement.agreeing / agreement.windows),
                    skew=round(agreement.speed - 1.0, 5),
                    evidence=evidence,
                ),
            )
        return tuple(hits.values())


def _best_of(found: list[_Found]) -> list[_Found]:
    """Return the best line of each fingerprint, the best first."""
    best: dict[int, _Found] = {}
    for each in sorted(found, key=lambda one: -one.agreement.score):
        best.setdefault(each.vote.fingerprint, each)
    return list(best.values())


def landmarks_of(samples: npt.NDArray[np.float32], rate_hz: int) -> Landmarks:
    """Return the landmarks of mono samples, as the analysis finds them."""
    wave = soxr.resample(samples, rate_hz, RATE_HZ, "HQ")
    return find_landmarks(magnitude_stft(wave, SIZE, HOP))
