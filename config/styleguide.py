"""The living style guide: every part in every state, from the includes that the pages use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

COLOURS = (
    ("base-100", _("Paper: cards and fields")),
    ("base-200", _("Ground: the page")),
    ("base-300", _("Shade: bars, fills")),
    ("base-content", _("Ink: text")),
    ("primary", _("Petrol ink by day, brass by night: the one main action")),
    ("accent", _("Brass: the gold disc")),
    ("info", _("Told")),
    ("success", _("Done")),
    ("warning", _("Look here")),
    ("error", _("Failed, or cannot be undone")),
)
BUTTON_KINDS = (
    ("primary", _("Make 2 versions · about 1 min")),
    ("", _("Save the mix")),
    ("ghost", _("Skip")),
    ("error", _("Delete the set")),
)
EMPTY_STATES = (
    ("first_run", _("No songs yet"), _("Add the first of ten."), _("Add songs")),
    ("no_results", _("No song fits these filters"), _("Three filters are on."), _("Clear filters")),
    (
        "error",
        _("The list could not be read"),
        _("Your songs are safe. Try again in a minute."),
        _("Try again"),
    ),
    ("no_permission", _("Accountants see this"), _("Ask an owner for the role."), ""),
    ("done", _("Nothing waits for you"), _("All ten songs are settled."), ""),
)


@dataclass(frozen=True)
class Cell:
    """One cell of the sample table."""

    text: str
    is_figure: bool = False


@dataclass(frozen=True)
class Band:
    """One source's part of a whole, in percent."""

    number: int
    name: str
    start: int
    share: int


class EveryWidgetForm(forms.Form):
    """One field of each kind that Django draws."""

    title = forms.CharField(label=_("Title"), help_text=_("As it will appear in stores."))
    email = forms.EmailField(label=_("E-mail address"))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("At least twelve characters. A sentence is fine."),
    )
    tempo = forms.IntegerField(label=_("Tempo in BPM"), min_value=20, max_value=300)
    released_on = forms.DateField(
        label=_("Release date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    key = forms.ChoiceField(
        label=_("Key"), choices=[("", _("Choose a key")), ("am", "A minor"), ("c", "C major")]
    )
    stems = forms.MultipleChoiceField(
        label=_("Stems"), choices=[("drums", "Drums"), ("bass", "Bass"), ("vocals", "Vocals")]
    )
    owner = forms.ChoiceField(
        label=_("Who owns it"),
        widget=forms.RadioSelect,
        choices=[("me", _("I made this")), ("label", _("A label")), ("unknown", _("Not known"))],
    )
    uses = forms.MultipleChoiceField(
        label=_("Permitted uses"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("stream", _("Streaming")), ("film", _("Film")), ("game", _("Games"))],
    )
    notes = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea)
    cover = forms.FileField(label=_("Cover"), required=False, help_text=_("3000 by 3000 pixels."))
    agrees = forms.BooleanField(label=_("I may use all ten of these recordings"))
    reference = forms.CharField(
        label=_("Reference"), required=False, disabled=True, initial="7F2A-19C3"
    )


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the guide to staff; for everyone else it does not exist."""
    if not (request.user.is_authenticated and request.user.is_staff):
        raise Http404
    return render(request, "styleguide/page.html", _context())


def _context() -> dict[str, Any]:
    wrong = EveryWidgetForm({"email": "not an address", "tempo": "999"}, prefix="wrong")
    return {
        "colours": COLOURS,
        "sources": range(1, 11),
        "button_kinds": BUTTON_KINDS,
        "badges": ("neutral", "info", "success", "warning", "error"),
        "levels": ("info", "success", "warning", "error"),
        "form": EveryWidgetForm(prefix="fresh"),
        "wrong_form": wrong,
        "table": _sample_table(),
        "bands": _sample_bands((34, 22, 18, 14, 12)),
        "ten_bands": _sample_bands((12, 7, 14, 9, 5, 16, 8, 11, 6, 12)),
        "empty_states": EMPTY_STATES,
        "page_obj": Paginator(range(90), 10).page(4),
    }


def _sample_table() -> dict[str, Any]:
    """Return invented lines whose shares add up to a million millionths."""
    columns: list[dict[str, str | _StrPromise | bool]] = [
        {"label": _("Song")},
        {"label": _("Owner")},
        {"label": _("Share, millionths"), "is_figure": True},
    ]
    lines = [("Harbour lights", "Rita Records", 412_500), ("Low tide", "Alice's Studio", 587_500)]
    return {
        "columns": columns,
        "rows": [[Cell(song), Cell(owner), Cell(f"{ppm:,}", True)] for song, owner, ppm in lines],
        "total": [Cell("Total"), Cell(""), Cell(f"{sum(ppm for *_x, ppm in lines):,}", True)],
    }


def _sample_bands(shares: tuple[int, ...]) -> list[Band]:
    starts = [sum(shares[:n]) for n in range(len(shares))]
    return [
        Band(number, f"Song {number}", start, share)
        for number, (start, share) in enumerate(zip(starts, shares, strict=True), start=1)
    ]
