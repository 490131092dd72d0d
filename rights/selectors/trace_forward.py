"""Forward: from a receipt to its split sheets, what they earned, the shares, statements and payouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils.translation import gettext as _

from rights.models import IncomeFile, IncomeGroup, Payout, RunShare, Statement, StatementLine
from rights.selectors.trace_nodes import TraceNode, amount_text, first_of, node_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from rights.models import SplitSheet

EARNED = (IncomeFile.State.POSTED, IncomeFile.State.REVERSED)


def forward_of_receipt(receipt: UUID, sheets: Iterable[SplitSheet]) -> TraceNode:
    """Return what a receipt led to."""
    return TraceNode(
        "receipt",
        str(receipt),
        _("Receipt %(key)s") % {"key": receipt},
        page=f"/verify/{receipt}",
        children=[_forward_of_sheet(sheet) for sheet in sheets],
    )


def _forward_of_sheet(sheet: SplitSheet) -> TraceNode:
    groups = IncomeGroup.objects.filter(sheet=sheet, file__state__in=EARNED)
    sums = groups.values_list("currency").annotate(Sum("micros")).order_by("currency")
    found, more = first_of(groups.select_related("file").order_by("-micros", "pk"))
    children = []
    for group in found:
        ahead, rest = forward_of_group(group)
        children.append(_group(group, ahead, rest))
    return node_of(
        sheet,
        "sheet",
        _("Split sheet of %(title)s (%(isrc)s), version %(version)s")
        % {"title": sheet.title, "isrc": sheet.isrc, "version": sheet.version},
        [
            (_("counts from"), sheet.valid_from),
            (_("hash"), sheet.sha256),
            *((_("earned"), amount_text(int(micros), currency)) for currency, micros in sums),
        ],
        children,
        more,
    )


def _group(group: IncomeGroup, children: Sequence[TraceNode], more: int) -> TraceNode:
    return node_of(
        group,
        "group",
        _("Group %(number)s of %(file)s: %(amount)s")
        % {"number": group.number, "file": group.file.name, "amount": amount_text(group.micros, group.currency)},
        [(_("days"), group.span), (_("territory"), group.territory), (_("state"), group.file.get_state_display())],
        children,
        more,
    )  # fmt: skip


def forward_of_group(group: IncomeGroup) -> tuple[Sequence[TraceNode], int]:
    """Return the shares of a group with the statements that they stand on, and how many are left out."""
    rows = RunShare.objects.filter(group=group).select_related("run", "party", "recording")
    shares, more = first_of(rows.order_by("-amount", "pk"))
    lines: dict[int, list[StatementLine]] = {}
    wanted = StatementLine.objects.filter(share__in=shares).select_related("statement__party")
    for line in wanted.order_by("statement__sequence", "statement__revision", "number"):
        lines.setdefault(line.share_id, []).append(line)
    return [_share(share, lines.get(share.pk, ())) for share in shares], more


def _share(share: RunShare, lines: Iterable[StatementLine]) -> TraceNode:
    party = share.party.name if share.party is not None else _("held")
    return node_of(
        share,
        "share",
        _("Share %(key)s of the run %(period)s: %(amount)s, %(party)s")
        % {"key": share.pk, "period": share.run.period, "amount": amount_text(share.amount, share.currency), "party": party},
        [
            (_("recording"), share.recording.isrc if share.recording is not None else ""),
            (_("pool"), share.get_pool_display()),
            (_("state of the run"), share.run.get_state_display()),
        ],
        [_statement(line) for line in lines],
    )  # fmt: skip


def _statement(line: StatementLine) -> TraceNode:
    statement = line.statement
    return node_of(
        statement,
        "statement",
        _("Statement %(number)s of %(party)s, line %(line)s: %(paid)s")
        % {
            "number": statement,
            "party": statement.party.name,
            "line": line.number,
            "paid": amount_text(line.paid, statement.currency),
        },
        [(_("state"), statement.get_state_display())],
        payouts_after(statement),
    )


def payouts_after(statement: Statement) -> Sequence[TraceNode]:
    """Return the first payout of the payee after the statement was published, which pays its balance."""
    if statement.published_at is None or statement.payable <= 0:
        return ()
    rows = Payout.objects.filter(
        party=statement.party,
        currency=statement.currency,
        created_at__gte=statement.published_at,
    ).exclude(state=Payout.State.CANCELLED)
    return [
        node_of(
            payout,
            "payout",
            _("Payout of %(amount)s") % {"amount": amount_text(payout.amount, payout.currency)},
            [(_("state"), payout.get_state_display()), (_("transfer"), payout.transfer_id)],
        )
        for payout in rows.select_related("party").order_by("created_at", "pk")[:1]
    ]
