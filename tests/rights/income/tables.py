"""Tables as sources send them, and the shortest way from one to its groups."""

from __future__ import annotations

import io

from rights.domain.csv_presets import OWN, PRESETS
from rights.income.files import ReportRefusedError
from rights.models import IncomeFile
from rights.services.income import income_upload
from rights.services.income_mappings import income_map, mapping_save
from rights.services.income_reading import income_read, income_refuse
from rights.tasks.income import reading_in_folder

TEMPLATE = PRESETS[OWN]
GERMAN = PRESETS["Distributor, semicolon and decimal comma, euros"]
STORE = PRESETS["Store, tab, returns in a column of their own"]


def own_lines(*rows):
    """Return our own template, filled: (isrc, month, territory, units, returns, net, currency)."""
    lines = [",".join(TEMPLATE.header)]
    for isrc, month, territory, units, returns, net, currency in rows:
        lines.append(
            f"{isrc},,Harbour Lights,Marlow Quay,{month},{territory},Premium,OnDemandStream,"
            f"{units},{returns},{net},{currency}"
        )
    return ("\r\n".join(lines) + "\r\n").encode()


def bring_table(content, mapping=TEMPLATE, *, source="lanternwave", name="october.csv", actor=None):
    """Take a table in, choose its columns, read it as the job does; return its row."""
    file, _ = income_upload(name=name, stream=io.BytesIO(content), actor=actor)
    if file.state == IncomeFile.State.UPLOADED:
        saved = mapping_save(source=source, mapping=mapping, actor=actor)
        file = income_map(file=file, mapping=saved, actor=actor, is_read_here=True)
        try:
            income_read(file=file, reading=reading_in_folder(file))
        except ReportRefusedError as refusal:
            income_refuse(file=file, why=str(refusal))
        file.refresh_from_db()
    return file
