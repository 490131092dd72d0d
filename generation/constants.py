"""Figures of the product that songs stand on."""

from __future__ import annotations

import re
from datetime import timedelta

REFERENCES_PPM = 670_000
"""Of a song: the part that the ten share, by their weights."""

CATALOGUE_PPM = 330_000
"""Of a song: the part of the base catalogue."""

BASE = "base"
"""The key under which bars, layers and receipts name the base catalogue; a song's is its ISRC."""

VERSIONS_AT_ONCE = 2
"""So many versions may be asked for with a new song, side by side."""

SEED_MAX = 2**31 - 1
TRIES = 3
"""So many seeds are tried before a song that misses the quality gate is kept as it is."""

MIXES_MAX = 20
MIX_GAIN_MIN_DB, MIX_GAIN_MAX_DB = -60.0, 12.0
DELETED_KEPT = timedelta(days=30)  # a deleted song can be brought back until then
ARTEFACTS_KEPT = timedelta(days=7)  # notes of finished jobs, for whoever asks how one went
WANTED_KEPT = timedelta(days=7)  # a file that was made on demand; then it is made again

RETIRED_KEY = "public:"
RECEIPT_KEY = re.compile(rf"(?:{RETIRED_KEY})?[0-9a-f]{{64}}")
"""A key of receipts as text: a secret seed, or ``public:`` and the half that only verifies."""
