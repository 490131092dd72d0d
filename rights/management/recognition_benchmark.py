"""How well the local index recognises real songs after damage, among invented ones; and how fast.

Everything happens in one transaction that is rolled back: nothing of it stays in the index.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from library.analysis.decode import decode_file
from library.analysis.fingerprint import hash_landmarks
from rights.management.accuracy_page import accuracy_page
from rights.models import Recording, RecordingFingerprint
from rights.recognition.degradation import DEGRADATIONS
from rights.recognition.local_index import LocalIndex, landmarks_of
from rights.recognition.packing import pack_fingerprint
from rights.recognition.synthesis import invented_song
from rights.recognition.types import Sound, pcm_of
from rights.selectors.fingerprints import PostgresIndex
from rights.services.fingerprints import postings_add

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from library.analysis.types import Fingerprint
    from rights.recognition.degradation import Degradation
    from rights.recognition.types import Outcome

SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".m4a", ".aac", ".aiff"}
FIRST_STRANGER = 1_000_000
DISTRACTOR_S = 60.0
SURE_PPM = 800_000
"""From this score on a single hit ticks itself (``rights.domain.matching.STRONG_PPM``)."""
TEN = 10
WORKERS = 2
ROUNDS = 3


@dataclass(frozen=True)
class Song:
    """A song of the catalogue, decoded."""

    path: Path
    isrc: str
    samples: npt.NDArray[np.float32]
    rate_hz: int


class MeasuredIndex(PostgresIndex):
    """The real table; the landmarks come from memory, so that no file is left behind."""

    def __init__(self) -> None:
        self.held: dict[int, bytes] = {}

    def add(self, isrc: str, title: str, fingerprint: Fingerprint) -> None:
        """Put a recording into the index, for this transaction."""
        recording = Recording.objects.create(
            isrc=isrc, title=title, artist="Benchmark", origin=Recording.Origin.BASE
        )
        packed = pack_fingerprint(fingerprint)
        stored = RecordingFingerprint.objects.create(
            recording=recording,
            source=RecordingFingerprint.Source.BASE,
            revision=packed.revision,
            landmarks_key=f"benchmark/{isrc}",
            landmark_count=packed.landmark_count,
            posting_count=len(packed.keys),
        )
        postings_add(fingerprint=stored.pk, packed=packed)
        self.held[stored.pk] = packed.landmarks

    def landmarks(self, fingerprint: int) -> bytes:
        """Return the whole fingerprint."""
        return self.held[fingerprint]


def recognition_benchmark(
    *, songs: str = "songs", distractors: int = 200, strangers: int = 100, page: str = ""
) -> dict[str, Any]:
    """Recognise damaged songs of some folders (comma-separated) by the local index.

    ``--page`` writes the table as Markdown.

    Raises
    ------
    ValueError
        The folders hold no audio, or this installation's index is not empty: use one of its own.
    """
    paths = [
        path
        for folder in songs.split(",")
        for path in sorted(Path(folder).glob("*"))
        if path.suffix.lower() in SUFFIXES
    ]
    if not paths:
        msg = f"no audio files in {songs}"
        raise ValueError(msg)
    if RecordingFingerprint.objects.exists():
        msg = "the index is not empty: give the benchmark a VAR_DIR of its own"
        raise ValueError(msg)
    with transaction.atomic():
        found = _measure(paths, distractors, strangers)
        transaction.set_rollback(True)
    if page:
        Path(page).write_text(accuracy_page(found))
    return found


def _measure(paths: list[Path], distractors: int, strangers: int) -> dict[str, Any]:
    index = MeasuredIndex()
    recogniser = LocalIndex(index)
    for seed in range(distractors):
        index.add(f"ZZDIS{seed:07d}", f"Invented {seed}", _fingerprint(*_invented(seed)))
    catalogue = [_load(path, number) for number, path in enumerate(paths)]
    for song in catalogue:
        index.add(song.isrc, song.path.stem, _fingerprint(song.samples, song.rate_hz))
    rows = [_row(recogniser, damage, catalogue) for damage in DEGRADATIONS]
    return {
        "catalogue": len(catalogue),
        "folders": list(dict.fromkeys(path.parent.name for path in paths)),
        "distractors": distractors,
        "rows": rows,
        "strangers": _strangers(recogniser, strangers),
        "speed": min(
            (_speed(recogniser, catalogue) for _round in range(ROUNDS)),
            key=lambda speed: speed["fingerprints_s"] + speed["index_s"],
        ),
    }


def _row(recogniser: LocalIndex, damage: Degradation, catalogue: list[Song]) -> dict[str, Any]:
    """Recognise every song after one damage, and count."""
    right = ticked = wrong = 0
    scores, landmarks, seconds = [], [], []
    for song in catalogue:
        outcome = _recognise(recogniser, *damage.apply(song.samples, song.rate_hz))
        seconds.append(outcome.seconds)
        wrong += sum(hit.isrc != song.isrc for hit in outcome.hits)
        if outcome.hits and outcome.hits[0].isrc == song.isrc:
            hit = outcome.hits[0]
            right += 1
            ticked += hit.score_ppm >= SURE_PPM
            scores.append(hit.score_ppm)
            agreeing = hit.evidence["windows_agreeing"]
            landmarks.append(hit.evidence["landmarks"] // agreeing)  # type: ignore[operator]
    return {
        "damage": damage.name,
        "target_ppm": 950_000 if damage.is_hard else 990_000,
        "songs": len(catalogue),
        "right": right,
        "strong": ticked,
        "wrong_hits": wrong,
        "least_score_ppm": min(scores, default=0),
        "least_landmarks": min(landmarks, default=0),
        "most_seconds": round(max(seconds), 3),
    }


def _strangers(recogniser: LocalIndex, count: int) -> dict[str, Any]:
    """Count what the index says of songs that it does not hold."""
    said = [
        _recognise(recogniser, *_invented(FIRST_STRANGER + number)).hits for number in range(count)
    ]
    return {"songs": count, "accepted": sum(bool(hits) for hits in said)}


def _speed(recogniser: LocalIndex, catalogue: list[Song]) -> dict[str, Any]:
    """Time ten songs as they are: fingerprints in two threads, then the index one by one."""
    ten = catalogue[:TEN]
    started = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        made = list(pool.map(lambda song: _fingerprint(song.samples, song.rate_hz), ten))
    fingerprints_s = time.perf_counter() - started
    started = time.perf_counter()
    outcomes = [
        recogniser.recognise(_sound(song.samples, song.rate_hz, each))
        for song, each in zip(ten, made, strict=True)
    ]
    index_s = time.perf_counter() - started
    return {
        "songs": len(ten),
        "audio_s": round(sum(len(song.samples) / song.rate_hz for song in ten), 1),
        "fingerprints_s": round(fingerprints_s, 3),
        "index_s": round(index_s, 3),
        "right": sum(
            bool(said.hits) and said.hits[0].isrc == song.isrc
            for song, said in zip(ten, outcomes, strict=True)
        ),
    }


def _recognise(recogniser: LocalIndex, samples: npt.NDArray[np.float32], rate_hz: int) -> Outcome:
    return recogniser.recognise(_sound(samples, rate_hz, None))


def _sound(
    samples: npt.NDArray[np.float32], rate_hz: int, fingerprint: Fingerprint | None
) -> Sound:
    return Sound("", len(samples) / rate_hz, "", fingerprint, pcm_of(samples, rate_hz))


def _load(path: Path, number: int) -> Song:
    pcm = decode_file(path)
    return Song(path, f"ZZBEN{number:07d}", pcm.samples.mean(axis=1), pcm.sample_rate)


def _invented(seed: int) -> tuple[npt.NDArray[np.float32], int]:
    return invented_song(seed, seconds=DISTRACTOR_S)


def _fingerprint(samples: npt.NDArray[np.float32], rate_hz: int) -> Fingerprint:
    return hash_landmarks(landmarks_of(samples, rate_hz))
