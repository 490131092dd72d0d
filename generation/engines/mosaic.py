"""Mosaic: units of the ten and of the base model under one plan, played, mixed and judged.

One try is compose → judge the notes → perform → mix and master → judge the sound. A try that misses
a bar of the quality gate is followed by one with the next seed, three in all; when none clears every
bar the one that missed fewest is kept, and its report says which.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial

from generation.composition.archive import dump, load
from generation.composition.compose import compose
from generation.composition.editing import recompose
from generation.composition.edits import ChangeLength
from generation.composition.errors import EditOutOfReachError, OptionsInvalidError
from generation.composition.midi import write_midi
from generation.composition.mining.source import mine_source
from generation.composition.units import SourceModel
from generation.engines.base import (
    Checkpoint,
    EngineCard,
    GenerationResult,
    GenerationSpec,
    QualityReport,
)
from generation.engines.beside import made_beside
from generation.engines.seeds import has_seed, seeds_of
from generation.engines.settling import settled, tonic_of
from generation.engines.snapshot import read_snapshot
from generation.engines.takes import Room, Take, length_off
from generation.engines.wishes import edit_of, options_of, weights_of
from generation.rendering.fonts import find_soundfont

NEAR_ENOUGH = 0.15
"""Of the length that was asked for: forms come in whole sections."""


class MosaicEngine:
    """The engine without weights: two processor cores and no download."""

    def __init__(self, card: EngineCard) -> None:
        self.card = card

    def generate(self, spec: GenerationSpec, *, checkpoint: Checkpoint) -> GenerationResult:
        """Make the song.

        Raises
        ------
        CompositionError
            If the song cannot be composed as asked; the message says why.
        AttributionError
            If the shares cannot be brought to their weights.
        """
        sources = [mine_source(source.isrc, source.analysis) for source in spec.sources]
        font = find_soundfont()
        spectra = [source.spectrum for source in spec.sources if source.spectrum]
        room = Room(font.path if font else None, spectra, sources)
        takes = _takes(spec, room, checkpoint)
        kept = _kept(takes)
        if kept.heard is None:
            kept.listen(checkpoint)
        kept.is_kept = True
        from generation.engines.heard import with_heard_programs  # noqa: PLC0415 - as ``sounding``

        plan = kept.made.score.plan
        return GenerationResult(
            sound=partial(kept.sound, checkpoint),
            midi=write_midi(with_heard_programs(kept.made.score, seed=kept.seed)),
            archive=kept.archive,
            attribution=settled(kept.made),
            used_seed=kept.seed,
            tempo_bpm=plan.bpm,
            key_pitch_class=tonic_of(plan),
            key_mode=plan.mode,
            quality=QualityReport(kept.passed, tuple(take.report() for take in takes)),
            score=kept.made.score,
            figures=kept.figures(),
        )


def _takes(spec: GenerationSpec, room: Room, checkpoint: Checkpoint) -> list[Take]:
    """Return the tries up to the first that passes, the notes of each judged, the sound of most."""
    takes: list[Take] = []
    seeds = seeds_of(spec.seed) if has_seed(spec.edit) else (spec.seed,)
    for number, seed in enumerate(seeds):
        compose_it = partial(_composed, spec, room.sources, seed)
        work = partial(made_beside, compose_it, partial(_warm_up, room))
        archive = checkpoint.once("compose", str(number), work)
        take = Take(number, seed, archive=archive, made=load(archive), room=room)
        take.read(_asked_s(spec))
        takes.append(take)
        # Notes that miss a bar are not worth playing while other seeds are left.
        if not take.missed:
            take.listen(checkpoint)
            if take.passed:
                break
            checkpoint.discarded()
            take.forget_the_sound()
    return takes


def _kept(takes: list[Take]) -> Take:
    """Return the try that missed fewest bars; of equals one that was heard, then the first."""
    return min(takes, key=lambda take: (len(take.missed), take.heard is None, take.number))


def _composed(spec: GenerationSpec, sources: Sequence[SourceModel], seed: int) -> bytes:
    """Compose, or edit the parent, and return the archive."""
    base, weights, options = (
        read_snapshot(spec.base.content),
        weights_of(spec),
        options_of(spec, seed),
    )
    if spec.edit is not None and spec.parent is not None:
        parent, edit = load(spec.parent), edit_of(spec, seed)
        return dump(recompose(parent, edit, sources, base, weights, options))
    made = compose(sources, base, weights, options)
    if abs(length_off(made, options.seconds)) > NEAR_ENOUGH:
        # No form is so short or so long: whole sections are left out or repeated.
        with contextlib.suppress(OptionsInvalidError, EditOutOfReachError):
            wish = ChangeLength(options.seconds)
            made = recompose(made, wish, sources, base, weights, options)
    return dump(made)


def _asked_s(spec: GenerationSpec) -> float | None:
    """Return the length that was asked for; of an edit it is whatever came of it."""
    return None if spec.edit else float(spec.options["seconds"])


def _warm_up(room: Room) -> None:
    from generation.engines import sounding  # noqa: PLC0415 - loading it is what is to be done

    sounding.warm_up(room.soundfont)
