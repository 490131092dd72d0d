"""One song of ``bench mosaic``: composed, turned round, played and judged; the slow half kept on disk."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generation.attribution.shares import BASE
from generation.composition.base import load_base_pack
from generation.composition.compose import compose
from generation.composition.midi import write_midi
from generation.composition.plan import Options
from generation.engines.seeds import seeds_of
from generation.quality.audio import judge_audio
from generation.quality.finding import Finding
from generation.quality.gate import judge
from generation.quality.likeness import read_score
from generation.quality.roundtrip import judge_round_trip
from generation.rendering.arranging import arrange
from generation.rendering.finish import finish
from generation.rendering.fonts import find_soundfont
from generation.rendering.performance import perform
from generation.rendering.spectrum import reference_sound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generation.composition.base import BasePack
    from generation.composition.composition import Composition
    from generation.management.mosaic_songs import MeasuredSong
    from generation.quality.likeness import Document

BASE_SHARE, TURNED = 0.33, 0.67


@dataclass(frozen=True)
class Try:
    """One seed: the song, and what was found of notes, sound and what our analyser heard."""

    seed: int
    made: Composition
    document: Document
    turned: Document
    copied: int
    notes: tuple[str, ...]
    sound: tuple[Finding, ...]
    heard: tuple[Finding, ...]
    retried: int = 0
    """Further seeds after which all bars were cleared, 0 where the first did; -1: none did."""

    @property
    def missed(self) -> tuple[str, ...]:
        """Return the names of all bars that the first seed missed."""
        return (*self.notes, *(f.name for f in (*self.sound, *self.heard) if not f.passed))


@dataclass
class Bench:
    """The ten, the base, what each stage has cost so far, and a folder for what was heard.

    What is kept is named after the song's MIDI: notes that changed are played again. Rendering is not
    part of the name, so whoever changes it empties the folder.
    """

    ten: Sequence[MeasuredSong]
    with_audio: bool
    kept: Path | None = None
    base: BasePack = field(default_factory=load_base_pack)
    processor: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def try_seed(self, seed: int) -> Try:
        """Make and judge the song of one seed, and the same seed with the weights turned round.

        A seed that misses a bar is followed by the engine's next ones, as in a job.
        """
        with self.timed("compose"):
            made = self._composed(seed, BASE_SHARE)
        report, sound, heard = self._judged(made, seed)
        first = Try(
            seed=seed,
            made=made,
            document=read_score(made.score),
            turned=read_score(self._composed(seed, TURNED).score),
            copied=report.longest_copy,
            notes=report.missed,
            sound=sound,
            heard=heard,
        )
        if not first.missed:
            return first
        return Try(**{**vars(first), "retried": self._again(seed)})

    def _again(self, seed: int) -> int:
        """Return which of the engine's further seeds clears every bar, -1 if none does."""
        for number, other in enumerate(seeds_of(seed)[1:], start=1):
            report, sound, heard = self._judged(self._composed(other, BASE_SHARE), other)
            if not report.missed and all(f.passed for f in (*sound, *heard)):
                return number
        return -1

    def _composed(self, seed: int, base: float) -> Composition:
        sources = [song.source for song in self.ten]
        return compose(sources, self.base, weights_of(self.ten, base), Options(seed=seed))

    def _judged(
        self, made: Composition, seed: int
    ) -> tuple[Any, tuple[Finding, ...], tuple[Finding, ...]]:
        """Judge the notes, and the sound as the engine does: only where the notes passed."""
        with self.timed("judge notes"):
            report = judge(made, [song.source for song in self.ten])
        if not self.with_audio or report.missed:
            return report, (), ()
        name = f"{hashlib.sha256(write_midi(made.score)).hexdigest()[:20]}.json"
        place = self.kept / name if self.kept else None
        if place is None or not place.exists():
            found = self._listen(made, seed)
            if place is not None:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(json.dumps(found))
        else:
            found = json.loads(place.read_text())
            self._charge(found)
        sound, heard = (tuple(Finding(**one) for one in found[kind]) for kind in ("sound", "heard"))
        return report, sound, heard

    def _listen(self, made: Composition, seed: int) -> dict[str, Any]:
        """Play, mix and master a song; return what was found and what it cost, as JSON."""
        font = find_soundfont()
        reference = reference_sound([song.spectrum for song in self.ten])
        before = {stage: len(taken) for stage, taken in self.wall.items()}
        with self.timed("perform"):
            arrangement = arrange(made.score, seed=seed)
            dry = perform(arrangement, soundfont=font.path if font else None)
        with self.timed("mix and master"):
            rendering = finish(dry, arrangement, reference=reference)
        with self.timed("judge sound"):
            asked_s = made.score.plan.bars * made.score.plan.bar_s
            sound = judge_audio(rendering, reference, asked_s=asked_s)
            heard = judge_round_trip(rendering.master.audio, made.score)
        cost = {
            stage: [self.processor[stage][-1], self.wall[stage][-1]]
            for stage in self.wall
            if len(self.wall[stage]) > before.get(stage, 0)
        }
        return {
            "seed": seed,
            "sound": [asdict(one) for one in sound],
            "heard": [asdict(one) for one in heard],
            "cost": cost,
        }

    def _charge(self, found: dict[str, Any]) -> None:
        for stage, (processor, wall) in found["cost"].items():
            self.processor[stage].append(processor)
            self.wall[stage].append(wall)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Add what the block takes to a stage: seconds of the clock, and of processors with children."""
        wall, processor = time.perf_counter(), _processor_s()
        yield
        self.processor[stage].append(_processor_s() - processor)
        self.wall[stage].append(time.perf_counter() - wall)


def weights_of(ten: Sequence[MeasuredSong], base: float) -> dict[str, float]:
    """Return equal weights of the songs beside the base's."""
    return {BASE: base, **{song.source.key: (1 - base) / len(ten) for song in ten}}


def _processor_s() -> float:
    """Return seconds of processors, ours and those of children that have ended: a player is one."""
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system
