"""``manage.py catalogue_import DIR|CSV --label NAME [--json]``: a label's delivery into the catalogue.

A table is read as the portal reads it. A folder may hold one table and audio files, or audio files
alone, which then speak for themselves by their tags. ``--preview`` shows what would be done.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.lib.errors import DomainError
from rights.models import Consent, Party
from rights.services.catalogue_import import (
    Terms,
    import_begin,
    import_discard,
    import_map,
    import_preview,
)
from rights.services.import_apply import import_apply
from rights.services.parties import party_find_or_create
from rights.tasks.delivery import audio_in, audio_index, audio_read, table_of

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from rights.models import ImportRow, ImportRun
    from rights.tasks.delivery import DeliveredAudio


class Command(BaseCommand):
    """One line for each row of the table; exit 1 when a row or a file cannot be used."""

    help = "Bring a label's recordings into the catalogue, with their sound and its consent."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the delivery, whose it is, and what the label says about its use."""
        parser.add_argument("path", type=Path, metavar="DIR|CSV")
        parser.add_argument("--label", required=True, help="who delivers, as it is to be printed")
        parser.add_argument("--json", action="store_true", help="one JSON object per line")
        parser.add_argument("--preview", action="store_true", help="change nothing")
        parser.add_argument("--consent", choices=Consent.State.values, default="")
        parser.add_argument("--terms", default="", help="with --consent allowed_with_terms")
        parser.add_argument("--said-by", default="", help="who gives the consent")
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--until", dest="valid_to", type=date.fromisoformat, metavar="DATE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, preview, apply, index, and print what became of every row."""
        table, delivered = _read(options["path"])
        label = party_find_or_create(name=options["label"], kind=Party.Kind.LABEL)
        try:
            run = import_begin(
                label=label,
                filename=options["path"].name,
                content=table,
                actor=None,
                terms=_terms(options),
            )
            run = import_map(run=run, mapping=run.mapping, actor=None)
            run = import_preview(run=run, actor=None)
            if options["preview"]:
                run = import_discard(run=run, actor=None)
            else:
                run = import_apply(run=run, actor=None)
                audio_index(run=run, delivered=delivered)
        except DomainError as error:
            raise CommandError(error.message) from error
        refused = self._print(run, delivered, as_json=options["json"])
        if refused:
            sys.exit(1)

    def _print(self, run: ImportRun, delivered: list[DeliveredAudio], *, as_json: bool) -> int:
        """Print the rows and what is wrong with files; return how many cannot be used."""
        refused = 0
        for row in run.rows.order_by("line"):
            refused += bool(row.errors)
            record = _as_record(row)
            self.stdout.write(json.dumps(record) if as_json else _as_text(record))
        for each in delivered:
            if each.refusal:
                refused += 1
                self.stderr.write(f"{each.name}: {each.refusal}")
        return refused


def _read(path: Path) -> tuple[bytes, list[DeliveredAudio]]:
    """Return the table and the audio of a delivery.

    Raises
    ------
    CommandError
        If there is no such file, several tables, or nothing to read.
    """
    if path.is_file():
        return path.read_bytes(), []
    if not path.is_dir():
        raise CommandError(f"There is no {path}.")
    delivered = [audio_read(each, folder=path) for each in audio_in(path)]
    tables = sorted(path.glob("*.csv"))
    if len(tables) > 1:
        raise CommandError("The folder holds several tables. Leave one, or name it.")
    if tables:
        return tables[0].read_bytes(), delivered
    if not delivered:
        raise CommandError("The folder holds neither a table nor audio.")
    return table_of([each for each in delivered if not each.refusal]), delivered


def _terms(options: dict[str, Any]) -> Terms:
    if not options["consent"]:
        return Terms()
    return Terms(
        state=options["consent"],
        terms=options["terms"],
        valid_from=options["valid_from"] or timezone.now().date(),
        valid_to=options["valid_to"],
        said_by=options["said_by"] or options["label"],
    )


def _as_record(row: ImportRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "action": row.action,
        "isrc": row.values.get("isrc", ""),
        "title": row.values.get("title", ""),
        "artist": row.values.get("artist", ""),
        "audio": row.audio_name,
        "indexed": bool(row.fingerprint_key),
        "changes": row.changes,
        "errors": [
            {"column": error["column"], "message": error["text"] % error["data"]}
            for error in row.errors
        ],
    }


def _as_text(record: dict[str, Any]) -> str:
    errors = "; ".join(f"{each['column']}: {each['message']}" for each in record["errors"])
    named = f"{record['artist']}: {record['title']} ({record['isrc'] or 'no ISRC'})"
    sound = ", indexed" if record["indexed"] else ""
    return (
        f"line {record['line']}: {record['action']} {named}{sound}{': ' if errors else ''}{errors}"
    )
