"""Every night: prove the ledger, and say so in the trail."""

from __future__ import annotations

import structlog

from accounts.services.audit import audit_record
from rights.selectors.ledger_invariants import ledger_findings

log = structlog.get_logger(__name__)


def ledger_prove(**_ignored: object) -> None:
    """Ask all invariants; what is broken is an error in the log, which reaches whoever is on call."""
    broken = [finding for finding in ledger_findings() if finding.rows]
    for finding in broken:
        log.error("ledger_broken", invariant=finding.invariant, rows=[*finding.rows])
    audit_record(
        action="rights.ledger.proved" if not broken else "rights.ledger.broken",
        actor=None,
        organisation=None,
        data={"broken": [finding.invariant for finding in broken]},
    )
