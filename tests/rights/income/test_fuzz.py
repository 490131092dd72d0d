"""Damaged reports: a refusal with its reason, or every line summed or blamed; never a silent loss.

``FUZZ=10000 pytest tests/rights/income/test_fuzz.py`` tries that many.
"""

from __future__ import annotations

import gzip
import os
import random
from contextlib import ExitStack

import pytest

from rights.domain.dsr.lines import is_comment, is_faultless
from rights.domain.dsr.report import PROFILES
from rights.income.files import Limits, ReportRefusedError, report_open
from tests.rights.income.conftest import reading
from tests.rights.income.reports import NAME, Sale, Use, financial, in_blocks

TRIES = int(os.environ.get("FUZZ", "120"))
BATCH = 20
WHOLE = [
    "\n".join(
        [*financial([Sale(net=f"0.0{n}", isrc=f"QZTEN260000{n}") for n in range(6)]), ""]
    ).encode(),
    "\n".join(
        [*in_blocks([Use(f"QZTEN260000{n}", n) for n in range(4)], {"S1": "10"}), ""]
    ).encode(),
]
BITS = [b"\t", b"\n", b"\r", b"\r\n", b"|", b"\\", b"\0", b"\xff", b"\xc3", b"#", b"'", b'"', b"::", b"-",
        b"9" * 30, b"1e5", b".", b"=cmd()", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"SR08", b"FOOT", b"\x01"]  # fmt: skip


def shuffled(lines: list[bytes], dice: random.Random) -> bytes:
    """Return the lines in another order, or with one of them twice."""
    if dice.random() < 0.2:
        dice.shuffle(lines)
    else:
        lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    return b"\n".join(lines)


def damaged(whole: bytes, dice: random.Random) -> bytes:
    """Return the report after one to four accidents."""
    for _ in range(dice.randint(1, 4)):
        at, length = dice.randrange(len(whole) + 1), dice.choice([0, 1, 1, 2, 9, 200])
        kind = dice.random()
        if kind < 0.5:
            whole = whole[:at] + dice.choice(BITS) + whole[at + length :]
        elif kind < 0.7:
            whole = (
                whole[:at]
                + bytes(dice.randrange(256) for _ in range(length))
                + whole[at + length :]
            )
        else:
            whole = shuffled(whole.split(b"\n"), dice)
        whole = whole or b"\n"
    return whole


@pytest.mark.parametrize("batch", range(-(-TRIES // BATCH)))
def test_damage_is_refused_with_a_reason_or_every_line_is_accounted_for(tmp_path, batch):
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        dice = random.Random(number)
        content = damaged(dice.choice(WHOLE), dice)
        is_packed = dice.random() < 0.2
        path = tmp_path / NAME
        path.write_bytes(gzip.compress(content) if is_packed else content)
        account_for(path, tmp_path, content, number)


def account_for(path, folder, content, number):
    with ExitStack() as stack:
        try:
            report = stack.enter_context(reading(path, folder)).report
        except ReportRefusedError:
            return
        head = report.head
        if head is None or head.profile not in PROFILES:
            assert report.faults, number
            return
        marks = PROFILES[head.profile]
        lines = content.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
        uses = [line for line in lines if line.partition("\t")[0] in marks and is_faultless(line)]
        assert report.uses == len(uses), number
        blamed = {fault.line for fault in report.faults}
        for place, line in enumerate(lines, start=1):
            is_known = is_comment(line) or is_faultless(line)
            assert is_known or place in blamed, (number, place, line)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "income.empty"),
        (b"PK\x03\x04rest", "income.zip"),
        (b"\x1f\x8bnot gzip", "income.gzip"),
        (gzip.compress(b"HEAD\n", mtime=0)[:-6], "income.gzip"),
        (b"HEAD\tx\0y\n", "income.not_text"),
        (b"HEAD\n\xff\xfe\n", "income.not_text"),
        (b"HEAD\ncut in the middle of a letter \xc3", "income.not_text"),
        (b"HEAD\nold\rMac\n", "income.line_end"),
        (b"HEAD\r\nends alone\r", "income.line_end"),
        (b"x" * (5 << 20), "income.line_length"),
        (b"HEAD\n" + b"y" * (3 << 20) + b"\nz\n", "income.line_length"),
    ],
)
def test_what_is_no_report_is_refused_and_said_why(tmp_path, content, code):
    path = tmp_path / NAME
    path.write_bytes(content)
    with pytest.raises(ReportRefusedError) as refusal:
        report_open(path, tmp_path)
    assert refusal.value.code == code
    assert "Nothing was read" in str(refusal.value)
    assert path.read_bytes() == content


def test_the_refusal_names_the_line(tmp_path):
    path = tmp_path / NAME
    path.write_bytes(b"HEAD\n" * 300_000 + b"caf\xe9\n")
    with pytest.raises(ReportRefusedError) as refusal:
        report_open(path, tmp_path)
    assert refusal.value.line == 300_001


@pytest.mark.parametrize("limits", [Limits(ratio=3), Limits(bytes=1 << 20)])
def test_a_bomb_is_not_unpacked(tmp_path, limits):
    path = tmp_path / (NAME + ".gz")
    path.write_bytes(
        gzip.compress(b"#" * 99 + b"\n", mtime=0) + gzip.compress(b"#comment\n" * 2_000_000)
    )
    with pytest.raises(ReportRefusedError) as refusal:
        report_open(path, tmp_path, limits)
    assert refusal.value.code == "income.bomb"
    assert (tmp_path / "report.tsv").stat().st_size <= 4 << 20


def test_a_file_larger_than_agreed_is_not_read(tmp_path):
    path = tmp_path / NAME
    path.write_bytes(b"#" * 99 + b"\n")
    with pytest.raises(ReportRefusedError, match="larger than"):
        report_open(path, tmp_path, Limits(bytes=50))


def test_a_file_of_many_blocks_is_measured_right(tmp_path):
    path = tmp_path / NAME
    path.write_bytes("é\n".encode() * 1_000_001 + b"no end")
    assert report_open(path, tmp_path).lines == 1_000_002
