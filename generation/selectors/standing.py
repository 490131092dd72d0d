"""What is said about a version beside its sound: that it was checked, by which base model, whose consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from generation.selectors.words import decibels_text
from rights.models import Recording
from rights.selectors.consents import consents_of

if TYPE_CHECKING:
    from generation.models import Song, Version


@dataclass(frozen=True)
class Standing:
    """One plain sentence about the checks, the loudness, the base model, the receipt."""

    checked: str
    is_checked: bool
    loudness: str
    base: str
    policy: str
    receipt_url: str


def standing_of(version: Version) -> Standing:
    """Return what is said about a ready version: two queries, for its base model and its receipt."""
    receipt = getattr(version, "receipt", None)
    lufs = version.figures.get("lufs")
    return Standing(
        checked=_("Checked: melody, chords, rhythm, copying, loudness and shares")
        if version.passed
        else _("Some checks were missed; the version was kept as it is. Listen before you use it."),
        is_checked=bool(version.passed),
        loudness=_("%(lufs)s LUFS") % {"lufs": decibels_text(lufs)} if lufs is not None else "",
        base=version.base_model.revision if version.base_model is not None else "",
        policy=version.policy,
        receipt_url=reverse("generation:receipt-verify", args=[receipt.pk])
        if receipt is not None
        else "",
    )


def blocked_in(song: Song) -> tuple[str, ...]:
    """Return a sentence for each of the ten that may not be used any more: three queries."""
    recordings = list(Recording.objects.filter(song_set_entries__song_set=song.song_set_id))
    answers = consents_of(recordings, timezone.now().date())
    lost = [recording for recording in recordings if answers[recording.pk].is_blocked]
    text = _("%(who)s does not allow “%(title)s” to be used any more.")
    return tuple(
        text % {"who": answers[recording.pk].by, "title": recording.title} for recording in lost
    )
