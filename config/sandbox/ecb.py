"""Stand-in for the European Central Bank's reference rates: made-up figures for every working day.

Each figure follows from its day and currency, so that a day never says two things. ``PUT
/sandbox/rates`` with ``{"2026-10-30": {"USD": "1.0842"}}`` prints these instead, until the reset.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta

from config.sandbox.messages import Reply, Request, json_reply
from config.sandbox.service import NOT_BUILT, Service

# Ten-thousandths of one euro, where each currency wanders about.
ABOUT = {"CHF": 9_400, "GBP": 8_500, "JPY": 1_650_000, "PLN": 42_700, "SEK": 112_000, "USD": 10_900}
SPREAD = 200
DAILY = "/stats/eurofxref/eurofxref-daily.xml"
NINETY = "/stats/eurofxref/eurofxref-hist-90d.xml"
RATE = re.compile(r"[0-9]{1,8}(\.[0-9]{1,8})?")
CODE = re.compile(r"[A-Z]{3}")
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
\t<gesmes:subject>Reference rates</gesmes:subject>
\t<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
\t<Cube>
{days}
\t</Cube>
</gesmes:Envelope>
"""


class Ecb(Service):
    """Prints the table of the last working day, or of ninety days."""

    name = "ecb"

    def __init__(self) -> None:
        super().__init__()
        self.printed: dict[str, dict[str, str]] = {}

    def forget(self) -> None:
        """Print what follows from the days again."""
        self.printed = {}

    def answer(self, request: Request) -> Reply:
        """Answer for the files that the product fetches."""
        if request.path == "/sandbox/rates" and request.method == "PUT":
            return self._put(request)
        if request.method != "GET" or request.path not in (DAILY, NINETY):
            return self.error(404 if request.path.startswith("/stats/") else 501, NOT_BUILT)
        today = datetime.now(UTC).date()
        days = self._days(today)
        shown = days[:1] if request.path == DAILY else days
        return Reply(
            200,
            ENVELOPE.format(days="\n".join(_cube(on, rates) for on, rates in shown)).encode(),
            {"Content-Type": "text/xml"},
        )

    def error(self, status: int, message: str) -> Reply:
        """Return a page, as a web server does."""
        page = f"<html><head><title>{status}</title></head><body>{message}</body></html>"
        return Reply(status, page.encode(), {"Content-Type": "text/html"})

    def _put(self, request: Request) -> Reply:
        try:
            content = request.json()
            printed = {
                date.fromisoformat(on).isoformat(): {
                    code: text
                    for code, text in rates.items()
                    if CODE.fullmatch(code) and RATE.fullmatch(text)
                }
                for on, rates in content.items()
            }
        except (ValueError, AttributeError, TypeError):
            return json_reply(400, {"error": 'send {"2026-10-30": {"USD": "1.0842"}}'})
        self.printed = printed
        return json_reply(200, {"days": len(printed)})

    def _days(self, today: date) -> list[tuple[str, dict[str, str]]]:
        """Return the newest day first."""
        if self.printed:
            return sorted(self.printed.items(), reverse=True)
        back = (today - timedelta(days=number) for number in range(90))
        return [(on.isoformat(), _made(on)) for on in back if on.weekday() < 5]


def _made(on: date) -> dict[str, str]:
    """Return figures that follow from the day."""
    rates = {}
    for code, about in ABOUT.items():
        digest = hashlib.sha256(f"{on.isoformat()} {code}".encode()).digest()
        wander = int.from_bytes(digest[:4], "big") % (2 * SPREAD + 1) - SPREAD
        units, rest = divmod(about + about * wander // 10_000, 10_000)
        rates[code] = f"{units}.{rest:04}"
    return rates


def _cube(on: str, rates: dict[str, str]) -> str:
    inner = "".join(f"<Cube currency='{code}' rate='{text}'/>" for code, text in rates.items())
    return f"\t\t<Cube time='{on}'>{inner}</Cube>"
