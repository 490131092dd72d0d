"""Recognise by AcoustID: who submitted this fingerprint as which recording of MusicBrainz.

AcoustID knows no ISRC, so MusicBrainz is asked for those of the recordings that it names. Only the
fingerprint and the length leave this machine, never audio.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import structlog
from django.utils.translation import gettext_noop

from rights.recognition.acoustid_answers import (
    described,
    hits_of,
    is_lookup,
    pointed_at,
    shortened,
)
from rights.recognition.acoustid_desk import DOWN_S, Desk, DeskRefusedError
from rights.recognition.chromaprint import LENGTH_S, ChromaprintError, chromaprint_of
from rights.recognition.types import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rights.recognition.acoustid_answers import Described
    from rights.recognition.ports import Clock, Gate, Memory
    from rights.recognition.types import Sound

logger = structlog.get_logger(__name__)

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
KEPT_HIT_S, KEPT_MISS_S = 30 * 86_400.0, 7 * 86_400.0
SERVICES = {"acoustid": "AcoustID", "musicbrainz": "MusicBrainz"}
SENTENCES = {
    "off": gettext_noop(
        "AcoustID is switched off here, so it was not asked. Nothing is needed from you."
    ),
    "no_program": gettext_noop(
        "AcoustID was not asked: the program fpcalc is missing on this server. Nothing is needed "
        "from you; whoever runs this installation installs libchromaprint-tools."
    ),
    "no_fingerprint": gettext_noop(
        "AcoustID was not asked, for no fingerprint could be made of this sound. Your song is "
        "safe; search Apple Music yourself."
    ),
    "key": gettext_noop(
        "AcoustID does not accept the key of this installation. Your song is safe; search Apple "
        "Music yourself. Whoever runs this installation checks ACOUSTID_KEY."
    ),
    "refused": gettext_noop(
        "%(name)s did not take our question. Your song is safe; search Apple Music yourself."
    ),
    "limited": gettext_noop(
        "%(name)s is being asked too often. Your song is safe; it is asked again by itself in a "
        "while."
    ),
    "broken": gettext_noop(
        "%(name)s has not answered for a while, so it is left alone for now. Your song is safe; "
        "try again later, or search Apple Music yourself."
    ),
    "down": gettext_noop(
        "%(name)s did not answer. Your song is safe; try again in a few minutes, or search Apple "
        "Music yourself."
    ),
    "timeout": gettext_noop(
        "%(name)s did not answer in time. Your song is safe; try again in a few minutes, or "
        "search Apple Music yourself."
    ),
    "unreadable": gettext_noop(
        "%(name)s sent an answer that could not be read. Your song is safe; try again in a few "
        "minutes, or search Apple Music yourself."
    ),
}
NEVER_BETTER = frozenset({"key", "refused"})
"""Refusals that asking again would not change: the song is left to the others, not held up."""


@dataclass(frozen=True)
class AcoustIdPlace:
    """Where both services are spoken to, with which key; an empty one is off.

    ``agent`` says who asks and whom to write to: MusicBrainz turns away who does not.
    """

    base_url: str
    musicbrainz_url: str
    key: str
    agent: str
    trust_env: bool = True


class AcoustIdRecogniser:
    """The recogniser ``acoustid``."""

    name = "acoustid"
    revision = "chromaprint-2/1"

    def __init__(
        self,
        place: AcoustIdPlace,
        *,
        command: tuple[str, ...],
        gates: tuple[Gate, Gate],
        memory: Memory,
        clock: Clock,
        longest_wait_s: float = 60.0,
    ) -> None:
        self._place, self._command, self._gates = place, command, gates
        self._memory, self._clock, self._longest_wait_s = memory, clock, longest_wait_s

    def recognise(self, sound: Sound) -> Outcome:
        """Ask AcoustID about the first two minutes, and MusicBrainz about what it names."""
        started = time.perf_counter()
        place = self._place
        if not (place.base_url and place.musicbrainz_url and place.key):
            return self._skipped("off")
        if not self._command:
            return self._skipped("no_program")
        try:
            fingerprint = chromaprint_of(self._command, *sound.pcm(0.0, LENGTH_S))
        except ChromaprintError as error:
            logger.warning("chromaprint_failed", detail=str(error))
            return self._skipped("no_fingerprint", detail=str(error))
        raw: dict[str, Any] = {"revision": self.revision}
        try:
            hits = self._hits(fingerprint, sound.duration_s, raw)
        except DeskRefusedError as refusal:
            return self._refused(refusal, raw, time.perf_counter() - started)
        took_s = round(time.perf_counter() - started, 3)
        return Outcome(self.name, "hit" if hits else "miss", hits, "", took_s, raw)

    def _hits(self, fingerprint: str, duration_s: float, raw: dict[str, Any]) -> tuple[Any, ...]:
        """Return the hits; ``raw`` is filled as the answers come, so that none is lost."""
        with self._desks() as (acoustid, musicbrainz):
            raw["lookup"] = self._lookup(acoustid, fingerprint, duration_s)
            raw["recordings"] = {}
            named = []
            for pointed in pointed_at(raw["lookup"]):
                what = self._recording(musicbrainz, pointed.mbid, raw["recordings"])
                named.append((pointed, what))
        return hits_of(named)

    def _lookup(self, desk: Desk, fingerprint: str, duration_s: float) -> dict[str, Any]:
        digest = hashlib.sha256(f"{round(duration_s)}:{fingerprint}".encode()).hexdigest()
        key = f"acoustid:{self._place.base_url}:{digest}"
        known = self._memory.recall([key])
        if key in known:
            return {**known[key], "kept": True}
        answer = desk.ask(
            "POST",
            "/v2/lookup",
            {
                "client": self._place.key,
                "format": "json",
                "meta": "recordingids sources",
                "duration": str(round(duration_s)),
                "fingerprint": fingerprint,
            },
        )
        if not is_lookup(answer):
            raise DeskRefusedError("acoustid", "unreadable", DOWN_S, "no list of results")
        short = shortened(answer)
        ttl_s = KEPT_HIT_S if short["results"] else KEPT_MISS_S
        self._memory.remember({key: short}, ttl_s=ttl_s)
        return {**short, "kept": False}

    def _recording(self, desk: Desk, mbid: str, raw: dict[str, Any]) -> Described:
        key = f"musicbrainz:{self._place.musicbrainz_url}:{mbid}"
        known = self._memory.recall([key])
        if key in known:
            answer = known[key]
        else:
            content = {"inc": "isrcs+artist-credits", "fmt": "json"}
            document = desk.ask("GET", f"/ws/2/recording/{mbid}", content, absent=True)
            if document and "id" not in document:
                raise DeskRefusedError("musicbrainz", "unreadable", DOWN_S, "no recording")
            names = ("title", "artist-credit", "isrcs", "length")
            answer = {name: document[name] for name in names if name in document}
            self._memory.remember({key: answer}, ttl_s=KEPT_HIT_S if answer else KEPT_MISS_S)
        raw[mbid] = answer
        return described(answer)

    @contextmanager
    def _desks(self) -> Iterator[tuple[Desk, Desk]]:
        place = self._place
        with httpx.Client(
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=place.trust_env,
            headers={"Accept": "application/json", "User-Agent": place.agent},
        ) as http:
            urls = (place.base_url, place.musicbrainz_url)
            acoustid, musicbrainz = (
                Desk(service, http, url, gate, self._clock, self._longest_wait_s)
                for service, url, gate in zip(SERVICES, urls, self._gates, strict=True)
            )
            yield acoustid, musicbrainz

    def _skipped(self, code: str, **detail: str) -> Outcome:
        raw: dict[str, Any] = {"revision": self.revision, "code": code, **detail}
        return Outcome(self.name, "skipped", message=SENTENCES[code], raw=raw)

    def _refused(self, refusal: DeskRefusedError, raw: dict[str, Any], took_s: float) -> Outcome:
        """Say what a service did instead of answering."""
        if refusal.code in NEVER_BETTER:
            logger.error("acoustid_refused", service=refusal.service, detail=refusal.detail)
        raw |= {
            "service": refusal.service,
            "code": refusal.code,
            "detail": refusal.detail,
            "retry_after_s": round(refusal.retry_after_s, 1),
        }
        outcome = "skipped" if refusal.code in NEVER_BETTER else "error"
        message = SENTENCES[refusal.code] % {"name": SERVICES[refusal.service]}
        return Outcome(self.name, outcome, (), message, round(took_s, 3), raw)  # type: ignore[arg-type]
