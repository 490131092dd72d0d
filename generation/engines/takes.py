"""One try at a song: its score, its sound as soon as somebody asks for it, and what was found.

What an attempt leaves for the next is the score, the hash of the master and the findings, never the
audio: it is bytes by the hundred million, and played again it is the same to the bit.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generation.composition.composition import Composition
from generation.composition.units import SourceModel
from generation.engines.base import Checkpoint, Sound
from generation.quality.audio import judge_audio
from generation.quality.finding import Finding
from generation.quality.gate import RANGES, judge
from generation.quality.roundtrip import judge_round_trip
from generation.rendering.arrangement import RATE, Arrangement
from generation.rendering.arranging import arrange
from generation.rendering.finish import Rendering, finish
from generation.rendering.fonts import sound_sources
from generation.rendering.performance import perform
from generation.rendering.spectrum import ReferenceSound

MOST_OFF = 0.3
"""Whole sections from four to sixteen bars: the shortest songs miss their length by a quarter."""

Stems = dict[str, np.ndarray[Any, np.dtype[np.float32]]]


@dataclass(frozen=True)
class Room:
    """What a song is played with and held against."""

    soundfont: Path | None
    reference: ReferenceSound | None
    sources: Sequence[SourceModel]


class Take:
    """One seed of the bounded few."""

    def __init__(self, number: int, seed: int, archive: bytes, made: Composition) -> None:
        self.number, self.seed = number, seed
        self.archive, self.made = archive, made
        self.notes: tuple[dict[str, Any], ...] = ()
        self.heard: tuple[dict[str, Any], ...] | None = None
        self.levels: Mapping[str, float] = {}
        self.is_kept = False
        self._dry: Stems | None = None
        self._rendering: Rendering | None = None

    @property
    def missed(self) -> list[str]:
        """Return the names of the bars that were missed so far."""
        return [one["name"] for one in (*self.notes, *(self.heard or ())) if not one["passed"]]

    @property
    def passed(self) -> bool:
        """Return whether it was heard and cleared every bar."""
        return self.heard is not None and not self.missed

    def read(self, room: Room, asked_s: float | None) -> None:
        """Judge the notes, and the length where one was asked for."""
        found = note_findings(self.made, room.sources)
        if asked_s is not None:
            found.append(Finding("length_off", length_off(self.made, asked_s), -MOST_OFF, MOST_OFF))
        self.notes = _told(found)

    def listen(self, room: Room, checkpoint: Checkpoint) -> None:
        """Play, mix and judge the sound, or read what was found in an earlier attempt."""
        part = str(self.number)
        checkpoint.once("perform", part, lambda: self._play(room, checkpoint))
        digest = checkpoint.once("mix", part, lambda: self._mix(room, checkpoint)).decode()

        def judged() -> bytes:
            return self._judged(room, checkpoint)

        told = json.loads(checkpoint.once("judge", f"{part}/{digest[:16]}", judged))
        self.heard, self.levels = tuple(told["findings"]), told["levels"]

    def sound(self, room: Room, checkpoint: Checkpoint) -> Sound:
        """Return the audio, played again where an earlier attempt had played it."""
        made = self._rendered(room, checkpoint)
        return Sound(made.master.audio, made.mix.audio, made.stems, RATE)

    def forget_the_sound(self) -> None:
        """Make room for the next try."""
        self._dry = self._rendering = None

    def figures(self, room: Room) -> dict[str, Any]:
        """Return what pages show beside tempo and key."""
        score = self.made.score
        plan = score.plan
        return {
            **self.levels,
            "form": plan.form,
            "palette": score.palette,
            "sounds": sound_sources(room.soundfont),
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

    def _arrangement(self) -> Arrangement:
        return arrange(self.made.score, seed=self.seed)

    def _play(self, room: Room, checkpoint: Checkpoint) -> bytes:
        arrangement = self._arrangement()
        self._dry = perform(arrangement, soundfont=room.soundfont, progress=checkpoint.progress)
        return json.dumps({part.name: len(part.notes) for part in arrangement.parts}).encode()

    def _mix(self, room: Room, checkpoint: Checkpoint) -> bytes:
        """Mix and master; return the hash of the master's samples."""
        if self._dry is None:
            self._play(room, checkpoint)
        stems, self._dry = self._dry or {}, None
        self._rendering = finish(
            stems,
            self._arrangement(),
            reference=room.reference,
            progress=lambda _step, share: checkpoint.progress(share),
            mixed=lambda mix: checkpoint.mixed(mix.audio, mix.stems, RATE),
        )
        checkpoint.mastered(self._rendering.master.audio, RATE)
        samples = np.ascontiguousarray(self._rendering.master.audio)
        return hashlib.sha256(samples.data).hexdigest().encode()

    def _rendered(self, room: Room, checkpoint: Checkpoint) -> Rendering:
        if self._rendering is None:
            self._mix(room, checkpoint)
        if self._rendering is None:
            msg = "mixing left no rendering"
            raise RuntimeError(msg)
        return self._rendering

    def _judged(self, room: Room, checkpoint: Checkpoint) -> bytes:
        made = self._rendered(room, checkpoint)
        plan = self.made.score.plan
        found = [*judge_audio(made, room.reference, asked_s=plan.bars * plan.bar_s)]
        checkpoint.progress(0.3)
        found += judge_round_trip(made.master.audio, self.made.score)
        levels = {
            "lufs": made.master.lufs,
            "true_peak_dbtp": made.master.true_peak_dbtp,
            "lra_lu": made.master.lra_lu,
        }
        told = {"findings": _told(found), "levels": {k: round(v, 2) for k, v in levels.items()}}
        return json.dumps(told, allow_nan=False).encode()


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


def _told(findings: Iterable[Finding]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "name": one.name,
            "value": round(one.value, 4) if math.isfinite(one.value) else None,
            "low": one.low,
            "high": one.high,
            "passed": one.passed,
        }
        for one in findings
    )
