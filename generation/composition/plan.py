"""The plan of a song before any note: tempo, key, form, what plays where, and which phrase is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

from generation.attribution.policy import Layer
from generation.attribution.shares import BASE
from generation.composition.base import PHRASE_BARS, BasePack, FormPlan
from generation.composition.chords import TONIC_DEGREE, Mode
from generation.composition.errors import OptionsInvalidError
from generation.composition.stream import Stream
from generation.composition.units import STEPS, TICKS, Role, SourceModel

LEAST_BPM, MOST_BPM = 60.0, 180.0
FOLD_FROM_BPM, FOLD_TO_BPM = 72.0, 144.0
LEAST_S, MOST_S = 60.0, 360.0

LAYERS: dict[Role, frozenset[Layer]] = {
    "intro": frozenset({Layer.PAD, Layer.ARP}),
    "verse": frozenset({Layer.DRUMS, Layer.BASS, Layer.COMP, Layer.MOTIF}),
    "pre": frozenset({Layer.DRUMS, Layer.BASS, Layer.COMP, Layer.PAD, Layer.MOTIF}),
    "chorus": frozenset({Layer.DRUMS, Layer.BASS, Layer.COMP, Layer.PAD, Layer.ARP, Layer.MOTIF}),
    "bridge": frozenset({Layer.BASS, Layer.PAD, Layer.ARP, Layer.MOTIF}),
    "outro": frozenset({Layer.BASS, Layer.COMP, Layer.PAD, Layer.MOTIF}),
}
"""Who plays. A verse that comes again gains the broken chords."""


ENERGY_TO_DENSITY = 0.3
SWELL = 9.0


@dataclass(frozen=True)
class Mood:
    """What a mood means: a mode (if none is chosen), and what is added to energy, density of the
    parts, brightness and width of the instruments."""

    mode: Mode | None = None
    energy: float = 0.0
    density: float = 0.0
    brightness: float = 0.0
    width: float = 0.0


MOODS: dict[str, Mood] = {
    "calm": Mood(energy=-0.25, density=-0.2, brightness=-0.2),
    "bright": Mood(mode="major", energy=0.1, brightness=0.25),
    "dark": Mood(mode="minor", energy=-0.05, brightness=-0.3),
    "driving": Mood(energy=0.3, density=0.2, brightness=0.15),
    "dreamy": Mood(energy=-0.15, density=-0.1, width=0.35),
    "tender": Mood(mode="major", energy=-0.3, density=-0.2, brightness=-0.1, width=-0.1),
}
LEAVABLE: dict[str, Layer] = {"comp": Layer.COMP, "pad": Layer.PAD, "arp": Layer.ARP}
"""Parts that a song can do without; one of them at a time, or its choruses would be thin."""


@dataclass(frozen=True)
class Options:
    """What the creator may choose; None is left to the sources and the seed.

    ``tonic`` is a pitch class (0 is C); ``energy`` and ``variation`` run from 0 to 1; ``mood`` is one
    of :data:`MOODS`; ``instruments`` are names of the base pack's palettes of which one is taken (any
    when empty); ``without`` names a part of :data:`LEAVABLE` that should not play.
    """

    seed: int
    seconds: float = 190.0
    bpm: float | None = None
    tonic: int | None = None
    mode: Mode | None = None
    energy: float = 0.5
    variation: float = 0.5
    mood: str | None = None
    instruments: tuple[str, ...] = ()
    without: str | None = None

    def require_valid(self) -> None:
        """Raise :class:`OptionsInvalidError` with the first value that is out of range."""
        if not LEAST_S <= self.seconds <= MOST_S:
            raise OptionsInvalidError(f"{self.seconds:g} s; choose {LEAST_S:g} to {MOST_S:g}")
        if self.bpm is not None and not LEAST_BPM <= self.bpm <= MOST_BPM:
            raise OptionsInvalidError(f"{self.bpm:g} BPM; choose {LEAST_BPM:g} to {MOST_BPM:g}")
        if self.tonic is not None and self.tonic not in range(12):
            raise OptionsInvalidError(f"tonic {self.tonic}; choose 0 (C) to 11 (B)")
        if not (0 <= self.energy <= 1 and 0 <= self.variation <= 1):
            raise OptionsInvalidError("energy and variation run from 0 to 1")
        if self.mood is not None and self.mood not in MOODS:
            raise OptionsInvalidError(f"mood {self.mood!r:.20}; choose {', '.join(MOODS)}")
        if self.without is not None and self.without not in LEAVABLE:
            raise OptionsInvalidError(f"without {self.without!r:.20}; choose {', '.join(LEAVABLE)}")


@dataclass(frozen=True)
class Phrase:
    """Four bars (or what is left of a section) over one chord loop, named by ``loop``."""

    bar: int
    bars: int
    loop: str


@dataclass(frozen=True)
class Section:
    """A stretch of the form. ``nth`` counts sections of the same role from 0.

    ``key`` stays the section's own when others are put in or taken out. ``tags`` name the layers in
    which an edit made it differ from its role's other sections.
    """

    index: int
    role: Role
    bar: int
    bars: int
    nth: int
    is_last_of_role: bool
    layers: frozenset[Layer]
    phrases: tuple[Phrase, ...]
    key: str
    tags: tuple[tuple[Layer, str], ...] = ()

    def tag(self, layer: Layer) -> str:
        """Return what is added to the keys of its slots in ``layer``."""
        return next((tag for one, tag in self.tags if one is layer), "")


@dataclass(frozen=True)
class Plan:
    """``tonic`` is the pitch class of the relative major's tonic, as in units."""

    seed: int
    bpm: float
    mode: Mode
    tonic: int
    form: str
    sections: tuple[Section, ...]
    energy: float
    variation: float
    mood: str = ""
    instruments: tuple[str, ...] = ()

    @property
    def lift(self) -> float:
        """How much fuller than usual the parts should be, -1 to 1."""
        density = MOODS[self.mood].density if self.mood else 0.0
        return ENERGY_TO_DENSITY * (self.energy - 0.5) + density

    @property
    def bars(self) -> int:
        """Bars of the whole song."""
        return self.sections[-1].bar + self.sections[-1].bars

    @property
    def bar_s(self) -> float:
        """Seconds to a bar of four beats."""
        return 240.0 / self.bpm

    def bar_of(self, tick: int) -> int:
        """Return the bar that a note belongs to, however early or late it is played."""
        return min(round(tick / TICKS) // STEPS, self.bars - 1)

    def section_at(self, bar: int) -> Section:
        """Return the section that holds ``bar``."""
        return next(s for s in self.sections if s.bar <= bar < s.bar + s.bars)


def make_plan(
    sources: Sequence[SourceModel], weights: Mapping[str, float], base: BasePack, options: Options
) -> Plan:
    """Return the plan for ``sources`` (sorted by key) at ``weights``.

    Raises
    ------
    OptionsInvalidError
        If an option is out of range.
    """
    options.require_valid()
    stream = Stream(options.seed, "plan")
    mood = MOODS[options.mood] if options.mood else Mood()
    known = [palette.name for palette in base.palettes]
    if set(options.instruments) - set(known):
        raise OptionsInvalidError(f"instruments {options.instruments}; choose {', '.join(known)}")
    mode = options.mode or mood.mode or _mode(sources, weights)
    tonic = _tonic(sources, weights, mode, options.tonic, stream.split("tonic"))
    bpm = options.bpm or _tempo(sources, weights)
    form = _form(base.forms, bpm, options.seconds, stream.split("form"))
    return Plan(
        seed=options.seed,
        bpm=bpm,
        mode=mode,
        tonic=tonic,
        form=form.name,
        sections=_sections(form, options.without),
        energy=max(0.0, min(1.0, options.energy + mood.energy)),
        variation=options.variation,
        mood=options.mood or "",
        instruments=tuple(options.instruments),
    )


def _mode(sources: Sequence[SourceModel], weights: Mapping[str, float]) -> Mode:
    minor = sum(weights[s.key] * s.certainty for s in sources if s.mode == "minor")
    major = sum(weights[s.key] * s.certainty for s in sources if s.mode == "major")
    return "minor" if minor > major else "major"


def _tonic(
    sources: Sequence[SourceModel],
    weights: Mapping[str, float],
    mode: Mode,
    chosen: int | None,
    stream: Stream,
) -> int:
    """Take the key of a source, heavy and sure ones more often; a chosen tonic is a real one."""
    if chosen is not None:
        return (chosen + 3) % 12 if TONIC_DEGREE[mode] == 5 else chosen
    votes = [0.0] * 12
    for source in sources:
        votes[source.tonic] += weights[source.key] * source.certainty**2
    return stream.index(votes) if sum(votes) > 0 else 0


def _tempo(sources: Sequence[SourceModel], weights: Mapping[str, float]) -> float:
    """Return the weighted median of the tempi folded into one octave: it is a source's own."""
    folded = sorted((_fold(s.bpm), weights[s.key]) for s in sources if s.bpm > 0)
    half = sum(weight for _, weight in folded) / 2
    passed = 0.0
    for bpm, weight in folded:
        passed += weight
        if passed >= half:
            return round(bpm, 2)
    return 100.0


def _fold(bpm: float) -> float:
    octaves = log2(bpm / FOLD_FROM_BPM) // log2(FOLD_TO_BPM / FOLD_FROM_BPM)
    return float(bpm / 2**octaves)


def _form(forms: Sequence[FormPlan], bpm: float, seconds: float, stream: Stream) -> FormPlan:
    """Take one of the forms whose length is near, the more usual ones more often."""
    off = [abs(form.bars * 240 / bpm - seconds) for form in forms]
    near = max(min(off) * 1.25, 0.06 * seconds)
    return forms[
        stream.index([f.weight if o <= near else 0.0 for f, o in zip(forms, off, strict=True)])
    ]


def _sections(form: FormPlan, without: str | None = None) -> tuple[Section, ...]:
    sections: list[Section] = []
    roles = [role for role, _ in form.sections]
    bar = 0
    for index, (role, bars) in enumerate(form.sections):
        nth = roles[:index].count(role)
        layers = LAYERS[role] | ({Layer.ARP} if role == "verse" and nth else frozenset())
        if without:
            layers -= {LEAVABLE[without]}
        sections.append(
            Section(
                index=index,
                role=role,
                bar=bar,
                bars=bars,
                nth=nth,
                is_last_of_role=role not in roles[index + 1 :],
                layers=layers,
                phrases=_phrases(role, bar, bars),
                key=str(index),
            )
        )
        bar += bars
    return tuple(sections)


def _phrases(role: Role, bar: int, bars: int) -> tuple[Phrase, ...]:
    """Two loops to a role, in turn; intro and outro share one, so that the song closes its frame."""
    of = "intro" if role == "outro" else role
    phrases = []
    for number, start in enumerate(range(0, bars, PHRASE_BARS)):
        letter = "x" if of in ("pre", "intro") else "xy"[number % 2]
        phrases.append(Phrase(bar + start, min(PHRASE_BARS, bars - start), f"{of}/{letter}"))
    return tuple(phrases)


def swell(section: Section, step: int) -> float:
    """Return what a sixteenth of the song gains in velocity because a chorus is coming."""
    if section.role != "pre":
        return 0.0
    return SWELL * (step - section.bar * STEPS) / (section.bars * STEPS)


def source_keys(sources: Sequence[SourceModel]) -> tuple[str, ...]:
    """Return the base's key and those of the sources, in the order that everything uses."""
    return (BASE, *(source.key for source in sources))
