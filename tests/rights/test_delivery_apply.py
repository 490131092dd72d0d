"""The job that applies a delivery: once, whoever presses, dies, cancels or tries again meanwhile."""

from __future__ import annotations

import os
import signal
import time
from datetime import date

import pytest
from django.db import connection

from accounts.models import AuditEntry
from config.jobs import attempts, reaper, worker
from config.jobs.models import Job
from config.jobs.services import job_cancel, job_retry
from rights.exceptions import ImportRefusedError
from rights.models import Consent, ImportRun, OwnerHint, Recording, RecordingFact
from rights.selectors.import_progress import import_progress
from rights.services import import_apply as service
from rights.services.catalogue_import import (
    Terms,
    import_begin,
    import_discard,
    import_map,
    import_preview,
)
from rights.services.import_apply import import_apply, import_apply_ask, import_apply_some
from tests.rights.factories import make_party, make_recording

pytestmark = pytest.mark.django_db(transaction=True)

TERMS = Terms("allowed", "", date(2026, 1, 1), None, "Rita")


def isrc(number: int) -> str:
    return f"QZTEN26{number:05d}"


@pytest.fixture
def saltline(cast):
    return make_party("Saltline", organisation=cast.label)


@pytest.fixture
def bring(saltline, cast):
    """Return a function that brings a table of so many rows as far as its preview."""

    def make(rows: int) -> ImportRun:
        lines = "".join(f"{isrc(n)},T{n},A\n" for n in range(1, rows + 1))
        run = import_begin(
            label=saltline,
            filename="ten.csv",
            content=f"ISRC,Title,Artist\n{lines}".encode(),
            actor=cast.rita,
            organisation=cast.label,
            terms=TERMS,
        )
        run = import_map(run=run, mapping=run.mapping, actor=cast.rita)
        return import_preview(run=run, actor=cast.rita)

    return make


def counts() -> dict[str, int]:
    models = (Recording, RecordingFact, OwnerHint, Consent)
    return {model.__name__: model.objects.count() for model in models}


def once(rows: int) -> dict[str, int]:
    """Return what the catalogue holds when each row is written once."""
    # Title, artist, artists and the label's name are told of each; the label is the one hint.
    return {"Recording": rows, "RecordingFact": 4 * rows, "OwnerHint": rows, "Consent": rows}


def test_the_job_writes_each_row_once_and_says_where_the_result_is(bring, cast, do_next_job):
    run = import_apply_ask(run=bring(120), actor=cast.rita)
    assert (run.state, run.is_applying, counts()) == ("previewed", True, once(0))
    job = run.job
    assert (job.kind, job.queue, job.tenant) == ("rights.delivery.apply", "cpu", cast.label.pk)
    assert job.params == {"import": str(run.pk), "actor": str(cast.rita.pk)}
    assert do_next_job() == "done"
    run = ImportRun.objects.get()
    job.refresh_from_db()
    assert (run.state, counts(), run.is_applying) == ("applied", once(120), False)
    assert job.result == {"url": f"/catalogue/deliveries/{run.pk}/"}
    entry = AuditEntry.objects.get(action="rights.import.applied")
    assert (entry.actor, entry.data) == (cast.rita, {"recordings": 120})
    assert set(Consent.objects.values_list("entered_by", flat=True)) == {cast.rita.pk}


def test_asked_twice_is_one_job_and_after_the_end_nothing(bring, cast, do_next_job):
    run = bring(3)
    first = import_apply_ask(run=run, actor=cast.rita)
    second = import_apply_ask(run=run, actor=cast.sam)
    assert first.job_id == second.job_id
    assert do_next_job() == "done"
    assert import_apply_ask(run=run, actor=cast.rita).state == "applied"
    assert (Job.objects.count(), counts()) == (1, once(3))


def test_a_job_and_a_command_at_once_write_each_row_once(bring, cast, do_next_job):
    run = import_apply_ask(run=bring(60), actor=cast.rita)
    import_apply(run=run, actor=None)
    assert do_next_job() == "done"
    assert counts() == once(60)
    assert AuditEntry.objects.filter(action="rights.import.applied").count() == 1


@pytest.mark.slow
def test_killed_in_the_middle_and_run_again_each_recording_is_there_once(bring, cast, do_next_job):
    rows = 500
    run = import_apply_ask(run=bring(rows), actor=cast.rita)
    connection.close()  # the other process opens its own
    if not (child := os.fork()):
        try:
            do_next_job()
        finally:
            os._exit(0)
    until = time.monotonic() + 60
    while not Recording.objects.exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    time.sleep(0.2)  # the server notices that its client is gone, and rolls back
    cut = import_progress(run)
    assert 0 < cut.written < rows
    assert cut.written % service.ROWS_AT_ONCE == 0
    assert counts() == once(cut.written), "what is written is written whole"
    assert ImportRun.objects.get().state == "previewed"
    Job.objects.update(lease_until="2026-01-01T00:00:00Z")
    reaper.reap()
    Job.objects.update(not_before=None)
    assert do_next_job() == "done"
    job = Job.objects.get()
    assert (job.state, job.attempt, counts()) == ("succeeded", 2, once(rows))


def test_a_row_that_breaks_takes_its_step_back_and_no_more(bring, cast, do_next_job, monkeypatch):
    run = import_apply_ask(run=bring(60), actor=cast.rita)

    def breaking(*, told, hints):
        assert told.isrc != isrc(55), "breaks"
        return write(told=told, hints=hints)

    write = service.recording_upsert
    with monkeypatch.context() as patch:
        patch.setattr(service, "recording_upsert", breaking)
        assert do_next_job() == "failed"
    assert (import_progress(run).written, counts()) == (50, once(50))
    Job.objects.update(not_before=None)
    assert do_next_job() == "done"
    assert counts() == once(60)


def test_cancelled_while_it_waits_nothing_is_written_and_it_can_be_asked_again(
    bring, cast, do_next_job
):
    run = import_apply_ask(run=bring(3), actor=cast.rita)
    job_cancel(job=run.job)
    told = import_progress(run)
    assert (told.is_stopped, told.is_cancelled, told.written, told.tag) == (True, True, 0, "")
    assert counts() == once(0)
    again = import_apply_ask(run=run, actor=cast.rita)
    assert again.job.retry_of == run.job
    assert import_apply_ask(run=run, actor=cast.rita).job == again.job
    assert do_next_job() == "done"
    assert counts() == once(3)


def test_cancelled_in_the_middle_leaves_what_it_says_and_the_rest_follows(bring, cast, do_next_job):
    run = import_apply_ask(run=bring(60), actor=cast.rita)
    import_apply_some(run=run, actor=cast.rita)
    job_cancel(job=run.job)
    told = import_progress(run)
    assert (told.written, told.left, told.total) == (50, 10, 60)
    assert counts() == once(50)
    with pytest.raises(ImportRefusedError, match="Part of this delivery"):
        import_map(run=run, mapping=run.mapping, actor=cast.rita)
    with pytest.raises(ImportRefusedError, match="Part of this delivery"):
        import_preview(run=run, actor=cast.rita)
    new = job_retry(job=run.job, idem="by the job centre")
    assert ImportRun.objects.get().job == new
    assert do_next_job() == "done"
    assert counts() == once(60)


def test_a_worker_that_lost_the_job_writes_nothing_more(bring, cast):
    run = import_apply_ask(run=bring(3), actor=cast.rita)
    claimed = worker.claim_next("cpu")
    Job.objects.update(attempt=claimed.attempt + 1)
    reply = attempts.attempt_job(job_id=claimed.id, attempt=claimed.attempt)
    assert (reply.outcome, counts()) == ("lease_lost", once(0))
    assert ImportRun.objects.get(pk=run.pk).state == "previewed"


def test_while_it_is_applied_it_is_neither_read_anew_nor_discarded(bring, cast):
    run = import_apply_ask(run=bring(3), actor=cast.rita)
    for act in (import_preview, import_discard):
        with pytest.raises(ImportRefusedError, match="being applied"):
            act(run=run, actor=cast.rita)
    with pytest.raises(ImportRefusedError, match="being applied"):
        import_map(run=run, mapping=run.mapping, actor=cast.rita)
    assert (ImportRun.objects.get().state, run.rows.count()) == ("previewed", 3)


def test_discarded_before_another_try_the_job_writes_nothing(bring, cast, do_next_job):
    run = import_apply_ask(run=bring(3), actor=cast.rita)
    job_cancel(job=run.job)
    import_discard(run=run, actor=cast.rita)
    with pytest.raises(ImportRefusedError):
        import_apply_ask(run=run, actor=cast.rita)
    assert Job.objects.count() == 1
    job_retry(job=run.job, idem="by the job centre")
    assert do_next_job() == "refused"
    assert (ImportRun.objects.get().state, counts()) == ("discarded", once(0))


def test_rows_that_all_became_anothers_end_in_a_sentence(bring, cast, do_next_job):
    run = import_apply_ask(run=bring(1), actor=cast.rita)
    make_recording(isrc=isrc(1), label=make_party("Deepwater"))
    assert do_next_job() == "refused"
    assert "There is nothing to apply" in import_progress(run).error
    assert (run.rows.get().action, Consent.objects.count()) == ("refuse", 0)
