"""What every recogniser is given and what it says: one interface, whoever does the listening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from library.analysis.types import Fingerprint

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
Verdict = Literal["hit", "miss", "error", "skipped"]


class Pcm(Protocol):
    """The way to the sound itself."""

    def __call__(
        self, start_s: float = 0.0, stop_s: float | None = None, /
    ) -> tuple[npt.NDArray[np.float32], int]:
        """Return mono samples, full scale 1, and their rate in Hz: all, or between two seconds."""


@dataclass(frozen=True)
class Sound:
    """A recording to be recognised.

    Attributes
    ----------
    audio_sha256
        Of the decoded samples, in hexadecimal: the key under which answers are cached.
    isrc_tag
        The ISRC that the file's own tags claim; "" when they claim none.
    fingerprint
        Of the analysis, when one was made.
    pcm
        Called only by those who need the sound itself, and for as much of it as they need: what
        nobody asks for is not decoded.
    """

    audio_sha256: str
    duration_s: float
    isrc_tag: str
    fingerprint: Fingerprint | None
    pcm: Pcm


def pcm_of(samples: npt.NDArray[np.float32], rate_hz: int) -> Pcm:
    """Return the way to mono samples that are in memory already."""

    def pcm(
        start_s: float = 0.0, stop_s: float | None = None
    ) -> tuple[npt.NDArray[np.float32], int]:
        stop = None if stop_s is None else round(stop_s * rate_hz)
        return samples[round(start_s * rate_hz) : stop], rate_hz

    return pcm


@dataclass(frozen=True)
class Hit:
    """One recording that a recogniser names.

    Attributes
    ----------
    score_ppm
        How sure the recogniser is, 0 to 1,000,000, by the scale of its own documentation.
    skew
        How much faster (positive) or higher the sound is than the recording: 0.01 is 1 %.
    evidence
        What convinced it, as JSON, for the trail.
    """

    isrc: str
    title: str
    artist: str
    apple_music_id: str
    label: str
    album: str
    score_ppm: int
    skew: float
    evidence: Mapping[str, JSON]


@dataclass(frozen=True)
class Outcome:
    """What one recogniser said of one sound.

    Attributes
    ----------
    hits
        Best first; empty unless ``outcome`` is "hit".
    message
        For people when ``outcome`` is "error" or "skipped": what happened, what is safe, what to do.
    seconds
        How long it took, waiting included.
    raw
        The answers as they came, shortened, for the evidence; "retry_after_s" when it may be asked
        again later.
    """

    recogniser: str
    outcome: Verdict
    hits: tuple[Hit, ...] = ()
    message: str = ""
    seconds: float = 0.0
    raw: Mapping[str, JSON] = field(default_factory=dict)


class Recogniser(Protocol):
    """Somebody who names recordings by their sound. Never raises for what the world does wrong."""

    @property
    def name(self) -> str:
        """``index``, ``shazam`` or ``acoustid``."""

    def recognise(self, sound: Sound) -> Outcome:
        """Name the recording, or say why not."""
