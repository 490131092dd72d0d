"""Addresses of the accounts app."""

from __future__ import annotations

from django.urls import path

from accounts.views import (
    activity,
    closings,
    data,
    invitations,
    jobs,
    mail_preferences,
    members,
    organisations,
    security,
    tokens,
)
from accounts.views.theme import theme_set

app_name = "accounts"
urlpatterns = [
    path("theme/", theme_set, name="theme-set"),
    path("settings/profile/", security.profile, name="profile"),
    path("settings/security/", security.security, name="security"),
    path("settings/sessions/", security.sessions, name="session-list"),
    path("settings/sessions/end-others/", security.end_other_sessions, name="session-end-others"),
    path("settings/sessions/<int:session_id>/end/", security.end_session, name="session-end"),
    path("organisations/", organisations.organisation_list, name="organisation-list"),
    path("organisations/new/", organisations.organisation_new, name="organisation-create"),
    path("organisations/switch/", organisations.organisation_switch, name="organisation-switch"),
    path("organisations/settings/", organisations.organisation_edit, name="organisation-edit"),
    path("organisations/close/", closings.organisation_close, name="organisation-close"),
    path("organisations/reopen/", closings.organisation_reopen, name="organisation-reopen"),
    path("organisations/members/", members.member_list, name="member-list"),
    path("organisations/members/invite/", members.member_invite, name="invitation-send"),
    path("organisations/members/<int:member_id>/role/", members.member_role, name="member-role"),
    path(
        "organisations/members/<int:member_id>/remove/", members.member_remove, name="member-remove"
    ),
    path(
        "organisations/invitations/<uuid:invitation_id>/resend/",
        members.invitation_again,
        name="invitation-resend",
    ),
    path(
        "organisations/invitations/<uuid:invitation_id>/withdraw/",
        members.invitation_back,
        name="invitation-withdraw",
    ),
    path(
        "organisations/invitations/<uuid:invitation_id>/accept/",
        invitations.invitation_join,
        name="invitation-accept",
    ),
    path(
        "organisations/invitations/<uuid:invitation_id>/decline/",
        invitations.invitation_turn_down,
        name="invitation-decline",
    ),
    path("invitations/<str:token>/", invitations.invitation_show, name="invitation-show"),
    path(
        "invitations/<str:token>/decline/", invitations.invitation_refuse, name="invitation-refuse"
    ),
    path("jobs/", jobs.job_list, name="job-list"),
    path("jobs/<uuid:public_id>/", jobs.job_detail, name="job-detail"),
    path("jobs/<uuid:public_id>/cancel/", jobs.job_cancel, name="job-cancel"),
    path("jobs/<uuid:public_id>/retry/", jobs.job_retry, name="job-retry"),
    path("settings/tokens/", tokens.token_list, name="token-list"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.token_end, name="token-revoke"),
    path("settings/mail/", mail_preferences.mail_preferences, name="mail-preferences"),
    path("mail/<str:token>/", mail_preferences.mail_stop, name="mail-stop"),
    path("settings/activity/", activity.activity, name="activity"),
    path("settings/data/", data.data, name="data"),
    path("settings/data/export/", data.data_export, name="data-export"),
    path("settings/data/<uuid:export_id>/download/", data.data_download, name="data-download"),
    path("settings/data/delete/", data.deletion_request, name="deletion-request"),
    path("settings/data/delete/cancel/", data.deletion_cancel, name="deletion-cancel"),
    path("settings/data/deletion/<str:token>/", data.deletion_show, name="deletion-show"),
]
