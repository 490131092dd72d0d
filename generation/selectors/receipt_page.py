"""The public page of a receipt: what it proves, in words, and nothing that it does not say itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from generation.attribution.receipt_shape import BASE, milliseconds
from generation.attribution.receipt_sums import TEXTS
from generation.attribution.verification import Question, verify
from generation.models import Receipt
from generation.selectors.receipt_keys import receipt_keys
from generation.selectors.words import layer_name, percent_text, role_name, whole_percents
from library.selectors.track_list import clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from generation.attribution.verification import Check

PLACES = 2


@dataclass(frozen=True)
class Answer:
    """One thing that was checked: ``kind`` is ``success`` or ``error``."""

    kind: str
    text: str


@dataclass(frozen=True)
class SourceLine:
    """One recording, or the base model; ``tone`` numbers its colour, shares are in percent."""

    tone: str
    title: str
    artist: str
    isrc: str
    agreed: str
    share: str


@dataclass(frozen=True)
class ShareLine:
    """A bar or a layer: its name, where it is, and whole percents in the order of the sources."""

    name: str
    place: str
    percents: tuple[int, ...]


@dataclass(frozen=True)
class ReceiptPage:
    """Everything that the page shows."""

    receipt_id: UUID
    is_genuine: bool
    answers: tuple[Answer, ...]
    issued_at: datetime | None
    engine: str
    base_model: str
    seed: int
    duration: str
    references: str
    catalogue: str
    audio_sha256: str
    sha256: str
    key_id: str
    sources: tuple[SourceLine, ...]
    layers: tuple[ShareLine, ...]
    bars: tuple[ShareLine, ...]


def receipt_find(number: str) -> Receipt | None:
    """Return the receipt of this id, or of the version of this id, which the receipt itself names."""
    try:
        wanted = UUID(number)
    except ValueError:
        return None
    return Receipt.objects.filter(Q(pk=wanted) | Q(version_id=wanted)).first()


def receipt_page(receipt: Receipt) -> ReceiptPage | None:
    """Return the page of ``receipt``, checked as it lies here; None if it cannot be read any more."""
    keys = {key.public for key in receipt_keys()}
    found = verify(receipt.body.encode(), keys=keys)
    if found.content is None:
        return None
    content = found.content
    order = [source["isrc"] for source in content["sources"]]
    last = content["bars"][-1]
    return ReceiptPage(
        receipt_id=receipt.pk,
        is_genuine=found.valid,
        answers=tuple(_answer(c) for c in found.checks if c.question != Question.AUDIO),
        issued_at=parse_datetime(content["created_at"]),
        engine=f"{content['engine']['key']} {content['engine']['revision']}",
        base_model=content["base_model"]["revision"],
        seed=content["seed"],
        duration=clock(milliseconds(last["end_s"])),
        references=percent_text(content["pools"]["references_ppm"], places=PLACES),
        catalogue=percent_text(content["pools"]["catalogue_ppm"], places=PLACES),
        audio_sha256=content["audio_sha256"],
        sha256=receipt.sha256,
        key_id=receipt.key_id,
        sources=tuple(_source(source, n) for n, source in enumerate(content["sources"], start=1)),
        layers=tuple(
            ShareLine(layer_name(layer), "", whole_percents(shares, order))
            for layer, shares in content["layers"].items()
        ),
        bars=tuple(_bar(bar, order) for bar in content["bars"]),
    )


def _answer(check: Check) -> Answer:
    more = "; ".join(_(TEXTS[fault.code]) % fault.data for fault in check.faults)
    words = f"{_(check.text)} {more}".strip()
    return Answer("success" if check.passed else "error", words)


def _source(source: Mapping[str, Any], number: int) -> SourceLine:
    is_base = source["isrc"] == BASE
    return SourceLine(
        tone=BASE if is_base else str(number),
        title=_("Base catalogue") if is_base else source["title"],
        artist="" if is_base else source["artist"],
        isrc="" if is_base else source["isrc"],
        agreed=percent_text(source["weight_ppm"], places=PLACES),
        share=percent_text(source["share_ppm"], places=PLACES),
    )


def _bar(bar: Mapping[str, Any], order: Sequence[str]) -> ShareLine:
    begins = clock(milliseconds(bar["start_s"]))
    place = f"{role_name(bar['section'])} · {begins}" if bar["section"] else begins
    return ShareLine(str(bar["bar"]), place, whole_percents(bar["shares"], order))
