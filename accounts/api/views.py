"""Endpoints: parse, one call, respond."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import membership_of
from accounts.api.permissions import MemberInScope
from accounts.api.serializers import (
    JobEntry,
    JobQuerySerializer,
    JobSerializer,
    MeSerializer,
    OrganisationListSerializer,
    OrganisationSerializer,
)
from accounts.models import ApiToken
from accounts.selectors import memberships_of
from config.api.pages import CursorPages
from config.api.problems import ProblemError
from config.jobs.models import Job
from config.jobs.selectors import GROUPS, job_get
from config.jobs.services import job_cancel, job_retry

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from accounts.models import Membership

IDEMPOTENCY_KEY_LENGTH = 100


class MemberView(APIView):
    """The base of every endpoint: a member, with a token or a session, within their scope."""

    permission_classes = [MemberInScope]


class MeView(MemberView):
    """Who is calling."""

    @extend_schema(operation_id="me", tags=["me"], responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Say who is calling, for which organisation, and with which token."""
        token = request.auth if isinstance(request.auth, ApiToken) else None
        found = {"membership": membership_of(request), "token": token}
        return Response(MeSerializer(found).data)


def visible_memberships(request: Request) -> list[Membership]:
    """Return what the caller belongs to; a token belongs to its organisation only."""
    if isinstance(request.auth, ApiToken):
        return [request.auth.membership]
    return memberships_of(request.user)  # type: ignore[arg-type]  # the permission saw a person


class OrganisationListView(MemberView):
    """The caller's organisations."""

    @extend_schema(
        operation_id="organisation-list",
        tags=["organisations"],
        responses=OrganisationListSerializer,
    )
    def get(self, request: Request) -> Response:
        """List the organisations that the caller acts for, by name."""
        found = {"results": visible_memberships(request)}
        return Response(OrganisationListSerializer(found).data)


class OrganisationView(MemberView):
    """One organisation."""

    @extend_schema(
        operation_id="organisation-read",
        tags=["organisations"],
        responses=OrganisationSerializer,
    )
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """Read one of the caller's organisations."""
        for membership in visible_memberships(request):
            if membership.organisation_id == organisation_id:
                return Response(OrganisationSerializer(membership).data)
        raise Http404


class JobListView(MemberView):
    """The organisation's jobs."""

    @extend_schema(
        operation_id="job-list",
        tags=["jobs"],
        parameters=[JobQuerySerializer],
        responses=JobSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the jobs of the organisation, newest first."""
        query = JobQuerySerializer(data=request.query_params.dict())  # a plain dict: "" is a value
        query.is_valid(raise_exception=True)
        jobs = Job.objects.filter(
            tenant=membership_of(request).organisation_id,
            state__in=GROUPS[query.validated_data["group"]],
        ).select_related("retry")
        pages = CursorPages()
        page = pages.paginate_queryset(jobs, request, view=self) or []
        entries = [JobEntry.in_list(job) for job in page]
        return pages.get_paginated_response(JobSerializer(entries, many=True).data)  # type: ignore[arg-type]  # "many" takes a list

    pagination_class = CursorPages  # read by the schema


class JobView(MemberView):
    """One job."""

    def job(self, request: Request, job_id: UUID) -> Job:
        """Return the organisation's job, or raise 404."""
        job = job_get(membership_of(request).organisation_id, public_id=job_id)
        if job is None:
            raise Http404
        return job

    @extend_schema(operation_id="job-read", tags=["jobs"], responses=JobSerializer)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Read a job, with its place in the queue and the time left."""
        return Response(JobSerializer(JobEntry.alone(self.job(request, job_id))).data)


class JobCancelView(JobView):
    """Stop a job."""

    http_method_names = ["post"]

    @extend_schema(operation_id="job-cancel", tags=["jobs"], request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: UUID) -> Response:
        """Stop a job. It may run on for a second; one that has ended stays as it is."""
        refuse_other_bodies(request)
        job = job_cancel(job=self.job(request, job_id))
        return Response(JobSerializer(JobEntry.alone(job)).data)


class JobRetryView(JobView):
    """Try a failed job again."""

    http_method_names = ["post"]

    @extend_schema(
        operation_id="job-retry",
        tags=["jobs"],
        request=None,
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                required=True,
                pattern=rf"^[!-~]{{1,{IDEMPOTENCY_KEY_LENGTH}}}$",
                description="Of your own making. Sent twice, it starts one job.",
            )
        ],
        responses={
            201: JobSerializer,
            409: OpenApiResponse(description="It has not failed, or the key means something else."),
        },
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """Try a failed or cancelled job again, as a new job that keeps its finished steps."""
        refuse_other_bodies(request)
        old = self.job(request, job_id)
        key = idempotency_key(request)
        job = job_retry(job=old, idem=f"api:{old.tenant}:{key}")
        body = JobSerializer(JobEntry.alone(job)).data
        here = reverse("api:job", kwargs={"job_id": job.public_id})
        return Response(body, status=201, headers={"Location": request.build_absolute_uri(here)})


def idempotency_key(request: Request) -> str:
    """Return the caller's key: 1 to 100 printable ASCII characters.

    Raises
    ------
    ProblemError
        ``idempotency_key_missing``.
    """
    key: str = request.headers.get("Idempotency-Key", "").strip()
    if not (0 < len(key) <= IDEMPOTENCY_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise ProblemError("idempotency_key_missing")
    return key


def refuse_other_bodies(request: Request) -> Any:
    """Read the body, so that one that is no JSON is refused instead of overlooked (400, 415)."""
    return request.data
