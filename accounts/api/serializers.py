"""What the API says of people, organisations and jobs. Nothing here is written through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Membership, Organisation
from config.jobs.models import Job
from config.jobs.selectors import GROUPS, job_progress, progress_with

if TYPE_CHECKING:
    from config.jobs.selectors import JobProgress


class OrganisationSerializer(serializers.Serializer[Membership]):
    """An organisation as one of its members sees it."""

    id = serializers.UUIDField(source="organisation.id", read_only=True)
    name = serializers.CharField(source="organisation.name", read_only=True)
    kind = serializers.ChoiceField(
        source="organisation.kind", choices=Organisation.Kind.choices, read_only=True
    )
    role = serializers.ChoiceField(
        choices=Membership.Role.choices, read_only=True, help_text="Yours in it."
    )
    created_at = serializers.DateTimeField(source="organisation.created_at", read_only=True)


class OrganisationListSerializer(serializers.Serializer[Any]):
    """The organisations a caller may see; never more than one with a token."""

    results = OrganisationSerializer(many=True, read_only=True)


class TokenSerializer(serializers.Serializer[Any]):
    """The token in use."""

    name = serializers.CharField(read_only=True)
    prefix = serializers.CharField(read_only=True, help_text="Its first characters.")
    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)
    expires_at = serializers.DateTimeField(read_only=True, allow_null=True)


class MeSerializer(serializers.Serializer[Any]):
    """Who is calling, for whom, and with what."""

    email = serializers.EmailField(source="membership.user.email", read_only=True)
    name = serializers.CharField(source="membership.user.display_name", read_only=True)
    organisation = OrganisationSerializer(source="membership", read_only=True)
    token = TokenSerializer(
        read_only=True, allow_null=True, help_text="Null when a browser's session calls."
    )


@dataclass(frozen=True, slots=True)
class JobEntry:
    """A job with what a person sees of it."""

    job: Job
    progress: JobProgress

    @classmethod
    def in_list(cls, job: Job) -> JobEntry:
        """Return an entry that costs no further query; place and time left are left out."""
        return cls(job, progress_with(job, queue_place=None, eta_s=None))

    @classmethod
    def alone(cls, job: Job) -> JobEntry:
        """Return the full entry."""
        return cls(job, job_progress(job))


class JobErrorSerializer(serializers.Serializer[Any]):
    """Why a job failed."""

    code = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True, help_text="In words for people.")


class JobSerializer(serializers.Serializer[JobEntry]):
    """A piece of background work."""

    id = serializers.UUIDField(source="job.public_id", read_only=True)
    reference = serializers.CharField(
        source="job.reference", read_only=True, help_text="What to tell support."
    )
    kind = serializers.CharField(source="job.kind", read_only=True)
    title = serializers.CharField(source="progress.title", read_only=True)
    state = serializers.ChoiceField(source="job.state", choices=Job.State.choices, read_only=True)
    percent = serializers.IntegerField(
        source="progress.percent", read_only=True, min_value=0, max_value=100
    )
    step = serializers.CharField(source="progress.step", read_only=True)
    step_number = serializers.IntegerField(source="progress.step_number", read_only=True)
    step_count = serializers.IntegerField(source="progress.step_count", read_only=True)
    attempt = serializers.IntegerField(source="job.attempt", read_only=True)
    max_attempts = serializers.IntegerField(source="job.max_attempts", read_only=True)
    is_cancelling = serializers.BooleanField(source="progress.is_cancelling", read_only=True)
    can_retry = serializers.BooleanField(source="progress.can_retry", read_only=True)
    queue_place = serializers.IntegerField(
        source="progress.queue_place",
        read_only=True,
        allow_null=True,
        help_text="1 is next. Only for one waiting job, never in lists.",
    )
    eta_s = serializers.IntegerField(
        source="progress.eta_s",
        read_only=True,
        allow_null=True,
        help_text="Seconds left by the measured history, when known. Never in lists.",
    )
    error = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="job.created_at", read_only=True)
    started_at = serializers.DateTimeField(source="job.started_at", read_only=True, allow_null=True)
    finished_at = serializers.DateTimeField(
        source="job.finished_at", read_only=True, allow_null=True
    )

    @extend_schema_field(JobErrorSerializer(allow_null=True))
    def get_error(self, entry: JobEntry) -> dict[str, str] | None:
        """Return code and words of the failure, or None."""
        if entry.job.state != Job.State.FAILED:
            return None
        return {"code": entry.progress.error_code, "detail": entry.progress.error}


class JobQuerySerializer(serializers.Serializer[Any]):
    """How a list of jobs is narrowed."""

    group = serializers.ChoiceField(
        choices=list(GROUPS), default="all", help_text="Which jobs: by where they stand."
    )
