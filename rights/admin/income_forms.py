"""What staff are asked about a usage report and about its uses."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from rights.admin.decided import LOOK, ActForm
from rights.selectors.money_words import month_words
from rights.selectors.open_months import months_open


def _months() -> list[tuple[str, object]]:
    """Return the months in which a report can be posted; asked anew for every page."""
    late = months_open(now=timezone.now())
    return [("", _("This month")), *((one.name, month_words(one.name)) for one in late)]


class ReportForm(ActForm):
    """A report to be brought, or what to do with one that is here."""

    report = forms.FileField(
        label=_("Report"),
        help_text=_(
            "A DSR flat file, .tsv or .tsv.gz, or a table of any shape, .csv or .csv.gz, whose columns "
            "you choose next. The same file twice is one."
        ),
        widget=UnfoldAdminFileFieldWidget(),  # its script expects its own markup around the field
    )
    booked_in = forms.ChoiceField(
        label=_("Posted in"),
        required=False,
        choices=_months,
        help_text=_(
            "In which month of the books it counts, if it is posted: a month that is over and not "
            "locked is for a report that belongs there and came late. Its run is then calculated again."
        ),
        widget=forms.Select(attrs=LOOK),
    )


class SongForm(ActForm):
    """Which song uses are of, or that they are not ours."""

    song = forms.CharField(
        label=_("ISRC of the song"),
        required=False,
        help_text=_("One of the proposals above, or any song that was published here."),
        widget=forms.TextInput(attrs=LOOK),
    )
    alike = forms.BooleanField(
        label=_("Also all other groups of this report that go by the same numbers"),
        required=False,
        initial=True,
    )
