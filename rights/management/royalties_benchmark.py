"""``manage.py bench royalties``: a sales report of any length, from its file to amounts per payee."""

from __future__ import annotations

import hashlib
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rights.domain.allocation import allocate
from rights.income.checks import report_concerns
from rights.income.division import SHARES, base_pools, divide, earned_table, inputs_query
from rights.income.engine import calculator, lines_view
from rights.income.files import report_open
from rights.income.scan import scan_report
from rights.management.royalties_report import NAME, PARTIES, RECORDINGS, report_write

if TYPE_CHECKING:
    import duckdb

# Ten recordings to a song, spread over the catalogue; every seventh has a second owner. Weights are
# those of a receipt (they make a million) times the owner's share.
_WEIGHTS = f"""
CREATE TABLE weights AS
WITH r AS (SELECT song, place, (song * 37 + place * 101) % {RECORDINGS} AS recording,
                  100000 + (place - 5) * 1000 + CASE place WHEN 0 THEN 5000 ELSE 0 END AS receipt_ppm
             FROM range({{songs}}) s(song), range(10) p(place)),
     o AS (SELECT *, recording % {PARTIES} AS party, CASE recording % 7 WHEN 0 THEN 600000 ELSE 1000000 END AS ppm FROM r
           UNION ALL
           SELECT *, (recording + 1) % {PARTIES}, 400000 FROM r WHERE recording % 7 = 0)
SELECT 'QZTEN26' || lpad(song::VARCHAR, 5, '0') AS isrc, recording, 'P' || lpad(party::VARCHAR, 4, '0') AS party,
       receipt_ppm * ppm AS weight FROM o
"""  # noqa: S608
_OF_GROUPS = """
SELECT e.id AS pool, w.recording, w.party, w.weight FROM earned e JOIN weights w USING (isrc)
"""
_RAW = """
SELECT c[25], c[14], count(*), sum(c[47]::DECIMAL(18,10))
  FROM (SELECT string_split(l, chr(9)) AS c FROM lines WHERE starts_with(l, 'SR08')) GROUP BY ALL
"""


@dataclass
class _Clock:
    """Seconds by the wall and of the processor, stage by stage."""

    wall: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.wall[name] = round(time.perf_counter() - wall, 2)
        self.processor[name] = round(time.process_time() - processor, 2)


def royalties_benchmark(
    *, lines: int = 1_000_000, songs: int = 2_000, threads: int = 2, folder: str = ""
) -> dict[str, Any]:
    """Write a report of ``lines`` sales, read it, and divide it among the payees.

    ``raw_s`` is the time that DuckDB alone takes to cut the same lines and sum them by two columns.
    """
    with tempfile.TemporaryDirectory(dir=folder or None) as made:
        path = Path(made) / NAME
        clock = _Clock()
        with clock.stage("write"):
            report_write(path, lines=lines, songs=songs)
        with calculator(Path(made), threads=threads) as connection:
            connection.execute(_WEIGHTS.format(songs=songs))
            found = _read_and_divide(connection, path, Path(made), clock)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        size_mb = path.stat().st_size >> 20
        with clock.stage("raw"), calculator(Path(made), threads=threads) as connection:
            lines_view(connection, path)
            connection.execute(_RAW).fetchall()
    stages = {name: s for name, s in clock.wall.items() if name not in ("write", "raw")}
    return {
        "lines": lines,
        "megabytes": size_mb,
        "seconds": stages,
        "processor_s": {name: clock.processor[name] for name in stages},
        "total_s": round(sum(stages.values()), 2),
        "raw_s": clock.wall["raw"],
        "peak_mb": peak_mb,
        **found,
    }


def _read_and_divide(
    connection: duckdb.DuckDBPyConnection, path: Path, folder: Path, clock: _Clock
) -> dict[str, Any]:
    with clock.stage("look"):
        file = report_open(path, folder)
    with clock.stage("scan"):
        report = scan_report(connection, file, folder=folder)
    with clock.stage("check"):
        concerns = report_concerns(connection, report, file, path.name)
        earned_table(connection)
    with clock.stage("divide"):
        division = divide(
            connection,
            pools=inputs_query(),
            weights=_OF_GROUPS,
            into=SHARES,
            keys=("recording", "party"),
        )
        payees = dict(
            connection.execute(
                f"SELECT party, sum(amount) FROM {SHARES} GROUP BY party ORDER BY party"  # noqa: S608
            ).fetchall()
        )
    with clock.stage("base"):
        base = sum(base_pools(connection).values())
        trained = allocate(base, dict.fromkeys(range(100_000), 1))
    groups, earned = connection.execute("SELECT count(*), sum(micros) FROM earned").fetchone() or (
        0,
        0,
    )
    told = "".join(f"{party}\t{amount}\n" for party, amount in payees.items())
    return {
        "uses": int(report.uses),
        "faults": len(report.faults) + report.faults_left_out + len(concerns),
        "groups": int(groups),
        "shares": division.rows,
        "payees": len(payees),
        "earned_micros": int(earned),
        "inputs_micros": division.given,
        "suspense_micros": division.suspense,
        "base_micros": trained.total,
        "is_exact": int(earned) == division.given + division.suspense + trained.total,
        "payees_sha256": hashlib.sha256(told.encode()).hexdigest(),
    }
