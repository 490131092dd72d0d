"""Dividing the pools of a whole period: groups of uses among owners, the base pool once.

What goes in and comes out are plain rows; ``rights.tasks.royalty_run`` fetches and keeps them.
"""

from __future__ import annotations

import csv
import hashlib
import heapq
import tempfile
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from rights.domain.allocation import allocate
from rights.domain.royalties import NOBODY, InputReason
from rights.income.division import EARNED, SHARES, divide, inputs_query

if TYPE_CHECKING:
    import duckdb

INPUTS, BASE = "inputs", "base"
SORTED_AT_ONCE = 200_000
"""Shares that are sorted in memory; more are sorted part by part, on disk."""


@dataclass(frozen=True)
class Pooled:
    """A group of uses as it is divided: its id, which ground it stands on, and what it earned.

    ``catalogue`` is the base catalogue that its base part goes to, empty for none.
    """

    group: int
    ground: str
    catalogue: str
    currency: str
    micros: int


@dataclass(frozen=True)
class Share:
    """A row of the result; ``group`` is 0 for the base pool."""

    pool: str
    group: int
    recording: str
    party: str
    currency: str
    weight: int
    share_ppm: int
    amount: int

    def line(self) -> str:
        """Return what the result is hashed by."""
        fields = (self.pool, self.group, self.recording, self.party, self.currency, self.weight,
                  self.share_ppm, self.amount)  # fmt: skip
        return "\t".join(map(str, fields)) + "\n"


def pools_divide(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *,
    groups: Iterable[Pooled],
    grounds: Mapping[str, Sequence[InputReason]],
    mirrored: Iterable[Share] = (),
    catalogues: Mapping[str, Sequence[InputReason]],
    taken_back: Mapping[tuple[str, str], int] | None = None,
) -> Iterator[Share]:
    """Yield every share of the period: the ten songs group by group, then the base pools.

    ``grounds`` and ``catalogues`` say by what each pool is divided. ``mirrored`` are the shares of
    reports that were reversed in this period, already with their signs turned, and ``taken_back``
    is what leaves the base pool with them, by currency and catalogue.
    """
    _load(connection, folder, groups, grounds)
    base: dict[tuple[str, str], int] = defaultdict(int)
    for (currency, catalogue), micros in (taken_back or {}).items():
        base[currency, catalogue] -= micros
    divide(
        connection,
        pools=inputs_query(),
        weights="SELECT g.id AS pool, r.recording, r.party, r.weight_ppm, r.share_ppm, "
        "r.weight_ppm::HUGEINT * r.share_ppm AS weight FROM earned g JOIN grounds r USING (ground)",
        into=SHARES,
        keys=("recording", "party"),
        carried=("weight_ppm", "share_ppm"),
    )
    yield from _inputs(connection)
    yield from mirrored
    for currency, catalogue, micros in connection.execute(
        f"SELECT currency, catalogue, sum(micros - inputs) FROM {EARNED} JOIN "  # noqa: S608
        f"(SELECT pool AS id, micros AS inputs FROM ({inputs_query()})) USING (id) GROUP BY ALL"
    ).fetchall():
        base[currency, catalogue] += int(micros)
    for (currency, catalogue), micros in sorted(base.items()):
        yield from _base(currency, micros, catalogues.get(catalogue, ()))


class SharesOnDisk(Iterable[Share]):
    """Shares in a file without a name: gone through as often as wanted, one after the other.

    Ten million of them fit on a disk and not into memory. Two readers at a time are one too many.
    """

    def __init__(self, shares: Iterable[Share]) -> None:
        self._file = tempfile.TemporaryFile("w+", newline="\n", encoding="utf-8")  # noqa: SIM115 - lives as long as this
        weakref.finalize(self, self._file.close)
        self._file.writelines(share.line() for share in shares)

    def __iter__(self) -> Iterator[Share]:
        """Yield the shares in the order in which they came."""
        self._file.seek(0)
        for line in self._file:
            pool, group, recording, party, currency, weight, ppm, amount = line[:-1].split("\t")
            yield Share(
                pool, int(group), recording, party, currency, int(weight), int(ppm), int(amount)
            )


def shares_digest(shares: Iterable[Share], *, at_once: int = SORTED_AT_ONCE) -> str:
    """Return the hash of a result, whatever the order of its rows; ``at_once`` are sorted in memory."""
    digest = hashlib.sha256()
    lines = (share.line() for share in shares)
    with ExitStack() as files:
        runs: list[Iterable[str]] = []
        while part := sorted(islice(lines, at_once)):
            if len(part) < at_once and not runs:
                runs.append(part)
                break
            file = files.enter_context(tempfile.TemporaryFile("w+", newline="\n", encoding="utf-8"))
            file.writelines(part)
            file.seek(0)
            runs.append(file)
        for line in heapq.merge(*runs):
            digest.update(line.encode())
    return digest.hexdigest()


def _load(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    groups: Iterable[Pooled],
    grounds: Mapping[str, Sequence[InputReason]],
) -> None:
    _table(
        connection,
        folder,
        EARNED,
        "id BIGINT, ground VARCHAR, catalogue VARCHAR, currency VARCHAR, micros HUGEINT",
        ((g.group, g.ground, g.catalogue, g.currency, g.micros) for g in groups),
    )
    _table(
        connection,
        folder,
        "grounds",
        "ground VARCHAR, recording VARCHAR, party VARCHAR, weight_ppm BIGINT, share_ppm BIGINT",
        (
            (ground, r.recording, r.party, r.weight_ppm, r.share_ppm)
            for ground, reasons in grounds.items()
            for r in reasons
        ),
    )


def _table(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    name: str,
    columns: str,
    rows: Iterable[tuple[object, ...]],
) -> None:
    path = folder / f"{name}.tsv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)
    quoted = str(path).replace("'", "''")
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
    connection.execute(
        f"COPY {name} FROM '{quoted}' (FORMAT csv, DELIMITER '\t', HEADER false, NULLSTR '\x01', AUTO_DETECT false)"
    )
    path.unlink()


def _inputs(connection: duckdb.DuckDBPyConnection) -> Iterator[Share]:
    # Who was given nothing of a recording, of which something waits, was given it all the same: what
    # waits is for others, and a later release has to know.
    result = connection.execute(
        f"SELECT pool, recording, party, g.currency, weight_ppm, share_ppm, amount FROM {SHARES} s "  # noqa: S608
        f"JOIN {EARNED} g ON g.id = s.pool WHERE amount <> 0 OR (party <> '' AND (pool, recording) IN "
        f"(SELECT (pool, recording) FROM {SHARES} WHERE party = '' AND amount <> 0)) "
        "ORDER BY pool, recording, party"
    )
    while rows := result.fetchmany(20_000):
        for group, recording, party, currency, weight, share_ppm, amount in rows:
            yield Share(INPUTS, group, recording, party, currency, weight, share_ppm, int(amount))


def _base(currency: str, micros: int, reasons: Sequence[InputReason]) -> Iterator[Share]:
    """Divide one base pool; without a catalogue all of it is held."""
    divided = allocate(micros, {(r.recording, r.party): r.weight for r in reasons})
    waiting = {
        r.recording for r in reasons if r.party == NOBODY and divided.amounts[r.recording, ""]
    }
    for reason in reasons:
        amount = divided.amounts[reason.recording, reason.party]
        if amount or (reason.party != NOBODY and reason.recording in waiting):
            yield Share(
                BASE, 0, reason.recording, reason.party, currency, reason.weight_ppm,
                reason.share_ppm, amount,
            )  # fmt: skip
    if divided.suspense:
        yield Share(BASE, 0, "", NOBODY, currency, 0, 0, divided.suspense)
