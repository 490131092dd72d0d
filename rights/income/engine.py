"""DuckDB as a calculator: two threads, a bound on memory, a folder to spill into, and no network."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from rights.income.files import ReportRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = "900MB"
THREADS = 2
# No cell can hold the delimiter (files.py refuses NUL) and none equals the mark of NULL.
_LINES = """
CREATE OR REPLACE VIEW {name} AS SELECT l FROM read_csv(
    '{path}', columns = {{'l': 'VARCHAR'}}, auto_detect = false, header = false, delim = chr(0),
    quote = '', escape = '', comment = '', nullstr = chr(1) || 'null', max_line_size = 4194304)
"""


@contextmanager
def calculator(
    folder: Path, *, threads: int = THREADS, memory: str = MEMORY
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty database in memory that may spill into ``folder`` and reach nothing else."""
    config = {
        "threads": threads,
        "memory_limit": memory,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(config=config)  # type: ignore[arg-type]
    try:
        connection.execute("SET allowed_directories = ?", [[str(folder)]])
        connection.execute("SET enable_external_access = false")  # and nobody opens it again
        yield connection
    finally:
        connection.close()


@contextmanager
def sums_that_fit() -> Iterator[None]:
    """Turn what is more than the calculator can hold into a refusal; it never wraps around.

    Raises
    ------
    ReportRefusedError
        If a sum inside is beyond 38 digits.
    """
    try:
        yield
    except duckdb.OutOfRangeException as error:
        raise ReportRefusedError(
            "income.too_much",
            "The report sums to more than can be in any currency. Nothing was read. Ask the sender "
            "for it again.",
        ) from error


def lines_view(connection: duckdb.DuckDBPyConnection, path: Path, name: str = "lines") -> None:
    """Let ``name`` be the lines of a file that ``rights.income.files`` has looked through."""
    quoted = str(path).replace("'", "''")
    connection.execute(_LINES.format(name=name, path=quoted))
