"""The job centre: what runs, what is done, what failed; stop it, try it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import AuthenticatedHttpRequest, member_required, role_required
from accounts.policies import CAN_WRITE
from accounts.selectors import job_page as pages
from accounts.selectors import job_rows, jobs
from accounts.services.jobs import organisation_job_cancel, organisation_job_retry
from config.jobs.services import JobNotFinishedError

if TYPE_CHECKING:
    from uuid import UUID

    from config.jobs.models import Job


@require_safe
@member_required
def job_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Show the organisation's jobs; a poll that would change nothing gets a 304."""
    shown = jobs.PollTag.parse(request.htmx.ptag)
    live = jobs.live_jobs(request.membership)
    if shown.tag == live.tag:
        return HttpResponseNotModified()
    page = jobs.job_list(
        request.membership,
        live=live,
        tab=request.GET.get("tab"),
        before=request.GET.get("before"),
        shown=shown,
    )
    context = {"page": page, "live_jobs": live.count}  # the frame need not count them again
    return _whole_or_part(
        request, context, whole="accounts/job_list.html", part="accounts/_jobs.html"
    )


@require_safe
@member_required
def job_detail(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Show one job; a poll that would change nothing gets a 304."""
    job = _job_or_404(request, public_id)
    tag = pages.job_live_tag(job)
    if tag and request.htmx.ptag == tag:
        return HttpResponseNotModified()
    return _detail(request, job, tag=tag)


@require_POST
@role_required(*CAN_WRITE)
def job_cancel(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Stop a job; answer with the part of the page that asked, or go to the job's page."""
    job = organisation_job_cancel(
        membership=request.membership, job=_job_or_404(request, public_id)
    )
    if not _wants_part(request):
        if not job.cancel_requested:
            messages.info(request, _("This job had already ended; nothing was changed."))
        return redirect("accounts:job-detail", public_id=public_id)
    if request.POST.get("part") == "row":
        row = job_rows.job_row(request.membership, job)
        return render(request, "accounts/_job_row.html", {"row": row})
    return _detail(request, job, tag=pages.job_live_tag(job))


@require_POST
@role_required(*CAN_WRITE)
def job_retry(request: AuthenticatedHttpRequest, public_id: UUID) -> HttpResponse:
    """Try a job again as a new job, and go to it."""
    job = _job_or_404(request, public_id)
    try:
        again = organisation_job_retry(membership=request.membership, job=job)
    except JobNotFinishedError as refusal:
        page = pages.job_page(request.membership, job, tag=pages.job_live_tag(job))
        context = {"page": page, "refusal": refusal.message}
        return render(request, "accounts/job_detail.html", context, status=409)
    return redirect("accounts:job-detail", public_id=again.public_id)


def _job_or_404(request: AuthenticatedHttpRequest, public_id: UUID) -> Job:
    job = pages.job_find(request.membership, public_id=public_id)
    if job is None:
        raise Http404
    return job


def _detail(request: AuthenticatedHttpRequest, job: Job, *, tag: str) -> HttpResponse:
    page = pages.job_page(request.membership, job, tag=tag)
    return _whole_or_part(
        request, {"page": page}, whole="accounts/job_detail.html", part="accounts/_job.html"
    )


def _whole_or_part(
    request: AuthenticatedHttpRequest, context: dict[str, object], *, whole: str, part: str
) -> HttpResponse:
    """Answer a poll with the part that changes, everybody else with the page around it."""
    is_part = _wants_part(request)
    response = render(request, part if is_part else whole, {**context, "is_part": is_part})
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


def _wants_part(request: AuthenticatedHttpRequest) -> bool:
    # htmx calls a request "full" when it takes the new #main out of a whole page.
    return bool(request.htmx) and request.htmx.request_type == "partial"
