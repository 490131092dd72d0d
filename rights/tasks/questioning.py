"""Ask the recognisers in their order, keep what they say as evidence, make findings of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from rights.domain.matching import (
    SKEW_ACCEPTED_PPM,
    STRONG_PPM,
    Catalogued,
    Findings,
    Heard,
    Source,
)
from rights.models import Recording, RecordingFingerprint
from rights.services.catalogue_lookup import Found, Wanted, recordings_find, recordings_own
from rights.services.identification import (
    Answered,
    answer_keep,
    answer_recall,
    audio_asked_once,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rights.recognition.types import Hit, Recogniser, Sound

PPM = 1_000_000
OWN_INDEX = "index"
"""Never remembered: it learns every day, and asking it costs nothing."""
TAG, CATALOGUE = "isrc", "catalogue"
CERTAIN_PPM = 950_000
"""When our own index is as sure as this of one recording alone, nobody outside is asked."""
SOUND_SOURCES = ("index", "shazam", "acoustid")


@dataclass(frozen=True)
class Story:
    """Everything that was answered of one sound, in the order in which it was asked."""

    duration_ms: int
    isrc_tag: str
    answered: tuple[Answered, ...]
    found: Found = field(default_factory=Found)

    def heard(self) -> tuple[Heard, ...]:
        """Return the hits, with the ISRCs that the catalogue gave for ids without one."""
        return tuple(
            Heard(
                cast("Source", said.recogniser),
                hit["isrc"] or self.found.isrc_of_id.get(hit["apple_music_id"], ""),
                hit["score_ppm"],
                hit["skew_ppm"],
                hit["title"],
                hit["artist"],
            )
            for said in self.answered
            if said.recogniser in SOUND_SOURCES
            for hit in said.answer.get("hits", [])
        )


def tag_answered(sound: Sound) -> Answered:
    """Return what the file's own tags say."""
    hits = [{"isrc": sound.isrc_tag}] if sound.isrc_tag else []
    return Answered(TAG, "", sound.audio_sha256, "hit" if hits else "miss", {"hits": hits})


def recogniser_answered(recogniser: Recogniser, sound: Sound) -> Answered:
    """Ask, or recall what was said of this very audio: the same audio is sent to nobody twice."""
    revision = str(getattr(recogniser, "revision", ""))
    if recogniser.name == OWN_INDEX:
        return _asked(recogniser, sound, revision)
    key = {"audio_sha256": sound.audio_sha256, "recogniser": recogniser.name}
    with audio_asked_once(**key):
        known = answer_recall(**key, revision=revision)
        if known is not None:
            return known
        said = _asked(recogniser, sound, revision)
        answer_keep(answered=said)
        return said


def skipped_answered(recogniser: Recogniser, sound: Sound, why: str) -> Answered:
    """Return that a source was not asked, and why."""
    return Answered(
        recogniser.name, "", sound.audio_sha256, "skipped", {"hits": [], "message": why}
    )


def catalogue_answered(
    story: Story, *, storefront: str, audio_sha256: str
) -> tuple[Answered, Found]:
    """Ask the catalogue for everything that was named; return its answer and what it found."""
    started = time.monotonic()
    found = recordings_find(
        wanted=_wanted(story), storefront=storefront, duration_ms=story.duration_ms
    )
    answer = {
        "hits": found.answer,
        "isrc_of_id": found.isrc_of_id,
        "without_isrc": found.without_isrc,
        "message": found.error,
        "storefront": storefront,
    }
    took = round((time.monotonic() - started) * 1000)
    return Answered(CATALOGUE, "", audio_sha256, found.outcome, answer, took), found


def hear(sound: Sound, *, recognisers: Sequence[Recogniser], storefront: str) -> Story:
    """Ask everybody in order about a sound that belongs to no match, and then the catalogue.

    Without a storefront the catalogue is what our own books know.
    """
    said = [tag_answered(sound)]
    for recogniser in recognisers:
        if said[-1].recogniser == OWN_INDEX and is_certain(said[-1], sound):
            break
        said.append(recogniser_answered(recogniser, sound))
    story = Story(round(sound.duration_s * 1000), sound.isrc_tag, tuple(said))
    if not storefront:
        return replace(story, found=recordings_own(isrcs=[w.isrc for w in _wanted(story)]))
    _said, found = catalogue_answered(story, storefront=storefront, audio_sha256=sound.audio_sha256)
    return replace(story, found=found)


def found_again(answer: dict[str, Any]) -> Found:
    """Return what the catalogue found, from its kept answer."""
    isrcs = [hit["isrc"] for hit in answer["hits"]]
    return Found(
        recordings={each.isrc: each for each in Recording.objects.filter(isrc__in=isrcs)},
        isrc_of_id=answer["isrc_of_id"],
        without_isrc=answer["without_isrc"],
        error=answer["message"],
        answer=answer["hits"],
    )


def is_certain(said: Answered, sound: Sound) -> bool:
    """Say whether our own index names one recording alone, surely, and no tag contradicts it."""
    strong = [hit for hit in said.answer.get("hits", []) if hit["score_ppm"] >= STRONG_PPM]
    if len(strong) != 1 or strong[0]["score_ppm"] < CERTAIN_PPM:
        return False
    is_plain = abs(strong[0]["skew_ppm"]) <= SKEW_ACCEPTED_PPM
    return is_plain and sound.isrc_tag in ("", strong[0]["isrc"])


def findings_of(story: Story) -> Findings:
    """Return what the rules decide from."""
    found = story.found
    indexed = set(
        RecordingFingerprint.objects.filter(recording__in=found.recordings.values()).values_list(
            "recording__isrc", flat=True
        )
    )
    by_sound = [said for said in story.answered if said.recogniser in SOUND_SOURCES]
    silent = [said.recogniser for said in by_sound if said.outcome == "error"]
    if found.error:
        silent.append(CATALOGUE)
    nameless = [
        hit["title"]
        for said in by_sound
        for hit in said.answer.get("hits", [])
        if not hit["isrc"] and not hit["apple_music_id"]
    ]
    return Findings(
        duration_ms=story.duration_ms,
        isrc_tag=story.isrc_tag,
        heard=story.heard(),
        catalogue={
            isrc: Catalogued(isrc, recording.duration_ms, isrc in indexed)
            for isrc, recording in found.recordings.items()
        },
        silent=tuple(silent),
        without_isrc=tuple(found.without_isrc + nameless),
        has_listened=any(said.outcome in ("hit", "miss") for said in by_sound),
    )


def _asked(recogniser: Recogniser, sound: Sound, revision: str) -> Answered:
    outcome = recogniser.recognise(sound)
    answer = {
        "hits": _as_json(outcome.hits),
        "message": outcome.message,
        "raw": dict(outcome.raw),
    }
    took = round(outcome.seconds * 1000)
    return Answered(recogniser.name, revision, sound.audio_sha256, outcome.outcome, answer, took)


def _as_json(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    return [
        {
            "isrc": hit.isrc,
            "title": hit.title,
            "artist": hit.artist,
            "apple_music_id": hit.apple_music_id,
            "label": hit.label,
            "album": hit.album,
            "score_ppm": hit.score_ppm,
            "skew_ppm": round(hit.skew * PPM),
            "evidence": dict(hit.evidence),
        }
        for hit in hits
    ]


def _wanted(story: Story) -> Iterable[Wanted]:
    """Yield everything that a source named, each once; what our own index named first."""
    if story.isrc_tag:
        yield Wanted(isrc=story.isrc_tag, source=TAG)
    seen = {story.isrc_tag}
    for said in story.answered:
        for hit in said.answer.get("hits", []) if said.recogniser != TAG else []:
            name = hit["isrc"] or hit["apple_music_id"]
            if name and name not in seen:
                seen.add(name)
                yield Wanted(
                    hit["isrc"],
                    hit["apple_music_id"],
                    hit["title"],
                    hit["artist"],
                    hit["label"],
                    said.recogniser,
                )
