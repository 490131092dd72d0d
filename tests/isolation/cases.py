"""The verdict of every URL name. Who adds a URL adds its case here, or the walk fails."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import resolve
from django.utils import timezone

from accounts.models import DataExport, Membership
from accounts.services.invitations import invitation_send
from accounts.services.mail_preferences import mail_stop_url
from accounts.services.tokens import token_create
from config.lib import blobs
from config.media import signed_url
from library.models import Asset, Track
from library.services.uploads import upload_create
from tests.isolation.case import Case, Viewer, listing, owned, personal, public
from tests.isolation.cases_labels import LABELS
from tests.isolation.cases_receipts import RECEIPTS
from tests.isolation.cases_rights import CATALOGUE, SETS
from tests.isolation.cases_songs import SONGS
from tests.jobs.factories import make_job

if TYPE_CHECKING:
    from tests.cast import Cast

# ---------------------------------------------------------------- one of everything, Alice's


def alices_session(cast: Cast) -> dict[str, Any]:
    """A session in which Alice is logged in."""
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store["_auth_user_id"] = str(cast.alice.pk)
    store.save()
    row = UserSession.objects.create(
        user=cast.alice, session_key=store.session_key, ip="127.0.0.1", user_agent="Firefox"
    )
    return {"session_id": row.pk}


def reset_key(cast: Cast) -> dict[str, Any]:
    """A key of a password mail that nobody sent."""
    return {"uidb36": "1", "key": "nobody-sent-this"}


def alices_file(cast: Cast) -> dict[str, Any]:
    """A link that was signed for Alice."""
    key = blobs.put(BytesIO(b"RIFF of Alice"), suffix=".wav")
    link = signed_url(
        key, user_id=cast.alice.pk, filename="song.wav", content_type="audio/wav", inline=True
    )
    return dict(resolve(link).kwargs)


def alices_passkey(cast: Cast) -> dict[str, Any]:
    """A passkey of Alice's."""
    row = Authenticator.objects.create(
        user=cast.alice, type=Authenticator.Type.WEBAUTHN, data={"name": "Alice's phone"}
    )
    return {"pk": row.pk}


def alices_failed_job(cast: Cast) -> dict[str, Any]:
    """A job of the studio that may be looked at, cancelled (in vain) and tried again."""
    job = make_job("failed", tenant=cast.studio.pk)
    return {"public_id": job.public_id}


def alices_waiting_job(cast: Cast) -> dict[str, Any]:
    """A job of the studio that may be cancelled."""
    return {"public_id": make_job(tenant=cast.studio.pk).public_id}


def bobs_membership(cast: Cast) -> dict[str, Any]:
    """Bob's place in the studio."""
    row = Membership.objects.get(user=cast.bob, organisation=cast.studio)
    return {"member_id": row.pk}


def open_invitation(cast: Cast) -> dict[str, Any]:
    """An invitation to the studio that waits for somebody."""
    alice = Membership.objects.get(user=cast.alice, organisation=cast.studio)
    row = invitation_send(actor=alice, email="guest@example.net", role="viewer")
    return {"invitation_id": row.pk}


def alices_token(cast: Cast) -> dict[str, Any]:
    """A token of Alice's."""
    alice = Membership.objects.get(user=cast.alice, organisation=cast.studio)
    made = token_create(membership=alice, name="Alice's script", scopes=["write"])
    return {"token_id": made.token.pk}


def alices_export(cast: Cast) -> dict[str, Any]:
    """A copy of Alice's data, ready for download."""
    key = blobs.put(BytesIO(b"PK of Alice"), suffix=".zip")
    row = DataExport.objects.create(
        user=cast.alice,
        key=key,
        ready_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=7),
    )
    return {"export_id": row.pk}


def mail_stop_token(cast: Cast) -> dict[str, Any]:
    """The link with which Alice stops a kind of mail."""
    url = mail_stop_url(user=cast.alice, kind="export")
    return dict(resolve(urlsplit(url).path).kwargs)


def link_token(cast: Cast) -> dict[str, Any]:
    """A secret of a link that nobody sent."""
    return {"token": "nobody-sent-this"}


def alices_studio(cast: Cast) -> dict[str, Any]:
    """The studio itself."""
    return {"organisation_id": cast.studio.pk}


def waiting_job_of_the_api(cast: Cast) -> dict[str, Any]:
    """A job that could be cancelled."""
    return {"job_id": alices_waiting_job(cast)["public_id"]}


def failed_job_of_the_api(cast: Cast) -> dict[str, Any]:
    """A job that could be tried again."""
    return {"job_id": alices_failed_job(cast)["public_id"]}


def alices_upload(cast: Cast) -> dict[str, Any]:
    """An upload that is half here."""
    row = upload_create(
        organisation=cast.studio,
        user=cast.alice,
        filename="song.wav",
        size_bytes=1000,
        now=timezone.now(),
    )
    return {"upload_id": row.pk}


def alices_track(cast: Cast) -> dict[str, Any]:
    """A song of Alice's."""
    row = Track.objects.create(
        organisation=cast.studio, filename="song.wav", size_bytes=1000, title="Alice's song"
    )
    return {"track_id": row.pk}


def alices_master(cast: Cast) -> dict[str, Any]:
    """A song of Alice's that can be heard, and that nobody has heard yet."""
    made = alices_track(cast)
    Asset.objects.create(
        track_id=made["track_id"],
        kind=Asset.Kind.MASTER,
        key=blobs.put(BytesIO(b"the master of Alice's song"), suffix=".flac"),
        content_type="audio/flac",
        size_bytes=26,
    )
    return made


def chosen_track(cast: Cast) -> dict[str, Any]:
    """A form in which a song of Alice's is ticked."""
    return {"track": str(alices_track(cast)["track_id"])}


# ---------------------------------------------------------------- verdicts

PAGES: list[Case] = [
    public("home", "says what Tenfold is; the log-in is the next step"),
    public("accounts:theme-set", "sets a cookie of the browser's own; it names nobody"),
    public("styleguide", "answers 404 to all but staff, and shows invented things only"),
    listing("library:home"),
    owned("media", alices_file),
    public("favicon", "leads to the picture of the tab, which is a public file"),
    public("livez", "says that the process answers; load balancers have no session"),
    public("readyz", "names checks and ages; details only for staff and holders of the token"),
    public("metrics", "refuses whoever does not send the token of the monitoring"),
    owned("library:tus-upload", alices_upload, viewer=Viewer.NOTHING),
    listing("library:tus"),
    listing("library:upload", viewer=Viewer.NOTHING),
    listing("library:delete", body=chosen_track, viewer=Viewer.NOTHING),
    listing("library:restore", body=chosen_track, viewer=Viewer.NOTHING),
    owned("library:track-detail", alices_track),
    owned("library:cover", alices_track),
    # Who listens first has the small file made (ADR 107), and a viewer listens.
    owned("library:track-listen", alices_master, viewer=Viewer.ACTS),
    owned(
        "library:track-correct",
        alices_track,
        data={"what": "tempo", "do": "set", "bpm": "99"},
        viewer=Viewer.NOTHING,
    ),
    owned("library:track-edit", alices_track, data={"title": "Taken"}, viewer=Viewer.NOTHING),
]

SIGN_IN: list[Case] = [
    public("account_login", "nobody has a session before it"),
    public("account_logout", "asks first; without a session there is nothing to end"),
    public("account_inactive", "tells a closed account why it cannot log in"),
    public("account_signup", "nobody has an account before it"),
    public("account_email_verification_sent", "says the same to everybody after signing up"),
    public("account_reset_password", "whoever forgot it cannot log in"),
    public("account_reset_password_done", "says the same whether or not the address is known"),
    public("account_reset_password_from_key", "the key of the mail is the permission", reset_key),
    public("account_reset_password_from_key_done", "says that the new password counts from now"),
    public("account_confirm_login_code", "the code of the mail is the permission"),
    public("mfa_authenticate", "second step of a log-in: the first is in the session"),
    public("mfa_index", "redirects allauth's overview to our own page, which asks for a log-in"),
    public(
        "usersessions_list", "redirects allauth's list to our own page, which asks for a log-in"
    ),
    public("mfa_login_webauthn", "gives a challenge; only the passkey that answers it logs in"),
    personal("mfa_list_webauthn"),
    personal("mfa_add_webauthn"),
    personal("mfa_reauthenticate_webauthn"),
    personal("mfa_remove_webauthn", alices_passkey),
    personal("mfa_edit_webauthn", alices_passkey),
    personal("account_reauthenticate"),
    personal("account_email"),
    personal("account_change_password"),
    personal("account_set_password"),
    personal("mfa_reauthenticate"),
    personal("mfa_activate_totp"),
    personal("mfa_deactivate_totp"),
    personal("mfa_view_recovery_codes"),
    personal("mfa_generate_recovery_codes"),
    personal("mfa_download_recovery_codes"),
]

SETTINGS: list[Case] = [
    personal("accounts:profile"),
    personal("accounts:security"),
    personal("accounts:mail-preferences"),
    public("accounts:mail-stop", "the signed link of the mail is the permission", mail_stop_token),
    personal("accounts:session-list"),
    personal("accounts:session-end-others"),
    personal("accounts:session-end", alices_session),
]

ORGANISATIONS: list[Case] = [
    personal("accounts:organisation-list"),
    personal("accounts:organisation-create"),
    personal("accounts:organisation-switch"),
    listing("accounts:organisation-edit", data={"name": "Taken over"}),
    listing("accounts:organisation-close", data={"name": "Taken over"}, viewer=Viewer.NOTHING),
    listing("accounts:organisation-reopen", viewer=Viewer.NOTHING),
    listing("accounts:member-list"),
    listing(
        "accounts:invitation-send",
        data={"email": "x@example.net", "role": "viewer"},
        viewer=Viewer.NOTHING,
    ),
    owned("accounts:member-role", bobs_membership, data={"role": "viewer"}, viewer=Viewer.NOTHING),
    owned("accounts:member-remove", bobs_membership, viewer=Viewer.NOTHING),
    owned("accounts:invitation-resend", open_invitation, viewer=Viewer.NOTHING),
    owned("accounts:invitation-withdraw", open_invitation, viewer=Viewer.NOTHING),
    owned("accounts:invitation-accept", open_invitation, viewer=Viewer.NOTHING),
    owned("accounts:invitation-decline", open_invitation, viewer=Viewer.NOTHING),
    public("accounts:invitation-show", "the secret of the mail is the permission", link_token),
    public("accounts:invitation-refuse", "the secret of the mail is the permission", link_token),
    listing("accounts:token-list", viewer=Viewer.ACTS),
    owned("accounts:token-revoke", alices_token, viewer=Viewer.NOTHING),
    listing("accounts:activity", viewer=Viewer.NOTHING),
    personal("accounts:data"),
    personal("accounts:data-export"),
    personal("accounts:data-download", alices_export),
    personal("accounts:deletion-request"),
    personal("accounts:deletion-cancel"),
    public("accounts:deletion-show", "the secret of the mail is the permission", link_token),
]

JOBS: list[Case] = [
    listing("accounts:job-list"),
    owned("accounts:job-detail", alices_waiting_job),
    owned("accounts:job-cancel", alices_waiting_job, viewer=Viewer.NOTHING),
    owned("accounts:job-retry", alices_failed_job, viewer=Viewer.NOTHING),
]

API: list[Case] = [
    public("apiframe:schema", "describes the doors of the API and holds no data"),
    public("apiframe:reference", "the same for people to read"),
    public("apiframe:unknown", "a problem for every path that leads nowhere"),
    listing("api:me"),
    listing("api:organisation-list"),
    owned("api:organisation", alices_studio),
    listing("api:job-list"),
    owned("api:job", waiting_job_of_the_api),
    owned("api:job-cancel", waiting_job_of_the_api, viewer=Viewer.NOTHING),
    owned("api:job-retry", failed_job_of_the_api, viewer=Viewer.NOTHING),
]

CASES: list[Case] = [
    *API,
    *CATALOGUE,
    *JOBS,
    *LABELS,
    *ORGANISATIONS,
    *PAGES,
    *RECEIPTS,
    *SETS,
    *SIGN_IN,
    *SETTINGS,
    *SONGS,
]

# Routes without a name: nothing links to them by name, so nothing else can be said of them here.
UNNAMED: dict[str, str] = {
    "account/2fa/": "redirects allauth's overview to our own page",
    "account/sessions/": "redirects allauth's overview to our own page",
}
