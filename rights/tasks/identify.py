"""Job ``track.identify``: find out which recording a track is, and keep how that was found.

Stages in order: ``tags``, ``index`` and the recognisers outside, ``catalogue``. Each keeps its
answer as evidence, and the evidence is the stage's artefact, so that an attempt after a crash asks
nobody again. Nobody outside is asked when our own index is certain. The effect is the decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rights.domain.matching import decide
from rights.models import Match, MatchEvidence
from rights.selectors.storefronts import storefront_of
from rights.services.identification import Answered, evidence_add, match_decided
from rights.services.learning import is_learnable
from rights.services.owner_hints import hints_heard
from rights.tasks.listening import fingerprint_load, fingerprint_store, recognisers
from rights.tasks.questioning import (
    Story,
    catalogue_answered,
    findings_of,
    found_again,
    is_certain,
    recogniser_answered,
    skipped_answered,
    tag_answered,
)
from rights.tasks.sounds import sound_of_track

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.jobs.stages import Run
    from rights.recognition.types import Recogniser, Sound

TAGS_PPM, INDEX_PPM, HEARD_PPM, CATALOGUE_PPM = 50_000, 300_000, 800_000, 950_000
CERTAIN = "Our own index is certain, so nobody outside was asked."


def identify(run: Run) -> None:
    """Handle one job; ``params`` names the match and its round."""
    match = Match.objects.select_related("track__organisation", "track__analysis").get(
        pk=run.params["match"]
    )
    number = int(run.params["round"])
    if match.state != Match.State.MATCHING or match.round != number:
        run.finish(lambda: {"match": str(match.pk)})  # somebody has decided, or asked again
        return
    with sound_of_track(match.track) as sound:
        story = _listen(run, match, number, sound)
    kept = _kept(run, match, number, "catalogue", lambda: _look_up(match, story), CATALOGUE_PPM)
    whole = Story(story.duration_ms, story.isrc_tag, story.answered, found_again(kept.answer))
    decision = decide(findings_of(whole))

    def effect() -> dict[str, str]:
        recordings = whole.found.recordings
        decided = match_decided(
            match=match, round_number=number, decision=decision, recordings=recordings
        )
        hints_heard(story=whole.answered, recordings=recordings)
        if decided.recording is not None and is_learnable(match=decided):
            _learn(decided)
        return {"match": str(decided.pk), "state": decided.state}

    run.finish(effect)


def learn(run: Run) -> None:
    """Handle ``track.learn``: let our own index know a recording that a person has confirmed."""
    match = Match.objects.select_related("track__analysis", "recording").get(pk=run.params["match"])

    def effect() -> dict[str, str]:
        if match.recording is not None and is_learnable(match=match):
            _learn(match)
        return {"match": str(match.pk)}

    run.finish(effect)


def _listen(run: Run, match: Match, number: int, sound: Sound) -> Story:
    """Ask the tags, our own index, and unless that is certain everybody else."""
    said = [_kept(run, match, number, "isrc", lambda: tag_answered(sound), TAGS_PPM)]
    index, *outside = recognisers()
    said.append(_ask(run, match, number, index, sound, INDEX_PPM))
    certain = is_certain(said[-1], sound)
    for count, recogniser in enumerate(outside, start=1):
        ppm = INDEX_PPM + (HEARD_PPM - INDEX_PPM) * count // len(outside)
        if certain:
            why = skipped_answered(recogniser, sound, CERTAIN)
            said.append(_kept(run, match, number, recogniser.name, lambda w=why: w, ppm))  # type: ignore[misc]
        else:
            said.append(_ask(run, match, number, recogniser, sound, ppm))
    duration_ms = match.track.duration_ms or 0
    return Story(duration_ms, sound.isrc_tag, tuple(said))


def _ask(
    run: Run, match: Match, number: int, recogniser: Recogniser, sound: Sound, ppm: int
) -> Answered:
    return _kept(
        run, match, number, recogniser.name, lambda: recogniser_answered(recogniser, sound), ppm
    )


def _look_up(match: Match, story: Story) -> Answered:
    said, _found = catalogue_answered(
        story,
        storefront=storefront_of(match.track.organisation),
        audio_sha256=match.track.audio_sha256,
    )
    return said


def _kept(
    run: Run, match: Match, number: int, name: str, work: Callable[[], Answered], ppm: int
) -> Answered:
    """Do one stage and keep its answer as evidence; done before, return the evidence."""

    def keep() -> str:
        said = work()
        with run.holding():
            return str(evidence_add(match=match, round_number=number, answered=said).pk)

    stage = "tags" if name == "isrc" else name
    kept = MatchEvidence.objects.get(pk=int(run.stage(stage, keep, progress_ppm=ppm)))
    return Answered(
        kept.recogniser,
        kept.revision,
        kept.audio_sha256,
        kept.outcome,
        kept.answer,
        kept.took_ms,
        kept.from_cache,
    )


def _learn(match: Match) -> None:
    """Put the track's fingerprint into our index under the recording it is."""
    analysis = match.track.analysis
    if analysis is None or not analysis.fingerprint_key or match.recording is None:
        return
    fingerprint_store(
        recording=match.recording, fingerprint=fingerprint_load(analysis.fingerprint_key)
    )
