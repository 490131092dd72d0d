"""``manage.py royalties_import``, and the job that does the same for an upload."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from config.jobs.models import Job
from rights.models import Entry, IncomeFile
from rights.services.income import income_upload
from tests.rights.income.reports import NAME, Sale, financial, written
from tests.rights.income.sheets import make_sheet

pytestmark = pytest.mark.django_db


def run(*paths, **options):
    out = io.StringIO()
    call_command("royalties_import", *map(str, paths), json=True, stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_report_is_read_and_told_but_not_posted(tmp_path):
    make_sheet()
    [found] = run(
        written(
            tmp_path, financial([Sale(net="10"), Sale(isrc="QZTEN2600002", net="2")]), packed=True
        )
    )
    assert found["state"] == "read"
    assert found["groups"] == {"matched": 1, "unmatched": 1}
    assert found["micros"] == {"EUR": 12_000_000}
    assert (found["uses"], found["faults"], found["is_new"]) == (2, 0, True)
    assert not Entry.objects.exists()
    assert not Job.objects.exists()


def test_reading_it_again_changes_nothing(tmp_path):
    path = written(tmp_path, financial([Sale()]))
    [first], [second] = run(path), run(path)
    assert (second["is_new"], second["id"], second["groups"]) == (
        False,
        first["id"],
        first["groups"],
    )
    assert IncomeFile.objects.count() == 1


def test_one_refused_file_does_not_keep_the_others_from_being_read(tmp_path, capsys):
    good, bad = written(tmp_path, financial([Sale()])), tmp_path / "picture.tsv"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(
        CommandError, match="1 of 2 files were refused; the others are safe"
    ) as told:
        run(bad, good)
    assert told.value.returncode == 1
    states = dict(IncomeFile.objects.values_list("name", "state"))
    assert states == {NAME: "read", "picture.tsv": "refused"}
    assert "is not text" in IncomeFile.objects.get(state="refused").refusal


def test_a_missing_file_is_named_before_anything_is_read(tmp_path):
    with pytest.raises(
        CommandError, match=r"There is no file .*nowhere.tsv. Nothing was read"
    ) as told:
        run(written(tmp_path, financial([Sale()])), tmp_path / "nowhere.tsv")
    assert told.value.returncode == 2
    assert not IncomeFile.objects.exists()


def test_people_are_told_in_words(tmp_path, capsys):
    call_command("royalties_import", str(written(tmp_path, [*financial([Sale()])[:-1]])))
    told = capsys.readouterr().out
    assert "1 uses in 3 lines" in told
    assert "groups: 1 unmatched" in told


@pytest.mark.django_db(transaction=True)
def test_the_job_reads_an_upload(do_next_job):
    make_sheet()
    content = "\n".join([*financial([Sale(net="10")]), ""]).encode()
    file, _ = income_upload(name=NAME, stream=io.BytesIO(content), actor=None)
    outcome = do_next_job()
    file.refresh_from_db()
    assert (outcome, file.state, file.groups.get().micros) == ("done", "read", 10_000_000)


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_file_that_is_no_report_fails_with_its_sentence_and_is_read_again_on_request(
    do_next_job,
):
    file, _ = income_upload(name="x.tsv", stream=io.BytesIO(b"PK\x03\x04"), actor=None)
    outcome = do_next_job()
    file.refresh_from_db()
    assert (outcome, file.state) == ("refused", "refused")
    assert "ZIP archive" in file.refusal
    again, is_new = income_upload(name="x.tsv", stream=io.BytesIO(b"PK\x03\x04"), actor=None)
    assert (again.state, is_new) == ("uploaded", False)
    assert again.job_id != file.job_id
