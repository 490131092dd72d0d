"""Reports that come as tables: mapped once per source, read exactly, every line accounted for."""

from __future__ import annotations

import gzip
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from accounts.models import AuditEntry
from config.jobs.models import Job
from rights.domain.csv_mapping import ColumnMapping
from rights.domain.csv_presets import OWN
from rights.exceptions import IncomeRefusedError
from rights.models import Entry, IncomeFile, IncomeMapping, LedgerAccount
from rights.selectors.income_preview import mapped_preview, mapping_offer, table_preview
from rights.services.income import income_post, income_upload
from rights.services.income_mappings import income_map, mapping_save
from rights.services.income_reading import income_read
from rights.tasks.income import reading_in_folder
from tests.rights.income.sheets import make_sheet
from tests.rights.income.tables import GERMAN, STORE, TEMPLATE, bring_table, own_lines
from tests.rights.income.test_income import books

pytestmark = pytest.mark.django_db

SONG, OTHER = "QZTEN2600001", "QZTEN2600002"
ROWS = [
    (SONG, "2026-10", "DE", 1200, 0, "4.2031", "EUR"),
    (SONG, "2026-10", "DE", 10, 3, "0.0000005", "EUR"),
    ("qz-ten-26-00002", "2026-10", "FR", 0, 1, "-1.5", "EUR"),
    (SONG, "2026-10", "US", 7, 0, "0.07", "USD"),
]


@pytest.fixture
def sheets(db):
    return [make_sheet(SONG), make_sheet(OTHER)]


def shown(file):
    fields = ("line", "words")
    return list(file.faults.order_by("line").values_list(*fields))


def test_a_table_is_read_matched_summed_exactly_and_posted(sheets, cast):
    file = bring_table(own_lines(*ROWS), actor=cast.sam)

    assert (file.state, file.profile, file.sender, file.lines, file.uses) == (
        "read", "CSV", "lanternwave", 5, 4,
    )  # fmt: skip
    assert (file.usage_from, file.usage_to, file.service) == ("2026-10", "2026-10", "Premium")
    first = file.groups.get(territory="DE")
    assert (first.net, first.micros) == (Decimal("4.2031005"), 4_203_100)  # half to even
    assert (first.usages, first.returns, first.uses, first.span) == (1210, 3, 2, "2026-10")
    assert first.sheet == sheets[0]
    assert file.groups.get(territory="FR").micros == -1_500_000
    income_post(file=file, actor=cast.sam)
    assert books()["distributor_receivable:lanternwave:EUR"] == -2_703_100
    assert books()["distributor_receivable:lanternwave:USD"] == -70_000
    assert sum(micros for code, micros in books().items() if code.endswith("EUR")) == 0


def test_the_same_file_twice_changes_nothing(sheets, cast):
    content = own_lines(*ROWS)
    first = bring_table(content)
    income_post(file=first, actor=cast.sam)
    before = (books(), Entry.objects.count(), first.groups.count(), LedgerAccount.objects.count())

    again = bring_table(content, name="again.csv", source="another")

    assert again.pk == first.pk
    assert again.state == "posted"
    assert before == (
        books(),
        Entry.objects.count(),
        again.groups.count(),
        LedgerAccount.objects.count(),
    )
    assert not IncomeMapping.objects.filter(source="another").exists()


def test_the_same_days_of_a_source_again_are_a_concern_that_blocks(sheets, cast):
    bring_table(own_lines(*ROWS))
    other = bring_table(own_lines(*ROWS[:2]), name="other.csv")

    (concern,) = other.concerns.filter(is_blocking=True)
    assert concern.code == "reported_before"
    with pytest.raises(IncomeRefusedError, match="concerns are not settled"):
        income_post(file=other, actor=cast.sam)


GERMAN_LINES = (
    "Abrechnung Oktober\n\n"
    "Abrechnungsmonat;Verkaufsdatum;Shop;Land;EAN;ISRC;Interpret;Titel;Nutzungsart;Stück;Nettoerlös\n"
    "2026-10;17.10.2026;Wellen;DE;;QZTEN2600001;Märlow;Hafen;Strom;1.200;1.234,5678\n"
    "2026-10;18.10.2026;Wellen;DE;;QZTEN2600001;Märlow;Hafen;Strom;-2;-0,5\n"
    ";;;;;;;;;Summe;1.234,0678\n"
)


def test_decimal_commas_lines_before_and_behind_and_windows_letters_are_read(sheets):
    mapping = ColumnMapping.of_json({**GERMAN.to_json(), "header_row": 3, "skip_last": 1})
    file = bring_table(GERMAN_LINES.encode("cp1252"), mapping)

    (group,) = file.groups.all()
    assert (group.net, group.usages, group.returns) == (Decimal("1234.0678"), 1200, 2)
    assert (group.currency, group.territory, group.service) == ("EUR", "DE", "Wellen")
    (concern,) = file.concerns.all()
    assert (concern.code, concern.is_blocking) == ("encoding", False)


@pytest.mark.parametrize(
    ("how", "units", "money", "returns", "net"),
    [
        ("negative", "-2", "-0.5", 2, "-0.5"),
        ("positive", "-2", "0.5", 2, "-0.5"),
        ("negative", "2", "0.5", 0, "0.5"),
    ],
)
def test_returns_are_read_as_the_source_writes_them(sheets, how, units, money, returns, net):
    mapping = ColumnMapping.of_json({**TEMPLATE.to_json(), "returns": how})
    file = bring_table(own_lines((SONG, "2026-10", "DE", units, 0, money, "EUR")), mapping)

    (group,) = file.groups.all()
    assert (group.returns, group.net) == (returns, Decimal(net))


def test_bad_lines_are_kept_with_their_number_and_every_reason_and_block(sheets, cast):
    content = (
        own_lines(
            (SONG, "2026-10", "DE", 1, 0, "1", "EUR"),
            (SONG, "2026-13", "DE", 1, 0, "1e5", "EUR"),
            ("DEABC26", "2026-10", "DE", 1, 0, "1", "EURO"),
            (SONG, "2026-10", "DE", 1, 0, "=1+1", "EUR"),
        )
        + b'too,few\n\n"never closed\nand swallowed\n'
    )
    file = bring_table(content)

    assert file.uses == 1
    assert [line for line, _words in shown(file)] == [3, 3, 4, 4, 5, 6, 8]
    words = [words for _line, words in shown(file)]
    assert "ISRC: 'DEABC26' is not an ISRC such as DEABC2600001" in words
    assert "day or month of the use: '2026-13' is not a day or month written YYYY-MM" in words
    assert "net revenue: '=1+1' is not a number with at most 10 decimal places" in words
    assert any("lines 8 to 9" in one for one in words)
    with pytest.raises(IncomeRefusedError, match="not settled"):
        income_post(file=file, actor=cast.sam)
    assert books() == {}


def test_formulas_in_texts_stay_texts(sheets, staff):
    mapping = ColumnMapping(
        header=("Title", "Month", "Net"),
        columns={"title": "Title", "day": "Month", "net": "Net"},
        fixed={"currency": "EUR"},
        days="YYYY-MM",
    )
    content = b'Title,Month,Net\n"=HYPERLINK(""http://x"")",2026-10,1\n<script>,2026-10,2\n'
    file = bring_table(content, mapping)

    labels = sorted(file.groups.values_list("label_id", flat=True))
    assert labels == ["<script>", '=HYPERLINK("http://x")']
    page = staff.get(f"/admin/rights/incomefile/{file.pk}/columns/").content
    assert b"<script>,2026" not in page
    assert b"&lt;script&gt;" in page


def test_a_source_is_saved_once_revised_and_offered_again_by_its_columns(sheets, cast):
    other_columns = ColumnMapping.of_json(
        {**TEMPLATE.to_json(), "fixed": {"model": "Subscription"}}
    )
    first = bring_table(own_lines(ROWS[0]))
    second = bring_table(own_lines(ROWS[1]), name="november.csv")
    third = bring_table(own_lines(ROWS[2]), other_columns, name="december.csv")

    assert (str(first.mapping), str(second.mapping), str(third.mapping)) == (
        "lanternwave 1", "lanternwave 1", "lanternwave 2",
    )  # fmt: skip
    offer = mapping_offer(second)
    assert (offer.source, offer.mapping) == ("lanternwave", other_columns)
    assert AuditEntry.objects.filter(action="rights.income.mapping_saved").count() == 2


def test_our_own_shapes_are_offered_before_anything_is_saved(db):
    content = (
        "\t".join(STORE.header) + "\n202610\tDE\tLoud\t9\tQZTEN2600001\tA\tB\t5\t-1\t2.5\tEUR\n"
    ).encode()
    file, _ = income_upload(name="store.tsv", stream=io.BytesIO(content), actor=None)

    offer = mapping_offer(file)
    assert (offer.source, offer.mapping) == ("", STORE)
    ((line, faults),) = mapped_preview(file, STORE)
    assert (line.isrc, line.day, line.usages, line.returns, line.net, faults) == (
        SONG, "2026-10", 5, 1, Decimal("2.5"), (),
    )  # fmt: skip
    assert (IncomeMapping.objects.count(), Job.objects.count(), file.state) == (0, 0, "uploaded")
    assert table_preview(file).delimiter == "\t"


def test_a_posted_report_and_a_saved_mapping_are_never_changed(sheets, cast):
    file = bring_table(own_lines(*ROWS))
    income_post(file=file, actor=cast.sam)
    other = mapping_save(source="other", mapping=GERMAN, actor=None)

    with pytest.raises(IncomeRefusedError, match="a table that is not posted"):
        income_map(file=file, mapping=other, actor=cast.sam)
    for change in (
        lambda: IncomeFile.objects.filter(pk=file.pk).update(mapping=other),
        lambda: IncomeMapping.objects.update(revision=9),
        lambda: IncomeMapping.objects.filter(pk=other.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    file.refresh_from_db()
    assert (file.mapping.source, file.mapping.revision) == ("lanternwave", 1)
    with pytest.raises(IncomeRefusedError, match="A source has a name"):
        mapping_save(source="two words", mapping=GERMAN, actor=None)


def test_a_table_is_read_again_by_other_columns_until_it_is_posted(sheets):
    file = bring_table(own_lines(*ROWS))
    doubled = ColumnMapping.of_json({**TEMPLATE.to_json(), "fixed": {"model": "Subscription"}})

    again = bring_again(file, doubled)

    assert again.groups.filter(model="Subscription").count() == 3
    assert str(again.mapping) == "lanternwave 2"


def bring_again(file, mapping):
    saved = mapping_save(source="lanternwave", mapping=mapping, actor=None)
    file = income_map(file=file, mapping=saved, actor=None, is_read_here=True)
    income_read(file=file, reading=reading_in_folder(file))
    file.refresh_from_db()
    return file


def test_another_header_than_the_mappings_is_a_fault(sheets):
    file = bring_table(GERMAN_LINES.encode(), TEMPLATE)

    assert file.uses == 0
    assert shown(file)[0][0] == 1
    assert "does not have the names of columns" in shown(file)[0][1]
    assert file.concerns.filter(code="no_uses", is_blocking=True).exists()


def test_the_command_reads_tables_of_sources_that_are_known(sheets, tmp_path, capsys):
    bring_table(own_lines(ROWS[0]))
    known, unknown = tmp_path / "known.csv.gz", tmp_path / "unknown.csv"
    known.write_bytes(gzip.compress(own_lines(*ROWS)))
    unknown.write_bytes(b"a,b\n1,2\n")

    with pytest.raises(CommandError, match="1 of 2 files"):
        call_command("royalties_import", known, unknown)

    out = capsys.readouterr().out
    assert "known.csv.gz: 4 uses in 5 lines; groups: 3 matched." in out
    assert "unknown.csv: refused. No source with these columns is known" in out


def test_staff_choose_columns_preview_and_have_the_report_read(staff, sheets):
    answer = staff.post(
        "/admin/rights/incomefile/add/",
        {"report": upload("october.csv", own_lines(*ROWS)), "_save": "1"},
    )
    file = IncomeFile.objects.get()
    address = f"/admin/rights/incomefile/{file.pk}/columns/"
    assert answer.headers["Location"] == address
    page = staff.get(address)
    said = dict(page.context["form"].initial)
    assert said["column_net"] == "net_revenue"
    assert page.context["templates"][0][1] == OWN

    shown = staff.post(address, {**said, "source": "lanternwave", "preview": "1"})
    assert "-1.5 EUR" in shown.content.decode()
    assert Job.objects.count() == 0
    wrong = staff.post(address, {**said, "source": "lanternwave", "column_net": "", "read": "1"})
    assert "Nothing says the net revenue" in wrong.content.decode()
    assert IncomeMapping.objects.count() == 0

    answer = staff.post(address, {**said, "source": "lanternwave", "read": "1"})
    assert answer.headers["Location"] == f"/admin/rights/incomefile/{file.pk}/change/"
    assert Job.objects.get().params == {"file": str(file.pk)}
    refused = staff.post(address, {**said, "source": "lanternwave", "read": "1"})
    assert "is being read just now" in refused.content.decode()
    assert Job.objects.count() == 1


def test_the_pages_are_for_staff_who_may_and_templates_come_as_files(reader, staff, sheets):
    file = bring_table(own_lines(ROWS[0]))
    address = f"/admin/rights/incomefile/{file.pk}/columns/"
    assert reader.get(address).status_code == 403
    assert reader.post(address, {"read": "1"}).status_code == 403
    assert IncomeMapping.objects.count() == 1
    assert staff.get(address).status_code == 200
    template = staff.get("/admin/rights/incomefile/template/0/")
    assert template.content.startswith(b"isrc,barcode,title")
    assert "attachment" in template.headers["Content-Disposition"]
    assert staff.get("/admin/rights/incomefile/template/9/").status_code == 404


def upload(name, content):
    return SimpleUploadedFile(name, content)
