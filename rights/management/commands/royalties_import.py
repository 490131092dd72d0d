"""``manage.py royalties_import FILE…``: take usage reports in and read them, without posting them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Sum

from rights.income.files import ReportRefusedError
from rights.models import IncomeFile
from rights.selectors.income_preview import mapping_offer
from rights.services.income import TABLE, income_upload
from rights.services.income_mappings import income_map, mapping_save
from rights.services.income_reading import income_read, income_refuse
from rights.tasks.income import reading_in_folder

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Read usage reports here and now; what stops one from being posted is printed."""

    help = (
        "Take in and read usage reports: DSR flat files (.tsv, .tsv.gz), and tables (.csv, .csv.gz) of "
        "sources whose columns somebody has chosen before."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take file names."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read each file; one that is refused does not keep the others from being read."""
        paths: list[Path] = options["files"]
        missing = [str(path) for path in paths if not path.is_file()]
        if missing:
            msg = f"There is no file {', '.join(missing)}. Nothing was read."
            raise CommandError(msg, returncode=2)
        refused = 0
        for path in paths:
            found = self._read(path)
            refused += found["state"] == "refused"
            self.stdout.write(json.dumps(found) if options["json"] else _words(found))
        if refused:
            msg = f"{refused} of {len(paths)} files were refused; the others are safe."
            raise CommandError(msg, returncode=1)

    def _read(self, path: Path) -> dict[str, Any]:
        began = time.perf_counter()
        with path.open("rb") as stream:
            file, is_new = income_upload(
                name=path.name, stream=stream, actor=None, is_read_here=True
            )
        if file.state == IncomeFile.State.UPLOADED:
            try:
                file = _mapped(file)
                income_read(file=file, reading=reading_in_folder(file))
            except ReportRefusedError as refusal:
                income_refuse(file=file, why=str(refusal))
        file.refresh_from_db()
        return {**_found(file), "is_new": is_new, "seconds": round(time.perf_counter() - began, 2)}


def _mapped(file: IncomeFile) -> IncomeFile:
    """Give a table the newest mapping of the source whose columns it has."""
    if file.profile != TABLE:
        return file
    offer = mapping_offer(file)
    if offer is None or not offer.source:
        raise ReportRefusedError(
            "income.not_mapped",
            "No source with these columns is known. Nothing was read. Bring it in the admin, where "
            "its columns are chosen, or name them as our template does.",
        )
    mapping = mapping_save(source=offer.source, mapping=offer.mapping, actor=None)
    return income_map(file=file, mapping=mapping, actor=None, is_read_here=True)


def _found(file: IncomeFile) -> dict[str, Any]:
    by_match = file.groups.values_list("match").annotate(Count("pk"))
    sums = file.groups.values_list("currency").annotate(Sum("micros")).order_by("currency")
    return {
        "file": file.name,
        "id": str(file.pk),
        "state": file.state,
        "refusal": file.refusal,
        "lines": file.lines,
        "uses": file.uses,
        "faults": file.faults.count() + file.faults_left_out,
        "concerns": [
            {"code": one.code, "words": one.words, "is_blocking": one.is_blocking}
            for one in file.concerns.all()
        ],
        "groups": dict(by_match.order_by("match")),
        "micros": dict(sums),
    }


def _words(found: dict[str, Any]) -> str:
    if found["state"] == "refused":
        return f"{found['file']}: refused. {found['refusal']}"
    groups = ", ".join(f"{count} {match}" for match, count in found["groups"].items()) or "none"
    head = f"{found['file']}: {found['uses']} uses in {found['lines']} lines; groups: {groups}."
    return "\n".join([head, *(f"  {one['words']}" for one in found["concerns"])])
