"""One try at a song: its score, its sound as soon as somebody asks for it, and what was found.

What an attempt leaves for the next is the score, the hash of the master and the findings, never the
audio: it is bytes by the hundred million, and played again it is the same to the bit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation.composition.composition import Composition
from generation.composition.units import SourceModel
from generation.engines.base import Checkpoint, Sound
from generation.quality.finding import Finding, reported
from generation.quality.gate import RANGES, judge
from generation.rendering.fonts import sound_sources

if TYPE_CHECKING:
    from generation.engines.sounding import Sounding

MOST_OFF = 0.3
"""Whole sections from four to sixteen bars: the shortest songs miss their length by a quarter."""


@dataclass(frozen=True)
class Room:
    """What a song is played with and held against."""

    soundfont: Path | None
    spectra: Sequence[Sequence[float]]
    sources: Sequence[SourceModel]


class Take:
    """One seed of the bounded few."""

    def __init__(
        self, number: int, seed: int, *, archive: bytes, made: Composition, room: Room
    ) -> None:
        self.number, self.seed, self._room = number, seed, room
        self.archive, self.made = archive, made
        self.notes: tuple[dict[str, Any], ...] = ()
        self.heard: tuple[dict[str, Any], ...] | None = None
        self.levels: Mapping[str, float] = {}
        self.is_kept = False

    @property
    def missed(self) -> list[str]:
        """Return the names of the bars that were missed so far."""
        return [one["name"] for one in (*self.notes, *(self.heard or ())) if not one["passed"]]

    @property
    def passed(self) -> bool:
        """Return whether it was heard and cleared every bar."""
        return self.heard is not None and not self.missed

    def read(self, asked_s: float | None) -> None:
        """Judge the notes, and the length where one was asked for."""
        found = note_findings(self.made, self._room.sources)
        if asked_s is not None:
            found.append(Finding("length_off", length_off(self.made, asked_s), -MOST_OFF, MOST_OFF))
        self.notes = reported(found)

    def listen(self, checkpoint: Checkpoint) -> None:
        """Play, mix and judge the sound, or read what was found in an earlier attempt."""
        part, sounding = str(self.number), self._sounding
        checkpoint.once("perform", part, lambda: sounding.play(checkpoint))
        digest = checkpoint.once("mix", part, lambda: sounding.mix(checkpoint)).decode()

        def judged() -> bytes:
            return sounding.judge(checkpoint)

        told = json.loads(checkpoint.once("judge", f"{part}/{digest[:16]}", judged))
        self.heard, self.levels = tuple(told["findings"]), told["levels"]

    def sound(self, checkpoint: Checkpoint) -> Sound:
        """Return the audio, played again where an earlier attempt had played it."""
        return self._sounding.sound(checkpoint)

    def forget_the_sound(self) -> None:
        """Make room for the next try."""
        self.__dict__.pop("_sounding", None)

    @cached_property
    def _sounding(self) -> Sounding:
        # Loads the large libraries: not before there are notes.
        from generation.engines.sounding import Sounding  # noqa: PLC0415

        room = self._room
        return Sounding(self.made, self.seed, soundfont=room.soundfont, spectra=room.spectra)

    def figures(self) -> dict[str, Any]:
        """Return what pages show beside tempo and key."""
        score = self.made.score
        plan = score.plan
        return {
            **self.levels,
            "form": plan.form,
            "palette": score.palette,
            "sounds": sound_sources(self._room.soundfont),
            "sections": [
                {
                    "role": section.role,
                    "bar": section.bar + 1,
                    "bars": section.bars,
                    "start_s": round(section.bar * plan.bar_s, 3),
                    "end_s": round((section.bar + section.bars) * plan.bar_s, 3),
                    "energy": round(score.energies[section.index], 3),
                }
                for section in plan.sections
            ],
        }

    def report(self) -> dict[str, Any]:
        """Return the try as the quality report keeps it."""
        return {
            "number": self.number + 1,
            "seed": self.seed,
            "kept": self.is_kept,
            "passed": self.passed,
            "missed": self.missed,
            "notes": list(self.notes),
            "heard": None if self.heard is None else list(self.heard),
        }


def length_off(made: Composition, asked_s: float) -> float:
    """Return by what part of it the song is longer than it was asked to be."""
    plan = made.score.plan
    return plan.bars * plan.bar_s / asked_s - 1


def note_findings(made: Composition, sources: Sequence[SourceModel]) -> list[Finding]:
    """Return what the notes measure, bar by bar."""
    report = judge(made, list(sources))
    found = [
        Finding(name, float(getattr(report.measures, name)), low, high)
        for name, (low, high) in RANGES.items()
    ]
    others = [name for name in report.missed if name not in RANGES]
    return [*found, *(Finding(name, 0.0, 1.0, None) for name in others)]
