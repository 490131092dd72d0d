"""An engine that composes in earnest and sounds for a second: for all that is not about sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generation.composition.archive import dump, load
from generation.composition.compose import compose
from generation.composition.midi import write_midi
from generation.composition.mining.source import mine_source
from generation.engines.base import EngineCard, GenerationResult, QualityReport, Sound
from generation.engines.registry import MOSAIC
from generation.engines.settling import settled, tonic_of
from generation.engines.snapshot import read_snapshot
from generation.engines.wishes import options_of, weights_of
from tests.generation.exports.signals import RATE, chirp

if TYPE_CHECKING:
    from generation.engines.base import Checkpoint, GenerationSpec

CARD = EngineCard(
    key="hasty",
    name="Hasty",
    revision="1",
    code_licence="Tenfold",
    weights_licence="none",
    commercial_use="yes",
    training_catalogue="base model named by the song",
    policy=MOSAIC.policy,
    edits=frozenset(),
)
PATH = "tests.generation.engine.hasty:HastyEngine"


class HastyEngine:
    """Goes through the stages that every engine has."""

    def __init__(self, card: EngineCard) -> None:
        self.card = card

    def generate(self, spec: GenerationSpec, *, checkpoint: Checkpoint) -> GenerationResult:
        """Compose, and let two stems of a second stand for the sound."""

        def composed() -> bytes:
            sources = [mine_source(source.isrc, source.analysis) for source in spec.sources]
            options = options_of(spec, spec.seed)
            return dump(
                compose(sources, read_snapshot(spec.base.content), weights_of(spec), options)
            )

        archive = checkpoint.once("compose", "0", composed)
        for stage in ("perform", "mix", "judge"):
            checkpoint.once(stage, "0", stage.encode)
            checkpoint.progress(1.0)
        made = load(archive)
        plan = made.score.plan
        audio = chirp()
        return GenerationResult(
            sound=lambda: Sound(audio, audio, {"Lead": audio / 2, "Bass": audio / 2}, RATE),
            midi=write_midi(made.score),
            archive=archive,
            attribution=settled(made),
            used_seed=spec.seed,
            tempo_bpm=plan.bpm,
            key_pitch_class=tonic_of(plan),
            key_mode=plan.mode,
            quality=QualityReport(True, ({"seed": spec.seed, "kept": True},)),
            score=made.score,
            figures={"lufs": -14.0, "sections": []},
        )
