"""The figures of ``bench mosaic`` as a table for people, each beside the bar it should clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generation.quality.diversity import (
    MOST_ALIKE,
    MOST_ALIKE_ON_AVERAGE,
    MOST_LEAD_IN_COMMON,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Row = tuple[str, str, str]


def table(report: Mapping[str, Any]) -> str:
    """Return one line for each figure: what it is, what was measured, what is wanted."""
    rows = [("figure", "measured", "wanted"), *_rows(report)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _rows(report: Mapping[str, Any]) -> Iterator[Row]:
    yield "songs, seeds", f"{report['songs']}, {report['seeds']}", ""
    for kind, rate in report["pass_rates"].items():
        yield f"pass rate, {kind.replace('_', ' ')}", f"{100 * rate:.0f} %", "≥ 95 %"
    for name, times in report["missed"].items():
        yield f"  missed: {name}", f"{times} of {report['seeds']}", ""
    yield "base share", _span(report["base_share"], " %"), "33 ± 1 %"
    yield "largest error", _span(report["largest_error_points"], " points"), "≤ 1"
    yield "longest copied run", f"{report['longest_copy_notes']} notes", "≤ 7"
    yield from _likeness(report["likeness"])
    if apart := report["apart"]:
        yield "likeness of two seeds", str(apart["seeds_alike"]), f"≤ {MOST_ALIKE_ON_AVERAGE}"
        yield "likeness of the two most alike", str(apart["seeds_most_alike"]), f"≤ {MOST_ALIKE}"
        yield "lead bars in common", str(apart["lead_in_common"]), f"≤ {MOST_LEAD_IN_COMMON}"
    for name, found in report["findings"].items():
        yield f"  {name}", _span(found, ""), ""
    for stage, taken in report["seconds"].items():
        wall = report["seconds_wall"][stage]
        yield stage, f"{_span(taken, ' s')} of processor, {wall['mean']} s wall", ""
    yield "peak memory", f"{report['peak_memory_mb']} MB", "≤ 1500"


def _likeness(found: Mapping[str, Any]) -> Iterator[Row]:
    if not found:
        return
    strangers = f"{found['strangers']} strangers, {found['real_strangers']} of them real"
    yield "area under the curve", f"{_span(found['auc'], '')}, {strangers}", "≥ 0.72"
    yield "  above real ones alone", _span(found["auc_real_strangers"], ""), ""
    yield "  at 33/67", _span(found["auc_turned"], ""), "less"
    yield "  67/33 above 33/67", f"{100 * found['higher_than_turned']:.0f} % of pairs", "≥ 90 %"


def _span(found: Mapping[str, float], unit: str) -> str:
    return f"{found['mean']}{unit} ({found['least']} to {found['most']})"
