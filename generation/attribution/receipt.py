"""The receipt of a song: what it is made of, in one canonical form, signed.

Canonical form, signature and every rule are written down for readers in other languages in
``docs/reference/receipt.md``; why they are so, in ``docs/adr/0075``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Literal

from generation.attribution.canonical import Seconds, canonical, parse
from generation.attribution.errors import AttributionError
from generation.attribution.receipt_keys import ALGORITHM, ReceiptKey
from generation.attribution.receipt_sums import faults_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

RECEIPT_VERSION = 1

Pool = Literal["references", "catalogue"]


class ReceiptRefusedError(AttributionError):
    """The facts contradict each other, so nothing is signed; the message lists where."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "generation.receipt.refused",
            "no receipt was signed, because the shares do not agree: " + "; ".join(faults),
        )


@dataclass(frozen=True, slots=True)
class ReceiptSource:
    """Somebody's recording, or ``base``, the base model's own patterns: agreed and realised part."""

    isrc: str
    title: str
    artist: str
    pool: Pool
    weight_ppm: int
    share_ppm: int


@dataclass(frozen=True, slots=True)
class ReceiptBar:
    """One bar: where it sounds, the section it belongs to, and its shares by ISRC or ``base``."""

    number: int
    start_ms: int
    end_ms: int
    section: str
    shares: Mapping[str, int]


@dataclass(frozen=True)
class ReceiptFacts:
    """Everything that a receipt says. ``audio_sha256`` is of the bytes of the master WAV file."""

    song_id: str
    version_id: str
    engine_key: str
    engine_revision: str
    base_revision: str
    base_sha256: str
    seed: int
    policy: str
    references_ppm: int
    catalogue_ppm: int
    sources: Sequence[ReceiptSource]
    layers: Mapping[str, Mapping[str, int]]
    bars: Sequence[ReceiptBar]
    audio_sha256: str
    created_at: datetime


def receipt_body(facts: ReceiptFacts) -> bytes:
    """Return the receipt as canonical bytes, without a signature. The same facts, the same bytes.

    Sources and layers are put in order of pool (references first) and name, bars in order of time.

    Raises
    ------
    ReceiptRefusedError
        If something is missing or does not sum up.
    NotCanonicalError
        If a number or a text has no canonical form.
    """
    if facts.created_at.tzinfo is None:
        raise ReceiptRefusedError(["its time has no time zone"])
    content = _content(facts)
    faults = faults_of(content)
    if faults:
        raise ReceiptRefusedError([fault.words() for fault in faults])
    return canonical(content)


def sign(body: bytes, key: ReceiptKey) -> bytes:
    """Return the finished receipt: ``body`` with the signature of everything else in it.

    What is signed is the canonical form with ``alg`` and ``public_key`` in place and ``value`` left
    out, so neither can be exchanged for another.

    Raises
    ------
    NotCanonicalError
        If ``body`` is not in canonical form.
    ReceiptKeyError
        If the key is retired.
    """
    content = parse(body)
    content["signature"] = {"alg": ALGORITHM, "public_key": key.public}
    content["signature"]["value"] = key.sign(signed_part(content))
    return canonical(content)


def signed_part(content: Mapping[str, Any]) -> bytes:
    """Return the bytes that the signature of a receipt is made over."""
    signature = {name: text for name, text in content["signature"].items() if name != "value"}
    return canonical({**content, "signature": signature})


def _content(facts: ReceiptFacts) -> dict[str, Any]:
    order = {"references": 0, "catalogue": 1}
    return {
        "receipt_version": RECEIPT_VERSION,
        "song_id": facts.song_id,
        "version_id": facts.version_id,
        "engine": {"key": facts.engine_key, "revision": facts.engine_revision},
        "base_model": {"revision": facts.base_revision, "sha256": facts.base_sha256},
        "seed": facts.seed,
        "policy": facts.policy,
        "pools": {"references_ppm": facts.references_ppm, "catalogue_ppm": facts.catalogue_ppm},
        "sources": [
            {
                "isrc": source.isrc,
                "title": source.title,
                "artist": source.artist,
                "pool": source.pool,
                "weight_ppm": source.weight_ppm,
                "share_ppm": source.share_ppm,
            }
            for source in sorted(facts.sources, key=lambda s: (order[s.pool], s.isrc))
        ],
        "layers": {layer: dict(shares) for layer, shares in facts.layers.items()},
        "bars": [
            {
                "bar": bar.number,
                "start_s": Seconds(bar.start_ms),
                "end_s": Seconds(bar.end_ms),
                "section": bar.section,
                "shares": dict(bar.shares),
            }
            for bar in sorted(facts.bars, key=lambda bar: bar.number)
        ],
        "audio_sha256": facts.audio_sha256,
        "created_at": facts.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
