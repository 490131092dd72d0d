"""Backward: from a share of a run to the report and its lines, the split sheet and the receipt."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from config.lib import blobs
from rights.domain.shares import percent_text
from rights.income.files import ReportRefusedError
from rights.income.occurrences import Occurrences, Wanted, report_occurrences, table_occurrences
from rights.models import IncomeGroup, RightsClaim, RunShare, SplitSheet, SplitSheetSource
from rights.selectors.run_inputs import ground_of
from rights.selectors.trace_nodes import TraceNode, amount_text, node_of

if TYPE_CHECKING:
    from rights.models import IncomeFile

LINES_SHOWN = 20
LARGEST_ON_A_PAGE = 16 << 20
"""Bytes of a report that is gone through while somebody waits for a page; the command has no limit."""


def share_node(share: RunShare, *, largest: int | None = LARGEST_ON_A_PAGE) -> TraceNode:
    """Return a share of a run with everything that it comes from."""
    party = share.party.name if share.party is not None else _("held")
    what = share.recording.isrc if share.recording is not None else _("no base catalogue")
    children = []
    if share.group is not None:
        children.append(group_node(share.group, largest=largest))
    if share.recording is not None:
        children.append(_recording_node(share))
    return node_of(
        share,
        "share",
        _("Share %(key)s of the run %(period)s: %(amount)s")
        % {"key": share.pk, "period": share.run.period, "amount": amount_text(share.amount, share.currency)},
        [
            (_("party"), party),
            (_("pool"), share.get_pool_display()),
            (_("recording"), what),
            (_("weight in the pool"), share.weight),
            (_("share of the party"), percent_text(share.share_ppm) + " %"),
            (_("hash of the run"), share.run.result_sha256),
        ],
        children,
    )  # fmt: skip


def group_node(group: IncomeGroup, *, largest: int | None = LARGEST_ON_A_PAGE) -> TraceNode:
    """Return a group of uses with its lines in the report, and the split sheet that it was divided by."""
    children = [file_node(group.file)]
    if group.sheet is not None:
        children.append(sheet_node(group.sheet))
    found_by = {
        "hand": _("a person: %(why)s") % {"why": group.matched_because},
        "before": _("a person, for an earlier report"),
    }
    return node_of(
        group,
        "group",
        _("Group %(number)s of %(file)s: %(amount)s")
        % {"number": group.number, "file": group.file.name, "amount": amount_text(group.micros, group.currency)},
        [
            (_("lines"), lines_text(group, largest=largest)),
            (_("exact sum of the report"), f"{group.net:f} {group.currency}"),
            (_("service"), group.service),
            (_("territory"), group.territory),
            (_("days"), group.span),
            (_("units"), f"{group.usages:f}"),
            (_("returns"), f"{group.returns:f}" if group.returns else ""),
            (_("song found by"), found_by.get(group.matched_by, group.matched_by)),
        ],
        children,
    )  # fmt: skip


def file_node(file: IncomeFile) -> TraceNode:
    """Return a report as it came."""
    return node_of(
        file,
        "file",
        _("Report %(name)s") % {"name": file.name},
        [
            (_("sender"), file.sender),
            (_("message"), file.message_id),
            (_("hash"), file.sha256),
            (_("read by"), file.mapping or file.profile),
            (_("posted"), f"{file.posted_at:%Y-%m-%d %H:%M} UTC" if file.posted_at else ""),
            (_("state"), file.get_state_display()),
        ],
    )


def sheet_node(sheet: SplitSheet) -> TraceNode:
    """Return a split sheet, and the receipt that it was drawn from."""
    receipt = TraceNode(
        "receipt",
        str(sheet.receipt),
        _("Receipt %(key)s") % {"key": sheet.receipt},
        page=f"/verify/{sheet.receipt}",
    )
    return node_of(
        sheet,
        "sheet",
        _("Split sheet of %(title)s (%(isrc)s), version %(version)s")
        % {"title": sheet.title, "isrc": sheet.isrc, "version": sheet.version},
        [(_("counts from"), sheet.valid_from), (_("hash"), sheet.sha256)],
        [receipt],
    )


def _recording_node(share: RunShare) -> TraceNode:
    """Return the recording, what it weighs in the sheet, and the claim by which the party is paid."""
    recording = share.recording
    assert recording is not None  # noqa: S101 - for mypy; asked by the caller
    facts: list[tuple[str, object]] = []
    if share.group is not None and share.group.sheet is not None:
        source = SplitSheetSource.objects.filter(sheet=share.group.sheet, recording=recording)
        weights = source.values_list("weight_ppm", flat=True)
        facts = [(_("part of the song"), percent_text(weight) + " %") for weight in weights]
    claims = []
    if share.party is not None and share.group is not None:
        day = ground_of(share.group).day
        rows = RightsClaim.objects.filter(
            recording=recording, party=share.party, right_type=RightsClaim.RightType.MASTER
        ).exclude(state=RightsClaim.State.REJECTED)
        claims = [
            _claim_node(row)
            for row in rows.order_by("claimed_at")
            if (row.active_from is None or row.active_from <= day)
            and (row.active_to is None or day < row.active_to)
        ]
    title = f"{recording.title} ({recording.isrc})"
    return node_of(
        recording, "recording", _("Recording %(title)s") % {"title": title}, facts, claims
    )


def _claim_node(claim: RightsClaim) -> TraceNode:
    return node_of(
        claim,
        "claim",
        _("Claim of %(party)s: %(share)s %%")
        % {"party": claim.party.name, "share": percent_text(claim.share_ppm)},
        [
            (_("state"), claim.get_state_display()),
            (_("from"), claim.active_from),
            (_("up to"), claim.active_to),
            (_("territories"), claim.territories),
        ],
    )


def lines_text(group: IncomeGroup, *, largest: int | None) -> str:
    """Say which lines of its file a group is made of; a large file is left to the command."""
    if largest is not None and group.file.size_bytes > largest:
        return _("%(count)s; ask manage.py trace for their numbers") % {"count": group.uses}
    try:
        found = group_lines(group)
    except (ReportRefusedError, OSError) as error:
        return _("%(count)s; the file cannot be read: %(why)s") % {
            "count": group.uses,
            "why": error,
        }
    numbers = ", ".join(str(number) for number in found.lines)
    if found.count > len(found.lines):
        return _("%(numbers)s … %(count)s in all") % {"numbers": numbers, "count": found.count}
    return numbers


def group_lines(group: IncomeGroup, most: int = LINES_SHOWN) -> Occurrences:
    """Return the numbers of the lines that a group is made of.

    Raises
    ------
    ReportRefusedError
        If the stored file cannot be read.
    """
    spans = set(group.file.groups.values_list("span", flat=True))
    wanted = Wanted(
        summary=group.summary,
        names=(group.service, group.territory, group.model, group.use, group.currency),
        isrc=group.isrc,
        icpn=group.icpn,
        label_id=group.label_id,
        dsp_id=group.dsp_id,
        span=group.span,
        cuts=sorted(span for span in spans if len(span) > len("2026-10")),
    )
    with tempfile.TemporaryDirectory(prefix="trace-") as made:
        path = Path(made) / "report"
        with blobs.open_blob(group.file.key) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        if group.file.mapping is not None:
            return table_occurrences(path, Path(made), group.file.mapping.mapping, wanted, most)
        return report_occurrences(path, Path(made), wanted, most)
