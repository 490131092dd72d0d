"""What an analysis says. Frozen; times in seconds from the first sample; confidences from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Mode = Literal["major", "minor"]
Piece = Literal["kick", "snare", "hat"]
Role = Literal["intro", "verse", "chorus", "bridge", "outro", "whole"]


@dataclass(frozen=True, slots=True)
class TempoCandidate:
    """A tempo the onsets would also bear; ``strength`` sums to 1 over the candidates."""

    bpm: float
    strength: float


@dataclass(frozen=True, slots=True)
class Tempo:
    """``bpm`` is 0 when nothing repeats. ``octave_confidence``: that it is not half or double."""

    bpm: float
    candidates: tuple[TempoCandidate, ...]
    confidence: float
    octave_confidence: float


@dataclass(frozen=True, slots=True)
class Beats:
    """Beats, downbeats and metre (beats to the bar)."""

    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    meter: int
    swing: float
    """Where the off-beat eighth falls inside a beat: .5 is straight, .67 is a triplet shuffle."""
    confidence: float
    downbeat_confidence: float


@dataclass(frozen=True, slots=True)
class Key:
    """``tonic`` is one of C C# D D# E F F# G G# A A# B, or "" when there is no pitch."""

    tonic: str
    mode: Mode
    confidence: float


@dataclass(frozen=True, slots=True)
class Chord:
    """One chord; ``label`` in Harte's syntax, "N" where no chord sounds."""

    start_s: float
    end_s: float
    label: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the form. Equal ``label`` (A, B, C) means: the same material again."""

    start_s: float
    end_s: float
    label: str
    role: Role
    loudness_lufs: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Loudness:
    """ITU-R BS.1770-4 and EBU Tech 3342. Silence is -inf LUFS, -inf dBTP and 0 LU."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float
    momentary_lufs: tuple[float, ...]
    """400 ms windows, one each 100 ms."""


@dataclass(frozen=True, slots=True)
class DrumHit:
    """``step`` counts sixteenths of the pattern; ``offset_ms`` is late (+) or early (-)."""

    step: int
    piece: Piece
    velocity: int
    offset_ms: float
    probability: float
    """Share of the section's bars in which this step sounds."""


@dataclass(frozen=True, slots=True)
class DrumPattern:
    """The one-bar pattern that a section's bars agree on."""

    section: str
    steps: int
    bars: int
    hits: tuple[DrumHit, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Note:
    """``pitch`` is a MIDI number, ``velocity`` 1 to 127."""

    start_s: float
    end_s: float
    pitch: int
    velocity: int
    confidence: float


@dataclass(frozen=True, slots=True)
class NoteLine:
    """Notes of one layer. ``method`` names what found them; confidence 0 means: not transcribed."""

    notes: tuple[Note, ...]
    method: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Timbre:
    """Spectral and stereo description of the whole mix."""

    centroid_hz: float
    rolloff_hz: float
    flatness: float
    crest_db: float
    low_share: float
    """Energy below 150 Hz over all energy; ``high_share``: above 4 kHz."""
    high_share: float
    percussive_share: float
    stereo_width: float
    """Side over mid-plus-side energy: 0 mono, .5 uncorrelated channels."""
    correlation: float
    mfcc_mean: tuple[float, ...]
    mfcc_std: tuple[float, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class LongTerm:
    """Levels of 29 third-octaves from 25 Hz to 16 kHz over the song, in dB below its loudness."""

    revision: str
    levels_db: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Listener-facing scales from 0 to 1 with the definitions of ``descriptors.py``."""

    energy: float
    danceability: float
    valence: float
    arousal: float
    acousticness: float
    vocal_presence: float
    vocal_confidence: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Complexity:
    """0 (one thing only) to 1; definitions in ``complexity.py``."""

    harmonic: float
    rhythmic: float
    timbral: float
    structural: float
    overall: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Embedding:
    """Unit vectors; a dot product is the cosine similarity of two songs in that aspect."""

    overall: tuple[float, ...]
    rhythm: tuple[float, ...]
    harmony: tuple[float, ...]
    timbre: tuple[float, ...]
    confidence: float


@dataclass(frozen=True)
class Landmarks:
    """Spectral peaks: fractional frames and bins, sorted by frame."""

    frames: npt.NDArray[np.float64]
    bins: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fingerprint:
    """Landmark hashes (uint32) with their frames (int32), sorted by hash."""

    hashes: npt.NDArray[np.uint32]
    frames: npt.NDArray[np.int32]
    frames_per_second: float
    landmarks: Landmarks | None = None
    """What was hashed, where somebody may want to hash it again at other speeds."""


@dataclass(frozen=True)
class Peaks:
    """Waveform overview: pairs (min, max) as int8, ``samples_per_point`` samples each."""

    points: npt.NDArray[np.int8]
    sample_rate: int
    samples_per_point: int


@dataclass(frozen=True)
class Analysis:
    """Everything measured of one song, with the seconds each step took."""

    revision: str
    duration_s: float
    sample_rate: int
    channels: int
    tempo: Tempo
    beats: Beats
    key: Key
    chords: tuple[Chord, ...]
    sections: tuple[Section, ...]
    loudness: Loudness
    drums: tuple[DrumPattern, ...]
    bass: NoteLine
    melody: NoteLine
    notes: NoteLine
    timbre: Timbre
    long_term: LongTerm
    descriptors: Descriptors
    complexity: Complexity
    embedding: Embedding
    fingerprint: Fingerprint
    peaks: Peaks
    seconds: dict[str, float]
