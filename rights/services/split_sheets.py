"""Freezing split sheets and base catalogues: once, whole, and the same however often it is asked."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.services.audit import audit_record
from rights.domain.split_sheet import (
    SheetFacts,
    SplitSheetError,
    input_weights,
    sheet_body,
    sheet_digest,
)
from rights.models import (
    BaseCatalogue,
    BaseCatalogueWeight,
    Recording,
    SplitSheet,
    SplitSheetSource,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from accounts.models import User


@transaction.atomic
def split_sheet_freeze(*, facts: SheetFacts, actor: User | None) -> SplitSheet:
    """Freeze the split of a published song; the same facts again return the sheet that is there.

    A song that has a sheet and now says something else gets the next version.

    Raises
    ------
    SplitSheetError
        If a source is no recording that we know, or the receipt cannot be divided by.
    """
    weights = input_weights(facts.receipt)
    recordings = {one.isrc: one for one in Recording.objects.filter(isrc__in=weights)}
    missing = sorted(set(weights) - set(recordings))
    if missing:
        raise SplitSheetError(
            "rights.split_sheet.source_unknown",
            f"We do not know {', '.join(missing)}. Nothing was frozen. Match these recordings first.",
        )
    known = SplitSheet.objects.filter(isrc=facts.isrc).order_by("-version").first()
    if known is not None:
        if sheet_digest(sheet_body(replace(facts, version=known.version))) == known.sha256:
            return known
        facts = replace(facts, version=known.version + 1)
    sheet = _sheet(facts)
    SplitSheetSource.objects.bulk_create(
        SplitSheetSource(
            sheet=sheet, position=position, recording=recordings[isrc], weight_ppm=weights[isrc]
        )
        for position, isrc in enumerate(sorted(weights), start=1)
        if weights[isrc]
    )
    audit_record(
        action="rights.split_sheet.frozen",
        actor=actor,
        organisation=None,
        target=sheet,
        data={"isrc": sheet.isrc, "version": sheet.version},
    )
    return sheet


def _sheet(facts: SheetFacts) -> SplitSheet:
    body = sheet_body(facts)
    revision = facts.receipt.get("base_model", {}).get("revision", "")
    return SplitSheet.objects.create(
        isrc=facts.isrc,
        icpn=facts.icpn,
        title=facts.title[:255],
        artist=facts.artist[:500],
        receipt=facts.receipt_id,
        version=facts.version,
        valid_from=facts.valid_from,
        base_catalogue=BaseCatalogue.objects.filter(revision=revision).first(),
        body=body,
        sha256=sheet_digest(body),
    )


@transaction.atomic
def base_catalogue_freeze(
    *, revision: str, policy: str, weights: Mapping[UUID, int]
) -> BaseCatalogue:
    """Freeze what each recording of a base model weighs; ``weights`` by the recording's id.

    Raises
    ------
    SplitSheetError
        If the revision was frozen before with other weights.
    """
    told = "".join(f"{key}\t{weight}\n" for key, weight in sorted(weights.items(), key=str))
    digest = hashlib.sha256(f"{policy}\n{told}".encode()).hexdigest()
    catalogue, is_new = BaseCatalogue.objects.get_or_create(
        revision=revision, defaults={"policy": policy, "sha256": digest}
    )
    if catalogue.sha256 != digest:
        raise SplitSheetError(
            "rights.base_catalogue.frozen",
            f"The base catalogue {revision} is frozen with other weights. Nothing was changed. "
            "Give the new one a revision of its own.",
        )
    if is_new:
        BaseCatalogueWeight.objects.bulk_create(
            (
                BaseCatalogueWeight(catalogue=catalogue, recording_id=key, weight=weight)
                for key, weight in sorted(weights.items(), key=str)
            ),
            batch_size=5_000,
        )
    return catalogue
