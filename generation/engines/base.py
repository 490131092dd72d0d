"""What every engine takes and returns, and the card that says what it may be used for.

Nothing heavy is imported here: the web process reads cards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from generation.composition.score import Score

    Floats = NDArray[np.float32]

Pool = Literal["references", "catalogue"]
CommercialUse = Literal["yes", "conditional", "no"]
Stage = Literal["compose", "perform", "mix", "judge"]
Shares = Mapping[str, int]
"""Parts per million by ISRC or ``base``; they sum to one million."""


@dataclass(frozen=True)
class EngineCard:
    """What an engine is made of and what its songs may be used for; one for each revision.

    ``edits`` are the kinds of edit it can make (``engines.edits``); ``queue`` says which workers
    have what it needs.
    """

    key: str
    name: str
    revision: str
    code_licence: str
    weights_licence: str
    commercial_use: CommercialUse
    training_catalogue: str
    policy: str
    edits: frozenset[str]
    queue: str = "cpu"


@dataclass(frozen=True)
class SourceInput:
    """One of the ten. ``weight_ppm`` is its part of the whole song.

    ``spectrum`` is the long-term spectrum of its master, empty where nobody measured it; ``audio``
    returns the master (frames, channels) and its rate, for engines that listen.
    """

    title: str
    artist: str
    isrc: str
    weight_ppm: int
    analysis: Mapping[str, Any]
    spectrum: tuple[float, ...] = ()
    audio: Callable[[], tuple[Floats, int]] | None = None


@dataclass(frozen=True)
class BaseCatalogue:
    """The frozen base model: its name, the hash of ``content``, and the stored file itself."""

    revision: str
    sha256: str
    content: bytes
    weight_ppm: int


@dataclass(frozen=True)
class GenerationSpec:
    """Everything a song depends on: the same spec gives the same bytes.

    ``options`` are those of ``engines.options``, ``edit`` one of ``engines.edits``; an edit comes
    with the archive of its ``parent``.
    """

    sources: tuple[SourceInput, ...]
    base: BaseCatalogue
    options: Mapping[str, Any]
    seed: int
    parent: bytes | None = None
    edit: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class BarResult:
    """One bar: when it sounds, its section, what it owes, and why, where the engine knows."""

    number: int
    start_ms: int
    end_ms: int
    section: str
    shares: Shares
    why: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Attribution:
    """What a song owes: in all, in each bar, in each layer. Whole parts per million throughout."""

    policy: str
    method: Literal["exact", "plan", "estimated"]
    song: Shares
    bars: tuple[BarResult, ...]
    layers: Mapping[str, Shares]


@dataclass(frozen=True)
class QualityReport:
    """Every try at the song in order: its seed, its findings, whether it passed and was kept."""

    passed: bool
    tries: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Sound:
    """The audio of a song, (frames, 2) at ``rate`` Hz; ``stems`` sum to ``mix``."""

    audio: Floats
    mix: Floats
    stems: Mapping[str, Floats]
    rate: int


@dataclass(frozen=True)
class GenerationResult:
    """A finished song.

    ``sound`` returns the audio. It is called at most once, and not at all by an attempt that finds
    the files written; an engine may then save the rendering. ``archive`` holds all that an edit
    needs; ``score`` is the notes, where the engine writes notes. ``figures`` is what pages show.
    """

    sound: Callable[[], Sound]
    midi: bytes
    archive: bytes
    attribution: Attribution
    used_seed: int
    tempo_bpm: float
    key_pitch_class: int
    key_mode: Literal["major", "minor"]
    quality: QualityReport
    score: Score | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)


class Checkpoint(Protocol):
    """Where an engine leaves what it has finished, so that a killed attempt goes on from there."""

    def once(self, stage: Stage, part: str, work: Callable[[], bytes]) -> bytes:
        """Return what ``work`` made, or what it made in an earlier attempt.

        It is durable when this returns. ``part`` names what the stage is done for, such as the
        number of the try; the spec itself is known.
        """

    def progress(self, share: float) -> None:
        """Say which part of the stage at hand is done, from 0 to 1."""

    def mixed(self, mix: Floats, stems: Mapping[str, Floats], rate: int) -> None:
        """Say that the stems of a try sound as they will, so that their files may be begun."""

    def mastered(self, audio: Floats, rate: int) -> None:
        """Say the same of its master, before it is judged."""

    def discarded(self) -> None:
        """Say that the try is not kept; afterwards nobody works on its arrays any more."""


class Engine(Protocol):
    """An engine: everything it returns follows from the spec alone."""

    def __init__(self, card: EngineCard) -> None: ...

    def generate(self, spec: GenerationSpec, *, checkpoint: Checkpoint) -> GenerationResult:
        """Make the song; raises ``DomainError`` if it cannot be made as asked."""
