"""Damaged tables: a refusal with its reason, or every line a use, a fault, blank or passed over.

``FUZZ=10000 pytest tests/rights/income/test_csv_fuzz.py`` tries that many.
"""

from __future__ import annotations

import gzip
import os
import random
from decimal import Decimal

import pytest

from rights.domain.csv_mapping import ColumnMapping
from rights.income.csv_files import preview_rows, table_open, table_rows
from rights.income.csv_lines import CELLS, preview_lines, table_write
from rights.income.csv_sums import table_sums
from rights.income.engine import calculator
from rights.income.files import ReportRefusedError
from rights.income.scan import GROUPS
from tests.rights.income.tables import GERMAN, TEMPLATE, own_lines
from tests.rights.income.test_fuzz import damaged

TRIES = int(os.environ.get("FUZZ", "60"))
BATCH = 20
WHOLE = [
    (own_lines(*((f"QZTEN260000{n}", "2026-10", "DE", n, n % 2, f"{n}.0{n}", "EUR") for n in range(8))), TEMPLATE),
    (
        (";".join(GERMAN.header) + "\n"
         + "".join(f"2026-10;1{n}.10.2026;Wellen;DE;;QZTEN260000{n};Märlow;\"Hafen\n{n}\";Strom;1.20{n};-{n},5\n"
                   for n in range(6))).encode("cp1252"),
        ColumnMapping.of_json({**GERMAN.to_json(), "skip_last": 1}),
    ),
]  # fmt: skip


@pytest.mark.parametrize("batch", range(-(-TRIES // BATCH)))
def test_damage_is_refused_with_a_reason_or_every_line_is_accounted_for(tmp_path, batch):
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        dice = random.Random(number)
        whole, mapping = dice.choice(WHOLE)
        content = damaged(whole, dice)
        path = tmp_path / "report"
        path.write_bytes(gzip.compress(content) if dice.random() < 0.2 else content)
        account_for(path, tmp_path, mapping, number)
        preview_lines(preview_rows(content, mapping.encoding, mapping.delimiter), mapping, 10)


def account_for(path, folder, mapping, number):
    try:
        table = table_open(path, folder, encoding=mapping.encoding)
        rows = list(table_rows(table, mapping.delimiter))
    except ReportRefusedError as refused:
        said = refused.message
        rows = None
    if rows is None:
        assert "Nothing was read" in said, number
        return
    edges = [edge for row in rows for edge in (row.first, row.last + 1)]
    assert edges[:1] in ([], [1]), number
    assert edges[1:-1:2] == edges[2::2], number  # each row begins where the one before ended
    assert not rows or edges[-1] == table.lines + 1, (number, edges, table.lines)
    plain = folder / "plain.tsv"
    found = table_write(rows, mapping, plain)
    told = found.uses + found.faulty_rows + found.blank + found.passed_over
    assert told == len(rows), number
    assert all(1 <= fault.line <= table.lines for fault in found.faults), number
    if number % 10 == 0 and found.uses:
        sums_agree(plain, folder, found, number)


def sums_agree(plain, folder, found, number):
    lines = [line.split("\t") for line in plain.read_text().splitlines()]
    assert len(lines) == found.uses, number
    net = sum((Decimal(line[CELLS.index("net")]) for line in lines), Decimal(0))
    with calculator(folder, threads=1) as connection:
        table_sums(connection, plain)
        row = connection.execute(f"SELECT sum(lines), sum(net) FROM {GROUPS}").fetchone()  # noqa: S608
    assert row == (found.uses, net), number
