"""Tables as the European Central Bank prints them, made from a few figures."""

from __future__ import annotations

import io
import zipfile

ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
  <Cube>{days}</Cube>
</gesmes:Envelope>
"""


def xml_of(days):
    """Return the envelope of ``{day: {currency: text}}``."""
    cubes = "".join(
        f"<Cube time='{on}'>"
        + "".join(f"<Cube currency='{code}' rate='{text}'/>" for code, text in rates.items())
        + "</Cube>"
        for on, rates in days.items()
    )
    return ENVELOPE.format(days=cubes).encode()


def csv_of(days):
    """Return the CSV of many days, with N/A where a day lacks a currency and a comma at the end."""
    codes = sorted({code for rates in days.values() for code in rates})
    lines = ["Date," + ",".join(codes) + ","]
    lines += [
        f"{on}," + ",".join(rates.get(code, "N/A") for code in codes) + ","
        for on, rates in days.items()
    ]
    return ("\n".join(lines) + "\n").encode()


def zip_of(content, name="eurofxref-hist.csv"):
    """Return a ZIP that holds ``content``."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()
