"""The analysis as named steps over shared material: ``analyse_pcm`` is what everybody calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from library.analysis.bass import find_bass
from library.analysis.beats import beat_confidence, swing_ratio, track_beats
from library.analysis.chords import find_chords
from library.analysis.complexity import measure_complexity
from library.analysis.descriptors import describe
from library.analysis.downbeats import Downbeats, find_downbeats
from library.analysis.drums import find_drum_patterns
from library.analysis.embedding import embed
from library.analysis.errors import AudioInvalidError, AudioTooLongError, AudioTooShortError
from library.analysis.fingerprint import fingerprint
from library.analysis.harmony import beat_harmony
from library.analysis.key import estimate_key
from library.analysis.long_term import describe_long_term
from library.analysis.loudness import measure_loudness
from library.analysis.notes import NOT_TRANSCRIBED, transcribe
from library.analysis.peaks import peaks_overview
from library.analysis.revision import ANALYSIS_REVISION
from library.analysis.sections import find_sections
from library.analysis.spectra import Spectra, compute_spectra
from library.analysis.tempo import estimate_tempo, tempo_of_beats
from library.analysis.timbre import describe_timbre
from library.analysis.types import Analysis, Beats, Chord, Key, Tempo

if TYPE_CHECKING:
    from collections.abc import Iterator

Floats = npt.NDArray[np.float32]
Progress = Callable[[str, float], None]
T = TypeVar("T")

LEAST_S, MOST_S = 0.1, 1_200.0
LEAST_RATE_HZ, MOST_RATE_HZ = 8_000, 192_000
MOST_CHANNELS = 8
STEPS = (
    "loudness",
    "peaks",
    "spectra",
    "tempo",
    "chords",
    "key",
    "downbeats",
    "sections",
    "drums",
    "bass",
    "timbre",
    "long_term",
    "descriptors",
    "embedding",
    "fingerprint",
    "notes",
)


class Stopwatch:
    """Seconds per step, and the progress that they add up to."""

    def __init__(self, progress: Progress | None, steps: tuple[str, ...]) -> None:
        self.seconds: dict[str, float] = {}
        self._progress, self._steps = progress, steps

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step; tell its name and the share of the steps done before it."""
        if self._progress:
            self._progress(name, len(self.seconds) / len(self._steps))
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 4)

    def timed(self, name: str, function: Callable[..., T], *arguments: Any) -> T:
        """Call ``function`` as a step that runs aside, in another thread, without progress."""
        started = time.perf_counter()
        result = function(*arguments)
        self.seconds[name] = round(time.perf_counter() - started, 4)
        return result


def analyse_pcm(
    samples: Floats,
    sample_rate: int,
    *,
    with_notes: bool = False,
    progress: Progress | None = None,
) -> Analysis:
    """Measure one song.

    Parameters
    ----------
    samples
        float32, frames by channels, full scale 1. Clipped audio is measured as it is.
    sample_rate
        In Hz, 8,000 to 192,000.
    with_notes
        Also transcribe melody and notes (about a third of the cost of all else).
    progress
        Called with each step's name and the share of the steps done, before the step runs.

    Raises
    ------
    AudioInvalidError, AudioTooShortError, AudioTooLongError
        The samples cannot be measured. Silence can, with all confidences 0.
    """
    _require_valid(samples, sample_rate)
    # Channel after channel in memory: strided reads of interleaved stereo cost more than one copy.
    samples = np.asfortranarray(samples)
    watch = Stopwatch(progress, STEPS if with_notes else STEPS[:-1])
    # What depends only on the samples or the spectra runs in a second thread: numpy, scipy and soxr
    # let go of the interpreter, so two processors shorten the wait and one loses nothing.
    with ThreadPoolExecutor(max_workers=1) as aside:
        return _analyse(samples, sample_rate, watch, aside, with_notes)


def _analyse(
    samples: Floats,
    sample_rate: int,
    watch: Stopwatch,
    aside: ThreadPoolExecutor,
    with_notes: bool,
) -> Analysis:
    levels = aside.submit(watch.timed, "loudness", measure_loudness, samples, sample_rate)
    overview = aside.submit(watch.timed, "peaks", peaks_overview, samples, sample_rate)
    with watch.step("spectra"):
        spectra = compute_spectra(samples, sample_rate)
    colour = aside.submit(watch.timed, "timbre", describe_timbre, samples, spectra)
    long_term = aside.submit(watch.timed, "long_term", describe_long_term, samples, sample_rate)
    landmarks = aside.submit(watch.timed, "fingerprint", fingerprint, spectra)
    score = _read_score(spectra, watch)
    tempo, beats, key, chords = score.tempo, score.beats, score.key, score.chords
    loudness = levels.result()
    downbeats = np.array(beats.downbeats_s)
    with watch.step("sections"):
        sections = find_sections(spectra, downbeats, loudness)
    with watch.step("drums"):
        drums = find_drum_patterns(spectra, downbeats, beats.meter, sections)
    with watch.step("bass"):
        bass = find_bass(spectra, np.array(beats.beats_s), chords)
    timbre = colour.result()
    with watch.step("descriptors"):
        descriptors = describe(spectra, tempo, beats, key, loudness, timbre)
        complexity = measure_complexity(spectra, beats, chords, sections, timbre)
    with watch.step("embedding"):
        embedding = embed(spectra, tempo, beats, key, chords, drums, timbre)
    melody = notes = NOT_TRANSCRIBED
    if with_notes:
        with watch.step("notes"):
            melody, notes = transcribe(spectra, sections, chords)
    return Analysis(
        revision=ANALYSIS_REVISION,
        duration_s=len(samples) / sample_rate,
        sample_rate=sample_rate,
        channels=samples.shape[1],
        tempo=tempo,
        beats=beats,
        key=key,
        chords=chords,
        sections=sections,
        loudness=loudness,
        drums=drums,
        bass=bass,
        melody=melody,
        notes=notes,
        timbre=timbre,
        long_term=long_term.result(),
        descriptors=descriptors,
        complexity=complexity,
        embedding=embedding,
        fingerprint=landmarks.result(),
        peaks=overview.result(),
        seconds=watch.seconds,
    )


@dataclass(frozen=True, slots=True)
class Score:
    """What a musician would write down first."""

    tempo: Tempo
    beats: Beats
    key: Key
    chords: tuple[Chord, ...]


def _read_score(spectra: Spectra, watch: Stopwatch) -> Score:
    """Tempo, then beats, then the chords between them, then key and bar lines."""
    with watch.step("tempo"):
        tempo, times = _tempo_and_beats(spectra)
    with watch.step("chords"):
        harmony = beat_harmony(spectra, times)
        chords, triads = find_chords(spectra, harmony)
    with watch.step("key"):
        key = estimate_key(harmony, triads)
    with watch.step("downbeats"):
        beats = _beats(spectra, times, find_downbeats(harmony, times, chords))
    return Score(tempo, beats, key, chords)


def _require_valid(samples: Floats, sample_rate: int) -> None:
    if samples.ndim != 2 or samples.dtype != np.float32:
        raise AudioInvalidError("frames by channels of 32-bit floats are expected")
    if not 1 <= samples.shape[1] <= MOST_CHANNELS:
        raise AudioInvalidError(f"{samples.shape[1]} channels; 1 to {MOST_CHANNELS} are accepted")
    if not LEAST_RATE_HZ <= sample_rate <= MOST_RATE_HZ:
        raise AudioInvalidError(f"the sample rate is {sample_rate} Hz")
    duration_s = len(samples) / sample_rate
    if duration_s < LEAST_S:
        raise AudioTooShortError(duration_s, LEAST_S)
    if duration_s > MOST_S:
        raise AudioTooLongError(duration_s, MOST_S)
    # The sum is finite exactly when all samples are, at a fraction of the cost of isfinite().
    if not np.isfinite(samples.sum(dtype=np.float64)):
        raise AudioInvalidError("some samples are not numbers")


def _tempo_and_beats(spectra: Spectra) -> tuple[Tempo, npt.NDArray[np.float64]]:
    """Track the beats and correct the tempo to what they really do."""
    tempo = estimate_tempo(spectra)
    times = track_beats(spectra, tempo.bpm)
    measured = tempo_of_beats(times)
    if not measured or abs(np.log2(measured / tempo.bpm)) > 0.1:
        return tempo, times
    return Tempo(
        bpm=round(measured, 3),
        candidates=tempo.candidates,
        confidence=tempo.confidence,
        octave_confidence=tempo.octave_confidence,
    ), times


def _beats(spectra: Spectra, times: npt.NDArray[np.float64], down: Downbeats) -> Beats:
    return Beats(
        beats_s=tuple(np.round(times, 4).tolist()),
        downbeats_s=tuple(np.round(times[down.phase :: down.meter], 4).tolist()),
        meter=down.meter,
        swing=swing_ratio(spectra, times),
        confidence=beat_confidence(spectra, times),
        downbeat_confidence=down.confidence,
    )
