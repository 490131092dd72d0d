"""Tracing an amount: backward from any leg, share, statement or payout; forward from a receipt.

Every step is a row that is only added, so a trace says the same whenever it is asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from rights.models import (
    Entry,
    IncomeFile,
    IncomeGroup,
    Leg,
    Payout,
    RightsClaim,
    RunShare,
    SplitSheet,
    Statement,
    StatementLine,
)
from rights.selectors.trace_forward import forward_of_group, forward_of_receipt, payouts_after
from rights.selectors.trace_nodes import (
    TraceError,
    TraceNode,
    amount_text,
    first_of,
    node_of,
)
from rights.selectors.trace_sources import LARGEST_ON_A_PAGE, file_node, group_node, share_node

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

KINDS = ("leg", "share", "group", "receipt", "statement", "payout")
_NUMBER = re.compile(r"(?P<number>TF-\d{4}-\d{2}-\d{5,7})(?: ?R(?P<revision>\d+))?", re.ASCII)
_ASK = "Ask for leg:ID, share:ID, group:ID, receipt:ID, statement:NUMBER or payout:ID."


def trace(wanted: str, *, largest: int | None = LARGEST_ON_A_PAGE) -> TraceNode:
    """Return the tree of ``wanted``, such as ``leg:4711``.

    ``largest`` is how many bytes a report may have to be gone through for its line numbers; None
    goes through any.

    Raises
    ------
    TraceError
        If there is no such thing.
    """
    kind, _colon, key = wanted.strip().partition(":")
    by_kind: dict[str, Callable[[str, int | None], TraceNode]] = {
        "leg": _leg,
        "share": _share,
        "group": _group,
        "receipt": _receipt,
        "statement": _statement,
        "payout": _payout,
    }
    if kind not in by_kind:
        raise TraceError("rights.trace.kind", f"{wanted[:60]!r} cannot be traced. {_ASK}")
    return by_kind[kind](key.strip(), largest)


def _leg(key: str, largest: int | None) -> TraceNode:
    leg = _one(Leg.objects.select_related("entry", "account"), "leg", key, is_number=True)
    return node_of(
        leg,
        "leg",
        _("Leg %(key)s: %(amount)s on %(account)s")
        % {"key": leg.pk, "amount": amount_text(leg.amount, leg.currency), "account": leg.account.code},
        children=[_entry(leg.entry, leg, largest)],
    )  # fmt: skip


def _entry(entry: Entry, leg: Leg | None, largest: int | None) -> TraceNode:
    """Return an entry with what it was posted for; of a run, the shares on the account of ``leg``."""
    children, more = _causes(entry, leg, largest)
    return node_of(
        entry,
        "entry",
        _("Entry %(key)s: %(kind)s") % {"key": entry.pk, "kind": entry.kind.replace("_", " ")},
        [
            (_("effective"), f"{entry.effective_at:%Y-%m-%d %H:%M:%S} UTC"),
            (_("for"), entry.memo),
            (_("key"), entry.idem),
            (_("reverses entry"), entry.reverses_id or ""),
        ],
        children,
        more,
    )


def _causes(entry: Entry, leg: Leg | None, largest: int | None) -> tuple[list[TraceNode], int]:
    """Return what an entry was posted for, by its key: ``income:<report>:…``, ``run:<run>:…``."""
    source, _colon, rest = entry.idem.partition(":")
    try:
        subject = UUID(rest.partition(":")[0])
    except ValueError:
        subject = None
    if subject is not None and source in ("income", "income-reversal"):
        return [file_node(file) for file in IncomeFile.objects.filter(pk=subject)], 0
    if subject is not None and source == "run":
        return _shares(_run_shares(subject, leg), largest)
    if subject is not None and source == "claim":
        released = RunShare.objects.filter(releases__entry=entry).distinct()
        nodes, more = _shares(released, largest)
        claims = RightsClaim.objects.select_related("party").filter(pk=subject)
        return [_let_go(claim, nodes, more) for claim in claims], 0
    posted = Statement.objects.filter(entries__entry=entry)
    paid = Payout.objects.filter(Q(reserve_entry=entry) | Q(settle_entry=entry))
    return [*map(_statement_head, posted), *map(_payout_head, paid)], 0


def _let_go(claim: RightsClaim, shares: list[TraceNode], more: int) -> TraceNode:
    words = _("Claim of %(party)s, which let it go") % {"party": claim.party.name}
    return node_of(claim, "claim", words, children=shares, more=more)


def _run_shares(run: UUID, leg: Leg | None) -> QuerySet[RunShare]:
    shares = RunShare.objects.filter(run=run)
    if leg is None:
        return shares
    shares = shares.filter(currency=leg.currency)
    role, subject = leg.account.role, leg.account.subject
    if role in ("payee_payable", "payee_receivable"):
        return shares.filter(party=UUID(subject))
    if role == "suspense_track":
        return shares.filter(party=None, recording__isrc=subject)
    if role == "suspense_base":
        return shares.filter(party=None, recording=None)
    pool = RunShare.Pool.INPUTS if role == "pool_inputs_clearing" else RunShare.Pool.BASE
    return shares.filter(pool=pool)


def _shares(rows: QuerySet[RunShare], largest: int | None) -> tuple[list[TraceNode], int]:
    related = rows.select_related(
        "run", "party", "recording", "group__file__mapping", "group__sheet"
    )
    found, more = first_of(related.order_by(F("amount").desc(), "pk"))
    return [share_node(share, largest=largest) for share in found], more


def _share(key: str, largest: int | None) -> TraceNode:
    rows = RunShare.objects.select_related(
        "run", "party", "recording", "group__file__mapping", "group__sheet"
    )
    return share_node(_one(rows, "share", key, is_number=True), largest=largest)


def _group(key: str, largest: int | None) -> TraceNode:
    rows = IncomeGroup.objects.select_related("file__mapping", "sheet")
    group = _one(rows, "group", key, is_number=True)
    back = group_node(group, largest=largest)
    ahead, more = forward_of_group(group)
    return TraceNode(
        back.kind, back.key, back.title, back.facts, back.page, (*back.children, *ahead), more
    )


def _receipt(key: str, _largest: int | None) -> TraceNode:
    sheets = SplitSheet.objects.filter(receipt=_uuid("receipt", key)).order_by("isrc", "version")
    if not sheets:
        raise TraceError(
            "rights.trace.receipt",
            f"No published song has a split sheet of the receipt {key[:40]}. Nothing can have been "
            "earned by it. Only songs that were published are traced.",
        )
    return forward_of_receipt(UUID(key), sheets)


def _statement(key: str, largest: int | None) -> TraceNode:
    asked = _NUMBER.fullmatch(key.upper())
    rows = Statement.objects.select_related("party", "run").order_by("-revision")
    rows = rows.filter(number=asked["number"]) if asked else rows.none()
    if asked and asked["revision"]:
        rows = rows.filter(revision=asked["revision"])
    statement = rows.first()
    if statement is None:
        raise TraceError("rights.trace.statement", f"There is no statement {key[:40]!r}. {_ASK}")
    lines, more = first_of(
        StatementLine.objects.filter(statement=statement).order_by(F("paid").desc(), "number")
    )
    shares = RunShare.objects.select_related(
        "run", "party", "recording", "group__file__mapping", "group__sheet"
    ).in_bulk([line.share_id for line in lines])
    children = [
        TraceNode(
            "line",
            str(line.pk),
            _("Line %(number)s: %(paid)s")
            % {"number": line.number, "paid": amount_text(line.paid, statement.currency)},
            [(_("in the currency of the use"), amount_text(line.amount, line.currency))],
            children=[share_node(shares[line.share_id], largest=largest)],
        )
        for line in lines
    ]
    head = _statement_head(statement)
    entries = [
        _entry(row.entry, None, largest) for row in statement.entries.select_related("entry")
    ]
    return TraceNode(
        head.kind, head.key, head.title, head.facts, head.page,
        (*entries, *payouts_after(statement), *children), more,
    )  # fmt: skip


def _statement_head(statement: Statement) -> TraceNode:
    currency = statement.currency
    return node_of(
        statement,
        "statement",
        _("Statement %(number)s of %(party)s")
        % {"number": statement, "party": statement.party.name},
        [
            (_("state"), statement.get_state_display()),
            (_("period"), statement.period),
            (_("earned"), amount_text(statement.earned, currency)),
            (_("closing balance"), amount_text(statement.closing, currency)),
            (_("to be paid"), amount_text(statement.payable, currency)),
            (_("hash"), statement.sha256),
        ],
    )


def _payout(key: str, largest: int | None) -> TraceNode:
    payout = _one(
        Payout.objects.select_related("party", "batch"), "payout", str(_uuid("payout", key))
    )
    head = _payout_head(payout)
    entries = [entry for entry in (payout.reserve_entry, payout.settle_entry) if entry is not None]
    reached = payout.reserve_entry.effective_at if payout.reserve_entry else payout.created_at
    statements, more = first_of(
        Statement.objects.filter(
            party=payout.party, currency=payout.currency, published_at__lte=reached
        ).order_by("-sequence", "-revision")
    )
    children = [_entry_head(entry) for entry in entries]
    children += [_statement_head(statement) for statement in statements]
    return TraceNode(head.kind, head.key, head.title, head.facts, head.page, children, more)


def _payout_head(payout: Payout) -> TraceNode:
    return node_of(
        payout,
        "payout",
        _("Payout of %(amount)s to %(party)s")
        % {"amount": amount_text(payout.amount, payout.currency), "party": payout.party.name},
        [
            (_("state"), payout.get_state_display()),
            (_("batch"), payout.batch),
            (_("transfer"), payout.transfer_id),
            (_("sent"), f"{payout.sent_at:%Y-%m-%d %H:%M} UTC" if payout.sent_at else ""),
            (_("paid"), f"{payout.paid_at:%Y-%m-%d %H:%M} UTC" if payout.paid_at else ""),
        ],
    )


def _entry_head(entry: Entry) -> TraceNode:
    words = {"key": entry.pk, "kind": entry.kind.replace("_", " ")}
    return node_of(entry, "entry", _("Entry %(key)s: %(kind)s") % words, [(_("key"), entry.idem)])


def _one(rows: QuerySet[Any], kind: str, key: str, *, is_number: bool = False) -> Any:
    found = None
    if not is_number or (key.isascii() and key.isdecimal() and len(key) < 19):
        found = rows.filter(pk=key).first()
    if found is None:
        raise TraceError(f"rights.trace.{kind}", f"There is no {kind} {key[:40]!r}. {_ASK}")
    return found


def _uuid(kind: str, key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise TraceError(
            f"rights.trace.{kind}", f"There is no {kind} {key[:40]!r}. {_ASK}"
        ) from None
