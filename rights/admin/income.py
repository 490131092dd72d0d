"""Usage reports for staff: brought, what is odd settled, songs looked for again, posted, reversed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.rows import RowsAdmin, RowsInline
from config.lib.money import Money, money_format
from rights.admin.amounts import amounts_said
from rights.admin.decided import Act, ActForm, DecidedAdmin
from rights.admin.income_columns import ColumnPages
from rights.admin.income_forms import ReportForm, SongForm
from rights.models import IncomeConcern, IncomeFault, IncomeFile, IncomeGroup, IncomeMapping
from rights.selectors.income_proposals import proposals_of
from rights.selectors.open_months import month_booked
from rights.services.income import (
    TABLE,
    income_concern_settle,
    income_ignore,
    income_post,
    income_reread,
    income_reverse,
    income_upload,
)
from rights.services.income_assigning import income_assign
from rights.services.income_reading import income_match

if TYPE_CHECKING:
    from django.http import HttpRequest

State, Match = IncomeFile.State, IncomeGroup.Match
OPEN = (Match.UNMATCHED, Match.AMBIGUOUS)
FAULTS_SHOWN = 50


class ConcernsOfFile(RowsInline[IncomeConcern, IncomeFile]):
    """What is odd about it; blocking ones are settled on their own page, with a reason."""

    model = IncomeConcern
    fields = ("code", "words", "is_blocking", "settled_by", "settled_at", "settled_because")
    readonly_fields = fields


@admin.register(IncomeFile)
class IncomeFileAdmin(ColumnPages):
    """Reports as they came, and where they stand."""

    form = ReportForm
    list_display = ("name", "sender", "usage_from", "usage_to", "state", "open_groups", "uploaded_at")  # fmt: skip
    list_filter = ("state", "sender")
    search_fields = ("=id", "name", "sender", "message_id", "sha256")
    date_hierarchy = "uploaded_at"
    shown = (
        "name", "state", "columns", "refusal", "sender", "message_id", "file_number", "files", "profile",
        "service", "usage_from", "usage_to", "lines", "uses", "totals", "groups_link", "faults",
        "sha256", "size_bytes", "uploaded_by", "uploaded_at", "posted_by", "posted_at",
    )  # fmt: skip
    inlines = (ConcernsOfFile,)
    asked = ("act", "reason", "booked_in")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask for the permission that Django keeps for the model."""
        return bool(request.user.has_perm("rights.add_incomefile"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for the file, or show what it says."""
        if obj is None:
            return [(None, {"fields": ("report",)})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A report that is here is read."""
        return () if obj is None else self.shown

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """A report that is being brought has nothing odd yet."""
        return () if obj is None else self.inlines

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer what its state allows."""
        if row.state == State.READ:
            return {
                "match": (_("Look for songs again"), lambda file, *_rest: income_match(file=file)),
                "ignore": (_("Leave out all uses that found no song"), _ignore_open),
                "reread": (_("Read it again; what was decided stays"), _reread),
                "post": (_("Post"), _post),
            }
        return {"reverse": (_("Reverse"), _reverse)} if row.state == State.POSTED else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Take the file in, or do what was chosen."""
        if change:
            super().save_model(request, obj, form, change)
            return
        brought = form.cleaned_data["report"]
        actor: Any = request.user  # staff are logged in
        obj.pk = income_upload(name=brought.name, stream=brought.file, actor=actor)[0].pk

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Ask for the columns of a table that nobody has chosen yet."""
        file = IncomeFile.objects.get(pk=obj.pk)
        if file.profile == TABLE and file.mapping_id is None:
            return redirect("admin:rights_incomefile_columns", file.pk)
        return super().response_add(request, file, post_url_continue)

    @admin.display(description=_("columns"))
    def columns(self, file: IncomeFile) -> SafeString | str:
        """Say by which mapping a table is read, and lead to it."""
        if file.profile != TABLE:
            return "—"
        address = reverse("admin:rights_incomefile_columns", args=[file.pk])
        words = file.mapping or _("Choose what its columns are")
        return format_html('<a class="underline" href="{}">{}</a>', address, words)

    @admin.display(description=_("groups without a song"))
    def open_groups(self, file: IncomeFile) -> int:
        """Return how many groups of uses wait for a song."""
        return file.groups.filter(match__in=OPEN).count()

    @admin.display(description=_("net revenue"))
    def totals(self, file: IncomeFile) -> SafeString | str:
        """Return what was earned in each currency, to the micro-unit."""
        sums: dict[str, int] = {}
        for currency, micros in file.groups.values_list("currency", "micros"):
            sums[currency] = sums.get(currency, 0) + micros
        lines = [
            (money_format(Money(micros, currency), is_exact=True),)
            for currency, micros in sorted(sums.items())
        ]
        return format_html_join(SafeString("<br>"), "{}", lines) or "—"

    @admin.display(description=_("groups of uses"))
    def groups_link(self, file: IncomeFile) -> SafeString:
        """Lead to the groups, those without a song first."""
        base = reverse("admin:rights_incomegroup_changelist")
        return format_html(
            '<a class="underline" href="{}?file__id__exact={}">{}</a>',
            base,
            file.pk,
            _("Show them"),
        )

    @admin.display(description=_("lines that could not be read"))
    def faults(self, file: IncomeFile) -> SafeString | str:
        """Return the first faults with their lines, and how many more there are."""
        rows = list(file.faults.all()[: FAULTS_SHOWN + 1])
        lines = [(row.line, row.words) for row in rows[:FAULTS_SHOWN]]
        shown = format_html_join(SafeString("<br>"), "{}: {}", lines)
        if len(rows) <= FAULTS_SHOWN and not file.faults_left_out:
            return shown or "—"
        base = reverse("admin:rights_incomefault_changelist")
        more = format_html(
            '<br><a class="underline" href="{}?file__id__exact={}">{}</a>', base, file.pk, _("All")
        )
        return format_html("{}{}", shown, more)


@admin.register(IncomeConcern)
class IncomeConcernAdmin(DecidedAdmin[IncomeConcern]):
    """What is odd about a report as a whole."""

    form = ActForm
    list_display = ("file", "code", "words", "is_blocking", "settled_at")
    list_select_related = ("file",)
    list_filter = ("is_blocking", ("settled_at", admin.EmptyFieldListFilter), "code")
    search_fields = ("file__name", "words")
    shown = ("file", "code", "words", "is_blocking", "settled_by", "settled_at", "settled_because")

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer to settle what is open."""
        return {} if row.settled_at else {"settle": (_("Settle, with the reason"), _settle)}


@admin.register(IncomeFault)
class IncomeFaultAdmin(RowsAdmin[IncomeFault]):
    """Lines that could not be read."""

    list_display = ("file", "line", "code", "words")
    list_select_related = ("file",)
    list_filter = ("code",)
    search_fields = ("file__name", "words", "=line")
    fields = (*list_display, "text")


@admin.register(IncomeGroup)
@amounts_said(IncomeGroup, "micros", words=_("earned"))
class IncomeGroupAdmin(DecidedAdmin[IncomeGroup]):
    """Uses that are alike, and the song that they are of; without one, what it may be."""

    form = SongForm
    list_display = ("file", "number", "isrc", "dsp_id", "territory", "span", "micros_said", "match")  # fmt: skip
    list_select_related = ("file",)
    list_filter = ("match", "currency")
    search_fields = ("isrc", "icpn", "dsp_id", "label_id", "file__name", "=file__id")
    shown = (
        "file", "number", "summary", "service", "territory", "model", "use", "span", "isrc", "icpn",
        "label_id", "dsp_id", "uses", "usages", "returns", "currency", "net", "micros_said", "match",
        "matched_by", "matched_because", "sheet", "proposals", "ignored_because",
    )  # fmt: skip
    asked = ("act", "song", "alike", "reason")

    def acts_of(self, row: Any) -> dict[str, tuple[Any, Act]]:
        """Offer to say which song it is, or to leave it out, as long as the report is not posted."""
        if row.file.state != State.READ:
            return {}
        assign: dict[str, tuple[Any, Act]] = {
            "assign": (_("They are of this song, with the reason"), _assign)
        }
        ignore: tuple[Any, Act] = (_("Leave out, with the reason"), _ignore)
        return assign | ({"ignore": ignore} if row.match in OPEN else {})

    @admin.display(description=_("may be"))
    def proposals(self, group: IncomeGroup) -> SafeString | str:
        """Return the songs that it may be, a line each."""
        lines = [(one.title, one.isrc, one.why) for one in proposals_of(group)]
        return format_html_join(SafeString("<br>"), "{} ({}): {}", lines) or "—"


def _post(file: Any, actor: Any, said: dict[str, Any]) -> object:
    month = said["booked_in"]
    return income_post(file=file, actor=actor, booked_at=month_booked(month) if month else None)


def _reread(file: Any, actor: Any, _said: dict[str, Any]) -> object:
    return income_reread(file=file, actor=actor)


def _reverse(file: Any, actor: Any, said: dict[str, Any]) -> object:
    return income_reverse(file=file, because=said["reason"], actor=actor)


def _ignore_open(file: Any, actor: Any, said: dict[str, Any]) -> object:
    groups = file.groups.filter(match__in=OPEN)
    return income_ignore(groups=groups, because=said["reason"], actor=actor)


def _assign(group: Any, actor: Any, said: dict[str, Any]) -> object:
    return income_assign(
        group=group,
        isrc=said["song"],
        because=said["reason"],
        actor=actor,
        with_alike=said["alike"],
    )


def _ignore(group: Any, actor: Any, said: dict[str, Any]) -> object:
    return income_ignore(groups=[group], because=said["reason"], actor=actor)


def _settle(concern: Any, actor: Any, said: dict[str, Any]) -> object:
    return income_concern_settle(concern=concern, because=said["reason"], actor=actor)


@admin.register(IncomeMapping)
class IncomeMappingAdmin(RowsAdmin[IncomeMapping]):
    """How the tables of each source are read, revision by revision."""

    list_display = ("source", "revision", "made_by", "made_at")
    list_select_related = ("made_by",)
    list_filter = ("source",)
    search_fields = ("source",)
    fields = (*list_display, "body", "header_sha256")
