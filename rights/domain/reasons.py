"""Why a decision is what it is: a text to translate and what to put into it.

A reason is kept with the match as JSON and put into words where it is shown, in the language of
whoever reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def gettext_noop(text: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return text


TEXTS: dict[str, str] = {
    "isrc": gettext_noop("The file's own tag names this ISRC."),
    "index": gettext_noop("Our own fingerprint index hears this recording (%(percent)s)."),
    "shazam": gettext_noop("Shazam hears this recording (%(percent)s)."),
    "acoustid": gettext_noop("AcoustID hears this recording (%(percent)s)."),
    "duration_fits": gettext_noop("Its length fits (%(difference)s apart)."),
    "duration_shorter": gettext_noop("The file is %(difference)s shorter than the recording."),
    "duration_longer": gettext_noop("The file is %(difference)s longer than the recording."),
    "altered": gettext_noop(
        "The sound differs by %(percent)s in speed or pitch: it may have been altered. "
        "Listen and confirm."
    ),
    "not_recognised": gettext_noop("No recogniser knows the sound; the tag and the length agree."),
    "not_listened": gettext_noop("No recogniser has listened; the tag and the length agree."),
    "tag_differs": gettext_noop("The file's own tag names another ISRC, %(isrc)s."),
    "conflict": gettext_noop(
        "The sources name %(count)s different recordings. Choose the right one; "
        "our staff look at it too."
    ),
    "several": gettext_noop("%(count)s recordings fit equally well. Choose the right one."),
    "weak": gettext_noop("This is a guess. Listen before you confirm it, or search for another."),
    "silent": gettext_noop(
        "%(name)s did not answer. What was found so far is kept, and we ask again by ourselves "
        "in a few minutes."
    ),
    "no_isrc": gettext_noop(
        "Apple Music lists “%(title)s” without an ISRC, so its owner cannot be found. "
        "Search for another edition of it, or remove the song."
    ),
    "not_in_catalogue": gettext_noop(
        "“%(title)s” (%(isrc)s) is not in Apple Music in your country. "
        "Search for another edition of it, or remove the song."
    ),
    "nothing": gettext_noop(
        "Nobody we asked knows this recording. Search for it, or remove the song."
    ),
}
NAMES = {
    "isrc": "ISRC",
    "index": gettext_noop("The fingerprint index"),
    "shazam": "Shazam",
    "acoustid": "AcoustID",
    "catalogue": "Apple Music",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence: ``text`` is what gettext translates, ``data`` fills its places."""

    code: str
    data: Mapping[str, str | int]

    @property
    def text(self) -> str:
        """Return the sentence before translation."""
        return TEXTS[self.code]


def say(code: str, **facts: str | int) -> Reason:
    """Return the reason ``code`` with its facts made readable.

    ``score`` and ``skew`` are given in ppm and read in percent; ``source`` by its name.
    """
    data: dict[str, str | int] = dict(facts)
    if "score" in data:
        data["percent"] = percent(int(data.pop("score")))
    if "skew" in data:
        data["percent"] = percent(int(data.pop("skew")), places=2)
    if "source" in data:
        source = str(data.pop("source"))
        data["name"] = NAMES.get(source, source)
    return Reason(code, data)


def percent(ppm: int, *, places: int = 0) -> str:
    """Return a share in ppm as percent, rounded towards zero: 995,000 is 99 %, never 100 %."""
    sign = "-" if ppm < 0 else ""
    unit = 10 ** (4 - places)
    whole, part = divmod(abs(ppm) // unit, 10**places)
    return f"{sign}{whole}.{part:0{places}} %" if places else f"{sign}{whole} %"


def seconds(ms: int) -> str:
    """Return milliseconds in seconds with one decimal place, without a sign."""
    return f"{abs(ms) // 1000}.{abs(ms) % 1000 // 100} s"
