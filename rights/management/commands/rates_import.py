"""``manage.py rates_import FILE…``: take in tables of exchange rates of the European Central Bank."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from rights.domain.rate_tables import RateTableError, tables_read
from rights.exceptions import RatesRefusedError
from rights.services.exchange import rates_import

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Import each file whole or not at all; what is known already changes nothing."""

    help = "Import exchange rates: eurofxref-daily.xml, eurofxref-hist.xml, .csv or .zip."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take file names."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import each file; one that is refused does not keep the others from being taken."""
        paths: list[Path] = options["files"]
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:
            msg = f"There is no file {', '.join(missing)}. Nothing was imported."
            raise CommandError(msg, returncode=2)
        refused = 0
        for path in paths:
            try:
                self.stdout.write(_take(path))
            except (RateTableError, RatesRefusedError) as error:
                refused += 1
                self.stdout.write(f"{path.name}: refused, nothing of it was kept: {error}")
        if refused:
            msg = f"{refused} of {len(paths)} files were refused; the others are imported."
            raise CommandError(msg, returncode=1)


def _take(path: Path) -> str:
    taken = rates_import(tables=tables_read(path.read_bytes()), actor=None, name=path.name)
    words = (
        f"{path.name}: {taken.added} rates are new, {taken.known} were known; "
        f"{taken.first} to {taken.last}."
    )
    return f"{words} not of our currencies: {', '.join(taken.unknown)}." if taken.unknown else words
