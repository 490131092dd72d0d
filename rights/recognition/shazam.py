"""Recognise by Shazam: up to three windows of twelve seconds, two of three decide.

An unofficial service, spoken to as its phone app does, hence behind a switch of its own. Signatures
leave this machine, never audio.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rights.recognition.shazam_answers import Named, is_decided, read_answer, vote
from rights.recognition.shazam_client import WINDOW_S, ShazamRefusedError, ask, signatures
from rights.recognition.types import Outcome

if TYPE_CHECKING:
    from rights.recognition.ports import Clock, Gate, Memory
    from rights.recognition.shazam_client import Window
    from rights.recognition.types import Sound

PLACES = (0.25, 0.5, 0.75)
KEPT_HIT_S, KEPT_MISS_S = 30 * 86_400.0, 7 * 86_400.0
SENTENCES = {
    "off": "Shazam is switched off here, so it was not asked. Nothing is needed from you.",
    "short": "The recording is shorter than twelve seconds, which is too short for Shazam.",
    "limited": (
        "Shazam lets us ask only a few times a minute. Your song is safe; it is asked again "
        "by itself in a while."
    ),
    "broken": (
        "Shazam has not answered for a while, so it is left alone for now. Your song is safe; "
        "try again later, or search Apple Music yourself."
    ),
    "down": (
        "Shazam did not answer. Your song is safe; try again in a few minutes, or search Apple "
        "Music yourself."
    ),
    "timeout": (
        "Shazam did not answer in time. Your song is safe; try again in a few minutes, or "
        "search Apple Music yourself."
    ),
    "unreadable": (
        "Shazam's answer could not be read. Your song is safe; try again in a few minutes, or "
        "search Apple Music yourself."
    ),
}


@dataclass(frozen=True)
class ShazamPlace:
    """Where Shazam is spoken to, and as which country's listener; "" as address is off."""

    base_url: str
    country: str = "GB"
    language: str = "en-GB"


class ShazamRecogniser:
    """The recogniser ``shazam``."""

    name = "shazam"
    revision = "shazamio-0.9.0/1"

    def __init__(
        self,
        place: ShazamPlace,
        *,
        gate: Gate,
        memory: Memory,
        clock: Clock,
        longest_wait_s: float = 60.0,
    ) -> None:
        self._place, self._gate, self._memory, self._clock = place, gate, memory, clock
        self._longest_wait_s = longest_wait_s

    def recognise(self, sound: Sound) -> Outcome:
        """Ask about windows at a quarter, half and three quarters until two name the same."""
        started = time.perf_counter()
        if not self._place.base_url:
            return Outcome(self.name, "skipped", message=SENTENCES["off"])
        if sound.duration_s < WINDOW_S:
            return Outcome(self.name, "skipped", message=SENTENCES["short"])
        named: list[Named | None] = []
        raw: dict[str, Any] = {"revision": self.revision, "windows": []}
        message = ""
        try:
            for window in signatures(sound.pcm, starts_of(sound.duration_s)):
                answer, is_kept = self._answer(window)
                named.append(read_answer(answer))
                raw["windows"].append(
                    {"start_s": round(window.start_s, 2), "kept": is_kept, "answer": answer}
                )
                if is_decided(named):
                    break
        except ShazamRefusedError as refusal:
            message = SENTENCES[refusal.code]
            raw |= {
                "code": refusal.code,
                "detail": refusal.detail,
                "retry_after_s": round(refusal.retry_after_s, 1),
            }
        hits = vote(named) if not message else ()
        return Outcome(
            self.name,
            "error" if message else "hit" if hits else "miss",
            hits,
            message,
            round(time.perf_counter() - started, 3),
            raw,
        )

    def _answer(self, window: Window) -> tuple[dict[str, Any], bool]:
        """Return the answer about a window, and whether it was known from before."""
        key = f"shazam:{self._place.base_url}:{self._place.country}:{window.digest}"
        known = self._memory.recall([key])
        if key in known:
            return known[key], True
        admission = self._gate.enter(longest_wait_s=self._longest_wait_s)
        if not admission.allowed:
            code = "broken" if admission.broken else "limited"
            raise ShazamRefusedError(code, admission.retry_after_s, "not asked")
        if admission.wait_s:
            self._clock.sleep(admission.wait_s)
        place = self._place
        try:
            answer = shortened(
                ask(
                    window,
                    base_url=place.base_url,
                    country=place.country,
                    language=place.language,
                )
            )
        except ShazamRefusedError as refusal:
            if refusal.code == "limited":
                self._gate.paused(refusal.retry_after_s)
            else:
                self._gate.failed()
            raise
        self._gate.succeeded()
        ttl_s = KEPT_HIT_S if answer["matches"] else KEPT_MISS_S
        self._memory.remember({key: answer}, ttl_s=ttl_s)
        return answer, False


def starts_of(duration_s: float) -> tuple[float, ...]:
    """Return where the windows begin: as many as fit side by side, three at most."""
    fit = min(len(PLACES), int(duration_s // WINDOW_S))
    places = PLACES if fit == len(PLACES) else tuple((n + 1) / (fit + 1) for n in range(fit))
    last = duration_s - WINDOW_S
    return tuple(min(last, max(0.0, place * duration_s - WINDOW_S / 2)) for place in places)


def shortened(answer: dict[str, Any]) -> dict[str, Any]:
    """Keep of an answer what is read or may be evidence; lyrics, pictures and links go."""
    kept = {"matches": answer["matches"][:3]}
    track = answer.get("track")
    if isinstance(track, dict):
        names = ("key", "title", "subtitle", "isrc", "albumadamid", "artists", "hub", "genres")
        kept["track"] = {name: track[name] for name in names if name in track}
        sections = track.get("sections")
        if isinstance(sections, list):
            kept["track"]["sections"] = [
                {"type": "SONG", "metadata": section.get("metadata", [])}
                for section in sections
                if isinstance(section, dict) and section.get("type") == "SONG"
            ]
    return kept
