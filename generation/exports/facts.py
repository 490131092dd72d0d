"""What is said about a song in the files that go with it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from generation.composition.score import Score
from generation.exports.sheet import section_names
from generation.exports.spelling import Key

NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class SourceFact:
    """A song that this one was made from, and its share of it in ppm."""

    title: str
    artist: str
    isrc: str
    share_ppm: int


@dataclass(frozen=True, slots=True)
class SectionFact:
    """A stretch of the form: name, first bar (from 1), seconds."""

    name: str
    bar: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class SongFacts:
    """Everything that README and metadata state. ``base_ppm`` is the share of the base model."""

    title: str
    artist: str
    bpm: float
    key: Key
    seconds: float
    sections: tuple[SectionFact, ...]
    chords: tuple[tuple[float, str], ...]
    sources: tuple[SourceFact, ...]
    base_ppm: int
    licence: str
    engine: str
    receipt: str

    @property
    def bpm_text(self) -> str:
        """Return the tempo with one decimal at most: ``120``, ``112.4``."""
        return f"{self.bpm:.1f}".removesuffix(".0")


def song_facts(
    score: Score,
    *,
    title: str,
    artist: str,
    sources: tuple[SourceFact, ...],
    base_ppm: int,
    licence: str,
    engine: str,
    receipt: str,
) -> SongFacts:
    """Return the facts of a song whose notes are ``score``; ``receipt`` is its address."""
    plan, key = score.plan, Key(score.plan.tonic, score.plan.mode)
    names = section_names(score)
    sections = tuple(
        SectionFact(name, s.bar + 1, s.bar * plan.bar_s, (s.bar + s.bars) * plan.bar_s)
        for s, name in zip(plan.sections, names, strict=True)
    )
    named = [key.chord_name(chord) for chord in score.chords]
    chords = tuple(
        (half * plan.bar_s / 2, name)
        for half, name in enumerate(named)
        if half == 0 or name != named[half - 1]
    )
    return SongFacts(
        title=title,
        artist=artist,
        bpm=plan.bpm,
        key=key,
        seconds=plan.bars * plan.bar_s,
        sections=sections,
        chords=chords,
        sources=sources,
        base_ppm=base_ppm,
        licence=licence,
        engine=engine,
        receipt=receipt,
    )


def file_slug(text: str) -> str:
    """Return ``text`` for a file name on any system: ASCII letters, digits and ``_``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return NOT_PLAIN.sub("_", plain).strip("_")[:60] or "Song"
