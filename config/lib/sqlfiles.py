"""SQL of a migration in a file of its own, with its reverse below a line ``-- reverse``."""

from __future__ import annotations

from pathlib import Path

from django.db.migrations import RunSQL

SEPARATOR = "\n-- reverse\n"


def run_sql(migration: str, name: str) -> RunSQL:
    """Return the operation that runs ``sql/<name>`` beside the file ``migration`` (``__file__``).

    Raises
    ------
    ValueError
        If the file has not exactly one line ``-- reverse``: every migration can be taken back.
    """
    text = (Path(migration).parent / "sql" / name).read_text()
    forwards, separator, backwards = text.partition(SEPARATOR)
    if not separator or SEPARATOR in backwards:
        msg = f"{name} needs exactly one line '-- reverse'"
        raise ValueError(msg)
    return RunSQL(forwards, backwards)
