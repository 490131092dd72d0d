"""A label's delivery: nothing before it is applied, everything once, and by command with audio."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
import soundfile
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from rights.domain.facts import Fact, believed
from rights.exceptions import ImportRefusedError
from rights.models import (
    Consent,
    ImportRow,
    ImportRun,
    OwnerHint,
    Party,
    Recording,
    RecordingFact,
    RecordingFingerprint,
)
from rights.selectors.consents import consent_of
from rights.selectors.imports import import_list, import_page
from rights.selectors.owners import owner_proposal
from rights.services.catalogue_import import (
    Terms,
    import_begin,
    import_discard,
    import_map,
    import_preview,
)
from rights.services.import_apply import import_apply
from rights.services.recordings import Told, recording_upsert
from tests.library.sounds import encoded, tone
from tests.rights.factories import make_party, make_recording
from tests.rights.recognition.sounds import song

pytestmark = pytest.mark.django_db
TABLE = """ISRC;Titel;Artist;Length;P line
QZTEN2600001;Harbour Lights;Marlow Quay;3:21;℗ 2026 Saltline Ltd
QZTEN2600002;Undertow;Marlow Quay;2:58;
nonsense;Low Tide;Marlow Quay;;
QZTEN2600001;Again;Marlow Quay;;
""".encode()
MAPPING = {"isrc": "ISRC", "title": "Titel", "artist": "Artist", "duration_ms": "Length"}


@pytest.fixture
def saltline(db):
    return make_party("Saltline", normalised_name="saltline")


def begun(label, cast, **more) -> ImportRun:
    return import_begin(
        label=label,
        filename="ten.csv",
        content=more.pop("content", TABLE),
        actor=cast.rita,
        organisation=cast.label,
        **more,
    )


def previewed(label, cast, **more) -> ImportRun:
    run = import_map(run=begun(label, cast, **more), mapping=MAPPING, actor=cast.rita)
    return import_preview(run=run, actor=cast.rita)


def counts() -> tuple[int, ...]:
    models = (Recording, RecordingFact, OwnerHint, Consent, RecordingFingerprint)
    return tuple(model.objects.count() for model in models)


def test_a_table_goes_from_uploaded_to_applied_and_touches_nothing_before(saltline, cast):
    run = begun(saltline, cast)
    assert (run.state, run.encoding, run.delimiter) == ("uploaded", "utf-8-sig", ";")
    assert run.mapping == {"isrc": "ISRC", "artist": "Artist"} | {
        "duration_ms": "Length",
        "p_line": "P line",
    }
    run = import_map(run=run, mapping=MAPPING, actor=cast.rita)
    run = import_preview(run=run, actor=cast.rita)
    assert counts() == (0, 0, 0, 0, 0)
    page = import_page(run)
    assert (page.counts.create, page.counts.refuse, page.can_apply) == (2, 2, True)
    assert [line.errors[0].message for line in page.lines if line.errors] == [
        "“nonsense” is no ISRC.",
        "This ISRC stands in line 2 already.",
    ]
    run = import_apply(run=run, actor=cast.rita)
    assert run.state == "applied"
    first = Recording.objects.get(isrc="QZTEN2600001")
    assert (first.title, first.duration_ms, first.origin) == ("Harbour Lights", 201_000, "label")
    assert first.label == saltline
    assert owner_proposal(first).name == "Saltline"
    assert Recording.objects.count() == 2
    entry = AuditEntry.objects.get(action="rights.import.applied")
    assert (entry.organisation, entry.data) == (cast.label, {"recordings": 2})


def test_applying_twice_changes_nothing(saltline, cast):
    run = import_apply(run=previewed(saltline, cast), actor=cast.rita)
    before = counts()
    again = import_apply(run=run, actor=cast.rita)
    assert again.applied_at == run.applied_at
    assert counts() == before
    assert AuditEntry.objects.filter(action="rights.import.applied").count() == 1


def test_the_same_delivery_again_says_that_all_is_known(saltline, cast):
    import_apply(run=previewed(saltline, cast), actor=cast.rita)
    before = counts()
    again = previewed(saltline, cast)
    assert set(again.rows.values_list("action", flat=True)) == {"same", "refuse"}
    import_apply(run=again, actor=cast.rita)
    assert counts() == before


def test_what_the_label_says_otherwise_is_previewed_and_then_believed(saltline, cast):
    song_ = Told("QZTEN2600001", "apple_music", {"title": "Harbour Light", "artist": "Marlow Quay"})
    recording_upsert(told=song_)
    run = previewed(saltline, cast)
    line = import_page(run).lines[0]
    assert line.action == "update"
    assert [(c.field, c.old, c.new) for c in line.changes] == [
        ("Title", "Harbour Light", "Harbour Lights"),
        ("Length", "", "201000"),
    ]
    import_apply(run=run, actor=cast.rita)
    recording_upsert(told=song_)  # Apple says the same again, later: the label is believed
    assert Recording.objects.get(isrc="QZTEN2600001").title == "Harbour Lights"


def test_a_consent_comes_with_the_delivery(saltline, cast):
    terms = Terms("allowed_with_terms", "Credit us.", date(2026, 1, 1), None, "Rita Saltline")
    import_apply(run=previewed(saltline, cast, terms=terms), actor=cast.rita)
    answer = consent_of(Recording.objects.get(isrc="QZTEN2600002"), date(2026, 11, 21))
    assert (answer.state, answer.terms, answer.by) == (
        "allowed_with_terms",
        "Credit us.",
        "Rita Saltline",
    )


@pytest.mark.parametrize(
    "terms",
    [
        Terms("allowed_with_terms", "", date(2026, 1, 1), None, "Rita"),
        Terms("allowed", "but", date(2026, 1, 1), None, "Rita"),
        Terms("blocked", "", None, None, "Rita"),
        Terms("blocked", "", date(2026, 1, 1), None, " "),
    ],
)
def test_a_consent_without_its_terms_day_or_speaker_is_refused(saltline, cast, terms):
    with pytest.raises(ImportRefusedError):
        begun(saltline, cast, terms=terms)
    assert not ImportRun.objects.exists()


def test_what_is_no_table_is_refused_and_nothing_is_kept(saltline, cast):
    with pytest.raises(ImportRefusedError, match="no text"):
        begun(saltline, cast, content=b"PK\x03\x04\x00\x00\x00")
    assert not ImportRun.objects.exists()


def test_steps_cannot_be_skipped_or_taken_back(saltline, cast):
    run = begun(saltline, cast)
    for act in (import_preview, import_apply):
        with pytest.raises(ImportRefusedError):
            act(run=run, actor=cast.rita)
    with pytest.raises(ImportRefusedError, match="Say which column holds"):
        import_map(run=run, mapping={"isrc": "ISRC"}, actor=cast.rita)
    run.refresh_from_db()
    assert run.state == "uploaded"
    import_discard(run=run, actor=cast.rita)
    for act in (import_preview, import_apply, import_discard):
        with pytest.raises(ImportRefusedError):
            act(run=run, actor=cast.rita)
    run.refresh_from_db()
    assert (run.state, Recording.objects.count()) == ("discarded", 0)


def test_a_new_mapping_throws_the_preview_away(saltline, cast):
    run = previewed(saltline, cast)
    run = import_map(run=run, mapping=MAPPING, actor=cast.rita)
    assert (run.state, run.rows.count()) == ("mapped", 0)


def test_nobody_speaks_for_anothers_recordings_by_their_number(saltline, cast):
    theirs = make_recording(
        isrc="QZTEN2600001", label=make_party("Deepwater"), label_name="Deepwater"
    )
    run = previewed(saltline, cast)
    assert (
        import_page(run)
        .lines[0]
        .errors[0]
        .message.startswith("This recording stands under “Deepwater”")
    )
    import_apply(run=run, actor=cast.rita)
    theirs.refresh_from_db()
    assert (theirs.label_name, theirs.facts.count(), theirs.consents.count()) == ("Deepwater", 0, 0)


def test_what_becomes_anothers_after_the_preview_is_left_out(saltline, cast):
    terms = Terms("allowed", "", date(2026, 1, 1), None, "Rita")
    run = previewed(saltline, cast, terms=terms)
    theirs = make_recording(isrc="QZTEN2600002", label=make_party("Deepwater"))
    import_apply(run=run, actor=cast.rita)
    assert run.rows.get(line=3).action == "refuse"
    assert not theirs.consents.exists()
    assert Recording.objects.get(isrc="QZTEN2600001").consents.count() == 1


def test_staff_may_bring_anything(saltline, cast):
    make_recording(isrc="QZTEN2600001", label=make_party("Deepwater"))
    run = import_begin(label=saltline, filename="x.csv", content=TABLE, actor=cast.sam)
    run = import_map(run=run, mapping=MAPPING, actor=cast.sam)
    run = import_preview(run=run, actor=cast.sam)
    assert run.rows.get(line=2).action == "update"


def test_a_page_of_rows_costs_the_same_for_any_number(
    saltline, cast, django_assert_max_num_queries
):
    lines = "".join(f"QZTEN26{n:05d};T{n};A;;\n" for n in range(10, 160))
    run = previewed(saltline, cast, content=b"ISRC;Titel;Artist;Length;P line\n" + lines.encode())
    with django_assert_max_num_queries(4):
        page = import_page(run, number=2)
    assert (len(page.lines), page.counts.total) == (50, 150)
    assert import_page(run, only="refuse").lines == ()
    assert [each.rows_total for each in import_list(organisation=cast.label)] == [150]


def test_a_formula_in_a_cell_stays_text(saltline, cast):
    table = b'ISRC;Titel;Artist;Length\nQZTEN2600009;"=HYPERLINK(""http://x"")";A;\n'
    run = previewed(saltline, cast, content=table)
    import_apply(run=run, actor=cast.rita)
    assert Recording.objects.get().title == '=HYPERLINK("http://x")'


def test_the_label_is_believed_over_apple_and_staff_over_the_label():
    told = [
        Fact("title", "by staff", "manual", 1),
        Fact("title", "by the label", "label", 2),
        Fact("title", "by Apple", "apple_music", 4),
        Fact("album", "old", "apple_music", 3),
        Fact("album", "new", "apple_music", 5),
        Fact("album", "heard", "shazam", 6),
    ]
    assert believed(told) == believed(reversed(told)) == {"title": "by staff", "album": "new"}


# ------------------------------------------------------------ by command


def run_command(*args: object) -> list[dict]:
    out = io.StringIO()
    call_command("catalogue_import", *map(str, args), "--json", stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.slow
def test_a_folder_of_audio_speaks_for_itself_by_tags_and_names(tmp_path, db):
    tagged = encoded(tone(12), "flac", title="Tagged", artist="A", isrc="QZTEN2600011")
    (tmp_path / "one.flac").write_bytes(tagged)
    samples, rate_hz = song(1)
    soundfile.write(tmp_path / "QZ-TEN-26-00012 two.wav", samples[: rate_hz * 20], rate_hz)
    (tmp_path / "broken.mp3").write_bytes(b"no audio")
    with pytest.raises(SystemExit):
        run_command(tmp_path, "--label", "Saltline")
    rows = {row.audio_name: row for row in ImportRow.objects.all()}
    assert rows["one.flac"].recording.isrc == "QZTEN2600011"
    assert rows["one.flac"].fingerprint_key
    refused = rows["QZ-TEN-26-00012 two.wav"]
    assert refused.values["isrc"] == "QZTEN2600012"
    assert {error["column"] for error in refused.errors} == {"title", "artist"}
    assert RecordingFingerprint.objects.get().source == "label"


@pytest.mark.slow
def test_a_table_names_its_audio_and_brings_its_consent(tmp_path, db):
    samples, rate_hz = song(2)
    soundfile.write(tmp_path / "a.wav", samples[: rate_hz * 20], rate_hz)
    table = "ISRC,Title,Artist,Audio file\nQZTEN2600021,Song,A,a.wav\nQZTEN2600022,Other,A,\n"
    (tmp_path / "list.csv").write_text(table)
    told = ["--consent", "blocked", "--said-by", "Rita", "--from", "2026-01-01"]
    shown = run_command(tmp_path, "--label", "Saltline", "--preview", *told)
    assert [line["action"] for line in shown] == ["create", "create"]
    assert counts() == (0, 0, 0, 0, 0)
    lines = run_command(tmp_path, "--label", "saltline", *told)
    assert [line["indexed"] for line in lines] == [True, False]
    assert Party.objects.count() == 1
    assert consent_of(Recording.objects.get(isrc="QZTEN2600022"), date(2026, 11, 21)).is_blocked


def test_a_path_that_holds_nothing_is_refused(tmp_path, db):
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(CommandError):
            run_command(path, "--label", "Saltline")
    assert not ImportRun.objects.exists()


def test_two_sources_of_one_recording_make_one_row(db):
    first = recording_upsert(told=Told("QZTEN2600031", "shazam", {"title": "T", "artist": "A"}))
    again = recording_upsert(told=Told("QZTEN2600031", "shazam", {"title": "T", "artist": "A"}))
    assert first == again
    assert again.facts.count() == 2
    assert make_recording().facts.count() == 0
