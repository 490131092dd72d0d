"""Jobs for staff: read everything, change nothing by hand, cancel and retry through the services."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline

from config.jobs.models import Job, Stage, WorkerBeat
from config.jobs.services import JobNotFinishedError, job_cancel, job_retry

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

REFERENCE = re.compile(r"[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}")

# django-q2's own pages unpickle what they show, and a doorbell edited there moves no job.
for _model in apps.get_app_config("django_q").get_models(include_auto_created=True):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


class ReadOnly:
    """Rows that only services may change."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds rows by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes rows by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes rows by hand."""
        return False


class StageInline(ReadOnly, TabularInline):  # type: ignore[misc]
    """The finished stages of a job."""

    model = Stage
    fields = ["name", "input_key", "artefact", "attempt", "created_at"]
    readonly_fields = fields
    extra = 0


@admin.register(Job)
class JobAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Find a job by the reference that a person reads out, see its error, cancel or retry it."""

    list_display = ["shown_reference", "kind", "title", "queue", "state", "percent", "attempt"]
    list_display += ["created_at", "finished_at", "short_error"]
    list_filter = ["state", "queue", "kind", "error_code"]
    search_fields = ["title", "kind", "idem", "error_code"]
    search_help_text = _("Reference (7F2A-19C3), title, kind, idempotency key or error code")
    ordering = ["-id"]
    date_hierarchy = "created_at"
    list_per_page = 50
    show_full_result_count = False
    actions = ["cancel_jobs", "retry_jobs"]
    inlines = [StageInline]
    fieldsets = [
        (None, {"fields": ["shown_reference", "kind", "title", "state", "percent", "step"]}),
        (_("Error"), {"fields": ["error_code", "error"]}),
        (
            _("Asked"),
            {"fields": ["params", "idem", "tenant", "queue", "steps", "retry_of", "result"]},
        ),
        (
            _("Run"),
            {
                "fields": [
                    ("attempt", "max_attempts"),
                    "owner",
                    "cancel_requested",
                    ("lease_until", "rung_at", "not_before"),
                    ("created_at", "started_at", "finished_at"),
                ]
            },
        ),
    ]

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may cancel and retry: who may change jobs."""
        return request.user.has_perm("jobs.change_job")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        """Find by reference, which is the beginning of the public id, or by the usual fields."""
        if REFERENCE.fullmatch(term := search_term.strip()):
            digits = term.replace("-", "")
            first, last = UUID(digits + 24 * "0"), UUID(digits + 24 * "f")
            return queryset.filter(public_id__range=(first, last)), False
        found: tuple[QuerySet[Job], bool] = super().get_search_results(
            request, queryset, search_term
        )
        return found

    @admin.display(description=_("reference"), ordering="public_id")
    def shown_reference(self, job: Job) -> str:
        """Return what a person reads out to support."""
        return job.reference

    @admin.display(description=_("progress"), ordering="progress_ppm")
    def percent(self, job: Job) -> str:
        """Return the progress in whole per cent."""
        return f"{job.progress_ppm // 10_000} %"

    @admin.display(description=_("error"))
    def short_error(self, job: Job) -> str:
        """Return the last line of the error, which names it."""
        return (job.error.strip().splitlines() or [""])[-1][:80]

    @admin.action(description=_("Cancel the chosen jobs"), permissions=["act"])
    def cancel_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Cancel what waits or runs; what has ended stays as it is."""
        live = [job_cancel(job=job) for job in queryset.filter(state__in=Job.LIVE)]
        told = ngettext("%d job is cancelled.", "%d jobs are cancelled.", len(live))
        self.message_user(request, told % len(live), messages.SUCCESS)

    @admin.action(description=_("Try the chosen jobs again"), permissions=["act"])
    def retry_jobs(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Make a new job of each that failed or was cancelled."""
        made = 0
        for job in queryset.order_by("id"):
            try:
                job_retry(job=job, idem=f"admin-retry-{job.pk}")
            except JobNotFinishedError as refusal:
                self.message_user(request, f"{job.reference}: {refusal.message}", messages.WARNING)
            else:
                made += 1
        told = ngettext("%d job is tried again.", "%d jobs are tried again.", made)
        self.message_user(request, told % made, messages.SUCCESS)


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]
    """Which workers live."""

    list_display = ["queue", "cluster", "beat_at"]
    list_filter = ["queue"]
