"""Download my data: asked for, made by a job, mailed, downloaded, gone after a week."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import DataExport, Membership, OutgoingMail
from accounts.services import data_exports, personal_data
from accounts.services.data_exports import data_export_request, data_exports_expire
from accounts.services.tokens import token_create
from accounts.tasks.data import data_sweep
from config.jobs import registry
from config.jobs.models import Job
from config.jobs.services import job_retry
from config.lib import blobs
from tests.accounts.confirmed import confirm_password, run_job

pytestmark = pytest.mark.django_db

PAGE = reverse("accounts:data")
ASK = reverse("accounts:data-export")


@pytest.fixture
def ready(cast) -> DataExport:
    """Alice's copy, made by the job."""
    alice = Membership.objects.get(user=cast.alice, organisation=cast.studio)
    token_create(membership=alice, name="laptop", scopes=["read"])
    export = data_export_request(user=cast.alice)
    assert run_job(export.job) == "done"
    export.refresh_from_db()
    return export


def download_url(export) -> str:
    return reverse("accounts:data-download", args=[export.pk])


def archive_of(export) -> dict[str, str]:
    with blobs.open_blob(export.key) as stream, zipfile.ZipFile(io.BytesIO(stream.read())) as made:
        assert made.testzip() is None
        return {name: made.read(name).decode() for name in made.namelist()}


def test_asking_needs_the_password_and_then_starts_a_job_of_no_tenant(cast, client):
    client.force_login(cast.alice)
    assert client.post(ASK)["Location"].startswith("/account/reauthenticate/")
    assert not DataExport.objects.exists()
    confirm_password(client)
    assert client.post(ASK)["Location"] == PAGE
    job = DataExport.objects.get().job
    assert (job.kind, job.queue, job.tenant, job.state) == ("account.export", "cpu", None, "queued")
    assert "Being made" in client.get(PAGE).content.decode()


def test_archive_holds_everything_about_the_person_and_nothing_of_others(cast, ready):
    files = archive_of(ready)
    profile = json.loads(files["accounts/profile.json"])
    assert profile[0]["email"] == "alice@example.com"
    memberships = json.loads(files["accounts/memberships.json"])
    assert [m["organisation__name"] for m in memberships] == ["Alice's Studio"]
    assert json.loads(files["accounts/api_tokens.json"])[0]["name"] == "laptop"
    assert json.loads(files["accounts/activity.json"])[-1]["action"] == "accounts.token.created"
    everything = "".join(files.values())
    assert not [n for n in ("bob@", "vera@", "charlie@", "rita@", "sam@") if n in everything]
    assert all(f"  {name}" in files["README.txt"] for name in files if name != "README.txt")


def test_archive_holds_no_secret(cast, ready):
    everything = "".join(archive_of(ready).values())
    assert cast.alice.password not in everything
    assert "digest" not in everything
    assert "password" not in everything.replace("Passwords, keys", "").lower()


def test_apps_above_add_their_own_data(cast, monkeypatch):
    monkeypatch.setattr(personal_data, "_holders", {})
    personal_data.personal_data_register(
        "upper", collect="tests.accounts.confirmed.upper_collect", erase="x.y"
    )
    export = data_export_request(user=cast.alice)
    run_job(export.job)
    export.refresh_from_db()
    assert json.loads(archive_of(export)["upper/songs.json"]) == [cast.alice.pk]


def test_finished_copy_is_mailed_and_listed(cast, client, ready):
    mail = OutgoingMail.objects.get(template="accounts/export_ready")
    assert mail.to == "alice@example.com"
    assert download_url(ready) in mail.text
    assert ready.expires_at - ready.ready_at == timedelta(days=7)
    client.force_login(cast.alice)
    assert download_url(ready) in client.get(PAGE).content.decode()


def test_job_that_runs_twice_makes_one_copy_and_one_mail(cast, ready):
    assert run_job(ready.job) == "lease_lost"
    assert OutgoingMail.objects.filter(template="accounts/export_ready").count() == 1


def test_download_gives_the_file_to_this_person(cast, client, ready):
    client.force_login(cast.alice)
    answer = client.get(download_url(ready), follow=True)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert len(b"".join(answer.streaming_content)) == ready.size_bytes


def test_link_is_of_no_use_to_anybody_else(cast, client, ready):
    client.force_login(cast.alice)
    media = client.get(download_url(ready))["Location"]
    for who in (cast.bob, cast.charlie, cast.sam):
        client.force_login(who)
        assert client.get(download_url(ready)).status_code == 404
        assert client.get(media).status_code == 404
    client.logout()
    assert client.get(download_url(ready))["Location"].startswith(reverse("account_login"))


def test_copy_is_gone_after_its_days(cast, client, ready):
    key = ready.key
    DataExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client.force_login(cast.alice)
    assert client.get(download_url(ready)).status_code == 404
    assert blobs.exists(key)
    data_sweep()
    assert not blobs.exists(key)
    assert data_exports_expire() == 0
    assert "the file is gone" in client.get(PAGE).content.decode()


def test_one_at_a_time_and_three_a_day(cast, client, monkeypatch):
    client.force_login(cast.alice)
    confirm_password(client)
    client.post(ASK)
    again = client.post(ASK)
    assert again.status_code == 422
    assert "being made already" in again.content.decode()
    monkeypatch.setattr(data_exports, "PER_DAY", 1)
    Job.objects.update(state="failed", finished_at=timezone.now())
    assert "which is the most" in client.post(ASK).content.decode()
    assert DataExport.objects.count() == 1


def test_failed_copy_says_so_with_its_reference(cast, client):
    export = data_export_request(user=cast.alice)
    Job.objects.update(state="failed", finished_at=timezone.now())
    client.force_login(cast.alice)
    page = client.get(PAGE).content.decode()
    assert "could not be made" in page
    assert export.job.reference in page


def test_copy_follows_the_job_that_staff_try_again(cast):
    export = data_export_request(user=cast.alice)
    Job.objects.update(state="failed", finished_at=timezone.now())
    new = job_retry(job=export.job, idem="again")
    export.refresh_from_db()
    assert export.job == new
    assert run_job(new) == "done"


def test_pages_need_log_in_and_the_right_method(cast, client, ready):
    for url in (PAGE, ASK):
        ask = client.post if url == ASK else client.get
        assert ask(url)["Location"].startswith(reverse("account_login"))
    client.force_login(cast.alice)
    assert client.get(ASK).status_code == 405
    assert client.post(PAGE).status_code == 405
    assert client.post(download_url(ready)).status_code == 405


def test_kinds_are_registered_with_the_job_layer():
    for kind in ("account.export", "account.erase"):
        assert callable(registry.get(kind).load())
