"""What an edit will change and what will stay, said before it runs, from rows that stand already.

The engine decides note by note; this says which bars and layers it may touch at all, which follows
from the kind of the edit alone (``generation.engines.edits``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.selectors.job_words import duration_text
from generation.constants import REFERENCES_PPM
from generation.selectors.edit_words import edit_label, energy_word, layer_label
from generation.selectors.sections import SectionView, sections_of
from generation.selectors.sources import sources_of
from generation.selectors.words import key_text, percent_text, tempo_text
from library.selectors.track_list import MINUS, clock
from rights.domain.allocation import allocate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generation.models import Version

FOLLOW_THE_CHORDS = ("harmony",)
"""Layers whose change takes every pitched part with it."""


@dataclass(frozen=True)
class EditPlanView:
    """Everything the page shows. ``changed`` are the indexes of the sections that are touched."""

    title: str
    changes: tuple[str, ...]
    stays: tuple[str, ...]
    sections: tuple[SectionView, ...]
    changed: frozenset[int]
    takes: str
    shares: tuple[ShareChange, ...] = ()


@dataclass(frozen=True)
class ShareChange:
    """What one source had and what it is to get, in percent of the whole song."""

    tone: str
    number: int
    name: str
    before: str
    after: str
    is_changed: bool


def edit_plan(version: Version, edit: Mapping[str, Any]) -> EditPlanView:
    """Return the plan of a checked edit of a ready version: two queries, three for weights."""
    sections = sections_of(version, list(version.bars.all()))
    words = PLANS[str(edit["kind"])]
    plan = EditPlanView(
        title=edit_label(edit, version),
        changes=(),
        stays=(),
        sections=sections,
        changed=frozenset(section.index for section in sections),
        takes=_takes(version),
    )
    return words(version, edit, plan)


def _takes(version: Version) -> str:
    """Return how long the version took that is edited, as the best guess for the next."""
    job = version.job
    if job is None or job.started_at is None or job.finished_at is None:
        return ""
    return duration_text((job.finished_at - job.started_at).total_seconds())


def _bars(count: int) -> str:
    return ngettext("%(count)s bar", "%(count)s bars", count) % {"count": count}


def _same_shares() -> str:
    return _("Every song keeps its share, to within one point")


def _section(version: Version, edit: Mapping[str, Any], plan: EditPlanView) -> EditPlanView:
    index = int(edit["section"])
    own = next((s for s in plan.sections if s.index == index), plan.sections[0])
    touched = [
        s for s in plan.sections if s is own or (edit.get("everywhere") and s.role == own.role)
    ]
    count = sum(section.bars for section in touched)
    rest = sum(section.bars for section in plan.sections) - count
    text = _("%(section)s, %(start)s to %(end)s (%(bars)s): melody, chords, drums and bass")
    return replace(
        plan,
        changed=frozenset(section.index for section in touched),
        changes=tuple(
            text % {"section": s.name, "start": s.start, "end": s.end, "bars": _bars(s.bars)}
            for s in touched
        ),
        stays=(
            _("The other %(bars)s, note for note") % {"bars": _bars(rest)},
            _("Tempo, key, form and length"),
            _same_shares(),
        ),
    )


def _layer(version: Version, edit: Mapping[str, Any], plan: EditPlanView) -> EditPlanView:
    layer = str(edit["layer"])
    changes = [_("%(layer)s in the whole song") % {"layer": layer_label(layer)}]
    stays = [_("All other parts, note for note")]
    if layer in FOLLOW_THE_CHORDS:
        changes.append(_("Melody, bass and accompaniment, which follow the chords"))
        stays = [_("The drums, note for note")]
    stays += [_("Tempo, key, form and length"), _same_shares()]
    return replace(plan, changes=tuple(changes), stays=tuple(stays))


def _tempo(version: Version, edit: Mapping[str, Any], plan: EditPlanView) -> EditPlanView:
    bpm = float(edit["bpm"])
    before, old = version.duration_ms or 0, version.tempo_bpm or bpm
    names = {"before": clock(before), "after": clock(round(before * old / bpm))}
    text = _("The length: %(before)s becomes about %(after)s")
    stays = (_("Every note, its instrument and its force"), _("Key and form"), _same_shares())
    return replace(plan, changes=(plan.title, text % names), stays=stays)


def _key(version: Version, edit: Mapping[str, Any], plan: EditPlanView) -> EditPlanView:
    if edit.get("mode") in (None, version.key_mode):
        steps = (int(edit["tonic"]) - (version.key_pitch_class or 0)) % 12
        steps = steps if steps <= 6 else steps - 12
        text = ngettext(
            "Every pitched note moves by %(steps)s semitone",
            "Every pitched note moves by %(steps)s semitones",
            abs(steps),
        )
        changes: tuple[str, ...] = (plan.title, text % {"steps": f"{steps:+d}".replace("-", MINUS)})
        stays: tuple[str, ...] = (_("Rhythm, drums and instruments"), _("Tempo, form and length"))
    else:
        changes = (plan.title, _("Chords, and every part that follows them"))
        stays = (_("The drums, note for note"), _("Tempo, form and length"))
    return replace(plan, changes=changes, stays=(*stays, _same_shares()))


def _energy(version: Version, edit: Mapping[str, Any], plan: EditPlanView) -> EditPlanView:
    text = _("How hard everything is played: %(word)s")
    changes = (text % {"word": energy_word(float(edit["energy"]))},)
    stays = (_("Every note and its place"), _("Tempo, key, form and length"), _same_shares())
    return replace(plan, changes=changes, stays=stays)


def _length(version: Version, edit: Mapping[str, Any], plan: EditPlanView) -> EditPlanView:
    names = {
        "before": clock(version.duration_ms),
        "after": clock(round(float(edit["seconds"]) * 1000)),
    }
    text = _("The form: %(before)s becomes about %(after)s, by whole sections")
    changes = (text % names, _("Sections that are repeated or left out"))
    stays = (_("The sections that remain, note for note"), _("Tempo and key"), _same_shares())
    return replace(plan, changes=changes, stays=stays)


def _extend(version: Version, edit: Mapping[str, Any], plan: EditPlanView) -> EditPlanView:
    bars, role = int(edit["bars"]), str(edit["role"])
    last = next((s for s in reversed(plan.sections) if s.role == role), plan.sections[-1])
    bar_ms = 240_000 / (version.tempo_bpm or 120.0)
    names = {"section": last.name, "old": _bars(last.bars), "new": _bars(last.bars + bars)}
    after = clock(round((version.duration_ms or 0) + bars * bar_ms))
    changes = (
        _("%(section)s: %(old)s become %(new)s, from its own music") % names,
        _("The length: about %(after)s") % {"after": after},
    )
    stays = (_("Everything else, note for note"), _("Tempo and key"), _same_shares())
    return replace(plan, changed=frozenset({last.index}), changes=changes, stays=stays)


def _reweigh(version: Version, edit: Mapping[str, Any], plan: EditPlanView) -> EditPlanView:
    sources = sources_of(version)
    parts = allocate(REFERENCES_PPM, dict(edit["weights"])).amounts
    shares = tuple(
        ShareChange(
            tone=source.tone,
            number=source.number,
            name=source.name,
            before=percent_text(source.weight_ppm, places=2),
            after=percent_text(parts.get(source.key, source.weight_ppm), places=2),
            is_changed=parts.get(source.key, source.weight_ppm) != source.weight_ppm,
        )
        for source in sources
    )
    changes = (
        _("Who contributes what: most bars are composed anew"),
        _("The shares that income is divided by"),
    )
    facts = ", ".join(text for text in (tempo_text(version), key_text(version)) if text)
    stays = (_("Tempo and key: %(facts)s") % {"facts": facts}, _("The 33 % of the base catalogue"))
    return replace(plan, changes=changes, stays=stays, shares=shares)


PLANS: Mapping[str, Callable[[Version, Mapping[str, Any], EditPlanView], EditPlanView]] = {
    "reroll_section": _section,
    "reroll_layer": _layer,
    "tempo": _tempo,
    "key": _key,
    "energy": _energy,
    "length": _length,
    "extend": _extend,
    "reweigh": _reweigh,
}
