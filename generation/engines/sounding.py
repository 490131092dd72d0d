"""The sound of one try: played, mixed and judged, all that takes the large libraries.

Nothing here is imported before there are notes: it is loaded while a copy composes them (``beside``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generation.composition.composition import Composition
from generation.engines.base import Checkpoint, Sound
from generation.quality.audio import judge_audio
from generation.quality.finding import reported
from generation.quality.roundtrip import judge_round_trip
from generation.rendering.arrangement import RATE, Arrangement
from generation.rendering.arranging import arrange
from generation.rendering.finish import Rendering, finish
from generation.rendering.mixing import WET_SIZE
from generation.rendering.performance import perform
from generation.rendering.reverb import HALL, ROOM, reverb
from generation.rendering.soundfont import load_font
from generation.rendering.spectrum import ReferenceSound, reference_sound

Stems = dict[str, np.ndarray[Any, np.dtype[np.float32]]]


def warm_up(soundfont: Path | None) -> None:
    """Load what playing begins with, and make the rooms that all songs are mixed in."""
    if soundfont is not None:
        load_font(soundfont)
    for room in (ROOM, HALL):
        reverb(room, WET_SIZE)


class Sounding:
    """What a score sounds like with one seed; ``spectra`` are those of the songs to come near to."""

    def __init__(
        self,
        made: Composition,
        seed: int,
        *,
        soundfont: Path | None,
        spectra: Sequence[Sequence[float]],
    ) -> None:
        self._made, self._seed, self._soundfont = made, seed, soundfont
        self._reference: ReferenceSound | None = reference_sound(spectra) if spectra else None
        self._dry: Stems | None = None
        self._rendering: Rendering | None = None

    def play(self, checkpoint: Checkpoint) -> bytes:
        """Play every part; return how many notes each has, as JSON."""
        arrangement = self._arrangement()
        self._dry = perform(arrangement, soundfont=self._soundfont, progress=checkpoint.progress)
        return json.dumps({part.name: len(part.notes) for part in arrangement.parts}).encode()

    def mix(self, checkpoint: Checkpoint) -> bytes:
        """Mix and master what was played; return the hash of the master's samples."""
        if self._dry is None:
            self.play(checkpoint)
        stems, self._dry = self._dry or {}, None
        self._rendering = finish(
            stems,
            self._arrangement(),
            reference=self._reference,
            progress=lambda _step, share: checkpoint.progress(share),
            mixed=lambda mix: checkpoint.mixed(mix.audio, mix.stems, RATE),
        )
        checkpoint.mastered(self._rendering.master.audio, RATE)
        samples = np.ascontiguousarray(self._rendering.master.audio)
        return hashlib.sha256(samples.data).hexdigest().encode()

    def judge(self, checkpoint: Checkpoint) -> bytes:
        """Return what the master measures, and what our own analyser hears in it, as JSON."""
        made = self._rendered(checkpoint)
        plan = self._made.score.plan
        found = [*judge_audio(made, self._reference, asked_s=plan.bars * plan.bar_s)]
        checkpoint.progress(0.3)
        found += judge_round_trip(made.master.audio, self._made.score)
        levels = {
            "lufs": made.master.lufs,
            "true_peak_dbtp": made.master.true_peak_dbtp,
            "lra_lu": made.master.lra_lu,
        }
        levels = {name: round(value, 2) for name, value in levels.items()}
        return json.dumps({"findings": reported(found), "levels": levels}, allow_nan=False).encode()

    def sound(self, checkpoint: Checkpoint) -> Sound:
        """Return the audio, played again where an earlier attempt had played it."""
        made = self._rendered(checkpoint)
        return Sound(made.master.audio, made.mix.audio, made.stems, RATE)

    def _arrangement(self) -> Arrangement:
        return arrange(self._made.score, seed=self._seed)

    def _rendered(self, checkpoint: Checkpoint) -> Rendering:
        if self._rendering is None:
            self.mix(checkpoint)
        if self._rendering is None:
            msg = "mixing left no rendering"
            raise RuntimeError(msg)
        return self._rendering
