"""The verdicts of receipts: whoever is given one may check it, and nobody can change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generation.models import Receipt
from generation.services.receipts import receipt_issue
from tests.generation.finished import make_finished_song
from tests.isolation.case import Case, public

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cast import Cast


def _receipt(cast: Cast) -> Receipt:
    version = make_finished_song(cast.studio, "Alice's secret title").current
    assert version is not None
    return receipt_issue(version=version)


def alices_receipt(cast: Cast) -> dict[str, Any]:
    """The page of a receipt of a song of Alice's."""
    return {"number": str(_receipt(cast).pk)}


def alices_receipt_file(cast: Cast) -> dict[str, Any]:
    """The file of a receipt of a song of Alice's."""
    return {"receipt_id": _receipt(cast).pk}


def named_in_the_file(made: Mapping[str, Any]) -> set[str]:
    """A receipt names its song and its version by their ids, which open nothing."""
    version = Receipt.objects.get(pk=made["receipt_id"]).version
    return {str(version.pk), str(version.song_id)}


RECEIPTS: list[Case] = [
    public("generation:receipt-verify", "a receipt proves something to strangers", alices_receipt),
    public(
        "generation:receipt-file",
        "the receipt itself, signed for strangers to check",
        alices_receipt_file,
        tells=named_in_the_file,
    ),
    public("generation:receipt-key-list", "without the keys nobody could check a receipt"),
    public("generation:receipt-key-file", "the same keys for programs"),
]
